"""Single lines of action plans, and what is in the way, for the views that write them."""

from sqlalchemy import select

from goalsite.extensions import db
from goalsite.models import Measure
from goalsite.models_follow import Action, Blocker


def action_by_id(action_id: int) -> Action | None:
    """The line with that id."""
    return db.session.get(Action, action_id)


def blocker_by_id(blocker_id: int) -> Blocker | None:
    """What is in the way, with that id."""
    return db.session.get(Blocker, blocker_id)


def measures_to_tie(goal_id: int) -> list[tuple[int, str]]:
    """The goal's key results, as (id, title)."""
    query = select(Measure.id, Measure.title).where(Measure.goal_id == goal_id).order_by(Measure.place, Measure.id)
    return list(db.session.execute(query).tuples())
