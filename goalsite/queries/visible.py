"""What may be seen, as query filters: the same answers as `policy.may_see_…`, and the relations they rest on (rules §8)."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import WITH_CREATOR
from goalsite.extensions import Base
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
from goalsite.models_follow import Result

Key = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def visible_goals(viewer: Viewer, goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """`may_see_goal`. `goal` may be an alias."""
    if viewer.is_hr:
        return true()
    related = goal_relations(viewer, goal)
    parts = (related[name] for name in ("own", "evaluator", "follower", "assignee", "manager", "lead"))
    suggested = and_(goal.created_by_id == viewer.id, goal.state.in_(WITH_CREATOR))
    return or_(goal.visibility == "public", *parts, and_(goal.visibility == "internal", related["inside"]), suggested)


def visible_evaluations(viewer: Viewer, goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """`may_see_evaluation`: the goals whose scores may be seen."""
    if viewer.is_hr:
        return true()
    related = goal_relations(viewer, goal)
    option = select(Unit.evaluation_visibility).where(Unit.id == goal.unit_id).correlate_except(Unit).scalar_subquery()
    widened = or_(option == "public", and_(option == "internal", or_(related["inside"], related["lead"])))
    parts = (related[name] for name in ("own", "evaluator", "manager"))
    return or_(*parts, and_(widened, visible_goals(viewer, goal)))


def people_with_visible_results(viewer: Viewer, person_id: Key = Person.id) -> ColumnElement[bool]:
    """`may_see_results`, on any column that holds a person: Person.id, Review.person_id."""
    return true() if viewer.is_hr else or_(person_id == viewer.id, managed(viewer, person_id))


def visible_results(viewer: Viewer) -> ColumnElement[bool]:
    """The stored results that may be seen: every unit's, and those of people whose results may be seen."""
    return or_(Result.person_id.is_(None), people_with_visible_results(viewer, Result.person_id))


def goal_relations(viewer: Viewer, goal: type[Goal] = Goal) -> dict[str, ColumnElement[bool]]:
    """The relations of `relations.ToGoal`, by name."""
    return {
        "own": goal.owner_id == viewer.id,
        "manager": managed(viewer, goal.owner_id),
        "lead": below(goal.unit_id, viewer.leads),
        "head": below(goal.unit_id, viewer.heads),
        "inside": _inside(viewer, goal),
        "follower": _any(GoalFollower, GoalFollower.goal_id == goal.id, GoalFollower.person_id == viewer.id),
        "assignee": _any(Measure, Measure.goal_id == goal.id, Measure.assignee_id == viewer.id),
        "evaluator": goal.evaluator_id.is_not_distinct_from(viewer.id),
        "assigned": assigned(goal),
    }


def managed(viewer: Viewer, person_id: Key) -> ColumnElement[bool]:
    """The viewer manages that person, directly or further up."""
    return _any(Management, Management.person_id == person_id, Management.manager_id == viewer.id)


def below(unit_id: Key, units: frozenset[int], depth: int = 0) -> ColumnElement[bool]:
    """That unit lies at least `depth` levels below one of `units`; each is 0 below itself."""
    if not units:
        return false()
    among = UnitAncestor.ancestor_id.in_(sorted(units))
    return _any(UnitAncestor, UnitAncestor.unit_id == unit_id, among, UnitAncestor.depth >= depth)


def belongs_below(units: frozenset[int]) -> ColumnElement[bool]:
    """The Person's home unit, or one of their teams, is one of `units` or below one of them."""
    team = _any(UnitMember, UnitMember.person_id == Person.id, below(UnitMember.unit_id, units))
    return or_(below(Person.unit_id, units), team)


def _inside(viewer: Viewer, goal: type[Goal]) -> ColumnElement[bool]:
    if not viewer.units:
        return false()
    above = sorted(viewer.above)
    named = _any(GoalUnit, GoalUnit.goal_id == goal.id, GoalUnit.unit_id.in_(above))
    return or_(goal.unit_id.in_(above), below(goal.unit_id, viewer.units), named)


def assigned(goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """Whoever made the goal could assign it to its owner, and did not merely suggest it (rules §7); a supervisor where the
    goal's unit lets supervisors make goals."""
    maker = goal.created_by_id
    heads = _any(
        UnitAncestor,
        UnitAncestor.unit_id == goal.unit_id,
        _any(Unit, Unit.id == UnitAncestor.ancestor_id, Unit.head_id == maker),
    )
    supervises = _any(
        UnitAncestor,
        UnitAncestor.unit_id == goal.unit_id,
        _any(
            UnitSupervisor,
            UnitSupervisor.unit_id == UnitAncestor.ancestor_id,
            UnitSupervisor.person_id == maker,
        ),
    )
    lets = _any(Unit, Unit.id == goal.unit_id, Unit.supervisors_edit_goals.is_(True))
    leads = or_(heads, and_(lets, supervises))
    manages = _any(Management, Management.person_id == goal.owner_id, Management.manager_id == maker)
    runs = _any(Person, Person.id == maker, Person.is_hr.is_(True))
    return and_(maker != goal.owner_id, or_(manages, leads, runs))


def _any(model: type[Base], *criteria: ColumnElement[bool]) -> ColumnElement[bool]:
    """A row of the model meets the criteria; whatever the query around it selects from, the row is one of its own."""
    return exists().where(*criteria).correlate_except(model)
