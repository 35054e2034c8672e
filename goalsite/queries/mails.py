"""E-mails on their way: which are due, how many wait, which could not be sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from goalsite.extensions import db
from goalsite.models_accounts import Mail

AT_ONCE = 500
SHOWN = 5


@dataclass(frozen=True)
class Standing:
    """How the e-mails stand: how many wait (`tried`: of these, how many could not be sent yet), how many were given up, when the
    last one left, and the latest that failed."""

    waiting: int
    tried: int
    gave_up: int
    last_sent_at: datetime | None
    failed: list[Mail]


def due(now: datetime) -> list[int]:
    """The ids of those to be sent now, the oldest first, five hundred at most."""
    query = select(Mail.id).where(Mail.next_try_at <= now).order_by(Mail.next_try_at, Mail.id).limit(AT_ONCE)
    return list(db.session.scalars(query))


def next_due() -> datetime | None:
    """When the next one is due; none where none waits."""
    return db.session.scalar(select(func.min(Mail.next_try_at)))


def standing() -> Standing:
    """All of it, in two queries."""
    waits = Mail.next_try_at.is_not(None)
    counts = select(
        func.count().filter(waits),
        func.count().filter(waits, Mail.error != ""),
        func.count().filter(Mail.gave_up_at.is_not(None)),
        func.max(Mail.sent_at),
    )
    waiting, tried, gave_up, last = db.session.execute(counts.select_from(Mail)).one()
    return Standing(waiting, tried, gave_up, last, failed(SHOWN) if tried or gave_up else [])


def failed(most: int) -> list[Mail]:
    """Those that could not be sent, those given up first, the latest first."""
    query = (
        select(Mail)
        .where(Mail.sent_at.is_(None), Mail.error != "")
        .options(joinedload(Mail.person))
        .order_by(Mail.gave_up_at.is_(None), Mail.id.desc())
    )
    return list(db.session.scalars(query.limit(most)))


def given_up() -> list[Mail]:
    """Those nobody tries any more, the oldest first, five hundred at most."""
    query = select(Mail).where(Mail.gave_up_at.is_not(None)).options(joinedload(Mail.person)).order_by(Mail.id)
    return list(db.session.scalars(query.limit(AT_ONCE)))
