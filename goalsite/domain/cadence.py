"""When a check-in is owed, when silence is stale, and when a status next changes by the mere passing of time (rules §4, §5)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from goalsite.domain.measure import Measure, targets, total_target
from goalsite.domain.periods import DAY, GRACE, period_due_day


@dataclass(frozen=True)
class Owed:
    """A measure waits for a check-in from `due_from` on, by `due_on`; from `stale_from` on its silence is stale. All None: never (again)."""

    due_from: date | None = None
    due_on: date | None = None
    stale_from: date | None = None


@dataclass(frozen=True)
class Asked:
    """What a measure that waits asks about: the days from `first` to `last`, due on `due`; a check-in is dated `on` unless somebody says otherwise."""

    first: date
    last: date
    due: date
    on: date
    overdue: bool


def owed(measure: Measure, last_on: date | None, *, finished: bool) -> Owed:
    """What the measure owes after its last check-in. Fed and finished (done or closed) ones owe nothing.

    It waits from the Monday of the week in which it is due, or from the first day asked about where that is later.
    """
    if finished or measure.fed_frequency is not None:
        return Owed()
    days, place = measure.due_days, _next(measure, last_on)
    if place >= len(days):
        return Owed()
    due = days[place]
    silent = 0 if last_on is None else bisect_left(days, last_on) + 1
    return Owed(
        max(measure.asking_days[place], due - DAY * due.weekday()),
        due,
        days[silent] + GRACE + DAY if silent < len(days) else None,
    )


def asked(measure: Measure, last_on: date | None, day: date) -> Asked | None:
    """What a measure that owes a check-in asks about on `day`; None where it owes none.

    That is the last due day which has come and was not met; without one, or where there is no value by period to be filled in and grace
    is over, what the day is in.
    """
    days, place = measure.due_days, _next(measure, last_on)
    if place >= len(days):
        return None
    come = bisect_right(days, day) - 1
    here = bisect_right(measure.asking_days, day) - 1
    by_period = bool(measure.frequency) and measure.has_periods
    if come < here and come >= place and (by_period or day <= days[come] + GRACE):
        here = come
    place = max(place, here)
    last = measure.asking_days[place + 1] - DAY if place + 1 < len(days) else measure.span.last
    return Asked(measure.asking_days[place], last, days[place], min(day, last), days[place] < day)


def _next(measure: Measure, last_on: date | None) -> int:
    """The place of the first due day that no check-in met and that follows those that were."""
    return 0 if last_on is None else max(bisect_right(measure.asking_days, last_on), 1)


def turning_days(measures: Iterable[Measure]) -> list[date]:
    """The checkpoints of `next_turn` for what these measures make up, in order; after the last one nothing turns any more."""
    return sorted({day for measure in measures for day in _turning_days(measure)})


def next_turn(look: Callable[[date], object], today: date, end: date, checkpoints: Iterable[date] = ()) -> date | None:
    """The first day after `today` on which `look` answers otherwise than today, up to `end`; None if it never does.

    Between two checkpoints what is looked at goes one way only (time adds to what is expected and to what was missed, never takes from it),
    so the day is found by halving.
    """
    now = look(today)
    before = today
    for point in [*sorted(day for day in set(checkpoints) if today < day < end), end]:
        if point > before and look(point) != now:
            low, high = before, point
            while (high - low).days > 1:
                middle = low + (high - low) // 2
                low, high = (middle, high) if look(middle) == now else (low, middle)
            return high
        before = max(before, point)
    return None


def _turning_days(measure: Measure) -> set[date]:
    """The day after the first due day, the last day, and for a keep each day that makes a silent period a missed one.

    Where targets by period go back and forth what is expected does too: then every day is looked at.
    """
    days = {measure.due_days[0] + DAY, measure.span.last}
    if measure.direction == "keep":
        days |= {period_due_day(period, measure.rhythm) + GRACE + DAY for period in measure.periods}
    if not _climbs(measure):
        days |= {measure.span.first + DAY * day for day in range(measure.span.days)}
    return days


def _climbs(measure: Measure) -> bool:
    """What is expected never falls."""
    total = total_target(measure)
    if not measure.period_targets or total is None or measure.is_level or measure.aggregate not in ("sum", "last"):
        return True
    way = 1 if total > measure.base else -1
    points = [way * (target or 0) for target in targets(measure)]
    if measure.aggregate == "sum":
        return all(point >= 0 for point in points)
    return all(before <= after for before, after in pairwise([way * measure.base, *points]))
