"""The plain mean of the results of each unit's people, as far as the reader may have it (rules §6, §8)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, and_, case, func, select, type_coerce

from goalsite import policy
from goalsite.domain.relations import Viewer
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Person, Unit
from goalsite.models_follow import Result
from goalsite.queries.organisation import ancestry, there_in
from goalsite.queries.visible import Key, people_with_visible_results

HALF = 10**9


@dataclass(frozen=True)
class Mean:
    """Of those whose home is the unit or one below it, and who have a result: how many they are, and the mean. hidden: there is one, but the
    reader may not have it; then it is None."""

    mean: Fraction | None
    people: int
    hidden: bool = False


def means_of(viewer: Viewer, cycle: Cycle, unit: Unit) -> Mapping[int, Mean]:
    """By unit, in the order of their names, of that unit and all below it, as they were where the cycle is closed. One query, a row a unit."""
    rows = db.session.execute(_of_each_itself(viewer, cycle, unit)).tuples().all()
    people, sums = Counter[int | None](), Counter[int | None]()
    for unit_id, _, above, here, high, low, _ in rows:
        people[unit_id] += here or 0
        sums[unit_id] += int(high or 0) * HALF + int(low or 0)
        people[above] += people[unit_id]
        sums[above] += sums[unit_id]
    hidden = policy.hidden_means((unit_id, above, unseen or 0) for unit_id, _, above, *_, unseen in rows)
    return {
        unit_id: Mean(
            Fraction(sums[unit_id], 10**SHARE_DECIMALS) / people[unit_id]
            if people[unit_id] and unit_id not in hidden
            else None,
            people[unit_id],
            unit_id in hidden,
        )
        for unit_id, *_ in sorted(rows, key=lambda row: (row[1], row[0]))
    }


def _of_each_itself(viewer: Viewer, cycle: Cycle, unit: Unit) -> Any:
    """(unit, its sort key, the one above, how many at home in it itself have a result, the sum of these in two halves, how many of them the reader
    may not see), the lowest first."""
    lies_in, step_in = ancestry(cycle), ancestry(cycle)
    lies, step = lies_in.c, step_in.c
    inside = select(lies.unit_id).where(lies.ancestor_id == unit.id)
    home: Key = Person.unit_id
    # Named by person, not by the unit of the person joined: so a team's page reads the team's results alone.
    theirs = Result.person_id.in_(select(Person.id).where(Person.unit_id.in_(inside)))
    if cycle.state == "closed" and cycle.closed_at is not None:
        home, theirs = Result.unit_then_id, Result.unit_then_id.in_(inside)
    total = func.coalesce(Result.adjusted, Result.total)
    # Summed in two halves: the whole would leave SQLite's integers in a large unit.
    scaled = type_coerce(total, BigInteger)
    itself = (
        select(
            home.label("home"),
            func.count().label("people"),
            func.sum(scaled // HALF).label("high"),
            func.sum(scaled % HALF).label("low"),
            func.sum(case((people_with_visible_results(viewer), 0), else_=1)).label("unseen"),
        )
        .select_from(Result)
        .join(Person, Person.id == Result.person_id)
        .where(Result.cycle_id == cycle.id, total.is_not(None), theirs, *there_in(cycle))
        .group_by(home)
        .subquery()
    )
    of = itself.c
    return (
        select(lies.unit_id, Unit.sort_key, step.ancestor_id, of.people, of.high, of.low, of.unseen)
        .join(Unit, Unit.id == lies.unit_id)
        .outerjoin(step_in, and_(step.unit_id == lies.unit_id, step.depth == 1))
        .outerjoin(itself, of.home == lies.unit_id)
        .where(lies.ancestor_id == unit.id)
        .order_by(lies.depth.desc())
    )
