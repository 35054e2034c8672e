"""Who decides on a goal: HR names somebody, or passes it on with a reason."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.name_evaluator import name_evaluator
from goalsite.actions.write_goal import hold
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import HR
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.evaluators import EvaluatorForm
from goalsite.forms.pickers import for_viewer
from goalsite.frame import me
from goalsite.models import Goal
from goalsite.queries import company as here
from goalsite.queries.people import person_by_id
from goalsite.respond import go_to, respond
from goalsite.views.evaluations import PLACE
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("evaluators", __name__, url_prefix="/goals")


@blueprint.get("/<int:goal_id>/evaluator")
def edit(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_name_evaluator(to, goal))
    form = EvaluatorForm(formdata=None)
    form.version.data = goal.version
    return _page(goal, form)


@blueprint.post("/<int:goal_id>/evaluator")
def change(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = EvaluatorForm()
    # What happened since the form was made is told, not refused.
    late = form.version.data not in (None, goal.version) and HR in to.deciding
    allow(policy.may_name_evaluator(to, goal) or late)
    for_viewer(form, viewer())
    if not form.validate_on_submit():
        return _page(goal, form, 422)
    person = person_by_id(form.person.chosen_id or 0)
    if person and first_time(form):
        hold(goal)
        if is_stale(form, goal):
            db.session.rollback()
            return _page(goal, form, 409)
        try:
            name_evaluator(goal, person, me(), form.reason.data or "", here.now(), here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(goal, form, 422)
        db.session.commit()
        flash(_("%(name)s decides on it now: %(title)s.", name=person.name, title=goal.title), "success")
    return go_to(_back(goal_id))


def _back(goal_id: int) -> str:
    """To the queue where it was sent from there, else to the goal."""
    place = _place()
    return url_for("decisions.show", **place) if place else url_for("goals.show", goal_id=goal_id)


def _place() -> dict[str, Any]:
    return {name: request.args[name] for name in PLACE if name in request.args}


def _page(goal: Goal, form: EvaluatorForm, status: int = 200) -> Response:
    return respond(
        "evaluators/edit.html",
        status=status,
        goal=goal,
        form=form,
        stale=status == 409,
        place=_place(),
        back=_back(goal.id),
    )
