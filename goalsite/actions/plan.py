"""The action plan of a goal: lines added, changed, taken away and ticked off; and what was in the way, once it is not."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from goalsite.actions.audit import record
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Action, Blocker


def add_action(goal: Goal, by: Person, facts: Mapping[str, Any], now: datetime) -> Action:
    """A new line of the plan (title, assignee_id, due_on, measure_id); whoever it is given to hears of it. Raises RuleError action_twice."""
    _refuse_twice(goal.id, facts["title"])
    kept = Action(goal_id=goal.id, **facts)
    db.session.add(kept)
    db.session.flush()
    _tell(kept, by, now)
    record(by, "add_action", "goal", goal.id, None, {**facts, "action": kept.id})
    return kept


def change_action(action: Action, by: Person, facts: Mapping[str, Any], now: datetime) -> None:
    """Changes what differs; whoever it is newly given to hears of it. Raises RuleError action_twice."""
    changed = {name: value for name, value in facts.items() if getattr(action, name) != value}
    if not changed:
        return
    if "title" in changed:
        _refuse_twice(action.goal_id, changed["title"])
    before = {name: getattr(action, name) for name in changed}
    for name, value in changed.items():
        setattr(action, name, value)
    if "assignee_id" in changed:
        _tell(action, by, now)
    record(by, "change_action", "goal", action.goal_id, {**before, "action": action.id}, changed)


def remove_action(action: Action, by: Person) -> None:
    """Takes the line out of the plan; the record of changes keeps what it said."""
    said = {name: getattr(action, name) for name in ("title", "assignee_id", "due_on", "measure_id", "done_on")}
    db.session.delete(action)
    record(by, "remove_action", "goal", action.goal_id, {**said, "action": action.id}, None)


def tick_action(action: Action, by: Person, done: bool, today: date) -> None:
    """Done today, or not done after all; one that stands so already is left as it is."""
    if done == (action.done_on is not None):
        return
    before = action.done_on
    action.done_on = today if done else None
    said = {"action": action.id, "done_on": action.done_on}
    record(by, "tick_action", "goal", action.goal_id, {"done_on": before}, said)


def close_blocker(blocker: Blocker, goal_id: int, by: Person, today: date) -> None:
    """It is out of the way; one that is already is left as it is."""
    if blocker.closed_on is not None:
        return
    blocker.closed_on = today
    record(by, "close_blocker", "goal", goal_id, {"blocker": blocker.id, "closed_on": None}, {"closed_on": today})


def _refuse_twice(goal_id: int, title: str) -> None:
    if db.session.scalar(select(exists().where(Action.goal_id == goal_id, Action.title == title))):
        raise RuleError("action_twice", "title")


def _tell(action: Action, by: Person, now: datetime) -> None:
    if action.assignee_id and action.assignee_id != by.id:
        db.session.add(
            Notification(person_id=action.assignee_id, kind="action", goal_id=action.goal_id, actor_id=by.id, at=now)
        )
