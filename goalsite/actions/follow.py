"""Somebody follows a goal, and hears of what is said and done there; or does so no more (rules §8)."""

from sqlalchemy import delete

from goalsite.actions.audit import record
from goalsite.actions.inserting import inserting
from goalsite.extensions import db
from goalsite.models import Goal, GoalFollower, Person


def follow(goal: Goal, by: Person) -> bool:
    """Whether they had not followed it yet."""
    row = inserting(GoalFollower).values(goal_id=goal.id, person_id=by.id)
    first = db.session.execute(row.on_conflict_do_nothing().returning(GoalFollower.goal_id)).first() is not None
    if first:
        record(by, "follow_goal", "goal", goal.id, None, {"follower": by.email})
    return first


def unfollow(goal: Goal, by: Person) -> bool:
    """Whether they had followed it."""
    mine = delete(GoalFollower).where(GoalFollower.goal_id == goal.id, GoalFollower.person_id == by.id)
    went = db.session.execute(mine.returning(GoalFollower.goal_id)).first() is not None
    if went:
        record(by, "unfollow_goal", "goal", goal.id, {"follower": by.email}, None)
    return went
