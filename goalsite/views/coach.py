"""The coach beside a goal: on its page, and live beside the form in which one is written. It writes nothing."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.domain.coach import advise
from goalsite.domain.coach_facts import Past
from goalsite.forms import coach as form
from goalsite.frame import cycle, me
from goalsite.models import Cycle, Goal, Measure
from goalsite.queries import coach, goal_page
from goalsite.queries import coach_form as named
from goalsite.queries import company as here
from goalsite.queries.coach_background import Asked, Background, background_of
from goalsite.queries.records import records_of
from goalsite.queries.viewer import relations_to_people, relations_to_units
from goalsite.respond import respond, wants_fragment
from goalsite.views import goals
from goalsite.views.loaders import viewer

blueprint = Blueprint("coach", __name__)


@blueprint.get("/goals/<int:goal_id>/coach")
def show(goal_id: int) -> AnyResponse:
    found = goal_page.find(viewer(), goal_id)
    if found is None:
        abort(404)
    if found.row.state not in goals.COACHED or not wants_fragment():
        return redirect(url_for("goals.show", goal_id=goal_id))
    background = background_of(viewer(), goals.asked_for(found))
    view = goal_page.page_of(found, here.today(), background.goals)
    return respond("goals/_coach.html", **goals.coached(found, view, background))


@blueprint.post("/coach")
def look_over() -> AnyResponse:
    said = form.read(request.form)
    if named.feeds_another(said.goal_id):
        said = replace(said, supports=True)
    chosen = named.cycle_by_id(said.cycle_id) or cycle()
    if chosen is None:
        abort(404)
    metrics = named.metrics_called(one.metric for one in said.measures)
    asked = _asked(said, chosen, tuple(sorted({metric.id for metric in metrics.values()})))
    background = background_of(viewer(), asked)
    past = _past(background)
    return respond(
        "goals/coach.html",
        fragment="goals/_coach.html",
        advice=advise(form.draft_of(said, asked, metrics, background, past)),
        coached=0,
        tell_mistakes=True,
        convert_href="",
    )


def draft_advice(goal: Goal, measures: list[Measure]) -> dict[str, Any]:
    """What goals/_coach.html needs of a draft that is being made, by somebody who may write it."""
    asked = Asked(
        goal.cycle,
        goal.unit,
        goal.owner_id,
        goal.scope,
        goal.id,
        tuple(sorted({row.metric_id for row in measures if row.metric_id})),
        tuple(row.fed_by_id for row in measures if row.fed_by_id),
        tell_owner=goal.owner_id == me().id,
        tell_unit=True,
    )
    background = background_of(viewer(), asked)
    supports = goal.parent_id is not None
    advice = coach.advice_on_draft(goal, measures, background, _past(background), supports=supports)
    return {"advice": advice, "coached": 0, "tell_mistakes": True, "convert_href": ""}


def _past(background: Background) -> dict[int, tuple[Past, ...]]:
    if not background.goals:
        return {}
    return coach.past_of(background, records_of(background.goals, here.today(), deep=False))


def _asked(said: form.Said, chosen: Cycle, metrics: tuple[int, ...]) -> Asked:
    """Whose goal it is to be, as far as that can be read, and what the reader may be told of them."""
    owner = (named.person_called(said.owner) if said.owner else None) or me()
    unit = (named.unit_called(said.unit) if said.unit else None) or owner.unit or named.company_unit()
    to_owner = relations_to_people(viewer(), [owner.id])[owner.id]
    to_unit = relations_to_units(viewer(), [unit.id])[unit.id]
    return Asked(
        chosen,
        unit,
        owner.id,
        said.scope,
        said.goal_id,
        metrics,
        tell_owner=policy.may_see_results(to_owner),
        tell_unit=to_unit.lead or viewer().is_hr,
    )
