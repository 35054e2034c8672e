"""Passwords, signing in and out, sessions, one-time links."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select

from goalsite.actions import audit, mails
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import NotificationChoice, OneTimeLink, Session, SignInFailure
from goalsite.queries import accounts
from goalsite.queries.notifications import topics_off

SHORTEST = 10
LONGEST = 200
LINK_LIFE = {"invite": timedelta(days=7), "reset": timedelta(days=1)}
FAILURES_KEPT = timedelta(days=1)
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of a password nobody has: an unknown account takes as long to refuse as a known one.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$pgnmNhbA2E9ERDq5sQO2FA$rLV8CVam1E7giRV5CGvpZv7A/PbPUUT3EOYDYuXSU1s"


@dataclass(frozen=True)
class Attempt:
    """How a sign-in went: the new session's token, or why not (`sign_in_refused`, `sign_in_throttled`)."""

    token: str = ""
    refused: str = ""


def email_key(email: str) -> str:
    """The form by which addresses are told apart."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def sign_in(email: str, password: str, *, address: str, agent: str, lifetime: timedelta, now: datetime) -> Attempt:
    """A new session, unless the password is wrong, the account may not come in, or there were too many failures of late.

    What fails is written down too: commit either way.
    """
    key = email_key(email)[:300]
    _one_at_a_time(key, address)
    if accounts.too_many_failures(key, address, now):
        return Attempt(refused="sign_in_throttled")
    person = accounts.person_by_email(key)
    proven = _verify(person.password_hash if person else None, password)
    if not person or not proven or not accounts.may_come_in(person, now):
        db.session.execute(delete(SignInFailure).where(SignInFailure.at < now - FAILURES_KEPT))
        db.session.add(SignInFailure(email_key=key, address=address, at=now))
        return Attempt(refused="sign_in_refused")
    if HASHER.check_needs_rehash(str(person.password_hash)):
        person.password_hash = HASHER.hash(password)
    return Attempt(token=begin_session(person, address=address, agent=agent, lifetime=lifetime, now=now))


def begin_session(person: Person, *, address: str, agent: str, lifetime: timedelta, now: datetime) -> str:
    """A signed-in browser; answers the token its cookie carries, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(Session).where(Session.expires_at <= now))
    db.session.add(
        Session(
            token_hash=accounts.digest(token),
            person_id=person.id,
            created_at=now,
            expires_at=now + lifetime,
            address=address[:64],
            agent=agent[:300],
        )
    )
    return token


def sign_out(token: str) -> None:
    """Ends that one session."""
    db.session.execute(delete(Session).where(Session.token_hash == accounts.digest(token)))


def end_sessions(actor: Person | None, person: Person) -> None:
    """Signs them out everywhere."""
    forget_sessions(person)
    audit.record(actor, "end_sessions", "person", person.id)


def forget_sessions(person: Person) -> None:
    """The same as part of another change, which writes its own audit row: a new password, a role, a disabled account."""
    db.session.execute(delete(Session).where(Session.person_id == person.id))


def set_password(person: Person, password: str, actor: Person | None = None) -> None:
    """A new password, set by `actor`, or by a command; every session and unused link of theirs ends.

    Raises RuleError password_short, password_long, password_common, password_is_name (field `password`).
    """
    check_password(password, person.name, person.email)
    person.password_hash = HASHER.hash(password)
    forget_sessions(person)
    _end_links(person)
    audit.record(actor, "set_password", "person", person.id)


def change_password(person: Person, current: str, new: str) -> None:
    """Their own, by one who knows the old one. Raises RuleError password_wrong (field `current`) and those of `set_password`."""
    if not _verify(person.password_hash, current):
        raise RuleError("password_wrong", "current")
    set_password(person, new, person)


def check_password(password: str, name: str, email: str) -> None:
    """Raises RuleError unless the password is long enough, and neither common nor the person's own name or address."""
    if len(password) < SHORTEST:
        raise RuleError("password_short", "password", least=SHORTEST)
    if len(password) > LONGEST:
        raise RuleError("password_long", "password", most=LONGEST)
    if len(set(password)) < 4 or password.casefold() in _common():
        raise RuleError("password_common", "password")
    own = {_bare(name), _bare(email), _bare(email.partition("@")[0])}
    if _bare(password) in own:
        raise RuleError("password_is_name", "password")


def save_preferences(person: Person, *, locale: str, theme: str, time_zone: str) -> None:
    """How pages look to them; empty: as the browser, the system and the company have it."""
    before = {name: getattr(person, name) for name in ("locale", "theme", "time_zone")}
    person.locale, person.theme, person.time_zone = locale, theme, time_zone
    audit.record(
        person,
        "save_preferences",
        "person",
        person.id,
        before,
        {"locale": locale, "theme": theme, "time_zone": time_zone},
    )


def save_notices(person: Person, off: set[str]) -> None:
    """The topics of notifications they do not want to hear of in the page; of all others they do. What was sent meanwhile is kept."""
    before = topics_off(person.id)
    if before == off:
        return
    held = {
        one.kind: one
        for one in db.session.scalars(select(NotificationChoice).where(NotificationChoice.person_id == person.id))
    }
    for topic in sorted(before ^ off):
        if topic not in held:
            held[topic] = NotificationChoice(person_id=person.id, kind=topic)
            db.session.add(held[topic])
        held[topic].in_page = topic not in off
    audit.record(person, "save_notices", "person", person.id, {"off": sorted(before)}, {"off": sorted(off)})


def make_link(actor: Person | None, person: Person, purpose: str, now: datetime) -> str:
    """The token of a link by which they set a password once; earlier links end. purpose: invite or reset."""
    token = secrets.token_urlsafe(32)
    _end_links(person)
    db.session.add(
        OneTimeLink(
            token_hash=accounts.digest(token), person_id=person.id, purpose=purpose, expires_at=now + LINK_LIFE[purpose]
        )
    )
    audit.record(actor, purpose, "person", person.id)
    return token


def use_link(token: str, password: str, now: datetime) -> Person:
    """Sets the password by a one-time link. Raises RuleError link_gone, and those of `set_password`."""
    link = db.session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.token_hash == accounts.digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .with_for_update()
    )
    if link is None or not accounts.may_come_in(link.person, now):
        raise RuleError("link_gone")
    link.used_at = now
    db.session.flush()
    set_password(link.person, password, link.person)
    return link.person


def _end_links(person: Person) -> None:
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None)))
    mails.withdraw_links(person)


def _verify(stored: str | None, password: str) -> bool:
    try:
        HASHER.verify(stored or NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False
    return stored is not None


def _one_at_a_time(key: str, address: str) -> None:
    """Attempts on one account, or from one address, take turns on PostgreSQL too, so that none slips past the count."""
    if db.session.get_bind().dialect.name == "postgresql":
        for name in sorted({f"account {key}", f"address {address}"}):
            number = int.from_bytes(bytes.fromhex(accounts.digest(name))[:8], signed=True)
            db.session.execute(select(func.pg_advisory_xact_lock(number)))


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _bare(text: str) -> str:
    """Letters and digits without marks: `Nguyễn Văn An` and `nguyenvanan` are the same password."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in decomposed if letter.isalnum())
