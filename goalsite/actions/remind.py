"""Reminds people of the check-ins they owe: each at most once a day by the same reminder."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import insert, select

from goalsite.actions.audit import record
from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.models_accounts import Notification
from goalsite.queries.reminders import reminded_today


def remind(by: Person, people: Collection[Person], cycle: Cycle, now: datetime, today: date) -> list[Person]:
    """Tells those who have not been reminded by them today; who they are. Never oneself. One row in the audit log, none where nobody is told."""
    # Two clicks at once come one after the other.
    db.session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
    done = reminded_today(by, [one.id for one in people], today) | {by.id}
    told = [one for one in people if one.id not in done]
    if told:
        facts = {"kind": "remind", "actor_id": by.id, "at": now, "detail": {"cycle": cycle.code}}
        db.session.execute(insert(Notification), [{"person_id": one.id, **facts} for one in told])
        record(by, "remind", "cycle", cycle.id, None, {"people": [one.email for one in told]})
    return told
