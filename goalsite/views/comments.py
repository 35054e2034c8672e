"""Saying something about a goal."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.comment import comment
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import answer_of, first_time, keep_answer
from goalsite.forms.goals import CommentForm
from goalsite.frame import me
from goalsite.models import Goal
from goalsite.queries import company as here
from goalsite.queries import goal_page, goal_talk
from goalsite.respond import go_to, respond, wants_fragment
from goalsite.views import goals
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("comments", __name__)


@blueprint.post("/goals/<int:goal_id>/comments")
def create(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_comment(to, goal))
    form = CommentForm()
    if not form.validate_on_submit():
        return _again(goal, to, form)
    there = url_for("goals.show", goal_id=goal.id, _anchor="goal-conversation")
    if first_time(form):
        kept = comment(goal, me(), form.body.data or "", here.now())
        there = url_for("goals.show", goal_id=goal.id, _anchor=f"comment-{kept.id}")
        keep_answer(form, there)
        db.session.commit()
    if not wants_fragment():
        return go_to(answer_of(form, there))
    return _conversation(goal, to)


def _again(goal: Goal, to: ToGoal, form: CommentForm) -> AnyResponse:
    if wants_fragment():
        return _conversation(goal, to, form, 422)
    found = goal_page.find(viewer(), goal.id)
    assert found is not None, "it was just seen"
    return goals.page(found, form, 422)


def _conversation(goal: Goal, to: ToGoal, form: CommentForm | None = None, status: int = 200) -> AnyResponse:
    around = goal_talk.surroundings_of(goal.id)
    return respond(
        "goals/_conversation.html", status=status, goal=goal, focus=True, **goals.talk(goal, to, around, 1, form)
    )
