"""What must hold of what is recorded: check-ins, changes, evaluations, reviews, results; and that closed cycles stay as they are (rules §2, §4, §7)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from goalsite.domain import reporting
from goalsite.domain.company import Company as Settings
from goalsite.domain.company import read_bands
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Entry, Measure
from goalsite.exchange import stored
from goalsite.exchange.facts import Parts, measure_facts, span_of
from goalsite.exchange.rows import Company, Faults, Row
from goalsite.extensions import db
from goalsite.models import Cycle, Goal

ONE = Decimal(1)
MOMENTS = (("checkins", "seen_at"), ("changes", "at"), ("comments", "entered_at"), ("evaluations", "at"))


def check(company: Company, settings: Settings, parts: Parts, today: date, faults: Faults) -> None:
    """Adds every fault of what the file records."""
    zone = ZoneInfo(settings.time_zone)
    replaced: dict[Any, Row] = {}

    @cache
    def facts_of(goal: str, measure: str) -> Measure | None:
        held = company["measures"].get((goal, measure))
        return measure_facts(held, company, parts, settings.calendar) if held else None

    for row in company["checkins"].values():
        if row["replaces"] is not None:
            _check_replaced(row, replaced, company, faults)
        if row.is_new and row["on"] is not None:
            entered = row["entered_at"].astimezone(zone).date()
            _check_day(row, entered, today, faults)
            measure = facts_of(row["goal"], row["measure"])
            if measure is not None:
                _check_checkin(row, measure, entered, faults)
        if row.differs and row["seen_by"] and row["seen_by"] == row["author"]:
            faults.at(row, "seen_by", "seen_by_author")
    _check_moments(company, zone, today, faults)
    for row in company["blockers"].values():
        if row["closed_on"] and row["closed_on"] < row["opened_on"]:
            faults.at(row, "closed_on", "dates_reversed", first=row["opened_on"], last=row["closed_on"])
    for row in company["evaluations"].values():
        _check_evaluation(row, company, faults)
    _check_bands(company, faults)
    for row in company["reviews"].values():
        cycle = company["cycles"].get(row["cycle"])
        # What was allowed when a cycle was closed is not known any more.
        allowed = cycle is not None and cycle["closed_at"] is not None
        if row["adjustment"] is not None and abs(row["adjustment"]) > settings.max_adjust and not allowed:
            faults.at(row, "adjustment", "adjustment_too_large", most=settings.max_adjust)
        if row["adjustment"] and not row["adjustment_why"].strip():
            faults.at(row, "adjustment_why", "reason_missing", act="adjust")
    for row in company["results"].values():
        _check_result(row, company, faults)


def _check_bands(company: Company, faults: Faults) -> None:
    for row in company["cycles"].values():
        if row.differs and row["rating_bands"]:
            try:
                read_bands(row["rating_bands"])
            except RuleError as error:
                faults.at(row, "rating_bands", error.code, **error.terms)


def check_recorded(company: Company, faults: Faults) -> None:
    """What has check-ins keeps its metric, direction and aggregate, and its days keep holding them."""
    metrics = {key: row for key, row in company["metrics"].items() if {"direction", "aggregate"} & set(row.changed)}
    moved = {key for key, row in company["goals"].items() if {"starts_on", "due_on"} & set(row.changed)}
    rows = [
        row
        for row in company["measures"].values()
        if row.id and (row.changed or row["goal"] in moved or row["metric"] in metrics)
    ]
    days = stored.checkin_days([row.id for row in rows])
    for row in rows:
        if row.id not in days:
            continue
        first, last = days[row.id]
        for name in row.changed:
            if name in ("metric", "direction", "aggregate", "fed_by"):
                faults.at(row, name, "measure_has_checkins")
        if row["metric"] in metrics:
            metric = metrics[row["metric"]]
            faults.at(metric, next(name for name in metric.changed if name in stored.OWN), "measure_has_checkins")
        goal = company["goals"].get(row["goal"])
        span = span_of(row, goal) if goal else None
        if span and (first not in span or last not in span):
            error = RuleError("checkins_would_lie_outside", "starts_on", first=first, last=last)
            name = "starts_on" if first not in span else "due_on"
            faults.at_first([(row, name), (goal, name)], error)


def check_closed(company: Company, faults: Faults) -> None:
    """Rows that would change or add anything in a cycle that is closed already."""
    closed = set(db.session.scalars(select(Cycle.code).where(Cycle.state == "closed")))
    if not closed:
        return
    inside = select(Goal.code, Cycle.code).join(Cycle, Cycle.id == Goal.cycle_id).where(Cycle.state == "closed")
    goals = dict(db.session.execute(inside).tuples().all())
    goals |= {key: row["cycle"] for key, row in company["goals"].items() if row["cycle"] in closed}
    for name, rows in company.items():
        for row in _differing(rows.values()):
            if name == "cycles":
                cycle = row["code"] if row["code"] in closed else None
            elif name in ("reviews", "results"):
                cycle = row["cycle"] if row["cycle"] in closed else None
            elif name == "goals" or "goal" in row.sheet.places:
                cycle = goals.get(row["code" if name == "goals" else "goal"])
            else:
                cycle = None
            if cycle is not None:
                column = row.changed[0] if row.changed else row.sheet.key_columns[0].name
                faults.at(row, column, "cycle_closed", cycle=cycle)


def _differing(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.differs]


def _check_moments(company: Company, zone: ZoneInfo, today: date, faults: Faults) -> None:
    for name, column in MOMENTS:
        for row in company[name].values():
            if row.differs and row[column] is not None and (day := row[column].astimezone(zone).date()) > today:
                faults.at(row, column, "checkin_not_yet", day=day, today=today)


def _check_day(row: Row, entered: date, today: date, faults: Faults) -> None:
    if row["on"] > today:
        faults.at(row, "on", "checkin_not_yet", day=row["on"], today=today)
    elif entered > today:
        faults.at(row, "entered_at", "checkin_not_yet", day=entered, today=today)


def _check_checkin(row: Row, facts: Measure, entered: date, faults: Faults) -> None:
    value, above, below = (
        None if number is None else Fraction(number) for number in (row["value"], row["numerator"], row["denominator"])
    )
    entry = Entry(row["on"], row["entered_at"], value, above, below, row["step"], row["confidence"])
    for error in reporting.faults(facts, entry, entered):
        faults.at(row, error.field, error.code, **error.terms)


def _check_replaced(row: Row, replaced: dict[Any, Row], company: Company, faults: Faults) -> None:
    key = (row["goal"], row["measure"], row["replaces"], row["step"])
    other = replaced.setdefault(key, row)
    if other is not row:
        faults.at_first([(row, "replaces"), (other, "replaces")], RuleError("replaced_twice", "replaces"))
    elif key not in company["checkins"]:
        faults.at(row, "replaces", "replaced_unknown", goal=row["goal"], measure=row["measure"])
    elif row["replaces"] >= row["entered_at"]:
        faults.at(row, "replaces", "replaced_later")


def _check_evaluation(row: Row, company: Company, faults: Faults) -> None:
    goal = company["goals"].get(row["goal"])
    if goal is None or not row.differs:
        return
    cycle = company["cycles"].get(goal["cycle"])
    most = cycle["kpi_cap"] if cycle and goal["kind"] == "kpi" else ONE
    if row["score"] is not None and row["score"] > most:
        faults.at(row, "score", "score_too_high", most=most)
    if row["step"] in ("submitted", "approved") and row["score"] is None:
        faults.at(row, "score", "cell_required")
    if row["step"] in ("approved", "returned") and row["by"] == goal["owner"]:
        faults.at(row, "by", "evaluation_of_own")


def _check_result(row: Row, company: Company, faults: Faults) -> None:
    cycle = company["cycles"].get(row["cycle"])
    if cycle is not None and cycle["state"] != "closed":
        faults.at(row, "cycle", "results_of_open_cycle", cycle=cycle["code"])
    to = "people" if row["kind"] == "person" else "units"
    if row["key"] not in company[to]:
        faults.at(row, "key", "reference_unknown_here", name=row["key"], sheet=to)
