"""How many goals a unit and those right below it have, by how they stand, as far as the reader may see them (rules §5, §8)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select, union_all

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES, STATUSES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal
from goalsite.queries.counts import are_stored, seen_apart, sees_all, stored
from goalsite.queries.filters import NEEDS_A_LOOK, Filters, asked_for, in_unit, is_stale, is_unaligned
from goalsite.queries.organisation import ancestry
from goalsite.queries.overview import Place
from goalsite.queries.visible import visible_goals


@dataclass
class Tally:
    """Goals that may be seen, by (status, whether stale, whether they support nothing)."""

    counts: Counter[tuple[str, bool, bool]] = field(default_factory=Counter)

    @property
    def goals(self) -> int:
        return self.counts.total()

    @property
    def by_status(self) -> dict[str, int]:
        """Of each status."""
        return {status: self.asked(Filters(status=status)) for status in STATUSES}

    @property
    def by_state(self) -> dict[str, int]:
        """The goals by status, stale and unaligned, and under "" in all."""
        apart = {"stale": self.asked(Filters(stale=True)), "unaligned": self.asked(Filters(unaligned=True))}
        return {"": self.goals, **self.by_status, **apart}

    @property
    def to_look_at(self) -> int:
        """As `filters.needs_a_look`."""
        return sum(goals for (status, stale, _), goals in self.counts.items() if stale or status in NEEDS_A_LOOK)

    def asked(self, filters: Filters) -> int:
        """As `filters.standing_so`."""
        return sum(
            goals
            for (status, stale, unaligned), goals in self.counts.items()
            if filters.status in ("", status) and stale >= filters.stale and unaligned >= filters.unaligned
        )


@dataclass(frozen=True)
class Tallies:
    """Of a unit with all below it, of its own goals, and of each unit right below it with all that is in there."""

    whole: Tally = field(default_factory=Tally)
    own: Tally = field(default_factory=Tally)
    below: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))


def tallies(viewer: Viewer, cycle: Cycle, place: Place, filters: Filters, today: date) -> Tallies:
    """One query, one row a unit and how goals stand."""
    if not are_stored(viewer, filters):
        query: Any = _counted(viewer, cycle, place, filters, today)
    else:
        everything = sees_all(viewer, cycle, [unit.id for unit in (*place.path, place.unit)])
        query = _stored(cycle, place, filters, today, everything=everything)
        if not everything:
            query = union_all(query, _counted(viewer, cycle, place, filters, today, seen_apart(viewer, [cycle])))
    found = Tallies()
    for below, status, stale, unaligned, own, part, whole in db.session.execute(query):
        stands = (status, bool(stale), bool(unaligned))
        found.own.counts[stands] += int(own)
        found.whole.counts[stands] += int(whole)
        if below is not None:
            found.below[below].counts[stands] += int(part)
    return found


def _stored(cycle: Cycle, place: Place, filters: Filters, today: date, *, everything: bool) -> Select[Any]:
    """(unit right below, how they stand, how many are the unit's own, of that unit below, and of all) as counted on writing; of the unit and those shown."""
    kept = stored(
        [cycle], [place.unit.id, *(unit.id for unit in place.children)], filters, today, everything=everything
    )
    rows = kept.subquery().c
    here = rows.unit_id == place.unit.id
    parts = (case((here, rows.own), else_=0), case((here, 0), else_=rows.below), case((here, rows.below), else_=0))
    return select(case((here, None), else_=rows.unit_id), rows.status, rows.stale, rows.unaligned, *parts)


def _counted(
    viewer: Viewer,
    cycle: Cycle,
    place: Place,
    filters: Filters,
    today: date,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> Select[Any]:
    """The same of the goals that may be seen, counted one by one."""
    goals = (
        select(Goal.unit_id, Goal.status, is_stale(today).label("stale"), is_unaligned().label("unaligned"))
        .where(Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES), *asked_for(filters), visible_goals(viewer))
        .where(*in_unit(place.unit, True, Goal, cycle), *narrowed)
        .subquery()
    )
    counts: Any = select(*goals.c, func.count().label("goals")).group_by(*goals.c).subquery().c
    held_in, step_in = ancestry(cycle), ancestry(cycle)
    held, step = held_in.c, step_in.c
    how = (step.ancestor_id, counts.status, counts.stale, counts.unaligned)
    own, whole = func.sum(case((step.ancestor_id.is_(None), counts.goals), else_=0)), func.sum(counts.goals)
    return (
        select(*how, own, whole, whole)
        .join(held_in, and_(held.unit_id == counts.unit_id, held.ancestor_id == place.unit.id))
        .outerjoin(step_in, and_(step.unit_id == counts.unit_id, step.depth == held.depth - 1))
        .group_by(*how)
    )
