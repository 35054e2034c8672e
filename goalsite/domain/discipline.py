"""Check-in discipline: for each due day, whether the check-in came on time, late or not at all (rules §4)."""

from collections import Counter
from collections.abc import Iterable, Sequence
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


def kept(ways: Iterable[str]) -> Kept:
    """The due days counted by how they were kept."""
    counts = Counter(ways)
    return Kept(counts[ON_TIME], counts[LATE], counts[MISSED])


def by_due_day(
    due_days: Sequence[date], entered: Iterable[tuple[date, date]], day: date, done_on: date | None = None
) -> dict[date, str]:
    """Each due day that is decided on `day`: on_time, late or missed.

    due_days: in order. entered: (dated, entered) of every check-in, replaced ones too: what was corrected later came when it came.
    On time is a check-in dated after the due day before and entered by the due day; late one entered within the three days of grace;
    else the due day is missed, once they are over. done_on: the check-in that finished the measure, which owes nothing for what is due later.
    """
    reported = sorted(entered)
    found: dict[date, str] = {}
    before = date.min
    for due in due_days:
        if due > day or (done_on is not None and done_on <= before):
            break
        arrived = [at for on, at in reported if before < on <= due + GRACE and at <= min(due + GRACE, day)]
        if any(at <= due for at in arrived):
            found[due] = ON_TIME
        elif arrived:
            found[due] = LATE
        elif day > due + GRACE:
            found[due] = MISSED
        before = due
    return found
