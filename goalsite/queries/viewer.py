"""What somebody who looks is to goals, people and units: a page asks once for all it shows."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, literal, or_, select, union_all

from goalsite.domain.relations import ToGoal, ToPerson, ToUnit, Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit, UnitAncestor, UnitMember, UnitSupervisor
from goalsite.queries import visible


def viewer_for(person: Person) -> Viewer:
    """The person as a viewer, in one query however large the company."""
    teams = select(UnitMember.unit_id).where(UnitMember.person_id == person.id)
    query = union_all(
        select(literal("heads"), Unit.id).where(Unit.head_id == person.id),
        select(literal("supervises"), UnitSupervisor.unit_id).where(UnitSupervisor.person_id == person.id),
        select(literal("above"), UnitAncestor.ancestor_id).where(
            or_(UnitAncestor.unit_id == person.unit_id, UnitAncestor.unit_id.in_(teams))
        ),
        select(literal("units"), UnitMember.unit_id).where(UnitMember.person_id == person.id),
    )
    units: dict[str, set[int]] = {"heads": set(), "supervises": set(), "above": set(), "units": set()}
    for relation, unit_id in db.session.execute(query):
        units[relation].add(unit_id)
    if person.unit_id is not None:
        units["units"].add(person.unit_id)
    held = {relation: frozenset(found) for relation, found in units.items()}
    return Viewer(person.id, person.is_hr, person.is_admin, **held)  # type: ignore[arg-type]


def relation_to(viewer: Viewer, goal: Goal) -> ToGoal:
    """What the viewer is to one goal."""
    return relations_to(viewer, [goal.id])[goal.id]


def relations_to(viewer: Viewer, goal_ids: Iterable[int]) -> dict[int, ToGoal]:
    """What the viewer is to each of the goals of a page, by goal, in one query."""
    query = (
        select(Goal.id, *relation_columns(viewer))
        .join(Goal.cycle)
        .join(Goal.unit)
        .where(Goal.id.in_(sorted(set(goal_ids))))
    )
    return {row["id"]: as_relation(viewer, row) for row in db.session.execute(query).mappings()}


def relation_columns(viewer: Viewer) -> list[ColumnElement[Any]]:
    """What `as_relation` reads, of a Goal joined to its cycle and its unit."""
    return [
        *(relation.label(name) for name, relation in visible.goal_relations(viewer).items()),
        Cycle.state.label("cycle_state"),
        Cycle.goals_need_approval.label("goals_need_approval"),
        Unit.owners_edit_goals.label("owners_edit_goals"),
        Unit.owners_edit_measures.label("owners_edit_measures"),
        Unit.supervisors_edit_goals.label("supervisors_edit_goals"),
        Unit.evaluation_visibility.label("evaluation_visibility"),
    ]


def as_relation(viewer: Viewer, row: Mapping[Any, Any]) -> ToGoal:
    """The row's columns of `relation_columns` as a relation."""
    held = {part.name: row[part.name] for part in fields(ToGoal) if part.name != "viewer"}
    # In a closed cycle nothing can be done either.
    return ToGoal(viewer=viewer, **(held | {"cycle_state": "closed"} if viewer.only_reads else held))


def relations_to_people(viewer: Viewer, person_ids: Iterable[int]) -> dict[int, ToPerson]:
    """What the viewer is to each of the people of a page, by person, in one query."""
    query = select(Person.id, *person_columns(viewer)).where(Person.id.in_(sorted(set(person_ids))))
    return {row["id"]: as_person_relation(viewer, row) for row in db.session.execute(query).mappings()}


def person_columns(viewer: Viewer) -> list[ColumnElement[bool]]:
    """What `as_person_relation` reads, of a Person."""
    return [
        (Person.id == viewer.id).label("own"),
        visible.managed(viewer, Person.id).label("manager"),
        Person.boss_id.is_not_distinct_from(viewer.id).label("direct"),
        visible.belongs_below(viewer.leads).label("lead"),
        visible.belongs_below(viewer.heads).label("head"),
    ]


def as_person_relation(viewer: Viewer, row: Mapping[Any, Any]) -> ToPerson:
    """The row's columns of `person_columns` as a relation."""
    return ToPerson(viewer=viewer, **{part.name: row[part.name] for part in fields(ToPerson) if part.name != "viewer"})


def relations_to_units(viewer: Viewer, unit_ids: Iterable[int]) -> dict[int, ToUnit]:
    """What the viewer is to each of the units, by unit, in one query."""
    query = select(
        Unit.id,
        visible.below(Unit.id, viewer.leads).label("lead"),
        visible.below(Unit.id, viewer.heads).label("head"),
        visible.below(Unit.id, viewer.heads, depth=1).label("head_above"),
        Unit.archived,
        Unit.supervisors_edit_goals,
    ).where(Unit.id.in_(sorted(set(unit_ids))))
    rows = db.session.execute(query).mappings()
    return {row["id"]: ToUnit(viewer=viewer, **{name: row[name] for name in row if name != "id"}) for row in rows}
