"""The overview's pictures over time: the unit's line, its KPIs period by period, and who still has to check in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, case, false, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from goalsite.domain.goals import World, assess, computed_result, weighted_mean
from goalsite.domain.measure import Entry
from goalsite.domain.periods import Span
from goalsite.domain.relations import Viewer
from goalsite.domain.results import Counted, totals
from goalsite.domain.standing import expected_progress
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit, UnitAncestor
from goalsite.models_follow import GoalPoint
from goalsite.queries.cards import MeasureCard, measure_card
from goalsite.queries.company import company
from goalsite.queries.duties import duties
from goalsite.queries.overview import Place, Standing, people_below
from goalsite.queries.records import entries_of, fraction, goal_facts, measure_facts
from goalsite.queries.reminders import Reminders, remindable, was_reminded
from goalsite.queries.results import stored_result, totals_of

KPIS = 4
NAMED = 5
WEEK = timedelta(days=7)
NEAR = Fraction(1, 10)

Line = list[tuple[date, Fraction]]


@dataclass(frozen=True)
class Chart:
    """The unit's result day by day, what was expected, the same of the cycle before (laid over this one), all fractions; ticks are first days of months."""

    points: Line
    expected: Line
    before: tuple[Cycle, Line] | None
    ticks: list[date]


@dataclass(frozen=True)
class KpiCard:
    goal: Goal
    measure: MeasureCard


@dataclass(frozen=True)
class Waiting:
    """Somebody who owes a check-in, and when they last made one."""

    person_id: int
    name: str
    unit: str
    last_on: date | None


@dataclass(frozen=True)
class CheckIns:
    """By the unit right below (None: the unit's own): how many people report, and how many of them owe a check-in; and those silent longest."""

    people: dict[int | None, int] = field(default_factory=dict)
    owing: dict[int | None, int] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    reminders: Reminders = field(default_factory=Reminders)

    @property
    def all_people(self) -> int:
        return sum(self.people.values())

    @property
    def all_owing(self) -> int:
        return sum(self.owing.values())


def cycle_before(cycles: Sequence[Cycle], cycle: Cycle) -> Cycle | None:
    """The latest cycle that ended before this one began and is about as long."""
    alike = [one for one in cycles if one.ends_on < cycle.starts_on and _as_long(one, cycle)]
    return max(alike, key=lambda one: one.ends_on, default=None)


def cycle_beside(cycles: Sequence[Cycle], cycle: Cycle) -> Cycle | None:
    """The one to set beside it: the one before it, or else the nearest that is about as long, or else the nearest."""
    nearest = sorted(cycles, key=lambda one: (not _as_long(one, cycle), abs(one.starts_on - cycle.starts_on)))
    return cycle_before(cycles, cycle) or next(iter(nearest), None)


def chart_of(
    unit: Unit, cycle: Cycle, before: Cycle | None, goals: Sequence[Goal], standing: Standing, today: date
) -> Chart | None:
    """The chart of the unit's own goals (`goals` are this cycle's, with their measures); None where it has none. One query."""
    if not goals:
        return None
    cycles = {one.id: one for one in (cycle, before) if one is not None}
    query = (
        select(Goal, GoalPoint.on, GoalPoint.progress)
        .join(GoalPoint, GoalPoint.goal_id == Goal.id)
        .where(Goal.unit_id == unit.id, Goal.scope == "unit", Goal.state.in_(COUNTED_STATES), Goal.cycle_id.in_(cycles))
        .order_by(GoalPoint.on)
    )
    moved: dict[int, dict[Goal, Line]] = {key: defaultdict(list) for key in cycles}
    for goal, on, progress in db.session.execute(query).tuples():
        moved[goal.cycle_id][goal].append((on, fraction(progress) or Fraction(0)))
    for goal in goals:
        moved[cycle.id].setdefault(goal, [])
    shown = min(max(today, cycle.starts_on), cycle.ends_on)
    points = [point for point in _result_line(moved[cycle.id], cycle) if point[0] < shown]
    if standing.now.total is not None:
        points.append((shown, standing.now.total))
    first = {goal.id: line[0][0] for goal, line in moved[cycle.id].items() if line}
    return Chart(
        points, _expected_line(goals, cycle, first, shown, standing), _laid_over(before, cycle, moved), _months(cycle)
    )


def kpis_of(goals: Sequence[Goal], today: date) -> list[KpiCard]:
    """Up to four KPIs of these goals, the weightiest first, with their periods. One query."""
    kpis = [goal for goal in goals if goal.kind == "kpi" and goal.measures]
    chosen = sorted(kpis, key=lambda goal: -goal.weight)[:KPIS]
    if not chosen:
        return []
    firm = company()
    facts = {
        goal.id: goal_facts(
            goal,
            {
                row.id: measure_facts(row, goal, goal.cycle, firm, row.steps, row.period_targets)
                for row in goal.measures
            },
            (),
        )
        for goal in chosen
    }
    entries = entries_of(select(Goal.id).where(Goal.id.in_(list(facts))), [], today, firm)
    heard: dict[object, Sequence[Entry]] = {row.id: entries[row.id] for goal in chosen for row in goal.measures}
    world = World(facts, heard, firm.thresholds)  # type: ignore[arg-type]
    cards = []
    for goal in chosen:
        row = goal.measures[0]
        standing = assess(goal.id, world, today)
        cards.append(
            KpiCard(goal, measure_card(row, facts[goal.id].measures[row.id], entries[row.id], standing, today))
        )
    return cards


def check_ins_of(viewer: Viewer, cycle: Cycle, place: Place, today: date) -> CheckIns:
    """Who of the unit and those below reports on goals that may be seen, and still owes a check-in. One query, one row a unit and NAMED people."""
    owed = duties(viewer, cycle)
    owes = func.max(case((owed.c.due_from <= company().calendar.last_worked(today), 1), else_=0)).label("owes")
    theirs = select(owed.c.person_id, owes, func.max(owed.c.last_on).label("last_on")).group_by(owed.c.person_id)
    if place.path:
        theirs = theirs.where(owed.c.person_id.in_(people_below(place.unit)))
    found = theirs.subquery().c
    may = and_(literal(cycle.state == "open"), *remindable(viewer))
    mine = (
        select(
            Person.id,
            Person.unit_id,
            Person.sort_key,
            found.owes,
            found.last_on,
            case((found.owes == 1, may), else_=false()).label("may"),
            case((found.owes == 1, was_reminded(viewer, today)), else_=false()).label("reminded"),
        )
        .join(Person, Person.id == found.person_id)
        .where(Person.unit_id.is_not(None))
        .cte("mine")
    )
    left = func.sum(case((and_(mine.c.owes == 1, mine.c.may, ~mine.c.reminded), 1), else_=0))
    numbers = (func.count().label("people"), func.sum(mine.c.owes).label("owing"), left.label("left"))
    by_unit = select(mine.c.unit_id, *numbers).group_by(mine.c.unit_id).subquery().c
    held, step = aliased(UnitAncestor), aliased(UnitAncestor)
    nothing = [null()] * 6
    counts = (
        select(step.ancestor_id, func.sum(by_unit.people), func.sum(by_unit.owing), func.sum(by_unit.left), *nothing)
        .join(held, and_(held.unit_id == by_unit.unit_id, held.ancestor_id == place.unit.id))
        .outerjoin(step, and_(step.unit_id == by_unit.unit_id, step.depth == held.depth - 1))
        .group_by(step.ancestor_id)
    )
    longest = (
        select(mine.c.id, Person.name, Unit.name.label("unit"), mine.c.last_on, mine.c.may, mine.c.reminded)
        .join(Person, Person.id == mine.c.id)
        .join(Unit, Unit.id == mine.c.unit_id)
        .where(mine.c.owes == 1)
        .order_by(mine.c.last_on.is_not(None), mine.c.last_on, Person.sort_key, Person.id)
        .limit(NAMED)
        .subquery()
    )
    named = select(null(), null(), null(), null(), *longest.c)
    asked, in_all = CheckIns(), 0
    both: Any = union_all(named, counts)
    for below, people, owing, left_over, *who, may, reminded in db.session.execute(both):
        if people is None:
            asked.waiting.append(Waiting(*who))
            if may:
                (asked.reminders.reminded if reminded else asked.reminders.waiting).add(who[0])
        elif people:
            asked.people[below], asked.owing[below] = int(people), int(owing)
            in_all += int(left_over)
    asked = replace(asked, reminders=replace(asked.reminders, in_all=in_all))
    # A union keeps no order.
    asked.waiting.sort(key=lambda one: one.last_on or date.min)
    return asked


def _result_line(moved: Mapping[Goal, Line], cycle: Cycle) -> Line:
    """The totals of the goals on each day one of them moved; a goal that has not moved yet stands at nothing."""
    share, full = Fraction(cycle.kpi_share), Fraction(cycle.aspirational_full)
    changes: dict[date, dict[Goal, Fraction]] = defaultdict(dict)
    for goal, line in moved.items():
        for on, progress in line:
            changes[max(on, cycle.starts_on)][goal] = progress
    stands = {goal: Fraction(0) for goal in moved}
    points: Line = []
    for on in sorted(changes):
        stands |= changes[on]
        counted = [
            Counted(goal.kind, Fraction(goal.weight), computed_result(goal_facts(goal, {}, ()), progress, full))
            for goal, progress in stands.items()
        ]
        total = totals(counted, share).total
        if total is not None:
            points.append((on, total))
    return points


def _expected_line(
    goals: Sequence[Goal], cycle: Cycle, first: Mapping[int, date], today: date, standing: Standing
) -> Line:
    """What the goals are expected to give, week by week; through today's own figure."""
    share, full, firm = Fraction(cycle.kpi_share), Fraction(cycle.aspirational_full), company()
    facts = {
        goal.id: [measure_facts(row, goal, cycle, firm, (), row.period_targets) for row in goal.measures]
        for goal in goals
    }
    weeks = [cycle.starts_on + WEEK * week for week in range(_days(cycle) // WEEK.days + 1)]
    line: Line = []
    for on in sorted({*weeks, cycle.ends_on, today}):
        counted = []
        for goal in goals:
            has_value = goal.id in first and first[goal.id] <= on
            due = (
                weighted_mean((fact.weight, expected_progress(fact, on, has_value)) for fact in facts[goal.id])
                if goal.progress_from == "measures"
                else _through_today(goal, on, today)
            )
            counted.append(
                Counted(goal.kind, Fraction(goal.weight), computed_result(goal_facts(goal, {}, ()), due, full))
            )
        total = standing.expected if on == today else totals(counted, share).total
        if total is not None:
            line.append((on, total))
    return line


def _through_today(goal: Goal, on: date, today: date) -> Fraction:
    """What is expected of a goal that others give progress to: known for today only, and as time passes before and after."""
    span, now = Span(goal.starts_on, goal.due_on), fraction(goal.expected)
    passed, then = span.elapsed(today), span.elapsed(on)
    if now is None or not 0 < passed < 1:
        return then
    return now * then / passed if on <= today else now + (1 - now) * (then - passed) / (1 - passed)


def _laid_over(
    before: Cycle | None, cycle: Cycle, moved: Mapping[int, Mapping[Goal, Line]]
) -> tuple[Cycle, Line] | None:
    """The line of the cycle before, its first and last days on those of this one, up to the result it came to."""
    if before is None or not moved[before.id]:
        return None
    came_to = totals_of(moved[before.id], before, lambda goal: stored_result(goal, before)).total
    stretch = Fraction(_days(cycle), _days(before))
    line = [
        (cycle.starts_on + timedelta(days=int((on - before.starts_on).days * stretch)), progress)
        for on, progress in _result_line(moved[before.id], before)
        if on < before.ends_on
    ]
    return before, [*line, (cycle.ends_on, came_to)] if came_to is not None else line


def _months(cycle: Cycle) -> list[date]:
    years = range(cycle.starts_on.year, cycle.ends_on.year + 1)
    firsts = [date(year, month, 1) for year in years for month in range(1, 13)]
    return [first for first in firsts if cycle.starts_on < first < cycle.ends_on]


def _as_long(one: Cycle, cycle: Cycle) -> bool:
    return abs(_days(one) - _days(cycle)) <= NEAR * _days(cycle)


def _days(cycle: Cycle) -> int:
    return max((cycle.ends_on - cycle.starts_on).days, 1)
