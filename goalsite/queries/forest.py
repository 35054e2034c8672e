"""What a tree of goals is cut from, and how many goals that is (rules §3, §8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Unit
from goalsite.queries.counts import are_stored, seen_apart, sees_all, stored
from goalsite.queries.filters import Filters, asked_for, in_unit, is_stale, is_unaligned, standing_so, states
from goalsite.queries.organisation import ancestry
from goalsite.queries.overview import Place
from goalsite.queries.tallies import Tally
from goalsite.queries.visible import visible_goals


@dataclass(frozen=True)
class Count:
    """Goals that fit the filters and may be seen: all in the tree, and of its own cycle; of those, links across departments and goals that support nothing.

    `by_state`: those of its own cycle by status, stale and unaligned, and under "" in all, whichever of these was asked for.
    """

    in_tree: int
    goals: int
    cross: int
    unaligned: int
    by_state: Mapping[str, int]


@dataclass(frozen=True)
class Forest:
    """What a tree is cut from: the cycles it spans (its own first), who looks, what they asked for, and the place they asked about."""

    cycles: list[Cycle]
    viewer: Viewer
    filters: Filters
    place: Place | None
    today: date

    @property
    def unit(self) -> Unit | None:
        """The unit they asked about, which is the company's own where it is asked for alone."""
        asked = self.filters.unit or not self.filters.below
        return self.place.unit if self.place and asked else None

    @property
    def is_narrowed(self) -> bool:
        return self.unit is not None or self.filters.narrows_goals

    def shows(self, goal: type[Goal], *, by_id: bool = False) -> ColumnElement[bool]:
        """The goal is counted, of these cycles, and may be seen. by_id: what else is asked names few goals; SQLite would rather look through the cycle."""
        ids = [cycle.id for cycle in self.cycles]
        of_these = (goal.cycle_id + 0).in_(ids) if by_id else goal.cycle_id.in_(ids)
        return and_(of_these, goal.state.in_(COUNTED_STATES), visible_goals(self.viewer, goal))

    def fits(self, goal: type[Goal]) -> ColumnElement[bool]:
        """The filters ask for it."""
        return and_(self.fits_in_any_state(goal), *standing_so(self.filters, self.today, goal))

    def fits_in_any_state(self, goal: type[Goal]) -> ColumnElement[bool]:
        """The filters that do not ask how a goal stands ask for it."""
        inside = in_unit(self.unit, self.filters.below, goal, self.cycles[0])
        return and_(goal.id.is_not(None), *asked_for(self.filters, goal), *inside)


def cycles_within(cycles: Sequence[Cycle], cycle: Cycle) -> list[Cycle]:
    """The cycle and those that lie inside it, which its goals may be supported from."""
    found = [cycle]
    for one in found:
        found += [inner for inner in cycles if inner.parent_id == one.id]
    return found


def count(forest: Forest) -> Count:
    """One query: what is counted on writing, what only some people see, and the links across departments."""
    place, cycles, viewer, filters = forest.place, forest.cycles, forest.viewer, forest.filters
    # Where a cycle is closed its units may be others than those of today.
    if place is None or not are_stored(viewer, filters) or any(cycle.closed_at is not None for cycle in cycles):
        return _counted(forest)
    everything = sees_all(viewer, cycles[0], [one.id for one in (*place.path, place.unit)])
    query: Any = stored(cycles, [place.unit.id], filters, forest.today, everything=everything)
    if not everything:
        query = union_all(query, _apart(forest))
    rows = query.subquery()
    found: dict[int, Tally] = defaultdict(Tally)
    cross = 0
    counts: Any = select(*rows.c, _cross(forest))
    for _, cycle_id, status, stale, unaligned, own, below, crossing in db.session.execute(counts):
        found[cycle_id].counts[status, bool(stale), bool(unaligned)] += int(below if filters.below else own)
        cross = crossing
    here = found[cycles[0].id]
    unaligned = here.asked(replace(filters, unaligned=True))
    in_tree = sum(one.asked(filters) for one in found.values())
    return Count(in_tree, here.asked(filters), cross, unaligned, here.by_state)


def _apart(forest: Forest) -> Any:
    """As `counts.stored`, of the goals that not everybody sees and the reader does."""
    how = (Goal.cycle_id, Goal.status, is_stale(forest.today), is_unaligned())
    query = select(literal(0), *how, func.count(), func.count()).group_by(*how)
    return query.where(forest.shows(Goal), forest.fits_in_any_state(Goal), *seen_apart(forest.viewer, forest.cycles))


def _counted(forest: Forest) -> Count:
    """As `count`, one by one. One query."""
    parent = aliased(Goal)
    own, fits = Goal.cycle_id == forest.cycles[0].id, forest.fits(Goal)
    parts = (
        fits,
        and_(fits, own),
        and_(fits, own, is_cross(Goal, parent, forest.cycles[0])),
        and_(fits, own, is_unaligned()),
    )
    by_state = {"": own, **{name: and_(own, state) for name, state in states(forest.today).items()}}
    query = (
        select(*(_how_many(part) for part in (*parts, *by_state.values())))
        .select_from(Goal)
        .outerjoin(parent, and_(parent.id == Goal.parent_id, forest.shows(parent)))
        .where(forest.shows(Goal), forest.fits_in_any_state(Goal))
    )
    in_tree, goals, cross, unaligned, *found = db.session.execute(query).one()
    return Count(in_tree, goals, cross, unaligned, dict(zip(by_state, found, strict=True)))


def _cross(forest: Forest) -> ScalarSelect[int]:
    """How many of the goals that fit lead across departments."""
    parent = aliased(Goal)
    cycle = forest.cycles[0]
    query = (
        select(func.count(Goal.id))
        .join(parent, parent.id == Goal.parent_id)
        .where(Goal.cycle_id == cycle.id, Goal.parent_id.is_not(None), is_cross(Goal, parent, cycle))
        .where(forest.shows(parent, by_id=True))
        .where(forest.shows(Goal), forest.fits(Goal))
    )
    return query.scalar_subquery()


def is_cross(goal: type[Goal], parent: type[Goal], cycle: Cycle) -> ColumnElement[bool]:
    """The goal's unit is neither the parent's, nor above nor below it, as units lay in that cycle."""
    lies = ancestry(cycle)
    lines = (
        exists().where(lies.c.unit_id == low.unit_id, lies.c.ancestor_id == high.unit_id).correlate_except(lies)
        for low, high in ((goal, parent), (parent, goal))
    )
    return and_(parent.id.is_not(None), *(~line for line in lines))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
