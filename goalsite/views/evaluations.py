"""The evaluation of one goal: the owner hands it in, its evaluator approves or returns it, HR reopens it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions import evaluate
from goalsite.actions.evaluate import Said
from goalsite.domain import evaluation
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import EVALUATOR, HR, ToGoal
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.evaluations import DecideForm, EvaluationForm, ReopenForm, ReturnForm, SubmitForm
from goalsite.frame import me
from goalsite.models import Goal, Person
from goalsite.models_follow import EvaluationStep
from goalsite.queries import company as here
from goalsite.queries import decisions as read
from goalsite.queries import goal_page
from goalsite.queries.decisions import Line
from goalsite.queries.goal_page import Found, Page
from goalsite.respond import go_to, respond, wants_fragment
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("evaluations", __name__, url_prefix="/evaluations")
Act = Callable[[Goal, Person, Said, datetime, date], None]
# What of the queue's address goes along, so that one comes back to the same place.
PLACE = ("tab", "kind", "person", "sort", "page")


@dataclass(frozen=True)
class Look:
    """One evaluation with everything it is judged by."""

    found: Found
    view: Page
    line: Line
    steps: list[EvaluationStep]


Again = Callable[[Look, EvaluationForm, int], Response]


@blueprint.get("/<int:goal_id>/submit")
def submit(goal_id: int) -> AnyResponse:
    found = _find(goal_id)
    allow(policy.may_submit(found.to, found.row, here.today()))
    form = SubmitForm()
    form.begin(read.computed_of(found.row), found.row.version)
    return _submission(_look(found), form)


@blueprint.post("/<int:goal_id>/submit")
def hand_in(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = SubmitForm()
    allow(to.own and (_overtaken(form, goal) or policy.may_submit(to, goal, here.today())))
    taken = _take(goal, form, evaluate.submit, _submission)
    if taken is None:
        flash(_("Handed in: %(title)s.", title=goal.title), "success")
        return go_to(url_for("my.show", cycle=goal.cycle.code, _anchor=f"goal-{goal_id}"))
    return taken


@blueprint.get("/<int:goal_id>")
def show(goal_id: int) -> AnyResponse:
    found = _find(goal_id)
    if not policy.may_see_evaluation(found.to, found.row):
        abort(404)
    return _evaluation(_look(found))


@blueprint.get("/<int:goal_id>/row")
def row(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    if not policy.may_see_evaluation(to, goal):
        abort(404)
    if not wants_fragment():
        return redirect(url_for("decisions.show"))
    line = read.line_of(viewer(), goal, read.steps_of(goal_id))
    waits = policy.may_decide_evaluation(to, goal, here.today())
    return respond("evaluations/_evaluation.html", line=line, opened=False, may_tick=waits, place=_place())


@blueprint.post("/<int:goal_id>/approve")
def approve(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = DecideForm()
    allow(EVALUATOR in to.deciding and (_overtaken(form, goal) or _may_decide(to, goal)))
    taken = _take(goal, form, evaluate.approve, _evaluation)
    if taken is None:
        flash(_("Approved: %(title)s.", title=goal.title), "success")
        return go_to(url_for("decisions.show", **_place()))
    return taken


@blueprint.post("/<int:goal_id>/return", endpoint="return")
def return_(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = ReturnForm()
    allow(EVALUATOR in to.deciding and (_overtaken(form, goal) or _may_decide(to, goal)))
    taken = _take(goal, form, evaluate.return_, _evaluation)
    if taken is None:
        flash(_("Returned to %(name)s: %(title)s.", name=goal.owner.name, title=goal.title), "success")
        return go_to(url_for("decisions.show", **_place()))
    return taken


@blueprint.post("/<int:goal_id>/reopen")
def reopen(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    form = ReopenForm()
    allow(HR in to.deciding and (_overtaken(form, goal) or policy.may_reopen_evaluation(to, goal)))
    taken = _take(goal, form, evaluate.reopen, _evaluation)
    if taken is None:
        flash(_("Reopened: %(title)s.", title=goal.title), "success")
        return go_to(url_for("evaluations.show", goal_id=goal_id))
    return taken


def _take(goal: Goal, form: EvaluationForm, act: Act, again: Again) -> Response | None:
    """Takes the step; answers with the form where it was not taken: 422 for what is wrong in it, 409 for what has changed meanwhile."""
    if not form.validate_on_submit():
        return again(_look(_find(goal.id)), form, 422)
    if first_time(form):
        if is_stale(form, goal):
            return again(_look(_find(goal.id)), form, 409)
        try:
            act(goal, me(), form.said(), here.now(), here.today())
        except RuleError as error:
            if error.code == "move_not_possible":
                is_stale(form, goal)
                return again(_look(_find(goal.id)), form, 409)
            add_error(form, error)
            return again(_look(_find(goal.id)), form, 422)
        db.session.commit()
    return None


def _overtaken(form: EvaluationForm, goal: Goal) -> bool:
    """The form was made before the goal changed: what happened meanwhile is told, not refused."""
    return form.version.data is not None and form.version.data != goal.version


def _may_decide(to: ToGoal, goal: Goal) -> bool:
    return policy.may_decide_evaluation(to, goal, here.today())


def _find(goal_id: int) -> Found:
    found = goal_page.find(viewer(), goal_id)
    if found is None:
        abort(404)
    return found


def _look(found: Found) -> Look:
    steps = read.steps_of(found.row.id)
    line = read.line_of(viewer(), found.row, steps)
    return Look(found, goal_page.page_of(found, here.today()), line, steps)


def _submission(look: Look, form: EvaluationForm | None = None, status: int = 200) -> Response:
    may = policy.may_submit(look.found.to, look.found.row, here.today())
    return respond(
        "evaluations/submit.html",
        fragment="evaluations/_submit.html",
        status=status,
        form=form,
        may_submit=may,
        overtaken=status == 409,
        **_shown(look),
    )


def _evaluation(look: Look, form: EvaluationForm | None = None, status: int = 200) -> Response:
    goal, to = look.found.row, look.found.to
    may_decide = _may_decide(to, goal)
    may_reopen = policy.may_reopen_evaluation(to, goal)
    typed = form
    if form is None and may_decide:
        form = DecideForm(formdata=None)
        form.begin(look.line.computed, goal.version)
    elif form is None and may_reopen:
        form = ReopenForm(formdata=None)
        form.begin(None, goal.version)
    return respond(
        "evaluations/show.html",
        fragment="evaluations/_evaluation.html",
        status=status,
        form=form,
        typed=typed,
        may_decide=may_decide,
        may_reopen=may_reopen,
        may_submit=policy.may_submit(to, goal, here.today()),
        may_name=policy.may_name_evaluator(to, goal),
        may_tick=may_decide and wants_fragment(),
        overtaken=status == 409,
        opened=True,
        alone=not wants_fragment(),
        **_shown(look),
    )


def _shown(look: Look) -> dict[str, object]:
    return {
        "line": look.line,
        "view": look.view,
        "goal": look.view.card,
        "steps": look.steps,
        "place": _place(),
        "highest": evaluation.most(look.found.row.kind, Fraction(look.found.row.cycle.kpi_cap)),
    }


def _place() -> dict[str, Any]:
    return {name: request.args[name] for name in PLACE if name in request.args}
