"""Goals of a cycle copied into the next, for HR."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite.actions.cycle_copies import copy_goals
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, keep_answer
from goalsite.forms.cycle_plans import CopyForm
from goalsite.frame import me
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import cycle_copies as read
from goalsite.queries.filters import as_id
from goalsite.respond import go_to, respond
from goalsite.views.cycles import load_cycle

blueprint = Blueprint("cycle_copies", __name__, url_prefix="/setup/cycles/<int:cycle_id>/copy")


@blueprint.get("")
def new(cycle_id: int) -> Response:
    return _page(load_cycle(cycle_id), CopyForm())


@blueprint.post("")
def create(cycle_id: int) -> AnyResponse:
    source = load_cycle(cycle_id)
    form = CopyForm()
    target = _target(read.targets_of(source))
    if not form.validate_on_submit() or target is None:
        return _page(source, form, status=422)
    here_again = url_for("cycle_copies.new", cycle_id=cycle_id, **_asked(target))
    if first_time(form):
        chosen = read.all_candidates(source, _text()) if form.everything.data else form.goals.data or []
        try:
            count = copy_goals(me(), source, target, chosen, here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(load_cycle(cycle_id), form, status=422)
        keep_answer(form, here_again)
        db.session.commit()
        said = ngettext(
            "Copied %(num)s goal into %(name)s as a draft.",
            "Copied %(num)s goals into %(name)s as drafts.",
            count,
            name=target.name,
        )
        flash(said, "success" if count else "info")
    return go_to(answer_of(form, here_again))


def _page(source: Cycle, form: CopyForm, status: int = 200) -> Response:
    targets = read.targets_of(source)
    target = _target(targets)
    page = as_id(request.args.get("page", "")) or 1
    found = read.candidates(source, target, _text(), page) if target else None
    return respond(
        "cycle_copies/new.html", status=status, source=source, form=form, targets=targets, target=target, found=found
    )


def _target(targets: list[Cycle]) -> Cycle | None:
    """The one asked for, else the likeliest."""
    asked = request.args.get("to", "")
    return next((one for one in targets if one.code == asked), targets[0] if targets and not asked else None)


def _text() -> str:
    return request.args.get("text", "")


def _asked(target: Cycle) -> dict[str, Any]:
    said = {"to": target.code, "text": _text(), "page": request.args.get("page", "")}
    return {name: value for name, value in said.items() if value}
