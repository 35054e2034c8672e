"""What is typed into the form of a goal is kept while one types, for oneself, until it is saved or begun anew."""

import re
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.typed import drop_typed, keep_typed
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import KEY, UNREADABLE
from goalsite.frame import me
from goalsite.messages import say
from goalsite.queries import company as here
from goalsite.queries.typed import Typed
from goalsite.respond import go_to
from goalsite.views.loaders import allow, load_goal

blueprint = Blueprint("typed", __name__, url_prefix="/typed")
PLACE = re.compile(r"new|(copy|edit)-([1-9][0-9]{0,8})")
# Of this sending alone, not of what was typed.
PASSING = ("csrf_token", "form_key", "do")
# Where one of these says something, there is something to keep.
WORDS = re.compile(r"title|description|measures-[0-9]+-(title|metric|target|steps)")


@blueprint.post("/<place>")
def keep(place: str) -> AnyResponse:
    goal_id = _authorised(place)
    fields = [(name, text) for name, text in request.form.items(multi=True) if name not in PASSING]
    key, title = request.form.get("form_key", ""), UNREADABLE.sub("", request.form.get("title", "")).strip()
    now, kept, wrong = here.now(), False, ""
    try:
        if any(WORDS.fullmatch(name) and text.strip() for name, text in fields):
            kept = keep_typed(me().id, place, goal_id, key if KEY.fullmatch(key) else "", title, fields, now)
        else:
            drop_typed(me().id, place)
    except RuleError as error:
        wrong = say(error)
    db.session.commit()
    return Response(render_template("drafts/_kept.html", kept_at=now if kept else None, wrong=wrong))


@blueprint.post("/<place>/drop")
def drop(place: str) -> AnyResponse:
    if not PLACE.fullmatch(place):
        abort(404)
    drop_typed(me().id, place)
    db.session.commit()
    return go_to(address_of(place))


def address_of(place: str) -> str:
    """The page of that form."""
    kind, _, key = place.partition("-")
    if kind == "edit":
        return url_for("drafts.edit", goal_id=int(key))
    origin: dict[str, Any] = {"from": key} if kind == "copy" else {}
    return url_for("drafts.new", **origin)


def as_sent(typed: Typed) -> MultiDict[str, str]:
    """The fields as a form reads them."""
    return MultiDict(typed.fields)


def _authorised(place: str) -> int | None:
    """The goal that is edited or copied in that place, where there is one."""
    found = PLACE.fullmatch(place)
    if not found:
        abort(404)
    if not found[2]:
        return None
    goal, to = load_goal(int(found[2]))
    allow(found[1] == "copy" or policy.may_edit_draft(to, goal))
    return goal.id
