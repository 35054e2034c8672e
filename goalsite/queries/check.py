"""Whether what is stored equals a full replay of the records. Nothing is repaired here."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from goalsite.domain.cadence import owed
from goalsite.domain.goals import GoalStanding, assess
from goalsite.domain.terms import SEARCHED
from goalsite.extensions import db
from goalsite.models import Cycle, Goal
from goalsite.models_counts import Duty, GoalCount
from goalsite.models_follow import Result
from goalsite.queries.company import company
from goalsite.queries.counts import counts_meant
from goalsite.queries.duties import duties_meant
from goalsite.queries.records import fraction, records_of
from goalsite.queries.reports import CycleRecord, record_of
from goalsite.queries.results import tally
from goalsite.queries.search_words import stale_words

# What is stored keeps fifteen decimals, and means of stored numbers a little less.
EXACTLY = Fraction(1, 10**12)


@dataclass(frozen=True)
class Difference:
    """Something stored that a replay gives otherwise."""

    what: str
    stored: object
    replayed: object


def differences(day: date) -> Iterator[Difference]:
    """Everything that differs: how goals stand and the results, cycle by cycle, what is counted of them, and what search looks through."""
    yield from standing_differences(day)
    for cycle in db.session.scalars(select(Cycle).order_by(Cycle.code)).all():
        yield from _of_counts(cycle)
    yield from _of_duties()
    for kind in SEARCHED:
        for one in stale_words(kind):
            yield Difference(f"{kind} {one.thing_id} words", sorted(one.extra), sorted(one.missing))


def standing_differences(day: date) -> Iterator[Difference]:
    """How goals stand, goal by goal, and results by cycle; also as of a day."""
    for cycle in db.session.scalars(select(Cycle).order_by(Cycle.code)).all():
        yield from _of_goals(cycle, day)
        if cycle.state != "closed":
            yield from _of_results(record_of(cycle, day))


def _of_duties() -> Iterator[Difference]:
    stored, meant = _keyed(select(*Duty.__table__.columns), 3), _keyed(duties_meant(), 3)
    for key in sorted(stored.keys() | meant.keys()):
        if stored.get(key) != meant.get(key):
            yield Difference(f"check-ins owed by person {key[1]}", stored.get(key), meant.get(key))


def _of_counts(cycle: Cycle) -> Iterator[Difference]:
    stored = _keyed(select(*GoalCount.__table__.columns).where(GoalCount.cycle_id == cycle.id), -2)
    meant = _keyed(counts_meant(cycle), -2)
    for key in sorted(stored.keys() | meant.keys()):
        if stored.get(key) != meant.get(key):
            yield Difference(f"{cycle.code} goals of unit {key[1]}", stored.get(key), meant.get(key))


def _keyed(query: Any, size: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The rows by their first columns: so many, or all but so many."""
    return {tuple(row[:size]): tuple(row[size:]) for row in db.session.execute(query)}


def _of_goals(cycle: Cycle, day: date) -> Iterator[Difference]:
    if cycle.closed_at is not None:
        day = min(day, company().today(cycle.closed_at))
    records = records_of(select(Goal.id).where(Goal.cycle_id == cycle.id), day)
    known: dict[Hashable, GoalStanding] = {}
    for goal in records.goals:
        standing = assess(goal.id, records.world, day, known)
        if not _same(fraction(goal.progress), standing.progress):
            yield Difference(f"{goal.code} progress", goal.progress, standing.progress)
        facts = records.world.goals[goal.id]
        # Time moves how a draft would stand too, but nothing stored follows that.
        pairs: list[tuple[str, object, object]] = [("last_checkin_on", goal.last_checkin_on, standing.last_on)]
        if facts.counts:
            pairs.append(("status", goal.status, standing.status))
        for row in records.measures.get(goal.id, ()):
            stand = standing.measures[row.id]
            duty = owed(
                facts.measures[row.id], stand.last_on, finished=goal.state != "active" or stand.status == "done"
            )
            if goal.state == "active":
                pairs.append((f"{row.code} finished_on", row.finished_on, stand.finished_on))
            pairs.append((f"{row.code} due_from", row.due_from, duty.due_from))
            pairs.append((f"{row.code} due_by", row.due_by, duty.due_on))
            pairs.append((f"{row.code} stale_from", row.stale_from, duty.stale_from))
        yield from (Difference(f"{goal.code} {name}", held, found) for name, held, found in pairs if held != found)


def _of_results(record: CycleRecord) -> Iterator[Difference]:
    held = db.session.scalars(
        select(Result).where(Result.cycle_id == record.cycle.id, Result.frozen_at.is_(None))
    ).all()
    tallies = tally(record.goals, record.cycle)
    for row in held:
        goals = tallies.people.get(row.person_id or 0, []) if row.person_id else tallies.units.get(row.unit_id or 0, [])
        totals = record.totals(goals)
        for name in ("okr", "kpi", "total"):
            if not _same(fraction(getattr(row, name)), getattr(totals, name)):
                whose = f"person {row.person_id}" if row.person_id else f"unit {row.unit_id}"
                yield Difference(f"{record.cycle.code} {whose} {name}", getattr(row, name), getattr(totals, name))


def _same(stored: Fraction | None, replayed: Fraction | None) -> bool:
    if stored is None or replayed is None:
        return stored is replayed
    return abs(stored - replayed) < EXACTLY
