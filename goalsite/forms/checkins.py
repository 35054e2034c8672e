"""The form of a check-in: what it asks for follows from the measure."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import DateField, RadioField, SelectField, SelectMultipleField
from wtforms import Field as AnyField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from goalsite.actions.check_in import Reported
from goalsite.domain.measure import Measure
from goalsite.formats import number
from goalsite.forms.base import ExactField, Form, LineField, choices
from goalsite.forms.pickers import PickField
from goalsite.models_follow import CheckIn
from goalsite.queries import company as here
from goalsite.queries.cards import MeasureCard

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
    mover = PickField(_l("Who moves it?"), "people")
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
            mover_id=self.mover.chosen_id,
            next_step=self.next_step.data or "",
        )


class SeenForm(Form):
    """Check-ins that were looked at, each as `shown`, its id and its owner's, `12:3`; and which button was pressed: one, a person's, or all."""

    shown = AnyField()
    one = AnyField()
    person = AnyField()
    all = AnyField()

    def meant(self) -> list[int]:
        """The ids of those to mark; what cannot be read is left out."""
        pairs = [re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", str(text)) for text in self.shown.raw_data or ()]
        owners = {int(pair[1]): pair[2] for pair in pairs if pair}
        if self.all.raw_data:
            return list(owners)
        people, ones = self.person.raw_data or (), self.one.raw_data or ()
        return [key for key, owner in owners.items() if owner in people or str(key) in ones]


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


def correction_of(checkin: CheckIn, measure: Measure) -> type[CheckInForm]:
    """The form that puts another value in the place of this one: of a step, whether that step is done."""
    if checkin.step is None:
        return form_for(measure, set())
    code = checkin.step.code
    value = SelectField(_l("Done?"), choices=choices([(1, _l("Yes, done")), (0, _l("Not yet"))]), coerce=_whole)

    class StepForm(CheckInForm):
        def reported(self, measure: Measure) -> Reported:
            return replace(
                super().reported(replace(measure, direction="done")), value=None, steps=((code, self.value.data == 1),)
            )

    return type("StepForm", (StepForm,), {"value": value})


def begun(measure: MeasureCard, last_id: int, on: date | None = None) -> CheckInForm:
    """The form as it opens: made after the measure's last check-in (0: none), for that day, or for what the measure waits for, or
    for today, with the call as it stands."""
    form = form_for(measure.facts, measure.done_steps)(formdata=None)
    span, today = measure.facts.span, here.today()
    day = on or (measure.asked.on if measure.asked else today)
    form.on.data = min(max(day, span.first), span.last, max(today, span.first))
    form.version.data = last_id
    form.confidence.data = measure.standing.confidence or form.confidence.data
    return form


def may_say_the_same(measure: MeasureCard) -> bool:
    """Whether "nothing changed" says something: of a ratio it does not, nor before the first value; of steps always."""
    facts = measure.facts
    if facts.direction == "steps":
        return True
    return facts.aggregate != "ratio" and (facts.aggregate == "sum" or bool(measure.entries))


def say_the_same(form: CheckInForm, measure: MeasureCard) -> None:
    """Fills in what "nothing changed" means: of a sum that nothing came, of steps that they stand as they do, else the value that was reported last."""
    if not may_say_the_same(measure):
        return
    if measure.facts.direction == "steps":
        form.steps.data = form.steps.default
        return
    last = max(measure.entries, key=lambda entry: (entry.on, entry.at), default=None)
    adds = measure.facts.aggregate == "sum" and measure.facts.direction != "done"
    value = Fraction(0) if adds or last is None else last.value or Fraction(0)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    form.value.data = int(exact) if measure.facts.direction == "done" else exact
    form.value.raw_data = [str(int(exact)) if measure.facts.direction == "done" else number(exact)]


def _whole(text: object) -> int:
    return int(str(text))
