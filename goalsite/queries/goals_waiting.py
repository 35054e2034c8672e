"""Goals that wait for somebody's word: proposed by their people, suggested to them, or with a change asked for (rules §7)."""

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_follow import Proposal

SHOWN = 50


def goals_waiting(person_id: int) -> list[Goal]:
    """The goals suggested to that person, and of those whose manager they are the proposed ones and those with an open
    proposal of a change; the first fifty by owner. One query."""
    asked = exists().where(Proposal.goal_id == Goal.id, Proposal.state == "open")
    theirs = and_(Person.boss_id == person_id, or_(Goal.state == "proposed", and_(Goal.state == "active", asked)))
    query = (
        select(Goal)
        .join(Goal.owner)
        .where(or_(theirs, and_(Goal.state == "suggested", Goal.owner_id == person_id)))
        .options(joinedload(Goal.owner), joinedload(Goal.cycle), joinedload(Goal.created_by))
        .order_by(Person.sort_key, Goal.id)
        .limit(SHOWN)
    )
    return list(db.session.scalars(query))
