"""The four reports: one row a measure, a goal, a person, a unit, every number computed exactly from the records (rules §2–§6)."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from goalsite.domain.goals import GoalStanding, World, assess, computed_result
from goalsite.domain.goals import result as result_of
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.periods import Span
from goalsite.domain.results import Counted, Totals, attainment_in, may_be_rated, mean, rate, totals
from goalsite.domain.standing import Standing
from goalsite.domain.strip import PeriodStanding, period_on
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.models_follow import Result, Review
from goalsite.queries.company import company
from goalsite.queries.organisation import Organisation, PersonThen, UnitThen, bands_of, organisation_of
from goalsite.queries.records import fraction, records_of
from goalsite.queries.results import Tallies, tally
from goalsite.queries.supporters import Known, with_stored_supporters
from goalsite.queries.taken_back import Before, before


@dataclass(frozen=True)
class CycleRecord:
    """A cycle's counted goals on a day: their rows, facts and standings. What every report starts from."""

    cycle: Cycle
    before: Before
    day: date
    goals: list[Goal]
    world: World
    as_of: bool = False
    known: dict[Hashable, GoalStanding] = field(default_factory=dict)
    organisation: Organisation | None = None
    measures: Mapping[int, Sequence[Measure]] = field(default_factory=dict)

    def standing(self, goal: Goal) -> GoalStanding:
        return assess(goal.id, self.world, self.day, self.known)

    def result(self, goal: Goal) -> Fraction | None:
        return result_of(
            self.world.goals[goal.id], self.standing(goal).progress, Fraction(self.cycle.aspirational_full)
        )

    def expected(self, goal: Goal) -> Fraction | None:
        return computed_result(
            self.world.goals[goal.id], self.standing(goal).expected, Fraction(self.cycle.aspirational_full)
        )

    def weight(self, goal: Goal) -> Fraction:
        return self.world.goals[goal.id].weight

    def is_provisional(self, goal: Goal) -> bool:
        return self.world.goals[goal.id].score is None

    def totals(self, goals: Iterable[Goal]) -> Totals:
        return totals(
            (Counted(goal.kind, self.weight(goal), self.result(goal), self.is_provisional(goal)) for goal in goals),
            Fraction(self.cycle.kpi_share),
        )

    def expected_total(self, goals: Iterable[Goal]) -> Fraction | None:
        return totals(
            (Counted(goal.kind, self.weight(goal), self.expected(goal)) for goal in goals),
            Fraction(self.cycle.kpi_share),
        ).total


@dataclass(frozen=True)
class MeasureLine:
    goal: Goal
    measure: Measure
    facts: MeasureFacts
    standing: Standing
    period: PeriodStanding | None


@dataclass(frozen=True)
class GoalLine:
    goal: Goal
    standing: GoalStanding
    result: Fraction | None
    provisional: bool


@dataclass(frozen=True)
class PersonFacts:
    """Somebody as the cycle's results know them. `then` says where they belong, `adjustment` is HR's, `held` their result where it is stored for good."""

    person: Person
    then: PersonThen
    unit_code: str
    adjustment: Fraction | None = None
    held: Result | None = None


@dataclass(frozen=True)
class PersonLine:
    """Where `then` says they belong. Fractions; `total` is the adjusted one where HR adjusted it. Expected is None for a calendar period."""

    person: Person
    then: PersonThen
    unit_code: str
    totals: Totals
    total: Fraction | None
    expected: Fraction | None
    rating: str
    last_checkin_on: date | None


@dataclass(frozen=True)
class UnitLine:
    unit: Unit
    then: UnitThen
    totals: Totals
    people_mean: Fraction | None
    people: int


def record_of(
    cycle: Cycle,
    day: date,
    *,
    as_of: bool = False,
    organisation: Organisation | None = None,
    narrowed: Sequence[ColumnElement[bool]] = (),
    deep: bool = True,
) -> CycleRecord:
    """The cycle's record on `day`, that of a closed one on the day it was closed; with `as_of`, as things stood at the end of that day.

    organisation: whom and which units it is about; the one in force for the cycle unless given. narrowed: conditions on the goals it holds; then
    whoever asks knows the organisation, and it takes three queries, five with `as_of`. deep: all that gives them progress is looked at, however far
    down; else the goals right below are as stored, in one query more, and of a past day, of which nothing is stored, left out.
    """
    if not as_of and cycle.closed_at is not None:
        day = min(day, company().today(cycle.closed_at))
    wanted = select(Goal.id).where(Goal.cycle_id == cycle.id, *narrowed)
    along = [joinedload(Goal.owner), joinedload(Goal.unit)]
    records = records_of(wanted, day, deep=deep, as_of=as_of, options=along)
    world, known = records.world, Known()
    if not deep and not as_of:
        world, known = with_stored_supporters(world, [goal.id for goal in records.goals], day)
    counted = [goal for goal in records.goals if world.goals[goal.id].state in COUNTED_STATES]
    counted.sort(key=lambda goal: goal.code)
    there = organisation if organisation or narrowed else organisation_of(cycle)
    then = before(cycle, company().end_of(day)) if as_of else Before(cycle.state)
    return CycleRecord(cycle, then, day, counted, world, as_of, known, there, records.measures)


def measure_lines(record: CycleRecord) -> list[MeasureLine]:
    """One line a measure of the cycle's active and closed goals."""
    lines = []
    for goal in record.goals:
        for row in record.measures.get(goal.id, ()):
            facts, standing = record.world.goals[goal.id].measures[row.id], record.standing(goal).measures[row.id]
            period = period_on(facts, record.world.entries.get(row.id, ()), record.day)
            lines.append(MeasureLine(goal, row, facts, standing, period))
    return lines


def goal_lines(record: CycleRecord) -> list[GoalLine]:
    """One line a goal."""
    return [
        GoalLine(goal, record.standing(goal), record.result(goal), record.is_provisional(goal)) for goal in record.goals
    ]


def person_lines(
    record: CycleRecord,
    *,
    unit: Unit | None = None,
    period: tuple[str, Span] | None = None,
    person_id: int | None = None,
) -> list[PersonLine]:
    """One line a person who was there during the cycle, by e-mail; of one unit and those below it; for one calendar period (frequency, span); of one
    person alone."""
    cycle, there = record.cycle, _organisation(record)
    chosen = [] if person_id is None else [Person.id == person_id]
    rows = [
        person
        for person in db.session.scalars(select(Person).where(*chosen).order_by(Person.email_key))
        if (then := there.people.get(person.id)) and (unit is None or unit.id in there.above.get(then.unit or 0, ()))
    ]
    reviews = db.session.scalars(select(Review).where(Review.cycle_id == cycle.id))
    adjusted, frozen = {one.person_id: fraction(one.adjustment) for one in reviews}, _frozen(record)
    goals = tally(record.goals, cycle, there.heads).people
    codes = dict(db.session.execute(select(Unit.id, Unit.code)).tuples().all())
    lines = []
    for person in rows:
        then, held = there.people[person.id], frozen.get((person.id, None))
        facts = PersonFacts(person, then, codes.get(then.unit or 0, ""), adjusted.get(person.id), held)
        lines.append(person_line(record, facts, goals.get(person.id, []), period))
    return lines


def person_line(
    record: CycleRecord, facts: PersonFacts, goals: Sequence[Goal], period: tuple[str, Span] | None = None
) -> PersonLine:
    """One person's line from the goals that count for them; for one calendar period (frequency, span)."""
    cycle, person, held = record.cycle, facts.person, facts.held
    last = max((on for goal in goals if (on := record.standing(goal).last_on)), default=None)
    if period is not None:
        sums = period_totals(record, goals, *period)
        return PersonLine(person, facts.then, facts.unit_code, sums, sums.total, None, "", last)
    if held is not None:
        line = stored_line(facts, held)
        return line if line.expected is not None else replace(line, expected=record.expected_total(goals))
    sums = record.totals(goals)
    since = record.before.adjusted.get(person.id)
    adjustment = fraction(since[0]) if since else facts.adjustment
    total = sums.total + adjustment if adjustment is not None and sums.total is not None else sums.total
    rated = record.before.state in ("reviewing", "closed") and may_be_rated(
        Span(cycle.starts_on, cycle.ends_on), person.joined_on, person.left_on
    )
    rating = rate(total, bands_of(cycle)) if rated else ""
    return PersonLine(person, facts.then, facts.unit_code, sums, total, record.expected_total(goals), rating, last)


def stored_line(facts: PersonFacts, held: Result) -> PersonLine:
    """The person's line as it was stored when the cycle was closed."""
    sums = _stored_totals(held)
    total = fraction(held.adjusted) if held.adjusted is not None else sums.total
    who = (facts.person, facts.then, facts.unit_code)
    return PersonLine(*who, sums, total, fraction(held.expected), held.rating, held.last_checkin_on)


def unit_lines(record: CycleRecord) -> list[UnitLine]:
    """One line a unit: its own goals' totals, and beside them the plain mean of the totals of the people in it and below."""
    there = _organisation(record)
    sums: dict[int, list[Fraction]] = defaultdict(list)
    for line in person_lines(record):
        if line.total is not None and line.then.unit is not None:
            for ancestor_id in there.above.get(line.then.unit, ()):
                sums[ancestor_id].append(line.total)
    tallies: Tallies = tally(record.goals, record.cycle, there.heads)
    frozen = _frozen(record)
    lines = []
    for unit in db.session.scalars(select(Unit).order_by(Unit.code)):
        then = there.units.get(unit.id)
        if then is None:
            continue
        if frozen:
            lines.append(stored_unit_line(unit, then, frozen.get((None, unit.id))))
            continue
        own, people = record.totals(tallies.units.get(unit.id, [])), sums[unit.id]
        lines.append(UnitLine(unit, then, own, mean(people), len(people)))
    return lines


def stored_unit_line(unit: Unit, then: UnitThen, held: Result | None) -> UnitLine:
    """The unit's line as it was stored when the cycle was closed; `held` None: nothing was."""
    people_mean, people = (fraction(held.people_mean), held.people or 0) if held else (None, 0)
    return UnitLine(unit, then, _stored_totals(held), people_mean, people)


def period_totals(record: CycleRecord, goals: Iterable[Goal], frequency: str, span: Span) -> Totals:
    """The KPI figure of one calendar period: Σ w · attainment ÷ Σ w over KPIs of that frequency or finer; it is the total too."""
    counted = []
    for goal in goals:
        for key, facts in record.world.goals[goal.id].measures.items():
            reached = (
                attainment_in(facts, record.world.entries.get(key, ()), frequency, span, record.day)
                if goal.kind == "kpi"
                else None
            )
            if reached is not None:
                counted.append(Counted("kpi", record.weight(goal), reached, record.is_provisional(goal)))
    return totals(counted, Fraction(1))


def _frozen(record: CycleRecord) -> dict[tuple[int | None, int | None], Result]:
    """The results of a closed cycle as they were stored, which then are all there are; nothing where it is open, or the day lies before it was closed."""
    if record.cycle.state != "closed":
        return {}
    closed_by_then = Result.frozen_at < company().end_of(record.day) if record.as_of else Result.frozen_at.is_not(None)
    rows = db.session.scalars(select(Result).where(Result.cycle_id == record.cycle.id, closed_by_then))
    return {(row.person_id, row.unit_id): row for row in rows}


def _organisation(record: CycleRecord) -> Organisation:
    return record.organisation or organisation_of(record.cycle)


def _stored_totals(row: Result | None) -> Totals:
    if row is None:
        return Totals(None, None, None, False, 0)
    return Totals(fraction(row.okr), fraction(row.kpi), fraction(row.total), row.provisional, row.goals)
