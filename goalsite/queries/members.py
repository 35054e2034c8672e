"""The people of a cycle side by side, each with what the reader may see of them (rules §6, §8)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain import pace
from goalsite.domain.goals import computed_result
from goalsite.domain.relations import Viewer
from goalsite.domain.results import Counted, Totals, totals
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit, UnitAncestor
from goalsite.models_follow import Result
from goalsite.queries.company import company
from goalsite.queries.filters import Filters, is_stale
from goalsite.queries.records import fraction, goal_facts
from goalsite.queries.supporters import expected_of, points_of, with_measures
from goalsite.queries.visible import people_with_visible_results, visible_goals

PEOPLE_AT_ONCE = 25
WEEKS = 7
WEEK = timedelta(days=7)
SORTS = ("name", "unit", "kpi", "okr", "total", "checkin")


@dataclass(frozen=True)
class Outcome:
    """What somebody's goals come to, as far as it may be seen: fractions, and the last weeks' totals, oldest first."""

    now: Totals
    total: Fraction | None
    expected: Fraction | None
    status: str | None
    weeks: list[Fraction | None]


@dataclass
class MemberLine:
    """One person: their goals that may be seen by kind and status, and their result where that may be seen."""

    person: Person
    result: Outcome | None = None
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    statuses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last_checkin_on: date | None = None
    stale: bool = False


@dataclass(frozen=True)
class Members:
    """A page of people, of `in_all` who were there during the cycle and fit the filters."""

    lines: list[MemberLine]
    in_all: int


def members_of(
    viewer: Viewer, cycle: Cycle, filters: Filters, today: date, *, sort: str, down: bool, page: int
) -> Members:
    """A page of the cycle's people. Results that may not be seen neither show nor order anything."""
    seen = people_with_visible_results(viewer)
    query = (
        select(Person, Result, seen.label("seen"), func.count().over().label("in_all"))
        .outerjoin(Result, and_(Result.person_id == Person.id, Result.cycle_id == cycle.id))
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(*_there(cycle), *_asked_for(viewer, cycle, filters, today))
        .options(joinedload(Person.unit))
        .order_by(*_order(sort, down, seen), Person.sort_key, Person.id)
    )
    rows = db.session.execute(query.limit(PEOPLE_AT_ONCE).offset((page - 1) * PEOPLE_AT_ONCE)).tuples().all()
    goals = _goals(viewer, cycle, [person.id for person, *_ in rows])
    points = points_of([goal.id for found in goals.values() for goal, _ in found])
    lines = [_line(person, result, may, goals[person.id], points, cycle, today) for person, result, may, _ in rows]
    return Members(lines, rows[0][3] if rows else 0)


def units_to_pick() -> list[Unit]:
    """The company and its departments, for the filter; teams are reached through the overview."""
    return list(
        db.session.scalars(
            select(Unit)
            .where(or_(Unit.parent_id.is_(None), Unit.kind == "department"), ~Unit.archived)
            .order_by(Unit.parent_id.isnot(None), Unit.sort_key)
            .limit(60)
        )
    )


def result_of(
    person: Person,
    stored: Result | None,
    goals: Sequence[Goal],
    points: dict[int, list[tuple[date, Fraction | None]]],
    cycle: Cycle,
    today: date,
) -> Outcome:
    """Somebody's stored result beside what it should be by now, and the totals of the last weeks, from the goals that count in it."""
    counting = [goal for goal in goals if _counts(goal, person, cycle)]
    full, share = Fraction(cycle.aspirational_full), Fraction(cycle.kpi_share)
    facts = {goal.id: goal_facts(goal, {}, ()) for goal in counting}

    def total(at: dict[int, Fraction | None]) -> Fraction | None:
        return totals(
            (
                Counted(goal.kind, Fraction(goal.weight), computed_result(facts[goal.id], at.get(goal.id), full))
                for goal in counting
            ),
            share,
        ).total

    now = Totals(None, None, None, False, 0)
    if stored is not None:
        now = Totals(
            fraction(stored.okr), fraction(stored.kpi), fraction(stored.total), stored.provisional, stored.goals
        )
    adjusted = fraction(stored.adjusted) if stored is not None else None
    expected = total({goal.id: _expected(goal, today) for goal in counting})
    weeks = [
        total({goal.id: _at(points.get(goal.id, []), today - WEEK * back) for goal in counting})
        for back in reversed(range(WEEKS))
    ]
    status = None
    if now.total is not None and expected is not None:
        started = any(goal.last_checkin_on for goal in counting)
        status = pace.status(
            now.total,
            expected,
            started=started,
            first_due=min((goal.first_due for goal in counting if goal.first_due), default=None),
            may_be_done=all(goal.status == "done" for goal in counting),
            day=today,
            thresholds=company().thresholds,
        )
    return Outcome(now, adjusted if adjusted is not None else now.total, expected, status, weeks)


def _there(cycle: Cycle) -> list[ColumnElement[bool]]:
    return [
        or_(Person.joined_on.is_(None), Person.joined_on <= cycle.ends_on),
        or_(Person.left_on.is_(None), Person.left_on >= cycle.starts_on),
    ]


def _asked_for(viewer: Viewer, cycle: Cycle, filters: Filters, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.unit and filters.below:
        below = (
            select(UnitAncestor.unit_id)
            .join(Unit, Unit.id == UnitAncestor.ancestor_id)
            .where(Unit.code == filters.unit)
        )
        conditions.append(Person.unit_id.in_(below))
    elif filters.unit:
        conditions.append(Person.unit_id.in_(select(Unit.id).where(Unit.code == filters.unit)))
    if filters.text:
        wordings = {filters.text, filters.text.lower(), filters.text.upper(), filters.text.title()}
        columns = (Person.name, Person.email, Person.title)
        conditions.append(
            or_(*(column.icontains(word, autoescape=True) for word in sorted(wordings) for column in columns))
        )
    has_goal = [
        Goal.owner_id == Person.id,
        Goal.cycle_id == cycle.id,
        Goal.state.in_(COUNTED_STATES),
        visible_goals(viewer),
    ]
    if filters.status:
        conditions.append(exists().where(*has_goal, Goal.status == filters.status).correlate(Person))
    if filters.stale:
        conditions.append(exists().where(*has_goal, is_stale(today)).correlate(Person))
    return conditions


def _order(sort: str, down: bool, seen: ColumnElement[bool]) -> list[Any]:
    columns = {
        "unit": Unit.sort_key,
        "kpi": Result.kpi,
        "okr": Result.okr,
        "total": func.coalesce(Result.adjusted, Result.total),
        "checkin": Result.last_checkin_on,
    }
    column = columns.get(sort)
    if column is None:
        return [Person.sort_key.desc()] if down else []
    shown = column if sort == "unit" else case((seen, column))
    return [shown.is_(None), shown.desc() if down else shown.asc()]


def _goals(viewer: Viewer, cycle: Cycle, people: Sequence[int]) -> dict[int, list[tuple[Goal, bool]]]:
    """The people's counted goals, and whether the reader may see each."""
    query = (
        select(Goal, visible_goals(viewer).label("visible"))
        .where(Goal.owner_id.in_(people), Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
        .options(joinedload(Goal.cycle), joinedload(Goal.unit), *with_measures())
        .order_by(Goal.code)
    )
    found: dict[int, list[tuple[Goal, bool]]] = defaultdict(list)
    for goal, visible in db.session.execute(query).unique().tuples():
        found[goal.owner_id].append((goal, bool(visible)))
    return found


def _line(
    person: Person,
    stored: Result | None,
    may: bool,
    goals: Sequence[tuple[Goal, bool]],
    points: dict[int, list[tuple[date, Fraction | None]]],
    cycle: Cycle,
    today: date,
) -> MemberLine:
    line = MemberLine(person)
    for goal in (goal for goal, visible in goals if visible):
        line.kinds[goal.kind] += 1
        line.statuses[goal.status] += 1
        line.stale = line.stale or (goal.stale_from is not None and goal.stale_from <= today)
        if goal.last_checkin_on:
            line.last_checkin_on = max(goal.last_checkin_on, line.last_checkin_on or goal.last_checkin_on)
    if may:
        line.result = result_of(person, stored, [goal for goal, _ in goals], points, cycle, today)
    return line


def _counts(goal: Goal, person: Person, cycle: Cycle) -> bool:
    return goal.scope == "person" or (cycle.head_counts_unit and goal.unit.head_id == person.id)


def _expected(goal: Goal, today: date) -> Fraction | None:
    return fraction(goal.expected) if goal.progress_from != "measures" else expected_of(goal, today)


def _at(points: Sequence[tuple[date, Fraction | None]], day: date) -> Fraction | None:
    return next((progress for on, progress in reversed(points) if on <= day), None)
