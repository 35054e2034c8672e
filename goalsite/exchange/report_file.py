"""A report as a file for people: an .xlsx with typed cells, or the CSV of `report` as spreadsheets read it. Both hold the rows of `exchange.report`."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter

from goalsite.exchange.files import inert

PERCENT = frozenset("okr kpi total expected people_mean progress result".split())
NUMBER = frozenset("goals people pace".split())
DAY = frozenset(("last_checkin_on",))
WIDE = {"email": 30, "name": 28, "title": 44, "owner": 30}
Rows = Iterable[Mapping[str, str]]


def as_xlsx(
    sheet: str, columns: Sequence[str], heads: Mapping[str, str], rows: Rows, say: Callable[[str, str], str]
) -> bytes:
    """The rows as an .xlsx: numbers, percentages and dates as such, texts as texts whatever they begin with, the header frozen and to filter by.

    heads: what stands above each column; say: a column's code word in the reader's language.
    """
    packed = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(packed, options) as book:
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        percent = book.add_format({"num_format": "0.0%"})
        number, day = book.add_format({"num_format": "#,##0.####"}), book.add_format({"num_format": "dd/mm/yyyy"})
        for place, column in enumerate(columns):
            page.set_column(place, place, WIDE.get(column, 14))
            page.write_string(0, place, heads[column], bold)
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                text = row[column]
                if not text:
                    continue
                if column in DAY:
                    page.write_datetime(last, place, datetime.fromisoformat(text), day)
                elif column in PERCENT | NUMBER:
                    page.write_number(last, place, float(Decimal(text)), percent if column in PERCENT else number)
                else:
                    page.write_string(last, place, say(column, text))
        page.autofilter(0, 0, last, len(columns) - 1)
    return packed.getvalue()


def as_csv(columns: Sequence[str], rows: Rows) -> bytes:
    """The rows as the command writes them, but that spreadsheets read them as UTF-8 and take no text for a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    numbers = PERCENT | NUMBER
    # A number below nothing begins with a minus and is a number all the same.
    writer.writerows([row[column] if column in numbers else inert(row[column]) for column in columns] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()
