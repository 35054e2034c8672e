"""Search: goals, measures, people and units by their words, and what is offered while one types."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.terms import SEARCHED
from goalsite.queries.filters import as_id, clean
from goalsite.queries.search import search
from goalsite.respond import respond, wants_fragment
from goalsite.views.loaders import viewer

blueprint = Blueprint("search", __name__, url_prefix="/search")
OFFERED = 4


@blueprint.get("")
def show() -> AnyResponse:
    asked = request.args
    kind = asked.get("kind", "")
    kind = kind if kind in SEARCHED else ""
    found = search(viewer(), clean(asked.get("q", "")), kind, as_id(asked.get("page", "")) or 1)
    return respond("search/show.html", fragment="search/_found.html", found=found, kind=kind)


@blueprint.get("/suggestions")
def suggestions() -> AnyResponse:
    text = clean(request.args.get("q", ""))
    if not wants_fragment():
        return redirect(url_for("search.show", q=text or None))
    return respond("search/_suggestions.html", found=search(viewer(), text, few=OFFERED))
