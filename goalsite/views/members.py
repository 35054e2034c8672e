"""Members: everybody of the cycle side by side, one person's page, and their sheet on paper."""

from typing import Any

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.frame import cycle
from goalsite.queries import company as here
from goalsite.queries import filters as narrow
from goalsite.queries import member as one
from goalsite.queries import members as read
from goalsite.respond import respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("members", __name__)


@blueprint.get("/members")
def list_members() -> AnyResponse:
    chosen, filters = cycle(), narrow.read_filters(request.args)
    if chosen is None:
        return respond("members/list_members.html", cycle=None)
    sort, down, page = (
        _sort(),
        request.args.get("down") == "1",
        min(narrow.as_id(request.args.get("page", "")) or 1, 10_000),
    )
    found = read.members_of(viewer(), chosen, filters, here.today(), sort=sort, down=down, page=page)
    pages = max(1, -(-found.in_all // read.PEOPLE_AT_ONCE))
    return respond(
        "members/list_members.html",
        cycle=chosen,
        today=here.today(),
        filters=filters,
        members=found,
        units=read.units_to_pick(),
        columns=_columns(filters, sort, down),
        sort=sort,
        down=down,
        page=page,
        pages=pages,
    )


@blueprint.get("/members/<int:person_id>")
def show(person_id: int) -> AnyResponse:
    member, chosen = _load(person_id), cycle()
    cards = one.cards_seen(viewer(), member.person, chosen, here.today()) if chosen else []
    outcome = one.outcome_of(member.person, chosen, cards, here.today()) if chosen and member.may_see_results else None
    return respond(
        "members/show.html", cycle=chosen, today=here.today(), person=member.person, cards=cards, outcome=outcome
    )


@blueprint.get("/members/<int:person_id>/sheet")
def sheet(person_id: int) -> AnyResponse:
    member, chosen = _load(person_id), cycle()
    allow(member.may_see_results)
    if chosen is None:
        abort(404)
    cards = [
        card
        for card in one.cards_seen(viewer(), member.person, chosen, here.today())
        if one.counts(card.row, member.person, chosen)
    ]
    return respond(
        "members/sheet.html",
        cycle=chosen,
        today=here.today(),
        person=member.person,
        cards=cards,
        outcome=one.outcome_of(member.person, chosen, cards, here.today()),
        bands=here.company().bands,
    )


def _load(person_id: int) -> one.Member:
    member = one.member_by_id(viewer(), person_id)
    if member is None:
        abort(404)
    return member


def _sort() -> str:
    asked = request.args.get("sort", "name")
    return asked if asked in read.SORTS else "name"


def _columns(filters: narrow.Filters, sort: str, down: bool) -> dict[str, dict[str, str | None]]:
    """For each column that sorts: the address that sorts by it, and how it is sorted now."""
    found: dict[str, dict[str, str | None]] = {}
    for name in read.SORTS:
        turned = not down if name == sort else name not in ("name", "unit")
        said: dict[str, Any] = {**filters.address, "sort": name} | ({"down": "1"} if turned else {})
        found[name] = {
            "href": url_for("members.list_members", **said),
            "dir": ("desc" if down else "asc") if name == sort else None,
        }
    return found
