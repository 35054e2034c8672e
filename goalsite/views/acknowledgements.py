"""Marking a check-in as seen."""

from flask import Blueprint, abort, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.acknowledge import acknowledge
from goalsite.extensions import db
from goalsite.frame import me
from goalsite.queries import checkins
from goalsite.queries import company as here
from goalsite.respond import go_to, wants_fragment
from goalsite.views.goals import history_piece, page_number
from goalsite.views.loaders import allow, load_goal_of_measure

blueprint = Blueprint("acknowledgements", __name__)


@blueprint.post("/checkins/<int:checkin_id>/acknowledge")
def create(checkin_id: int) -> AnyResponse:
    checkin = checkins.checkin_by_id(checkin_id)
    if checkin is None:
        abort(404)
    goal, to = load_goal_of_measure(checkin.measure_id)
    allow(policy.may_acknowledge(to, checkin.author_id))
    if checkins.is_replaced(checkin):
        abort(409)
    acknowledge(checkin, me(), here.now())
    db.session.commit()
    if wants_fragment():
        return history_piece(goal, to, page_number(), checkin.id)
    flash(_("Marked as seen."), "success")
    return go_to(url_for("goals.show", goal_id=goal.id, _anchor=f"checkin-{checkin.id}"))
