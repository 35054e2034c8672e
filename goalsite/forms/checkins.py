"""The form of a check-in: what it asks for follows from the measure."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import DateField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from goalsite.actions.check_in import Reported
from goalsite.domain.measure import Measure
from goalsite.forms.base import ExactField, Form, LineField, choices

CONFIDENCE = choices(
    (
        ("on_track", _lp("confidence", "On track")),
        ("at_risk", _lp("confidence", "At risk")),
        ("off_track", _lp("confidence", "Off track")),
    )
)
BLOCKERS = choices(
    (
        ("", _l("Nothing in particular")),
        ("resource", _l("People, money or tools")),
        ("dependency", _l("Another team")),
        ("clarity", _l("What is wanted is not clear")),
        ("priority", _l("Other priorities")),
        ("external", _l("Something outside the company")),
    )
)
LONGEST_NOTE = 2000


class CheckInForm(Form):
    """What every check-in says; `version` is the measure's last check-in when the form was made."""

    on = DateField(_l("Day"), validators=[InputRequired(_l("A day is needed, such as 31/03/2026."))])
    confidence = RadioField(_l("Confidence"), choices=CONFIDENCE, default="on_track")
    note = LineField(_l("Note"), most=LONGEST_NOTE, required=False)
    blocker = SelectField(_l("What is in the way?"), choices=BLOCKERS, default="", validators=[Optional()])
    next_step = LineField(_l("Next step"), most=LONGEST_NOTE, required=False)

    def reported(self, measure: Measure) -> Reported:
        """What the form says."""
        steps: tuple[tuple[str, bool], ...] = ()
        if measure.direction == "steps":
            ticked, before = set(self.steps.data or ()), set(self.steps.default or ())
            # Only what changes is said; a form sent without a change says again that its first step stands.
            changed = [step.code for step in measure.steps if (step.code in ticked) != (step.code in before)]
            steps = tuple((code, code in ticked) for code in changed or [measure.steps[0].code])
        return Reported(
            on=self.on.data or date.min,
            value=self.value.data if "value" in self else None,
            numerator=self.numerator.data if "numerator" in self else None,
            denominator=self.denominator.data if "denominator" in self else None,
            steps=steps,
            confidence=self.confidence.data,
            note=self.note.data or "",
            blocker=self.blocker.data or "",
            next_step=self.next_step.data or "",
        )


def form_for(measure: Measure, done: set[str]) -> type[CheckInForm]:
    """The form that asks for what this measure takes; `done` are the steps that stand ticked."""
    if measure.direction == "steps":
        steps = SelectMultipleField(
            _l("Steps done"),
            choices=choices((step.code, step.title) for step in measure.steps),
            default=sorted(done),
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
        return type("StepsForm", (CheckInForm,), {"steps": steps})
    if measure.direction == "done":
        value = SelectField(_l("Done?"), choices=choices([(1, _l("Yes, done")), (0, _l("Not yet"))]), coerce=_whole)
        return type("DoneForm", (CheckInForm,), {"value": value})
    if measure.aggregate == "ratio":
        numerator = ExactField(_l("Numerator"), required=True)
        denominator = ExactField(_l("Denominator"), required=True)
        return type("RatioForm", (CheckInForm,), {"numerator": numerator, "denominator": denominator})
    label = _l("Amount to add") if measure.aggregate == "sum" else _l("New value")
    return type("ValueForm", (CheckInForm,), {"value": ExactField(label, required=True)})


def _whole(text: object) -> int:
    return int(str(text))
