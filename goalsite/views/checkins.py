"""Checking in where the measure stands: its row, the form that opens under it, what a value would do, and the saving of it."""

import json
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.check_in import check_in
from goalsite.domain import reporting
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time
from goalsite.forms.checkins import CheckInForm, begun, form_for, say_the_same
from goalsite.forms.pickers import for_viewer
from goalsite.frame import me
from goalsite.models import Goal
from goalsite.queries import checkins as read
from goalsite.queries import company as here
from goalsite.queries.cards import GoalCard, MeasureCard
from goalsite.queries.weekly import missed_periods
from goalsite.respond import respond, wants_fragment
from goalsite.views.loaders import allow, hold_goal, load_goal_of_measure, viewer

blueprint = Blueprint("checkins", __name__)


@blueprint.get("/measures/<int:measure_id>")
def row(measure_id: int) -> AnyResponse:
    goal, to = load_goal_of_measure(measure_id)
    if not wants_fragment():
        return redirect(back(goal, measure_id))
    card, measure = read.card_with(goal, measure_id, here.today())
    return _row(card, measure, to)


@blueprint.get("/measures/<int:measure_id>/check-in")
def new(measure_id: int) -> AnyResponse:
    goal, to = load_goal_of_measure(measure_id)
    card, measure = read.card_with(goal, measure_id, here.today())
    allow(policy.may_check_in(to, goal, measure.row))
    last = read.last_checkin(measure_id)
    form = begun(measure, last.id if last else 0, _day_asked_for())
    if measure.facts.direction in ("increase", "decrease", "keep") and measure.facts.aggregate == "last" and last:
        form.value.data = last.value
    return _row(card, measure, to, form=form)


@blueprint.get("/measures/<int:measure_id>/preview")
def preview(measure_id: int) -> AnyResponse:
    goal, to = load_goal_of_measure(measure_id)
    card, measure = read.card_with(goal, measure_id, here.today())
    allow(policy.may_check_in(to, goal, measure.row))
    form = _form(measure, MultiDict({"on": here.today().isoformat(), **request.args.to_dict(flat=False)}))
    form.validate()
    said = form.reported(measure.facts)
    entries = said.entries(here.now())
    spoken = form.value.data is not None if "value" in form else True
    wrong = [fault for entry in entries for fault in reporting.faults(measure.facts, entry, here.today())]
    seen = (
        read.preview_of(goal, measure_id, entries, here.today())
        if spoken and not wrong and not _number_errors(form)
        else None
    )
    return respond("checkins/_preview.html", measure=measure, goal=card, seen=seen)


@blueprint.post("/measures/<int:measure_id>/check-in")
def create(measure_id: int) -> AnyResponse:
    goal, to = hold_goal(load_goal_of_measure(measure_id)[0])
    card, measure = read.card_with(goal, measure_id, here.today())
    allow(policy.may_check_in(to, goal, measure.row))
    form = _form(measure)
    for_viewer(form, viewer())
    if "same" in request.form:
        say_the_same(form, measure)
    if not form.validate_on_submit():
        return _row(card, measure, to, form=form, status=422)
    if first_time(form):
        last = read.last_checkin(measure_id)
        if last is not None and form.version.data != last.id:
            form.version.raw_data, form.version.data = None, last.id
            return _row(card, measure, to, form=form, newer=last, status=409)
        try:
            check_in(measure.row, measure.facts, me(), form.reported(measure.facts), here.now(), here.today())
        except RuleError as error:
            add_error(form, error)
            return _row(card, measure, to, form=form, status=422)
        db.session.commit()
    if not wants_fragment():
        flash(_("Saved: %(title)s.", title=measure.row.title), "success")
        return redirect(back(goal, measure_id), 303)
    card, measure = read.card_with(goal, measure_id, here.today())
    answer = _row(card, measure, to, saved=measure.asked is not None)
    # The form is gone by then, so the body hears it.
    events = ("checked-in", f"checked-in-{goal.id}")
    answer.headers["HX-Trigger"] = json.dumps({event: {"target": "body"} for event in events})
    return answer


def _form(measure: MeasureCard, given: Any = None) -> CheckInForm:
    wanted = form_for(measure.facts, measure.done_steps)
    return wanted(given, meta={"csrf": False}) if given is not None else wanted()


def _number_errors(form: CheckInForm) -> bool:
    return any(form[name].errors for name in ("value", "numerator", "denominator", "on") if name in form)


def _row(
    card: GoalCard,
    measure: MeasureCard,
    to: ToGoal,
    *,
    form: CheckInForm | None = None,
    newer: Any = None,
    saved: bool = False,
    status: int = 200,
) -> Response:
    weekly = came_from() == "week"
    last = read.last_checkin(measure.row.id) if weekly and form is None else None
    if weekly and form is None and measure.owes:
        form = begun(measure, last.id if last else 0)
    return respond(
        "checkins/new.html",
        fragment="weekly/_row.html" if weekly else "checkins/_measure.html",
        status=status,
        goal=card,
        measure=measure,
        form=form,
        newer=newer,
        saved=saved,
        came_from=came_from(),
        alone=not wants_fragment(),
        may_check_in=policy.may_check_in(to, card.row, measure.row),
        on_behalf=policy.on_behalf(to, measure.row),
        missed=missed_periods(measure),
        last_id=last.id if last else 0,
        opened=status != 200 or request.endpoint == "checkins.new",
    )


def came_from() -> str:
    said = request.args.get("from", "goal")
    if said not in ("my", "goal", "week"):
        abort(404)
    return said


def _day_asked_for() -> date | None:
    """`?on=`, the day of a period to fill in."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None


def back(goal: Goal, measure_id: int) -> str:
    row = f"measure-{measure_id}"
    if came_from() == "my":
        return url_for("my.show", _anchor=row)
    if came_from() == "week":
        return url_for("weekly.show", person=request.args.get("person"), _anchor=row)
    return url_for("goals.show", goal_id=goal.id, _anchor=row)
