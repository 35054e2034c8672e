"""Setting up the organisation: the tree of units, one unit's form, archiving. HR; the teams below a unit its head too."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _

from goalsite import policy
from goalsite.actions.units import add_unit, archive_unit, change_unit, facts_of, restore_unit
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.units import UnitForm, newer, unit_form
from goalsite.frame import me
from goalsite.messages import say
from goalsite.models import Unit
from goalsite.queries import company as here
from goalsite.queries import units as read
from goalsite.queries.filters import as_id
from goalsite.queries.viewer import relations_to_units
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("units", __name__, url_prefix="/setup/units")
LONGEST_TEXT = 100


@blueprint.get("")
def list_units() -> Response:
    _allow_in()
    text = " ".join(request.args.get("text", "").split())[:LONGEST_TEXT]
    archived = request.args.get("archived") == "1"
    page = as_id(request.args.get("page", "")) or 1
    found = read.units_like(text, archived=archived, page=page, today=here.today())
    to = relations_to_units(viewer(), [one.unit.id for one in found.branches])
    return respond(
        "units/list.html",
        found=found,
        text=text,
        archived=archived,
        may_edit={one.unit.id for one in found.branches if policy.may_edit_team(to[one.unit.id], one.unit.kind)},
        may_add={
            one.unit.id for one in found.branches if policy.may_add_team(to[one.unit.id]) and not one.unit.archived
        },
    )


@blueprint.get("/new")
def new() -> Response:
    parent = read.unit_by_id(as_id(request.args.get("below", "")) or 0)
    _allow_in()
    if parent is not None:
        allow(policy.may_add_team(relations_to_units(viewer(), [parent.id])[parent.id]))
    return _form_page(unit_form(viewer(), parent=parent))


@blueprint.post("/new")
def add() -> Response:
    _allow_in()
    form = unit_form(viewer())
    if not form.validate_on_submit() or not _parent_is_mine(form):
        return _form_page(form, status=422)
    if first_time(form):
        try:
            unit = add_unit(me(), form.facts(), here.today())
        except RuleError as error:
            return _refused(form, error)
        db.session.commit()
        flash(_("Made: %(name)s.", name=unit.name), "success")
    return go_to(url_for("units.list_units"))


@blueprint.get("/<int:unit_id>/edit")
def edit(unit_id: int) -> Response:
    unit = load_unit(unit_id)
    return _form_page(unit_form(viewer(), unit), unit)


@blueprint.post("/<int:unit_id>/edit")
def change(unit_id: int) -> Response:
    unit = load_unit(unit_id, to_change=True)
    form = unit_form(viewer(), unit)
    if not form.validate_on_submit() or not _parent_is_mine(form):
        return _form_page(form, unit, status=422)
    if first_time(form):
        if is_stale(form, unit):
            return _form_page(form, unit, stale=True, status=409)
        try:
            change_unit(me(), unit, form.facts(facts_of(unit)), here.today())
        except RuleError as error:
            return _refused(form, error, unit_id)
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(url_for("units.list_units"))


@blueprint.post("/<int:unit_id>/<any(archive, restore):act>")
def move(unit_id: int, act: str) -> Response:
    unit = load_unit(unit_id, to_change=True)
    form = Sure()
    if form.validate_on_submit() and first_time(form):
        try:
            if act == "archive":
                archive_unit(me(), unit, here.today())
                words = _("Archived: %(name)s. What was done in it stays.", name=unit.name)
            else:
                restore_unit(me(), unit)
                words = _("In use again: %(name)s.", name=unit.name)
        except RuleError as error:
            words = say(error)
            db.session.rollback()
            flash(words, "error")
            return go_to(url_for("units.edit", unit_id=unit_id))
        db.session.commit()
        flash(words, "success")
    return go_to(url_for("units.list_units"))


def load_unit(unit_id: int, *, to_change: bool = False) -> Unit:
    """The unit, for those who may change it."""
    _allow_in()
    unit = read.unit_by_id(unit_id, to_change=to_change)
    if unit is None:
        abort(404)
    allow(policy.may_edit_team(relations_to_units(viewer(), [unit.id])[unit.id], unit.kind))
    return unit


def _allow_in() -> None:
    """HR, and whoever heads a unit."""
    allow(policy.may_run_cycles(viewer()) or bool(viewer().heads))


def _parent_is_mine(form: UnitForm) -> bool:
    """A head places teams only below the units they head."""
    parent = form.parent.chosen if "parent" in form else None
    if parent is None or policy.may_add_team(relations_to_units(viewer(), [parent.id])[parent.id]):
        return True
    add_error(form, RuleError("unit_not_yours", "parent"))
    return False


def _refused(form: UnitForm, error: RuleError, unit_id: int | None = None) -> Response:
    db.session.rollback()
    add_error(form, error)
    return _form_page(form, load_unit(unit_id) if unit_id else None, status=422)


def _form_page(form: UnitForm, unit: Unit | None = None, *, stale: bool = False, status: int = 200) -> Response:
    fresh = {"formdata": None} if request.method == "POST" else {}
    return respond(
        "units/form.html",
        status=status,
        form=form,
        unit=unit,
        newer=newer(form, unit if stale else None),
        stale=stale,
        sure=Sure(**fresh),
    )
