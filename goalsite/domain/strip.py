"""A measure's periods: each one's target, actual and attainment, and what the current one needs (rules §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from goalsite.domain.measure import Entry, Measure, is_missed, targets, total_target
from goalsite.domain.periods import Period, current_index
from goalsite.domain.standing import attainment, values_by_period

ZERO = Fraction(0)


@dataclass(frozen=True)
class PeriodStanding:
    """One period on a day. `state` is past, current or future; `actual` is None while it has no value (a missed sum is 0).

    `needed` is what the current period of a sum needs: its target, plus what earlier periods lack, minus what was done ahead, not below 0.
    `owing` is the part of it that earlier periods lack (negative: done ahead); `left` what is still to come of it; `pace_needed` what each
    period from the current one on must bring for the total to be met.
    """

    period: Period
    state: str
    target: Fraction | None
    actual: Fraction | None
    attainment: Fraction | None
    missed: bool
    needed: Fraction | None = None
    owing: Fraction | None = None
    left: Fraction | None = None
    pace_needed: Fraction | None = None


def strip_of(measure: Measure, entries: Sequence[Entry], day: date) -> list[PeriodStanding]:
    """Every period of the measure on `day`; none for fed, done and steps measures."""
    if not measure.has_periods:
        return []
    now = current_index(measure.periods, day)
    values, wanted = values_by_period(measure, entries), targets(measure)
    lines = []
    for index, (period, value, target) in enumerate(zip(measure.periods, values, wanted, strict=True)):
        missed = value is None and index <= now and is_missed(measure, period, day)
        # Nothing reported is nothing done; but of a ceiling, nothing reported is not nothing spent.
        counts_nothing = measure.aggregate == "sum" and measure.direction != "keep" and not measure.is_ceiling
        actual = ZERO if missed and counts_nothing else value
        reached = ZERO if missed and measure.direction == "keep" else attainment(measure, target, actual)
        state = "past" if index < now else "current" if index == now else "future"
        make_up = _make_up(measure, values, wanted, now) if index == now else {}
        lines.append(PeriodStanding(period, state, target, actual, reached, missed, **make_up))
    return lines


def period_on(measure: Measure, entries: Sequence[Entry], day: date) -> PeriodStanding | None:
    """The current period, the last one begun; None where there is none."""
    return next((line for line in strip_of(measure, entries, day) if line.state == "current"), None)


def _make_up(
    measure: Measure, values: Sequence[Fraction | None], wanted: Sequence[Fraction | None], now: int
) -> dict[str, Fraction]:
    total = total_target(measure)
    if measure.aggregate != "sum" or measure.direction == "keep" or total is None:
        return {}
    before = sum((value or ZERO for value in values[:now]), ZERO)
    owing = sum((target or ZERO for target in wanted[:now]), ZERO) - before
    needed = max((wanted[now] or ZERO) + owing, ZERO)
    here = values[now] or ZERO
    rest = max(total - measure.base - before - here, ZERO)
    return {
        "needed": needed,
        "owing": owing,
        "left": max(needed - here, ZERO),
        "pace_needed": rest / (len(values) - now),
    }
