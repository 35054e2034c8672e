"""A goal given to many people at once: each gets their own. Looked at person by person, then all at once."""

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.actions.give_goals import give_goals, hold_cycle
from goalsite.actions.giving import Plan, copy_of, plan
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, is_stale, keep_answer
from goalsite.forms.giving import DuplicateForm
from goalsite.frame import me
from goalsite.models import Cycle, Goal
from goalsite.queries import company as here
from goalsite.queries import drafts
from goalsite.queries import giving as read
from goalsite.queries.kpi_sets import cleaned, positions_offered
from goalsite.queries.people import units_by_id
from goalsite.respond import go_to, respond
from goalsite.views.kpi_gifts import given_words, look, writable_cycles
from goalsite.views.loaders import load_goal, viewer

blueprint = Blueprint("duplicates", __name__, url_prefix="/goals/<int:goal_id>/duplicate")


@blueprint.get("")
def new(goal_id: int) -> AnyResponse:
    goal, _to = load_goal(goal_id)
    return _page(DuplicateForm(formdata=None), goal)


@blueprint.post("")
def create(goal_id: int) -> AnyResponse:
    goal, _to = load_goal(goal_id)
    form, into = DuplicateForm(), _into(goal)
    form.prepare(viewer())
    do = request.form.get("do", "show")
    form.turn(do)
    if into is None or not form.validate_on_submit():
        return _page(form, goal, status=422)
    if do != "give":
        return _page(form, goal, do)
    there = url_for("goals.show", goal_id=goal.id)
    if first_time(form):
        hold_cycle(into)
        looked_at = _plan(form, goal, into)
        if is_stale(form, looked_at):
            db.session.rollback()
            return _page(form, goal, stale=True, status=409)
        recipients = looked_at.given(form.skipped())
        try:
            count = give_goals(me(), into, recipients, goal.code, here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(form, goal, status=422)
        keep_answer(form, there)
        flash(given_words(count, len(recipients)), "success")
        db.session.commit()
    return go_to(answer_of(form, there))


def _into(goal: Goal) -> Cycle | None:
    """The cycle asked for, else the goal's own, else the latest in which goals are written."""
    known = {one.code: one for one in writable_cycles()}
    return known.get(request.args.get("cycle", "")) or known.get(goal.cycle.code) or next(iter(known.values()), None)


def _plan(form: DuplicateForm, goal: Goal, into: Cycle) -> Plan:
    chosen = _chosen(form)
    if chosen is None:
        return Plan([])
    parts = drafts.parts_of(viewer(), goal)
    return plan(
        [copy_of(goal, parts, into, me())],
        read.people_of(chosen),
        read.held_by(chosen, into),
        read.reach_of(viewer()),
        here.today(),
        alone=form.who.data == "people",
        members=set() if goal.unit.archived else read.members_of(goal.unit_id, chosen),
    )


def _chosen(form: DuplicateForm) -> read.Chosen | None:
    if not form.asks():
        return None
    if form.who.data == "people":
        return read.named([one.id for one in form.people.picks])
    if form.who.data == "position":
        return read.of_position(cleaned(form.position.data or ""))
    unit = units_by_id([form.unit.chosen_id or 0])[0]
    return read.of_unit(unit, below=form.below.data)


def _page(form: DuplicateForm, goal: Goal, do: str = "", *, stale: bool = False, status: int = 200) -> AnyResponse:
    into = _into(goal)
    return respond(
        "duplicates/new.html",
        fragment="giving/_plan.html",
        status=status,
        form=form,
        goal=goal,
        cycle=into,
        cycles=writable_cycles(),
        positions=positions_offered() if into else [],
        here=url_for("duplicates.create", goal_id=goal.id, cycle=into.code) if into else "",
        asked="duplicates/_asked.html",
        hundred=bool(into and into.weights_to_100),
        must=True,
        **look(form, _plan(form, goal, into) if into else Plan([]), do, stale=stale),
    )
