"""A unit's meeting: what moved since the last one, what needs a word, what is in the way, what was to be done, and what was noted (rules §5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from goalsite.domain.measure import Entry
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.relations import ToUnit, Viewer
from goalsite.domain.standing import Standing, stand, ticked
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Unit
from goalsite.models_follow import Action, Blocker, Change, GoalPoint, Note
from goalsite.queries.company import company
from goalsite.queries.filters import NEEDS_A_LOOK, in_unit, is_stale
from goalsite.queries.overview import expected_today
from goalsite.queries.records import entries_of, fraction, measure_facts
from goalsite.queries.supporters import with_measures
from goalsite.queries.visible import below, visible_goals

WEEK = timedelta(days=7)
# What one page on the table holds; the overview has the rest. The screen shows the first lines of each part until all are asked for.
MOST_GOALS = 200
FIRST_LINES = 15
MOST_NOTES = 12
# So many lines in all stand on the page and go on paper, though the screen shows fewer of them; of more, only the first of each part.
ON_PAPER = 140


@dataclass(frozen=True)
class Line:
    """A goal, its progress before the day of the last meeting and the progress expected of it now: fractions."""

    goal: Goal
    then: Fraction | None
    expected: Fraction | None

    @property
    def moved(self) -> Fraction:
        """By how many points of a hundred it has moved since."""
        return 100 * ((fraction(self.goal.progress) or Fraction(0)) - (self.then or Fraction(0)))


@dataclass(frozen=True)
class Call:
    """A measure whose last check-in says better than its numbers say, as the components for measures show it."""

    row: Measure
    facts: MeasureFacts
    standing: Standing
    entries: Sequence[Entry]

    @property
    def done_steps(self) -> set[str]:
        """The codes of the steps that stand ticked."""
        return {code for code, is_done in ticked(self.entries).items() if is_done}


@dataclass(frozen=True)
class Agenda:
    """What the meeting speaks about, a list for each part; `counts` says how many there are in all, where a list is cut short.
    `calls`: by goal, the measures whose last check-in says better than the numbers say."""

    changed: list[Line] = field(default_factory=list)
    behind: list[Line] = field(default_factory=list)
    stale: list[Line] = field(default_factory=list)
    flagged: list[Line] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)
    calls: Mapping[int, list[Call]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines its lists have."""
        return sum(map(len, (self.changed, self.behind, self.stale, self.flagged)))


def find(viewer: Viewer, unit_id: int) -> tuple[Unit, ToUnit, list[Note]] | None:
    """The unit with its head, what the viewer is to it, and what its last meetings noted, the latest first. One query."""
    query = (
        select(Unit, below(Unit.id, viewer.leads), Note)
        .outerjoin(Note, Note.unit_id == Unit.id)
        .where(Unit.id == unit_id)
        .options(joinedload(Unit.head))
        .order_by(Note.held_on.desc())
        .limit(MOST_NOTES)
    )
    rows: Sequence[tuple[Unit, bool, Note | None]] = db.session.execute(query).tuples().all()
    if not rows:
        return None
    unit, lead, _note = rows[0]
    return unit, ToUnit(viewer=viewer, lead=bool(lead)), [note for *_, note in rows if note is not None]


def agenda_of(viewer: Viewer, unit: Unit, cycle: Cycle, since: date, today: date) -> Agenda:
    """The goals of the unit and those below that the viewer may see, and that moved since or need a word. One query, and
    one more where somebody says better than the numbers say.

    The day itself counts: what was entered on it may have come after the meeting.
    """
    parts: dict[str, ColumnElement[bool]] = {
        "changed": Goal.last_checkin_on >= since,
        "behind": Goal.status.in_(NEEDS_A_LOOK),
        "stale": is_stale(today),
        "flagged": Goal.flagged.is_(True),
    }
    then = (
        select(GoalPoint.progress)
        .where(GoalPoint.goal_id == Goal.id, GoalPoint.on < since)
        .order_by(GoalPoint.on.desc())
        .limit(1)
        .correlate(Goal)
        .scalar_subquery()
    )
    counts = [func.sum(case((part, 1), else_=0)).over().label(f"all_{name}") for name, part in parts.items()]
    query = (
        select(Goal, then, *counts, *(part.label(f"is_{name}") for name, part in parts.items()))
        .where(or_(*parts.values()), *_under_way(viewer, unit, cycle))
        .options(*with_measures(), joinedload(Goal.owner), joinedload(Goal.unit), joinedload(Goal.cycle))
        .order_by(case((Goal.status == "behind", 0), (Goal.status == "at_risk", 1), else_=2), Goal.title, Goal.id)
        .limit(MOST_GOALS)
    )
    rows = db.session.execute(query).unique().all()
    if not rows:
        return Agenda(counts=dict.fromkeys(parts, 0))
    found: dict[str, list[Line]] = {name: [] for name in parts}
    for row in rows:
        line = Line(row[0], fraction(row[1]), expected_today(row[0], today))
        for name in parts:
            if row._mapping[f"is_{name}"]:
                found[name].append(line)
    found["changed"].sort(key=lambda line: -abs(line.moved))
    return Agenda(
        **found,
        counts={name: int(rows[0]._mapping[f"all_{name}"]) for name in parts},
        calls=_calls([line.goal for line in found["flagged"]], today),
    )


def changes_of(viewer: Viewer, unit: Unit, cycle: Cycle, since: date) -> list[Change]:
    """The numbers and dates of these goals changed since, and the goals that ended or were cancelled, the latest first; the day
    itself is in it, since what a meeting agrees on is changed after it. One query."""
    ended = and_(Change.field == "state", Change.new.in_(("closed", "cancelled")))
    concerned = (Goal.cycle_id == cycle.id, visible_goals(viewer), *in_unit(unit, True))
    query = (
        select(Change)
        .join(Change.goal)
        .where(Change.at >= company().moment(since, time()), or_(Change.field.not_in(("state", "evaluator")), ended))
        .where(Goal.state.in_(("active", "closed", "cancelled")), *concerned)
        .options(
            contains_eager(Change.goal).options(joinedload(Goal.owner), joinedload(Goal.unit)),
            joinedload(Change.measure),
            joinedload(Change.by),
            joinedload(Change.approved_by),
        )
        .order_by(Change.at.desc(), Change.goal_id, Change.id)
        .limit(MOST_GOALS)
    )
    return list(db.session.scalars(query))


def blockers_of(viewer: Viewer, unit: Unit, cycle: Cycle) -> list[Blocker]:
    """What is in the way of these goals and not solved, the oldest first."""
    query = (
        select(Blocker)
        .join(Blocker.measure)
        .join(Measure.goal)
        .where(Blocker.closed_on.is_(None), *_under_way(viewer, unit, cycle))
        .options(contains_eager(Blocker.measure).contains_eager(Measure.goal), joinedload(Blocker.owner))
        .order_by(Blocker.opened_on, Blocker.id)
        .limit(MOST_GOALS)
    )
    return list(db.session.scalars(query))


def actions_of(viewer: Viewer, unit: Unit, cycle: Cycle, today: date) -> list[Action]:
    """What is still to be done and is overdue or due within the week, the earliest first."""
    query = (
        select(Action)
        .join(Action.goal)
        .where(Action.done_on.is_(None), Action.due_on <= today + WEEK, *_under_way(viewer, unit, cycle))
        .options(contains_eager(Action.goal), joinedload(Action.assignee))
        .order_by(Action.due_on, Action.id)
        .limit(MOST_GOALS)
    )
    return list(db.session.scalars(query))


def note_on(unit_id: int, day: date) -> Note | None:
    """What was noted on that day."""
    return db.session.scalar(select(Note).where(Note.unit_id == unit_id, Note.held_on == day))


def _calls(goals: list[Goal], today: date) -> dict[int, list[Call]]:
    """What is fed by a KPI says nothing by itself."""
    if not goals:
        return {}
    firm = company()
    entries = entries_of(select(Goal.id).where(Goal.id.in_([goal.id for goal in goals])), [], today, firm)
    found: dict[int, list[Call]] = {}
    for goal in goals:
        for row in goal.measures:
            facts = measure_facts(row, goal, goal.cycle, firm, row.steps, row.period_targets)
            standing = stand(facts, entries[row.id], today, firm.thresholds)
            if row.fed_by_id is None and standing.flagged:
                found.setdefault(goal.id, []).append(Call(row, facts, standing, entries[row.id]))
    return found


def _under_way(viewer: Viewer, unit: Unit, cycle: Cycle) -> list[ColumnElement[bool]]:
    return [Goal.cycle_id == cycle.id, Goal.state == "active", visible_goals(viewer), *in_unit(unit, True)]
