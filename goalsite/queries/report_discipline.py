"""Check-in discipline: who was to report when, and whether it came, by unit, person and week (rules §4, §8)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from goalsite.domain.discipline import Kept, by_due_day, kept
from goalsite.domain.periods import DAY, GRACE, Span, asking_days, due_days
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Unit
from goalsite.models_follow import CheckIn, Result
from goalsite.queries.company import company
from goalsite.queries.members import people_in
from goalsite.queries.organisation import ancestry
from goalsite.queries.records import rhythm_of
from goalsite.queries.report_people import Question
from goalsite.queries.visible import people_with_visible_results, visible_goals

AT_ONCE = 50
# Every due day of every measure is looked at: as many as this at most, which is 18 000 measures for a quarter, 4 700 for a year.
MOST_DUE = 250_000
WEEK = 7
# The longest time between two due days, and some: check-ins before cannot count in what is asked about.
LONGEST_INTERVAL = timedelta(days=100)


@dataclass(frozen=True)
class PersonKept:
    """Somebody who reports, of whom the reader may see the results, and the name of their unit."""

    id: int
    email: str
    name: str
    unit: str
    kept: Kept


@dataclass(frozen=True)
class Discipline:
    """By the week's Monday; by the unit right below (None: the unit's own people); the people, the worst first. too_many: nothing was worked out."""

    weeks: Mapping[date, Kept] = field(default_factory=dict)
    units: Mapping[int | None, Kept] = field(default_factory=dict)
    people: list[PersonKept] = field(default_factory=list)
    too_many: bool = False

    @property
    def whole(self) -> Kept:
        return sum(self.weeks.values(), Kept())

    def others(self, shown: Iterable[int]) -> list[Kept]:
        """The units right below beside those shown."""
        named = {*shown, None}
        return [kept for unit, kept in self.units.items() if unit not in named]


def discipline_of(viewer: Viewer, asked: Question, span: Span) -> Discipline:
    """How the due days within `span` were kept by the people of the unit and those below, on goals the reader may see. Two queries."""
    # What is due most often is due once a week.
    most = MOST_DUE // (span.days // WEEK + 1)
    rows = db.session.execute(_measures(viewer, asked).limit(most + 1)).all()
    if len(rows) > most:
        return Discipline(too_many=True)
    entered = _entered(viewer, asked, span) if rows else {}
    weeks: dict[date, Counter[str]] = defaultdict(Counter)
    units: dict[int | None, Counter[str]] = defaultdict(Counter)
    people: dict[int, Counter[str]] = defaultdict(Counter)
    named = {}
    for row in rows:
        ways = _ways(row, asked, span, entered.get(row.id, ()))
        for due, way in ways.items():
            weeks[due - DAY * due.weekday()][way] += 1
        if ways:
            units[row.below].update(ways.values())
            if row.seen:
                people[row.person_id].update(ways.values())
                named[row.person_id] = row
    found = [(named[one], kept(ways)) for one, ways in people.items()]
    found.sort(key=lambda one: (one[1].share or 0, -one[1].missed, one[0].sort_key))
    return Discipline(
        {monday: kept(ways) for monday, ways in sorted(weeks.items())},
        {unit: kept(ways) for unit, ways in units.items()},
        [PersonKept(row.person_id, row.email, row.name, row.unit or "", theirs) for row, theirs in found],
    )


def _ways(row: Any, asked: Question, span: Span, entered: Iterable[tuple[date, date]]) -> dict[date, str]:
    # What takes no value by period is due at the rhythm alone.
    frequency = "" if row.direction in ("done", "steps") else row.frequency
    when = (frequency, Span(row.starts_on, row.due_on), rhythm_of(asked.cycle), company().calendar)
    days = tuple(zip(asking_days(*when), due_days(*when), strict=True))
    found = by_due_day(days, entered, asked.day, row.finished_on, since=span.first)
    return {due: way for due, way in found.items() if due <= span.last}


def _measures(viewer: Viewer, asked: Question) -> Any:
    """A row for each measure that somebody of the unit reports, with that person, and the unit right below in which they are."""
    cycle = asked.cycle
    held_in, step_in = ancestry(cycle), ancestry(cycle)
    held, step = held_in.c, step_in.c
    home = Result.unit_then_id if asked.is_closed else Person.unit_id
    return (
        select(
            Measure.id,
            Measure.direction,
            Measure.frequency,
            Measure.finished_on,
            func.coalesce(Measure.starts_on, Goal.starts_on).label("starts_on"),
            func.coalesce(Measure.due_on, Goal.due_on).label("due_on"),
            Person.id.label("person_id"),
            Person.email,
            (func.coalesce(Result.name_then, Person.name) if asked.is_closed else Person.name).label("name"),
            Person.sort_key,
            (Result.unit_then if asked.is_closed else Unit.name).label("unit"),
            step.ancestor_id.label("below"),
            people_with_visible_results(viewer).label("seen"),
        )
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Person, Person.id == func.coalesce(Measure.assignee_id, Goal.owner_id))
        .outerjoin(Result, and_(Result.person_id == Person.id, Result.cycle_id == cycle.id))
        .outerjoin(Unit, Unit.id == home)
        .outerjoin(held_in, and_(held.unit_id == home, held.ancestor_id == asked.unit.id))
        .outerjoin(step_in, and_(step.unit_id == home, step.depth == held.depth - 1))
        .where(*_chosen(viewer, asked))
    )


def _chosen(viewer: Viewer, asked: Question) -> list[ColumnElement[bool]]:
    return [
        Goal.cycle_id == asked.cycle.id,
        Goal.state.in_(COUNTED_STATES),
        Measure.fed_by_id.is_(None),
        visible_goals(viewer),
        *people_in(asked.unit, True, asked.cycle),
    ]


def _entered(viewer: Viewer, asked: Question, span: Span) -> Mapping[int, list[tuple[date, date]]]:
    """When each check-in was dated and entered, by measure; those replaced since too."""
    firm = company()
    query = (
        select(CheckIn.measure_id, CheckIn.on, CheckIn.entered_at)
        .join(Measure, Measure.id == CheckIn.measure_id)
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Person, Person.id == func.coalesce(Measure.assignee_id, Goal.owner_id))
        .where(*_chosen(viewer, asked), CheckIn.on > span.first - LONGEST_INTERVAL, CheckIn.on <= span.last + GRACE)
    )
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for measure_id, on, at in db.session.execute(query).tuples():
        found[measure_id].append((on, firm.today(at)))
    return found
