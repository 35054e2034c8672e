"""Reminding people of the check-ins they owe: one, or all of a unit."""

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.remind import remind
from goalsite.extensions import db
from goalsite.forms.base import Form
from goalsite.frame import cycle, me
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import member, units
from goalsite.queries import reminders as read
from goalsite.queries.viewer import relations_to_people
from goalsite.respond import go_to
from goalsite.security import safe_next
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("reminders", __name__)


@blueprint.post("/members/<int:person_id>/remind")
def create(person_id: int) -> AnyResponse:
    found, chosen, today = member.find(viewer(), person_id), _cycle(), here.today()
    if found is None:
        abort(404)
    allow(policy.may_remind(relations_to_people(viewer(), [person_id])[person_id]))
    name = found.person.name
    if not Form().validate_on_submit():
        return _back()
    if not read.owes(viewer(), found.person, chosen, today):
        flash(_("%(name)s owes no check-in now.", name=name), "info")
    elif remind(me(), [found.person], chosen, here.now(), today):
        db.session.commit()
        flash(_("%(name)s is reminded.", name=name), "success")
    else:
        flash(_("You have reminded %(name)s today already.", name=name), "info")
    return _back()


@blueprint.post("/units/<int:unit_id>/remind")
def create_all(unit_id: int) -> AnyResponse:
    unit, chosen, today = units.unit_by_id(unit_id), _cycle(), here.today()
    if unit is None:
        abort(404)
    allow(read.may_remind_anybody(viewer(), unit))
    if not Form().validate_on_submit():
        return _back()
    waiting = read.to_remind(viewer(), chosen, unit, today, deep=request.args.get("below") != "0")
    told = remind(me(), waiting, chosen, here.now(), today)
    db.session.commit()
    if told:
        flash(ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", len(told)), "success")
    else:
        flash(_("Nobody is left to remind: who owes a check-in has been reminded by you today."), "info")
    return _back()


def _cycle() -> Cycle:
    chosen = cycle()
    if chosen is None:
        abort(404)
    return chosen


def _back() -> AnyResponse:
    """The page the button was on."""
    return go_to(safe_next(request.args.get("next") or url_for("overview.show")))
