"""A closed cycle's results, kept as they were, with the organisation as it was (rules §7)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, func, insert, select

from goalsite.domain.company import bands_as_text
from goalsite.domain.results import Totals
from goalsite.domain.rounding import as_decimal
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Goal
from goalsite.models_follow import Result, UnitAncestorThen
from goalsite.queries.company import company
from goalsite.queries.organisation import Organisation, organisation_today
from goalsite.queries.reports import PersonLine, UnitLine, person_lines, record_of, unit_lines


def is_frozen(cycle: Cycle) -> bool:
    """Whether the cycle's results have been stored for good."""
    frozen = select(func.count(Result.id)).where(Result.cycle_id == cycle.id, Result.frozen_at.is_not(None))
    return bool(db.session.scalar(frozen))


def freeze_results(cycle: Cycle, day: date, now: datetime, organisation: Organisation | None = None) -> None:
    """Stores the result of everybody who was there and of every unit, exactly as the report gives it on the day of closing.

    day, now: when that is, where the cycle does not say yet when it was closed. organisation: that of then; today's unless given.
    """
    there = organisation or organisation_today(cycle)
    if cycle.closed_at is None:
        cycle.closed_at = now if company().today(now) == day else company().moment(day, time(12))
    cycle.rating_bands = cycle.rating_bands or bands_as_text(company().bands)
    db.session.flush()
    db.session.execute(delete(Result).where(Result.cycle_id == cycle.id))
    db.session.execute(delete(UnitAncestorThen).where(UnitAncestorThen.cycle_id == cycle.id))
    rows = results_of(cycle, day, there)
    if rows:
        kept = {"cycle_id": cycle.id, "frozen_at": max(now, cycle.closed_at)}
        db.session.execute(insert(Result), [kept | row for row in rows])
    above = [
        {"cycle_id": cycle.id, "unit_id": unit, "ancestor_id": one, "depth": depth}
        for unit, chain in there.above.items()
        for depth, one in enumerate(chain)
    ]
    if above:
        db.session.execute(insert(UnitAncestorThen), above)


def results_of(
    cycle: Cycle, day: date, there: Organisation, *, as_of: bool = False, person_id: int | None = None
) -> list[dict[str, Any]]:
    """Everybody's and every unit's result, or one person's alone, as rows to be kept, exactly as the report gives it on that day."""
    if person_id is not None:
        own = record_of(cycle, day, as_of=as_of, organisation=there, narrowed=[Goal.owner_id == person_id])
        return [_of_person(line, there) for line in person_lines(own, person_id=person_id)]
    record = record_of(cycle, day, as_of=as_of, organisation=there)
    rows = [_of_person(line, there) for line in person_lines(record)]
    return rows + [_of_unit(line, there) for line in unit_lines(record)]


def thaw_results(cycle: Cycle) -> None:
    """The results follow the goals again, and the organisation is today's."""
    db.session.execute(delete(Result).where(Result.cycle_id == cycle.id))
    db.session.execute(delete(UnitAncestorThen).where(UnitAncestorThen.cycle_id == cycle.id))
    cycle.closed_at = cycle.rating_bands = cycle.audit_seq = cycle.audit_hash = None
    db.session.flush()


def _of_person(line: PersonLine, there: Organisation) -> dict[str, Any]:
    is_adjusted = line.total != line.totals.total
    return _totals(line.totals) | {
        "person_id": line.person.id,
        "unit_id": None,
        "adjusted": _share(line.total) if is_adjusted else None,
        "expected": _share(line.expected),
        "rating": line.rating,
        "last_checkin_on": line.last_checkin_on,
        "people_mean": None,
        "people": None,
        "name_then": line.then.name,
        "title_then": line.then.title,
        "position_then": line.then.position,
        "kind_then": None,
        **_place(line.then.unit, line.then.manager, there),
    }


def _of_unit(line: UnitLine, there: Organisation) -> dict[str, Any]:
    return _totals(line.totals) | {
        "person_id": None,
        "unit_id": line.unit.id,
        "adjusted": None,
        "expected": None,
        "rating": "",
        "last_checkin_on": None,
        "people_mean": _share(line.people_mean),
        "people": line.people,
        "name_then": line.then.name,
        "title_then": None,
        "position_then": None,
        "kind_then": line.then.kind,
        **_place(line.then.parent, line.then.head, there),
    }


def _place(unit_id: int | None, manager_id: int | None, there: Organisation) -> Mapping[str, Any]:
    unit = there.units.get(unit_id or 0)
    return {
        "unit_then_id": unit_id,
        "unit_then": unit.name if unit else "",
        "manager_then_id": manager_id,
        "manager_then": there.name_of(manager_id),
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "okr": _share(totals.okr),
        "kpi": _share(totals.kpi),
        "total": _share(totals.total),
        "provisional": totals.provisional,
        "goals": totals.goals,
    }


def _share(number: Fraction | None) -> Any:
    return None if number is None else as_decimal(number, SHARE_DECIMALS)
