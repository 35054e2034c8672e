"""What a view begins with: the thing asked for, and what the reader is to it. 404 for what may not be seen, 403 for what may not be done."""

from flask import abort

from goalsite import policy
from goalsite.domain.relations import ToGoal
from goalsite.frame import viewer as viewer
from goalsite.models import Goal
from goalsite.queries import goals as goal_queries
from goalsite.queries.viewer import relation_to


def load_goal(goal_id: int) -> tuple[Goal, ToGoal]:
    """The goal, and what the reader is to it."""
    return _seen(goal_queries.goal_by_id(goal_id))


def load_goal_of_measure(measure_id: int) -> tuple[Goal, ToGoal]:
    """The goal of that measure, and what the reader is to it."""
    return _seen(goal_queries.goal_of_measure(measure_id))


def allow(may: bool) -> None:
    """403 unless it may be done."""
    if not may:
        abort(403)


def _seen(goal: Goal | None) -> tuple[Goal, ToGoal]:
    if goal is None:
        abort(404)
    to = relation_to(viewer(), goal)
    if not policy.may_see_goal(to, goal):
        abort(404)
    return goal, to
