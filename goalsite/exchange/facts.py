"""A measure of the workbook as the rules want it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from goalsite.domain.company import DAYS
from goalsite.domain.measure import Measure, Step
from goalsite.domain.periods import Calendar, Rhythm, Span
from goalsite.exchange.rows import Company, Row

ONE = Fraction(1)


@dataclass
class Parts:
    """What belongs together: each goal's measures, each measure's steps and targets by period."""

    measures: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[Any, list[Row]] = field(default_factory=lambda: defaultdict(list))
    targets: dict[Any, list[Row]] = field(default_factory=lambda: defaultdict(list))


def parts_of(company: Company) -> Parts:
    parts = Parts()
    for row in company["measures"].values():
        parts.measures[row["goal"]].append(row)
    for row in company["steps"].values():
        parts.steps[row["goal"], row["measure"]].append(row)
    for row in company["period_targets"].values():
        parts.targets[row["goal"], row["measure"]].append(row)
    return parts


def own(row: Row, company: Company, name: str) -> Any:
    """The measure's symbol, decimals, direction or aggregate: its metric's, where it names one."""
    metric = company["metrics"].get(row["metric"]) if row["metric"] else None
    return metric[name] if metric else row[name]


def span_of(row: Row, goal: Row) -> Span | None:
    """The measure's days, by default the goal's; None while they are not known, or the goal's run backwards."""
    first: date | None = row["starts_on"] or goal["starts_on"]
    last: date | None = row["due_on"] or goal["due_on"]
    if first is None or last is None or (last < first and not (row["starts_on"] or row["due_on"])):
        return None
    return Span(first, last)


def measure_facts(row: Row, company: Company, parts: Parts, calendar: Calendar) -> Measure | None:
    """None where its goal is not known. Where its days are not, every day is its own: they have their fault already."""
    goal = company["goals"].get(row["goal"])
    if goal is None:
        return None
    span = span_of(row, goal)
    cycle = company["cycles"].get(goal["cycle"])
    metric = company["metrics"].get(row["metric"]) if row["metric"] else None
    sources = parts.measures.get(row["fed_by"], []) if row["fed_by"] else []
    return Measure(
        span=span or Span(date.min, date.max),
        kind=goal["kind"],
        title=row["title"],
        direction=own(row, company, "direction") or "increase",
        aggregate=own(row, company, "aggregate") or "last",
        frequency=row["frequency"],
        start=_fraction(row["start"]),
        target=_fraction(row["target"]),
        target_per=row["target_per"],
        low=_fraction(row["low"]),
        high=_fraction(row["high"]),
        decimals=own(row, company, "decimals") or 0,
        symbol=own(row, company, "symbol"),
        weight=Fraction(row["weight"]),
        cap=Fraction(cycle["kpi_cap"]) if cycle and goal["kind"] == "kpi" else ONE,
        steps=_steps(parts.steps.get(row.key, ())),
        period_targets=_targets(parts.targets.get(row.key, ())) if span else {},
        fed_frequency=(sources[0]["frequency"] if sources else "") if row["fed_by"] else None,
        formula=metric["formula"] if metric else "",
        formula_is=metric["formula_is"] if metric else "",
        rhythm=Rhythm(cycle["checkin_every"], DAYS.index(cycle["checkin_weekday"]), cycle["starts_on"])
        if cycle and cycle["starts_on"]
        else Rhythm(),
        calendar=calendar,
    )


def _steps(rows: Iterable[Row]) -> tuple[Step, ...]:
    return tuple(Step(row["step"], row["title"], Fraction(row["weight"])) for row in rows)


def _targets(rows: Iterable[Row]) -> dict[date, Fraction]:
    return {row["starts_on"]: Fraction(row["target"]) for row in rows if row["target"] is not None}


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
