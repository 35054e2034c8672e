"""Who may come in: sessions, one-time links, and whether there is anybody at all."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, or_, select

from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import OneTimeLink, Session, SignInFailure
from goalsite.queries.company import company

FAILURES = 10
FAILURE_MINUTES = 5


def digest(token: str) -> str:
    """What is stored of a random token: nobody who reads the database can use it."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def anybody_exists() -> bool:
    """Whether the site has been set up."""
    return db.session.scalar(select(Person.id).limit(1)) is not None


def person_of_session(token: str, now: datetime) -> Person | None:
    """The person of a session that has not expired, unless their account is disabled or they have left."""
    person = db.session.scalar(
        select(Person)
        .join(Session, Session.person_id == Person.id)
        .where(Session.token_hash == digest(token), Session.expires_at > now)
    )
    return person if person and may_come_in(person, now) else None


def may_come_in(person: Person, now: datetime) -> bool:
    """Neither disabled nor gone: the last day of work still counts, in the company's time zone."""
    if person.disabled_at is not None:
        return False
    return person.left_on is None or company().today(now) <= person.left_on


def sessions_of(person: Person, now: datetime) -> list[Session]:
    """Where they are signed in, the latest first."""
    return list(
        db.session.scalars(
            select(Session)
            .where(Session.person_id == person.id, Session.expires_at > now)
            .order_by(Session.created_at.desc())
        )
    )


def person_of_link(token: str, now: datetime) -> Person | None:
    """Whom a one-time link is for, while it can be used."""
    person = db.session.scalar(
        select(Person)
        .join(OneTimeLink, OneTimeLink.person_id == Person.id)
        .where(OneTimeLink.token_hash == digest(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
    )
    return person if person and may_come_in(person, now) else None


def person_by_email(key: str) -> Person | None:
    """The person whose address has that key."""
    return db.session.scalar(select(Person).where(Person.email_key == key))


def too_many_failures(email_key: str, address: str, now: datetime) -> bool:
    """Ten within five minutes, for the account or from the address."""
    since = now - timedelta(minutes=FAILURE_MINUTES)
    account, place = db.session.execute(
        select(
            func.count().filter(SignInFailure.email_key == email_key),
            func.count().filter(SignInFailure.address == address),
        ).where(SignInFailure.at > since, or_(SignInFailure.email_key == email_key, SignInFailure.address == address))
    ).one()
    return bool(account >= FAILURES or place >= FAILURES)
