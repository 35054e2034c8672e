"""The form of a unit."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import Length, Regexp

from goalsite.actions.units import Facts
from goalsite.domain.relations import Viewer
from goalsite.forms.base import Form, LineField, choices
from goalsite.forms.pickers import PickField, PicksField, for_viewer, label_of
from goalsite.models import Unit
from goalsite.queries.pickers import choice_of

KINDS = (("department", _l("Department")), ("team", _l("Team")))
VISIBILITIES = (
    ("public", _l("Everybody in the company")),
    ("internal", _l("The unit, those above and below it")),
    ("restricted", _l("Only who has a part in it")),
)
OPTIONS = (
    "supervisors_edit_goals",
    "owners_edit_goals",
    "owners_edit_measures",
    "okr_visibility",
    "kpi_visibility",
    "evaluation_visibility",
)
NO_CODE = _l("A code has no spaces and no “;”, such as SALES-HN.")


class UnitForm(Form):
    """What a head sets of a team."""

    name = LineField(_l("Name"), render_kw={"autocomplete": "off"})
    code = LineField(
        _lp("unit", "Code"),
        validators=[Length(max=64), Regexp(r"[^\s;]+\Z", message=NO_CODE)],
        description=_l("Short and lasting: lists and files name the unit by it."),
        render_kw={"autocomplete": "off"},
    )
    kind = SelectField(_l("Kind"), choices=choices(KINDS), default="team")
    parent = PickField(_l("Lies in"), "units", required=True)
    head = PickField(_l("Head"), "people", description=_l("Manages everybody in the unit who has no manager named."))
    supervisors = PicksField(
        _l("Supervisors"),
        "people",
        description=_l("Help to set and follow its goals. Several with a semicolon between."),
    )

    def facts(self, before: Facts | None = None) -> Facts:
        """What the form says; what it does not ask for stays as it is."""
        kept = {name: getattr(before, name) for name in ("kind", "parent_id", *OPTIONS)} if before else {"kind": "team"}
        said: dict[str, Any] = {name: self[name].data for name in ("kind", *OPTIONS) if name in self}
        if "parent" in self:
            said["parent_id"] = self.parent.chosen_id
        return Facts(
            code=self.code.data or "",
            name=self.name.data or "",
            head_id=self.head.chosen_id,
            supervisors=tuple(sorted(one.id for one in self.supervisors.picks)),
            **(kept | said),
        )


class PlaceForm(Form):
    """Who comes into the unit, and as what."""

    people = PicksField(
        _l("People"),
        "people",
        required=True,
        description=_l("Names or e-mail addresses; several with a semicolon between."),
    )
    place = RadioField(
        _l("How they belong here"),
        choices=choices(
            (
                ("home", _l("They work here: it becomes their unit, and its head their manager where none is named")),
                ("besides", _l("They belong here too, and stay in their own unit")),
            )
        ),
        default="home",
    )


class UnitAndOptionsForm(UnitForm):
    """And what HR decides of how goals are handled in it."""

    supervisors_edit_goals = BooleanField(_l("Supervisors may make and edit goals"), default=True)
    owners_edit_goals = BooleanField(_l("Owners may edit and cancel their active goals"), default=True)
    owners_edit_measures = BooleanField(_l("Owners may change numbers of their active goals"), default=True)
    okr_visibility = SelectField(_l("Who sees a new OKR"), choices=choices(VISIBILITIES), default="public")
    kpi_visibility = SelectField(_l("Who sees a new KPI"), choices=choices(VISIBILITIES), default="public")
    evaluation_visibility = SelectField(_l("Who sees evaluations"), choices=choices(VISIBILITIES), default="restricted")


def unit_form(viewer: Viewer, unit: Unit | None = None, parent: Unit | None = None) -> UnitForm:
    """The form for that reader, filled with what is known; a new unit lies in `parent`."""
    offered = {"parent": label_of(choice_of(parent))} if parent else None
    form = (UnitAndOptionsForm if viewer.is_hr else UnitForm)(data=shown(unit) if unit else offered)
    if not viewer.is_hr or (unit is not None and unit.parent_id is None):
        del form.kind
    if unit is not None and unit.parent_id is None:
        del form.parent
    for_viewer(form, viewer)
    return form


def shown(unit: Unit) -> dict[str, Any]:
    """What the fields hold of a unit."""
    plain = {name: getattr(unit, name) for name in ("name", "code", "kind", "version", *OPTIONS)}
    return {
        **plain,
        "parent": label_of(choice_of(unit.parent)) if unit.parent else "",
        "head": label_of(choice_of(unit.head)) if unit.head else "",
        "supervisors": label_of(*(choice_of(one) for one in unit.supervisors)),
    }


def newer(form: UnitForm, unit: Unit | None) -> dict[str, str | None]:
    """By field, what somebody else saved meanwhile where it differs from what was typed; without a unit nothing."""
    words = dict(KINDS) | dict(VISIBILITIES)
    found: dict[str, str | None] = dict.fromkeys(form._fields)
    for name, value in (shown(unit) if unit else {}).items():
        if name in form and name != "version" and (form[name].data or "") != (value or ""):
            written = (
                (gettext("yes") if value else gettext("no")) if isinstance(value, bool) else words.get(value, value)
            )
            found[name] = str(written or "") or gettext("empty")
    return found
