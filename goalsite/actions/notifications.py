"""Marks notifications read."""

from datetime import datetime

from sqlalchemy import update

from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import Notification


def read_all(person: Person, now: datetime) -> None:
    """Everything unread of that person's is read now. It is nobody else's concern, so the audit log has no row for it."""
    unread = (Notification.person_id == person.id, Notification.read_at.is_(None))
    db.session.execute(update(Notification).where(*unread).values(read_at=now))
