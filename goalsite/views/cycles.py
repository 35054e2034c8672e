"""The cycles, for HR: their line of time, their settings, and the moves from planning to closed."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.cycles import change_cycle, create_cycle, move_cycle
from goalsite.domain.errors import RuleError
from goalsite.domain.states import CYCLE, possible
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, is_stale, keep_answer
from goalsite.forms.cycles import CycleForm, MoveForm, shown
from goalsite.frame import me
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import cycles as read
from goalsite.queries.filters import as_id
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("cycles", __name__, url_prefix="/setup/cycles")


@blueprint.get("")
def list_cycles() -> Response:
    allow(policy.may_run_cycles(viewer()))
    line = read.timeline(as_id(request.args.get("page", "")) or 1, here.today())
    acts = {row.cycle.id: next(iter(possible(CYCLE, row.cycle.state))) for row in line.rows}
    return respond("cycles/list.html", line=line, acts=acts, today=here.today())


@blueprint.get("/new")
def new() -> Response:
    allow(policy.may_run_cycles(viewer()))
    return _form_page(CycleForm().offer(read.cycles_to_lie_in(None)))


@blueprint.post("/new")
def create() -> AnyResponse:
    allow(policy.may_run_cycles(viewer()))
    form = CycleForm().offer(read.cycles_to_lie_in(None))
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    listed = url_for("cycles.list_cycles")
    if first_time(form):
        try:
            cycle = create_cycle(me(), form.facts())
        except RuleError as error:
            return _refused(form, error)
        keep_answer(form, listed)
        db.session.commit()
        flash(_("Made: %(name)s. It is being planned: goals can be written.", name=cycle.name), "success")
    return go_to(answer_of(form, listed))


@blueprint.get("/<int:cycle_id>/edit")
def edit(cycle_id: int) -> Response:
    cycle = load_cycle(cycle_id)
    allow(cycle.state != "closed")
    form = CycleForm(obj=cycle, data=None, **shown(cycle)).offer(read.cycles_to_lie_in(cycle))
    for name, value in shown(cycle).items():
        form[name].data = value
    return _form_page(form, cycle)


@blueprint.post("/<int:cycle_id>/edit")
def change(cycle_id: int) -> AnyResponse:
    cycle = load_cycle(cycle_id)
    allow(cycle.state != "closed")
    form = CycleForm().offer(read.cycles_to_lie_in(cycle))
    if not form.validate_on_submit():
        return _form_page(form, cycle, status=422)
    if first_time(form):
        if is_stale(form, cycle):
            return _form_page(form, cycle, newer=cycle, status=409)
        try:
            change_cycle(me(), cycle, form.facts(), here.today())
        except RuleError as error:
            return _refused(form, error, cycle_id)
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(url_for("cycles.list_cycles"))


@blueprint.get("/<int:cycle_id>/<any(open, review, close, reopen):act>")
def confirm(cycle_id: int, act: str) -> Response:
    cycle = load_cycle(cycle_id)
    form = MoveForm()
    form.version.data = cycle.version
    return _move_page(form, cycle, act, status=200 if act in possible(CYCLE, cycle.state) else 409)


@blueprint.post("/<int:cycle_id>/<any(open, review, close, reopen):act>")
def move(cycle_id: int, act: str) -> AnyResponse:
    cycle = load_cycle(cycle_id)
    form = MoveForm()
    if not form.validate_on_submit():
        return _move_page(form, cycle, act, status=422)
    if first_time(form):
        if act not in possible(CYCLE, cycle.state) or is_stale(form, cycle):
            return _move_page(form, cycle, act, status=409)
        try:
            move_cycle(me(), cycle, act, form.reason.data or "", here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _move_page(form, load_cycle(cycle_id), act, status=422)
        db.session.commit()
        flash(_moved(cycle, act), "success")
    return go_to(url_for("cycles.list_cycles"))


def load_cycle(cycle_id: int) -> Cycle:
    """The cycle, for HR alone."""
    allow(policy.may_run_cycles(viewer()))
    cycle = read.cycle_by_id(cycle_id)
    if cycle is None:
        abort(404)
    return cycle


def _form_page(
    form: CycleForm, cycle: Cycle | None = None, *, newer: Cycle | None = None, status: int = 200
) -> Response:
    percentages = shown(newer) if newer else {}
    return respond("cycles/form.html", status=status, form=form, cycle=cycle, newer=newer, newer_shares=percentages)


def _refused(form: CycleForm, error: RuleError, cycle_id: int | None = None) -> Response:
    db.session.rollback()
    add_error(form, error)
    return _form_page(form, read.cycle_by_id(cycle_id) if cycle_id else None, status=422)


def _move_page(form: MoveForm, cycle: Cycle, act: str, status: int) -> Response:
    can = act in possible(CYCLE, cycle.state)
    found = read.unfinished(cycle, act, here.today()) if can else []
    values: dict[str, Any] = {
        "can": can,
        "blocked": any(one.blocks for one in found),
        "early": act == "close" and here.today() <= cycle.ends_on,
        "needs_reason": can and CYCLE[cycle.state, act].reason,
    }
    return respond(
        "cycles/confirm.html", status=status, form=form, cycle=cycle, act=act, found=found, today=here.today(), **values
    )


def _moved(cycle: Cycle, act: str) -> str:
    if act == "open":
        return _("%(name)s is open: people check in.", name=cycle.name)
    if act == "review":
        return _("%(name)s is under review: goals are evaluated.", name=cycle.name)
    if act == "close":
        return _("%(name)s is closed: its results are kept as they are.", name=cycle.name)
    return _("%(name)s is under review again.", name=cycle.name)
