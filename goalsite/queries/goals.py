"""Single goals and measures, for the loaders of views."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from goalsite.extensions import db
from goalsite.models import Goal, Measure


def goal_by_id(goal_id: int) -> Goal | None:
    """The goal with its cycle, unit, owner and evaluator; None where there is none."""
    related = [joinedload(part) for part in (Goal.cycle, Goal.unit, Goal.owner, Goal.evaluator)]
    return db.session.scalar(select(Goal).where(Goal.id == goal_id).options(*related))


def goal_of_measure(measure_id: int) -> Goal | None:
    """The goal a measure belongs to, loaded the same way."""
    goal_id = db.session.scalar(select(Measure.goal_id).where(Measure.id == measure_id))
    return None if goal_id is None else goal_by_id(goal_id)
