"""The action plan of a goal: lines added on its page, and ticked off there or on one's own page."""

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.plan import add_action, tick_action
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time
from goalsite.forms.pickers import for_viewer
from goalsite.forms.plans import ActionForm, TickForm
from goalsite.frame import me
from goalsite.queries import company as here
from goalsite.queries import plans as read
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("plans", __name__)


@blueprint.get("/goals/<int:goal_id>/actions/new")
def new(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_plan(to, goal))
    form = ActionForm(formdata=None)
    form.offer(read.measures_to_tie(goal.id))
    return respond("plans/new.html", goal=goal, form=form)


@blueprint.post("/goals/<int:goal_id>/actions/new")
def add(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_plan(to, goal))
    form = ActionForm()
    form.offer(read.measures_to_tie(goal.id))
    for_viewer(form, viewer())
    if not form.validate_on_submit():
        return respond("plans/new.html", status=422, goal=goal, form=form)
    if first_time(form):
        try:
            add_action(
                goal,
                me(),
                form.title.data or "",
                here.now(),
                assignee_id=form.assignee.chosen_id,
                due_on=form.action_due.data,
                measure_id=int(form.measure.data) if form.measure.data else None,
            )
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return respond("plans/new.html", status=422, goal=goal, form=form)
        flash(_("Added to the action plan."), "success")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal_id, _anchor="goal-plan"))


@blueprint.post("/actions/<int:action_id>/tick")
def tick(action_id: int) -> AnyResponse:
    action = read.action_by_id(action_id)
    if action is None:
        abort(404)
    goal, to = load_goal(action.goal_id)
    mine = action.assignee_id == me().id and policy.may_comment(to, goal)
    allow(mine or policy.may_plan(to, goal))
    form = TickForm()
    if form.validate_on_submit() and first_time(form):
        tick_action(action, me(), form.done.data != "0", here.today())
        db.session.commit()
    if request.args.get("from") == "my":
        return go_to(url_for("my.show", _anchor="my-plan"))
    return go_to(url_for("goals.show", goal_id=goal.id, _anchor="goal-plan"))
