"""Who owes a check-in and may be reminded of it by the reader; and whom they have reminded today already."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, null, or_, select, true, union_all

from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Person, Unit
from goalsite.models_accounts import Notification
from goalsite.queries.company import company
from goalsite.queries.duties import duties
from goalsite.queries.visible import belongs_below, below, managed


@dataclass(frozen=True)
class Reminders:
    """Of the people of a page: who may be reminded, and who has been today. in_all: how many of the whole unit could still be."""

    waiting: set[int] = field(default_factory=set)
    reminded: set[int] = field(default_factory=set)
    in_all: int = 0


def reminders_of(
    viewer: Viewer, cycle: Cycle, unit: Unit, person_ids: Collection[int], today: date, *, deep: bool = True
) -> Reminders:
    """For a page that shows these people of the unit (`deep`: and of those below). One query."""
    done = was_reminded(viewer, today)
    shown = select(Person.id, done, null()).where(*_may_be(viewer, cycle, today), Person.id.in_(sorted(person_ids)))
    rest = select(null(), null(), func.count(Person.id)).where(
        *_may_be(viewer, cycle, today),
        ~done,
        below(Person.unit_id, frozenset({unit.id})) if deep else Person.unit_id == unit.id,
    )
    found = Reminders()
    in_all = 0
    both: Any = union_all(shown, rest)
    for person_id, reminded, count in db.session.execute(both):
        if person_id is None:
            in_all = count or 0
        else:
            (found.reminded if reminded else found.waiting).add(person_id)
    return Reminders(found.waiting, found.reminded, in_all)


def to_remind(viewer: Viewer, cycle: Cycle, unit: Unit, today: date, *, deep: bool = True) -> list[Person]:
    """Everybody of the unit (`deep`: and of those below) who owes a check-in, may be reminded, and has not been today."""
    inside = below(Person.unit_id, frozenset({unit.id})) if deep else Person.unit_id == unit.id
    query = select(Person).where(*_may_be(viewer, cycle, today), ~was_reminded(viewer, today), inside)
    return list(db.session.scalars(query.order_by(Person.sort_key, Person.id)))


def owes(viewer: Viewer, person: Person, cycle: Cycle, today: date) -> bool:
    """Whether the person owes a check-in in the cycle, of a goal the viewer may see."""
    return bool(db.session.scalar(select(exists().where(Person.id == person.id, _owing(viewer, cycle, today)))))


def may_remind_anybody(viewer: Viewer, unit: Unit) -> bool:
    """Whether there is anybody in the unit or below whom the viewer may remind, when they owe a check-in."""
    here = below(Person.unit_id, frozenset({unit.id}))
    return bool(db.session.scalar(select(exists().where(*remindable(viewer), here))))


def reminded_today(by: Person, person_ids: Collection[int], today: date) -> set[int]:
    """Whom of these `by` has reminded today."""
    told = select(Notification.person_id).where(*_told(by.id, today), Notification.person_id.in_(sorted(person_ids)))
    return set(db.session.scalars(told))


def remindable(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """`may_remind`, of a Person."""
    if viewer.only_reads:
        return (false(),)
    may = true() if viewer.is_hr else or_(managed(viewer, Person.id), belongs_below(viewer.leads))
    return (Person.id != viewer.id, may)


def was_reminded(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """The viewer has reminded the Person today."""
    told = exists().where(*_told(viewer.id, today), Notification.person_id == Person.id)
    return told.correlate_except(Notification)


def _may_be(viewer: Viewer, cycle: Cycle, today: date) -> tuple[ColumnElement[bool], ...]:
    return (*remindable(viewer), _owing(viewer, cycle, today))


def _owing(viewer: Viewer, cycle: Cycle, today: date) -> ColumnElement[bool]:
    if cycle.state != "open":
        return Person.id.is_(None)
    owed = duties(viewer, cycle).c
    return Person.id.in_(select(owed.person_id).where(owed.due_from <= company().calendar.last_worked(today)))


def _told(by_id: int, today: date) -> tuple[ColumnElement[bool], ...]:
    since = company().moment(today, time())
    return (Notification.kind == "remind", Notification.actor_id == by_id, Notification.at >= since)
