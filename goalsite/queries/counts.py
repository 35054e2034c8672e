"""The counts of goals that are stored for each unit: what they should be, and as a reader finds them (rules §5, §8)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.models import Cycle, Goal, GoalFollower, GoalUnit, Management, Measure, UnitAncestor
from goalsite.models_counts import GoalCount
from goalsite.queries.filters import Filters, is_unaligned
from goalsite.queries.organisation import ancestry

# What stale_from holds of goals that do not turn stale.
NEVER = date.max
# What goals are told apart by.
APART = ("kind", "visibility", "status", "unaligned", "stale_from")


def counted_goals(cycle: Cycle, units: Collection[int] | None = None) -> Select[Any]:
    """(unit, what they are told apart by, how many): the own goals of all units, or of these."""
    apart = (
        Goal.kind,
        Goal.visibility,
        Goal.status,
        is_unaligned().label("unaligned"),
        func.coalesce(Goal.stale_from, NEVER).label("stale_from"),
    )
    told = select(Goal.unit_id, *apart).where(Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
    rows = (told if units is None else told.where(Goal.unit_id.in_(sorted(units)))).subquery()
    columns = (rows.c.unit_id, *(rows.c[name] for name in APART))
    return select(*columns, func.count().label("goals")).group_by(*columns)


def counts_meant(cycle: Cycle) -> Select[Any]:
    """The rows of GoalCount that the cycle should have."""
    goals, lies = counted_goals(cycle).subquery(), ancestry(cycle)
    apart = [goals.c[name] for name in APART]
    own = func.sum(case((lies.c.depth == 0, goals.c.goals), else_=0))
    return (
        select(literal(cycle.id), lies.c.ancestor_id, *apart, own, func.sum(goals.c.goals))
        .join(lies, lies.c.unit_id == goals.c.unit_id)
        .group_by(lies.c.ancestor_id, *apart)
    )


def are_stored(viewer: Viewer, filters: Filters) -> bool:
    """Whether what the filters ask for is counted on writing: not by owner or by words, nor for a past day."""
    return not (filters.owner or filters.text or viewer.only_reads)


def sees_all(viewer: Viewer, cycle: Cycle, above: Collection[int]) -> bool:
    """The reader sees every goal of a unit that lies in or below `above`; of a closed cycle, whose units may have moved since, only HR surely does."""
    return viewer.is_hr or (cycle.closed_at is None and not viewer.leads.isdisjoint(above))


def seen_apart(viewer: Viewer, cycles: Sequence[Cycle]) -> list[ColumnElement[bool]]:
    """The goals of these cycles that not everybody sees and the reader might, found from whom the reader is related to: all of these that
    `visible_goals` lets through, and few others."""
    here = [Goal.cycle_id.in_([cycle.id for cycle in cycles]), Goal.visibility != "public"]
    mine = select(Goal.id).where(*here)
    units = sorted(viewer.leads | viewer.units)
    inside = select(UnitAncestor.unit_id).where(UnitAncestor.ancestor_id.in_(units))
    related = union(
        mine.where(Goal.owner_id == viewer.id),
        mine.where(Goal.evaluator_id == viewer.id),
        mine.where(Goal.owner_id.in_(select(Management.person_id).where(Management.manager_id == viewer.id))),
        mine.where(Goal.unit_id.in_(inside)),
        mine.where(Goal.unit_id.in_(sorted(viewer.above))),
        select(GoalFollower.goal_id).where(GoalFollower.person_id == viewer.id),
        select(Measure.goal_id).where(Measure.assignee_id == viewer.id),
        select(GoalUnit.goal_id).where(GoalUnit.unit_id.in_(sorted(viewer.above))),
    )
    return [*here, Goal.id.in_(related)]


def stored(
    cycles: Sequence[Cycle], units: Collection[int], filters: Filters, today: date, *, everything: bool
) -> Select[Any]:
    """(unit, cycle, status, whether stale, whether unaligned, how many of its own, and with those below): of every goal, or of those that everybody
    sees; of the kind the filters ask for."""
    apart: tuple[Any, ...] = (
        GoalCount.unit_id,
        GoalCount.cycle_id,
        GoalCount.status,
        (GoalCount.stale_from <= today).label("stale"),
        GoalCount.unaligned,
    )
    query = (
        select(*apart, func.sum(GoalCount.own).label("own"), func.sum(GoalCount.below).label("below"))
        .where(GoalCount.cycle_id.in_([cycle.id for cycle in cycles]), GoalCount.unit_id.in_(units))
        .group_by(*apart)
    )
    if filters.kind:
        query = query.where(GoalCount.kind == filters.kind)
    return query if everything else query.where(GoalCount.visibility == "public")
