"""When a check-in is owed, when silence is stale, and when a status next changes by the mere passing of time (rules §4, §5)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from goalsite.domain.measure import Measure
from goalsite.domain.periods import DAY, GRACE


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
