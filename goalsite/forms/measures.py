"""One measure in the form of a goal: a key result, or a KPI's indicator."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import DateField, HiddenField, SelectField
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional, ValidationError

from goalsite import formats
from goalsite.actions.write_goal import FROM_METRIC, PLAIN, MeasureDraft
from goalsite.domain.errors import RuleError
from goalsite.forms.base import ExactField, LineField, TextField, choices
from goalsite.forms.period_targets import PeriodTargetsField, Strip
from goalsite.forms.pickers import PickField, label_of
from goalsite.messages import say
from goalsite.models import Measure
from goalsite.queries.drafts import Rows
from goalsite.queries.pickers import choice_of

DIRECTIONS = choices(
    (
        ("increase", _l("Goes up to the target")),
        ("decrease", _l("Goes down to the target, or stays below it")),
        ("keep", _l("Stays within bounds")),
        ("done", _l("Is done or not")),
        ("steps", _l("Is done in steps")),
    )
)
AGGREGATES = choices(
    (
        ("last", _l("The latest value counts")),
        ("sum", _l("Amounts add up")),
        ("average", _l("The average counts")),
        ("ratio", _l("A ratio of two totals")),
    )
)
FREQUENCIES = choices(
    (
        ("", _lp("frequency", "None")),
        ("day", _l("Day")),
        ("week", _l("Week")),
        ("month", _l("Month")),
        ("quarter", _l("Quarter")),
    )
)
TARGET_PERS = choices((("span", _l("For the whole time")), ("period", _l("For each period"))))
DECIMALS = choices((count, str(count)) for count in range(5))
LONGEST_STEPS = 4000
MOST_STEPS = 50


class MeasureForm(PlainForm):
    """A measure as it is written. Where a metric is named, what is the metric's own is filled in from it."""

    id = HiddenField()
    title = LineField(_l("What is measured"), required=False)
    metric = PickField(_l("Metric"), "metrics")
    symbol = LineField(_l("Symbol"), most=64, required=False)
    decimals = SelectField(_l("Decimals"), choices=DECIMALS, coerce=int, default=0)
    direction = SelectField(_l("Direction"), choices=DIRECTIONS, default="increase")
    aggregate = SelectField(_l("How check-ins count"), choices=AGGREGATES, default="last")
    frequency = SelectField(_l("Every"), choices=FREQUENCIES, default="")
    start = ExactField(_l("Start"))
    target = ExactField(_l("Target"))
    target_per = SelectField(_l("Target is"), choices=TARGET_PERS, default="span")
    low = ExactField(_l("Low bound"))
    high = ExactField(_l("High bound"))
    weight = ExactField(
        _lp("measure", "Weight"),
        default=Decimal(1),
        validators=[NumberRange(min=Decimal("0.0001"), message=_l("The weight must be above 0."))],
    )
    starts_on = DateField(_l("First day"), validators=[Optional()])
    due_on = DateField(_l("Last day"), validators=[Optional()])
    assignee = PickField(_l("Reported by"), "people")
    fed_by = PickField(_l("Fed by the KPI"), "kpis")
    steps = TextField(_l("Steps"), most=LONGEST_STEPS)
    period_targets = PeriodTargetsField(_l("Targets by period"))

    rows: Rows
    strip: Strip | None = None

    def pickers(self) -> list[PickField]:
        return [self.metric, self.assignee, self.fed_by]

    def prepare(self, rows: Rows) -> None:
        """Fills in what is the metric's own, once what the pickers name is known; a KPI that feeds it brings its metric."""
        self.rows = rows
        metric = self.rows.metrics.get(self.metric.chosen_id or 0)
        source = next(iter(rows.indicators.get(self.fed_by.chosen_id or 0, [])), None)
        if source and source.metric and not (self.metric.data or "").strip():
            metric = source.metric
            pick_stored(self.metric, metric)
            self.metric.raw_data = None
            self.rows = replace(rows, metrics={**rows.metrics, metric.id: metric})
        if metric:
            for name in FROM_METRIC:
                self[name].data, self[name].raw_data = getattr(metric, name), None

    def begin_copy(self) -> None:
        """The same measure for a new goal: nobody's yet, without dates and targets by period."""
        self.id.data, self.starts_on.data, self.due_on.data = "", None, None
        self.period_targets.set({})
        pick_stored(self.assignee)

    def says(self) -> bool:
        """Whether anything was filled in."""
        fields = (self.title, self.metric, self.start, self.target, self.low, self.high, self.steps, self.fed_by)
        return bool(self.id.data) or any(one.data not in (None, "") for one in fields)

    def name(self) -> str:
        """What to call it where something is wrong with it as a whole."""
        return self.title.data or gettext("What is measured")

    def draft(self, is_kpi: bool, goal_title: str) -> MeasureDraft:
        """What the row says. A measure without a title of its own bears its metric's name, or the goal's."""
        metric = self.rows.metrics.get(self.metric.chosen_id or 0)
        source = self.rows.goals.get(self.fed_by.chosen_id or 0) if not is_kpi else None
        indicators = self.rows.indicators.get(source.id, []) if source else []
        direction = metric.direction if metric else self.direction.data
        moves = direction in ("increase", "decrease")
        keeps = direction == "keep"
        identity = self.id.data or ""
        numbered = identity.isascii() and identity.isdigit() and len(identity) < 10
        return MeasureDraft(
            id=int(identity) if numbered else None,
            title=self.title.data or (metric.name if metric else "") or goal_title,
            metric=metric,
            symbol=self.symbol.data or "",
            decimals=self.decimals.data,
            direction=self.direction.data,
            aggregate=self.aggregate.data,
            frequency=self.frequency.data,
            start=self.start.data if moves else None,
            target=self.target.data if moves else None,
            target_per=self.target_per.data if moves else "span",
            low=self.low.data if keeps else None,
            high=self.high.data if keeps else None,
            weight=self.weight.data if self.weight.data and not is_kpi else Decimal(1),
            starts_on=self.starts_on.data,
            due_on=self.due_on.data,
            assignee=self.rows.people.get(self.assignee.chosen_id or 0),
            fed_by=source,
            fed_frequency=indicators[0].frequency if indicators else "",
            steps=tuple(self.read_steps()) if direction == "steps" else (),
            period_targets=self.period_targets.data if moves and source is None else {},
        )

    def read_steps(self) -> list[tuple[str, Decimal]]:
        """One step a line; its weight, where it is not 1, after a bar. Raises RuleError for a weight that is no number."""
        found = []
        for line in (self.steps.data or "").splitlines():
            title, bar, weight = line.rpartition("|")
            if not bar:
                title, weight = line, ""
            if title.strip():
                number = formats.parse_number(weight, str(get_locale())) if weight.strip() else Decimal(1)
                found.append((title.strip()[:300], number))
        return found

    def validate_steps(self, field: Any) -> None:
        try:
            steps = self.read_steps()
        except RuleError as error:
            raise ValidationError(say(error)) from None
        if len(steps) > MOST_STEPS:
            raise ValidationError(gettext("At most %(most)s steps.", most=MOST_STEPS))
        if any(weight <= 0 for _, weight in steps):
            raise ValidationError(gettext("The weight must be above 0."))

    def validate_fed_by(self, field: Any) -> None:
        """A key result fed by a KPI has the KPI's metric."""
        for one in self.rows.indicators.get(field.chosen_id or 0, []):
            if one.metric_id is None or one.metric_id != self.metric.chosen_id:
                metric = self.rows.metrics.get(self.metric.chosen_id or 0)
                known, other = metric.code if metric else "–", one.metric.code if one.metric else "–"
                raise ValidationError(say(RuleError("fed_by_other_metric", one=known, other=other)))
            if one.fed_by_id:
                raise ValidationError(say(RuleError("fed_by_fed", name=field.chosen.name)))


def measure_data(row: Measure) -> dict[str, Any]:
    """A stored measure as the form's data; `pick_stored` then says what its pickers hold."""
    steps = [step.title if step.weight == 1 else f"{step.title} | {formats.number(step.weight)}" for step in row.steps]
    return {name: getattr(row, name) for name in (*PLAIN, *FROM_METRIC)} | {
        "id": str(row.id),
        "steps": "\n".join(steps),
        "period_targets": {target.starts_on: target.target for target in row.period_targets},
    }


def pick_stored(field: PickField, *things: Any) -> None:
    """The field as it stands, without looking anything up."""
    field.picks = [choice_of(one) for one in things if one]
    field.data = label_of(*field.picks)
