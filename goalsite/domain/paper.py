"""How much one sheet of paper takes: the sheet for a talk stays one A4 page, set the closer and smaller the more stands on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

# By size, as print.css has them (`.sheet.size-1` …): how large it is set. All but the first are set closely too.
ZOOMS = (1.0, 1.0, 0.92, 0.85, 0.78, 0.72)
# In millimetres, as reviews.css has them at full size: the page within its margins, the columns of numbers, the room beside a title that two columns leave.
WIDE, TALL, NUMBERS, TWO_COLUMNS = 186, 271, 125, 37


@dataclass(frozen=True)
class Setting:
    """Heights in millimetres: a line of text and of a key result, the room within a row of either, the room between parts; what is there in any
    case, by group and once."""

    line: float
    small: float
    row: float
    small_row: float
    gap: float
    group: float
    rest: float


LOOSE = Setting(line=4.6, small=4.2, row=2.8, small_row=1.3, gap=3.4, group=19, rest=78)
CLOSE = Setting(line=4.1, small=3.75, row=1.6, small_row=0.8, gap=2.2, group=16, rest=63)


@dataclass(frozen=True)
class Sheet:
    """What stands on it: the titles of KPIs, of objectives and of key results, what is said side by side, and what follows over the whole width."""

    kpis: Sequence[str]
    objectives: Sequence[str]
    key_results: Sequence[str]
    said: Sequence[str]
    remarks: Sequence[str]


def size_of(sheet: Sheet) -> int:
    """The first of the sizes, from the largest, at which all of it is one page; the smallest where none does."""
    return next((size for size in range(len(ZOOMS)) if _height(sheet, size) <= TALL / ZOOMS[size]), len(ZOOMS) - 1)


def _height(sheet: Sheet, size: int) -> float:
    """In millimetres before it is made smaller: the smaller, the more stands on a line."""
    how, wide = CLOSE if size else LOOSE, WIDE / ZOOMS[size]
    title = wide - NUMBERS - 4
    said = max((_lines(text, (wide - 5) / 2 - 6, 1.7) for text in sheet.said), default=0)
    groups = bool(sheet.kpis) + bool(sheet.objectives)
    return (
        sum(_lines(text, title, 1.85) * how.line + how.row for text in sheet.kpis)
        + sum(_lines(text, title + TWO_COLUMNS, 1.85) * how.line + how.row for text in sheet.objectives)
        + sum(_lines(text, title - 5, 1.65) * how.small + how.small_row for text in sheet.key_results)
        + max(27 if not size else 14, said * how.line + 4.5)
        + sum(_lines(text, wide - 85, 1.7) * how.line for text in sheet.remarks)
        + groups * how.group
        + (7 + groups) * how.gap
        + how.rest
    )


def _lines(text: str, room: float, letter: float) -> int:
    return sum(max(1, ceil(len(line) * letter / room)) for line in _paragraphs(text))


def _paragraphs(text: str) -> Iterable[str]:
    return text.splitlines() or [""]
