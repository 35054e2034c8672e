"""Handing over: what somebody who leaves or moves has in hand goes to others on a day, in one step that lists it (rules §7)."""

from datetime import date

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.hand_over import HandOver, hand_over
from goalsite.actions.standing import hold_all
from goalsite.actions.write_goal import hold_goals
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.handover import HandOverForm
from goalsite.frame import me
from goalsite.models import Person
from goalsite.queries import company as here
from goalsite.queries import handover as read
from goalsite.queries.people import people_by_id
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer
from goalsite.views.people import load_person

blueprint = Blueprint("handover", __name__, url_prefix="/setup/people/<int:person_id>/hand-over")


@blueprint.get("")
def show(person_id: int) -> AnyResponse:
    person = _load(person_id)
    form = HandOverForm(formdata=None)
    form.day.data = min(person.left_on or here.today(), here.today())
    form.why.data = _("Hands over: %(name)s", name=person.name)
    return _page(person, form)


@blueprint.post("")
def submit(person_id: int) -> AnyResponse:
    person = _load(person_id, to_change=True)
    form = HandOverForm().prepare(viewer())
    if request.form.get("do") == "look":
        form.validate()
        return _page(person, form, status=200 if form.day.data else 422)
    if not form.validate_on_submit():
        return _page(person, form, status=422)
    if first_time(form):
        day = form.chosen_day(here.today())
        # What they report for others may lie in any cycle.
        hold_all()
        hold_goals(one.card.row.id for one in read.goals_in_hand(person.id, day))
        handed = read.goals_in_hand(person.id, day)
        if is_stale(form, read.Stamped(handed)):
            db.session.rollback()
            return _page(_load(person_id), form, stale=True, status=409)
        try:
            count = _do(person, form, handed, day)
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(_load(person_id), form, status=422)
        db.session.commit()
        flash(ngettext("%(num)s goal was handed over.", "%(num)s goals were handed over.", count), "success")
    return go_to(url_for("people.edit", person_id=person_id))


def _load(person_id: int, *, to_change: bool = False) -> Person:
    person = load_person(person_id, to_change=to_change)
    allow(policy.may_hand_over(viewer(), person))
    return person


def _do(person: Person, form: HandOverForm, handed: list[read.Handed], day: date) -> int:
    """Hands over what is ticked; how many goals that were."""
    chosen = form.successors(handed)
    rest_to = form.to.chosen_id if form.rest.data else None
    named = {key for key in (*(key for _one, key in chosen), rest_to) if key}
    people = {one.id: one for one in people_by_id(named)}
    if not chosen and rest_to is None:
        raise RuleError("hand_over_nothing")
    pairs = [(one, people[key]) for one, key in chosen if key]
    if len(pairs) < len(chosen):
        raise RuleError("hand_over_whom", "to")
    act = HandOver(person, day, form.why.data or "", me(), here.now(), here.today())
    hand_over(act, pairs, people[rest_to] if rest_to else None)
    return len(pairs)


def _page(person: Person, form: HandOverForm, *, stale: bool = False, status: int = 200) -> Response:
    today = here.today()
    handed = read.goals_in_hand(person.id, min(form.chosen_day(today), today))
    form.lay_out(handed)
    return respond(
        "handover/show.html",
        status=status,
        person=person,
        form=form,
        handed=handed,
        rest=read.what_else(person.id),
        stale=stale,
        today=today,
    )
