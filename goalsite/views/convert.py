"""From a KPI to an OKR in four steps, each saved as a draft: the objective, KPIs as its key results, SMART, the rhythm."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.convert import beginning, key_result_of, said_of
from goalsite.actions.write_goal import GoalDraft, MeasureDraft, create_goal, hold, update_goal
from goalsite.domain import drafts as rules
from goalsite.domain.errors import RuleError
from goalsite.domain.periods import Span
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.extensions import db
from goalsite.forms import convert as forms
from goalsite.forms.base import Form, add_error, answer_of, choices, first_time, is_stale, keep_answer
from goalsite.forms.pickers import for_viewer
from goalsite.frame import cycle, frame, me
from goalsite.models import Cycle, Goal
from goalsite.queries import company as here
from goalsite.queries import convert as read
from goalsite.queries import drafts
from goalsite.queries.coach_form import company_unit
from goalsite.queries.convert import Indicator
from goalsite.queries.viewer import relations_to_units
from goalsite.respond import go_to, respond
from goalsite.views import convert_example as example
from goalsite.views.coach import draft_advice
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("convert", __name__, url_prefix="/convert")


@blueprint.get("")
def begin() -> AnyResponse:
    form, cycles = forms.BeginForm(formdata=None), _cycles()
    kpi = _kpi(request.args.get("kpi", ""))
    chosen = kpi.goal.cycle if kpi else cycle()
    form.cycle.choices = choices((one.id, one.name) for one in cycles)
    form.cycle.data = chosen.id if chosen and chosen in cycles else cycles[0].id if cycles else None
    form.kpi.data = str(kpi.goal.id) if kpi else ""
    if example.wanted():
        form.title.data, form.description.data = example.objective(), example.reason()
    return _begin_page(form, cycles, kpi)


@blueprint.post("")
def create() -> AnyResponse:
    form, cycles = forms.BeginForm(), _cycles()
    allow(bool(cycles))
    kpi = _kpi(form.kpi.data or "")
    form.cycle.choices = choices((one.id, one.name) for one in cycles)
    if not form.validate_on_submit():
        return _begin_page(form, cycles, kpi, 422)
    there = url_for("my.show")
    if first_time(form):
        chosen = next(one for one in cycles if one.id == form.cycle.data)
        goal = create_goal(me(), _objective(form, chosen, kpi), here.today())
        there = url_for("convert.key_results", goal_id=goal.id, **example.carried())
        keep_answer(form, there)
        db.session.commit()
    return go_to(answer_of(form, there))


@blueprint.get("/<int:goal_id>/key-results")
def key_results(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    measures = drafts.measures_with_parts(goal.id)
    form, offered = _choose_form(goal, measures)
    form.version.data = goal.version
    if example.wanted() and not measures:
        example.fill(form)
    return _choose_page(goal, form, offered)


@blueprint.post("/<int:goal_id>/key-results")
def choose(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    parts = drafts.parts_of(viewer(), goal)
    form, offered = _choose_form(goal, parts.measures)
    if not form.validate_on_submit():
        return _choose_page(goal, form, offered, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            return _choose_page(goal, form, offered, 409)
        said = said_of(goal, parts)
        try:
            said = replace(said, measures=tuple(_chosen(form, offered, said)))
            _refuse(said, goal)
            update_goal(goal, me(), said, here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _choose_page(load_draft(goal_id), form, offered, 422)
        db.session.commit()
    return go_to(url_for("convert.smart", goal_id=goal_id, **example.carried()))


@blueprint.get("/<int:goal_id>/smart")
def smart(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    measures = drafts.measures_with_parts(goal.id)
    form = forms.refine_form(measures)(formdata=None)
    form.version.data = goal.version
    if example.wanted():
        example.fill_numbers(form)
    return _smart_page(goal, form, measures)


@blueprint.post("/<int:goal_id>/smart")
def refine(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    parts = drafts.parts_of(viewer(), goal)
    form = forms.refine_form(parts.measures)()
    if not form.validate_on_submit():
        return _smart_page(goal, form, parts.measures, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            return _smart_page(goal, form, drafts.measures_with_parts(goal.id), 409)
        said = said_of(goal, parts)
        said = replace(said, measures=tuple(forms.refined(form, said.measures)))
        for place, error in _faults(said):
            error.field = error.field if place is None else f"measures-{place}-{error.field}"
            add_error(form, error)
        if form.errors:
            db.session.rollback()
            return _smart_page(load_draft(goal_id), form, drafts.measures_with_parts(goal_id), 422)
        update_goal(goal, me(), said, here.today())
        db.session.commit()
    return go_to(url_for("convert.rhythm", goal_id=goal_id, **example.carried()))


@blueprint.get("/<int:goal_id>/rhythm")
def rhythm(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    measures = drafts.measures_with_parts(goal.id)
    form = forms.rhythm_form(forms.heard(measures))(formdata=None)
    form.version.data = goal.version
    return _rhythm_page(goal, form, measures)


@blueprint.post("/<int:goal_id>/rhythm")
def follow(goal_id: int) -> AnyResponse:
    goal = load_draft(goal_id)
    parts = drafts.parts_of(viewer(), goal)
    form = forms.rhythm_form(forms.heard(parts.measures))()
    if not form.validate_on_submit():
        return _rhythm_page(goal, form, parts.measures, 422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal):
            return _rhythm_page(goal, form, drafts.measures_with_parts(goal.id), 409)
        said = said_of(goal, parts)
        update_goal(goal, me(), replace(said, measures=tuple(forms.paced(form, said.measures))), here.today())
        db.session.commit()
        flash(_("Your OKR is ready as a draft. Look it over, and make it active."), "success")
    return go_to(url_for("goals.show", goal_id=goal_id))


def _cycles() -> list[Cycle]:
    """Those in which goals are written, the latest first."""
    return [one for one in frame().all_cycles if CYCLE_ALLOWS[one.state].writing]


def _kpi(text: str) -> Indicator | None:
    """The KPI it begins with; 404 where that is none, or may not be seen."""
    if not text:
        return None
    known = text.isascii() and text.isdecimal() and len(text) < 10
    found = read.indicator_of(viewer(), int(text)) if known else None
    if found is None:
        abort(404)
    return found


def load_draft(goal_id: int) -> Goal:
    """The draft of an OKR that is being made, for those who may write it."""
    goal, to = load_goal(goal_id)
    allow(policy.may_edit_draft(to, goal) and goal.kind == "okr")
    return goal


def _objective(form: forms.BeginForm, chosen: Cycle, kpi: Indicator | None) -> GoalDraft:
    """The OKR at its beginning: one's own, or the unit's where the KPI is the unit's and one may; it supports what the KPI supports."""
    unit, scope = me().unit or company_unit(), "person"
    if kpi and kpi.goal.scope == "unit":
        to_unit = relations_to_units(viewer(), [kpi.goal.unit_id])[kpi.goal.unit_id]
        if policy.may_create_unit_goal(to_unit, chosen.state):
            unit, scope = kpi.goal.unit, "unit"
    parent = read.supported_by(viewer(), kpi.goal) if kpi else None
    words = (form.title.data or "", form.description.data or "")
    return beginning(me(), unit, scope, chosen, words, kpi, parent, here.today())


def _choose_form(goal: Goal, measures: list[Any]) -> tuple[Form, list[Indicator]]:
    used = {row.fed_by_id for row in measures}
    offered = [one for one in read.indicators_for(viewer(), goal.cycle_id) if one.goal.id not in used]
    form = forms.choose_form(offered, measures)()
    for_viewer(form, viewer())
    return form, offered


def _chosen(form: Form, offered: list[Indicator], said: GoalDraft) -> list[MeasureDraft]:
    """The key results after step 2: those kept, KPIs chosen, and those of one's own."""
    kept = [one for one in said.measures if not form[f"drop_{one.id}"].data]
    ways = [(one, form[f"kpi_{one.goal.id}"].data) for one in offered]
    if form["other"].chosen_id:
        other = read.indicator_of(viewer(), form["other"].chosen_id)
        way = form["other_way"].data
        if other and way == forms.FED and not other.feeds:
            raise RuleError("fed_by_other_metric", "other", one="–", other="–")
        ways += [(other, way)] if other else []
    added = [key_result_of(one, here.today(), fed=way == forms.FED) for one, way in ways if way]
    return [*kept, *added, *forms.new_measures(form)]


def _faults(said: GoalDraft) -> list[rules.Fault]:
    span = Span(said.starts_on, said.due_on)
    cycle_span = Span(said.cycle.starts_on, said.cycle.ends_on)
    facts = [one.facts(said.kind, span, said.cycle) for one in said.measures]
    plan = rules.Plan(
        said.kind, span, cycle_span, said.cycle.name, said.title, facts, said.progress_from, said.evaluated_by
    )
    return rules.faults(plan, draft=True)


def _refuse(said: GoalDraft, goal: Goal) -> None:
    """Raises what a rule refuses of the key results chosen: too many of them, or a circle."""
    for place, error in _faults(said):
        if place is None:
            raise error
    drafts.refuse_circle(
        viewer(), goal.id, said.title, said.parent, [one.fed_by for one in said.measures if one.fed_by]
    )


def _begin_page(form: forms.BeginForm, cycles: list[Cycle], kpi: Indicator | None, status: int = 200) -> Response:
    unfinished = read.drafts_of(viewer(), [one.id for one in cycles])
    return respond(
        "convert/begin.html",
        status=status,
        form=form,
        kpi=kpi,
        unfinished=unfinished,
        may_begin=bool(cycles),
        **example.shown(1),
    )


def _choose_page(goal: Goal, form: Form, offered: list[Indicator], status: int = 200) -> Response:
    measures = drafts.measures_with_parts(goal.id)
    return respond(
        "convert/key_results.html",
        status=status,
        stale=status == 409,
        goal=goal,
        form=form,
        offered=offered,
        measures=measures,
        rows=range(forms.NEW_ROWS),
        **example.shown(2),
    )


def _smart_page(goal: Goal, form: Form, measures: list[Any], status: int = 200) -> Response:
    return respond(
        "convert/smart.html",
        status=status,
        stale=status == 409,
        goal=goal,
        form=form,
        measures=measures,
        **draft_advice(goal, measures),
        **example.shown(3),
    )


def _rhythm_page(goal: Goal, form: Form, measures: list[Any], status: int = 200) -> Response:
    due = read.next_due(goal, measures, here.today())
    return respond(
        "convert/rhythm.html",
        status=status,
        stale=status == 409,
        goal=goal,
        form=form,
        measures=measures,
        due=due,
        **example.shown(4),
    )
