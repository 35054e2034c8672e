"""The tree as a drawn map: one landscape page, or a branch by itself."""

from dataclasses import dataclass, replace
from unicodedata import combining, normalize

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.tidy import Placed, tidy
from goalsite.frame import cycle, frame
from goalsite.queries import tree_map as read
from goalsite.queries.filters import as_id
from goalsite.queries.forest import Forest, count
from goalsite.queries.tree import Node
from goalsite.respond import respond
from goalsite.views.filter_bar import FilterBar, asked_filters, filter_bar
from goalsite.views.loaders import day_looked_at, load_goal
from goalsite.views.tree import forest_of

blueprint = Blueprint("tree_map", __name__)
# Lengths of the drawing, in its own unit, a pixel at 1360 wide.
BOX, GUTTER, GAP, HEAD = 274, 48, 6, 26
LINE, OTHERS = 15.5, 25
# What is left for a title beside the mark and the figure; and how wide its letters are: those that are no letter of the usual width.
ROOM, MOST_LINES, UNDER = 183, 3, 28
WIDTHS = {
    letter: wide
    for letters, wide in {" ": 3.5, "ijlI.,:": 4.5, "frt1()": 6.5, "mwMWOQ%…": 13.5}.items()
    for letter in letters
}
USUAL, CAPITAL = 9.3, 11
# So many of those that stand alone lie in a row.
ACROSS = 4
# Higher than that, an A4 page shows it too small to read.
PAGE = 1250


@dataclass(frozen=True)
class Box:
    """One goal as it is drawn: where, and its title in lines."""

    node: Node
    x: float
    y: float
    height: float
    lines: list[str]
    under: str

    @property
    def right(self) -> float:
        return self.x + BOX

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Link:
    """A line from the goal that is supported; `x`, `y`: where it begins."""

    path: str
    x: float
    y: float
    is_cross: bool = False


@dataclass(frozen=True)
class Drawing:
    """Boxes, the lines between them, secondary links, and what each column holds (x, y, words)."""

    boxes: list[Box]
    links: list[Link]
    also: list[Link]
    columns: list[tuple[float, float, str]]
    width: float
    height: float
    levels: int


@blueprint.get("/tree/map")
def show() -> AnyResponse:
    chosen = cycle()
    if chosen is None:
        return respond("tree/show.html", cycle=None)
    goal = load_goal(as_id(request.args.get("goal", "")) or 0)[0] if "goal" in request.args else None
    forest = forest_of(chosen, asked_filters())
    asked = as_id(request.args.get("levels", ""))
    drawn = read.draw(forest, asked, goal)
    levels = drawn.levels
    drawing = paper = _drawing(drawn.roots, levels)
    # On paper, and unless so many levels were asked for on screen too, as many as an A4 page shows.
    while paper.height > PAGE and levels > 1:
        levels -= 1
        paper = _drawing(_cut(drawn.roots, levels), levels)
    if asked is None:
        drawing = paper
    return respond(
        "tree_map/show.html",
        cycle=chosen,
        goal=goal,
        # A branch stands by itself.
        bar=_bar(forest, asked) if forest.place and goal is None else None,
        filters=forest.filters,
        is_narrowed=forest.is_narrowed,
        drawn=drawn,
        drawing=drawing,
        paper=paper,
        too_high=drawing.height > PAGE,
        company=frame().company,
        today=day_looked_at(),
    )


def _bar(forest: Forest, levels: int | None) -> FilterBar:
    assert forest.place is not None
    kept = {"levels": str(levels)} if levels else {}
    return filter_bar("tree_map.show", forest.filters, forest.cycles[0], forest.place, count(forest).by_state, kept)


def _cut(nodes: list[Node], levels: int) -> list[Node]:
    """The same down to a level."""
    return [replace(node, children=_cut(node.children, levels - 1) if levels > 1 else []) for node in nodes]


def _drawing(roots: list[Node], levels: int) -> Drawing:
    trees = [node for node in roots if node.children or not node.is_unaligned]
    placed = tidy(trees, lambda node: node.children, _height, GAP)
    columns = max((one.column for one in placed), default=-1) + 1
    heads = [
        (at * (BOX + GUTTER) + 1.0, 14.0, _head([one for one in placed if one.column == at])) for at in range(columns)
    ]
    below = max((one.top + one.height + HEAD for one in placed), default=0.0)
    if len(trees) < len(roots):
        heads.append((1.0, below + 14, _("Goals that support nothing")))
    placed += _rows([node for node in roots if node not in trees], below)
    boxes = {one.node.goal.id: _box(one) for one in placed}
    links = [
        _link(boxes[one.node.goal.id], boxes[child.goal.id], child.is_cross)
        for one in placed
        for child in one.node.children
    ]
    also = [
        _also(boxes[other.id], boxes[one.node.goal.id])
        for one in placed
        for other in one.node.also
        if other.id in boxes
    ]
    columns = max((one.column for one in placed), default=0) + 1
    height = max((box.y + box.height for box in boxes.values()), default=HEAD) + 2
    return Drawing(list(boxes.values()), links, also, heads, columns * (BOX + GUTTER) - GUTTER + 2, height, levels)


def _rows(nodes: list[Node], top: float) -> list[Placed[Node]]:
    """Goals that stand alone, beside each other."""
    placed = []
    for at in range(0, len(nodes), ACROSS):
        row = nodes[at : at + ACROSS]
        height = max(_height(node) for node in row)
        placed += [Placed(node, column, top, height) for column, node in enumerate(row)]
        top += height + GAP
    return placed


def _link(upper: Box, lower: Box, is_cross: bool) -> Link:
    half, begin, end = (upper.right + lower.x) / 2, f"{upper.middle:.1f}", f"{lower.middle:.1f}"
    path = f"M{upper.right} {begin}C{half} {begin} {half} {end} {lower.x} {end}"
    return Link(path, upper.right, upper.middle, is_cross)


def _also(upper: Box, lower: Box) -> Link:
    """A line a little below the middles: to the right from column to column, and round the left side within one."""
    y, to = upper.middle + 10, lower.middle + 10
    begin = upper.right if lower.x > upper.x else upper.x
    end = lower.right if lower.x < upper.x else lower.x
    out = 30 if lower.x > upper.x else -30
    back = 30 if lower.x < upper.x else -30
    return Link(f"M{begin} {y:.1f}C{begin + out} {y:.1f} {end + back} {to:.1f} {end} {to:.1f}", begin, y)


def _box(one: Placed[Node]) -> Box:
    x, y = one.column * (BOX + GUTTER) + 1.0, one.top + HEAD
    goal = one.node.goal
    under = f"{goal.kind.upper()} · {goal.unit.name} · {' '.join(goal.owner.name.split()[-2:])}"
    return Box(
        one.node, x, y, one.height, _lines(goal.title), under if len(under) <= UNDER else f"{under[: UNDER - 1]}…"
    )


def _height(node: Node) -> float:
    return max(2, len(_lines(node.goal.title))) * LINE + OTHERS


def _lines(title: str) -> list[str]:
    """The title in at most three lines that fit into a box."""
    lines: list[str] = []
    for word in title.split():
        if lines and _width(f"{lines[-1]} {word}") <= ROOM:
            lines[-1] += f" {word}"
        else:
            lines.append(_shortened(word, ROOM))
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - 1], f"{_shortened(lines[MOST_LINES - 1], ROOM - WIDTHS['…'])}…"]


def _shortened(text: str, room: float) -> str:
    while _width(text) > room:
        text = text[:-1]
    return text.rstrip()


def _width(text: str) -> float:
    letters = [letter for letter in normalize("NFD", text) if not combining(letter)]
    return sum(WIDTHS.get(letter, CAPITAL if letter.isupper() else USUAL) for letter in letters)


def _head(column: list[Placed[Node]]) -> str:
    """Whose goals stand in the column."""
    words = {
        "company": _("Company"),
        "department": _("Departments"),
        "team": _("Teams"),
        "person": _("People"),
    }
    held = {"person" if one.node.goal.scope == "person" else one.node.unit.kind for one in column}
    return ", ".join(words[kind] for kind in words if kind in held)
