"""Key results of an active goal: one more of them, and one that ends. Each with a reason, kept in the goal's history."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.add_measure import add_measure, ending, faults_with
from goalsite.actions.change_goal import change_goal, faults_of
from goalsite.actions.write_goal import MeasureDraft, hold
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.new_measures import EndForm, NewMeasureForm
from goalsite.frame import me
from goalsite.models import Goal, Measure
from goalsite.queries import company as here
from goalsite.queries.drafts import measures_with_parts, refuse_circle
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, load_goal, load_goal_of_measure, viewer

blueprint = Blueprint("measures", __name__)


@blueprint.get("/goals/<int:goal_id>/measures/new")
def new(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(may_change(to, goal))
    form = NewMeasureForm(formdata=None)
    form.version.data, form.measure.starts_on.data = goal.version, here.today()
    form.prepare(viewer())
    return _page(goal, form)


@blueprint.post("/goals/<int:goal_id>/measures/new")
def add(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(may_change(to, goal))
    form = NewMeasureForm()
    form.prepare(viewer())
    if (do := request.form.get("do", "save")) != "save":
        return _page(goal, form, do=do)
    if not form.validate_on_submit():
        return _page(goal, form, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            db.session.rollback()
            return _page(goal, form, 409)
        draft = form.draft(goal)
        if faults := _faults(goal, draft):
            db.session.rollback()
            for error in faults:
                add_error(form.measure if error.field in form.measure._fields else form, error)
            return _page(goal, form, 422)
        add_measure(goal, draft, me(), form.reason.data or "", here.now(), here.today())
        flash(_("Added; the reason stands in its history."), "success")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal_id, _anchor="goal-measures"))


@blueprint.get("/measures/<int:measure_id>/end")
def ask(measure_id: int) -> AnyResponse:
    goal, measure = _load(measure_id)
    form = EndForm(formdata=None)
    form.version.data, form.on.data = goal.version, here.today()
    return _end_page(goal, measure, form)


@blueprint.post("/measures/<int:measure_id>/end")
def end(measure_id: int) -> AnyResponse:
    goal, measure = _load(measure_id)
    form = EndForm()
    if not form.validate_on_submit() or form.on.data is None:
        return _end_page(goal, measure, form, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            db.session.rollback()
            return _end_page(goal, measure, form, 409)
        wishes = ending(measure, form.on.data)
        faults = [error for _measure, (_place, error) in faults_of(goal, wishes)]
        if faults:
            db.session.rollback()
            for error in faults:
                at = "on" if error.field == "due_on" else ""
                add_error(form, RuleError(error.code, at, **error.terms))
            return _end_page(goal, measure, form, 422)
        change_goal(goal, wishes, me(), form.reason.data or "", here.now(), here.today())
        flash(_("It ends on that day; the reason stands in its history."), "success")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal.id, _anchor="goal-measures"))


def may_change(to: ToGoal, goal: Goal) -> bool:
    """Whether the reader may give an active OKR another key result, or end one."""
    return goal.kind == "okr" and goal.state == "active" and policy.may_change_measures(to, goal)


def _load(measure_id: int) -> tuple[Goal, Measure]:
    goal, to = load_goal_of_measure(measure_id)
    allow(may_change(to, goal))
    measure = next((one for one in measures_with_parts(goal.id) if one.id == measure_id), None)
    if measure is None:
        abort(404)
    return goal, measure


def _faults(goal: Goal, draft: MeasureDraft) -> list[RuleError]:
    """What would be wrong with the goal if it had the measure too, a circle first."""
    sources = [one.fed_by for one in measures_with_parts(goal.id) if one.fed_by]
    try:
        refuse_circle(viewer(), goal.id, goal.title, goal.parent, [*sources, draft.fed_by] if draft.fed_by else sources)
    except RuleError as error:
        return [error]
    return faults_with(goal, draft)


def _page(goal: Goal, form: NewMeasureForm, status: int = 200, do: str = "") -> Response:
    form.lay_out(goal, do)
    return respond(
        "measures/new.html", fragment="measures/_form.html", status=status, goal=goal, form=form, stale=status == 409
    )


def _end_page(goal: Goal, measure: Measure, form: EndForm, status: int = 200) -> Response:
    return respond("measures/end.html", status=status, goal=goal, measure=measure, form=form, stale=status == 409)
