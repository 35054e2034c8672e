"""A report as a file for people, written row by row: an .xlsx with typed cells, or the CSV of `report` as spreadsheets read it."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from io import TextIOWrapper
from typing import IO, Any

import xlsxwriter

from goalsite.exchange.files import inert
from goalsite.exchange.report import Row, written


@dataclass(frozen=True)
class Column:
    """name: its key in each row, and in CSV; head: what stands above it in Excel; is_share: its fractions are parts of 1; words: the reader's for each
    of its codes."""

    name: str
    head: str
    is_share: bool = False
    width: int = 14
    words: Mapping[str, Any] = field(default_factory=dict)


def write_xlsx(file: IO[bytes], sheet: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """The rows as an .xlsx: numbers, percentages and dates as such, texts as texts whatever they begin with, the header frozen and to filter by."""
    # Row by row to the disk: memory does not grow with them.
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        share = book.add_format({"num_format": "0.0%"})
        whole, number = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.0###"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width)
            page.write_string(0, place, column.head, bold)
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                value = row[column.name]
                if isinstance(value, Fraction | int) and not isinstance(value, bool):
                    form = share if column.is_share else whole if value.denominator == 1 else number
                    page.write_number(last, place, float(value), form)
                elif isinstance(value, date):
                    page.write_datetime(last, place, value, day)
                elif text := written(value):
                    page.write_string(last, place, str(column.words.get(text, text)))
        page.autofilter(0, 0, last, len(columns) - 1)


def write_csv(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """The rows as the command writes them, but that spreadsheets read them as UTF-8 and take no text for a formula."""
    lines = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([inert(column.name) for column in columns])
    for row in rows:
        # A number below nothing begins with a minus and is a number all the same.
        values = [row[column.name] for column in columns]
        writer.writerow([inert(value) if isinstance(value, str) else written(value) for value in values])
    lines.detach()
