"""The form that changes an active goal, with a reason; and the one that decides on a change somebody proposed."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, DateField, FieldList, FormField, HiddenField, SelectField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from goalsite.actions.change_goal import GOAL_FIELDS, MEASURE_FIELDS, Wish
from goalsite.domain import terms
from goalsite.forms.base import ExactField, Form, TextField
from goalsite.forms.measures import DIRECTIONS
from goalsite.forms.moves import LONGEST_REASON
from goalsite.models import Goal, Measure


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
    respread = BooleanField(_l("Spread the target evenly over the periods again"))

    def validate_direction(self, field: Any) -> None:
        if field.raw_data and field.data not in terms.DIRECTIONS:
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

    def fill(self, goal: Goal, rows: list[Measure]) -> None:
        """What the goal says now."""
        self.version.data = goal.version
        for name in GOAL_FIELDS:
            self[name].data = getattr(goal, name)
        for row in rows:
            self.measures.append_entry({name: getattr(row, name) for name in MEASURE_FIELDS} | {"id": str(row.id)})

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
            if one.form.respread.data and row.period_targets:
                found.append(Wish(row, "respread", None))
        return found

    def row_of(self, measure: Measure) -> Any:
        """The measure's fields."""
        return next((one.form for one in self.measures if one.form.id.data == str(measure.id)), self)


class DecisionForm(Form):
    """An answer to a proposed change: needed where it is returned."""

    answer = TextField(_l("Answer"), most=LONGEST_REASON)
