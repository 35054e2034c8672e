"""Keeps what follows from people and units: who manages whom, which unit lies below which."""

from datetime import date

from sqlalchemy import CursorResult, Select, delete, except_, insert, literal, select, tuple_, update

from goalsite.actions.counts import recount_open
from goalsite.actions.standing import hold_all
from goalsite.domain import organisation
from goalsite.domain.names import name_key, text_key
from goalsite.extensions import db
from goalsite.models import Management, Person, Unit, UnitAncestor


def rebuild_organisation(today: date) -> None:
    """Everybody's manager in force, the chains above people, the units above units. To be called after any change of
    people or units, and when somebody's last day has passed; it writes only what differs.

    Raises RuleError unit_loop or manager_loop, before it writes anything.
    """
    db.session.flush()
    _keep_bosses(today)
    if _keep_closure(UnitAncestor, _unit_ancestors()):
        # Whoever writes goals meanwhile counts them for the units above them as they were.
        hold_all()
        db.session.expire_all()
        recount_open()
    _keep_closure(Management, _management())
    db.session.expire_all()


def set_sort_key(thing: Person | Unit) -> None:
    """The key a person or unit is sorted by, from the name. To be called where a name is set."""
    thing.sort_key = name_key(thing.name) if isinstance(thing, Person) else text_key(thing.name)


def _keep_bosses(today: date) -> None:
    people = db.session.execute(
        select(Person.id, Person.unit_id, Person.manager_id, Person.left_on, Person.email, Person.boss_id)
    ).all()
    units = db.session.execute(select(Unit.id, Unit.parent_id, Unit.head_id, Unit.name))
    found = organisation.bosses(
        (
            organisation.Person(id_, unit, manager, left_on is None or left_on >= today, email)
            for id_, unit, manager, left_on, email, _ in people
        ),
        (organisation.Unit(*unit) for unit in units),
    )
    changed = [
        {"id": person.id, "boss_id": found[person.id]} for person in people if person.boss_id != found[person.id]
    ]
    if changed:
        db.session.execute(update(Person), changed)


def _unit_ancestors() -> Select[int, int, int]:
    walk = select(Unit.id, Unit.id.label("above"), literal(0).label("depth")).cte("walk", recursive=True)
    walk = walk.union_all(
        select(walk.c.id, Unit.parent_id, walk.c.depth + 1).where(Unit.id == walk.c.above, Unit.parent_id.is_not(None))
    )
    return select(walk.c.id, walk.c.above, walk.c.depth)


def _management() -> Select[int, int, int]:
    walk = (
        select(Person.id, Person.boss_id.label("above"), literal(1).label("depth"))
        .where(Person.boss_id.is_not(None))
        .cte("walk", recursive=True)
    )
    walk = walk.union_all(
        select(walk.c.id, Person.boss_id, walk.c.depth + 1).where(
            Person.id == walk.c.above, Person.boss_id.is_not(None)
        )
    )
    return select(walk.c.id, walk.c.above, walk.c.depth)


def _keep_closure(model: type[UnitAncestor] | type[Management], meant: Select[int, int, int]) -> bool:
    """Deletes and inserts what differs; whether anything did. EXCEPT compares by sorting or hashing, never row by row."""
    columns = list(model.__table__.columns)
    stored = select(*columns)
    gone = delete(model).where(tuple_(*columns).in_(except_(stored, meant)))
    new = insert(model).from_select(columns, except_(meant, stored))
    changed = [db.session.execute(statement) for statement in (gone, new)]
    return any(isinstance(one, CursorResult) and one.rowcount > 0 for one in changed)
