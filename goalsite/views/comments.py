"""Saying something about a goal."""

from flask import Blueprint, flash, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.comment import comment
from goalsite.domain.relations import ToGoal
from goalsite.extensions import db
from goalsite.forms.base import answer_of, first_time, keep_answer
from goalsite.forms.goals import CommentForm
from goalsite.frame import me
from goalsite.models import Goal, Person
from goalsite.queries import company as here
from goalsite.queries import goal_page, goal_talk
from goalsite.queries.audience import people_offered
from goalsite.respond import go_to, respond, wants_fragment
from goalsite.views import goals
from goalsite.views.loaders import allow, load_goal, viewer

blueprint = Blueprint("comments", __name__)
LONGEST_TYPED = 100


@blueprint.post("/goals/<int:goal_id>/comments")
def create(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_comment(to, goal))
    form = CommentForm()
    if not form.validate_on_submit():
        return _again(goal, to, form)
    there = url_for("goals.show", goal_id=goal.id, _anchor="goal-conversation")
    unheard: list[Person] = []
    if first_time(form):
        kept, unheard = comment(goal, me(), form.body.data or "", here.now())
        there = url_for("goals.show", goal_id=goal.id, _anchor=f"comment-{kept.id}")
        keep_answer(form, there)
        db.session.commit()
    if not wants_fragment():
        if unheard:
            flash(_not_told(unheard), "info")
        return go_to(answer_of(form, there))
    return _conversation(goal, to, not_told=_not_told(unheard) if unheard else "")


@blueprint.get("/goals/<int:goal_id>/mentions")
def mentions(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    allow(policy.may_comment(to, goal))
    offered = people_offered(viewer(), goal, request.args.get("typed", "")[:LONGEST_TYPED])
    domain = me().email_key.rpartition("@")[2]
    # In one's own domain what stands before the @ is enough.
    return respond("goals/_mentions.html", offered=[(one, one.email_key.removesuffix(f"@{domain}")) for one in offered])


def _again(goal: Goal, to: ToGoal, form: CommentForm) -> AnyResponse:
    if wants_fragment():
        return _conversation(goal, to, form, 422)
    found = goal_page.find(viewer(), goal.id)
    assert found is not None, "it was just seen"
    return goals.page(found, form, 422)


def _conversation(
    goal: Goal, to: ToGoal, form: CommentForm | None = None, status: int = 200, not_told: str = ""
) -> AnyResponse:
    around = goal_talk.surroundings_of(goal.id)
    return respond(
        "goals/_conversation.html",
        status=status,
        goal=goal,
        focus=True,
        not_told=not_told,
        **goals.talk(goal, to, around, 1, form),
    )


def _not_told(people: list[Person]) -> str:
    names = ", ".join(person.name for person in people)
    return ngettext(
        "%(names)s may not see this goal and was not told.",
        "%(names)s may not see this goal and were not told.",
        len(people),
        names=names,
    )
