"""What travels through a load: rows, faults, and the report."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from goalsite.domain.errors import RuleError
from goalsite.exchange.columns import Sheet
from goalsite.exchange.sheets import BY_NAME

# (what is being done: a sheet's name, how many of its rows are done, of how many)
Progress = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody is looking."""


class Row:
    """One line of a sheet: its values in the order of the columns, its number in the file (0: it stands in the database), its id there (0: new)."""

    __slots__ = ("before", "changed", "id", "number", "sheet", "values")

    def __init__(self, sheet: Sheet, values: list[Any], number: int = 0, id: int = 0) -> None:  # noqa: A002
        self.sheet = sheet
        self.values = values
        self.number = number
        self.id = id
        # The columns in which it differs from what stands in the database, and the values there.
        self.changed: tuple[str, ...] = ()
        self.before: list[Any] = []

    def __getitem__(self, column: str) -> Any:
        return self.values[self.sheet.places[column]]

    def __setitem__(self, column: str, value: Any) -> None:
        self.values[self.sheet.places[column]] = value

    @property
    def key(self) -> Any:
        return self.sheet.key_of(self.values)

    @property
    def given(self) -> bool:
        """It stands in the file."""
        return self.number > 0

    @property
    def is_new(self) -> bool:
        return not self.id

    @property
    def differs(self) -> bool:
        return self.given and (self.is_new or bool(self.changed))


# Every sheet's rows by key, as they would stand after the load.
Company = dict[str, dict[Any, Row]]


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell. Rows are counted as a spreadsheet counts them, the header being row 1; row 0 is the sheet itself."""

    sheet: str
    row: int
    column: str
    error: RuleError


class Faults:
    """Those found so far: at most one a cell, the first."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], Fault] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, sheet: str, row: int, column: str, error: RuleError) -> None:
        self._found.setdefault((sheet, row, column), Fault(sheet, row, column, error))

    def at(self, row: Row | None, column: str, code: str, **terms: object) -> None:
        """A fault of a row of the file; what stands in the database already is not the file's fault."""
        if row is not None and row.given:
            self.add(row.sheet.name, row.number, column, RuleError(code, column, **terms))

    def at_first(self, places: Iterable[tuple[Row | None, str]], error: RuleError) -> None:
        """A fault of the first of these cells that the file gives."""
        for row, column in places:
            if row is not None and row.differs:
                self.add(row.sheet.name, row.number, column, error)
                return

    def listed(self) -> list[Fault]:
        """By sheet, row and column, in the workbook's order."""
        return sorted(self._found.values(), key=_order)


def _order(fault: Fault) -> tuple[int, int, int]:
    names = list(BY_NAME)
    sheet = BY_NAME.get(fault.sheet)
    place = sheet.places.get(fault.column, -1) if sheet else -1
    return (names.index(fault.sheet) if sheet else -1, fault.row, place)


@dataclass
class SheetCount:
    """What became of one sheet's rows; `what` counts the changed rows by column."""

    sheet: str
    digest: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    what: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row: new, changed (each column, from, to, as the workbook writes them) or unchanged."""

    sheet: str
    row: int
    key: str
    outcome: str
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass
class LoadReport:
    """What a load did, or why it did nothing. `notes` are remarks on what was read; `outcomes` are kept for files small enough to be shown."""

    digest: str = ""
    faults: list[Fault] = field(default_factory=list)
    sheets: list[SheetCount] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[RuleError] = field(default_factory=list)
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        return not self.faults
