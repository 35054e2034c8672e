"""A year of cycles at once, from a pattern, for HR."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.cycles import create_planned
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, keep_answer
from goalsite.forms.cycle_plans import PlanForm
from goalsite.frame import me
from goalsite.queries import company as here
from goalsite.queries import cycles as read
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("cycle_plans", __name__, url_prefix="/setup/cycles/plan")


@blueprint.get("")
def new() -> Response:
    allow(policy.may_run_cycles(viewer()))
    form = PlanForm(year=_next_year(), first_month=here.company().fiscal_start_month)
    return _page(form)


@blueprint.get("/preview")
def preview() -> Response:
    allow(policy.may_run_cycles(viewer()))
    form = PlanForm(request.args, meta={"csrf": False})
    return respond(
        "cycle_plans/preview.html", fragment="cycle_plans/_preview.html", planned=form.planned(), held=_held(form)
    )


@blueprint.post("")
def create() -> AnyResponse:
    allow(policy.may_run_cycles(viewer()))
    form = PlanForm()
    if "show" in request.form:
        return _page(form)
    if not form.validate_on_submit():
        return _page(form, status=422)
    listed = url_for("cycles.list_cycles")
    if first_time(form):
        try:
            made = create_planned(me(), form.planned(), form.settings())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(form, status=422)
        keep_answer(form, listed)
        db.session.commit()
        flash(*_said(len(made)))
    return go_to(answer_of(form, listed))


def _next_year() -> int:
    year = here.today().year
    return year + 1 if read.cycle_by_code(str(year)) else year


def _said(count: int) -> tuple[str, str]:
    if not count:
        return _("All of these cycles were there already."), "info"
    return ngettext(
        "Made %(num)s cycle. It is being planned.", "Made %(num)s cycles. They are being planned.", count
    ), "success"


def _held(form: PlanForm) -> set[str]:
    """The codes of planned cycles that exist already."""
    return read.known_codes([one.code for one, _name in form.planned()])


def _page(form: PlanForm, status: int = 200) -> Response:
    return respond("cycle_plans/new.html", status=status, form=form, planned=form.planned(), held=_held(form))
