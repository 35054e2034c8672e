"""What a tree of goals is cut from, and how many goals that is (rules §3, §8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Unit
from goalsite.queries.counts import are_stored, seen_apart, sees_all, stored
from goalsite.queries.filters import Filters, asked_for, in_unit, is_unaligned, standing_so, states
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
    """Three queries at most: what is counted on writing, what only some people see, and the links across departments."""
    place, cycles, viewer, filters = forest.place, forest.cycles, forest.viewer, forest.filters
    # Where a cycle is closed its units may be others than those of today.
    if place is None or not are_stored(viewer, filters) or any(cycle.closed_at is not None for cycle in cycles):
        return _counted(forest)
    found: dict[int, Tally] = defaultdict(Tally)
    everything = sees_all(viewer, cycles[0], [one.id for one in (*place.path, place.unit)])
    for _, cycle_id, status, stale, unaligned, own, below in db.session.execute(
        stored(cycles, [place.unit.id], filters, forest.today, everything=everything)
    ):
        found[cycle_id].counts[status, bool(stale), bool(unaligned)] += below if filters.below else own
    here = found[cycles[0].id]
    unaligned = here.asked(replace(filters, unaligned=True))
    counts = Count(
        sum(one.asked(filters) for one in found.values()), here.asked(filters), _cross(forest), unaligned, here.by_state
    )
    if everything:
        return counts
    apart = _counted(forest, seen_apart(viewer, cycles))
    by_state = {name: number + apart.by_state[name] for name, number in counts.by_state.items()}
    return Count(
        counts.in_tree + apart.in_tree,
        counts.goals + apart.goals,
        counts.cross,
        counts.unaligned + apart.unaligned,
        by_state,
    )


def _counted(forest: Forest, narrowed: Sequence[ColumnElement[bool]] = ()) -> Count:
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
        .where(forest.shows(Goal), forest.fits_in_any_state(Goal), *narrowed)
    )
    in_tree, goals, cross, unaligned, *found = db.session.execute(query).one()
    return Count(in_tree, goals, cross, unaligned, dict(zip(by_state, found, strict=True)))


def _cross(forest: Forest) -> int:
    """How many of the goals that fit lead across departments."""
    parent = aliased(Goal)
    query = (
        select(func.count(Goal.id))
        .join(parent, parent.id == Goal.parent_id)
        .where(
            Goal.cycle_id == forest.cycles[0].id, Goal.parent_id.is_not(None), is_cross(Goal, parent, forest.cycles[0])
        )
        .where(forest.shows(parent, by_id=True))
        .where(forest.shows(Goal), forest.fits(Goal))
    )
    return db.session.scalar(query) or 0


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
