"""What a view begins with: the thing asked for, and what the reader is to it. 404 for what may not be seen, 403 for what may not be done."""

from dataclasses import replace
from datetime import date

from flask import abort, g

from goalsite import policy
from goalsite.actions.as_of import go_back
from goalsite.actions.standing import one_at_a_time
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.errors import error_page
from goalsite.extensions import db
from goalsite.frame import frame
from goalsite.frame import viewer as viewer
from goalsite.messages import say
from goalsite.models import Cycle, Goal
from goalsite.queries import goals as goal_queries
from goalsite.queries.viewer import relation_to


def day_looked_at() -> date:
    """The day the page is about: `?as_of=`, else today."""
    return frame().as_of or frame().today


def stand_on_the_day(
    *cycles: Cycle,
    goal_id: int | None = None,
    person_id: int | None = None,
    metric_id: int | None = None,
    with_results: bool = True,
) -> None:
    """Where the page is about a past day, everything read from here on is as of that day: the goals and, unless not wanted, the
    results of these cycles, or just the goal, or the person's goals, and what supports them, or the goals that measure the metric. After it
    nothing is written."""
    day = frame().as_of
    if day is not None:
        g.viewer = replace(viewer(), only_reads=True)
        most = None if policy.may_work_out_everything(viewer()) else policy.MOST_WORKED_OUT
        try:
            these = {"goal_id": goal_id, "person_id": person_id, "metric_id": metric_id, "most": most}
            go_back(cycles, day, with_results=with_results, **these)
        except RuleError as error:
            abort(error_page(403, say(error)))


def load_goal(goal_id: int) -> tuple[Goal, ToGoal]:
    """The goal, and what the reader is to it."""
    return _seen(goal_queries.goal_by_id(goal_id))


def load_goal_of_measure(measure_id: int) -> tuple[Goal, ToGoal]:
    """The goal of that measure, and what the reader is to it."""
    return _seen(goal_queries.goal_of_measure(measure_id))


def hold_goal(goal: Goal) -> tuple[Goal, ToGoal]:
    """The same until the transaction ends, while nobody else moves it or a goal of its cycle: what somebody did while this waited is seen."""
    one_at_a_time([goal.id])
    db.session.expire_all()
    return load_goal(goal.id)


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
