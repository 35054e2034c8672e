"""The example's calendar: its cycles round today, Vietnam's holidays, and the day tokens of the outlines."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from goalsite.domain.periods import DAY, Calendar, Period, Span, cut

ROMAN = ("I", "II", "III", "IV")
FIXED_HOLIDAYS = ((1, 1), (4, 30), (5, 1), (9, 2))
NEW_YEARS = (
    date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 2),
)  # fmt: skip
TOKEN = re.compile(r"([qetwms])([+-]?\d*)")


@dataclass(frozen=True)
class Cycle:
    """A cycle of the example. `role` says which outlines belong to it: c the current quarter, p the one before, b and a the two
    before that, n the next, y this year, z last year; empty for the others."""

    code: str
    name: str
    span: Span
    state: str
    role: str
    parent: str = ""
    number: int = 0

    @property
    def prefix(self) -> str:
        """What the codes of its goals begin with."""
        return self.code if not self.parent else f"{self.code[2:4]}Q{self.number}"


def quarter(index: int) -> Span:
    """The quarter counted from the year 0."""
    year, number = divmod(index, 4)
    after = index + 1
    return Span(date(year, number * 3 + 1, 1), date(after // 4, after % 4 * 3 + 1, 1) - DAY)


def cycles(today: date) -> list[Cycle]:
    """Years and quarters from three quarters before today's to the one after it, and the whole of this year."""
    now = today.year * 4 + (today.month - 1) // 3
    indexes = range(min(now - 3, today.year * 4), max(now + 1, today.year * 4 + 3) + 1)
    found: list[Cycle] = []
    for year in sorted({index // 4 for index in indexes}):
        span = Span(date(year, 1, 1), date(year, 12, 31))
        role = {today.year: "y", today.year - 1: "z"}.get(year, "")
        found.append(Cycle(str(year), f"Năm {year}", span, _year_state(year, today, now), role))
    for index in indexes:
        year, number = divmod(index, 4)
        state = _quarter_state(index - now)
        role = {0: "c", -1: "p", -2: "b", -3: "a", 1: "n"}.get(index - now, "")
        name = f"Quý {ROMAN[number]} {year}"
        found.append(Cycle(f"{year}-Q{number + 1}", name, quarter(index), state, role, str(year), number + 1))
    return found


def holidays(years: range) -> list[date]:
    """Public holidays on fixed days, and Tết (from its eve, five days) where its day is known."""
    fixed = [date(year, month, day) for year in years for month, day in FIXED_HOLIDAYS]
    moving = [first + DAY * offset for first in NEW_YEARS if first.year in years for offset in range(-1, 4)]
    return sorted({*fixed, *moving})


@lru_cache(maxsize=64)
def calendar(year: int) -> Calendar:
    return Calendar(holidays=frozenset(holidays(range(year - 1, year + 2))))


def weeks(span: Span) -> tuple[Period, ...]:
    """The span's ISO weeks, clipped to it."""
    return cut("week", span, Calendar())


def day_in(period: Span, weekday: int, works: Callable[[date], bool]) -> date | None:
    """The period's last such weekday, or a working day before it, or else after it. Where nobody works: None, but a
    cycle's first day if it is a Friday, since something is due on it."""
    whole = period.last - DAY * ((period.last.weekday() - weekday) % 7)
    if period.days < 7 and (whole < period.first or whole > period.last):
        whole = period.last
    before = [whole - DAY * back for back in range((whole - period.first).days + 1)]
    after = [whole + DAY * on for on in range(1, (period.last - whole).days + 1)]
    eve = period.first if period.days < 7 and period.first.weekday() == 4 else None
    return next((day for day in [*before, *after] if works(day)), eve)


def resolve(token: str, span: Span, today: date) -> date:
    """A day token: q+N days from the span's start, e-N from its end, t±N from today, wN its Nth week's Friday, mN and sN the end
    and the start of its Nth month."""
    found = TOKEN.fullmatch(token)
    if not found:
        raise ValueError(f"no day: {token}")
    letter, number = found[1], int(found[2] or 0)
    if letter in "qet":
        return {"q": span.first, "e": span.last, "t": today}[letter] + DAY * number
    periods = weeks(span) if letter == "w" else cut("month", span, Calendar())
    period = periods[min(number, len(periods)) - 1]
    if letter == "s":
        return period.first
    return min(period.first - DAY * period.first.weekday() + DAY * 4, period.last) if letter == "w" else period.last


def within(day: date, span: Span) -> date:
    return min(max(day, span.first), span.last)


def _quarter_state(offset: int) -> str:
    if offset == 0:
        return "open"
    if offset > 0:
        return "planning"
    return "reviewing" if offset == -1 else "closed"


def _year_state(year: int, today: date, now: int) -> str:
    if year == today.year:
        return "open"
    if year > today.year:
        return "planning"
    return "reviewing" if (now - 1) // 4 == year else "closed"
