"""Results of people and units, ratings, grades, and the results of a calendar period (rules §4, §6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from goalsite.domain.goals import weighted_mean
from goalsite.domain.measure import Entry, Measure, is_missed, targets, within
from goalsite.domain.periods import LENGTHS, Span, current_index, index_of, whole_period
from goalsite.domain.rounding import half_up
from goalsite.domain.standing import value_of, values_by_period

ZERO = Fraction(0)
ONE = Fraction(1)
DEFAULT_BANDS = (
    ("excellent", Fraction(1)),
    ("good", Fraction(85, 100)),
    ("fair", Fraction(7, 10)),
    ("average", Fraction(1, 2)),
    ("poor", ZERO),
)
FEWEST_DAYS = 30


@dataclass(frozen=True)
class Counted:
    """One goal of a person or a unit: its kind, weight, result (a fraction, None: left out), and whether that result is still provisional."""

    kind: str
    weight: Fraction
    result: Fraction | None
    provisional: bool = True


@dataclass(frozen=True)
class Totals:
    """Fractions; None where it cannot be said. `goals` counts those with weight and result."""

    okr: Fraction | None
    kpi: Fraction | None
    total: Fraction | None
    provisional: bool
    goals: int


def totals(goals: Iterable[Counted], kpi_share: Fraction) -> Totals:
    """okr and kpi as weighted means, total = kpi_share · kpi + (1 − kpi_share) · okr; of one kind only, that kind, unless its share is nothing."""
    listed = [goal for goal in goals if goal.weight and goal.result is not None]
    okr, kpi = (
        weighted_mean((goal.weight, goal.result or ZERO) for goal in listed if goal.kind == kind)
        for kind in ("okr", "kpi")
    )
    if okr is not None and kpi is not None:
        total: Fraction | None = kpi_share * kpi + (1 - kpi_share) * okr
    elif kpi is not None:
        total = kpi if kpi_share > 0 else None
    else:
        total = okr if kpi_share < 1 else None
    in_it = [goal for goal in listed if (kpi_share < 1 if goal.kind == "okr" else kpi_share > 0)]
    return Totals(okr, kpi, total, any(goal.provisional for goal in in_it), len(listed))


def rate(total: Fraction | None, bands: Sequence[tuple[str, Fraction]] = DEFAULT_BANDS) -> str:
    """The first band the total reaches, rounded as shown (84.96 % → 85.0 %); empty without a total."""
    if total is None:
        return ""
    shown = half_up(total, 3)
    return next((name for name, least in bands if shown >= least), bands[-1][0])


def may_be_rated(cycle: Span, joined_on: date | None, left_on: date | None) -> bool:
    """At least 30 days in the cycle, or the whole cycle where that is shorter."""
    first, last = max(cycle.first, joined_on or cycle.first), min(cycle.last, left_on or cycle.last)
    return (last - first).days + 1 >= min(FEWEST_DAYS, cycle.days)


def grade(progress: Fraction) -> Fraction:
    """An OKR's grade, 0.0–1.0 with one decimal."""
    return half_up(min(max(progress, ZERO), ONE), 1)


def grade_colour(grade: Fraction) -> str:
    """0.7–1.0 green, 0.4–0.6 amber, 0.0–0.3 red."""
    return "good" if grade >= Fraction(7, 10) else "warn" if grade >= Fraction(4, 10) else "bad"


def mean(numbers: Sequence[Fraction]) -> Fraction | None:
    """The plain mean, None of nothing."""
    return sum(numbers, ZERO) / len(numbers) if numbers else None


def calendar_period(text: str) -> tuple[str, Span]:
    """A frequency and its span from `2026-02`, `2026-Q1` or `2026-W07`. Raises ValueError."""
    if "-W" in text:
        monday = date.fromisoformat(f"{text}-1")
        return "week", whole_period("week", monday)
    if "-Q" in text:
        year, quarter = text.split("-Q")
        return "quarter", whole_period("quarter", date(int(year), int(quarter) * 3 - 2, 1))
    return "month", whole_period("month", date.fromisoformat(f"{text}-01"))


def attainment_in(measure: Measure, entries: Sequence[Entry], frequency: str, span: Span, day: date) -> Fraction | None:
    """A KPI's attainment over one calendar period, capped; None where it is left out: coarser than the period, outside its span, not begun,
    or an average or ratio without a value in it. A measure's period belongs to the calendar period that holds its last day."""
    if not measure.has_periods or not measure.frequency or LENGTHS[measure.frequency] > LENGTHS[frequency]:
        return None
    mine = [index for index, period in enumerate(measure.periods) if period.last in span]
    if not mine or current_index(measure.periods, day) < mine[0]:
        return None
    raw = _attained(measure, [entry for entry in entries if entry.on <= day], mine, day)
    return None if raw is None else min(max(raw, ZERO), measure.cap)


def _attained(measure: Measure, entries: Sequence[Entry], mine: Sequence[int], day: date) -> Fraction | None:
    values = values_by_period(measure, entries)
    wanted = targets(measure)
    if measure.direction == "keep":
        counted = [
            values[index]
            for index in mine
            if values[index] is not None or is_missed(measure, measure.periods[index], day)
        ]
        return (
            Fraction(sum(value is not None and within(measure, value) for value in counted), len(counted))
            if counted
            else None
        )
    if measure.aggregate == "sum":
        if measure.is_ceiling:
            # Silence does not improve what is to be kept low: only the periods that were reported count.
            mine = [index for index in mine if values[index] is not None]
            if not mine:
                return None
        amount, target = (
            sum((values[index] or ZERO for index in mine), ZERO),
            sum((wanted[index] or ZERO for index in mine), ZERO),
        )
        base = ZERO
    elif measure.aggregate == "last":
        # A last value stands until another one comes.
        earlier = [value for value in values[: mine[-1] + 1] if value is not None]
        amount, target, base = (earlier[-1] if earlier else measure.base), wanted[mine[-1]] or ZERO, measure.base
        if not earlier and measure.is_ceiling:
            return None
    else:
        held = {index: value for index in mine if (value := values[index]) is not None}
        if not held:
            return None
        amount, target, base = _folded_in(measure, entries, mine, held), wanted[mine[-1]] or ZERO, measure.base
    if measure.is_ceiling:
        return 2 - amount / target if target else None
    return (amount - base) / (target - base) if target != base else None


def _folded_in(
    measure: Measure, entries: Sequence[Entry], mine: Sequence[int], held: Mapping[int, Fraction]
) -> Fraction:
    if measure.aggregate == "average":
        return sum(held.values(), ZERO) / len(held)
    inside = [entry for entry in entries if entry.on in measure.span and index_of(measure.periods, entry.on) in mine]
    return value_of(measure, inside) or ZERO
