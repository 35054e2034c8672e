"""Marks a check-in as seen by a manager: once, for good (rules §7)."""

from datetime import datetime

from sqlalchemy import select

from goalsite.actions.audit import record
from goalsite.actions.inserting import inserting
from goalsite.extensions import db
from goalsite.models import Measure, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Acknowledgement, CheckIn


def acknowledge(checkin: CheckIn, by: Person, now: datetime) -> bool:
    """Whether it had not been seen yet; where somebody was first, theirs stands. Whoever made it hears of it."""
    row = inserting(Acknowledgement).values(checkin_id=checkin.id, person_id=by.id, at=now)
    first = db.session.execute(row.on_conflict_do_nothing().returning(Acknowledgement.checkin_id)).first() is not None
    if first:
        if checkin.author_id != by.id:
            goal_id = db.session.scalar(select(Measure.goal_id).where(Measure.id == checkin.measure_id))
            said = {"kind": "acknowledged", "goal_id": goal_id, "actor_id": by.id, "at": now}
            db.session.add(Notification(person_id=checkin.author_id, **said, detail={"checkin": checkin.id}))
        record(by, "acknowledge", "checkin", checkin.id, None, {"seen_by": by.id})
    return first
