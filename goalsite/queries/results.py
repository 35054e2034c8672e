"""Whose result a goal counts in, and the totals of people and units (rules §6)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from goalsite.domain.goals import result as result_of
from goalsite.domain.results import Counted, Totals, totals
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal
from goalsite.queries.records import fraction, goal_facts


@dataclass(frozen=True)
class Tallies:
    """The goals that count, by whose result they count in."""

    people: dict[int, list[Goal]]
    units: dict[int, list[Goal]]


def counting_goals(cycle: Cycle, *narrowed: ColumnElement[bool]) -> list[Goal]:
    """The cycle's active and closed goals, with their units."""
    chosen = select(Goal).where(Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES), *narrowed)
    return list(db.session.scalars(chosen.options(joinedload(Goal.unit)).order_by(Goal.code)))


def tally(goals: Iterable[Goal], cycle: Cycle, heads: Mapping[int, int | None] | None = None) -> Tallies:
    """A person's are their person-scope goals, and the unit-scope goals they own as the unit's head where the cycle says so; a unit's its unit-scope goals.

    heads: who headed which unit when the cycle was closed; None: today's.
    """
    people: dict[int, list[Goal]] = defaultdict(list)
    units: dict[int, list[Goal]] = defaultdict(list)
    for goal in goals:
        if goal.scope == "unit":
            units[goal.unit_id].append(goal)
        if counts_for_owner(goal, cycle, heads):
            people[goal.owner_id].append(goal)
    return Tallies(people, units)


def counts_for_owner(goal: Goal, cycle: Cycle, heads: Mapping[int, int | None] | None = None) -> bool:
    """Whether the goal is of those in its owner's result; `heads` as above."""
    if goal.scope == "person":
        return True
    head = goal.unit.head_id if heads is None else heads.get(goal.unit_id)
    return cycle.head_counts_unit and head == goal.owner_id


def stored_result(goal: Goal, cycle: Cycle) -> Fraction | None:
    """The goal's result, a fraction, from what is stored."""
    return result_of(goal_facts(goal, {}, ()), fraction(goal.progress), Fraction(cycle.aspirational_full))


def totals_of(goals: Iterable[Goal], cycle: Cycle, result: Callable[[Goal], Fraction | None]) -> Totals:
    """The totals of the goals, each with the result that `result` gives."""
    counted = [Counted(goal.kind, Fraction(goal.weight), result(goal), goal.evaluation != "approved") for goal in goals]
    return totals(counted, Fraction(cycle.kpi_share))
