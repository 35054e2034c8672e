"""My goals: what waits for me, how I stand, and every measure of mine to check in on."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.domain.relations import ToGoal
from goalsite.frame import cycle, frame, me
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import my as read
from goalsite.queries.cards import GoalCard, cards_of
from goalsite.queries.reviews import count_to_discuss
from goalsite.queries.unseen import latest_unseen
from goalsite.respond import respond
from goalsite.views.loaders import load_goal, viewer
from goalsite.views.typed import address_of

blueprint = Blueprint("my", __name__)


@dataclass(frozen=True)
class Mine:
    """One of my goals as the page shows it, and what I may do there; of its measures `to_report` are asked of me, others of whom they were given to."""

    card: GoalCard
    may_check_in: set[int]
    to_report: set[int]
    may_submit: bool


@blueprint.get("/")
def show() -> AnyResponse:
    chosen = cycle()
    if chosen is None:
        return respond("my/show.html", cycle=None)
    person, today = me(), here.today()
    cards = read.my_cards(person, chosen, today)
    goals = [_mine(card) for card in cards]
    due = [
        measure for mine in goals for measure in mine.card.measures if measure.row.id in mine.to_report and measure.owes
    ]
    return respond(
        "my/show.html",
        cycle=chosen,
        goals=goals,
        owed=frame().waiting.due,
        due_by=min((measure.row.due_by for measure in due if measure.row.due_by), default=None),
        standing=read.my_standing(person, chosen, cards),
        waits=(waits := read.my_waits(person, today, here.now())),
        decisions=frame().waiting.by_kind,
        typed_href=address_of(waits.typed_place) if waits.typed_place else "",
        to_discuss=count_to_discuss(viewer(), chosen) if chosen.state == "reviewing" else 0,
        unseen=latest_unseen(person.id, today, read.TALK) if waits.unseen else [],
        attention=_attention(cards),
        actions=read.my_actions(person, chosen),
        talk=read.my_talk(person, chosen),
        today=today,
    )


@blueprint.get("/standing")
def standing() -> AnyResponse:
    chosen = cycle()
    cards = read.my_cards(me(), chosen, here.today()) if chosen else []
    return respond("my/_standing.html", **_tiles(chosen, cards))


@blueprint.get("/my/goals/<int:goal_id>/head")
def goal_head(goal_id: int) -> AnyResponse:
    goal, to = load_goal(goal_id)
    card = _as_seen(cards_of([goal.id], here.today())[0], to)
    return respond("my/_goal_head.html", goal=card, may_submit=policy.may_submit(to, goal, here.today()))


def _tiles(chosen: Cycle | None, cards: list[GoalCard]) -> dict[str, Any]:
    if chosen is None:
        return {"cycle": None}
    return {
        "cycle": chosen,
        "standing": read.my_standing(me(), chosen, cards),
        "attention": _attention(cards),
        "actions": read.my_actions(me(), chosen),
    }


def _mine(card: GoalCard) -> Mine:
    to = read.my_relation(me(), card)
    may = {measure.row.id for measure in card.measures if policy.may_check_in(to, card.row, measure.row)}
    asked = {one.row.id for one in card.measures if (one.row.assignee_id or card.row.owner_id) == me().id}
    return Mine(_as_seen(card, to), may, may & asked, policy.may_submit(to, card.row, here.today()))


def _as_seen(card: GoalCard, to: ToGoal) -> GoalCard:
    """Without the score, where that is not for this reader: a colleague's goal with a measure of mine."""
    return card if policy.may_see_evaluation(to, card.row) else replace(card, result=None)


def _attention(cards: list[GoalCard]) -> int:
    return sum(measure.standing.status in ("at_risk", "behind") for card in cards for measure in card.measures)
