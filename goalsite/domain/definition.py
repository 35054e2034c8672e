"""What a measure's definition must satisfy (rules §2, §4). All faults at once, each at the field to mend."""

from fractions import Fraction

from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Measure, total_target


def faults(measure: Measure, *, draft: bool = False) -> list[RuleError]:
    """What is wrong with the definition. A draft may lack things, but may not contradict itself."""
    found = _of_kind(measure)
    if measure.weight <= 0:
        found.append(RuleError("weight_not_positive", "weight"))
    if measure.span.last < measure.span.first:
        found.append(RuleError("dates_reversed", "due_on", first=measure.span.first, last=measure.span.last))
    elif not found:
        found = _of_period_targets(measure)
    missing = ("target_missing", "bounds_missing", "steps_missing", "start_missing")
    return [fault for fault in found if not (draft and fault.code in missing)]


def _of_kind(measure: Measure) -> list[RuleError]:
    start, target = measure.start, measure.target
    if measure.direction == "keep":
        if measure.low is None and measure.high is None:
            return [RuleError("bounds_missing", "low")]
        if measure.low is not None and measure.high is not None and measure.low > measure.high:
            return [RuleError("bounds_reversed", "high", low=measure.low, high=measure.high)]
        return []
    if measure.direction == "steps":
        return [] if measure.steps else [RuleError("steps_missing", "direction")]
    if measure.direction == "done":
        return []
    found: list[RuleError] = []
    if measure.target_per == "period" and (measure.aggregate != "sum" or not measure.has_periods):
        found.append(RuleError("target_per_needs_sum", "target_per"))
    if target is None:
        found.append(RuleError("target_missing", "target"))
    elif measure.direction == "increase":
        base = Fraction(0) if measure.target_per == "period" else measure.base
        if target <= base:
            found.append(RuleError("target_not_above_start", "target", start=base, target=target))
    elif start is not None:
        if measure.aggregate == "sum":
            found.append(RuleError("decreasing_sum_with_start", "start"))
        elif target >= start:
            found.append(RuleError("target_not_below_start", "target", start=start, target=target))
    elif target <= 0:
        found.append(RuleError("ceiling_not_positive", "target", target=target))
    if measure.direction == "decrease" and start is None and measure.kind == "okr":
        found.append(RuleError("start_missing", "start"))
    return found


def _of_period_targets(measure: Measure) -> list[RuleError]:
    given = measure.period_targets
    if not given:
        return []
    if not measure.has_periods or measure.direction == "keep":
        return [RuleError("period_targets_not_here", "period_targets")]
    known = {period.first for period in measure.periods}
    unknown = [RuleError("period_unknown", "starts_on", day=day) for day in sorted(set(given) - known)]
    total = total_target(measure)
    if unknown or total is None or set(given) != known:
        return unknown
    if measure.aggregate == "sum" and sum(given.values()) != total - measure.base:
        return [
            RuleError("period_targets_sum", "target", sum=sum(given.values(), Fraction(0)), total=total - measure.base)
        ]
    if measure.aggregate == "last" and not measure.is_ceiling and given[max(given)] != total:
        return [RuleError("period_targets_end", "target", last=given[max(given)], total=total)]
    return []
