"""As of a day: for the rest of the transaction the tables hold what they held at its end, and every query answers so.

Temporary tables with the names of the real ones stand before them until the transaction ends, which must be by a rollback:
nothing that is kept is touched. Check-ins, changes, evaluations and talk are those entered by then; changes and HR's
adjustments made later are taken back; standings, histories and results are computed anew. Organisation and rights are
today's, a cycle closed by then answers with its snapshot.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import aliased

from goalsite.actions.change_goal import DATES, PERIODS
from goalsite.actions.freeze import results_of
from goalsite.actions.standing import refresh_past
from goalsite.domain.errors import RuleError
from goalsite.domain.period_plan import read_written
from goalsite.domain.rounding import as_decimal
from goalsite.extensions import EXACT_DECIMALS, db
from goalsite.models import Cycle, Goal, Measure, PeriodTarget
from goalsite.models_follow import (
    Acknowledgement,
    Action,
    Blocker,
    Change,
    CheckIn,
    Comment,
    EvaluationStep,
    GoalPoint,
    Result,
    Review,
)
from goalsite.queries.company import company
from goalsite.queries.organisation import organisation_of
from goalsite.queries.slices import sliced
from goalsite.queries.taken_back import ADDED, before

GOAL_FIELDS = ("weight", "starts_on", "due_on", "state", "ambition", "progress_from", "title")
MEASURE_FIELDS = ("direction", "aggregate", "frequency", "start", "target", "target_per", "low", "high", "weight")
MORE_OF_MEASURES = (*DATES, "title")
# Rows made for the day are numbered apart from those there are.
MOST_RESULTS = 10**6
TEXTS = ("direction", "aggregate", "frequency", "target_per", "title", "state", "ambition", "progress_from")


def go_back(
    cycles: Sequence[Cycle],
    day: date,
    *,
    goal_id: int | None = None,
    person_id: int | None = None,
    metric_id: int | None = None,
    with_results: bool = True,
    most: int | None = None,
) -> None:
    """The tables as they were at the end of `day`, with the goals and results of these cycles as they stood then.

    goal_id: just this goal and those that support it, and no results. person_id: just this person's goals and what supports them, and their result.
    metric_id: just the goals that measure it. with_results: or no results of all of them.
    most: RuleError past_too_large where more goals than that are to be worked out anew.
    """
    asked = {cycle.id for cycle in cycles}
    # What was prepared before means the real tables.
    db.session.rollback()
    end = company().end_of(day)
    ids = _with_inner(asked)
    closed_by_then = and_(Cycle.closed_at.is_not(None), Cycle.closed_at < end)
    then = list(db.session.scalars(select(Cycle).where(Cycle.id.in_(ids), ~closed_by_then)))
    chosen = _goals_in([cycle.id for cycle in then], person_id, metric_id) if goal_id is None else [goal_id]
    if goal_id is not None or person_id is not None:
        chosen = _supporting(chosen)
    if most is not None and len(chosen) > most:
        raise RuleError("past_too_large", most=most)
    late = _written_later(ids, day, end)
    wanted = [one for one in then if one.id in asked] if with_results and goal_id is None else []
    results = [(one.id, _results(one, day, person_id)) for one in wanted]
    _stand_before(ids, day, end)
    _take_back(chosen, end)
    _take_back_adjustments(then, end)
    _decide(chosen)
    db.session.expire_all()
    refresh_past(chosen, late, day)
    for cycle_id, rows in results:
        _write(delete(Result).where(Result.cycle_id == cycle_id, *_of(Result.person_id, person_id)))
        if rows:
            db.session.execute(insert(Result), [row | {"id": -row["id"]} for row in rows])
    db.session.expire_all()


def _with_inner(cycle_ids: Collection[int]) -> list[int]:
    """The cycles and those inside them, whose goals may support theirs."""
    inner = select(Cycle.id).where(Cycle.id.in_(cycle_ids)).cte("inner_cycles", recursive=True)
    inner = inner.union(select(Cycle.id).join(inner, Cycle.parent_id == inner.c.id))
    return list(db.session.scalars(select(inner.c.id)))


def _goals_in(cycle_ids: Sequence[int], person_id: int | None, metric_id: int | None) -> list[int]:
    chosen = [Goal.cycle_id.in_(cycle_ids), *_of(Goal.owner_id, person_id)]
    if metric_id is not None:
        chosen.append(Goal.id.in_(select(Measure.goal_id).where(Measure.metric_id == metric_id)))
    return list(db.session.scalars(select(Goal.id).where(*chosen)))


def _of(column: Any, person_id: int | None) -> list[ColumnElement[bool]]:
    return [] if person_id is None else [column == person_id]


def _supporting(goal_ids: Sequence[int]) -> list[int]:
    """The goals, those that support them, and below them all that give progress."""
    these = or_(Goal.id.in_(goal_ids), Goal.parent_id.in_(goal_ids))
    tree = select(Goal.id).where(these).cte("tree", recursive=True)
    upper, lower = aliased(Goal), aliased(Goal)
    below = select(lower.id).join(upper, upper.id == lower.parent_id).join(tree, tree.c.id == upper.id)
    tree = tree.union(below.where(upper.progress_from != "measures"))
    return list(db.session.scalars(select(tree.c.id)))


def _written_later(cycle_ids: Sequence[int], day: date, end: datetime) -> set[int]:
    """The goals whose stored history is not that of then: check-ins were entered for days up to it since."""
    later = select(Measure.goal_id).join(CheckIn, CheckIn.measure_id == Measure.id)
    return set(db.session.scalars(later.where(CheckIn.entered_at >= end, CheckIn.on <= day).distinct()))


def _results(cycle: Cycle, day: date, person_id: int | None) -> list[dict[str, Any]]:
    """Everybody's and every unit's result, or this person's, as the report gives it."""
    kept = {"cycle_id": cycle.id, "frozen_at": cycle.closed_at}
    rows = results_of(cycle, day, organisation_of(cycle), as_of=True, person_id=person_id)
    return [{"id": cycle.id * MOST_RESULTS + at} | kept | row for at, row in enumerate(rows)]


def _stand_before(cycle_ids: Sequence[int], day: date, end: datetime) -> None:
    goals = select(Goal.id).where(Goal.cycle_id.in_(cycle_ids))
    measures = select(Measure.id).where(Measure.goal_id.in_(goals))
    feeding = select(Measure.fed_by_id).where(Measure.goal_id.in_(goals))
    sources = select(Measure.id).where(
        or_(Measure.goal_id.in_(feeding), Measure.goal_id.in_(select(Goal.continues_id)))
    )
    reported = or_(CheckIn.measure_id.in_(measures), CheckIn.measure_id.in_(sources))
    kept: dict[Any, list[ColumnElement[bool]]] = {
        Acknowledgement: [Acknowledgement.at < end],
        CheckIn: [CheckIn.entered_at < end, CheckIn.on <= day, reported],
        Change: [Change.goal_id.in_(goals)],
        EvaluationStep: [EvaluationStep.goal_id.in_(goals), EvaluationStep.at < end],
        Comment: [Comment.goal_id.in_(goals), Comment.entered_at < end],
        Blocker: [Blocker.measure_id.in_(measures), Blocker.opened_on <= day],
        Action: [Action.goal_id.in_(goals)],
        GoalPoint: [GoalPoint.goal_id.in_(goals), GoalPoint.on <= day],
        PeriodTarget: [],
        Result: [],
        Review: [Review.cycle_id.in_(cycle_ids)],
        Measure: [],
        Goal: [],
    }
    copies = [(model.__table__, _copy(model.__table__, conditions)) for model, conditions in kept.items()]
    for table, copy in copies:
        _take_the_name(table, copy)
    for model, column in ((Action, Action.done_on), (Blocker, Blocker.closed_on)):
        _write(update(model).where(column > day).values({column.key: None}))


def _copy(table: Any, conditions: Sequence[ColumnElement[bool]]) -> Table:
    """A temporary table with what fits of the real one."""
    columns = [Column(one.name, one.type, primary_key=one.primary_key, autoincrement=False) for one in table.columns]
    copy = Table(f"then_{table.name}", MetaData(), *columns, prefixes=["TEMPORARY"])
    connection = db.session.connection()
    copy.create(connection)
    connection.execute(copy.insert().from_select([one.name for one in columns], select(table).where(*conditions)))
    return copy


def _take_the_name(table: Any, copy: Table) -> None:
    connection = db.session.connection()
    kept = [(one, bool(one.unique)) for one in table.indexes]
    kept += [(one, True) for one in table.constraints if isinstance(one, UniqueConstraint)]
    for at, (held, unique) in enumerate(kept):
        columns = [copy.c[one.name] for one in held.columns]
        Index(f"then_{table.name}_{at}", *columns, unique=unique).create(connection)
    connection.execute(text(f"ALTER TABLE {copy.name} RENAME TO {table.name}"))
    if connection.dialect.name == "postgresql":
        # It knows nothing of a table just made; SQLite plans better without, as it does for the real ones.
        connection.execute(text(f"ANALYZE {table.name}"))


def _take_back(goal_ids: Sequence[int], end: datetime) -> None:
    """The goals and measures as they were written: changes since are undone, the latest first."""
    goals: dict[int, dict[str, Any]] = defaultdict(dict)
    measures: dict[int, dict[str, Any]] = defaultdict(dict)
    periods: dict[int, str] = {}
    added: set[int] = set()
    for some in sliced(goal_ids):
        later = select(Change).where(Change.goal_id.in_(some), Change.at >= end)
        for change in db.session.scalars(later.order_by(Change.at.desc(), Change.id.desc())):
            if change.field in DATES and not change.old:
                continue
            if change.measure_id is None and change.field in GOAL_FIELDS:
                goals[change.goal_id][change.field] = _value(change.field, change.old)
            elif change.measure_id is not None and change.field == ADDED:
                added.add(change.measure_id)
            elif change.measure_id is not None and change.field == PERIODS:
                periods[change.measure_id] = change.old
            elif change.measure_id is not None and change.field in (*MEASURE_FIELDS, *MORE_OF_MEASURES):
                measures[change.measure_id][change.field] = _value(change.field, change.old)
    for model, found in ((Goal, goals), (Measure, measures)):
        for key, values in found.items():
            _write(update(model).where(model.id == key).values(values))
    for key, written in periods.items():
        _write(delete(PeriodTarget).where(PeriodTarget.measure_id == key))
        rows = [
            {"measure_id": key, "starts_on": first, "target": as_decimal(target, EXACT_DECIMALS)}
            for first, target in read_written(written).items()
        ]
        if rows:
            db.session.execute(insert(PeriodTarget), rows)
    if added:
        _write(delete(Measure).where(Measure.id.in_(added)))
    _write(delete(Change).where(Change.at >= end))


def _take_back_adjustments(cycles: Sequence[Cycle], end: datetime) -> None:
    for cycle in cycles:
        for whose, (exact, why) in before(cycle, end).adjusted.items():
            theirs = update(Review).where(Review.cycle_id == cycle.id, Review.person_id == whose)
            _write(theirs.values(adjustment=exact, adjustment_why=why))


def _value(name: str, old: str) -> Any:
    """The value a change had before, as its column keeps it; a weight that was not written down was 1."""
    if name in TEXTS:
        return old
    if not old:
        return Decimal(1) if name == "weight" else None
    return date.fromisoformat(old) if name in DATES else as_decimal(Fraction(old), EXACT_DECIMALS)


def _decide(goal_ids: Sequence[int]) -> None:
    """The evaluation each goal had come to by then."""
    steps: dict[int, EvaluationStep] = {}
    for some in sliced(goal_ids):
        _write(update(Goal).where(Goal.id.in_(some)).values(evaluation="", score=None))
        found = select(EvaluationStep).where(EvaluationStep.goal_id.in_(some)).order_by(EvaluationStep.at)
        steps |= {step.goal_id: step for step in db.session.scalars(found)}
    for key, step in steps.items():
        _write(update(Goal).where(Goal.id == key).values(evaluation=step.step, score=step.score))


def _write(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
