"""The records as they stood at the end of a day: changes and evaluations recorded later are taken back (rules §7)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import Select, String, and_, cast, or_, select

from goalsite.domain import states
from goalsite.domain.company import Company
from goalsite.domain.goals import Goal as GoalFacts
from goalsite.domain.goals import World
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.period_plan import read_written
from goalsite.domain.periods import Span
from goalsite.extensions import db
from goalsite.models import Cycle, Measure
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Change, EvaluationStep, Review

ONE = Fraction(1)
ADJUSTED = "review_adjust"
CYCLE_MOVES = [f"{act}_cycle" for _, act in states.CYCLE]
Facts = TypeVar("Facts", GoalFacts, MeasureFacts)


def taken_back(
    world: World, rows: Mapping[int, Sequence[Measure]], chosen: Select[Any], day: date, firm: Company
) -> World:
    """The world with the changes recorded after `day` undone, and the scores as decided by then."""
    goals: dict[Hashable, GoalFacts] = dict(world.goals)
    end = firm.end_of(day)
    steps = (
        select(EvaluationStep)
        .where(EvaluationStep.goal_id.in_(chosen), EvaluationStep.at < end)
        .order_by(EvaluationStep.at)
    )
    decided = {step.goal_id: step for step in db.session.scalars(steps)}
    for key, goal in goals.items():
        step = decided.get(key)  # type: ignore[call-overload]
        approved = step is not None and step.step == "approved" and step.score is not None
        goals[key] = replace(goal, score=Fraction(step.score) if approved else None)
    later = (
        select(Change).where(Change.goal_id.in_(chosen), Change.at >= end).order_by(Change.at.desc(), Change.id.desc())
    )
    for change in db.session.scalars(later):
        goal = goals[change.goal_id]
        if change.measure_id in goal.measures and change.field == ADDED:
            measures = {key: facts for key, facts in goal.measures.items() if key != change.measure_id}
            goals[change.goal_id] = replace(goal, measures=measures)
        elif change.measure_id in goal.measures:
            measures = dict(goal.measures)
            measures[change.measure_id] = _undone_measure(measures[change.measure_id], change)
            goals[change.goal_id] = replace(goal, measures=measures)
        elif change.measure_id is None and change.field in _DATES:
            # The dates of those of its measures that have none of their own.
            measures = dict(goal.measures)
            for row in rows.get(change.goal_id, ()):
                if row.id in measures and getattr(row, change.field) is None:
                    measures[row.id] = _undone_measure(measures[row.id], change)
            goals[change.goal_id] = replace(goal, measures=measures)
        elif change.measure_id is None:
            goals[change.goal_id] = _undone(goal, change, _GOAL_FIELDS)
    return World(goals, world.entries, world.thresholds)


@dataclass(frozen=True)
class Before:
    """What the audit log says of a cycle just before some moment: its state, and by person HR's adjustment of the result with its reason, of those
    adjusted since. What was loaded stands from the start."""

    state: str
    adjusted: Mapping[int, tuple[Decimal | None, str]] = field(default_factory=dict)


def before(cycle: Cycle, end: datetime) -> Before:
    """As it was just before `end`. One query."""
    moved = and_(AuditRow.action.in_(CYCLE_MOVES), AuditRow.object_id == str(cycle.id))
    mine = and_(cast(Review.id, String) == AuditRow.object_id, AuditRow.action == ADJUSTED, Review.cycle_id == cycle.id)
    since = select(AuditRow.before, Review.person_id).outerjoin(Review, mine)
    since = since.where(AuditRow.at >= end, or_(moved, AuditRow.action == ADJUSTED)).order_by(AuditRow.seq.desc())
    state, adjusted = cycle.state, {}
    for was, person_id in db.session.execute(since).tuples():
        if was and "adjustment" in was and person_id:
            exact = Decimal(was["adjustment"]) if was["adjustment"] else None
            adjusted[person_id] = (exact, was["adjustment_why"])
        elif was and "adjustment" not in was:
            state = was["state"]
    return Before(state, adjusted)


def _number(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def _weight(text: str) -> Fraction:
    return Fraction(text) if text else ONE


# What a change says of a measure that there was not before: `old` is empty, `new` its title.
ADDED = "added"
_DATES = ("starts_on", "due_on")
_GOAL_FIELDS: dict[str, Callable[[str], Any]] = {"weight": _weight, "state": str, "ambition": str, "progress_from": str}
_MEASURE_FIELDS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("start", "target", "low", "high"), _number),
    "weight": _weight,
    **dict.fromkeys(("direction", "aggregate", "frequency", "target_per", "title"), str),
    "period_targets": read_written,
}


def _undone(facts: Facts, change: Change, fields: dict[str, Callable[[str], Any]]) -> Facts:
    read = fields.get(change.field)
    return facts if read is None else replace(facts, **{change.field: read(change.old)})


def _undone_measure(facts: MeasureFacts, change: Change) -> MeasureFacts:
    if change.field not in _DATES or not change.old:
        return _undone(facts, change, _MEASURE_FIELDS)
    day = date.fromisoformat(change.old)
    return replace(
        facts, span=Span(day, facts.span.last) if change.field == "starts_on" else Span(facts.span.first, day)
    )
