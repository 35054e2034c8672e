"""The action plan of a goal: lines added, changed and taken away on its page, and ticked off there or on one's own page."""

import json

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.plan import add_action, change_action, remove_action, tick_action
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, keep_answer
from goalsite.forms.pickers import for_viewer
from goalsite.forms.plans import ActionForm, RemoveForm, TickForm, seen
from goalsite.frame import cycle, me
from goalsite.models import Goal
from goalsite.models_follow import Action
from goalsite.queries import company as here
from goalsite.queries import goal_talk, my
from goalsite.queries import plans as read
from goalsite.respond import go_to, respond, wants_fragment
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("plans", __name__)


@blueprint.get("/goals/<int:goal_id>/actions/new")
def new(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_plan(to, goal))
    form = ActionForm(formdata=None).offer(read.measures_to_tie(goal.id))
    return _page(goal, form)


@blueprint.post("/goals/<int:goal_id>/actions/new")
def add(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_plan(to, goal))
    form = ActionForm().offer(read.measures_to_tie(goal.id))
    for_viewer(form, viewer())
    if not form.validate_on_submit():
        return _page(goal, form, status=422)
    if first_time(form):
        try:
            add_action(goal, me(), form.facts(), here.now())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(goal, form, status=422)
        flash(_("Added to the action plan."), "success")
        db.session.commit()
    return go_to(_plan_of(goal_id))


@blueprint.get("/actions/<int:action_id>/edit")
def edit(action_id: int) -> AnyResponse:
    action, goal, to = _load(action_id)
    allow(policy.may_plan(to, goal))
    form = ActionForm(formdata=None).offer(read.measures_to_tie(goal.id)).show(action)
    return _page(goal, form, action)


@blueprint.post("/actions/<int:action_id>/edit")
def change(action_id: int) -> AnyResponse:
    action, goal, to = _load(action_id)
    allow(policy.may_plan(to, goal))
    form = ActionForm().offer(read.measures_to_tie(goal.id))
    for_viewer(form, viewer())
    if not form.validate_on_submit():
        return _page(goal, form, action, status=422)
    if first_time(form):
        if form.seen.data != seen(action):
            db.session.rollback()
            form.seen.data = seen(action)
            return _page(goal, form, action, newer=True, status=409)
        try:
            change_action(action, me(), form.facts(), here.now())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(goal, form, action, status=422)
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(_plan_of(goal.id))


@blueprint.post("/actions/<int:action_id>/remove")
def remove(action_id: int) -> AnyResponse:
    form = RemoveForm()
    if read.action_by_id(action_id) is None and (before := answer_of(form, "")):
        return go_to(before)
    action, goal, to = _load(action_id)
    allow(policy.may_plan(to, goal))
    if form.validate_on_submit() and first_time(form):
        flash(_("Taken out of the action plan: %(title)s.", title=action.title), "success")
        remove_action(action, me())
        keep_answer(form, _plan_of(goal.id))
        db.session.commit()
    return go_to(_plan_of(goal.id))


@blueprint.post("/actions/<int:action_id>/tick")
def tick(action_id: int) -> AnyResponse:
    action, goal, to = _load(action_id)
    mine = action.assignee_id == me().id and policy.may_comment(to, goal)
    allow(mine or policy.may_plan(to, goal))
    form = TickForm()
    if form.validate_on_submit() and first_time(form):
        tick_action(action, me(), form.done.data != "0", here.today())
        db.session.commit()
    on_my_page = request.args.get("from") == "my"
    if wants_fragment():
        return _my_plan() if on_my_page else _goal_plan(goal, to)
    return go_to(url_for("my.show", _anchor="my-plan") if on_my_page else _plan_of(goal.id))


def _load(action_id: int) -> tuple[Action, Goal, ToGoal]:
    action = read.action_by_id(action_id)
    if action is None:
        abort(404)
    return action, *load_goal(action.goal_id)


def _plan_of(goal_id: int) -> str:
    return url_for("goals.show", goal_id=goal_id, _anchor="goal-plan")


def _page(
    goal: Goal, form: ActionForm, action: Action | None = None, *, newer: bool = False, status: int = 200
) -> AnyResponse:
    remove = RemoveForm(formdata=None) if action else None
    return respond("plans/form.html", status=status, goal=goal, form=form, action=action, remove=remove, newer=newer)


def _goal_plan(goal: Goal, to: ToGoal) -> AnyResponse:
    """The goal's plan, in place of the one that was there."""
    return respond(
        "goals/_plan.html",
        goal_id=goal.id,
        around=goal_talk.surroundings_of(goal.id),
        may_plan=policy.may_plan(to, goal),
        me_id=me().id,
        today=here.today(),
    )


def _my_plan() -> AnyResponse:
    """One's own plan; what counts its lines refreshes itself."""
    chosen = cycle()
    answer = respond("my/_plan.html", actions=my.my_actions(me(), chosen) if chosen else [], today=here.today())
    answer.headers["HX-Trigger"] = json.dumps({"ticked": {"target": "body"}})
    return answer
