"""What waits for somebody's decision, of every kind: queries that name each thing, and how many there are (rules §7, §8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.types import Date

from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import Proposal, Review

# evaluation: handed in; goal: proposed; change: asked for; suggestion: made to me; review: to sign; appeal: to answer; evaluator: to name.
KINDS = ("evaluation", "goal", "change", "suggestion", "review", "appeal", "evaluator")
AT_ONCE = 25
MOST_PEOPLE = 60
TALKING = tuple(state for state, allowed in CYCLE_ALLOWS.items() if allowed.talking)
CHANGING = tuple(state for state, allowed in CYCLE_ALLOWS.items() if allowed.writing)


@dataclass(frozen=True)
class Key:
    """One thing that waits: its kind, and the id of the goal, of the first proposal, or of the review; and by when it should be decided."""

    kind: str
    id: int
    by: date | None


@dataclass(frozen=True)
class Keys:
    """A page of them, the nearest day first; how many there are in all, of how many people."""

    keys: list[Key]
    in_all: int
    people: int


def how_many(person_id: int, is_hr: bool, today: date) -> list[ColumnElement[int]]:
    """The counts of the kinds in `waiting`, as columns."""
    return [
        select(func.count()).select_from(found.subquery()).scalar_subquery()
        for found in waiting(person_id, is_hr, today).values()
    ]


def keys_of(
    person_id: int, is_hr: bool, today: date, *, kind: str = "", whose: int = 0, sort: str = "", page: int = 1
) -> Keys:
    """A page of what waits, of one kind or of one person where these are asked for. One query."""
    found = waiting(person_id, is_hr, today)
    rows = union_all(*([found[kind]] if kind in found else found.values())).subquery("waiting")
    chosen = rows.c.whose == whose if whose else literal(1) == 1
    over_all = (
        select(func.count().label("things"), func.count(rows.c.whose.distinct()).label("people"))
        .where(chosen)
        .subquery()
    )
    order: list[Any] = [rows.c.by.is_(None), rows.c.by, rows.c.name, rows.c.place, rows.c.id]
    if sort == "person":
        order = [rows.c.name, rows.c.whose, *order]
    query = select(rows.c.kind, rows.c.id, rows.c.by, over_all.c.things, over_all.c.people).join(
        over_all, over_all.c.things > 0
    )
    page_of = query.where(chosen).order_by(*order).limit(AT_ONCE).offset((page - 1) * AT_ONCE)
    lines = db.session.execute(page_of).all()
    return Keys([Key(*line[:3]) for line in lines], lines[0][3], lines[0][4]) if lines else Keys([], 0, 0)


def people_of(person_id: int, is_hr: bool, today: date) -> list[Person]:
    """Whose things wait, by name; the first of them where they are many."""
    rows = union_all(*waiting(person_id, is_hr, today).values()).subquery("waiting")
    query = select(Person).where(Person.id.in_(select(rows.c.whose))).order_by(Person.sort_key, Person.id)
    return list(db.session.scalars(query.limit(MOST_PEOPLE)))


def waiting(person_id: int, is_hr: bool, today: date) -> Mapping[str, Select[Any]]:
    """(kind, id, whose, by, name, place) of what waits for that person, by kind; nothing of their own but what is suggested to them and their signature.

    What lies with a manager lies with HR where the owner has none. By when: evaluations and reviews by the cycle's days for them, goals by the day they
    begin, changes by the day the goal ends.
    """
    found = {
        "evaluation": _goals("evaluation", Cycle.evaluate_by, *to_evaluate(person_id, today)),
        "goal": _goals(
            "goal",
            Goal.starts_on,
            Goal.state == "proposed",
            Cycle.state.in_(TALKING),
            under(person_id, is_hr),
        ),
        "change": _changes(person_id, is_hr),
        "suggestion": _goals(
            "suggestion",
            Goal.starts_on,
            Goal.state == "suggested",
            Cycle.state.in_(TALKING),
            Goal.owner_id == person_id,
        ),
        "review": _reviews("review", _to_sign(person_id)),
    }
    if is_hr:
        found["appeal"] = _reviews("appeal", and_(Review.state == "appealed", Review.person_id != person_id))
        by = func.coalesce(Cycle.evaluate_by, Goal.due_on, type_=Date)
        running = Cycle.state.in_(("open", "reviewing"))
        found["evaluator"] = _goals("evaluator", by, running, Goal.owner_id != person_id, nobody_decides(today))
    return found


def to_evaluate(person_id: int, today: date) -> list[ColumnElement[bool]]:
    """Handed in to that person, not their own, and in time: in a cycle under review, or once the goal's dates are over in an open one."""
    over = and_(Cycle.state == "open", Goal.due_on < today)
    return [
        Goal.evaluator_id == person_id,
        Goal.evaluation == "submitted",
        Goal.owner_id != person_id,
        Goal.state.in_(COUNTED_STATES),
        or_(Cycle.state == "reviewing", over),
    ]


def under(person_id: int, is_hr: bool) -> ColumnElement[bool]:
    """Goals (joined to their owner) that lie with that person as the owner's manager, or with HR where there is none; never their own."""
    if not is_hr:
        return and_(Person.boss_id == person_id, Goal.owner_id != person_id)
    return and_(or_(Person.boss_id == person_id, Person.boss_id.is_(None)), Goal.owner_id != person_id)


def nobody_decides(today: date) -> ColumnElement[bool]:
    """A goal that counts, is not evaluated yet, and nobody can: no evaluator is named, or who is has left."""
    gone = select(Person.id).where(or_(Person.disabled_at.is_not(None), Person.left_on < today)).correlate(None)
    nobody = or_(Goal.evaluator_id.is_(None), Goal.evaluator_id.in_(gone))
    return and_(Goal.state.in_(COUNTED_STATES), Goal.evaluation != "approved", nobody)


def change_asked() -> ColumnElement[bool]:
    """A goal that counts, of which somebody proposed a change that nobody has decided yet."""
    asked = exists().where(Proposal.goal_id == Goal.id, Proposal.state == "open").correlate_except(Proposal)
    return and_(Goal.state.in_(COUNTED_STATES), asked)


def first_asked() -> ColumnElement[bool]:
    """The Proposal is open, and the first of what was asked for at once."""
    other = aliased(Proposal)
    same = (other.goal_id == Proposal.goal_id, other.by_id == Proposal.by_id, other.at == Proposal.at)
    return and_(Proposal.state == "open", ~exists().where(*same, other.state == "open", other.id < Proposal.id))


def _changes(person_id: int, is_hr: bool) -> Select[Any]:
    # Under review numbers change by HR alone, and also of goals that closed early.
    may = and_(Cycle.state.in_(CHANGING), Goal.state == "active", under(person_id, is_hr))
    if is_hr:
        reviewed = and_(Cycle.state == "reviewing", Goal.state.in_(COUNTED_STATES), Goal.owner_id != person_id)
        may = or_(may, reviewed)
    query = _columns("change", Proposal.id, Goal.owner_id, Goal.due_on, Goal.code).select_from(Proposal)
    return query.join(Proposal.goal).join(Goal.cycle).join(Goal.owner).where(first_asked(), may)


def _goals(kind: str, by: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    query = _columns(kind, Goal.id, Goal.owner_id, by, Goal.code).select_from(Goal)
    return query.join(Goal.cycle).join(Goal.owner).where(*conditions)


def _reviews(kind: str, condition: ColumnElement[bool]) -> Select[Any]:
    query = _columns(kind, Review.id, Review.person_id, Cycle.review_by, Cycle.code).select_from(Review)
    query = query.join(Review.cycle).join(Review.person)
    return query.where(Cycle.state == "reviewing", condition)


def _to_sign(person_id: int) -> ColumnElement[bool]:
    managed = and_(Person.boss_id == person_id, Review.person_id != person_id, Review.state == "discussed")
    return or_(managed, and_(Review.person_id == person_id, Review.state == "manager_signed"))


def _columns(kind: str, key: Any, whose: Any, by: Any, place: InstrumentedAttribute[str]) -> Select[Any]:
    return select(
        literal(kind).label("kind"),
        key.label("id"),
        whose.label("whose"),
        by.label("by"),
        Person.sort_key.label("name"),
        place.label("place"),
    )
