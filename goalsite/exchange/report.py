"""The reports as rows of plain values, for CSV, for the export and for whoever compares: fractions rounded half up to four places."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from goalsite.domain.rounding import as_decimal
from goalsite.queries.reports import GoalLine, MeasureLine, PersonLine, UnitLine

COLUMNS = {
    "people": "email,name,unit,okr,kpi,total,expected,rating,provisional,goals,last_checkin_on".split(","),
    "units": "code,name,kind,okr,kpi,total,people_mean,people,goals".split(","),
    "goals": "code,kind,title,owner,unit,progress,expected,pace,status,result,provisional,last_checkin_on".split(","),
    "measures": (
        "goal,code,title,current,raw,counted,expected,status,period_starts_on,period_actual,period_target,period_needed,to_date,formula".split(
            ","
        )
    ),
}
PLACES = 4


def people(lines: Iterable[PersonLine]) -> list[Mapping[str, str]]:
    """One row a person."""
    return [
        {
            "email": line.person.email,
            "name": line.then.name,
            "unit": line.unit_code,
            "okr": plain(line.totals.okr),
            "kpi": plain(line.totals.kpi),
            "total": plain(line.total),
            "expected": plain(line.expected),
            "rating": line.rating,
            "provisional": yes(line.totals.provisional) if line.total is not None else "",
            "goals": str(line.totals.goals),
            "last_checkin_on": day(line.last_checkin_on),
        }
        for line in lines
    ]


def units(lines: Iterable[UnitLine]) -> list[Mapping[str, str]]:
    """One row a unit."""
    return [
        {
            "code": line.unit.code,
            "name": line.then.name,
            "kind": line.then.kind,
            "okr": plain(line.totals.okr),
            "kpi": plain(line.totals.kpi),
            "total": plain(line.totals.total),
            "people_mean": plain(line.people_mean),
            "people": str(line.people),
            "goals": str(line.totals.goals),
        }
        for line in lines
    ]


def goals(lines: Iterable[GoalLine]) -> list[Mapping[str, str]]:
    """One row a goal."""
    return [
        {
            "code": line.goal.code,
            "kind": line.goal.kind,
            "title": line.goal.title,
            "owner": line.goal.owner.email,
            "unit": line.goal.unit.code,
            "progress": plain(line.standing.progress),
            "expected": plain(line.standing.expected),
            "pace": plain(line.standing.pace),
            "status": line.standing.status,
            "result": plain(line.result),
            "provisional": yes(line.provisional) if line.result is not None else "",
            "last_checkin_on": day(line.standing.last_on),
        }
        for line in lines
    ]


def measures(lines: Iterable[MeasureLine]) -> list[Mapping[str, str]]:
    """One row a measure."""
    return [
        {
            "goal": line.goal.code,
            "code": line.measure.code,
            "title": line.measure.title,
            "current": plain(line.standing.current),
            "raw": plain(line.standing.raw),
            "counted": plain(line.standing.counted),
            "expected": plain(line.standing.expected),
            "status": line.standing.status,
            "period_starts_on": day(line.period.period.first) if line.period else "",
            "period_actual": plain(line.period.actual) if line.period else "",
            "period_target": plain(line.period.target) if line.period else "",
            "period_needed": plain(line.period.needed) if line.period else "",
            "to_date": plain(line.standing.to_date),
            "formula": plain(line.standing.formula),
        }
        for line in lines
    ]


def plain(number: Fraction | None) -> str:
    """A plain decimal, rounded half up to four places, without trailing zeros; empty: cannot be said yet."""
    if number is None:
        return ""
    text = f"{as_decimal(number, PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yes(flag: bool) -> str:
    """yes or no."""
    return "yes" if flag else "no"


def day(on: date | None) -> str:
    """An ISO date, or nothing."""
    return on.isoformat() if on else ""
