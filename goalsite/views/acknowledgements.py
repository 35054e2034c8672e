"""Marking check-ins as seen: one on its goal's page, or those of one's people on one page."""

from flask import Blueprint, abort, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.acknowledge import Outcome, acknowledge, acknowledge_many
from goalsite.extensions import db
from goalsite.forms.base import first_time
from goalsite.forms.checkins import SeenForm
from goalsite.frame import me
from goalsite.messages import say
from goalsite.queries import checkins
from goalsite.queries import company as here
from goalsite.queries import unseen as read
from goalsite.respond import go_to, respond, wants_fragment
from goalsite.views.goals import history_piece, page_number
from goalsite.views.loaders import allow, load_goal_of_measure, viewer

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


@blueprint.get("/checkins/unseen")
def show() -> AnyResponse:
    return _page(page_number())


@blueprint.post("/checkins/unseen")
def create_many() -> AnyResponse:
    form = SeenForm()
    if not form.validate_on_submit():
        return _page(page_number(), status=422)
    outcomes: list[Outcome] = []
    if first_time(form):
        outcomes = acknowledge_many(form.meant(), viewer(), me(), here.now())
        db.session.commit()
    refused = any(one.error for one in outcomes)
    done = sum(one.error is None for one in outcomes)
    if refused or (wants_fragment() and outcomes):
        return _page(page_number(), outcomes, status=409 if refused and not done else 200)
    if done:
        flash(ngettext("%(num)s check-in marked as seen.", "%(num)s check-ins marked as seen.", done), "success")
    return go_to(url_for("acknowledgements.show", page=page_number() if page_number() > 1 else None))


def _page(page: int, outcomes: list[Outcome] | None = None, status: int = 200) -> AnyResponse:
    today, outcomes = here.today(), outcomes or []
    found = read.page_of_unseen(me().id, today, page)
    if not found.checkins and page > 1:
        # The last of a page are seen: on with the first.
        page, found = 1, read.page_of_unseen(me().id, today, 1)
    return respond(
        "checkins/unseen.html",
        fragment="checkins/_unseen.html",
        status=status,
        found=found,
        page=page,
        pages=max(1, -(-found.in_all // read.AT_ONCE)),
        days=read.UNSEEN_DAYS.days,
        form=SeenForm(formdata=None),
        done=sum(one.error is None for one in outcomes),
        refused=[(one.title, say(one.error)) for one in outcomes if one.error],
    )
