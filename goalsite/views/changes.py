"""Changing an active goal, with a reason; proposing a change one may not make; deciding on one that was proposed."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.change_goal import (
    Wish,
    change_goal,
    checked_in,
    decide_change,
    faults_of,
    propose_change,
)
from goalsite.actions.write_goal import hold
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.changes import ChangeForm, DecisionForm
from goalsite.frame import me
from goalsite.messages import say
from goalsite.models import Goal
from goalsite.queries import changes as read
from goalsite.queries import company as here
from goalsite.queries.drafts import measures_with_parts
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, load_goal

blueprint = Blueprint("changes", __name__)


@blueprint.get("/goals/<int:goal_id>/change")
def edit(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(may_begin(to, goal))
    form = ChangeForm(formdata=None)
    form.fill(goal, measures_with_parts(goal.id))
    return _page(goal, to, form)


@blueprint.post("/goals/<int:goal_id>/change")
def change(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = ChangeForm()
    allow(may_begin(to, goal))
    if (do := request.form.get("do", "save")) != "save":
        form.settle(do, goal, measures_with_parts(goal.id))
        return _page(goal, to, form)
    if not form.validate_on_submit():
        return _page(goal, to, form, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            db.session.rollback()
            return _page(goal, to, form, 409)
        wishes = form.wishes(goal, measures_with_parts(goal.id))
        faults = faults_of(goal, wishes)
        if faults or not wishes:
            db.session.rollback()
            for measure, (_place, error) in faults:
                add_error(form.row_of(measure) if measure else form, error)
            if not wishes:
                form.form_errors.append(_("Nothing is different from before."))
            return _page(goal, to, form, 422)
        _make(goal, to, wishes, form.reason.data or "")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal_id))


@blueprint.post("/proposals/<int:proposal_id>/<any(apply, return):act>")
def decide(proposal_id: int, act: str) -> AnyResponse:
    proposal = read.proposal_by_id(proposal_id)
    if proposal is None:
        abort(404)
    goal, to = load_goal(proposal.goal_id)
    allow(policy.may_decide_change(to, goal))
    form = DecisionForm()
    if form.validate_on_submit() and first_time(form):
        hold(goal)
        try:
            decide_change(proposal, act, me(), form.answer.data or "", here.now(), here.today())
        except RuleError as error:
            db.session.rollback()
            flash(say(error), "error")
            return go_to(url_for("goals.show", goal_id=goal.id, _anchor="goal-proposals"))
        flash(_("Applied.") if act == "apply" else _("Returned, with your answer."), "success")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal.id, _anchor="goal-proposals"))


def may_begin(to: ToGoal, goal: Goal) -> bool:
    """Whether the reader may change anything of the goal, or propose it."""
    may = policy.may_change_goal(to, goal) or policy.may_change_measures(to, goal)
    return goal.state == "active" and (may or policy.may_propose_change(to, goal))


def _make(goal: Goal, to: ToGoal, wishes: list[Wish], why: str) -> None:
    """What the reader may change is changed, what they may not is proposed: all of it one or the other."""
    may = all(
        policy.may_change_measures(to, goal) if wish.measure else policy.may_change_goal(to, goal) for wish in wishes
    )
    if may:
        change_goal(goal, wishes, me(), why, here.now(), here.today())
        flash(_("Changed; the reason stands in its history."), "success")
    else:
        propose_change(goal, wishes, me(), why, here.now())
        flash(_("Proposed: the manager applies it or returns it."), "success")


def _page(goal: Goal, to: ToGoal, form: ChangeForm, status: int = 200) -> Response:
    parts = measures_with_parts(goal.id)
    rows = {str(row.id): row for row in parts}
    form.lay_out(goal, parts)
    return respond(
        "changes/edit.html",
        fragment="changes/_form.html",
        status=status,
        goal=goal,
        form=form,
        rows=rows,
        fixed={str(key) for key in checked_in(goal.id)},
        may_goal=policy.may_change_goal(to, goal),
        may_measures=policy.may_change_measures(to, goal),
        may_end=goal.kind == "okr" and policy.may_change_measures(to, goal),
        stale=status == 409,
    )
