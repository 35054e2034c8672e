"""Who may see a goal, asked of the goal: `visible_goals` the other way round; who of them is meant in a text, and who is offered (rules §8)."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from goalsite.domain import names
from goalsite.domain.mentions import key_of_name
from goalsite.domain.names import folded_words, name_key
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import WITH_CREATOR
from goalsite.extensions import db
from goalsite.models import (
    Goal,
    GoalFollower,
    GoalUnit,
    Management,
    Measure,
    Person,
    Unit,
    UnitAncestor,
    UnitMember,
    UnitSupervisor,
)
from goalsite.queries.company import today
from goalsite.queries.search_words import says

OFFERED = 8
LOOKED_AT = 200


@dataclass(frozen=True)
class Named:
    """Somebody who is meant, and whether they may see the goal it is said of."""

    person: Person
    sees: bool


def sees(goal: Goal) -> ColumnElement[bool]:
    """`may_see_goal` of a Person: whether they may see this goal."""
    if goal.visibility == "public":
        return true()
    above = select(UnitAncestor.ancestor_id).where(UnitAncestor.unit_id == goal.unit_id)
    parts = [
        Person.is_hr,
        Person.id.in_([one for one in (goal.owner_id, goal.evaluator_id) if one]),
        _any(GoalFollower.goal_id == goal.id, GoalFollower.person_id == Person.id),
        _any(Measure.goal_id == goal.id, Measure.assignee_id == Person.id),
        _any(Management.person_id == goal.owner_id, Management.manager_id == Person.id),
        _any(Unit.id.in_(above), Unit.head_id == Person.id),
        _any(UnitSupervisor.unit_id.in_(above), UnitSupervisor.person_id == Person.id),
    ]
    if goal.state in WITH_CREATOR:
        parts.append(Person.id == goal.created_by_id)
    if goal.visibility == "internal":
        # In the goal's unit, one above or below, or in a unit named on it or below that.
        below = select(UnitAncestor.unit_id).where(
            or_(
                UnitAncestor.ancestor_id == goal.unit_id,
                UnitAncestor.ancestor_id.in_(select(GoalUnit.unit_id).where(GoalUnit.goal_id == goal.id)),
            )
        )
        team = and_(
            UnitMember.person_id == Person.id, or_(UnitMember.unit_id.in_(above), UnitMember.unit_id.in_(below))
        )
        parts += [Person.unit_id.in_(above), Person.unit_id.in_(below), _any(team)]
    return or_(*parts)


def people_named(keys: set[str], goal: Goal) -> dict[str, Named]:
    """Who is meant by each of the keys of `domain.mentions`; a name that several people bear means nobody. One query."""
    if not keys:
        return {}
    called_so = {name_key(key) for key in keys if "@" not in key}
    query = select(Person, sees(goal)).where(
        or_(Person.email_key.in_(sorted(keys)), Person.sort_key.in_(sorted(called_so)))
    )
    rows = db.session.execute(query.where(Person.disabled_at.is_(None)).order_by(Person.id)).tuples()
    people = [Named(person, bool(may)) for person, may in rows]
    called = Counter(key_of_name(one.person.name) for one in people)
    by_name = {key: one for one in people if called[key := key_of_name(one.person.name)] == 1}
    found = by_name | {one.person.email_key: one for one in people}
    return {key: one for key, one in found.items() if key in keys}


def people_offered(viewer: Viewer, goal: Goal, typed: str) -> list[Person]:
    """The first who may see the goal and have all the words typed, the last one as far as it is typed, without accents; never oneself."""
    words = folded_words(typed)[:8]
    if not words:
        return []
    here = (
        Person.id != viewer.id,
        Person.disabled_at.is_(None),
        or_(Person.left_on.is_(None), Person.left_on >= today()),
    )
    text = " ".join(words)
    query = select(Person).where(*here, sees(goal), says(text, "person", Person.id))
    found = db.session.scalars(query.order_by(Person.sort_key, Person.id).limit(LOOKED_AT))
    # Those who are called so come before those whose position says it.
    return sorted(found, key=lambda one: not names.says(text, one.name, one.email))[:OFFERED]


def _any(*criteria: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*criteria).correlate(Person)
