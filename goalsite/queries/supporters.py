"""Supporting goals as they are stored, so that a write need not replay everything below it (rules §3)."""

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.base import ExecutableOption

from goalsite.domain.goals import GoalStanding, World, weighted_mean
from goalsite.domain.standing import expected_progress
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Goal, Measure
from goalsite.models_follow import GoalPoint
from goalsite.queries.company import company
from goalsite.queries.records import fraction, goal_facts, measure_facts

Known = dict[Hashable, GoalStanding]


def with_stored_supporters(world: World, ids: Collection[int], day: date) -> tuple[World, Known]:
    """The world, with the direct supporters of the goals that take progress from them; their standings are what was last stored, their
    expected progress that of `day`."""
    above = aliased(Goal)
    rows = db.session.scalars(
        select(Goal)
        .join(above, above.id == Goal.parent_id)
        .where(above.id.in_(ids), above.progress_from != "measures", Goal.state.in_(COUNTED_STATES))
        .options(joinedload(Goal.cycle), *with_measures())
        .order_by(Goal.id)
    ).unique()
    goals, known = dict(world.goals), Known()
    below: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        # One that is looked at itself is no less exact below another.
        if row.id not in world.goals:
            goals[row.id] = goal_facts(row, {}, ())
            known[row.id] = stored_standing(row, day)
        below[row.parent_id or 0].append(row.id)
    for parent, children in below.items():
        goals[parent] = replace(goals[parent], supporters=tuple(children))
    return World(goals, world.entries, world.thresholds), known


def points_of(ids: Collection[Hashable]) -> dict[int, list[tuple[date, Fraction | None]]]:
    """The stored progress of the goals, day by day, earliest first."""
    found: dict[int, list[tuple[date, Fraction | None]]] = defaultdict(list)
    if ids:
        rows = db.session.execute(
            select(GoalPoint.goal_id, GoalPoint.on, GoalPoint.progress)
            .where(GoalPoint.goal_id.in_(ids))
            .order_by(GoalPoint.goal_id, GoalPoint.on)
        )
        for goal_id, on, progress in rows.tuples():
            found[goal_id].append((on, fraction(progress)))
    return found


def stored_standing(row: Goal, day: date) -> GoalStanding:
    """The goal as it was last stored, with the expected progress of `day` where it has its own measures."""
    return GoalStanding(
        progress=fraction(row.progress),
        expected=_expected(row, day),
        pace=None,
        status=row.status,
        last_on=row.last_checkin_on,
        first_due=row.first_due,
        measures={},
        supporters={},
        waits_until=row.waits_until,
    )


def _expected(row: Goal, day: date) -> Fraction | None:
    return fraction(row.expected) if row.progress_from != "measures" else expected_of(row, day)


def with_measures() -> list[ExecutableOption]:
    """What `expected_of` reads of a goal, loaded in the goal's own query: a measure has steps or targets by period, never both."""
    measures = joinedload(Goal.measures)
    parts = (Measure.metric, Measure.steps, Measure.period_targets)
    return [measures.joinedload(part) for part in parts]


def expected_of(row: Goal, day: date) -> Fraction | None:
    """The expected progress of a goal with its own measures on `day`, a fraction, from what is stored; None where there is nothing to compute from."""
    facts = [
        (measure, measure_facts(measure, row, row.cycle, company(), (), measure.period_targets))
        for measure in row.measures
    ]
    return weighted_mean(
        (fact.weight, expected_progress(fact, day, measure.last_on is not None)) for measure, fact in facts
    )
