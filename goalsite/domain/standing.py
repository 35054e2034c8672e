"""How a measure stands: its value, progress, pace and status on a day, from its check-ins (rules §2, §4, §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from goalsite.domain import formula, pace
from goalsite.domain.measure import (
    Entry,
    Measure,
    is_missed,
    target_line,
    target_to_date,
    targets,
    total_target,
    within,
)
from goalsite.domain.periods import Period, cut, index_of

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True)
class Standing:
    """A measure on a day. `raw` is None where it cannot be calculated; `current` is None without a check-in.

    raw = part / whole, the two terms of its formula, where the formula has two.
    """

    current: Fraction | None
    raw: Fraction | None
    counted: Fraction | None
    expected: Fraction
    pace: Fraction | None
    status: str
    last_on: date | None
    confidence: str | None
    formula: Fraction | None
    part: Fraction | None = None
    whole: Fraction | None = None

    @property
    def to_date(self) -> Fraction | None:
        """raw ÷ expected (rules §4)."""
        return None if self.raw is None or not self.expected else self.raw / self.expected

    @property
    def finished_on(self) -> date | None:
        """The last check-in of what is done."""
        return self.last_on if self.status == "done" else None

    @property
    def flagged(self) -> bool:
        """Says better than the numbers say."""
        return self.confidence is not None and pace.says_better(self.confidence, self.status)


def stand(measure: Measure, entries: Sequence[Entry], day: date, thresholds: pace.Thresholds) -> Standing:
    """The measure on `day`, from the entries that count by then (rules §2, §5)."""
    inside = [entry for entry in entries if entry.on in measure.span]
    current = current_value(measure, inside)
    part, whole = _terms(measure, inside, current, day)
    answer = (
        formula.evaluate(measure.formula, {"value": current, "target": total_target(measure), "start": measure.base})
        if measure.formula
        else None
    )
    raw = _raw(measure, inside, part, whole, answer)
    counted = None if raw is None else min(max(raw, ZERO), measure.cap)
    expected = expected_progress(measure, day, bool(inside))
    ended = not measure.waits_for_end or day >= measure.span.last
    latest = max(inside, key=_order, default=None)
    return Standing(
        current=current,
        raw=raw,
        counted=counted,
        expected=expected,
        pace=pace.pace(counted, expected),
        status=pace.status(
            counted,
            expected,
            started=bool(inside),
            first_due=measure.due_days[0],
            may_be_done=ended,
            day=day,
            thresholds=thresholds,
        ),
        last_on=latest.on if latest else None,
        confidence=latest.confidence if latest else None,
        formula=answer,
        part=part if raw is not None else None,
        whole=whole if raw is not None else None,
    )


def expected_progress(measure: Measure, day: date, has_value: bool) -> Fraction:
    """What the progress should be on `day`, a fraction (rules §5), 0 where a target by period lies behind the start.

    Level KPIs without a value owe nothing until their first due day is past.
    """
    if measure.is_level:
        return ONE if has_value or day > measure.due_days[0] else ZERO
    if measure.direction == "done":
        return ONE if day >= measure.span.last else ZERO
    total = total_target(measure)
    if total is None or total == measure.base or not measure.has_periods or measure.direction == "keep":
        return measure.span.elapsed(day)
    if measure.aggregate == "sum":
        return max(target_to_date(measure, day) / (total - measure.base), ZERO)
    if measure.aggregate == "last" and measure.period_targets:
        return max((target_line(measure, day) - measure.base) / (total - measure.base), ZERO)
    return measure.span.elapsed(day)


def current_value(measure: Measure, entries: Sequence[Entry]) -> Fraction | None:
    """The fold of the entries over the span (rules §4): what the measure stands at. None without a check-in, or where a ratio's denominators come to 0."""
    if not entries:
        return None
    if measure.direction == "steps":
        done = ticked(entries)
        return sum((step.weight for step in measure.steps if done.get(step.code)), ZERO)
    if measure.direction == "done":
        return max(entries, key=_order).value
    if measure.fed_frequency is not None:
        periods = cut(measure.fed_frequency, measure.span, measure.calendar)
        return _folded(measure, entries, periods, ZERO)
    if measure.kind == "okr" and measure.aggregate in ("average", "ratio") and measure.frequency:
        found = sorted(_by_period(measure.periods, entries).items(), reverse=True)
        return next((value for _, held in found if (value := value_of(measure, held)) is not None), None)
    return _folded(measure, entries, measure.periods, measure.base)


def ticked(entries: Sequence[Entry]) -> dict[str, bool]:
    """Which steps are done: each step's latest entry says."""
    return {entry.step: bool(entry.value) for entry in sorted(entries, key=_order)}


def value_of(measure: Measure, entries: Sequence[Entry]) -> Fraction | None:
    """One period's own value: the latest, the amount, the mean, or the ratio of its entries; None without any."""
    if not entries:
        return None
    if measure.aggregate == "ratio":
        below = sum((entry.denominator or ZERO for entry in entries), ZERO)
        above = sum((entry.numerator or ZERO for entry in entries), ZERO)
        return above / below * (100 if measure.symbol == "%" else 1) if below else None
    values = [entry.value or ZERO for entry in sorted(entries, key=_order)]
    if measure.aggregate == "last":
        return values[-1]
    total = sum(values, ZERO)
    return total if measure.aggregate == "sum" else total / len(values)


def values_by_period(measure: Measure, entries: Sequence[Entry]) -> list[Fraction | None]:
    """Each period's own value, None where it has no check-in."""
    found = _by_period(measure.periods, [entry for entry in entries if entry.on in measure.span])
    return [value_of(measure, found.get(index, ())) for index in range(len(measure.periods))]


def attainment(measure: Measure, target: Fraction | None, value: Fraction | None) -> Fraction | None:
    """How a period's value stands against its target: §2's formula with the period's target in place of t, and s = 0 for sums. Not capped."""
    if value is None:
        return None
    if measure.direction == "keep":
        return ONE if within(measure, value) else ZERO
    if target is None:
        return None
    if measure.is_ceiling:
        return 2 - value / target if target else None
    base = ZERO if measure.aggregate == "sum" else measure.base
    return (value - base) / (target - base) if target != base else None


def _terms(
    measure: Measure, entries: Sequence[Entry], current: Fraction | None, day: date
) -> tuple[Fraction | None, Fraction | None]:
    """The two terms of raw: what came ÷ what was to come. For a ceiling, what came and what was allowed."""
    total = total_target(measure)
    if current is None:
        return None, None
    if measure.direction == "steps":
        return current, sum((step.weight for step in measure.steps), ZERO)
    if measure.direction == "done":
        return current, ONE
    if measure.direction == "keep":
        return _kept(measure, entries, current, day)
    if total is None:
        return None, None
    if not measure.is_ceiling:
        return current - measure.base, total - measure.base
    if measure.aggregate != "sum" or not measure.has_periods:
        return current, total
    last = max(index_of(measure.periods, entry.on) for entry in entries)
    return current, sum((target or ZERO for target in targets(measure)[: last + 1]), ZERO)


def _kept(measure: Measure, entries: Sequence[Entry], current: Fraction, day: date) -> tuple[Fraction, Fraction]:
    """How many of the periods that count were inside, and how many count: those with a value, and those missed."""
    if not measure.frequency or not measure.has_periods:
        return (ONE if within(measure, current) else ZERO), ONE
    values = values_by_period(measure, entries)
    counted = sum(
        value is not None or is_missed(measure, period, day)
        for period, value in zip(measure.periods, values, strict=True)
    )
    return Fraction(sum(value is not None and within(measure, value) for value in values)), Fraction(counted)


def _raw(
    measure: Measure, entries: Sequence[Entry], part: Fraction | None, whole: Fraction | None, answer: Fraction | None
) -> Fraction | None:
    if not entries:
        return ZERO
    if measure.formula_is == "progress":
        return None if answer is None else answer / 100
    if part is None or not whole:
        return None
    return 2 - part / whole if measure.is_ceiling else part / whole


def _folded(measure: Measure, entries: Sequence[Entry], periods: Sequence[Period], base: Fraction) -> Fraction | None:
    if measure.aggregate == "average":
        means = [value_of(measure, held) or ZERO for held in _by_period(periods, entries).values()]
        return sum(means, ZERO) / len(means)
    value = value_of(measure, entries)
    return value if value is None or measure.aggregate != "sum" else base + value


def _by_period(periods: Sequence[Period], entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        found.setdefault(index_of(periods, entry.on), []).append(entry)
    return found


def _order(entry: Entry) -> tuple[date, datetime]:
    return entry.on, entry.at
