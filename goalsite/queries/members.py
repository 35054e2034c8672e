"""People: the table of them, with the results the reader may see (rules §6, §8)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload

from goalsite.domain.goals import computed_result
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Result
from goalsite.queries.filters import Filters, asked_for, narrowed, states
from goalsite.queries.organisation import Who, ancestry, heads_then, there_in, who_of
from goalsite.queries.overview import Standing, standing_of
from goalsite.queries.records import fraction, goal_facts
from goalsite.queries.results import tally, totals_of
from goalsite.queries.search_words import says
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
    """One person of the table. The counts are of the goals the reader may see and the filters ask for: by kind, by status, and of those not
    updated lately."""

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


# The filters are asked of people and of the goals they own.
Conditions = list[ColumnElement[bool]]


def members_of(
    viewer: Viewer, cycle: Cycle, unit: Unit, filters: Filters, today: date, *, sort: str, down: bool, page: int
) -> Members:
    """The people of the unit who were there in the cycle, narrowed and ordered; people whose result may not be seen come after the others where that is
    the order. Three queries, four of a closed cycle."""
    chosen = [*there_in(cycle), *people_in(unit, filters.below, cycle), *_asked_for(viewer, cycle, filters, today)]
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
    goals, fitting = _goals_of(viewer, cycle, [person.id for person, *_ in rows], _of_goals(filters, today))
    seen = {person.id for person, _, may_see, *_ in rows if may_see}
    heads = heads_then(cycle)
    points = points_of([goal.id for person_id in seen for goal in goals[person_id]])
    lines = [
        _line(
            person,
            result,
            goals[person.id],
            fitting,
            cycle,
            today,
            points if person.id in seen else None,
            who_of(person, held),
            heads,
        )
        for person, result, _, _, held in rows
    ]
    return Members(lines, rows[0][3] if rows else 0)


def people_by_state(viewer: Viewer, cycle: Cycle, unit: Unit, filters: Filters, today: date) -> dict[str, int]:
    """How many of the people have a goal of each status, stale or unaligned, whichever of these was asked for; under "" all of them. One query."""
    whatever = filters.in_any_state
    inside = [*there_in(cycle), *people_in(unit, filters.below, cycle)]
    everybody = select(func.count(Person.id)).where(*inside, *_asked_for(viewer, cycle, whatever, today))
    whose = states(today)
    by_person = (
        select(*(func.max(case((state, 1), else_=0)).label(name) for name, state in whose.items()))
        .select_from(Goal)
        .join(Goal.owner)
        .where(*inside, *_seen_in(viewer, cycle), *_of_goals(whatever, today))
        .group_by(Goal.owner_id)
        .subquery()
    )
    query = select(
        everybody.correlate(None).scalar_subquery(), *(func.coalesce(func.sum(one), 0) for one in by_person.c)
    )
    return dict(zip(("", *whose), db.session.execute(query).one(), strict=True))


def named(viewer: Viewer, cycle: Cycle, person_id: int) -> Conditions:
    """It is the Person of that id, and everybody sees them among the members or the reader sees a goal of theirs: a number in an address tells
    nothing more. Nobody for 0."""
    has = exists().where(*_seen_in(viewer, cycle), Goal.owner_id == Person.id).correlate_except(Goal)
    return [Person.id == person_id, or_(and_(*there_in(cycle)), has)]


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
    fitting: Collection[int],
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
    counted_here = [goal for goal in goals if goal.id in fitting]
    for goal in counted_here:
        kinds[goal.kind] += 1
        statuses[goal.status] += 1
    return Line(
        person,
        who,
        own,
        kinds,
        statuses,
        max((goal.last_checkin_on for goal in goals if goal.last_checkin_on), default=None),
        sum(goal.stale_from is not None and goal.stale_from <= today for goal in counted_here),
    )


def _goals_of(
    viewer: Viewer, cycle: Cycle, people: Sequence[int], asked: Conditions
) -> tuple[Mapping[int, list[Goal]], Collection[int]]:
    """The goals of these people, by person, and the ids of those that are asked for."""
    held: dict[int, list[Goal]] = defaultdict(list)
    fitting = set()
    if people:
        query = (
            select(Goal, and_(true(), *asked))
            .join(Goal.owner)
            .where(*_seen_in(viewer, cycle), Goal.owner_id.in_(people))
            .options(*with_measures(), joinedload(Goal.unit), joinedload(Goal.cycle))
            .order_by(Goal.code)
        )
        for goal, fits in db.session.execute(query).unique().tuples():
            held[goal.owner_id].append(goal)
            if fits:
                fitting.add(goal.id)
    return held, fitting


def people_in(unit: Unit, below: bool, cycle: Cycle) -> Conditions:
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


def _asked_for(viewer: Viewer, cycle: Cycle, filters: Filters, today: date) -> Conditions:
    """The people the filters ask for: who owns a goal that fits them, or for words alone has them in the name."""
    whose = [Person.id == filters.owner] if filters.owner else []
    if not filters.but(owner=0).narrows_goals:
        return whose
    theirs = (*_seen_in(viewer, cycle), Goal.owner_id == Person.id)
    has = exists().where(*theirs, *_of_goals(filters, today)).correlate_except(Goal)
    return [*whose, has if filters.but(owner=0, text="").narrows_goals else or_(_called(filters.text), has)]


def _of_goals(filters: Filters, today: date) -> Conditions:
    """The goals the filters ask for, beside their owners: all that stands in the address but unit and owner."""
    said = [or_(_called(filters.text), *asked_for(Filters(text=filters.text)))] if filters.text else []
    return [*narrowed(filters.but(text=""), today), *said]


def _called(text: str) -> ColumnElement[bool]:
    return says(text, "person", Person.id)


def _seen_in(viewer: Viewer, cycle: Cycle) -> Conditions:
    return [Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES), visible_goals(viewer)]


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
