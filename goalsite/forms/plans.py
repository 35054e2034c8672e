"""The forms of an action plan."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import Optional

from goalsite.forms.base import Form, LineField, choices
from goalsite.forms.pickers import PickField


class ActionForm(Form):
    """A line of the plan: `offer` the goal's key results before it is validated."""

    title = LineField(_l("What is to be done"))
    assignee = PickField(_l("Who does it"), "people")
    action_due = DateField(_l("By"), validators=[Optional()])
    measure = SelectField(_l("For the key result"), default="")

    def offer(self, measures: Iterable[tuple[int, str]]) -> None:
        """The key results it may be tied to."""
        self.measure.choices = choices(
            [("", _l("The goal as a whole")), *((str(key), title) for key, title in measures)]
        )


class TickForm(Form):
    """Whether a line is done now."""

    done = HiddenField(default="1")
