"""The alignment tree: from the company's goals down, opened level by level."""

from itertools import groupby

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.terms import COUNTED_STATES
from goalsite.frame import cycle, frame
from goalsite.models import Cycle, Goal
from goalsite.queries import tree as read
from goalsite.queries.filters import Filters, as_id, read_filters
from goalsite.queries.forest import Forest, count, cycles_within
from goalsite.queries.tree import Node, Opened
from goalsite.queries.tree_roots import LEVEL
from goalsite.respond import respond, wants_fragment
from goalsite.views.filter_bar import asked_filters, filter_bar, place_of
from goalsite.views.loaders import day_looked_at, load_goal, stand_on_the_day, viewer

blueprint = Blueprint("tree", __name__)
MOST_OPENED = 100


@blueprint.get("/tree")
def show() -> AnyResponse:
    chosen = cycle()
    if chosen is None:
        return respond("tree/show.html", cycle=None)
    forest, page = forest_of(chosen, asked_filters()), _page()
    counted = count(forest)
    wanted = as_id(request.args.get("goal", ""))
    path = read.path_to(forest, wanted) if wanted else {}
    if "goal" in request.args and not path:
        home = _cycle_of(wanted)
        # Who picks another cycle while a goal is in the address has picked that cycle.
        if "cycle" not in request.args:
            return redirect(url_for("tree.show", cycle=home.code, goal=wanted))
    # Before anything is opened or closed, the company's own goals stand open, and all that leads to what fits the filters; `open=` closes everything.
    untouched = "open" not in request.args
    everything = untouched and forest.is_narrowed and counted.in_tree <= read.OPENED_AT_ONCE
    opened = Opened(_opened() | path.keys(), path, untouched, everything)
    nodes, in_all = read.roots(forest, opened, page, counted.by_state["unaligned"])
    read.add_links(forest.viewer, nodes)
    return respond(
        "tree/show.html",
        cycle=chosen,
        chosen=chosen,
        bar=filter_bar("tree.show", forest.filters, chosen, forest.place, counted.by_state) if forest.place else None,
        filters=forest.filters,
        is_narrowed=forest.is_narrowed,
        count=counted,
        aligned=[node for node in nodes if not node.is_unaligned],
        unaligned=[(unit, list(some)) for unit, some in groupby(_unaligned(nodes), lambda node: node.unit)],
        roots_in_all=in_all,
        opened=read.open_ids(nodes),
        wanted=wanted,
        page=page,
        pages=max(1, -(-in_all // LEVEL)),
        is_hidden_below=untouched and not everything,
    )


@blueprint.get("/tree/<int:goal_id>")
def node(goal_id: int) -> AnyResponse:
    goal, _ = load_goal(goal_id)
    return _branch(goal, is_open=not wants_fragment())


@blueprint.get("/tree/<int:goal_id>/children")
def children(goal_id: int) -> AnyResponse:
    goal, _ = load_goal(goal_id)
    return _branch(goal, is_open=True)


def _branch(goal: Goal, *, is_open: bool) -> Response:
    forest = forest_of(_cycle_around(goal), read_filters(request.args))
    found = read.branch(forest, goal, _page(), is_open=is_open)
    if found is None:
        abort(404)
    read.add_links(forest.viewer, [found])
    return respond(
        "tree/node.html",
        fragment="tree/_node.html",
        node=found,
        filters=forest.filters,
        chosen=forest.cycles[0],
        opened=None,
        wanted=None,
    )


def forest_of(chosen: Cycle, filters: Filters) -> Forest:
    """The tree as the filters ask for it."""
    cycles = cycles_within(frame().all_cycles, chosen)
    stand_on_the_day(*cycles)
    return Forest(cycles, viewer(), filters, place_of(filters, chosen), day_looked_at())


def _cycle_around(goal: Goal) -> Cycle:
    """The cycle the page is about where the goal is in its tree, else the goal's own."""
    chosen = cycle()
    if chosen is not None and goal.cycle_id in [one.id for one in cycles_within(frame().all_cycles, chosen)]:
        return chosen
    return goal.cycle


def _unaligned(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if node.is_unaligned]


def _cycle_of(goal_id: int | None) -> Cycle:
    """The cycle of a goal that is not in this tree; 404 where the reader may not see it, or it stands in no tree."""
    goal, _ = load_goal(goal_id or 0)
    if goal.cycle is cycle() or goal.state not in COUNTED_STATES:
        abort(404)
    return goal.cycle


def _opened() -> frozenset[int]:
    asked = (as_id(part) for part in request.args.get("open", "")[:2000].split(",")[:MOST_OPENED])
    return frozenset(one for one in asked if one)


def _page() -> int:
    return min(as_id(request.args.get("page", "")) or 1, 10_000)
