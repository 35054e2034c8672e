"""A metric over the cycles: which of its measures stand for a unit, what they come to together, and the axis to draw it on (rules §4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

# A cycle of at most so many days is called a month, a quarter, a half-year; a longer one a year.
LENGTHS = ((45, "month"), (135, "quarter"), (250, "half"))
STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5), Fraction(10))
FEWEST_STEPS = 4


@dataclass(frozen=True)
class Measured:
    """A measure of the metric in one cycle, and whose goal it is in; parent and fed_by are goals."""

    measure: int
    goal: int
    kind: str
    scope: str
    unit: int
    owner: int
    parent: int | None = None
    fed_by: int | None = None

    @property
    def holder(self) -> tuple[str, int]:
        """The unit, or the person."""
        return (self.scope, self.unit if self.scope == "unit" else self.owner)


@dataclass(frozen=True)
class Value:
    """What a measure, or several together, came to; start and target of the whole span. raw: a fraction of the way."""

    current: Fraction | None
    start: Fraction
    target: Fraction | None
    raw: Fraction | None


def standing_for(found: Sequence[Measured], above: Mapping[int, Collection[int]]) -> list[Measured]:
    """Those of one cycle that no other of them holds already: a KPI holds the key results that it feeds, and those beside it of the same unit or
    person; then a unit's goal what is measured in it and below it; then a goal what supports it. above: of each unit those above it."""
    fed = {one.goal for one in found}
    indicators = {one.holder for one in found if one.kind == "kpi"}
    found = [one for one in found if one.fed_by not in fed and (one.kind == "kpi" or one.holder not in indicators)]
    units = {one.unit for one in found if one.scope == "unit"}
    found = [
        one
        for one in found
        if not units & (set(above.get(one.unit, ())) - {one.unit}) and (one.scope == "unit" or one.unit not in units)
    ]
    goals = {one.goal for one in found}
    return [one for one in found if one.parent not in goals]


def together(values: Sequence[Value], aggregate: str) -> Value | None:
    """What they come to: one is what it is, amounts add up; levels, averages and ratios of several do not: None."""
    if len(values) == 1:
        return values[0]
    if aggregate != "sum" or not values:
        return None
    known = [one.current for one in values if one.current is not None]
    current, start = sum(known, Fraction(0)) if known else None, sum((one.start for one in values), Fraction(0))
    targets = [one.target for one in values if one.target is not None]
    if len(targets) < len(values):
        return Value(current, start, None, None)
    target = sum(targets, Fraction(0))
    raw = (current - start) / (target - start) if current is not None and target > start else None
    return Value(current, start, target, raw)


def length_of(days: int) -> str:
    """What a cycle of so many days is called."""
    return next((name for most, name in LENGTHS if days <= most), "year")


def axis(values: Collection[Fraction]) -> list[Fraction]:
    """Round numbers, evenly apart, from 0 or the lowest of the values to the highest: at least four steps of 1, 2, 2.5 or 5 times a power of ten."""
    low, high = min([Fraction(0), *values]), max([Fraction(0), *values])
    if low == high:
        high = Fraction(1)
    rough = (high - low) / FEWEST_STEPS
    power = Fraction(10) ** floor(log10(rough))
    # The logarithm is rounded: just below a power of ten it is that power's.
    power = power / 10 if power > rough else power
    step = max(one * power for one in STEPS if one * power <= rough)
    return [step * at for at in range(floor(low / step), ceil(high / step) + 1)]


def fan_out(places: Sequence[Fraction | None], axis: Sequence[Fraction]) -> list[int]:
    """How many steps below its line each is drawn, so that none lies over another: those nearer than a twentieth of the axis on different steps, the
    first of them highest. axis: from the lowest of its numbers to the highest."""
    near = (axis[-1] - axis[0]) / 20
    levels: list[int] = []
    for at, place in enumerate(places):
        taken = {levels[i] for i, one in enumerate(places[:at]) if None not in (one, place) and abs(one - place) < near}  # type: ignore[operator]
        levels.append(next(level for level in range(at + 1) if level not in taken))
    return levels
