"""The action plan of a goal: lines added, and ticked off; and what was in the way, once it is not."""

from datetime import date, datetime

from sqlalchemy import exists, select

from goalsite.actions.audit import record
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Action, Blocker


def add_action(
    goal: Goal,
    by: Person,
    title: str,
    now: datetime,
    *,
    assignee_id: int | None,
    due_on: date | None,
    measure_id: int | None,
) -> Action:
    """A new line of the plan; whoever it is given to hears of it. Raises RuleError action_twice."""
    if db.session.scalar(select(exists().where(Action.goal_id == goal.id, Action.title == title))):
        raise RuleError("action_twice", "title")
    kept = Action(goal_id=goal.id, title=title, assignee_id=assignee_id, due_on=due_on, measure_id=measure_id)
    db.session.add(kept)
    db.session.flush()
    if assignee_id and assignee_id != by.id:
        told = Notification(person_id=assignee_id, kind="action", goal_id=goal.id, actor_id=by.id, at=now)
        db.session.add(told)
    said = {"title": title, "assignee_id": assignee_id, "due_on": due_on, "measure_id": measure_id}
    record(by, "add_action", "goal", goal.id, None, said | {"action": kept.id})
    return kept


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
