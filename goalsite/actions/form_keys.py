"""Forms that have had their effect: sent again they have no other, and get the same answer."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from goalsite.actions.inserting import inserting
from goalsite.extensions import db
from goalsite.models_accounts import FormKey

KEPT = timedelta(days=7)


def claim(person_id: int, key: str, now: datetime) -> bool:
    """True the first time; a second sender waits for the first one's transaction, and gets False if it was committed."""
    done = db.session.execute(
        inserting(FormKey)
        .values(person_id=person_id, key=key, at=now, answer="")
        .on_conflict_do_nothing()
        .returning(FormKey.key)
    )
    if done.first() is None:
        return False
    db.session.execute(delete(FormKey).where(FormKey.person_id == person_id, FormKey.at < now - KEPT))
    return True


def keep_answer(person_id: int, key: str, answer: str) -> None:
    """Where the first sending led, for the second."""
    db.session.execute(update(FormKey).where(FormKey.person_id == person_id, FormKey.key == key).values(answer=answer))


def answer(person_id: int, key: str) -> str:
    """Where the first sending led; empty if it kept none."""
    return db.session.scalar(select(FormKey.answer).where(FormKey.person_id == person_id, FormKey.key == key)) or ""


def used(person_id: int, key: str) -> bool:
    """Whether that form has had its effect."""
    return bool(db.session.scalar(select(FormKey.key).where(FormKey.person_id == person_id, FormKey.key == key)))
