"""The forms that give an active goal one more key result, and end one."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, FormField
from wtforms.validators import InputRequired

from goalsite.actions.write_goal import MeasureDraft
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.periods import Span
from goalsite.domain.relations import Viewer
from goalsite.forms.base import Form, TextField
from goalsite.forms.drafts import named_by
from goalsite.forms.measures import MeasureForm
from goalsite.forms.moves import LONGEST_REASON
from goalsite.forms.period_targets import settle, strip_of
from goalsite.models import Goal


class EndForm(Form):
    """The last day, and why."""

    on = DateField(_l("Last day"), validators=[InputRequired(_l("A day is needed, such as 31/03/2026."))])
    reason = TextField(_l("Reason"), most=LONGEST_REASON, required=True)


class NewMeasureForm(Form):
    """A key result as in the form of a goal, and why. `prepare` before `validate`, as there."""

    measures = FieldList(FormField(MeasureForm), min_entries=1, max_entries=1)
    reason = TextField(_l("Reason"), most=LONGEST_REASON, required=True)

    focus = ""

    @property
    def measure(self) -> MeasureForm:
        form: MeasureForm = self.measures[0].form
        return form

    def prepare(self, viewer: Viewer) -> None:
        """Looks up what was typed."""
        self.measure.prepare(named_by(self.measure.pickers(), viewer))

    def lay_out(self, goal: Goal, do: str = "") -> None:
        """The strip of its periods, after what a button of it asks for: total-0, spread-0, clear-0."""
        act = do.partition("-")[0]
        if act in ("total", "spread", "clear"):
            settle(act, self._facts(goal), self.measure)
            self.focus = "measures-0-periods"
        self.measure.strip = strip_of(self._facts(goal), self.measure.period_targets)

    def draft(self, goal: Goal) -> MeasureDraft:
        """What the form says; without a title it bears its metric's name, or the goal's."""
        return self.measure.draft(False, goal.title)

    def _facts(self, goal: Goal) -> MeasureFacts | None:
        if self.measure.direction.data not in ("increase", "decrease"):
            return None
        draft = self.draft(goal)
        first, last = draft.starts_on or goal.starts_on, draft.due_on or goal.due_on
        return draft.facts(goal.kind, Span(goal.starts_on, goal.due_on), goal.cycle) if last >= first else None
