"""The form that changes an active goal, with a reason; and the one that decides on a change somebody proposed."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import DateField, FieldList, FormField, HiddenField, SelectField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from goalsite.actions.change_goal import GOAL_FIELDS, MEASURE_FIELDS, PERIODS, Wish
from goalsite.domain import terms
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.period_plan import written
from goalsite.domain.periods import Span
from goalsite.forms.base import ExactField, Form, TextField
from goalsite.forms.measures import DIRECTIONS, TARGET_PERS
from goalsite.forms.moves import LONGEST_REASON
from goalsite.forms.period_targets import PeriodTargetsField, Strip, settle, strip_of
from goalsite.models import Goal, Measure
from goalsite.queries import company as here
from goalsite.queries.records import fraction, measure_facts


class MeasureChangeForm(PlainForm):
    """The numbers of one measure."""

    id = HiddenField()
    # Not asked for where it stays as it is.
    direction = SelectField(_l("Direction"), choices=DIRECTIONS, validate_choice=False)
    start = ExactField(_l("Start"))
    target = ExactField(_l("Target"))
    low = ExactField(_l("Low bound"))
    high = ExactField(_l("High bound"))
    weight = ExactField(_lp("measure", "Weight"), required=True)
    starts_on = DateField(_l("First day"), validators=[Optional()])
    due_on = DateField(_l("Last day"), validators=[Optional()])
    target_per = SelectField(_l("Target is"), choices=TARGET_PERS, validate_choice=False)
    period_targets = PeriodTargetsField(_l("Targets by period"))

    strip: Strip | None = None

    def validate_direction(self, field: Any) -> None:
        if field.raw_data and field.data not in terms.DIRECTIONS:
            raise ValidationError(field.gettext("Not a valid choice."))

    def validate_target_per(self, field: Any) -> None:
        if field.raw_data and field.data not in terms.TARGET_PERS:
            raise ValidationError(field.gettext("Not a valid choice."))


class ChangeForm(Form):
    """The numbers of a goal and of its measures, and why they change."""

    reason = TextField(_l("Reason"), most=LONGEST_REASON, required=True)
    weight = ExactField(
        _lp("goal", "Weight"),
        required=True,
        validators=[NumberRange(min=0, message=_l("A weight is 0 or more."))],
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("A day is needed, such as 31/03/2026."))])
    due_on = DateField(_l("Last day"), validators=[InputRequired(_l("A day is needed, such as 31/03/2026."))])
    measures = FieldList(FormField(MeasureChangeForm), max_entries=20)

    focus = ""

    def fill(self, goal: Goal, rows: list[Measure]) -> None:
        """What the goal says now."""
        self.version.data = goal.version
        for name in GOAL_FIELDS:
            self[name].data = getattr(goal, name)
        for row in rows:
            said = {name: getattr(row, name) for name in MEASURE_FIELDS} | {"id": str(row.id)}
            self.measures.append_entry(said | {PERIODS: {one.starts_on: one.target for one in row.period_targets}})

    def lay_out(self, goal: Goal, rows: list[Measure]) -> None:
        """The strip of each measure's periods, as the form says they will be."""
        by_id = {str(row.id): row for row in rows}
        for one in self.measures:
            row = by_id.get(one.form.id.data or "")
            one.form.strip = strip_of(self._facts(one.form, row, goal), one.form.period_targets) if row else None

    def settle(self, do: str, goal: Goal, rows: list[Measure]) -> None:
        """What a button of a strip asks for: total-0, spread-0, clear-0."""
        act, _, place = do.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if 0 <= at < len(self.measures.entries):
            one = self.measures.entries[at].form
            row = next((row for row in rows if str(row.id) == one.id.data), None)
            settle(act, self._facts(one, row, goal) if row else None, one)
            self.focus = f"measures-{at}-periods"

    def _facts(self, one: MeasureChangeForm, row: Measure, goal: Goal) -> MeasureFacts | None:
        facts = measure_facts(row, goal, goal.cycle, here.company())
        first = one.starts_on.data or self.starts_on.data or goal.starts_on
        last = one.due_on.data or self.due_on.data or goal.due_on
        direction = one.direction.data if one.direction.data in terms.DIRECTIONS else row.direction
        if last < first or direction not in ("increase", "decrease") or row.fed_by_id:
            return None
        return replace(
            facts,
            span=Span(first, last),
            direction=direction,
            start=fraction(one.start.data),
            target=fraction(one.target.data),
            target_per=one.target_per.data if one.target_per.data in terms.TARGET_PERS else row.target_per,
            period_targets={day: Fraction(number) for day, number in one.period_targets.data.items()},
        )

    def wishes(self, goal: Goal, rows: list[Measure]) -> list[Wish]:
        """What is to be otherwise than it is. A field that was not sent stays."""
        found = [Wish(None, name, self[name].data) for name in GOAL_FIELDS if self[name].data != getattr(goal, name)]
        by_id = {str(row.id): row for row in rows}
        for one in self.measures:
            row = by_id.get(one.form.id.data or "")
            if row is None:
                continue
            found += [
                Wish(row, name, one.form[name].data)
                for name in MEASURE_FIELDS
                if one.form[name].raw_data and one.form[name].data != getattr(row, name)
            ]
            held = written({one.starts_on: one.target for one in row.period_targets})
            if one.form.period_targets.sent and written(one.form.period_targets.data) != held:
                found.append(Wish(row, PERIODS, written(one.form.period_targets.data)))
        return found

    def row_of(self, measure: Measure) -> Any:
        """The measure's fields."""
        return next((one.form for one in self.measures if one.form.id.data == str(measure.id)), self)


class DecisionForm(Form):
    """An answer to a proposed change: needed where it is returned."""

    answer = TextField(_l("Answer"), most=LONGEST_REASON)
