"""A closed cycle's results, kept as they were, with the organisation as it was (rules §7)."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, func, insert, select

from goalsite.domain.results import Totals
from goalsite.domain.rounding import as_decimal
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Person
from goalsite.models_follow import Result
from goalsite.queries.reports import PersonLine, UnitLine, person_lines, record_of, unit_lines


def is_frozen(cycle: Cycle) -> bool:
    """Whether the cycle's results have been stored for good."""
    frozen = select(func.count(Result.id)).where(Result.cycle_id == cycle.id, Result.frozen_at.is_not(None))
    return bool(db.session.scalar(frozen))


def freeze_results(cycle: Cycle, day: date, now: datetime) -> None:
    """Stores the result of everybody and every unit that has one, exactly as the report gives it on `day`."""
    record = record_of(cycle, day)
    people, units = person_lines(record), unit_lines(record)
    bosses = {person.id: person.boss for line in people if (person := line.person).boss_id}
    rows = [_of_person(line, bosses.get(line.person.id)) for line in people if line.totals.goals]
    rows += [_of_unit(line) for line in units if line.totals.goals or line.people]
    db.session.execute(delete(Result).where(Result.cycle_id == cycle.id))
    if rows:
        db.session.execute(insert(Result), [{"cycle_id": cycle.id, "frozen_at": now, **row} for row in rows])


def _of_person(line: PersonLine, boss: Person | None) -> dict[str, Any]:
    is_adjusted = line.total != line.totals.total
    return _totals(line.totals) | {
        "person_id": line.person.id,
        "unit_id": None,
        "adjusted": _share(line.total) if is_adjusted else None,
        "rating": line.rating,
        "last_checkin_on": line.last_checkin_on,
        "people_mean": None,
        "people": None,
        "name_then": line.person.name,
        "unit_then": line.person.unit.name if line.person.unit else "",
        "manager_then": boss.name if boss else "",
    }


def _of_unit(line: UnitLine) -> dict[str, Any]:
    return _totals(line.totals) | {
        "person_id": None,
        "unit_id": line.unit.id,
        "adjusted": None,
        "rating": "",
        "last_checkin_on": None,
        "people_mean": _share(line.people_mean),
        "people": line.people,
        "name_then": line.unit.name,
        "unit_then": line.unit.parent.name if line.unit.parent else "",
        "manager_then": line.unit.head.name if line.unit.head else "",
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
