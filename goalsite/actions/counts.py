"""Keeps the counts of goals by unit, and who owes check-ins, in step with the goals in the transaction of the write: no page has to count them."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, insert, select, union

from goalsite.actions.inserting import inserting
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure
from goalsite.models_counts import Duty, GoalCount
from goalsite.queries.counts import APART, counted_goals, counts_meant
from goalsite.queries.duties import duties_meant
from goalsite.queries.organisation import ancestry
from goalsite.queries.slices import sliced

DUTY = ("cycle_id", "person_id", "public", "due_from", "last_on")
COLUMNS = ("cycle_id", "unit_id", *APART, "own", "below")


def refresh_counts_of(goal_ids: Collection[int]) -> None:
    """After a write to these goals, whose cycles must be held: the counts of their units and of all above, and the duties of who reports on them."""
    units: dict[int, set[int]] = defaultdict(set)
    for ids in sliced(goal_ids):
        touched = select(Goal.cycle_id, Goal.unit_id).where(Goal.id.in_(ids)).distinct()
        for cycle_id, unit_id in db.session.execute(touched).tuples():
            units[cycle_id].add(unit_id)
    for cycle_id, some in units.items():
        cycle = db.session.get_one(Cycle, cycle_id)
        for part in sliced(some):
            _refresh(cycle, part)
    for ids in sliced(goal_ids):
        owners = select(Goal.owner_id).where(Goal.id.in_(ids))
        others = select(Measure.assignee_id).where(Measure.goal_id.in_(ids), Measure.assignee_id.is_not(None))
        refresh_duties(set(db.session.scalars(union(owners, others))), list(units))


def refresh_duties(people: Collection[int], cycle_ids: Collection[int]) -> None:
    """What these people owe in these cycles, which must be held."""
    db.session.flush()
    for some in sliced(people):
        gone = delete(Duty).where(Duty.person_id.in_(some), Duty.cycle_id.in_(cycle_ids))
        db.session.execute(gone.execution_options(synchronize_session=False))
        db.session.execute(insert(Duty).from_select(DUTY, duties_meant(some, cycle_ids)))


def recount(cycle: Cycle) -> None:
    """All counts of the cycle, which must be held, from nothing."""
    db.session.flush()
    db.session.execute(delete(GoalCount).where(GoalCount.cycle_id == cycle.id))
    db.session.execute(insert(GoalCount).from_select(COLUMNS, counts_meant(cycle)))


def recount_all() -> None:
    """As `recount`, of every cycle, and everybody's duties."""
    db.session.execute(delete(Duty))
    db.session.execute(insert(Duty).from_select(DUTY, duties_meant()))
    for cycle in db.session.scalars(select(Cycle)).all():
        recount(cycle)


def recount_open() -> None:
    """As `recount`, of the cycles that are not closed: after units moved."""
    for cycle in db.session.scalars(select(Cycle).where(Cycle.closed_at.is_(None))).all():
        recount(cycle)


def _refresh(cycle: Cycle, units: Collection[int]) -> None:
    """What the units' own counts lack is added to theirs and to those above; so twice does no harm."""
    db.session.flush()
    apart = [getattr(GoalCount, name) for name in APART]
    lacking: Counter[tuple[Any, ...]] = Counter()
    for *key, goals in db.session.execute(counted_goals(cycle, units)):
        lacking[*key] += goals
    held = select(GoalCount.unit_id, *apart, GoalCount.own)
    for *key, goals in db.session.execute(held.where(GoalCount.cycle_id == cycle.id, GoalCount.unit_id.in_(units))):
        lacking[*key] -= goals
    lies = ancestry(cycle).c
    above: dict[int, list[int]] = defaultdict(list)
    for unit_id, ancestor_id in db.session.execute(
        select(lies.unit_id, lies.ancestor_id).where(lies.unit_id.in_(units))
    ).tuples():
        above[unit_id].append(ancestor_id)
    own: Counter[tuple[Any, ...]] = Counter()
    below: Counter[tuple[Any, ...]] = Counter()
    for (unit_id, *key), goals in lacking.items():
        if goals:
            own[unit_id, *key] += goals
            for one in above[unit_id]:
                below[one, *key] += goals
    rows = [
        dict(zip(COLUMNS, (cycle.id, *key, own[key], goals), strict=True))
        for key, goals in sorted(below.items())
        if goals or own[key]
    ]
    if not rows:
        return
    add = inserting(GoalCount)
    sums = {name: getattr(GoalCount, name) + add.excluded[name] for name in ("own", "below")}
    db.session.execute(add.on_conflict_do_update(index_elements=COLUMNS[:-2], set_=sums), rows)
    emptied = delete(GoalCount).where(
        GoalCount.cycle_id == cycle.id, GoalCount.unit_id.in_({row["unit_id"] for row in rows}), GoalCount.below == 0
    )
    db.session.execute(emptied.execution_options(synchronize_session=False))
