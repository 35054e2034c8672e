"""The form in which giving goals to many is looked at, page by page, and then done."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField

from goalsite.actions.giving import GROUPS
from goalsite.domain.relations import Viewer
from goalsite.forms.base import Form, LineField, choices
from goalsite.forms.pickers import PickField, PicksField, look_up
from goalsite.queries.filters import as_id

WHO = choices(
    (
        ("people", _l("People I name")),
        ("unit", _l("Everybody of a unit")),
        ("position", _l("Everybody of a position")),
    )
)


class GivingForm(Form):
    """What is looked at of a plan, and who is left out of it. `ids`: who was to be seen; `give`: who of them stayed ticked."""

    text = LineField(_l("Name or e-mail"), most=100, required=False)
    group = HiddenField(default=GROUPS[0])
    page = HiddenField(default="1")
    skip = HiddenField()
    ids = HiddenField()
    give = SelectMultipleField(_l("People"), choices=[], validate_choice=False)

    def skipped(self) -> set[int]:
        """Who is left out, as of the last look."""
        return _ids(self.skip.data)

    def turn(self, do: str) -> None:
        """What a button asks for: page-2, group-refused, none or all of those ticked; any first takes in what was ticked."""
        seen, ticked = _ids(self.ids.data), _ids(" ".join(self.give.data or []))
        self._leave_out((self.skipped() - seen) | (seen - ticked))
        act, _, value = do.partition("-")
        if act == "group" and value in GROUPS:
            self.group.data, self.page.data = value, "1"
        elif act == "page" and as_id(value):
            self.page.data = value
        elif act == "show":
            self.page.data = "1"

    def leave_out(self, everybody: set[int]) -> None:
        """Nobody of these stays ticked."""
        self._leave_out(everybody)

    def shown_group(self) -> str:
        return self.group.data if self.group.data in GROUPS else GROUPS[0]

    def shown_page(self) -> int:
        return as_id(self.page.data or "") or 1

    def _leave_out(self, ids: set[int]) -> None:
        self.skip.data = " ".join(str(one) for one in sorted(ids))


class DuplicateForm(GivingForm):
    """The same, and whom to give to."""

    who = RadioField(_l("Who gets one"), choices=WHO, default="people")
    people = PicksField(_l("People to give it to"), "people")
    unit = PickField(_l("Unit"), "units")
    below = BooleanField(_l("And of the units below it"), default=True)
    position = LineField(_l("Position"), required=False)

    def prepare(self, viewer: Viewer) -> None:
        """Looks up what was typed. Who filled in one field alone means that one, whatever is chosen above it."""
        look_up(self.people, viewer)
        look_up(self.unit, viewer)
        said = [name for name in ("people", "unit", "position") if self[name].data]
        if len(said) == 1:
            self.who.data = said[0]

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form, and it says for whom."""
        valid = super().validate(extra_validators)
        missing = {
            "people": (self.people, gettext("Name at least one person.")),
            "unit": (self.unit, gettext("Name the unit.")),
            "position": (self.position, gettext("Name the position.")),
        }
        field, words = missing.get(self.who.data, missing["people"])
        if valid and not self.asks():
            field.errors = [*field.errors, words]
        return valid and self.asks()

    def asks(self) -> bool:
        """Whether it says for whom."""
        return {"people": bool(self.people.picks), "unit": bool(self.unit.picks)}.get(
            self.who.data, bool(self.position.data)
        )


def _ids(text: Any) -> set[int]:
    return {found for part in str(text or "").split() if (found := as_id(part))}
