"""People: the table of them, with the results the reader may see (rules §6, §8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from goalsite.domain.goals import computed_result
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Result
from goalsite.queries.filters import Filters
from goalsite.queries.organisation import Who, ancestry, heads_then, there_in, who_of
from goalsite.queries.overview import Standing, standing_of
from goalsite.queries.records import fraction, goal_facts
from goalsite.queries.results import tally, totals_of
from goalsite.queries.supporters import points_of, with_measures
from goalsite.queries.visible import people_with_visible_results, visible_goals

AT_ONCE = 25
WEEK = timedelta(days=7)
WEEKS = 7
SORTS = ("result", "name", "unit", "kpi", "okr", "checkin")
# What is asked for first when a column is chosen: the names from the front, the numbers from the top.
DESCENDING = ("result", "kpi", "okr", "checkin")
Points = Mapping[int, Sequence[tuple[date, Fraction | None]]]


@dataclass(frozen=True)
class Own:
    """What only those see who may see the person's result. total: the adjusted one where HR adjusted it; weeks: the total at the end of each of the last
    seven weeks. Fractions."""

    standing: Standing
    total: Fraction | None
    rating: str
    weeks: list[Fraction | None]


@dataclass(frozen=True)
class Line:
    """One person of the table. The counts are of the goals the reader may see: by kind, by status, and of those not updated lately."""

    person: Person
    who: Who
    own: Own | None
    kinds: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    last_on: date | None = None
    stale: int = 0


@dataclass(frozen=True)
class Members:
    """One page of the table, and how many people there are in all."""

    lines: list[Line]
    in_all: int


def members_of(
    viewer: Viewer, cycle: Cycle, unit: Unit, filters: Filters, today: date, *, sort: str, down: bool, page: int
) -> Members:
    """The people of the unit who were there in the cycle, narrowed and ordered; people whose result may not be seen come after the others where that is
    the order. Three queries, four of a closed cycle."""
    chosen = [*there_in(cycle), *people_in(unit, filters.below, cycle), *_asked_for(viewer, cycle, filters)]
    in_all = select(func.count(Person.id)).where(*chosen).scalar_subquery()
    then = aliased(Result)
    query = (
        select(Person, Result, people_with_visible_results(viewer), in_all, then)
        .outerjoin(Person.unit)
        .outerjoin(then, and_(then.person_id == Person.id, then.cycle_id == cycle.id, then.frozen_at.is_not(None)))
        .outerjoin(
            Result,
            and_(Result.person_id == Person.id, Result.cycle_id == cycle.id, people_with_visible_results(viewer)),
        )
        .where(*chosen)
        .options(contains_eager(Person.unit), joinedload(Person.boss))
        .order_by(*_order(sort, down), Person.sort_key, Person.id)
        .limit(AT_ONCE)
        .offset((page - 1) * AT_ONCE)
    )
    rows = db.session.execute(query).tuples().all()
    goals = _goals_of(viewer, cycle, [person.id for person, *_ in rows])
    seen = {person.id for person, _, may_see, *_ in rows if may_see}
    heads = heads_then(cycle)
    points = points_of([goal.id for person_id in seen for goal in goals[person_id]])
    lines = [
        _line(
            person,
            result,
            goals[person.id],
            cycle,
            today,
            points if person.id in seen else None,
            who_of(person, held),
            heads,
        )
        for person, result, _, _, held in rows
    ]
    return Members(lines, rows[0][3] if rows else 0)


def weeks_of(goals: Sequence[Goal], points: Points, cycle: Cycle, today: date) -> list[Fraction | None]:
    """The total these goals came to at the end of each of the last seven weeks that lie in the cycle, the latest last, from their stored progress."""
    last = min(today, cycle.ends_on)
    days = [last - WEEK * back for back in reversed(range(WEEKS)) if last - WEEK * back >= cycle.starts_on]
    full = Fraction(cycle.aspirational_full)

    def result_on(goal: Goal, day: date) -> Fraction | None:
        nothing = None if goal.progress is None else Fraction(0)
        progress = next((part for on, part in reversed(points.get(goal.id, ())) if on <= day), nothing)
        return computed_result(goal_facts(goal, {}, ()), progress, full)

    return [totals_of(goals, cycle, lambda goal, day=day: result_on(goal, day)).total for day in days]  # type: ignore[misc]


def _line(
    person: Person,
    result: Result | None,
    goals: Sequence[Goal],
    cycle: Cycle,
    today: date,
    points: Points | None,
    who: Who,
    heads: Mapping[int, int | None] | None,
) -> Line:
    own = None
    if points is not None:
        counted = tally(goals, cycle, heads).people.get(person.id, [])
        standing = standing_of(result, counted, cycle, today)
        adjusted = fraction(result.adjusted) if result else None
        own = Own(
            standing,
            adjusted if adjusted is not None else standing.now.total,
            result.rating if result else "",
            weeks_of(counted, points, cycle, today),
        )
    kinds: dict[str, int] = defaultdict(int)
    statuses: dict[str, int] = defaultdict(int)
    for goal in goals:
        kinds[goal.kind] += 1
        statuses[goal.status] += 1
    return Line(
        person,
        who,
        own,
        kinds,
        statuses,
        max((goal.last_checkin_on for goal in goals if goal.last_checkin_on), default=None),
        sum(goal.stale_from is not None and goal.stale_from <= today for goal in goals),
    )


def _goals_of(viewer: Viewer, cycle: Cycle, people: Sequence[int]) -> Mapping[int, list[Goal]]:
    held: dict[int, list[Goal]] = defaultdict(list)
    if people:
        query = (
            select(Goal)
            .where(Goal.cycle_id == cycle.id, Goal.owner_id.in_(people), Goal.state.in_(COUNTED_STATES))
            .where(visible_goals(viewer))
            .options(*with_measures(), joinedload(Goal.unit), joinedload(Goal.cycle))
            .order_by(Goal.code)
        )
        for goal in db.session.scalars(query).unique():
            held[goal.owner_id].append(goal)
    return held


def people_in(unit: Unit, below: bool, cycle: Cycle) -> list[ColumnElement[bool]]:
    """The Person belongs to the unit, or to one below it; where the cycle is closed as it was then."""
    if below and unit.parent_id is None:
        return []
    above = ancestry(cycle).c
    inside = select(above.unit_id).where(above.ancestor_id == unit.id)
    if not below:
        inside = inside.where(above.depth == 0)
    if cycle.closed_at is None:
        return [Person.unit_id.in_(inside)]
    here = (Result.cycle_id == cycle.id, Result.person_id == Person.id, Result.unit_then_id.in_(inside))
    return [exists().where(*here).correlate_except(Result)]


def _asked_for(viewer: Viewer, cycle: Cycle, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status:
        theirs = (Goal.owner_id == Person.id, Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
        has = exists().where(*theirs, Goal.status == filters.status, visible_goals(viewer))
        conditions.append(has.correlate_except(Goal))
    if filters.text:
        wordings = {filters.text, filters.text.lower(), filters.text.upper(), filters.text.title()}
        columns = (Person.name, Person.email, Person.title)
        conditions.append(
            or_(*(column.icontains(word, autoescape=True) for word in sorted(wordings) for column in columns))
        )
    return conditions


def _order(sort: str, down: bool) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "result": func.coalesce(Result.adjusted, Result.total),
        "kpi": Result.kpi,
        "okr": Result.okr,
        "checkin": Result.last_checkin_on,
        "unit": Unit.sort_key,
        "name": Person.sort_key,
    }
    column = columns[sort]
    return [column.is_(None), column.desc() if down else column.asc()]
