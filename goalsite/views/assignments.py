"""The assignment sheet of a person and a cycle: read, printed, received; and those of many, printed in one go."""

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.receive_goals import NotReady, receive_goals
from goalsite.domain.errors import RuleError
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.extensions import db
from goalsite.forms.base import first_time
from goalsite.forms.moves import MoveForm
from goalsite.frame import cycle, frame, me
from goalsite.messages import say
from goalsite.queries import assignments as read
from goalsite.queries import company as here
from goalsite.queries import giving
from goalsite.queries import member as one
from goalsite.queries.filters import as_id
from goalsite.queries.kpi_sets import cleaned
from goalsite.queries.people import unit_by_code
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("assignments", __name__, url_prefix="/members")


@blueprint.get("/<int:person_id>/assignment")
def show(person_id: int) -> AnyResponse:
    return _page(person_id)


@blueprint.post("/<int:person_id>/assignment/receive")
def receive(person_id: int) -> AnyResponse:
    allow(person_id == viewer().id)
    form, chosen = MoveForm(), cycle()
    if chosen is None:
        abort(404)
    if not form.validate_on_submit():
        return _page(person_id, status=422)
    if first_time(form):
        allow(CYCLE_ALLOWS[chosen.state].writing)
        sheet = read.sheet_of(viewer(), me(), chosen, here.today(), shares=True)
        try:
            count = receive_goals(me(), chosen, sheet.waiting, here.now(), here.today())
        except RuleError as error:
            db.session.rollback()
            return _page(person_id, refused=_words(error), status=422)
        flash(ngettext("Received: %(num)s goal is active.", "Received: %(num)s goals are active.", count), "success")
        db.session.commit()
    return go_to(url_for("assignments.show", person_id=person_id, cycle=chosen.code))


@blueprint.get("/assignments")
def sheets() -> AnyResponse:
    allow(policy.may_run_cycles(viewer()))
    chosen, position, code = cycle(), cleaned(request.args.get("position", "")), cleaned(request.args.get("unit", ""))
    unit = unit_by_code(code) if code else None
    if unit is None and (code or not position):
        abort(404)
    below = request.args.get("below") != "0"
    who = giving.of_unit(unit, below=below) if unit else giving.of_position(position)
    page = as_id(request.args.get("page", "")) or 1
    found = read.sheets_of(viewer(), who, chosen, here.today(), page) if chosen else None
    asked = {"unit": unit.code, "below": None if below else 0} if unit else {"position": position}
    return respond(
        "assignments/sheets.html",
        name=unit.name if unit else position,
        asked=asked | {"cycle": chosen.code if chosen else None},
        found=found,
        cycle=chosen,
        company=frame().company,
        today=here.today(),
    )


def _page(person_id: int, *, refused: str = "", status: int = 200) -> AnyResponse:
    found = one.find(viewer(), person_id)
    if found is None:
        abort(404)
    chosen, today, own = cycle(), here.today(), person_id == viewer().id
    sheet = read.sheet_of(viewer(), found.person, chosen, today, shares=found.may_see_results) if chosen else None
    return respond(
        "assignments/show.html",
        status=status,
        person=found.person,
        sheet=sheet,
        cycle=chosen,
        company=frame().company,
        today=today,
        own=own,
        form=MoveForm(formdata=None),
        may_receive=bool(own and sheet and sheet.waiting and chosen and CYCLE_ALLOWS[chosen.state].writing),
        refused=refused,
    )


def _words(error: RuleError) -> str:
    return (
        _("“%(title)s” is not ready: %(why)s", title=error.title, why=say(error))
        if isinstance(error, NotReady)
        else say(error)
    )
