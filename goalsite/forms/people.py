"""The form of a person."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, DateField, SelectField
from wtforms.validators import Optional, Regexp

from goalsite.actions.people import Facts
from goalsite.domain.relations import Viewer
from goalsite.formats import LANGUAGES, day
from goalsite.forms.auth import EMAIL, NOT_AN_ADDRESS
from goalsite.forms.base import Form, LineField, choices
from goalsite.forms.pickers import PickField, PicksField, SuggestField, for_viewer, label_of
from goalsite.models import Person
from goalsite.queries.pickers import choice_of

NO_DAY = _l("This is not a day. Write it like 31/03/2026.")


class DayField(DateField):
    """A day that may be left empty; the browser's own picker sends 2026-03-31, whoever types may write 31/03/2026."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], format=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(NO_DAY)) from None


class PersonForm(Form):
    """Everything but roles, which are an administrator's to give."""

    name = LineField(_l("Name"), render_kw={"autocomplete": "off"})
    email = LineField(
        _l("E-mail"),
        validators=[Regexp(EMAIL, message=NOT_AN_ADDRESS)],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    title = LineField(_l("Job title"), required=False)
    position = SuggestField(
        _l("Position"),
        "positions",
        required=False,
        description=_l("Goals are given by position, such as “Sales executive”."),
    )
    unit = PickField(_l("Unit"), "units", required=True)
    teams = PicksField(_l("Other teams"), "units", description=_l("Several with a semicolon between."))
    manager = PickField(
        _l("Manager"), "people", description=_l("Left empty, it is the nearest head of unit above them.")
    )
    joined_on = DayField(_l("First day of work"))
    left_on = DayField(_l("Last day of work"))
    locale = SelectField(_l("Language"), choices=choices([("", _l("As the browser says")), *LANGUAGES]))

    def facts(self, before: Facts | None = None) -> Facts:
        """What the form says; what it does not ask for stays as it is."""
        return Facts(
            email=self.email.data or "" if "email" in self else before.email if before else "",
            name=self.name.data or "",
            title=self.title.data or "",
            position=self.position.data or "",
            unit_id=self.unit.chosen_id,
            manager_id=self.manager.chosen_id,
            joined_on=self.joined_on.data,
            left_on=self.left_on.data if "left_on" in self else before.left_on if before else None,
            locale=self.locale.data,
            is_hr=self.is_hr.data if "is_hr" in self else bool(before and before.is_hr),
            is_admin=self.is_admin.data if "is_admin" in self else bool(before and before.is_admin),
            teams=tuple(sorted(one.id for one in self.teams.picks)),
        )


class PersonAndRolesForm(PersonForm):
    is_hr = BooleanField(_lp("role", "HR"), description=_l("Runs cycles, people, metrics and evaluations."))
    is_admin = BooleanField(_lp("role", "Administrator"), description=_l("Settings, accounts and roles."))


def person_form(viewer: Viewer, person: Person | None = None, *, fresh: bool = False) -> PersonForm:
    """The form for that reader, filled with what is known; what they may not change of an administrator is left out."""
    made = PersonAndRolesForm if viewer.is_admin else PersonForm
    given = {"formdata": None} if fresh else {}
    form = made(data=shown(person) if person else None, **given)
    if person is not None and person.is_admin and not viewer.is_admin:
        del form.email
        del form.left_on
    for_viewer(form, viewer)
    return form


def shown(person: Person) -> dict[str, Any]:
    """What the fields hold of somebody."""
    plain = {name: getattr(person, name) for name in ("name", "email", "title", "position", "joined_on", "left_on")}
    more = {name: getattr(person, name) for name in ("locale", "is_hr", "is_admin", "version")}
    return {
        **plain,
        **more,
        "unit": label_of(choice_of(person.unit)) if person.unit else "",
        "manager": label_of(choice_of(person.manager)) if person.manager else "",
        "teams": label_of(*(choice_of(team) for team in person.teams)),
    }


def newer(form: PersonForm, person: Person | None) -> dict[str, str | None]:
    """By field, what somebody else saved meanwhile where it differs from what was typed; without a person nothing."""
    found: dict[str, str | None] = dict.fromkeys(form._fields)
    for name, value in (shown(person) if person else {}).items():
        if name in form and name != "version" and (form[name].data or "") != (value or ""):
            found[name] = _words(value)
    return found


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return str(_l("yes")) if value else str(_l("no"))
    if isinstance(value, date):
        return day(value)
    return str(value or "") or str(_l("empty"))
