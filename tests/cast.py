"""People for tests: made in a line, signed in in another."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions import accounts
from goalsite.domain.names import name_key
from goalsite.extensions import db
from goalsite.models import Person, Unit

PASSWORD = "bon chu cai that dai"


def company() -> Unit:
    """The root unit, made when it is first asked for."""
    unit = db.session.query(Unit).filter_by(parent_id=None).first() or Unit(code="C", name="An Nhiên", kind="company")
    db.session.add(unit)
    return unit


def join(name: str = "Nguyễn Văn An", **facts: Any) -> Person:
    """A new person of the company; `password=…` gives them one."""
    password = facts.pop("password", None)
    email = facts.pop("email", f"{name_key(name)[:40]}@x.vn")
    person = Person(
        name=name,
        email=email,
        email_key=accounts.email_key(email),
        sort_key=name_key(name),
        **{"unit": company(), **facts},
    )
    person.password_hash = accounts.HASHER.hash(password) if password else None
    db.session.add(person)
    db.session.flush()
    return person


def signed_in(app: Flask, person: Person, now: datetime | None = None) -> FlaskClient:
    """A browser of that person's, without the detour by the sign-in page."""
    token = accounts.begin_session(
        person, address="127.0.0.1", agent="test", lifetime=timedelta(hours=1), now=now or datetime.now(UTC)
    )
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client
