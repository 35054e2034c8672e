"""Reviews: one of a person's cycle, and the list of them with what waits for the reader first (rules §7, §8)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.relations import ToPerson, Viewer
from goalsite.domain.terms import COUNTED_STATES, REVIEW_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Result, Review
from goalsite.queries.organisation import Who, ancestry, there_in, who_of
from goalsite.queries.search_words import says
from goalsite.queries.viewer import as_person_relation, person_columns
from goalsite.queries.visible import people_with_visible_results

AT_ONCE = 25
# So many are printed at once; more are printed in parts.
SHEETS = 200
# What the signatures say: of both, of both though the person sees it otherwise, of the manager alone, of nobody.
SIGNED = ("both", "otherwise", "manager", "nobody")


@dataclass(frozen=True)
class Line:
    """One review of the list. state: of one that nobody has begun, preparation; result: as stored, if there is one; signed: one of SIGNED."""

    person: Person
    who: Who
    state: str
    result: Result | None
    waits: bool
    signed: str


@dataclass(frozen=True)
class Reviews:
    """A page of reviews, how many there are in all, and how many of them wait for the reader."""

    lines: list[Line]
    in_all: int
    waiting: int


def review_of(cycle_id: int, person_id: int) -> Review | None:
    """The person's review in the cycle, once somebody has begun it."""
    return db.session.scalar(select(Review).where(Review.cycle_id == cycle_id, Review.person_id == person_id))


def find(viewer: Viewer, cycle: Cycle, person_id: int) -> tuple[Person, ToPerson, Review | None] | None:
    """The person with unit and manager, what the reader is to them, and their review once somebody has begun it. One query."""
    query = select(Person, Review, *person_columns(viewer)).where(Person.id == person_id)
    query = query.outerjoin(Review, and_(Review.person_id == Person.id, Review.cycle_id == cycle.id))
    row = db.session.execute(query.options(joinedload(Person.unit), joinedload(Person.boss))).mappings().first()
    return None if row is None else (row["Person"], as_person_relation(viewer, row), row["Review"])


def reviews_of(
    viewer: Viewer, cycle: Cycle, *, state: str = "", unit_id: int | None = None, text: str = "", page: int = 1
) -> Reviews:
    """The reviews of the cycle the reader may see, of everybody who has goals in it: what waits for the reader first. Two queries."""
    then = aliased(Result)
    waits = waits_for(viewer, cycle)
    chosen = [people_with_visible_results(viewer), *_asked_for(cycle, state, unit_id, text)]
    counts = select(func.count(Person.id), func.coalesce(func.sum(case((waits, 1), else_=0)), 0))
    in_all, waiting = db.session.execute(_joined(counts, cycle).where(*chosen)).one()
    query = _joined(select(Person, Review, then, waits, _signed()), cycle)
    query = query.outerjoin(then, and_(then.person_id == Person.id, then.cycle_id == cycle.id)).where(*chosen)
    query = query.order_by(case((waits, 0), else_=1), Person.sort_key, Person.id).limit(AT_ONCE)
    query = query.offset((page - 1) * AT_ONCE).options(joinedload(Person.unit), joinedload(Person.boss))
    lines = [
        Line(person, who_of(person, held), review.state if review else REVIEW_STATES[0], held, bool(mine), signed)
        for person, review, held, mine, signed in db.session.execute(query).tuples()
    ]
    return Reviews(lines, in_all, waiting)


@dataclass(frozen=True)
class Sheets:
    """Whose sheets are printed together, by name: a page of them, how many there are in all, and the name of the unit."""

    people: list[Person]
    in_all: int
    unit: str


def sheets_of(viewer: Viewer, cycle: Cycle, *, unit: str = "", page: int = 1) -> Sheets:
    """Those of the cycle the reader may see, of the unit of that code and those below, or of all. One query."""
    named = select(Unit.id).where(Unit.code == unit).scalar_subquery() if unit else None
    name = select(Unit.name).where(Unit.code == unit).scalar_subquery()
    chosen = [people_with_visible_results(viewer), *_asked_for(cycle, "", named, "")]
    query = _joined(select(Person, func.count().over(), name), cycle).where(*chosen)
    query = query.options(joinedload(Person.unit), joinedload(Person.boss)).order_by(Person.sort_key, Person.id)
    rows = db.session.execute(query.limit(SHEETS).offset((page - 1) * SHEETS)).tuples().all()
    return Sheets([row[0] for row in rows], rows[0][1] if rows else 0, (rows[0][2] if rows else "") or "")


def count_to_discuss(viewer: Viewer, cycle: Cycle) -> int:
    """How many reviews of the viewer's people, in a cycle under review, are still to be talked about. One query."""
    state = func.coalesce(Review.state, REVIEW_STATES[0])
    counted = _joined(select(func.count(Person.id)), cycle).where(*_asked_for(cycle, "", None, ""))
    theirs = (Person.boss_id == viewer.id, Person.id != viewer.id, state == REVIEW_STATES[0])
    return db.session.scalar(counted.where(*theirs)) or 0


def waits_for(viewer: Viewer, cycle: Cycle) -> ColumnElement[bool]:
    """The review of Person (joined by `_joined`) waits for the reader: to discuss or sign it, to answer an appeal."""
    if cycle.state != "reviewing":
        return Person.id.is_(None)
    state = func.coalesce(Review.state, REVIEW_STATES[0])
    waits = [
        and_(Person.boss_id == viewer.id, Person.id != viewer.id, state.in_(("preparation", "discussed"))),
        and_(Person.id == viewer.id, state == "manager_signed"),
    ]
    if viewer.is_hr:
        waits.append(and_(state == "appealed", Person.id != viewer.id))
    return or_(*waits)


def _signed() -> ColumnElement[str]:
    """What the signatures of the Review say, if there is one: one of SIGNED."""
    return case(
        (Review.manager_signed_at.is_(None), "nobody"),
        (Review.person_signed_at.is_(None), "manager"),
        (Review.agrees.is_(True), "both"),
        else_="otherwise",
    )


def _joined(query: Any, cycle: Cycle) -> Any:
    mine = and_(Review.person_id == Person.id, Review.cycle_id == cycle.id)
    return query.select_from(Person).outerjoin(Review, mine)


def _asked_for(cycle: Cycle, state: str, unit_id: Any, text: str) -> list[ColumnElement[bool]]:
    owned = (Goal.owner_id == Person.id, Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
    conditions = [*there_in(cycle), or_(Review.id.is_not(None), exists().where(*owned).correlate_except(Goal))]
    if state in REVIEW_STATES:
        conditions.append(func.coalesce(Review.state, REVIEW_STATES[0]) == state)
    if state in SIGNED:
        conditions.append(_signed() == state)
    if unit_id is not None:
        above = ancestry(cycle).c
        inside = select(above.unit_id).where(above.ancestor_id == unit_id)
        if cycle.closed_at is None:
            conditions.append(Person.unit_id.in_(inside))
        else:
            here = (Result.cycle_id == cycle.id, Result.person_id == Person.id, Result.unit_then_id.in_(inside))
            conditions.append(exists().where(*here).correlate_except(Result))
    if text:
        conditions.append(says(text, "person", Person.id))
    return conditions
