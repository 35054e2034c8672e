"""Targets by period: the field that reads them, and the strip in which they are typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from babel.dates import format_date, format_skeleton
from flask_babel import get_locale
from wtforms.utils import unset_value

from goalsite import formats
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Measure
from goalsite.domain.period_plan import PeriodPlan, Slot, period_plan, periods_from_total, total_from_periods
from goalsite.domain.periods import LENGTHS, Span, decimals_of
from goalsite.domain.rounding import as_decimal
from goalsite.extensions import EXACT_DECIMALS
from goalsite.forms.base import TextField
from goalsite.messages import say

# Every working day of more than a year and a half is not typed one by one.
MOST_PERIODS = 400
# How many are shown at once without being asked for.
FEW = 6


class PeriodTargetsField(TextField):
    """Targets by period, each in an input of its own: `<name>-2026-01-01`. `data` is {first day: number}, `typed` what was
    written, `unread` the days whose text is no number, `sent` whether there were such inputs at all."""

    data: Any
    typed: dict[date, str]
    unread: set[date]
    sent: bool

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.errors, self.raw_data, self.unread, self.sent = [], None, set(), False
        self.set({} if data is unset_value or not data else data)
        if formdata is None:
            return
        self.data, self.typed = {}, {}
        for name in formdata:
            if name.startswith(f"{self.name}-"):
                self.sent = True
                self._read(name.removeprefix(f"{self.name}-"), formdata.get(name, "").strip())
        self.raw_data = list(self.typed.values())

    def set(self, numbers: dict[date, Decimal]) -> None:
        """These and no others."""
        self.data, self.unread = dict(numbers), set()
        self.typed = {day: formats.number(number) for day, number in self.data.items()}

    def _read(self, day: str, text: str) -> None:
        try:
            on = date.fromisoformat(day)
        except ValueError:
            return
        if not text:
            return
        self.typed[on] = text
        try:
            self.data[on] = formats.parse_number(text, str(get_locale()))
        except RuleError as error:
            self.unread.add(on)
            self.process_errors.append(say(error))


@dataclass(frozen=True)
class Cell:
    """One period of the strip: its input's name and text, and the target by the rules as it reads."""

    name: str
    label: str
    text: str
    by_rules: str
    wrong: bool


@dataclass(frozen=True)
class Strip:
    """The periods of one measure to type in, by month or all together; `total`, `typed`, `left`, `over` as they read."""

    plan: PeriodPlan
    groups: list[tuple[str, list[Cell]]]
    total: str
    typed: str
    left: str
    over: str
    open: bool


def strip_of(measure: Measure | None, field: PeriodTargetsField) -> Strip | None:
    """The strip for the measure as it is written; None where it has no targets by period, or too many to be typed."""
    if measure is None or too_many(measure.frequency, measure.span):
        return None
    plan = period_plan(measure)
    if plan is None:
        return None
    decimals = max(measure.decimals, decimals_of(measure.target or Fraction(0)))
    over = plan.left is not None and plan.left < 0

    def reads(number: Fraction | None) -> str:
        return "" if number is None else formats.number(number, None, measure.symbol)

    cells = [
        (
            _group(slot, measure.frequency),
            Cell(
                name=f"{field.name}-{slot.period.first.isoformat()}",
                label=_label(slot, measure),
                text=field.typed.get(slot.period.first, ""),
                by_rules="–"
                if slot.by_rules is None or (over and slot.by_rules < 0)
                else formats.number(half(slot.by_rules, decimals)),
                wrong=slot.period.first in field.unread,
            ),
        )
        for slot in plan.slots
    ]
    groups = [(name, [cell for _, cell in found]) for name, found in groupby(cells, key=lambda pair: pair[0])]
    left = plan.left
    return Strip(
        plan=plan,
        groups=groups,
        total=reads(plan.total),
        typed=reads(plan.typed),
        left=reads(left),
        over=reads(-left) if left is not None and left < 0 else "",
        open=bool(field.unread or field.errors) or not plan.fits or len(plan.slots) <= FEW or bool(plan.count),
    )


def half(number: Fraction, decimals: int) -> Decimal:
    """Rounded as it is shown."""
    return as_decimal(number, min(decimals, EXACT_DECIMALS))


def too_many(frequency: str, span: Span) -> bool:
    """Whether the span has more periods than one types."""
    return bool(frequency) and span.days > MOST_PERIODS * LENGTHS[frequency]


def settle(do: str, measure: Measure | None, form: Any) -> None:
    """What a button of the strip asks for: the target as the periods say (total), the periods as the target says (spread), or none
    of their own (clear). `form` has target and period_targets, and target_per where one may choose it."""
    field = form.period_targets
    if do == "clear":
        field.set({})
    elif measure is not None and not too_many(measure.frequency, measure.span):
        if do == "spread":
            found = periods_from_total(measure)
            field.set({day: as_decimal(number, EXACT_DECIMALS) for day, number in found.items()})
        elif do == "total" and (total := total_from_periods(measure)) is not None:
            form.target.data, form.target.raw_data = as_decimal(total, EXACT_DECIMALS), None
            if "target_per" in form:
                form.target_per.data = "span"


def _group(slot: Slot, frequency: str) -> str:
    """Days and weeks stand by month (a week belongs to the month of its last day), longer ones by year."""
    skeleton = "yMMMM" if frequency in ("day", "week") else "y"
    return format_skeleton(skeleton, slot.period.last, locale=get_locale())


def _label(slot: Slot, measure: Measure) -> str:
    first, last = slot.period.first, slot.period.last
    if measure.frequency == "day":
        return formats.daymonth(first)
    if measure.frequency in ("month", "quarter") and slot.period.share == 1:
        return format_date(first, "LLL" if measure.frequency == "month" else "QQQ", locale=get_locale())
    return f"{formats.daymonth(first)}–{formats.daymonth(last)}"


def names_in(field: PeriodTargetsField) -> Iterator[tuple[str, str]]:
    """(name, text) of every target there is, for where they are only carried along."""
    for day, text in field.typed.items():
        yield f"{field.name}-{day.isoformat()}", text
