"""The weekly page: every measure somebody reports that waits for a check-in or has just had one, and whom one may report for (rules §4, §8)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from goalsite import policy
from goalsite.domain.relations import ToGoal, Viewer
from goalsite.domain.strip import PeriodStanding
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import CheckIn
from goalsite.queries.cards import GoalCard, MeasureCard, cards_of
from goalsite.queries.duties import is_fed_by_nothing, reported_by
from goalsite.queries.viewer import as_relation, relation_columns
from goalsite.queries.visible import visible_goals

# How long a row stays on the page once it is reported.
SHOWN = timedelta(days=7)
MOST_REPORTS = 30
MOST_MISSED = 3


@dataclass(frozen=True)
class Line:
    """One row: the measure with its goal, the id of its last check-in (0: none), what the reader is to the goal, and the
    periods that went by without a value, the latest ones."""

    goal: GoalCard
    measure: MeasureCard
    last_id: int
    to: ToGoal
    missed: list[PeriodStanding] = field(default_factory=list)


def lines_for(viewer: Viewer, person_id: int, today: date) -> list[Line]:
    """What that person owes a value for, and what was reported within the last week, in the cycles that are open: OKRs
    first, then by the goal's code. Only what the viewer may see and check in on. Six queries at most."""
    last = (
        select(CheckIn.id)
        .where(CheckIn.measure_id == Measure.id)
        .order_by(CheckIn.entered_at.desc(), CheckIn.id.desc())
        .limit(1)
        .correlate(Measure)
        .scalar_subquery()
    )
    query = (
        select(Measure.id.label("measure"), Goal.id.label("goal"), last.label("last"), *relation_columns(viewer))
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Goal.cycle)
        .join(Goal.unit)
        .where(*_reported_by(person_id), visible_goals(viewer))
        .where(or_(Measure.due_from <= today, Measure.last_on > today - SHOWN))
    )
    rows = {row["measure"]: row for row in db.session.execute(query).mappings()}
    cards = cards_of({row["goal"] for row in rows.values()}, today, options=[joinedload(Goal.owner)])
    cards.sort(key=lambda card: (card.row.kind != "okr", card.row.code))
    found = [
        Line(
            card,
            measure,
            row["last"] or 0,
            as_relation(viewer, row),
            missed_periods(measure),
        )
        for card in cards
        for measure in card.measures
        if (row := rows.get(measure.row.id))
    ]
    return [line for line in found if policy.may_check_in(line.to, line.goal.row, line.measure.row)]


def missed_periods(measure: MeasureCard) -> list[PeriodStanding]:
    """The past periods that went by without a value (§4), the latest first: each can still be filled in. Not the one asked about anyway."""
    if measure.row.fed_by_id or not measure.facts.frequency:
        return []
    asked = measure.asked.first if measure.asked else None
    missed = [line for line in measure.strip if line.state == "past" and line.missed and line.period.first != asked]
    return missed[::-1][:MOST_MISSED]


def reports_of(person_id: int, today: date) -> list[tuple[Person, int]]:
    """The people whose manager this person is and who owe check-ins, with how many they owe: by name."""
    due = (
        select(Person.id, func.count(Measure.id).label("owed"))
        .join(Goal, Goal.owner_id == Person.id)
        .join(Measure, Measure.goal_id == Goal.id)
        .join(Goal.cycle)
        .where(Person.boss_id == person_id, Goal.state == "active", Cycle.state == "open")
        .where(is_fed_by_nothing(), Measure.assignee_id.is_(None), Measure.due_from <= today)
        .group_by(Person.id)
        .subquery()
    )
    query = select(Person, due.c.owed).join(due, due.c.id == Person.id).order_by(Person.sort_key).limit(MOST_REPORTS)
    return [(person, owed) for person, owed in db.session.execute(query).tuples()]


def _reported_by(person_id: int) -> Collection[ColumnElement[bool]]:
    """Measures that are this person's to report: their own goals', but for those given to somebody else, and those given to them."""
    return (Goal.state == "active", Cycle.state == "open", *reported_by(person_id))
