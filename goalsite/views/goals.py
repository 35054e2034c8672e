"""One goal: its page, and the pieces of it that are loaded by themselves."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.domain.mentions import named_in
from goalsite.domain.relations import ToGoal
from goalsite.forms.changes import DecisionForm
from goalsite.forms.goals import CommentForm
from goalsite.forms.moves import MoveForm
from goalsite.frame import frame
from goalsite.markdown import Mention, rendered
from goalsite.models import Goal, Person
from goalsite.queries import coach, goal_page, goal_talk
from goalsite.queries import company as here
from goalsite.queries.audience import people_named
from goalsite.queries.coach_background import Asked, Background, asked_of, background_from, questions
from goalsite.queries.goal_page import Found, Page
from goalsite.queries.goal_talk import History, Item, Surroundings
from goalsite.respond import respond, wants_fragment
from goalsite.views.changes import may_begin
from goalsite.views.loaders import day_looked_at, load_goal, stand_on_the_day, viewer
from goalsite.views.moves import possible

blueprint = Blueprint("goals", __name__, url_prefix="/goals")
blueprint.app_context_processor(lambda: {"person_href": person_href})
LAST_PAGE = 1000
COACHED = ("draft", "suggested", "proposed", "active")
LINKS = ("path", "also", "also_by", "sources", "feeds", "continues", "goes_on")


@dataclass(frozen=True)
class Spoken:
    """A comment, ready to show."""

    item: Item
    html: Markup


@blueprint.get("/<int:goal_id>")
def show(goal_id: int) -> AnyResponse:
    return page(_find(goal_id))


@blueprint.get("/<int:goal_id>/head")
def head(goal_id: int) -> AnyResponse:
    return _piece("goals/_head.html", goal_id)


@blueprint.get("/<int:goal_id>/progress")
def progress(goal_id: int) -> AnyResponse:
    return _piece("goals/_progress.html", goal_id, points=True)


@blueprint.get("/<int:goal_id>/periods")
def periods(goal_id: int) -> AnyResponse:
    return _piece("goals/_periods.html", goal_id)


@blueprint.get("/<int:goal_id>/explanation")
def explanation(goal_id: int) -> AnyResponse:
    found = _find(goal_id)
    return respond("goals/explanation.html", fragment="goals/_explanation.html", **_standing(found))


@blueprint.get("/<int:goal_id>/history")
def history(goal_id: int) -> AnyResponse:
    goal, to = _on_the_day(goal_id)
    return history_piece(goal, to, page_number())


@blueprint.get("/<int:goal_id>/conversation")
def conversation(goal_id: int) -> AnyResponse:
    goal, to = _on_the_day(goal_id)
    return respond(
        "goals/conversation.html",
        fragment="goals/_conversation.html",
        goal=goal,
        **talk(goal, to, goal_talk.surroundings_of(goal.id, page_number()), page_number()),
    )


def page(found: Found, form: CommentForm | None = None, status: int = 200) -> Response:
    """The whole page; with the comment that could not be kept."""
    goal, to = found.row, found.to
    asked = questions(viewer(), asked_for(found)) if goal.state in COACHED and not frame().as_of else []
    around = goal_talk.surroundings_of(goal.id, beside=asked)
    background = background_from(around.beside) if asked else None
    standing = _standing(found, around, background)
    return respond(
        "goals/show.html",
        status=status,
        **standing,
        **coached(found, standing["view"], background),
        **(talk(goal, to, around, 1, form) | _history(goal, to, goal_talk.history_of(goal.id, 1))),
        around=around,
        may_plan=policy.may_plan(to, goal),
        me_id=to.viewer.id,
        proposals=around.proposals if may_begin(to, goal) else [],
        may_decide_change=policy.may_decide_change(to, goal),
        decision_form=DecisionForm(formdata=None),
        description=rendered(goal.description),
    )


def asked_for(found: Found) -> Asked:
    """What the coach wants to know around the goal."""
    return asked_of(found.row, found.to, [linked.row.id for linked in found.links.get("sources", [])])


def coached(found: Found, view: Page, background: Background | None) -> dict[str, Any]:
    """What the coach says; its other hints to those with a part in the goal."""
    if background is None:
        return {"advice": None}
    supports = any(found.links.get(kind) for kind in ("path", "also", "feeds"))
    past, least = coach.past_of(background, view.records), here.company().thresholds.at_risk
    return {
        "advice": coach.advice_on(view.card, background, past, day_looked_at(), supports=supports, least=least),
        "coached": found.row.id,
        "tell_mistakes": bool(found.to.columns) or found.to.follower,
        "convert_href": url_for("convert.begin", kpi=found.row.id) if _exists("convert.begin") else "",
    }


def talk(goal: Goal, to: ToGoal, around: Surroundings, number: int, form: CommentForm | None = None) -> dict[str, Any]:
    """What the conversation shows: a page of comments with their mentions, and the form where one may comment."""
    may = policy.may_comment(to, goal)
    keys = {key for item in around.comments if item.person for key in named_in(item.body or "", item.person.email_key)}
    mentions = {
        key: Mention(one.person.name, person_href(one.person), unheard=not one.sees)
        for key, one in people_named(keys, goal).items()
    }
    spoken = [
        Spoken(item, rendered(item.body or "", mentions, item.person.email_key if item.person else ""))
        for item in around.comments
    ]
    return {
        "goal_id": goal.id,
        "comments": spoken,
        "talk_total": around.comments_total,
        "talk_page": number,
        "talk_pages": max(-(-around.comments_total // goal_talk.TALK_PAGE), 1),
        "comment_form": (form or CommentForm(formdata=None)) if may else None,
    }


def history_piece(goal: Goal, to: ToGoal, number: int, just_seen: int = 0) -> Response:
    """One page of the check-ins; the focus goes to the one just marked as seen."""
    return respond(
        "goals/history.html",
        fragment="goals/_history.html",
        goal=goal,
        just_seen=just_seen,
        **_history(goal, to, goal_talk.history_of(goal.id, number)),
    )


def page_number() -> int:
    """The page asked for."""
    number = request.args.get("page", "1")
    if not number.isascii() or not number.isdecimal() or not 1 <= int(number[:6]) <= LAST_PAGE:
        abort(404)
    return int(number)


def person_href(person: Person) -> str:
    """The address of somebody's page."""
    return url_for("members.show", person_id=person.id) if _exists("members.show") else ""


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _on_the_day(goal_id: int) -> tuple[Goal, ToGoal]:
    goal, to = load_goal(goal_id)
    if frame().as_of is None:
        return goal, to
    stand_on_the_day(goal.cycle, goal_id=goal_id)
    return load_goal(goal_id)


def _find(goal_id: int) -> Found:
    if frame().as_of is not None:
        _on_the_day(goal_id)
    found = goal_page.find(viewer(), goal_id)
    if found is None:
        abort(404)
    return found


def _piece(template: str, goal_id: int, *, points: bool = False) -> AnyResponse:
    found = _find(goal_id)
    if not wants_fragment():
        return redirect(url_for("goals.show", goal_id=goal_id))
    around = goal_talk.surroundings_of(goal_id) if points else None
    return respond(template, **_standing(found, around))


def _standing(found: Found, around: Surroundings | None = None, background: Background | None = None) -> dict[str, Any]:
    goal, to, today = found.row, found.to, day_looked_at()
    view = goal_page.page_of(found, today, background.goals if background else ())
    shares = bool(to.columns & policy.RESULT_READERS)
    return {
        "goal": view.card,
        "view": view,
        "links": {kind: found.seen(kind) for kind in LINKS},
        "supports_hidden": not all(linked.visible for linked in found.links.get("path", [])[:1]),
        "today": today,
        "points": _points(view.card.standing.progress, around, goal, today),
        "share": found.share,
        "weights": found.weights if shares and found.weights and goal.state in ("active", "closed") else None,
        "may_check_in": {one.row.id for one in view.card.measures if policy.may_check_in(to, goal, one.row)},
        "may_submit": _exists("evaluations.submit") and policy.may_submit(to, goal, today),
        "may_decide": _exists("decisions.show") and policy.may_decide_evaluation(to, goal, today),
        "may_name_evaluator": policy.may_name_evaluator(to, goal),
        "may_reopen": policy.may_reopen_evaluation(to, goal),
        "may_see_score": policy.may_see_evaluation(to, goal),
        "moves": possible(to, goal),
        "may_change": may_begin(to, goal),
        "move_form": MoveForm(formdata=None),
        "may_edit": policy.may_edit_draft(to, goal),
        "may_follow": not to.own and not to.viewer.only_reads,
        "follows": to.follower,
        "thresholds": here.company().thresholds,
    }


def _points(
    progress: Fraction | None, around: Surroundings | None, goal: Goal, today: date
) -> list[tuple[date, Fraction]]:
    """The line of the chart: what is stored within the goal's dates, and where it stands now."""
    stored = around.points if around else []
    line = [(on, part) for on, part in stored if part is not None and goal.starts_on <= on <= goal.due_on]
    now = min(today, goal.due_on)
    if line and progress is not None and goal.state == "active" and now >= line[-1][0]:
        line = [*(point for point in line if point[0] != now), (now, progress)]
    return line


def _history(goal: Goal, to: ToGoal, lines: History) -> dict[str, Any]:
    seeable = {
        line.row.id
        for line in lines.lines
        if line.row.seen is None and line.replaced_by is None and policy.may_acknowledge(to, line.row.author_id)
    }
    return {
        "goal_id": goal.id,
        "history": lines,
        "owner_id": goal.owner_id,
        "single": goal.kind == "kpi",
        "may_acknowledge": seeable,
        "may_correct": {
            line.row.id
            for line in lines.lines
            if line.replaced_by is None and policy.may_check_in(to, goal, line.row.measure)
        },
    }
