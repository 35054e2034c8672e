"""From tables of raw cells to rows of values: headers, cells, keys and duplicates. Every fault is kept, none stops the reading."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from goalsite.domain.company import time_zones
from goalsite.domain.errors import RuleError
from goalsite.exchange import cells
from goalsite.exchange.columns import Column, Sheet
from goalsite.exchange.files import Table
from goalsite.exchange.rows import Faults, Progress, Row
from goalsite.exchange.sheets import BY_NAME, SHEETS

EVERY = 2000


@dataclass
class Incoming:
    """What a file says: rows by sheet, an empty cell being None; the columns it does not have; each sheet's digest."""

    zone: ZoneInfo
    rows: dict[str, dict[Any, Row]] = field(default_factory=dict)
    missing: dict[str, frozenset[str]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


def read_tables(
    tables: Iterable[Table], zone: ZoneInfo, faults: Faults, progress: Progress, most_rows: int | None = None
) -> Incoming:
    """The tables' rows. Moments without a zone are in `zone`, or in that of the file's own settings."""
    incoming = Incoming(zone)
    found: dict[str, Table] = {}
    for table in tables:
        if table.name not in BY_NAME:
            faults.add(table.name, 0, "", _unknown("sheet", table.name, list(BY_NAME)))
        elif table.name in found:
            faults.add(table.name, 0, "", RuleError("sheet_twice"))
        else:
            found[table.name] = table
    for sheet in SHEETS:
        if sheet.name in found:
            _read_sheet(sheet, found[sheet.name], incoming, faults, progress, most_rows)
            if sheet.name == "settings":
                incoming.zone = _zone_said(incoming) or zone
    return incoming


def _zone_said(incoming: Incoming) -> ZoneInfo | None:
    row = incoming.rows["settings"].get("time_zone")
    return ZoneInfo(row["value"]) if row and row["value"] in time_zones() else None


def _read_sheet(
    sheet: Sheet, table: Table, incoming: Incoming, faults: Faults, progress: Progress, most_rows: int | None
) -> None:
    columns = _header(sheet, table, faults)
    incoming.digests[sheet.name] = table.digest
    incoming.missing[sheet.name] = frozenset(column.name for column in sheet.columns if column not in columns)
    rows = incoming.rows.setdefault(sheet.name, {})
    try:
        for number, raw in table.rows:
            if number % EVERY == 0:
                progress(sheet.name, number, table.count if table.count >= number else 0)
            if not any(cell is not None and cell != "" for cell in raw):
                continue
            row = _read_row(sheet, columns, number, raw, incoming.zone, faults)
            if row is not None:
                _keep(row, rows, raw, columns, faults)
            if most_rows is not None and incoming.count > most_rows:
                faults.add(sheet.name, number, "", RuleError("too_many_rows", most=most_rows))
                return
    except RuleError as error:
        faults.add(sheet.name, error.terms.get("row", 0), "", error)  # type: ignore[arg-type]


def _header(sheet: Sheet, table: Table, faults: Faults) -> list[Column | None]:
    """The column each cell of a row belongs to; None for one that is to be passed over."""
    columns: list[Column | None] = []
    names = ["" if cell is None else str(cell).strip().lower() for cell in table.header]
    for name in names:
        column = sheet.columns[sheet.places[name]] if name in sheet.places else None
        if column is not None and column in columns:
            faults.add(sheet.name, 1, name, RuleError("column_twice", name=name))
            column = None
        elif name and column is None:
            error = _unknown("column", name, list(sheet.places))
            faults.add(sheet.name, 1, name, error)
            # Read as what is likely meant, so that its absence makes no further faults.
            meant = str(error.terms.get("closest", ""))
            column = sheet.column(meant) if meant and meant not in names else None
        columns.append(column)
    while columns and columns[-1] is None and not table.header[len(columns) - 1]:
        columns.pop()
    for column in sheet.key_columns:
        if column.required and column not in columns:
            faults.add(sheet.name, 1, column.name, RuleError("column_missing", name=column.name))
    return columns


def _read_row(
    sheet: Sheet, columns: list[Column | None], number: int, raw: list[Any], zone: ZoneInfo, faults: Faults
) -> Row | None:
    """The row, or None where its key cannot be read."""
    row = Row(sheet, [None] * len(sheet.columns), number)
    for place, cell in enumerate(raw):
        if cell is None or cell == "":
            continue
        column = columns[place] if place < len(columns) else None
        if column is None:
            if place >= len(columns):
                faults.add(sheet.name, number, "", RuleError("cell_without_column", text=str(cell)[:40]))
            continue
        try:
            row.values[sheet.places[column.name]] = cells.read(column, cell, zone)
        except RuleError as error:
            faults.add(sheet.name, number, column.name, error)
    if sheet.name == "checkins" and row["entered_at"] is None and row["on"] is not None:
        row["entered_at"] = cells.seventeen(row["on"], zone)
    if sheet.name == "changes" and row["field"]:
        _read_change(row, zone, faults)
    return row if _has_key(row, columns, faults) else None


def _has_key(row: Row, columns: list[Column | None], faults: Faults) -> bool:
    whole = True
    for column in row.sheet.key_columns:
        if row[column.name] is not None:
            continue
        if column.required and column not in columns:
            # The header has had its fault.
            whole = False
        elif column.required:
            whole = False
            faults.at(row, column.name, "cell_required")
        elif column.kind == "instant":
            whole = False
            faults.at(row, "on", "cell_required")
        else:
            row[column.name] = column.empty
    return whole


def _read_change(row: Row, zone: ZoneInfo, faults: Faults) -> None:
    for name in ("from", "to"):
        try:
            row[name] = cells.changed_value(row["field"], row[name] or "", zone) or None
        except RuleError as error:
            faults.add(row.sheet.name, row.number, name, error)


def _keep(row: Row, rows: dict[Any, Row], raw: list[Any], columns: list[Column | None], faults: Faults) -> None:
    other = rows.setdefault(row.key, row)
    if other is row:
        return
    sheet = row.sheet.name
    column = row.sheet.key_columns[-1].name
    if sheet == "people":
        faults.at(row, "email", "email_twice", first=other.number, text=row["email"], other=other["email"])
    elif sheet == "checkins" and _is_empty(raw, columns, "entered_at"):
        faults.at(row, "entered_at", "checkin_time_needed", first=other.number)
    else:
        faults.at(row, column, "row_twice", first=other.number)


def _is_empty(raw: list[Any], columns: list[Column | None], name: str) -> bool:
    places = [place for place, column in enumerate(columns) if column is not None and column.name == name]
    return not places or places[0] >= len(raw) or raw[places[0]] in (None, "")


def _unknown(what: str, name: str, known: list[str]) -> RuleError:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return (
        RuleError(f"{what}_unknown", name=name, closest=close[0])
        if close
        else RuleError(f"{what}_unknown_here", name=name, known=", ".join(known))
    )
