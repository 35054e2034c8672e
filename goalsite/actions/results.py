"""Keeps the stored results of people and units in step with their goals (rules §6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from sqlalchemy import insert, or_, select, update

from goalsite.actions.freeze import freeze_results, is_frozen
from goalsite.actions.signatures import result_moved
from goalsite.domain.periods import Span
from goalsite.domain.results import may_be_rated, rate
from goalsite.domain.rounding import as_decimal
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import Result, Review
from goalsite.queries.company import company, now
from goalsite.queries.results import counting_goals, stored_result, tally, totals_of
from goalsite.queries.slices import sliced

# What both sign in a review.
SIGNED = ("total", "adjusted", "rating")


def refresh_results_of(goal_ids: Collection[int]) -> None:
    """The results of the owners and units of these goals, in their cycles."""
    owners: dict[int, set[int]] = defaultdict(set)
    units: dict[int, set[int]] = defaultdict(set)
    for ids in sliced(goal_ids):
        touched = select(Goal.cycle_id, Goal.owner_id, Goal.unit_id).where(Goal.id.in_(ids))
        for cycle_id, owner_id, unit_id in db.session.execute(touched).tuples():
            owners[cycle_id].add(owner_id)
            units[cycle_id].add(unit_id)
    for cycle_id in owners:
        refresh_results(db.session.get_one(Cycle, cycle_id), owners[cycle_id], units[cycle_id])


def refresh_all_results(day: date, *, loaded: bool = False) -> None:
    """Every result of every cycle; those of a closed one are stored once, and then stand. loaded: from a workbook, with the reviews as signed."""
    for cycle in db.session.scalars(select(Cycle).order_by(Cycle.starts_on, Cycle.id)).all():
        if cycle.state == "closed":
            if not is_frozen(cycle):
                freeze_results(cycle, day, now())
            continue
        refresh_results_in(cycle, loaded=loaded)


def refresh_results_in(cycle: Cycle, *, loaded: bool = False) -> None:
    """Every result of the cycle, which is not closed; `loaded` as above."""
    counting = (Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
    owners = db.session.scalars(select(Goal.owner_id).where(*counting).distinct()).all()
    units = db.session.scalars(select(Goal.unit_id).where(*counting).distinct()).all()
    refresh_results(cycle, owners, units, loaded=loaded)


def refresh_results(cycle: Cycle, people: Collection[int], units: Collection[int], *, loaded: bool = False) -> None:
    """The results of these people and units in the cycle, and what becomes of signatures. Frozen ones stay as they are; `loaded` as above."""
    slices: Iterable[tuple[list[int], list[int]]] = zip_longest(sliced(people), sliced(units), fillvalue=[])
    for some_people, some_units in slices:
        # Two reads, each by an index of its own: one with OR would look through the whole cycle.
        owned = counting_goals(cycle, Goal.owner_id.in_(some_people))
        of_units = counting_goals(cycle, Goal.scope == "unit", Goal.unit_id.in_(some_units))
        moved = _save(cycle, set(owned + of_units), some_people, some_units)
        if not loaded:
            result_moved(cycle, moved, now())


def _save(cycle: Cycle, goals: Iterable[Goal], people: Collection[int], units: Collection[int]) -> list[int]:
    """Whose result is another now."""
    tallies = tally(goals, cycle)
    mine = or_(Result.person_id.in_(people), Result.unit_id.in_(units))
    held = {
        (row.person_id, row.unit_id): row
        for row in db.session.scalars(select(Result).where(Result.cycle_id == cycle.id, mine))
    }
    facts = _people_facts(cycle, people)
    rows: list[tuple[tuple[int | None, int | None], dict[str, Any]]] = [
        (
            (person, None),
            _row(tallies.people.get(person, []), cycle) | _rated(facts[person], tallies.people.get(person, []), cycle),
        )
        for person in people
    ]
    rows += [((None, unit), _row(tallies.units.get(unit, []), cycle)) for unit in units]
    changed = [{"id": held[key].id, **row} for key, row in rows if key in held and held[key].frozen_at is None]
    fresh = [
        {"cycle_id": cycle.id, "person_id": key[0], "unit_id": key[1], **_DEFAULTS, **row}
        for key, row in rows
        if key not in held
    ]
    moved = [
        key[0] for key, row in rows if key[0] and key in held and _signed(held[key]) != [row[one] for one in SIGNED]
    ]
    if changed:
        db.session.execute(update(Result), changed)
    if fresh:
        db.session.execute(insert(Result), fresh)
    return moved


def results_signed(cycle: Cycle) -> dict[int, list[Any]]:
    """What each person's review of the cycle is signed on, as stored."""
    rows = select(Result).where(Result.cycle_id == cycle.id, Result.person_id.is_not(None))
    return {row.person_id: _signed(row) for row in db.session.scalars(rows) if row.person_id}


def _signed(row: Result) -> list[Any]:
    return [getattr(row, name) for name in SIGNED]


_DEFAULTS = {"adjusted": None, "rating": ""}


def _row(goals: Collection[Goal], cycle: Cycle) -> dict[str, Any]:
    sums = totals_of(goals, cycle, lambda goal: stored_result(goal, cycle))
    last = max((goal.last_checkin_on for goal in goals if goal.last_checkin_on), default=None)
    return {
        "okr": _share(sums.okr),
        "kpi": _share(sums.kpi),
        "total": _share(sums.total),
        "provisional": sums.provisional,
        "goals": sums.goals,
        "last_checkin_on": last,
    }


def _people_facts(cycle: Cycle, people: Collection[int]) -> dict[int, tuple[Person, Review | None]]:
    rows = db.session.execute(
        select(Person, Review)
        .outerjoin(Review, (Review.person_id == Person.id) & (Review.cycle_id == cycle.id))
        .where(Person.id.in_(people))
    ).tuples()
    return {person.id: (person, review) for person, review in rows}


def _rated(facts: tuple[Person, Review | None], goals: Collection[Goal], cycle: Cycle) -> dict[str, Any]:
    """The adjusted total and the rating, once the cycle is reviewing."""
    person, review = facts
    total = totals_of(goals, cycle, lambda goal: stored_result(goal, cycle)).total
    adjusted = (
        total + Fraction(review.adjustment) if review and review.adjustment is not None and total is not None else None
    )
    rated = cycle.state in ("reviewing", "closed") and may_be_rated(
        Span(cycle.starts_on, cycle.ends_on), person.joined_on, person.left_on
    )
    return {
        "adjusted": _share(adjusted),
        "rating": rate(adjusted if adjusted is not None else total, company().bands) if rated else "",
    }


def _share(number: Fraction | None) -> Any:
    return None if number is None else as_decimal(number, SHARE_DECIMALS)
