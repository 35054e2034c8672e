"""Check-in discipline: for each due day, whether the check-in came on time, late or not at all (rules §4)."""

from bisect import bisect_left
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
    asked: Sequence[tuple[date, date]],
    entered: Iterable[tuple[date, date]],
    day: date,
    done_on: date | None = None,
    since: date = date.min,
) -> dict[date, str]:
    """Each due day from `since` on that is decided on `day`: on_time, late or missed.

    asked: each due day after the first day it asks about, in order; it asks about the days up to the next one's first. entered: (dated,
    entered) of every check-in, replaced ones too: what was corrected later came when it came.
    On time is a check-in dated in what the due day asks about and entered by the due day; late one entered within the three days of grace;
    else the due day is missed, once they are over. done_on: the check-in that finished the measure, which owes nothing for what is asked later.
    """
    reported = sorted(entered)
    dated = [on for on, _ in reported]
    ends = [*(first for first, _ in asked[1:]), date.max]
    start = bisect_left(asked, since, key=lambda one: one[1])
    found: dict[date, str] = {}
    for (first, due), end in zip(asked[start:], ends[start:], strict=False):
        if due > day or (done_on is not None and done_on < first):
            break
        last = due + GRACE
        # Each check-in is looked at for one due day alone.
        those = reported[bisect_left(dated, first) : bisect_left(dated, end)]
        came = min((at for _, at in those if at <= min(last, day)), default=None)
        if came is not None:
            found[due] = ON_TIME if came <= due else LATE
        elif day > last:
            found[due] = MISSED
    return found
