"""Where a goal would end if it kept today's pace: a plain projection with the spread of the weeks so far, no promise (rules §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt

from goalsite.domain.pace import pace
from goalsite.domain.periods import Span
from goalsite.domain.results import mean
from goalsite.domain.rounding import half_up

ZERO = Fraction(0)
WEEK = timedelta(days=7)
FEWEST_WEEKS = 3
PLACES = 6


@dataclass(frozen=True)
class Forecast:
    """Fractions: the progress at the end, and between which two it lies if the weeks left differ as those so far did. `why` says why it cannot be
    said: not_begun, over, nothing_yet (no check-in, or nothing to compute from), nothing_expected, too_early; then there are no numbers."""

    end: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    why: str = ""


def forecast(
    points: Sequence[tuple[date, Fraction | None]],
    progress: Fraction | None,
    expected: Fraction | None,
    span: Span,
    day: date,
    *,
    cap: Fraction,
) -> Forecast:
    """The end = progress ÷ expected progress, which at the end is 1; what is held is expected in full already, and ends where it stands. Around it
    lies how far the weekly changes lie from their mean on average, times the root of the weeks left, as for weeks that do not know of each other.
    Nothing is below 0 or above the cap.

    points: the progress on each day on which it moved, in order.
    """
    if day < span.first:
        return Forecast(why="not_begun")
    if day >= span.last:
        return Forecast(why="over")
    if progress is None or not points:
        return Forecast(why="nothing_yet")
    reached = pace(progress, expected)
    if reached is None:
        return Forecast(why="nothing_expected")
    changes = weekly_changes(points, span.first, day)
    if expected is not None and expected >= 1:
        # What is held jumps to its level with the first value; only what comes after tells how even it is.
        first = next((at for at, change in enumerate(changes) if change), len(changes))
        changes = changes[first + 1 :]
    if len(changes) < FEWEST_WEEKS:
        return Forecast(why="too_early")
    usual = mean(changes) or ZERO
    apart = mean([abs(change - usual) for change in changes]) or ZERO
    weeks_left = Fraction((span.last - day).days, WEEK.days)
    spread = half_up(apart * Fraction(sqrt(weeks_left)), PLACES)
    end, low, high = (min(max(number, ZERO), cap) for number in (reached, reached - spread, reached + spread))
    return Forecast(end, low, high)


def weekly_changes(points: Sequence[tuple[date, Fraction | None]], first: date, day: date) -> list[Fraction]:
    """By how much the progress moved in each whole week since `first` that is over on `day`; it begins at nothing."""
    changes: list[Fraction] = []
    before, end = ZERO, first + WEEK - timedelta(days=1)
    while end <= day:
        now = next((part for on, part in reversed(points) if on <= end and part is not None), ZERO)
        changes.append(now - before)
        before, end = now, end + WEEK
    return changes
