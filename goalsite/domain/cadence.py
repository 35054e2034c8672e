"""When a check-in is owed, when silence is stale, and when a status next changes by the mere passing of time (rules §4, §5)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from goalsite.domain.measure import Measure, targets, total_target
from goalsite.domain.periods import DAY, GRACE, period_due_day


@dataclass(frozen=True)
class Owed:
    """A measure owes a check-in from `due_from` on, by `due_on`; from `stale_from` on its silence is stale. All None: never (again)."""

    due_from: date | None = None
    due_on: date | None = None
    stale_from: date | None = None


def owed(measure: Measure, last_on: date | None, *, finished: bool) -> Owed:
    """What the measure owes after its last check-in. Fed and finished (done or closed) ones owe nothing."""
    if finished or measure.fed_frequency is not None:
        return Owed()
    days = measure.due_days
    if last_on is None:
        return Owed(measure.span.first, days[0], days[0] + GRACE + DAY)
    met = bisect_left(days, last_on)
    if met + 1 >= len(days):
        return Owed()
    return Owed(days[met] + DAY, days[met + 1], days[met + 1] + GRACE + DAY)


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
