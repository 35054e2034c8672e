"""What somebody has typed into a form and not saved yet: only ever their own."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.terms import WRITTEN_STATES
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import FormKey, TypedForm

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Typed:
    """The fields as they were sent, and when that was."""

    fields: list[tuple[str, str]]
    at: datetime


def typed_in(person_id: int, place: str, now: datetime) -> Typed | None:
    """What is kept of that form; None where nothing is, or it has been saved meanwhile."""
    query = select(TypedForm.body, TypedForm.at).where(TypedForm.place == place, *_of(person_id, now))
    found = db.session.execute(query).first()
    return _read(found.body, found.at) if found else None


def beginning(person_id: int, place: str, now: datetime) -> tuple[Person, Typed | None]:
    """Somebody with their home unit, and what is kept of that form of theirs. One query."""
    kept = and_(TypedForm.place == place, *_of(person_id, now))
    query = select(Person, TypedForm.body, TypedForm.at).outerjoin(TypedForm, kept).where(Person.id == person_id)
    person, body, at = db.session.execute(query.options(joinedload(Person.unit))).one()
    return person, _read(body, at) if body else None


def latest_typed(person_id: int, now: datetime) -> list[ColumnElement[str]]:
    """Place and title of the form last typed into, as columns of another query. A goal that is no longer written is left out."""
    writable = or_(TypedForm.place.not_like("edit-%"), Goal.state.in_(WRITTEN_STATES))
    query = select(TypedForm).outerjoin(Goal, Goal.id == TypedForm.goal_id).where(writable, *_of(person_id, now))
    query = query.order_by(TypedForm.at.desc()).limit(1)
    return [query.with_only_columns(column).scalar_subquery() for column in (TypedForm.place, TypedForm.title)]


def _read(body: str, at: datetime) -> Typed:
    return Typed([(name, text) for name, text in json.loads(body)], at)


def _of(person_id: int, now: datetime) -> list[ColumnElement[bool]]:
    saved = exists().where(FormKey.person_id == TypedForm.person_id, FormKey.key == TypedForm.form_key)
    return [TypedForm.person_id == person_id, TypedForm.at >= now - KEPT, ~saved]
