"""Following a goal, and no more: one click on its page."""

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.follow import follow, unfollow
from goalsite.extensions import db
from goalsite.forms.moves import MoveForm
from goalsite.frame import me
from goalsite.queries.viewer import relation_to
from goalsite.respond import go_to
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("follows", __name__)


@blueprint.post("/goals/<int:goal_id>/<any(follow, unfollow):act>")
def change(goal_id: int, act: str) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_follow(to, goal))
    if MoveForm().validate_on_submit():
        if act == "follow" and follow(goal, me()):
            flash(_("You follow this goal now, and hear of what happens there."), "success")
        elif act == "unfollow" and unfollow(goal, me()):
            flash(_("You no longer follow this goal."), "success")
        db.session.commit()
    # What only its followers may see is gone with that.
    seen = policy.may_see_goal(relation_to(viewer(), goal), goal)
    return go_to(url_for("goals.show", goal_id=goal_id) if seen else url_for("my.show"))
