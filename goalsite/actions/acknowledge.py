"""Marks a check-in as seen by a manager: once, for good (rules §7)."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from goalsite.actions.audit import record
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_follow import Acknowledgement, CheckIn


def acknowledge(checkin: CheckIn, by: Person, now: datetime) -> bool:
    """Whether it had not been seen yet; where somebody was first, theirs stands."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Acknowledgement).values(checkin_id=checkin.id, person_id=by.id, at=now)
    first = db.session.execute(row.on_conflict_do_nothing().returning(Acknowledgement.checkin_id)).first() is not None
    if first:
        record(by, "acknowledge", "checkin", checkin.id, None, {"seen_by": by.id})
    return first
