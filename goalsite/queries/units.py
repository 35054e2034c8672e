"""The organisation for those who set it up: the tree of units, one unit, what stands in the way of archiving it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from goalsite.extensions import db
from goalsite.models import Person, Unit, UnitMember
from goalsite.queries.search_words import says

PAGE = 100


@dataclass(frozen=True)
class Branch:
    """A unit of the tree; `people`: how many work in it, without those below."""

    unit: Unit
    depth: int
    people: int


@dataclass(frozen=True)
class Belonging:
    """One page of the people of a unit, each with whether it is their home unit, and how many they are."""

    rows: list[tuple[Person, bool]]
    count: int
    page: int
    pages: int


@dataclass(frozen=True)
class Units:
    """One page of the tree, the company first and every unit under its parent."""

    branches: list[Branch]
    in_all: int
    archived: int
    page: int
    pages: int


def units_like(text: str, *, archived: bool, page: int, today: date) -> Units:
    """The tree, a hundred units a page, without the archived ones unless asked; with a text only those that say it."""
    query = select(Unit.id, Unit.parent_id, Unit.archived).order_by(Unit.sort_key, Unit.id)
    every = db.session.execute(query).tuples().all()
    put_away = {unit for unit, _, is_archived in every if is_archived}
    ordered = [(unit, depth) for unit, depth in _walk(every) if archived or unit not in put_away]
    if text:
        fits = set(db.session.scalars(select(Unit.id).where(says(text, "unit", Unit.id))))
        ordered = [(unit, depth) for unit, depth in ordered if unit in fits]
    pages = max(-(-len(ordered) // PAGE), 1)
    page = min(page, pages)
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    ids = [unit for unit, _ in shown]
    found = {
        unit.id: unit
        for unit in db.session.scalars(select(Unit).where(Unit.id.in_(ids)).options(joinedload(Unit.head)))
    }
    people = _people_in(ids, today)
    branches = [Branch(found[unit], depth, people.get(unit, 0)) for unit, depth in shown]
    return Units(branches, len(ordered), len(put_away), page, pages)


def unit_by_id(unit_id: int, *, to_change: bool = False) -> Unit | None:
    """The unit with its parent, head and supervisors; `to_change`: nobody else changes it until this transaction ends."""
    query = select(Unit).where(Unit.id == unit_id)
    if to_change:
        db.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True))
        query = query.execution_options(populate_existing=True)
    return db.session.scalar(
        query.options(joinedload(Unit.parent), joinedload(Unit.head), selectinload(Unit.supervisors))
    )


def code_is_taken(code: str, *, but: int = 0) -> bool:
    """Whether another unit has that code."""
    return db.session.scalar(select(Unit.id).where(Unit.code == code, Unit.id != but)) is not None


def people_by_id(ids: Iterable[int]) -> list[Person]:
    """These people, by e-mail address."""
    return list(db.session.scalars(select(Person).where(Person.id.in_(sorted(ids))).order_by(Person.email_key)))


def people_of(unit: Unit, page: int, today: date) -> Belonging:
    """Who works here and has it as their home unit or belongs to it besides, by given name; two queries."""
    besides = select(UnitMember.person_id).where(UnitMember.unit_id == unit.id)
    here = or_(Person.left_on.is_(None), Person.left_on >= today)
    asked = (here, or_(Person.unit_id == unit.id, Person.id.in_(besides)))
    count = db.session.scalar(select(func.count()).select_from(Person).where(*asked)) or 0
    pages = max(-(-count // PAGE), 1)
    page = min(page, pages)
    query = select(Person).where(*asked).options(joinedload(Person.unit)).order_by(Person.sort_key, Person.id)
    found = db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE))
    return Belonging([(one, one.unit_id == unit.id) for one in found], count, page, pages)


def people_to_place(ids: Iterable[int]) -> list[Person]:
    """These people with their teams, whom nobody else changes until this transaction ends."""
    chosen = Person.id.in_(sorted(ids))
    db.session.execute(select(Person.id).where(chosen).order_by(Person.id).with_for_update(key_share=True))
    query = select(Person).where(chosen).options(selectinload(Person.teams)).order_by(Person.sort_key, Person.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def in_use_below(unit: Unit) -> list[str]:
    """The names of the units right below that are not archived."""
    query = select(Unit.name).where(Unit.parent_id == unit.id, Unit.archived.is_(False))
    return list(db.session.scalars(query.order_by(Unit.sort_key)))


def people_here(unit: Unit, today: date) -> int:
    """How many people who have not left have it as their own unit."""
    return _people_in([unit.id], today).get(unit.id, 0)


def _walk(every: Iterable[tuple[int, int | None, bool]]) -> list[tuple[int, int]]:
    """(unit, depth) with every unit after its parent; those of one parent in their order."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for unit, parent, _ in every:
        below[parent].append(unit)
    walked: list[tuple[int, int]] = []
    waiting = [(unit, 0) for unit in reversed(below[None])]
    while waiting:
        unit, depth = waiting.pop()
        walked.append((unit, depth))
        waiting += [(child, depth + 1) for child in reversed(below[unit])]
    return walked


def _people_in(ids: list[int], today: date) -> dict[int, int]:
    here = or_(Person.left_on.is_(None), Person.left_on >= today)
    query = select(Person.unit_id, func.count()).where(Person.unit_id.in_(ids), here).group_by(Person.unit_id)
    return {unit: count for unit, count in db.session.execute(query).tuples() if unit is not None}
