"""The reports as rows of values, for the command, for files and for whoever compares; and how a value is written in CSV."""

from collections.abc import Iterable, Iterator, Mapping
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
# Numbers exactly as they are; a bool says yes or no; None cannot be said yet.
Value = Fraction | int | date | str | None
Row = Mapping[str, Value]


def people(lines: Iterable[PersonLine]) -> Iterator[Row]:
    """One row a person."""
    for line in lines:
        yield {
            "email": line.person.email,
            "name": line.then.name,
            "unit": line.unit_code,
            "okr": line.totals.okr,
            "kpi": line.totals.kpi,
            "total": line.total,
            "expected": line.expected,
            "rating": line.rating,
            "provisional": line.totals.provisional if line.total is not None else None,
            "goals": line.totals.goals,
            "last_checkin_on": line.last_checkin_on,
        }


def units(lines: Iterable[UnitLine]) -> Iterator[Row]:
    """One row a unit."""
    for line in lines:
        yield {
            "code": line.unit.code,
            "name": line.then.name,
            "kind": line.then.kind,
            "okr": line.totals.okr,
            "kpi": line.totals.kpi,
            "total": line.totals.total,
            "people_mean": line.people_mean,
            "people": line.people,
            "goals": line.totals.goals,
        }


def goals(lines: Iterable[GoalLine]) -> Iterator[Row]:
    """One row a goal."""
    for line in lines:
        yield {
            "code": line.goal.code,
            "kind": line.goal.kind,
            "title": line.goal.title,
            "owner": line.goal.owner.email,
            "unit": line.goal.unit.code,
            "progress": line.standing.progress,
            "expected": line.standing.expected,
            "pace": line.standing.pace,
            "status": line.standing.status,
            "result": line.result,
            "provisional": line.provisional if line.result is not None else None,
            "last_checkin_on": line.standing.last_on,
        }


def measures(lines: Iterable[MeasureLine]) -> Iterator[Row]:
    """One row a measure."""
    for line in lines:
        yield {
            "goal": line.goal.code,
            "code": line.measure.code,
            "title": line.measure.title,
            "current": line.standing.current,
            "raw": line.standing.raw,
            "counted": line.standing.counted,
            "expected": line.standing.expected,
            "status": line.standing.status,
            "period_starts_on": line.period.period.first if line.period else None,
            "period_actual": line.period.actual if line.period else None,
            "period_target": line.period.target if line.period else None,
            "period_needed": line.period.needed if line.period else None,
            "to_date": line.standing.to_date,
            "formula": line.standing.formula,
        }


def written(value: Value) -> str:
    """The value as CSV has it: fractions as plain decimals, rounded half up to four places, without trailing zeros; ISO dates; yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        text = f"{as_decimal(value, PLACES):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else str(value)
