"""Workbooks to begin with: the empty one, and any company's tables as an .xlsx."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from goalsite.domain.company import DEFAULTS
from goalsite.exchange.columns import Sheet
from goalsite.exchange.dump import write_tables
from goalsite.exchange.files import Table, opened
from goalsite.exchange.sheets import SHEETS


def write_empty(path: Path) -> None:
    """Every sheet with its header and nothing below, but for the settings, which stand at their defaults."""
    write_tables(
        path,
        (
            (sheet, iter([[key, value] for key, value in DEFAULTS.items()] if sheet.name == "settings" else []))
            for sheet in SHEETS
        ),
    )


def write_copy(source: Path, path: Path) -> None:
    """The workbook at `source` (a folder of CSV files, such as the example company's) written to `path`, texts as they are."""
    with opened(source) as tables:
        found = {table.name: table for table in tables}
        write_tables(path, ((sheet, _lines(sheet, found.get(sheet.name))) for sheet in SHEETS))


def _lines(sheet: Sheet, table: Table | None) -> Iterator[list[Any]]:
    if table is None:
        return
    for _, raw in table.rows:
        said: Mapping[str, Any] = dict(zip(table.header, raw, strict=False))
        yield [said.get(column.name) or None for column in sheet.columns]
