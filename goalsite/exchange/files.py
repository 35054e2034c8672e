"""Reading a workbook: a folder of CSV files, one CSV file, or an .xlsx, as tables of raw cells."""

import csv
import hashlib
import re
import warnings
import zipfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl

from goalsite.domain.errors import RuleError
from goalsite.exchange.cells import Odd

LONGEST_CELL = 4_000_000
MOST_UNPACKED = 4 * 1024**3
ACTIVE = "=+-@\t\r"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


Lines = Generator[tuple[int, list[Any]], None, None]


def numbered(rows: list[tuple[int, list[Any]]]) -> Lines:
    """Rows that are at hand already."""
    yield from rows


@dataclass
class Table:
    """One sheet as it lies in the file: its header, and its rows with their numbers, to be gone through once."""

    name: str
    digest: str
    header: list[Any] = field(default_factory=list)
    rows: Lines = field(default_factory=lambda: numbered([]))
    count: int = 0


@contextmanager
def opened(path: Path) -> Iterator[list[Table]]:
    """The file's tables, as long as it is open. Raises RuleError file_missing, folder_without_csv, file_unreadable, file_too_large."""
    with ExitStack() as stack:
        tables = _tables(path, stack)
        for table in tables:
            stack.callback(table.rows.close)
        yield tables


def _tables(path: Path, stack: ExitStack) -> list[Table]:
    if not path.exists():
        raise RuleError("file_missing", path=str(path))
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv" and file.is_file())
        if not files:
            raise RuleError("folder_without_csv", path=str(path))
        return [_csv_table(file) for file in files]
    if path.suffix.lower() == ".csv":
        return [_csv_table(path)]
    return _xlsx_tables(path, stack)


def digest_of(tables: list[Table]) -> str:
    """One digest of everything read: the file's own, or that of a folder's files together."""
    digests = sorted({table.digest for table in tables})
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula when it opens the CSV file; `bare` undoes it."""
    starts = text[:1] and text[0] in ACTIVE
    return "'" + text if starts or (text[:1] == "'" and text[1:2] and text[1] in ACTIVE + "'") else text


def bare(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in ACTIVE + "'" else text


def _csv_table(file: Path) -> Table:
    content = hashlib.sha256()
    lines = 0
    with file.open("rb") as raw:
        while block := raw.read(1 << 20):
            content.update(block)
            lines += block.count(b"\n")
    rows = _csv_rows(file)
    header = next(rows, (1, []))[1]
    return Table(file.stem, content.hexdigest(), header, rows, max(lines - 1, 0))


def _csv_rows(file: Path) -> Lines:
    csv.field_size_limit(LONGEST_CELL)
    # Bytes that are no UTF-8 become lone surrogates here, and a fault at their cell later.
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        delimiter = _delimiter(lines.readline(100_000))
        lines.seek(0)
        reader = csv.reader(lines, delimiter=delimiter)
        number = 0
        try:
            for number, row in enumerate(reader, start=1):
                yield number, [bare(cell) for cell in row]
        except csv.Error as error:
            raise RuleError("csv_unreadable", sheet=file.stem, row=number + 1, text=str(error)) from None


def _delimiter(header: str) -> str:
    """A spreadsheet that writes decimals with a comma separates columns by semicolons. No column's name holds either."""
    return max(",;\t", key=header.count)


def _xlsx_tables(path: Path, stack: ExitStack) -> list[Table]:
    content = hashlib.sha256()
    with path.open("rb") as raw:
        while block := raw.read(1 << 20):
            content.update(block)
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise RuleError("file_too_large")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        stack.callback(workbook.close)
        return [_xlsx_table(sheet, content.hexdigest()) for sheet in workbook.worksheets]
    except RuleError:
        raise
    except Exception as error:
        # What a broken file makes of the reader cannot be foreseen; the fault is the file's all the same.
        raise RuleError("file_unreadable", text=f"{type(error).__name__}: {error}"[:200]) from error


def _xlsx_table(sheet: Any, digest: str) -> Table:
    count = sheet.max_row or 0
    sheet.reset_dimensions()
    rows = _xlsx_rows(sheet)
    header = next(rows, (1, []))[1]
    return Table(sheet.title.strip().lower(), digest, header, rows, max(count - 1, 0))


def _xlsx_rows(sheet: Any) -> Lines:
    with closing(sheet.iter_rows()) as rows:
        number = 0
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                block = [[_value(cell) for cell in row] for row in islice(rows, 500)]
            if not block:
                return
            for row in block:
                number += 1
                yield number, row


def _value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            return Odd("error", value)
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if value is None or isinstance(value, bool | datetime):
        return value
    if isinstance(value, int | float):
        return Odd("percent", value) if "%" in (cell.number_format or "") else value
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, Decimal) else str(value)
