"""People who are to get goals all at once, and what they have already in the cycle."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.relations import ToPerson, Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Management, Measure, Person, Unit, UnitAncestor, UnitMember
from goalsite.queries.drafts import PLANNED_STATES

# What somebody still has, or may yet have, of a cycle: cancelled and returned goals are not among it.
HELD_STATES = ("suggested", *PLANNED_STATES)
Chosen = ColumnElement[bool]


@dataclass(frozen=True)
class Held:
    """A goal somebody has in the cycle, with the metrics it is measured by."""

    title: str
    kind: str
    state: str
    weight: Decimal
    metrics: frozenset[int]


@dataclass(frozen=True)
class Reach:
    """Whom the giver manages, and the units in which they may make goals as a lead: those they head with all below, and those
    they supervise where these let them; everybody and everything for HR."""

    viewer: Viewer
    managed: frozenset[int]
    led: frozenset[int]

    def to(self, person_id: int, unit_id: int) -> ToPerson:
        """What the giver is to somebody, for a goal in that unit: so the goal will say that it was assigned (rules §7)."""
        own = person_id == self.viewer.id
        return ToPerson(viewer=self.viewer, own=own, manager=person_id in self.managed, lead=unit_id in self.led)


def of_position(position: str) -> Chosen:
    """Everybody of the position."""
    return Person.position == position


def of_unit(unit: Unit, *, below: bool) -> Chosen:
    """Everybody at home in the unit or a member of it; `below`: or of one below it."""
    units = select(UnitAncestor.unit_id).where(UnitAncestor.ancestor_id == unit.id)
    if not below:
        units = units.where(UnitAncestor.depth == 0)
    members = select(UnitMember.person_id).where(UnitMember.unit_id.in_(units))
    return or_(Person.unit_id.in_(units), Person.id.in_(members))


def named(ids: Collection[int]) -> Chosen:
    """These people."""
    return Person.id.in_(sorted(ids))


def people_of(chosen: Chosen) -> list[Person]:
    """Those people with their units, by name. One query."""
    query = select(Person).where(chosen).options(joinedload(Person.unit))
    return list(db.session.scalars(query.order_by(Person.sort_key, Person.id)))


def held_by(chosen: Chosen, cycle: Cycle) -> dict[int, list[Held]]:
    """The goals of these people in the cycle, returned ones too, by person. One query."""
    query = (
        select(Goal.id, Goal.owner_id, Goal.title, Goal.kind, Goal.state, Goal.weight, Measure.metric_id)
        .outerjoin(Measure, Measure.goal_id == Goal.id)
        .where(
            Goal.cycle_id == cycle.id,
            Goal.scope == "person",
            Goal.owner_id.in_(select(Person.id).where(chosen)),
            Goal.state.in_((*HELD_STATES, "returned")),
        )
        .order_by(Goal.id)
    )
    rows = db.session.execute(query).tuples().all()
    metrics: dict[int, set[int]] = defaultdict(set)
    for goal_id, *_, metric_id in rows:
        if metric_id is not None:
            metrics[goal_id].add(metric_id)
    found: dict[int, list[Held]] = defaultdict(list)
    seen: set[int] = set()
    for goal_id, owner_id, title, kind, state, weight, _metric in rows:
        if goal_id not in seen:
            seen.add(goal_id)
            found[owner_id].append(Held(title, kind, state, weight, frozenset(metrics[goal_id])))
    return found


def reach_of(viewer: Viewer) -> Reach:
    """Whom the viewer may assign goals to; nothing is asked for HR. Two queries at most."""
    if viewer.is_hr:
        return Reach(viewer, frozenset(), frozenset())
    managed = db.session.scalars(select(Management.person_id).where(Management.manager_id == viewer.id))
    heads = UnitAncestor.ancestor_id.in_(sorted(viewer.heads))
    led = (
        select(UnitAncestor.unit_id)
        .join(Unit, Unit.id == UnitAncestor.unit_id)
        .where(UnitAncestor.ancestor_id.in_(sorted(viewer.leads)), or_(heads, Unit.supervisors_edit_goals.is_(True)))
    )
    units = db.session.scalars(led) if viewer.leads else ()
    return Reach(viewer, frozenset(managed), frozenset(units))


def members_of(unit_id: int, chosen: Chosen) -> set[int]:
    """Those of the people who are members of that unit besides their home unit."""
    query = select(UnitMember.person_id).where(UnitMember.unit_id == unit_id)
    return set(db.session.scalars(query.where(UnitMember.person_id.in_(select(Person.id).where(chosen)))))
