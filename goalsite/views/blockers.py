"""What was in the way of a measure, marked as solved."""

from flask import Blueprint, abort, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.plan import close_blocker
from goalsite.extensions import db
from goalsite.frame import me
from goalsite.queries import company as here
from goalsite.queries import plans as read
from goalsite.respond import go_to
from goalsite.views.loaders import allow, load_goal_of_measure

blueprint = Blueprint("blockers", __name__)


@blueprint.post("/blockers/<int:blocker_id>/close")
def close(blocker_id: int) -> AnyResponse:
    blocker = read.blocker_by_id(blocker_id)
    if blocker is None:
        abort(404)
    goal, to = load_goal_of_measure(blocker.measure_id)
    allow(policy.may_plan(to, goal))
    close_blocker(blocker, goal.id, me(), here.today())
    db.session.commit()
    flash(_("Marked as solved."), "success")
    return go_to(url_for("goals.show", goal_id=goal.id, _anchor="goal-plan"))
