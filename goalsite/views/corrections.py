"""Correcting a check-in: another value takes its place, and both stay on record (rules §1)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.check_in import check_in
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time
from goalsite.forms.checkins import correction_of
from goalsite.forms.pickers import for_viewer
from goalsite.frame import me
from goalsite.models import Goal
from goalsite.models_follow import CheckIn
from goalsite.queries import checkins as read
from goalsite.queries import company as here
from goalsite.queries.cards import GoalCard, MeasureCard
from goalsite.respond import respond
from goalsite.views.checkins import back, came_from
from goalsite.views.loaders import allow, hold_goal, load_goal, viewer

blueprint = Blueprint("corrections", __name__)


@blueprint.get("/checkins/<int:checkin_id>/correct")
def new(checkin_id: int) -> AnyResponse:
    checkin, goal, to = _load(checkin_id)
    card, measure = read.card_with(goal, checkin.measure_id, here.today())
    allow(policy.may_check_in(to, goal, measure.row))
    form = correction_of(checkin, measure.facts)(formdata=None)
    form.on.data, form.confidence.data, form.note.data = checkin.on, checkin.confidence, checkin.note
    for name in ("value", "numerator", "denominator"):
        if name in form:
            form[name].data = getattr(checkin, name)
    return _page(card, measure, to, checkin, form)


@blueprint.post("/checkins/<int:checkin_id>/correct")
def create(checkin_id: int) -> AnyResponse:
    checkin, goal, to = _load(checkin_id)
    goal, to = hold_goal(goal)
    card, measure = read.card_with(goal, checkin.measure_id, here.today())
    allow(policy.may_check_in(to, goal, measure.row))
    form = correction_of(checkin, measure.facts)()
    for_viewer(form, viewer())
    if not form.validate_on_submit():
        return _page(card, measure, to, checkin, form, status=422)
    if first_time(form):
        if read.is_replaced(checkin):
            abort(409)
        said = form.reported(measure.facts)
        try:
            check_in(measure.row, measure.facts, me(), said, here.now(), here.today(), instead_of=checkin)
        except RuleError as error:
            add_error(form, error)
            return _page(card, measure, to, checkin, form, status=422)
        db.session.commit()
        flash(_("Corrected: %(title)s. The earlier value stays in the history.", title=measure.row.title), "success")
    return redirect(back(goal, checkin.measure_id), 303)


def _load(checkin_id: int) -> tuple[CheckIn, Goal, ToGoal]:
    checkin = read.checkin_by_id(checkin_id)
    if checkin is None:
        abort(404)
    return checkin, *load_goal(checkin.measure.goal_id)


def _page(
    card: GoalCard, measure: MeasureCard, to: ToGoal, checkin: CheckIn, form: Any, status: int = 200
) -> AnyResponse:
    if not read.still_counts(checkin, measure):
        abort(409)
    return respond(
        "corrections/new.html",
        status=status,
        goal=card,
        measure=measure,
        checkin=checkin,
        form=form,
        on_behalf=policy.on_behalf(to, measure.row),
        came_from=came_from(),
        back=back(card.row, measure.row.id),
    )
