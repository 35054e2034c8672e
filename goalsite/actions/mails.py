"""E-mails written with what they tell of, sent afterwards: an outbox. Sending itself is `goalsite.mailing`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import joinedload

from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import Mail
from goalsite.queries.accounts import may_come_in

# After each failure the wait until the next try; one that fails once more is given up, almost two days after the first.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
# Whoever has claimed an e-mail has this long to send it; then another may try.
HELD = timedelta(minutes=10)
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Letter:
    """What is to be said to somebody. `until`: when the one-time link in it ends."""

    kind: str
    locale: str
    subject: str
    body: str
    until: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """An e-mail that nobody else sends now. `tries`: this one included."""

    id: int
    tries: int
    made_at: datetime
    name: str
    email: str
    locale: str
    subject: str
    body: str


def put(person: Person, letter: Letter, now: datetime) -> None:
    """In the caller's transaction: it leaves once that is committed, and never if it is not."""
    db.session.add(
        Mail(
            person_id=person.id,
            kind=letter.kind,
            locale=letter.locale,
            subject=" ".join(letter.subject.split())[:300],
            body=letter.body,
            made_at=now,
            until=letter.until,
            next_try_at=now,
        )
    )
    # `goalsite.mailing` looks for this after the commit.
    db.session.info["mails"] = True


def withdraw_links(person: Person) -> None:
    """Those to that person whose one-time link has ended, and which have not been sent."""
    db.session.execute(delete(Mail).where(Mail.person_id == person.id, Mail.until.is_not(None), Mail.sent_at.is_(None)))


def claim(mail_id: int, now: datetime) -> Claimed | None:
    """The e-mail, to be sent by the caller alone once this is committed; none if another was quicker or it is of no use any more."""
    claimed = (
        update(Mail)
        .where(Mail.id == mail_id, Mail.next_try_at <= now)
        .values(tries=Mail.tries + 1, next_try_at=now + HELD)
        .returning(Mail.id)
    )
    if db.session.execute(claimed).first() is None:
        return None
    mail = db.session.get(Mail, mail_id, options=[joinedload(Mail.person)], populate_existing=True)
    if mail is None:
        return None
    useless = "expired" if mail.until and mail.until <= now else "" if may_come_in(mail.person, now) else "closed"
    if useless:
        note_failed(mail.id, mail.tries, useless, now, for_good=True)
        return None
    plain = (mail.locale, mail.subject, mail.body)
    return Claimed(mail.id, mail.tries, mail.made_at, mail.person.name, mail.person.email, *plain)


def note_sent(mail_id: int, tries: int, now: datetime) -> None:
    """It has left; a text with a one-time link is kept no longer."""
    _note(mail_id, tries, sent_at=now, next_try_at=None, error="")
    _blank(mail_id)


def note_failed(mail_id: int, tries: int, error: str, now: datetime, *, for_good: bool = False) -> None:
    """It could not be sent, and is tried again later or given up. error: why, as a code without anything personal."""
    if for_good or tries > len(WAITS):
        _note(mail_id, tries, gave_up_at=now, next_try_at=None, error=error)
        _blank(mail_id)
    else:
        _note(mail_id, tries, next_try_at=now + WAITS[tries - 1], error=error)


def send_anew(mail: Mail, now: datetime) -> None:
    """One that was given up waits to be sent again."""
    mail.tries, mail.gave_up_at, mail.next_try_at = 0, None, now
    db.session.info["mails"] = True


def drop(mail: Mail) -> None:
    """One that was given up and is of no use any more."""
    db.session.delete(mail)


def forget_old(now: datetime) -> None:
    """What left or was given up three months ago."""
    db.session.execute(delete(Mail).where(or_(Mail.sent_at < now - KEPT, Mail.gave_up_at < now - KEPT)))


def _note(mail_id: int, tries: int, **said: object) -> None:
    # Whoever was so slow that another has claimed it since changes nothing.
    db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.tries == tries, Mail.next_try_at.is_not(None))
        .values(**said)
        .execution_options(synchronize_session=False)
    )


def _blank(mail_id: int) -> None:
    db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.until.is_not(None), Mail.next_try_at.is_(None))
        .values(body="")
        .execution_options(synchronize_session=False)
    )
