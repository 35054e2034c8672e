"""The organisation a cycle's results belong to: today's, or where the cycle is closed the one of then (rules §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from goalsite.domain.company import read_bands
from goalsite.extensions import db
from goalsite.models import Cycle, Person, Unit, UnitAncestor
from goalsite.models_follow import Result, UnitAncestorThen
from goalsite.queries.company import company


@dataclass(frozen=True, slots=True)
class PersonThen:
    """Somebody's name and place: home unit and manager by id."""

    name: str
    title: str
    position: str
    unit: int | None
    manager: int | None


@dataclass(frozen=True, slots=True)
class UnitThen:
    """A unit's name and place: the unit above and the head by id."""

    name: str
    kind: str
    parent: int | None
    head: int | None


@dataclass(frozen=True)
class Organisation:
    """The people who were there in a cycle and the units, by id."""

    people: Mapping[int, PersonThen]
    units: Mapping[int, UnitThen]
    # Managers and heads who were not there themselves in the cycle.
    others: Mapping[int, str] = field(default_factory=dict)

    def name_of(self, person_id: int | None) -> str:
        """Somebody's name, empty for nobody."""
        if person_id is None:
            return ""
        person = self.people.get(person_id)
        return person.name if person else self.others.get(person_id, "")

    @cached_property
    def heads(self) -> Mapping[int, int | None]:
        return {key: unit.head for key, unit in self.units.items()}

    @cached_property
    def above(self) -> Mapping[int, list[int]]:
        """Each unit with itself first, then each above it, up to the root."""
        found: dict[int, list[int]] = {}
        for key in self.units:
            chain: list[int] = []
            at: int | None = key
            while at is not None and at in self.units and at not in chain:
                chain.append(at)
                at = self.units[at].parent
            found[key] = chain
        return found


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as a page names them: today, or as they were when the cycle was closed."""

    name: str
    title: str
    unit: str
    manager: str


def who_of(person: Person, held: Result | None) -> Who:
    """The person as the stored result says, where that is kept for good, else of today; unit and manager must be loaded."""
    if held is not None and held.frozen_at is not None:
        return Who(held.name_then, held.title_then or "", held.unit_then, held.manager_then)
    unit, manager = person.unit, person.boss
    return Who(person.name, person.title, unit.name if unit else "", manager.name if manager else "")


def bands_of(cycle: Cycle | None) -> Sequence[tuple[str, Fraction]]:
    """The rating bands of the cycle: those it was closed with, else the company's."""
    return read_bands(cycle.rating_bands) if cycle and cycle.rating_bands else company().bands


def organisation_of(cycle: Cycle) -> Organisation:
    """The organisation of the cycle's results: as it was stored where the cycle is closed, else today's. Two queries."""
    return _stored(cycle) if cycle.state == "closed" and cycle.closed_at is not None else organisation_today(cycle)


def organisation_today(cycle: Cycle) -> Organisation:
    """Today's units, and those of today's people who were there in the cycle."""
    columns = (Person.id, Person.name, Person.title, Person.position, Person.unit_id, Person.boss_id)
    there = and_(*_there_by_days(cycle)).label("there")
    rows = db.session.execute(select(*columns, there)).tuples().all()
    units = db.session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.parent_id, Unit.head_id)).tuples()
    return Organisation(
        {row[0]: PersonThen(*row[1:6]) for row in rows if row[6]},
        {row[0]: UnitThen(*row[1:]) for row in units},
        {row[0]: row[1] for row in rows if not row[6]},
    )


def there_in(cycle: Cycle) -> list[ColumnElement[bool]]:
    """The Person was there during the cycle: by the days they came and left, where it is closed by what was stored then."""
    if cycle.state == "closed" and cycle.closed_at is not None:
        rows = select(Result.id).where(Result.cycle_id == cycle.id, Result.person_id == Person.id)
        return [rows.correlate_except(Result).exists()]
    return _there_by_days(cycle)


def ancestry(cycle: Cycle) -> FromClause:
    """Rows of unit_id, ancestor_id, depth: as UnitAncestor, where the cycle is closed as it was then."""
    if cycle.state == "closed" and cycle.closed_at is not None:
        table: Any = UnitAncestorThen.__table__
        found = select(table.c.unit_id, table.c.ancestor_id, table.c.depth).where(table.c.cycle_id == cycle.id)
    else:
        table = UnitAncestor.__table__
        found = select(table.c.unit_id, table.c.ancestor_id, table.c.depth)
    return found.subquery()


def heads_then(cycle: Cycle) -> Mapping[int, int | None] | None:
    """The heads of units when the cycle was closed, by unit; None where it is not: they are those of today. One query."""
    if cycle.state != "closed" or cycle.closed_at is None:
        return None
    query = select(Result.unit_id, Result.manager_then_id).where(
        Result.cycle_id == cycle.id, Result.unit_id.is_not(None)
    )
    return {unit: head for unit, head in db.session.execute(query).tuples() if unit is not None}


def _there_by_days(cycle: Cycle) -> list[ColumnElement[bool]]:
    return [
        or_(Person.joined_on.is_(None), Person.joined_on <= cycle.ends_on),
        or_(Person.left_on.is_(None), Person.left_on >= cycle.starts_on),
    ]


def _stored(cycle: Cycle) -> Organisation:
    query = select(
        Result.person_id,
        Result.unit_id,
        Result.name_then,
        Result.title_then,
        Result.position_then,
        Result.kind_then,
        Result.unit_then_id,
        Result.manager_then_id,
    ).where(Result.cycle_id == cycle.id)
    people: dict[int, PersonThen] = {}
    units: dict[int, UnitThen] = {}
    for person, unit, name, title, position, kind, above, manager in db.session.execute(query).tuples():
        if person is not None:
            people[person] = PersonThen(name, title or "", position or "", above, manager)
        elif unit is not None:
            units[unit] = UnitThen(name, kind or "", above, manager)
    return Organisation(people, units)
