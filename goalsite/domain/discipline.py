"""Check-in discipline: for each due day, whether the check-in came on time, late or not at all (rules §4)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from goalsite.domain.periods import GRACE

ON_TIME, LATE, MISSED = "on_time", "late", "missed"


@dataclass(frozen=True)
class Kept:
    """How many due days were kept, and how."""

    on_time: int = 0
    late: int = 0
    missed: int = 0

    @property
    def due(self) -> int:
        return self.on_time + self.late + self.missed

    @property
    def share(self) -> Fraction | None:
        """The part that came on time; None where nothing was due yet."""
        return Fraction(self.on_time, self.due) if self.due else None

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.on_time + other.on_time, self.late + other.late, self.missed + other.missed)


def kept(ways: Mapping[str, int]) -> Kept:
    """The due days from how many of them were kept which way."""
    return Kept(ways.get(ON_TIME, 0), ways.get(LATE, 0), ways.get(MISSED, 0))


def by_due_day(
    due_days: Sequence[date],
    entered: Iterable[tuple[date, date]],
    day: date,
    done_on: date | None = None,
    since: date = date.min,
) -> dict[date, str]:
    """Each due day from `since` on that is decided on `day`: on_time, late or missed.

    due_days: in order. entered: (dated, entered) of every check-in, replaced ones too: what was corrected later came when it came.
    On time is a check-in dated after the due day before and entered by the due day; late one entered within the three days of grace;
    else the due day is missed, once they are over. done_on: the check-in that finished the measure, which owes nothing for what is due later.
    """
    reported = sorted(entered)
    dated = [on for on, _ in reported]
    first = bisect_left(due_days, since)
    before = due_days[first - 1] if first else date.min
    found: dict[date, str] = {}
    for due in due_days[first:]:
        if due > day or (done_on is not None and done_on <= before):
            break
        last = due + GRACE
        # Only those dated between two due days, and within grace, are looked at.
        those = reported[bisect_right(dated, before) : bisect_right(dated, last)]
        came = min((at for _, at in those if at <= min(last, day)), default=None)
        if came is not None:
            found[due] = ON_TIME if came <= due else LATE
        elif day > last:
            found[due] = MISSED
        before = due
    return found
