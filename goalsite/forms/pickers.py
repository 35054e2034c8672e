"""Fields in which somebody or something is picked by typing; `picker` in components/picker.html writes them."""

from contextlib import suppress
from typing import Any

from wtforms import ValidationError

from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.forms.base import LineField
from goalsite.messages import say
from goalsite.queries.pickers import Choice, picked

# Names may be long, and several are picked in one line.
LONGEST = 4000
BETWEEN = "; "


class PickField(LineField):
    """One of a kind (people, units, metrics, goals): PickField(label, "people"). `chosen` is what the text means, once validated.

    The form is made `for_viewer(form, viewer)` before it is validated, since not everybody may pick everything.
    """

    several = False

    def __init__(self, label: Any, pick: str, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, most=LONGEST, required=required, **kwargs)
        self.pick = pick
        self.viewer = Viewer(0)
        self.picks: list[Choice] = []

    @property
    def chosen(self) -> Choice | None:
        return self.picks[0] if self.picks else None

    @property
    def chosen_id(self) -> int | None:
        return self.picks[0].id if self.picks else None

    def pre_validate(self, form: Any) -> None:
        self.picks = []
        for text in self.texts():
            try:
                choice = picked(self.pick, self.viewer, text)
            except RuleError as error:
                raise ValidationError(say(error)) from None
            if choice not in self.picks:
                self.picks.append(choice)

    def texts(self) -> list[str]:
        """What was typed, one by one."""
        text = (self.data or "")[:LONGEST].strip()
        return [text] if text else []


class PicksField(PickField):
    """Several of a kind, with a semicolon between; `picks` are what they mean."""

    several = True

    def texts(self) -> list[str]:
        return [part.strip() for part in (self.data or "")[:LONGEST].split(";") if part.strip()]


class SuggestField(LineField):
    """Any text; what others of its kind (positions) say already is offered while it is typed: SuggestField(label, "positions")."""

    several = False

    def __init__(self, label: Any, pick: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.pick = pick


def for_viewer(form: Any, viewer: Viewer) -> None:
    """Whoever fills in the form picks only what they may."""
    for field in form:
        if isinstance(field, PickField):
            field.viewer = viewer


def look_up(field: PickField, viewer: Viewer) -> None:
    """What was typed is looked up now, and refused only when the form is validated."""
    field.viewer = viewer
    with suppress(ValidationError):
        field.pre_validate(None)


def label_of(*choices: Choice) -> str:
    """What a picker holds when these are chosen."""
    return BETWEEN.join(choice.label for choice in choices)
