"""An active goal gets one more key result, and one of its key results ends: with a reason, kept in its history (rules §7)."""

from datetime import date, datetime

from goalsite.actions.audit import record
from goalsite.actions.change_goal import PERIODS, Wish
from goalsite.actions.move_goal import faults_to_activate
from goalsite.actions.standing import refresh
from goalsite.actions.tell import concerned, tell_changed
from goalsite.actions.write_goal import MeasureDraft, append_measure
from goalsite.domain.errors import RuleError
from goalsite.domain.period_plan import written
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person
from goalsite.models_follow import Change
from goalsite.queries.taken_back import ADDED


def add_measure(goal: Goal, draft: MeasureDraft, by: Person, why: str, now: datetime, today: date) -> Measure:
    """Adds the key result. As of a day before, the goal is without it. The goal must be held.

    Raises RuleError, the first of `faults_with`.
    """
    for error in faults_with(goal, draft):
        raise error
    row = append_measure(goal, draft)
    said = {"goal_id": goal.id, "measure_id": row.id, "at": now, "field": ADDED, "new": row.title, "why": why}
    added = Change(by_id=by.id, **said)
    db.session.add(added)
    tell_changed(goal, [added], concerned(goal), by, now)
    db.session.flush()
    db.session.expire(goal)
    goal.version += 1
    refresh([goal.id], today)
    record(by, "add_measure", "goal", goal.id, None, {"measure": row.code, "title": row.title, "why": why})
    return row


def faults_with(goal: Goal, draft: MeasureDraft) -> list[RuleError]:
    """What would be wrong with the goal if it had the measure too; nothing stays changed."""
    nested = db.session.begin_nested()
    try:
        added = append_measure(goal, draft).id
        found = [
            error
            for measure, (_place, error) in faults_to_activate(goal)
            if error.code != "weights_not_100" and (measure is None or measure.id == added)
        ]
    finally:
        nested.rollback()
        db.session.expire(goal)
    return found


def ending(measure: Measure, day: date) -> list[Wish]:
    """What ends a measure on `day`: its last day, and no targets in periods that begin later."""
    held = {one.starts_on: one.target for one in measure.period_targets}
    kept = {first: target for first, target in held.items() if first <= day}
    periods = [Wish(measure, PERIODS, written(kept))] if kept != held else []
    return [Wish(measure, "due_on", day), *periods]
