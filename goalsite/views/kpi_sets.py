"""The KPI sets of positions, for HR: which positions there are, and what each one's people are measured by."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.kpi_sets import hold_set, save_kpi_set
from goalsite.extensions import db
from goalsite.forms.base import first_time, is_stale
from goalsite.forms.kpi_sets import KpiSetForm, filled
from goalsite.frame import me
from goalsite.models import Person
from goalsite.queries import kpi_sets as read
from goalsite.queries.filters import as_id
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("kpi_sets", __name__, url_prefix="/setup/kpi-sets")
LONGEST_POSITION = Person.position.type.length


@blueprint.get("")
def list_positions() -> Response:
    allow(policy.may_run_cycles(viewer()))
    found = read.positions(request.args.get("text", ""), as_id(request.args.get("page", "")) or 1)
    return respond("kpi_sets/list.html", found=found)


@blueprint.get("/edit")
def edit() -> Response:
    position = load_position()
    form = filled(KpiSetForm(formdata=None), read.set_of(position))
    if not form.items:
        form.rearrange("add")
    return _page(form, position)


@blueprint.post("/edit")
def change() -> AnyResponse:
    position = load_position()
    form = KpiSetForm()
    form.prepare(viewer())
    if request.form.get("do", "save") != "save":
        form.rearrange(request.form["do"])
        return _page(form, position)
    form.drop_empty()
    valid = form.validate_on_submit()
    if not form.check() or not valid:
        return _page(form, position, status=422)
    if first_time(form):
        drafts = form.drafts()
        if is_stale(form, hold_set(position, [one.metric.id for one in drafts])):
            db.session.rollback()
            return _page(form, position, stale=True, status=409)
        save_kpi_set(me(), position, drafts)
        db.session.commit()
        flash(_("Saved.") if drafts else _("This position has no KPI set any more."), "success")
    return go_to(url_for("kpi_sets.list_positions"))


def load_position() -> str:
    """The position the address names, for HR."""
    allow(policy.may_run_cycles(viewer()))
    position = read.cleaned(request.args.get("position", ""))
    if not position or len(position) > (LONGEST_POSITION or 0):
        abort(404)
    return position


def _page(form: KpiSetForm, position: str, *, stale: bool = False, status: int = 200) -> Response:
    return respond(
        "kpi_sets/edit.html",
        fragment="kpi_sets/_form.html",
        status=status,
        form=form,
        position=position,
        holders=read.holders_of(position),
        weight=form.weight(),
        stale=stale,
    )
