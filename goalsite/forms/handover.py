"""The form in which HR hands the goals of somebody over to others."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, ValidationError

from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.forms.base import Form, TextField
from goalsite.forms.moves import LONGEST_REASON
from goalsite.forms.people import DayField
from goalsite.forms.pickers import PickField, for_viewer
from goalsite.messages import say
from goalsite.queries import company as here
from goalsite.queries.handover import Handed, Stamped


class HandedForm(PlainForm):
    """What becomes of one goal."""

    id = HiddenField()
    goes = BooleanField(_l("Hand it over"), default=True)
    to = PickField(_l("To somebody else than above"), "people")


class HandOverForm(Form):
    """`version` is the stamp of the goals it lists."""

    day = DayField(_l("Last day they answer for them"))
    to = PickField(_l("Who takes over"), "people")
    why = TextField(
        _l("Reason"), most=LONGEST_REASON, required=True, description=_l("It stands in the history of every goal.")
    )
    rest = BooleanField(_l("And what they do on goals of others"), default=True)
    goals = FieldList(FormField(HandedForm), max_entries=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day.validators = [InputRequired(_l("A day is needed, such as 31/03/2026."))]

    def validate_day(self, field: Any) -> None:
        if field.data and field.data > here.today():
            raise ValidationError(say(RuleError("hand_over_day", today=here.today())))

    def prepare(self, viewer: Viewer) -> "HandOverForm":
        """Whoever fills it in picks only whom they may."""
        for_viewer(self, viewer)
        for line in self.goals:
            for_viewer(line.form, viewer)
        return self

    def lay_out(self, handed: Iterable[Handed]) -> None:
        """One line a goal in hand, with what was said of it so far."""
        said = {line.form.id.data: line.form for line in self.goals}
        listed = list(handed)
        self.version.raw_data, self.version.data = None, Stamped(listed).version
        while self.goals.entries:
            self.goals.pop_entry()
        for one in listed:
            held = said.get(str(one.card.row.id))
            self.goals.append_entry(
                {
                    "id": str(one.card.row.id),
                    "goes": held.goes.data if held else True,
                    "to": held.to.data if held else "",
                }
            )
            if held:
                self.goals[-1].form.to.errors = list(held.to.errors)

    def chosen_day(self, default: date) -> date:
        return self.day.data or default

    def successors(self, handed: Iterable[Handed]) -> list[tuple[Handed, int | None]]:
        """The goals that are handed over, each with the id of whom it goes to; None where nobody is named."""
        said = {line.form.id.data: line.form for line in self.goals}
        found = []
        for one in handed:
            line = said.get(str(one.card.row.id))
            if line is not None and line.goes.data:
                found.append((one, line.to.chosen_id or self.to.chosen_id))
        return found
