"""What is measured: a measure's definition, its check-ins, and its targets over time (rules §2, §4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from goalsite.domain.periods import (
    GRACE,
    Calendar,
    Period,
    Rhythm,
    Span,
    asking_days,
    current_index,
    cut,
    decimals_of,
    due_days,
    period_due_day,
    spread,
)
from goalsite.domain.rounding import half_up

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True)
class Step:
    code: str
    title: str
    weight: Fraction


@dataclass(frozen=True)
class Entry:
    """One check-in that counts: not replaced, dated and entered by the day asked about."""

    on: date
    at: datetime
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    step: str = ""
    confidence: str = "on_track"


@dataclass(frozen=True)
class Measure:
    """A key result (kind okr) or an indicator (kind kpi). Numbers are in the metric's unit; `cap` and `weight` are plain numbers.

    `fed_frequency` is None, or the frequency of the KPI that feeds it; its entries are then that KPI's.
    """

    span: Span
    kind: str = "okr"
    title: str = ""
    direction: str = "increase"
    aggregate: str = "last"
    frequency: str = ""
    start: Fraction | None = None
    target: Fraction | None = None
    target_per: str = "span"
    low: Fraction | None = None
    high: Fraction | None = None
    decimals: int = 0
    symbol: str = ""
    weight: Fraction = ONE
    cap: Fraction = ONE
    steps: tuple[Step, ...] = ()
    period_targets: Mapping[date, Fraction] = field(default_factory=dict)
    fed_frequency: str | None = None
    formula: str = ""
    formula_is: str = ""
    rhythm: Rhythm = Rhythm()
    calendar: Calendar = Calendar()

    @property
    def base(self) -> Fraction:
        """The start, 0 unless given."""
        return self.start or ZERO

    @property
    def has_periods(self) -> bool:
        return self.fed_frequency is None and self.direction not in ("done", "steps")

    @property
    def is_ceiling(self) -> bool:
        """A decrease without a start: stay below the target."""
        return self.direction == "decrease" and self.start is None

    @property
    def is_level(self) -> bool:
        """A KPI that is to be held, not built up: its progress is expected in full from the first value on."""
        moves = self.direction in ("increase", "decrease")
        return self.kind == "kpi" and (
            self.direction == "keep" or self.is_ceiling or (moves and self.aggregate in ("average", "ratio"))
        )

    @property
    def waits_for_end(self) -> bool:
        return self.is_level or self.direction == "keep"

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        return cut(self.frequency if self.has_periods else "", self.span, self.calendar)

    @cached_property
    def due_days(self) -> tuple[date, ...]:
        return due_days(self.frequency if self.has_periods else "", self.span, self.rhythm, self.calendar)

    @cached_property
    def asking_days(self) -> tuple[date, ...]:
        """For each due day the first day it asks about. A check-in from then on, until the next asks, meets it and no other."""
        return asking_days(self.frequency if self.has_periods else "", self.span, self.rhythm, self.calendar)

    @cached_property
    def targets(self) -> tuple[Fraction | None, ...]:
        """Each period's target; see `targets`. Asked for at every look ahead, so it is worked out once."""
        return _targets(self)


def total_target(measure: Measure) -> Fraction | None:
    """The target of the whole span: as typed, or for a sum typed per period start + target × periods, clipped ones in proportion to their days,
    rounded to the larger of the metric's and the target's decimals."""
    if measure.target is None or measure.target_per == "span" or measure.aggregate != "sum" or not measure.has_periods:
        return measure.target
    shares = sum((period.share for period in measure.periods), ZERO)
    return measure.base + half_up(measure.target * shares, max(measure.decimals, decimals_of(measure.target)))


def targets(measure: Measure) -> tuple[Fraction | None, ...]:
    """Each period's target, in the metric's unit: a share of a sum, a point of the line of a `last`, the same level for the others; none for a keep."""
    return measure.targets


def _targets(measure: Measure) -> tuple[Fraction | None, ...]:
    total, periods = total_target(measure), measure.periods
    if total is None or not measure.has_periods or measure.direction == "keep":
        return (None,) * len(periods)
    if measure.aggregate == "sum":
        return spread(total - measure.base, periods, measure.decimals, measure.period_targets)
    if measure.aggregate == "last" and not measure.is_ceiling:
        straight = (measure.base + (total - measure.base) * measure.span.elapsed(period.last) for period in periods)
        return tuple(
            measure.period_targets.get(period.first, target) for period, target in zip(periods, straight, strict=True)
        )
    return tuple(measure.period_targets.get(period.first, total) for period in periods)


def target_to_date(measure: Measure, day: date) -> Fraction:
    """A sum's targets over the periods begun, the current one's prorated."""
    index = current_index(measure.periods, day)
    if index < 0:
        return ZERO
    goals = [target or ZERO for target in targets(measure)]
    return sum(goals[:index], ZERO) + goals[index] * measure.periods[index].elapsed(day)


def target_line(measure: Measure, day: date) -> Fraction:
    """The line of a `last` with targets by period, prorated within each period."""
    index = current_index(measure.periods, day)
    if index < 0:
        return measure.base
    points = [measure.base, *(target or ZERO for target in targets(measure))]
    return points[index] + (points[index + 1] - points[index]) * measure.periods[index].elapsed(day)


def within(measure: Measure, value: Fraction) -> bool:
    """A keep's value lies inside its bounds, both included."""
    return (measure.low is None or value >= measure.low) and (measure.high is None or value <= measure.high)


def is_missed(measure: Measure, period: Period, day: date) -> bool:
    """A period without a value counts as missed once its due day + 3 days is past."""
    return day > period_due_day(period, measure.rhythm) + GRACE
