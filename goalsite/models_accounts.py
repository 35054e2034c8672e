"""Tables of the site itself: sessions, one-time links, failed sign-ins, forms already sent, the audit log, notifications."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from goalsite.extensions import Base
from goalsite.models import CODE, NAME, WORD, Goal, Person

DIGEST = String(64)


class Session(Base):
    """A signed-in browser, under the SHA-256 of the random id its cookie carries."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(CODE, default="")
    agent: Mapped[str] = mapped_column(NAME, default="")

    person: Mapped[Person] = relationship()


class OneTimeLink(Base):
    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(WORD)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class SignInFailure(Base):
    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_email_key_at", "email_key", "at"),
        Index("ix_sign_in_failures_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email_key: Mapped[str] = mapped_column(NAME)
    address: Mapped[str] = mapped_column(CODE)
    at: Mapped[datetime]


class FormKey(Base):
    """A form that has had its effect; sent again it has no other, and is answered with the same address."""

    __tablename__ = "form_keys"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(CODE, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[str] = mapped_column(NAME, default="")


class Upload(Base):
    """A workbook somebody is looking at before it is loaded: the file, and what became, or would become, of every row."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(CODE, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(NAME)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    loaded_at: Mapped[datetime | None]


class AuditRow(Base):
    """One change, chained to the one before. Append-only."""

    __tablename__ = "audit_log"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(WORD)
    action: Mapped[str] = mapped_column(CODE)
    object_kind: Mapped[str] = mapped_column(WORD)
    object_id: Mapped[str] = mapped_column(CODE)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(CODE, default="")
    previous_hash: Mapped[str] = mapped_column(DIGEST)
    hash: Mapped[str] = mapped_column(DIGEST)


class AuditHead(Base):
    """The one row that says how long the audit log is and how it ends, so that a shortened log shows; whoever appends holds it locked."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(DIGEST, default="")


class Notification(Base):
    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_person_id_read_at", "person_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(CODE)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goals.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    goal: Mapped[Goal | None] = relationship()
    actor: Mapped[Person | None] = relationship(foreign_keys=[actor_id])


class NotificationChoice(Base):
    """A kind of notification somebody has switched off in the page or by e-mail."""

    __tablename__ = "notification_choices"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(CODE)
    in_page: Mapped[bool] = mapped_column(default=True)
    by_email: Mapped[bool] = mapped_column(default=True)


class TypedForm(Base):
    """What somebody has typed into a form and not saved: its fields as they were sent, theirs alone. `place` says which form:
    new, copy-12, edit-12 (of the goal 12); `form_key` is the form's own, so that what has been saved meanwhile is not offered again."""

    __tablename__ = "typed_forms"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(CODE, primary_key=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"), index=True)
    form_key: Mapped[str] = mapped_column(CODE, default="")
    title: Mapped[str] = mapped_column(NAME, default="")
    body: Mapped[str]
    at: Mapped[datetime]


class Mail(Base):
    """An e-mail to somebody, written with what it tells of and sent afterwards. `next_try_at`: due from then, none once it was
    sent or given up; `until`: when the one-time link in it ends, after which neither it nor its text is of use."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(CODE)
    locale: Mapped[str] = mapped_column(WORD)
    subject: Mapped[str] = mapped_column(NAME)
    body: Mapped[str]
    made_at: Mapped[datetime]
    until: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    gave_up_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str] = mapped_column(CODE, default="")

    person: Mapped[Person] = relationship()
