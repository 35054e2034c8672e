"""Days, spans and periods: how a measure's time is cut up, when it is due, and what each period's target is (rules §4, §5)."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from math import floor

DAY = timedelta(days=1)
GRACE = timedelta(days=3)
LENGTHS = {"day": 1, "week": 7, "two_weeks": 14, "month": 30, "quarter": 91}


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def elapsed(self, day: date) -> Fraction:
        """How much of it has gone on `day`, within [0, 1]: 0 on the first day, 1 on the last; a span of one day is 1 from that day."""
        if day < self.first:
            return Fraction(0)
        if day >= self.last:
            return Fraction(1)
        return Fraction((day - self.first).days, (self.last - self.first).days)


@dataclass(frozen=True)
class Period(Span):
    """A calendar period clipped to a span; `share` is the part of the whole period's days that is inside."""

    share: Fraction = Fraction(1)


@dataclass(frozen=True)
class Calendar:
    """The company's working days (Monday is 0) and holidays."""

    workdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        return day.weekday() in self.workdays and day not in self.holidays

    def last_worked(self, day: date) -> date:
        """The day itself or the working day before it; at most a month is looked back."""
        return next((one for back in range(31) if self.works(one := day - timedelta(days=back))), day)


@dataclass(frozen=True)
class Rhythm:
    """A cycle's check-in days: `every` week, two_weeks or month, on `weekday` (Monday is 0), weeks counted from `anchor`, the cycle's first day."""

    every: str = "week"
    weekday: int = 4
    anchor: date = date(1970, 1, 1)


def whole_period(frequency: str, day: date) -> Span:
    """The calendar day, ISO week, month or quarter that holds `day`."""
    if frequency == "day":
        return Span(day, day)
    if frequency == "week":
        monday = day - DAY * day.weekday()
        return Span(monday, monday + DAY * 6)
    months = 1 if frequency == "month" else 3
    start = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    end_year, end_month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return Span(start, date(end_year, end_month + 1, 1) - DAY)


@lru_cache(maxsize=4096)
def cut(frequency: str, span: Span, calendar: Calendar) -> tuple[Period, ...]:
    """The span cut into its calendar periods, clipped; day periods are working days only. No frequency, or no working day: one period."""
    periods: list[Period] = []
    day = span.first
    while frequency and day <= span.last:
        whole = whole_period(frequency, day)
        first, last = max(whole.first, span.first), min(whole.last, span.last)
        if frequency != "day" or calendar.works(day):
            periods.append(Period(first, last, Fraction((last - first).days + 1, whole.days)))
        day = whole.last + DAY
    return tuple(periods) or (Period(span.first, span.last),)


def current_index(periods: Sequence[Period], day: date) -> int:
    """The index of the current period, the last one begun; -1 before the first."""
    return bisect_right(periods, day, key=lambda period: period.first) - 1


def index_of(periods: Sequence[Period], day: date) -> int:
    """The index of the period a check-in on `day` counts in: on a day off, the working day before (or the first, where none is)."""
    return max(current_index(periods, day), 0)


def rhythm_days(rhythm: Rhythm, span: Span) -> list[date]:
    """The check-in days within the span."""
    first = span.first + DAY * ((rhythm.weekday - span.first.weekday()) % 7)
    days = [first + DAY * 7 * week for week in range(((span.last - first).days // 7) + 1)]
    if rhythm.every == "two_weeks":
        return [day for day in days if (day - rhythm.anchor).days // 7 % 2 == 1]
    if rhythm.every == "month":
        return [day for day in days if (day + DAY * 7).month != day.month]
    return days


def period_due_day(period: Span, rhythm: Rhythm) -> date:
    """The day a period's value is due: the last check-in day in it, or its last day where there is none."""
    days = rhythm_days(rhythm, period)
    return days[-1] if days else period.last


@lru_cache(maxsize=4096)
def due_days(frequency: str, span: Span, rhythm: Rhythm, calendar: Calendar) -> tuple[date, ...]:
    """The days a measure is due: at the longer of its frequency (none: the rhythm) and the rhythm."""
    if frequency and LENGTHS[frequency] >= LENGTHS[rhythm.every]:
        return tuple(period_due_day(period, rhythm) for period in cut(frequency, span, calendar))
    return tuple(rhythm_days(rhythm, span)) or (span.last,)


@lru_cache(maxsize=4096)
def asking_days(frequency: str, span: Span, rhythm: Rhythm, calendar: Calendar) -> tuple[date, ...]:
    """For each due day the first day it asks about: the day after what the due day before asks about, which ends with its period
    where that is due, else with its week (a monthly rhythm: its month)."""
    by_period = bool(frequency) and LENGTHS[frequency] >= LENGTHS[rhythm.every]
    unit = frequency if by_period else "month" if rhythm.every == "month" else "week"
    days = due_days(frequency, span, rhythm, calendar)
    return (span.first, *(whole_period(unit, day).last + DAY for day in days[:-1]))


def decimals_of(number: Fraction) -> int:
    """How many decimals the number has (at most 12 are looked at)."""
    for places in range(13):
        if (number * 10**places).denominator == 1:
            return places
    return 12


def spread(
    total: Fraction, periods: Sequence[Period], decimals: int, fixed: Mapping[date, Fraction]
) -> tuple[Fraction, ...]:
    """A total's target for each period: what is not fixed goes evenly over the others, clipped ones by their days, rounded to `decimals`
    (or the total's own, or the rest's, where more) by largest remainder, ties to the earlier, so that all add up exactly."""
    rest = total - sum((fixed[period.first] for period in periods if period.first in fixed), Fraction(0))
    free = [index for index, period in enumerate(periods) if period.first not in fixed]
    unit = Fraction(1, 10 ** max(decimals, decimals_of(total), decimals_of(rest)))
    shares = sum((periods[index].share for index in free), Fraction(0))
    ideal = {index: rest * periods[index].share / shares / unit for index in free}
    units = {index: floor(ideal[index]) for index in free}
    left = int(rest / unit) - sum(units.values()) if free else 0
    for index in sorted(free, key=lambda index: (units[index] - ideal[index], index))[:left]:
        units[index] += 1
    return tuple(
        fixed[period.first] if index not in units else units[index] * unit for index, period in enumerate(periods)
    )
