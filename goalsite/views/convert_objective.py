"""Back to the first of the four steps from a KPI to an OKR: the objective of the draft, written anew."""

from dataclasses import replace

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.actions.convert import said_of
from goalsite.actions.write_goal import hold, update_goal
from goalsite.extensions import db
from goalsite.forms.base import first_time, is_stale
from goalsite.forms.convert import ObjectiveForm
from goalsite.frame import me
from goalsite.models import Goal
from goalsite.queries import company as here
from goalsite.queries import drafts
from goalsite.respond import go_to, respond
from goalsite.views import convert_example as example
from goalsite.views.convert import load_draft
from goalsite.views.loaders import viewer

blueprint = Blueprint("convert_objective", __name__, url_prefix="/convert/<int:goal_id>/objective")


@blueprint.get("")
def edit(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    form = ObjectiveForm(formdata=None, title=goal.title, description=goal.description)
    form.version.data = goal.version
    return _page(goal, form)


@blueprint.post("")
def change(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    form = ObjectiveForm()
    if not form.validate_on_submit():
        return _page(goal, form, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            return _page(goal, form, 409)
        said = said_of(goal, drafts.parts_of(viewer(), goal))
        said = replace(said, title=form.title.data or "", description=form.description.data or "")
        update_goal(goal, me(), said, here.today())
        db.session.commit()
    return go_to(url_for("convert.key_results", goal_id=goal_id, **example.carried()))


def _page(goal: Goal, form: ObjectiveForm, status: int = 200) -> AnyResponse:
    return respond(
        "convert_objective/edit.html", status=status, stale=status == 409, goal=goal, form=form, **example.shown(1)
    )
