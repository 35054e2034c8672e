"""Where a tree begins: the goals that support nothing in it, and what stands in it at all (rules §3, §8)."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, and_, case, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Unit
from goalsite.models_counts import GoalCount
from goalsite.queries.filters import is_unaligned
from goalsite.queries.forest import Forest

LEVEL = 50


def first_roots(forest: Forest, first: int = 0) -> tuple[list[int], int]:
    """The ids of a page of the roots, without those that support nothing at all unless something is asked for; and how many roots that are."""
    query = select(Goal.id).join(Unit, Unit.id == Goal.unit_id)
    if forest.is_narrowed:
        query = query.where(is_root_of(forest), stands(forest, Goal, kept_in(forest)))
    else:
        found = aligned_roots(forest).subquery()
        query = query.join(found, found.c.id == Goal.id)
    place = func.row_number().over(order_by=level_order()).label("place")
    ranked = query.add_columns(place, func.count().over().label("in_all")).cte("ranked")
    # The first one tells how many there are, also on a page beyond the last.
    chosen = or_(ranked.c.place.between(first + 1, first + LEVEL), ranked.c.place == 1)
    rows = db.session.execute(select(ranked).where(chosen).order_by(ranked.c.place)).tuples().all()
    return [row[0] for row in rows if row[1] > first], rows[0][2] if rows else 0


def aligned_roots(forest: Forest) -> CompoundSelect[Any]:
    """The goals of the tree's own cycle that support nothing in it, without those that support nothing at all: the company's own, those that only
    also support others, and those whose parent is in another tree or may not be seen."""
    parent, linked = aliased(Goal), select(GoalLink.goal_id).distinct().subquery()
    own = select(Goal.id).where(Goal.cycle_id == forest.cycles[0].id, forest.shows(Goal))
    held = exists().where(parent.id == Goal.parent_id, forest.shows(parent)).correlate(Goal)
    return union(
        company_goals(forest).where(Goal.parent_id.is_(None)),
        own.join(linked, linked.c.goal_id == Goal.id).where(Goal.parent_id.is_(None)),
        own.where(Goal.parent_id.is_not(None), ~held),
    )


def unaligned_roots(forest: Forest, first: int, most: int) -> list[int]:
    """The ids of so many goals that support nothing at all. One query."""
    query = select(Goal.id).join(Unit, Unit.id == Goal.unit_id)
    query = query.where(Goal.cycle_id == forest.cycles[0].id, forest.shows(Goal), is_unaligned())
    if not forest.viewer.only_reads:
        query = query.where(Goal.unit_id.in_(_units_with(forest.cycles[0], first + most)))
    return list(db.session.scalars(query.order_by(*level_order()).limit(most).offset(first)))


def _units_with(cycle: Cycle, most: int) -> Select[int]:
    """The ids of the first units, which have as many goals that support nothing and everybody sees; goals that fewer see only add to them."""
    public = func.sum(case((GoalCount.visibility == "public", GoalCount.own), else_=0))
    is_below = Unit.parent_id.is_not(None).label("is_below")
    by_unit = select(Unit.id, Unit.sort_key, is_below, public.label("goals"))
    by_unit = by_unit.join(GoalCount, GoalCount.unit_id == Unit.id)
    by_unit = by_unit.where(GoalCount.cycle_id == cycle.id, GoalCount.unaligned.is_(True), GoalCount.own > 0)
    units = by_unit.group_by(Unit.id).subquery().c
    order: list[Any] = [units.is_below, units.sort_key, units.id]
    until = func.sum(units.goals).over(order_by=order, rows=(None, 0))
    ranked = select(units.id, (until - units.goals).label("before")).subquery().c
    return select(ranked.id).where(ranked.before < most)


def level_order() -> list[ColumnElement[Any]]:
    """How goals that stand on one level follow each other; by unit, the company first."""
    by_unit: tuple[Any, ...] = (Unit.parent_id.is_not(None), Unit.sort_key, Unit.id)
    return [is_unaligned(), *by_unit, Goal.scope.desc(), Goal.kind.desc(), Goal.code.asc()]


def kept_in(forest: Forest) -> CTE | None:
    """What fits the filters, and everything above it; None where nothing is asked for."""
    if not forest.is_narrowed:
        return None
    kept = select(Goal.id, Goal.parent_id).where(forest.shows(Goal), forest.fits(Goal)).cte("kept", recursive=True)
    above = aliased(Goal)
    return kept.union(
        select(above.id, above.parent_id).join(kept, kept.c.parent_id == above.id).where(forest.shows(above))
    )


def stands(forest: Forest, goal: type[Goal], kept: CTE | None) -> ColumnElement[bool]:
    """The goal is in the tree."""
    return forest.shows(goal) if kept is None else goal.id.in_(select(kept.c.id))


def is_root_of(forest: Forest) -> ColumnElement[bool]:
    """A goal of the tree's own cycle whose parent, if it has one, is not in the tree."""
    parent = aliased(Goal)
    held = exists().where(parent.id == Goal.parent_id, forest.shows(parent)).correlate(Goal)
    return and_(Goal.cycle_id == forest.cycles[0].id, ~held)


def company_goals(forest: Forest) -> Select[Any]:
    """The ids of the company's own goals."""
    root = select(Unit.id).where(Unit.parent_id.is_(None))
    cycle = forest.cycles[0]
    return select(Goal.id).where(
        Goal.cycle_id == cycle.id, Goal.scope == "unit", Goal.unit_id.in_(root), forest.shows(Goal)
    )
