"""Writes everything the workbook holds, in one fixed order: loaded into an empty site and dumped again it is the same."""

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlalchemy import select

from goalsite.domain.errors import RuleError
from goalsite.exchange import cells, numbers, stored
from goalsite.exchange.columns import Sheet
from goalsite.exchange.files import inert
from goalsite.exchange.rows import Row
from goalsite.exchange.sheets import SHEETS
from goalsite.extensions import db
from goalsite.models import Measure, Step
from goalsite.queries.company import company as settings_in_force

MOST_ROWS = 1_048_575
LONGEST_CELL = 32_767
WIDTHS = {"text": 40, "name": 32, "email": 28, "target": 18, "targets": 24, "refs": 28, "instant": 26, "date": 12}

Lines = Iterator[list[Any]]


def dump_path(path: Path | str) -> None:
    """Writes the workbook: an .xlsx where the name ends so, else a folder of CSV files. What was there is replaced once all is written.

    Raises RuleError too_many_for_xlsx, text_too_long_for_xlsx.
    """
    write_tables(Path(path), dumped())


def dumped() -> Iterator[tuple[Sheet, Lines]]:
    """Every sheet with its rows as written cells."""
    zone = ZoneInfo(settings_in_force().time_zone)
    keys = stored.Keys()
    base = stored.base(keys)
    places = _places()
    for sheet in SHEETS:
        if sheet.name in base:
            rows = list(base[sheet.name].values())
        elif sheet.name == "results":
            rows = stored.closed_results(keys)
        else:
            rows = stored.followed(sheet, keys)
        rows.sort(key=_order(sheet, places, base))
        yield (
            sheet,
            (
                [cells.write(column, value, zone) for column, value in zip(sheet.columns, row.values, strict=True)]
                for row in rows
            ),
        )


def write_tables(path: Path, tables: Iterable[tuple[Sheet, Lines]]) -> None:
    """Writes the tables to an .xlsx or a folder, by the path's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".goalsite-") as folder:
        made = Path(folder) / path.name
        if path.suffix.lower() == ".xlsx":
            write_xlsx(made, tables)
            made.replace(path)
            return
        made.mkdir()
        _write_folder(made, tables)
        path.mkdir(exist_ok=True)
        for file in made.iterdir():
            shutil.move(file, path / file.name)


def _write_folder(folder: Path, tables: Iterable[tuple[Sheet, Lines]]) -> None:
    for sheet, lines in tables:
        with (folder / f"{sheet.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(column.name for column in sheet.columns)
            for line in lines:
                writer.writerow(inert(cell) if isinstance(cell, str) else cells.as_text(cell) for cell in line)


def write_xlsx(path: Path, tables: Iterable[tuple[Sheet, Lines]]) -> None:
    """Typed cells, a frozen header; a text is a text, whatever it begins with."""
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as workbook:
        # The same content makes the same file.
        workbook.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 (the library wants it without a zone)
        bold = workbook.add_format({"bold": True, "bottom": 1})
        key = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for sheet, lines in tables:
            page = workbook.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for place, column in enumerate(sheet.columns):
                page.set_column(place, place, WIDTHS.get(column.kind, 14))
                page.write_string(0, place, column.name, key if column.key else bold)
            for number, line in enumerate(lines, start=1):
                if number > MOST_ROWS:
                    raise RuleError("too_many_for_xlsx", sheet=sheet.name, most=MOST_ROWS)
                for place, cell in enumerate(line):
                    _write_cell(page, number, place, cell, day)


def _write_cell(page: Any, number: int, place: int, cell: Any, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        page.write_datetime(number, place, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
    elif isinstance(cell, Decimal) and numbers.fits_a_cell(cell):
        page.write_number(number, place, float(cell))
    elif isinstance(cell, int):
        page.write_number(number, place, cell)
    else:
        text = cells.as_text(cell)
        if len(text) > LONGEST_CELL:
            raise RuleError("text_too_long_for_xlsx", longest=LONGEST_CELL)
        page.write_string(number, place, text)


def _places() -> dict[tuple[str, int], int]:
    """Where measures and steps stand among their own."""
    query = db.session.execute
    found = {("measures", id_): place for id_, place in query(select(Measure.id, Measure.place)).tuples()}
    return found | {("steps", id_): place for id_, place in query(select(Step.id, Step.place)).tuples()}


def _order(sheet: Sheet, places: dict[tuple[str, int], int], base: dict[str, dict[Any, Row]]) -> Callable[[Row], Any]:
    """By key; measures, steps and KPIs of a set in their own order within what they belong to; no database's collation has a say."""
    if sheet.name == "kpi_sets":
        return lambda row: (row["position"], row.id)
    if sheet.name == "measures":
        return lambda row: (row["goal"], places["measures", row.id], row.id)
    if sheet.name == "steps":
        measures = base["measures"]
        return lambda row: (
            row["goal"],
            places["measures", measures[row["goal"], row["measure"]].id],
            row["measure"],
            places["steps", row.id],
            row.id,
        )
    if sheet.name == "checkins":
        return lambda row: (row["goal"], row["measure"], row["entered_at"], row["step"])
    return lambda row: row.key
