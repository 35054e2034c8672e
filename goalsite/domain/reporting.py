"""What a check-in must satisfy before it is taken (rules §1, §2, §4)."""

from datetime import date
from fractions import Fraction

from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Entry, Measure
from goalsite.domain.periods import decimals_of


def faults(measure: Measure, entry: Entry, entered_on: date) -> list[RuleError]:
    """What is wrong with the check-in, entered on that day of the company's; each fault at its field."""
    found = []
    if measure.fed_frequency is not None:
        found.append(RuleError("checkin_fed", "value"))
    if entry.on > entered_on:
        found.append(RuleError("checkin_in_future", "on", on=entry.on, entered=entered_on))
    if entry.on not in measure.span:
        found.append(
            RuleError("checkin_outside_span", "on", on=entry.on, first=measure.span.first, last=measure.span.last)
        )
    return found + _of_value(measure, entry)


def _of_value(measure: Measure, entry: Entry) -> list[RuleError]:
    if measure.direction == "steps":
        known = {step.code for step in measure.steps}
        if entry.step not in known:
            return [RuleError("checkin_step_unknown", "step", step=entry.step, known=", ".join(sorted(known)))]
        return _one_or_nothing(entry)
    if entry.step:
        return [RuleError("checkin_step_not_here", "step")]
    if measure.direction == "done":
        return _one_or_nothing(entry)
    if measure.aggregate == "ratio":
        return _of_ratio(measure, entry)
    if entry.numerator is not None or entry.denominator is not None:
        return [RuleError("checkin_not_a_ratio", "numerator")]
    return (
        [RuleError("checkin_value_missing", "value")]
        if entry.value is None
        else _too_fine(measure, "value", entry.value)
    )


def _one_or_nothing(entry: Entry) -> list[RuleError]:
    return [] if entry.value in (0, 1) else [RuleError("checkin_not_one_or_nothing", "value")]


def _of_ratio(measure: Measure, entry: Entry) -> list[RuleError]:
    if entry.value is not None:
        return [RuleError("checkin_ratio_in_two", "value")]
    found = [
        RuleError("checkin_value_missing", name)
        for name in ("numerator", "denominator")
        if getattr(entry, name) is None
    ]
    if entry.denominator is not None and entry.denominator <= 0:
        found.append(RuleError("checkin_denominator", "denominator"))
    return found


def _too_fine(measure: Measure, field: str, number: Fraction) -> list[RuleError]:
    most = max(measure.decimals, 4)
    return [RuleError("number_decimals", field, text=number, decimals=most)] if decimals_of(number) > most else []
