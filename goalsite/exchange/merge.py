"""What would stand after a load: the file's rows over those of the database, with what empty cells stand for, and what differs."""

from collections.abc import Callable
from typing import Any

from goalsite.domain import formula
from goalsite.exchange import stored
from goalsite.exchange.columns import Sheet
from goalsite.exchange.parse import Incoming
from goalsite.exchange.rows import Company, Faults, Row
from goalsite.exchange.sheets import SHEETS

OWN_DEFAULTS = {"symbol": "", "decimals": 0, "direction": "increase", "aggregate": "last"}


def merge(incoming: Incoming, keys: stored.Keys, faults: Faults) -> Company:
    """The company as it would stand. Of the sheets about what happened, only the rows of goals the file speaks of."""
    company = stored.base(keys)
    for sheet in SHEETS:
        rows = incoming.rows.get(sheet.name)
        if sheet.name not in stored.BASE:
            company[sheet.name] = {row.key: row for row in _followed(sheet, rows, keys)}
        if rows:
            _merge_sheet(sheet, rows, incoming.missing[sheet.name], company, faults)
    return company


def _followed(sheet: Sheet, rows: dict[Any, Row] | None, keys: stored.Keys) -> list[Row]:
    if not rows:
        return []
    if sheet.name == "results":
        return stored.closed_results(keys)
    goals = {row["goal"] for row in rows.values()} if "goal" in sheet.places else None
    return stored.followed(sheet, keys, goals)


def _merge_sheet(sheet: Sheet, rows: dict[Any, Row], missing: frozenset[str], company: Company, faults: Faults) -> None:
    standing = company[sheet.name]
    derive = DERIVED.get(sheet.name)
    for key, row in rows.items():
        before = standing.get(key)
        for place, column in enumerate(sheet.columns):
            if row.values[place] is None:
                kept = before is not None and (column.kept or column.name in missing)
                row.values[place] = before.values[place] if before is not None and kept else column.empty
        if derive:
            derive(row, company)
        if before is not None:
            row.id, row.before = before.id, before.values
            row.changed = tuple(
                column.name
                for column, new, old in zip(sheet.columns, row.values, before.values, strict=True)
                if new != old
            )
        _refuse_gaps(row, company, faults)
        if sheet.append_only and row.changed:
            _refuse_change(row, before, faults)
        standing[key] = row


def _refuse_gaps(row: Row, company: Company, faults: Faults) -> None:
    for column, value in zip(row.sheet.columns, row.values, strict=True):
        if value is not None and value != "" and value != ():
            continue
        if column.required or (column.derived and column.kind in ("ref", "name") and _sources_known(row, company)):
            faults.at(row, column.name, "cell_required")


def _sources_known(row: Row, company: Company) -> bool:
    """What a derived value comes from is there: a missing or unknown owner, or metric, has its own fault."""
    refs = [
        (column, value)
        for column, value in zip(row.sheet.columns, row.values, strict=True)
        if column.to and column.to not in ("measures", "steps")
    ]
    return all(
        value in company[column.to] if value else not column.required for column, value in refs if column.kind == "ref"
    )


def _refuse_change(row: Row, before: Row | None, faults: Faults) -> None:
    """What was recorded stays as it was; only that it was seen may be added to a check-in."""
    for name in row.changed:
        if name not in ("seen_by", "seen_at") or (before is not None and before["seen_by"]):
            faults.at(row, name, "recorded_already")


def _cycle(row: Row, _company: Company) -> None:
    row["name"] = row["name"] or row["code"]
    if row["state"] != "closed":
        row["closed_at"], row["rating_bands"] = None, ""


def _metric(row: Row, _company: Company) -> None:
    row["formula"] = formula.translated(row["formula"])


def _goal(row: Row, company: Company) -> None:
    owner = company["people"].get(row["owner"])
    cycle = company["cycles"].get(row["cycle"])
    row["unit"] = row["unit"] or (owner["unit"] if owner else "")
    row["created_by"] = row["created_by"] or row["owner"]
    if cycle:
        row["starts_on"] = row["starts_on"] or cycle["starts_on"]
        row["due_on"] = row["due_on"] or cycle["ends_on"]


def _measure(row: Row, company: Company) -> None:
    metric = company["metrics"].get(row["metric"])
    goal = company["goals"].get(row["goal"])
    if not row["title"]:
        row["title"] = metric["name"] if metric else goal["title"] if goal and goal["kind"] == "kpi" else ""
    if metric:
        # A cell that says the same as the metric says nothing of its own; one that differs is refused later.
        for name in stored.OWN:
            if row[name] == metric[name]:
                row[name] = row.sheet.column(name).empty
    elif not row["metric"]:
        for name, default in OWN_DEFAULTS.items():
            if row[name] is None or row[name] == "":
                row[name] = default


def _step(row: Row, _company: Company) -> None:
    row["title"] = row["title"] or row["step"]


def _checkin(row: Row, company: Company) -> None:
    if not row["author"]:
        measure = company["measures"].get((row["goal"], row["measure"]))
        goal = company["goals"].get(row["goal"])
        row["author"] = (measure["assignee"] if measure else "") or (goal["owner"] if goal else "")
    if row["seen_by"] and row["seen_at"] is None:
        row["seen_at"] = row["entered_at"]


DERIVED: dict[str, Callable[[Row, Company], None]] = {
    "cycles": _cycle,
    "metrics": _metric,
    "goals": _goal,
    "measures": _measure,
    "steps": _step,
    "checkins": _checkin,
}
