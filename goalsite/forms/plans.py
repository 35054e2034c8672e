"""The forms of an action plan."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import Optional

from goalsite.forms.base import Form, LineField, choices
from goalsite.forms.pickers import PickField, label_of
from goalsite.models_follow import Action
from goalsite.queries.pickers import choice_of


class ActionForm(Form):
    """A line of the plan: `offer` the goal's key results before it is validated. `seen` is the line as it was when the form was made."""

    title = LineField(_l("What is to be done"))
    assignee = PickField(_l("Who does it"), "people")
    action_due = DateField(_l("By"), validators=[Optional()])
    measure = SelectField(_l("For the key result"), default="")
    seen = HiddenField()

    def offer(self, measures: Iterable[tuple[int, str]]) -> "ActionForm":
        """The key results it may be tied to."""
        self.measure.choices = choices(
            [("", _l("The goal as a whole")), *((str(key), title) for key, title in measures)]
        )
        return self

    def show(self, action: Action) -> "ActionForm":
        """The line as it stands."""
        self.title.data, self.action_due.data = action.title, action.due_on
        self.assignee.data = label_of(choice_of(action.assignee)) if action.assignee else ""
        self.measure.data, self.seen.data = str(action.measure_id or ""), seen(action)
        return self

    def facts(self) -> dict[str, Any]:
        """What the form says, as a line keeps it."""
        return {
            "title": self.title.data or "",
            "assignee_id": self.assignee.chosen_id,
            "due_on": self.action_due.data,
            "measure_id": int(self.measure.data) if self.measure.data else None,
        }


class RemoveForm(Form):
    """Taking a line away."""


class TickForm(Form):
    """Whether a line is done now."""

    done = HiddenField(default="1")


def seen(action: Action) -> str:
    """What a form that changes the line was made from: where it differs, somebody was quicker."""
    return f"{action.assignee_id or ''}/{action.due_on or ''}/{action.measure_id or ''}/{action.title}"
