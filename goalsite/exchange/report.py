"""The four reports as columns, each with what it says of a line, for the command, for files and for whoever compares; how a value is written in CSV."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from goalsite.domain.rounding import as_decimal

PLACES = 4
# Numbers exactly as they are; a bool says yes or no; None cannot be said yet.
Value = Fraction | int | date | str | None
Row = Mapping[str, Value]
# By name, in order.
Columns = Mapping[str, Callable[[Any], Value]]

# Of lines of queries.reports.
PEOPLE: Columns = {
    "email": lambda line: line.person.email,
    "name": lambda line: line.then.name,
    "unit": lambda line: line.unit_code,
    "okr": lambda line: line.totals.okr,
    "kpi": lambda line: line.totals.kpi,
    "total": lambda line: line.total,
    "expected": lambda line: line.expected,
    "rating": lambda line: line.rating,
    "provisional": lambda line: line.totals.provisional if line.total is not None else None,
    "goals": lambda line: line.totals.goals,
    "last_checkin_on": lambda line: line.last_checkin_on,
}
UNITS: Columns = {
    "code": lambda line: line.unit.code,
    "name": lambda line: line.then.name,
    "kind": lambda line: line.then.kind,
    "okr": lambda line: line.totals.okr,
    "kpi": lambda line: line.totals.kpi,
    "total": lambda line: line.totals.total,
    "people_mean": lambda line: line.people_mean,
    "people": lambda line: line.people,
    "goals": lambda line: line.totals.goals,
}
GOALS: Columns = {
    "code": lambda line: line.goal.code,
    "kind": lambda line: line.goal.kind,
    "title": lambda line: line.goal.title,
    "owner": lambda line: line.goal.owner.email,
    "unit": lambda line: line.goal.unit.code,
    "progress": lambda line: line.standing.progress,
    "expected": lambda line: line.standing.expected,
    "pace": lambda line: line.standing.pace,
    "status": lambda line: line.standing.status,
    "result": lambda line: line.result,
    "provisional": lambda line: line.provisional if line.result is not None else None,
    "last_checkin_on": lambda line: line.standing.last_on,
}
MEASURES: Columns = {
    "goal": lambda line: line.goal.code,
    "code": lambda line: line.measure.code,
    "title": lambda line: line.measure.title,
    "current": lambda line: line.standing.current,
    "raw": lambda line: line.standing.raw,
    "counted": lambda line: line.standing.counted,
    "expected": lambda line: line.standing.expected,
    "status": lambda line: line.standing.status,
    "period_starts_on": lambda line: line.period.period.first if line.period else None,
    "period_actual": lambda line: line.period.actual if line.period else None,
    "period_target": lambda line: line.period.target if line.period else None,
    "period_needed": lambda line: line.period.needed if line.period else None,
    "to_date": lambda line: line.standing.to_date,
    "formula": lambda line: line.standing.formula,
}
COLUMNS: Mapping[str, Columns] = {"people": PEOPLE, "units": UNITS, "goals": GOALS, "measures": MEASURES}


def rows(columns: Columns, lines: Iterable[object]) -> Iterator[Row]:
    """One row a line."""
    return ({name: value(line) for name, value in columns.items()} for line in lines)


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
