"""Targets by period as they are written: what is typed, what the rules make of the rest, and what it comes to (rules §4)."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from goalsite.domain.measure import Measure, targets, total_target
from goalsite.domain.periods import Period, spread
from goalsite.domain.rounding import as_decimal

ZERO = Fraction(0)


@dataclass(frozen=True)
class Slot:
    """One period: its target by the rules, and the one typed instead."""

    period: Period
    by_rules: Fraction | None
    typed: Fraction | None


@dataclass(frozen=True)
class PeriodPlan:
    """A measure's periods with their targets. `total`: what they are to come to, of a sum the whole amount and of a
    `last` the target of the last period; None where each stands by itself. `typed`: what those typed come to, likewise.
    `left`: what is left of a sum for the others."""

    slots: tuple[Slot, ...]
    adds_up: bool
    total: Fraction | None
    typed: Fraction | None
    complete: bool

    @property
    def count(self) -> int:
        return sum(slot.typed is not None for slot in self.slots)

    @property
    def left(self) -> Fraction | None:
        return self.total - (self.typed or ZERO) if self.adds_up and self.total is not None else None

    @property
    def fits(self) -> bool:
        """Whether what is typed can come to the total: all of a sum do, some of it are not more."""
        if self.total is None or self.typed is None or self.typed == self.total:
            return True
        return not self.complete and (not self.adds_up or self.typed < self.total)


def period_plan(measure: Measure) -> PeriodPlan | None:
    """The plan of a measure whose targets may be set by period; None where it has no periods, or no targets in them."""
    if not measure.frequency or not measure.has_periods or measure.direction == "keep":
        return None
    given = _known(measure)
    wanted = targets(replace(measure, period_targets=given))
    slots = tuple(
        Slot(period, by_rules, given.get(period.first))
        for period, by_rules in zip(measure.periods, wanted, strict=True)
    )
    complete = bool(slots) and len(given) == len(slots)
    total = total_target(measure)
    if measure.aggregate == "sum":
        typed = sum(given.values(), ZERO) if given else None
        return PeriodPlan(slots, True, None if total is None else total - measure.base, typed, complete)
    ends = measure.aggregate == "last" and not measure.is_ceiling
    return PeriodPlan(slots, False, total if ends else None, slots[-1].typed if ends else None, complete)


def total_from_periods(measure: Measure) -> Fraction | None:
    """The target of the whole span that the typed targets by period come to; None where none is typed that says so."""
    plan = period_plan(measure)
    if plan is None or plan.typed is None:
        return None
    return measure.base + plan.typed if plan.adds_up else plan.typed


def periods_from_total(measure: Measure) -> dict[date, Fraction]:
    """The typed targets by period, changed so that they come to the total: of a sum each in proportion to what it was, so that
    nothing becomes negative; of a `last` the last one alone."""
    plan, given = period_plan(measure), _known(measure)
    if plan is None or plan.total is None or plan.fits:
        return given
    if not plan.adds_up:
        return given | {plan.slots[-1].period.first: plan.total}
    in_proportion = plan.typed != ZERO and min(given.values()) >= ZERO
    shares = [
        replace(slot.period, share=slot.typed if in_proportion else slot.period.share)
        for slot in plan.slots
        if slot.typed is not None
    ]
    if in_proportion:
        parts = spread(plan.total, shares, measure.decimals, {})
        return {period.first: part for period, part in zip(shares, parts, strict=True)}
    parts = spread(plan.total - (plan.typed or ZERO), shares, measure.decimals, {})
    return {period.first: given[period.first] + part for period, part in zip(shares, parts, strict=True)}


def written(given: Mapping[date, Fraction | Decimal]) -> str:
    """Targets by period as one text, as a change keeps them: `2026-01-01=250; 2026-04-01=300.5`."""
    return "; ".join(f"{day.isoformat()}={as_decimal(Fraction(given[day]), 4).normalize():f}" for day in sorted(given))


def read_written(text: str) -> dict[date, Fraction]:
    """The targets of such a text; what is none is left out."""
    found = {}
    for part in text.split(";"):
        day, _, number = part.strip().partition("=")
        with suppress(ValueError):
            if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", number):
                found[date.fromisoformat(day)] = Fraction(number)
    return found


def _known(measure: Measure) -> dict[date, Fraction]:
    """Those typed for a period there is."""
    given: Mapping[date, Fraction] = measure.period_targets
    return {period.first: given[period.first] for period in measure.periods if period.first in given}
