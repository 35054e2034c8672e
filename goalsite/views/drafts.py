"""Writing a goal: a new one, and a draft changed. One form, sent to itself for every button in it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.typed import drop_typed
from goalsite.actions.write_goal import GoalDraft, create_goal, hold, update_goal
from goalsite.domain import drafts as rules
from goalsite.domain.errors import RuleError
from goalsite.domain.periods import Span
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.domain.terms import WRITTEN_STATES
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, is_stale, keep_answer
from goalsite.forms.drafts import GoalForm, filled
from goalsite.forms.measures import pick_stored
from goalsite.frame import cycle, frame, me
from goalsite.models import Cycle, Goal, Person
from goalsite.queries import company as here
from goalsite.queries import drafts as read
from goalsite.queries.filters import as_id
from goalsite.queries.typed import Typed, beginning, typed_in
from goalsite.queries.viewer import relations_to_people, relations_to_units
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, load_goal, viewer
from goalsite.views.typed import as_sent

blueprint = Blueprint("drafts", __name__, url_prefix="/goals")


@blueprint.get("/new")
def new() -> AnyResponse:
    cycles = _cycles()
    if not cycles:
        return respond("drafts/no_cycle.html")
    person, typed = beginning(me().id, _place(), here.now())
    if typed is not None:
        return _page(_as_typed(typed, cycles), typed=typed)
    form, rows = _begun(person)
    chosen = cycle()
    form.cycle.data = chosen.id if chosen and chosen.id in {one.id for one in cycles} else cycles[0].id
    if request.args.get("kind") in ("okr", "kpi"):
        form.kind.data = request.args["kind"]
    pick_stored(form.owner, me())
    form.prepare(viewer(), cycles, rows)
    return _page(form)


@blueprint.post("/new")
def create() -> AnyResponse:
    form = GoalForm()
    cycles = _cycles()
    if not cycles:
        abort(403)
    form.prepare(viewer(), cycles)
    if request.form.get("do", "save") != "save":
        form.rearrange(request.form["do"])
        return _page(form)
    if not form.validate_on_submit() or not _check(form, None):
        return _page(form, status=422)
    there = url_for("my.show")
    if first_time(form):
        draft = form.draft()
        _allow_create(draft)
        goal = create_goal(me(), draft, here.today())
        there = url_for("goals.show", goal_id=goal.id)
        keep_answer(form, there)
        drop_typed(me().id, _place())
        flash(_("Saved as a draft.") if goal.state == "draft" else _("Suggested to %(name)s.", name=draft.owner.name))
        db.session.commit()
    return go_to(answer_of(form, there))


@blueprint.get("/<int:goal_id>/edit")
def edit(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_edit_draft(to, goal))
    if (typed := typed_in(me().id, _place(goal), here.now())) is not None:
        return _page(_as_typed(typed, _cycles()), goal, typed=typed)
    parts = read.parts_of(viewer(), goal)
    form = filled(GoalForm(formdata=None), goal, parts)
    form.prepare(viewer(), _cycles(), parts.rows)
    return _page(form, goal)


@blueprint.post("/<int:goal_id>/edit")
def update(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_edit_draft(to, goal))
    form = GoalForm()
    form.prepare(viewer(), _cycles())
    if request.form.get("do", "save") != "save":
        form.rearrange(request.form["do"])
        return _page(form, goal)
    if not form.validate_on_submit() or not _check(form, goal):
        return _page(form, goal, status=422)
    if first_time(form):
        hold(goal)
        if is_stale(form, goal) or goal.state not in WRITTEN_STATES:
            return _page(form, goal, status=409)
        draft = _with_unseen(form.draft(), goal)
        if draft.owner.id != goal.owner_id or draft.unit.id != goal.unit_id or draft.scope != goal.scope:
            _allow_create(draft)
        try:
            update_goal(goal, me(), draft, here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(form, goal, status=422)
        drop_typed(me().id, _place(goal))
        again = goal.state == "returned"
        flash(_("Saved. Suggest it again when it is ready.") if again else _("Saved."), "success")
        db.session.commit()
    return go_to(url_for("goals.show", goal_id=goal_id))


def _begun(person: Person) -> tuple[GoalForm, read.Rows]:
    """An empty form for a goal of one's own; a copy of the goal the address names, without its dates, owner and followers."""
    mine = read.Rows({person.id: person}, {}, {}, {}, {})
    origin = as_id(request.args.get("from", ""))
    if origin is None:
        return GoalForm(formdata=None), mine
    goal, _to = load_goal(origin)
    parts = read.parts_of(viewer(), goal)
    form = filled(GoalForm(formdata=None), goal, parts)
    form.goal_id.data, form.version.data, form.scope.data, form.visibility.data = "", None, "person", ""
    form.starts_on.data = form.due_on.data = None
    for field in (form.unit, form.followers, form.visible_to):
        pick_stored(field)
    for one in form.measures:
        one.form.begin_copy()
    return form, replace(parts.rows, people={**parts.rows.people, **mine.people})


def _cycles() -> list[Cycle]:
    """Those in which goals are written, the latest first."""
    return [one for one in frame().all_cycles if CYCLE_ALLOWS[one.state].writing]


def _origin() -> dict[str, Any]:
    return {"from": request.args["from"]} if as_id(request.args.get("from", "")) else {}


def _place(goal: Goal | None = None) -> str:
    """What the text typed into this form is kept under."""
    origin = as_id(request.args.get("from", ""))
    return f"edit-{goal.id}" if goal else f"copy-{origin}" if origin else "new"


def _as_typed(typed: Typed, cycles: list[Cycle]) -> GoalForm:
    """The form as it was left, with a key of its own and the version it was made from."""
    if origin := as_id(request.args.get("from", "")):
        load_goal(origin)
    form = GoalForm(formdata=as_sent(typed))
    form.prepare(viewer(), cycles)
    return form


def _page(form: GoalForm, goal: Goal | None = None, status: int = 200, typed: Typed | None = None) -> Response:
    form.open_row()
    form.lay_out()
    owner = form.owner_row()
    weight, weights = form.weight.data, None
    if owner and weight and form.scope.data == "person" and form.cycle.data in form.cycles:
        weights = Fraction(weight) + read.weights_beside(
            owner.id, form.cycle.data, form.kind.data, goal.id if goal else 0
        )
    return respond(
        "drafts/edit.html",
        fragment="drafts/_form.html",
        status=status,
        form=form,
        goal=goal,
        action=url_for("drafts.update", goal_id=goal.id) if goal else url_for("drafts.create", **_origin()),
        place=_place(goal),
        typed_at=typed.at if typed else None,
        changed_since=goal is not None and form.version.data != goal.version,
        weights=weights,
        weight_share=Fraction(weight) / weights if weight and weights else None,
        unit=form.unit_row(),
        said_by_unit=form.said_by_unit(),
        measure_weights=form.measure_weights(),
        for_somebody_else=owner is not None and owner.id != me().id and goal is None,
    )


def _check(form: GoalForm, goal: Goal | None) -> bool:
    """What the rules say of it; each fault at the field to mend."""
    owner, unit = form.owner_row(), form.unit_row()
    if unit is None:
        add_error_text(form.unit, _("Name the unit this goal belongs to."))
        return False
    if form.scope.data == "person" and owner and not _in_unit(owner.id, owner.unit_id, unit.id):
        add_error_text(form.unit, _("%(name)s is not in this unit. Leave it empty for their own.", name=owner.name))
    said = form.draft()
    span = Span(said.starts_on, said.due_on)
    measures = form.measure_drafts()
    facts = [draft.facts(said.kind, span, said.cycle) for _row, draft in measures] if span.last >= span.first else []
    cycle_span = Span(said.cycle.starts_on, said.cycle.ends_on)
    plan = rules.Plan(
        said.kind, span, cycle_span, said.cycle.name, said.title, facts, said.progress_from, said.evaluated_by
    )
    for place, error in rules.faults(plan, draft=True):
        add_error(form if place is None else measures[place][0], error)
    sources = [draft.fed_by for _row, draft in measures if draft.fed_by]
    try:
        read.refuse_circle(viewer(), goal.id if goal else 0, said.title, said.parent, sources)
        if goal:
            read.refuse_unfeeding(
                goal.id, said.kind, [draft.metric.id if draft.metric else None for _row, draft in measures]
            )
    except RuleError as error:
        add_error(form, error)
    return not form.told()


def add_error_text(field: Any, text: str) -> None:
    """Words at a field that no rule of the domain says."""
    field.errors = [*field.errors, text]


def _in_unit(person_id: int, home_id: int | None, unit_id: int) -> bool:
    return viewer().is_hr or unit_id == home_id or unit_id in read.units_of(person_id)


def _allow_create(draft: GoalDraft) -> None:
    """403 unless the reader may make such a goal."""
    if draft.scope == "unit":
        to_unit = relations_to_units(viewer(), [draft.unit.id])[draft.unit.id]
        allow(policy.may_create_unit_goal(to_unit, draft.cycle.state))
        return
    to = relations_to_people(viewer(), [draft.owner.id])[draft.owner.id]
    state = draft.cycle.state
    allow(policy.may_write_own_goal(to, state) or policy.may_suggest_goal(to, state))


def _with_unseen(draft: GoalDraft, goal: Goal) -> GoalDraft:
    """Links to goals the reader may not see stay."""
    parent, also, sources = read.kept_unseen(viewer(), goal)
    if parent and not draft.parent:
        draft = replace(draft, parent=parent, parent_measure_id=goal.parent_measure_id)
    measures = tuple(
        replace(one, fed_by=sources[one.id]) if one.id in sources and not one.fed_by else one for one in draft.measures
    )
    return replace(draft, also=(*draft.also, *also), measures=measures)
