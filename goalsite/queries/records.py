"""The records of goals as the rules want them: one loader for pages, reports, replays and days in the past (rules §2–§5)."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.base import ExecutableOption

from goalsite.domain.company import DAYS, Company
from goalsite.domain.goals import Goal as GoalFacts
from goalsite.domain.goals import World
from goalsite.domain.measure import Entry, Step
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.periods import Rhythm, Span
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, PeriodTarget
from goalsite.models import Step as StepRow
from goalsite.models_follow import CheckIn
from goalsite.queries.company import company
from goalsite.queries.taken_back import taken_back

ONE = Fraction(1)
Chosen = Select[Any]
Ids = Collection[int] | Chosen


@dataclass(frozen=True)
class Records:
    """The rows, by goal, and the same as the rules want them."""

    goals: list[Goal]
    measures: dict[int, list[Measure]]
    world: World


def world_of(ids: Ids, day: date, *, deep: bool = True, as_of: bool = False) -> World:
    """Everything the progress of these goals is computed from; see `records_of`."""
    return records_of(ids, day, deep=deep, as_of=as_of).world


def records_of(
    ids: Ids, day: date, *, deep: bool = True, as_of: bool = False, options: Sequence[ExecutableOption] = ()
) -> Records:
    """Everything the progress of these goals is computed from, as recorded by the end of `day`.

    deep: with the goals that support them, all the way down. as_of: changes and evaluations recorded after `day` are
    taken back. options: what to load along with the goals. `goals` holds the goals asked for, in the order of their ids.
    """
    firm = company()
    wanted = _with_supporters(ids) if deep else Goal.id.in_(ids)
    asked = Goal.id.in_(ids).label("asked")
    found = (
        db.session.execute(
            select(Goal, asked).where(wanted).options(joinedload(Goal.cycle), *options).order_by(Goal.id)
        )
        .tuples()
        .all()
    )
    goals = {goal.id: goal for goal, _ in found}
    chosen = select(Goal.id).where(wanted)
    measures, sources, steps, targets = _measures(chosen)
    entries = entries_of(chosen, [row.id for rows in sources.values() for row in rows], day, firm)
    facts: dict[int, dict[Hashable, MeasureFacts]] = defaultdict(dict)
    heard: dict[Hashable, list[Entry]] = {}
    for row in (row for rows in measures.values() for row in rows):
        goal = goals[row.goal_id]
        source = sources.get(row.fed_by_id or 0, [])
        frequency = source[0].frequency if source else ""
        facts[goal.id][row.id] = measure_facts(row, goal, goal.cycle, firm, steps[row.id], targets[row.id], frequency)
        heard[row.id] = [entry for fed in source for entry in entries[fed.id]] if row.fed_by_id else entries[row.id]
    supporters: dict[int, list[int]] = defaultdict(list)
    for goal in goals.values():
        if goal.parent_id:
            supporters[goal.parent_id].append(goal.id)
    world = World(
        {key: goal_facts(goal, facts[key], supporters[key] if deep else []) for key, goal in goals.items()},
        heard,
        firm.thresholds,
    )
    if as_of:
        world = taken_back(world, measures, chosen, day, firm)
        measures = {key: [row for row in rows if row.id in world.goals[key].measures] for key, rows in measures.items()}
    return Records([goal for goal, is_asked in found if is_asked], measures, world)


def measure_facts(
    row: Measure,
    goal: Goal,
    cycle: Cycle,
    firm: Company,
    steps: Iterable[StepRow] = (),
    targets: Iterable[PeriodTarget] = (),
    fed_frequency: str = "",
) -> MeasureFacts:
    """A measure's row as the rules want it; its dates are by default the goal's."""
    metric = row.metric
    return MeasureFacts(
        span=Span(row.starts_on or goal.starts_on, row.due_on or goal.due_on),
        kind=goal.kind,
        title=row.title,
        direction=row.direction,
        aggregate=row.aggregate,
        frequency=row.frequency,
        start=fraction(row.start),
        target=fraction(row.target),
        target_per=row.target_per,
        low=fraction(row.low),
        high=fraction(row.high),
        decimals=row.decimals,
        symbol=row.symbol,
        weight=Fraction(row.weight),
        cap=Fraction(cycle.kpi_cap) if goal.kind == "kpi" else ONE,
        steps=tuple(Step(step.code, step.title, Fraction(step.weight)) for step in steps),
        period_targets={target.starts_on: Fraction(target.target) for target in targets},
        fed_frequency=fed_frequency if row.fed_by_id else None,
        formula=metric.formula if metric else "",
        formula_is=metric.formula_is if metric else "",
        rhythm=rhythm_of(cycle),
        calendar=firm.calendar,
    )


def rhythm_of(cycle: Cycle) -> Rhythm:
    """The cycle's check-in days."""
    return Rhythm(cycle.checkin_every, DAYS.index(cycle.checkin_weekday), cycle.starts_on)


def fraction(number: Decimal | None) -> Fraction | None:
    """The stored number as the rules compute with it."""
    return None if number is None else Fraction(number)


def counting_checkins(day: date, firm: Company) -> tuple[type[CheckIn], list[ColumnElement[bool]]]:
    """The alias to join check-ins that replace others with, and what makes a check-in count on `day`: dated and entered by then, not replaced by then."""
    later = aliased(CheckIn)
    end = firm.end_of(day)
    return later, [CheckIn.on <= day, CheckIn.entered_at < end, later.id.is_(None)]


def _with_supporters(ids: Ids) -> ColumnElement[bool]:
    """The goals and, below those whose progress comes from supporting goals, their supporters, all the way down."""
    tree = select(Goal.id, Goal.progress_from).where(Goal.id.in_(ids)).cte("tree", recursive=True)
    tree = tree.union(
        select(Goal.id, Goal.progress_from)
        .join(tree, Goal.parent_id == tree.c.id)
        .where(tree.c.progress_from != "measures")
    )
    return Goal.id.in_(select(tree.c.id))


def _measures(
    chosen: Chosen,
) -> tuple[dict[int, list[Measure]], dict[int, list[Measure]], dict[int, list[StepRow]], dict[int, list[PeriodTarget]]]:
    """The goals' measures, and the indicators of the KPIs that feed one of them or did before a hand-over, each by goal;
    steps and targets by measure.

    A measure has steps or targets by period, never both, so the joined rows are no more than there are of either.
    """
    feeding = (
        select(Measure.fed_by_id.label("id"))
        .where(Measure.goal_id.in_(chosen), Measure.fed_by_id.is_not(None))
        .cte("feeding", recursive=True)
    )
    feeding = feeding.union(
        select(Goal.continues_id).join(feeding, Goal.id == feeding.c.id).where(Goal.continues_id.is_not(None))
    )
    asked = Measure.goal_id.in_(chosen).label("asked")
    query = (
        select(Measure, StepRow, PeriodTarget, asked, Goal.continues_id)
        .join(Goal, Goal.id == Measure.goal_id)
        .outerjoin(StepRow, and_(StepRow.measure_id == Measure.id, Measure.direction == "steps"))
        .outerjoin(PeriodTarget, and_(PeriodTarget.measure_id == Measure.id, Measure.direction != "steps"))
        .where(or_(Measure.goal_id.in_(chosen), Measure.goal_id.in_(select(feeding.c.id))))
        .options(joinedload(Measure.metric))
        .order_by(Measure.goal_id, Measure.place, Measure.id, StepRow.place, StepRow.id)
    )
    mine: dict[int, dict[int, Measure]] = defaultdict(dict)
    found: dict[int, dict[int, Measure]] = defaultdict(dict)
    steps: dict[int, list[StepRow]] = defaultdict(list)
    targets: dict[int, list[PeriodTarget]] = defaultdict(list)
    continued: dict[int, int] = {}
    for row, step, target, is_asked, before in db.session.execute(query):
        found[row.goal_id][row.id] = row
        if before:
            continued[row.goal_id] = before
        if is_asked:
            mine[row.goal_id][row.id] = row
        if step is not None:
            steps[row.id].append(step)
        if target is not None:
            targets[row.id].append(target)
    fed = {row.fed_by_id for rows in mine.values() for row in rows.values() if row.fed_by_id}
    listed = {goal_id: list(rows.values()) for goal_id, rows in mine.items()}
    return listed, {goal_id: _with_predecessors(goal_id, found, continued) for goal_id in fed}, steps, targets


def _with_predecessors(goal_id: int, found: dict[int, dict[int, Measure]], continued: dict[int, int]) -> list[Measure]:
    """The indicator of a KPI, and after it those of the KPIs it was handed over from."""
    rows = list(found[goal_id].values())
    return rows + (_with_predecessors(continued[goal_id], found, continued) if goal_id in continued else [])


def entries_of(chosen: Chosen, sources: Collection[int], day: date, firm: Company) -> dict[int, list[Entry]]:
    """The check-ins that count on `day`, by measure: those of the chosen goals' measures, and of the `sources`. One query."""
    later, counts = counting_checkins(day, firm)
    mine = or_(
        CheckIn.measure_id.in_(select(Measure.id).where(Measure.goal_id.in_(chosen))), CheckIn.measure_id.in_(sources)
    )
    rows = db.session.execute(
        select(
            CheckIn.measure_id,
            CheckIn.on,
            CheckIn.entered_at,
            CheckIn.value,
            CheckIn.numerator,
            CheckIn.denominator,
            func.coalesce(StepRow.code, ""),
            CheckIn.confidence,
        )
        .outerjoin(StepRow, StepRow.id == CheckIn.step_id)
        .outerjoin(later, and_(later.replaces_id == CheckIn.id, later.entered_at < firm.end_of(day)))
        .where(mine, *counts)
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for measure_id, on, at, value, numerator, denominator, step, confidence in rows.tuples():
        found[measure_id].append(
            Entry(on, at, fraction(value), fraction(numerator), fraction(denominator), step, confidence)
        )
    return found


def goal_facts(goal: Goal, measures: dict[Hashable, MeasureFacts], supporters: Iterable[int]) -> GoalFacts:
    """A goal's row as the rules want it."""
    return GoalFacts(
        kind=goal.kind,
        weight=Fraction(goal.weight),
        state=goal.state,
        ambition=goal.ambition,
        progress_from=goal.progress_from,
        measures=measures,
        supporters=tuple(supporters) if goal.progress_from != "measures" else (),
        score=fraction(goal.score) if goal.evaluation == "approved" else None,
    )
