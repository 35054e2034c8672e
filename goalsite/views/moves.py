"""Moving a goal through its states: each act a button where it needs no words, and a page with a reason where it does."""

from dataclasses import dataclass

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.move_goal import faults_to_activate, move_goal
from goalsite.actions.write_goal import hold
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.domain.states import GOAL
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.moves import MoveForm
from goalsite.frame import me
from goalsite.messages import say
from goalsite.models import Goal
from goalsite.queries import company as here
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, load_goal

blueprint = Blueprint("moves", __name__, url_prefix="/goals")
ACTS = ("accept", "receive", "suggest_again", "activate", "propose", "approve", "return", "cancel")


@dataclass(frozen=True)
class Possible:
    """An act somebody may do now. `reason`: it asks for words, on a page of its own."""

    act: str
    reason: bool


@blueprint.get(f"/<int:goal_id>/<any({', '.join(ACTS)}):act>")
def ask(goal_id: int, act: str) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_move(to, goal, act))
    form = MoveForm(formdata=None)
    form.version.data = goal.version
    return _page(goal, act, form)


@blueprint.post(f"/<int:goal_id>/<any({', '.join(ACTS)}):act>")
def make(goal_id: int, act: str) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = MoveForm()
    if first_time(form):
        allow(policy.may_move(to, goal, act))
        if not form.validate_on_submit():
            db.session.rollback()
            return _page(goal, act, form, 422)
        hold(goal)
        if is_stale(form, goal):
            db.session.rollback()
            return _page(goal, act, form, 409)
        try:
            move_goal(goal, act, me(), policy.goal_facts(to, goal), form.reason.data or "", here.now(), here.today())
        except RuleError as error:
            db.session.rollback()
            if error.field == "reason":
                add_error(form, error)
            return _page(goal, act, form, 422)
        flash(_done(act), "success")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal_id))


def possible(to: ToGoal, goal: Goal) -> list[Possible]:
    """What the reader may do with the goal now, in the order of the table of moves."""
    return [
        Possible(act, GOAL[goal.state, act].reason)
        for act in ACTS
        if (goal.state, act) in GOAL and policy.may_move(to, goal, act)
    ]


def _page(goal: Goal, act: str, form: MoveForm, status: int = 200) -> AnyResponse:
    leads_to = GOAL[goal.state, act].to if (goal.state, act) in GOAL else ""
    faults = [
        (measure.title if measure else "", say(error))
        for measure, (_place, error) in (faults_to_activate(goal) if leads_to == "active" else [])
    ]
    return respond(
        "moves/ask.html",
        status=status,
        goal=goal,
        act=act,
        form=form,
        faults=faults,
        needs_reason=bool(leads_to) and GOAL[goal.state, act].reason,
        stale=status == 409 or not leads_to,
        may_edit=policy.may_edit_draft(load_goal(goal.id)[1], goal),
    )


def _done(act: str) -> str:
    return {
        "accept": _("Accepted: it is your draft now."),
        "receive": _("Received: the goal is active."),
        "suggest_again": _("Suggested again."),
        "activate": _("The goal is active."),
        "propose": _("Proposed to the manager."),
        "approve": _("Approved: the goal is active."),
        "return": _("Returned, with your reason."),
        "cancel": _("Cancelled."),
    }[act]
