"""Check-in discipline: who was to report when, and whether it came, by unit, person and week (rules §4, §8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from goalsite.domain.discipline import Kept, by_due_day
from goalsite.domain.periods import DAY, GRACE, Span, due_days
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
# Every due day of every measure is looked at: a page does so for this many measures at most.
MOST_MEASURES = 6000
# The longest time between two due days, and some: check-ins before cannot count in what is asked about.
LONGEST_INTERVAL = timedelta(days=100)


@dataclass(frozen=True)
class PersonKept:
    """Somebody who reports, of whom the reader may see the results."""

    person: Person
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


def discipline_of(viewer: Viewer, asked: Question, span: Span) -> Discipline:
    """How the due days within `span` were kept by the people of the unit and those below, on goals the reader may see. Two queries."""
    rows = db.session.execute(_measures(viewer, asked).limit(MOST_MEASURES + 1)).all()
    if len(rows) > MOST_MEASURES:
        return Discipline(too_many=True)
    entered = _entered(viewer, asked, span) if rows else {}
    weeks: dict[date, Kept] = defaultdict(Kept)
    units: dict[int | None, Kept] = defaultdict(Kept)
    people: dict[int, PersonKept] = {}
    for row in rows:
        for due, way in _ways(row, asked, entered.get(row.id, ())).items():
            if due not in span:
                continue
            one = Kept(**{way: 1})
            weeks[due - DAY * due.weekday()] += one
            units[row.below] += one
            if row.seen:
                held = people.get(row.Person.id) or PersonKept(row.Person, row.unit or "", Kept())
                people[row.Person.id] = PersonKept(held.person, held.unit, held.kept + one)
    worst = sorted(people.values(), key=lambda one: (one.kept.share or 0, -one.kept.missed, one.person.sort_key))
    return Discipline(dict(sorted(weeks.items())), units, worst)


def _ways(row: Any, asked: Question, entered: Iterable[tuple[date, date]]) -> dict[date, str]:
    measure: Measure = row.Measure
    # What takes no value by period is due at the rhythm alone.
    frequency = "" if measure.direction in ("done", "steps") else measure.frequency
    span = Span(measure.starts_on or row.starts_on, measure.due_on or row.due_on)
    days = due_days(frequency, span, rhythm_of(asked.cycle), company().calendar)
    owes_nothing = row.status == "done" or (row.state == "active" and measure.due_from is None)
    return by_due_day(days, entered, asked.day, measure.last_on if owes_nothing else None)


def _measures(viewer: Viewer, asked: Question) -> Any:
    """A row for each measure that somebody of the unit reports, with that person, and the unit right below in which they are."""
    cycle = asked.cycle
    held_in, step_in = ancestry(cycle), ancestry(cycle)
    held, step = held_in.c, step_in.c
    home = Result.unit_then_id if asked.is_closed else Person.unit_id
    return (
        select(Measure, Measure.id, Goal.starts_on, Goal.due_on, Goal.state, Goal.status, Person)
        .add_columns(
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
