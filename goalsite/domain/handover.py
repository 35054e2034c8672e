"""A goal changes hands on a day: what is measured up to it for the one, and what goes on from the day after for the other (rules §7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from goalsite.domain.measure import Entry, Measure, targets, total_target
from goalsite.domain.pace import Thresholds
from goalsite.domain.period_plan import periods_from_total
from goalsite.domain.periods import DAY, Span, current_index, decimals_of
from goalsite.domain.rounding import half_up
from goalsite.domain.standing import stand, ticked

ZERO = Fraction(0)
# The weight of what was not owed yet: it counts with the one it goes on to.
LEAST = Fraction(1, 10_000)


def has_begun(measures: Iterable[Measure], day: date) -> bool:
    """Whether there is something to part on `day`; what begins later goes over as it is."""
    firsts = [measure.span.first for measure in measures]
    return not firsts or min(firsts) <= day


def is_reached(measure: Measure, entries: Sequence[Entry], day: date) -> bool:
    """Nothing of it is left to do. A level that is to be held is never done with."""
    builds_up = measure.direction in ("increase", "decrease") and not measure.is_ceiling
    if measure.direction not in ("done", "steps") and not (builds_up and measure.aggregate in ("last", "sum")):
        return False
    raw = stand(measure, entries, day, Thresholds()).raw
    return raw is not None and raw >= 1


def up_to(measure: Measure, entries: Sequence[Entry], day: date) -> Measure:
    """The measure as it is evaluated when it ends on `day`, a day before its last: what builds up, against its plan to
    that day (of a sum full periods and the current one's part by days, else the line); a level, as ever.

    What has not begun, or is either done or not, was not owed yet: it keeps a weight that is next to nothing.
    """
    if measure.span.last <= day:
        return measure
    if measure.span.first > day:
        return replace(measure, span=Span(day, day), weight=LEAST, period_targets={})
    ended = replace(measure, span=Span(measure.span.first, day), period_targets=_begun(measure, day))
    if is_reached(measure, entries, day) or measure.direction in ("steps", "keep"):
        return ended
    if measure.direction == "done":
        return replace(ended, weight=LEAST)
    if measure.aggregate == "sum":
        return _sum_up_to(measure, ended, day)
    return _line_up_to(measure, ended, day)


def goes_on(measure: Measure, entries: Sequence[Entry], day: date) -> Measure | None:
    """The measure from the day after `day`: from the last value with what remains of the target, a level as ever, and of
    the steps those not done. None where nothing is left to do, or its days are over."""
    if measure.span.last <= day or is_reached(measure, entries, day):
        return None
    if measure.span.first > day:
        return measure
    rest = replace(measure, span=Span(day + DAY, measure.span.last), period_targets=_left(measure, day))
    if measure.direction == "steps":
        done = ticked([entry for entry in entries if entry.on in measure.span])
        return replace(rest, steps=tuple(step for step in measure.steps if not done.get(step.code)))
    total = total_target(measure)
    if measure.direction not in ("increase", "decrease") or total is None:
        return rest
    current = stand(measure, entries, day, Thresholds()).current
    if measure.aggregate == "sum":
        return _rest_of_sum(measure, rest, total, current or measure.base, day)
    if measure.is_level or measure.is_ceiling or current is None or not _leads_on(measure, current, total):
        return rest
    return replace(rest, start=half_up(current, 4))


def _sum_up_to(measure: Measure, ended: Measure, day: date) -> Measure:
    plan = _plan_up_to(measure, day)
    to_date = sum(plan.values(), ZERO)
    if to_date <= 0:
        return ended
    typed = {first: plan[first] for first in ended.period_targets}
    return replace(ended, target=measure.base + to_date, target_per="span", period_targets=typed)


def _line_up_to(measure: Measure, ended: Measure, day: date) -> Measure:
    total = total_target(measure)
    if total is None or measure.is_level or measure.is_ceiling:
        return ended
    last = measure.aggregate == "last" and measure.period_targets and measure.has_periods
    point = _line(measure, day) if last else measure.base + (total - measure.base) * measure.span.elapsed(day)
    point = half_up(point, max(measure.decimals, decimals_of(total)))
    if not _leads_on(measure, measure.base, point):
        return ended
    typed = dict(ended.period_targets)
    if typed and max(typed) == ended.periods[-1].first:
        typed[max(typed)] = point
    return replace(ended, target=point, period_targets=typed)


def _rest_of_sum(measure: Measure, rest: Measure, total: Fraction, current: Fraction, day: date) -> Measure:
    left = total - current
    if measure.is_ceiling and left <= 0:
        # Spent already: whoever goes on may spend what was planned for the days that are left.
        left = total - measure.base - sum(_plan_up_to(measure, day).values(), ZERO)
    start = None if measure.start is None else ZERO
    going = replace(rest, start=start, target=left, target_per="span")
    return replace(going, period_targets=periods_from_total(going))


def _plan_up_to(measure: Measure, day: date) -> dict[date, Fraction]:
    """A sum's targets of the periods begun, by first day, the current one's by its days."""
    # What has no periods of its own is one: the whole span.
    whole = None if measure.target is None else measure.target - measure.base
    wanted = targets(measure) if measure.has_periods else (whole,)
    total = total_target(measure) or ZERO
    places = max(measure.decimals, decimals_of(total))
    return {
        period.first: half_up(
            (target or ZERO) * Fraction(Span(period.first, min(period.last, day)).days, period.days), places
        )
        for period, target in zip(measure.periods, wanted, strict=True)
        if period.first <= day
    }


def _line(measure: Measure, day: date) -> Fraction:
    at = current_index(measure.periods, day)
    points = [measure.base, *(target or ZERO for target in targets(measure))]
    period = measure.periods[at]
    return points[at] + (points[at + 1] - points[at]) * Fraction(Span(period.first, day).days, period.days)


def _leads_on(measure: Measure, start: Fraction, target: Fraction) -> bool:
    return target < start if measure.direction == "decrease" else target > start


def _begun(measure: Measure, day: date) -> Mapping[date, Fraction]:
    return {first: target for first, target in measure.period_targets.items() if first <= day}


def _left(measure: Measure, day: date) -> Mapping[date, Fraction]:
    """The targets typed for the periods that go on after `day`; that of the current one is kept for its rest, of a sum by its days."""
    left = {}
    for period in measure.periods:
        if period.last <= day or period.first not in measure.period_targets:
            continue
        first = max(period.first, day + DAY)
        target = measure.period_targets[period.first]
        if measure.aggregate == "sum" and first > period.first:
            places = max(measure.decimals, decimals_of(target))
            target -= half_up(target * Fraction(Span(period.first, day).days, period.days), places)
        left[first] = target
    return left
