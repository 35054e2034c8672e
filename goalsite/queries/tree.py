"""The alignment tree: who supports whom, opened level by level, of the goals the reader may see (rules §3, §8)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Goal, GoalLink, Unit
from goalsite.queries.filters import is_unaligned
from goalsite.queries.forest import Forest, is_cross
from goalsite.queries.overview import expected_today
from goalsite.queries.supporters import with_measures
from goalsite.queries.visible import visible_goals

LEVEL = 50
# As many goals that fit the filters are shown at once, with everything above them opened.
OPENED_AT_ONCE = 100


@dataclass
class Node:
    """A goal in the tree. `parent` is what it supports, where the reader may see that; `children_in_all` counts the children the reader would see,
    `children` holds a page of them where the node is open.

    `is_cross`: its unit is neither its parent's, nor above nor below it. `fits`: the filters asked for it, not only for one below.
    `also`: what it supports besides.
    """

    goal: Goal
    parent: Goal | None
    expected: Fraction | None
    children_in_all: int
    is_cross: bool
    fits: bool
    is_unaligned: bool
    page: int = 1
    children: list["Node"] = field(default_factory=list)
    also: list[Goal] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """How many pages the children make."""
        return max(1, -(-self.children_in_all // LEVEL))

    @property
    def unit(self) -> Unit:
        return self.goal.unit

    @property
    def is_open(self) -> bool:
        return bool(self.children)


@dataclass(frozen=True)
class Opened:
    """The nodes to open, those that must show however long their level is, whether the company's own goals are open too, and whether to open all
    that leads to what fits the filters."""

    ids: frozenset[int] = frozenset()
    path: frozenset[int] = frozenset()
    company: bool = False
    everything: bool = False


def path_to(forest: Forest, goal_id: int) -> frozenset[int]:
    """The ids of the goal and those above it in this tree, as far up as the reader may see; nothing where it is not in the tree. One query."""
    path = select(Goal.id, Goal.parent_id).where(Goal.id == goal_id, forest.shows(Goal)).cte("path", recursive=True)
    above = aliased(Goal)
    path = path.union(
        select(above.id, above.parent_id).join(path, path.c.parent_id == above.id).where(forest.shows(above))
    )
    return frozenset(db.session.scalars(select(path.c.id)))


def roots(forest: Forest, opened: Opened, page: int) -> tuple[list[Node], int]:
    """A page of the goals that support nothing in this tree, the company's and what leads beyond it first, then those that support nothing at all,
    by unit; below each that is opened the first of its children. And how many roots there are. One query."""
    found = find_nodes(forest, is_root_of(forest), opened, roots_from=(page - 1) * LEVEL, children_from=0)
    return nested(found), next((one.in_all for one in found if one.under is None), 0)


def branch(forest: Forest, goal: Goal, page: int = 1, *, is_open: bool = True) -> Node | None:
    """The goal as a node, with that page of its children where it is open; None where the filters leave it out. One query."""
    opened = Opened(frozenset({goal.id} if is_open else ()))
    found = find_nodes(forest, Goal.id == goal.id, opened, roots_from=0, children_from=(page - 1) * LEVEL)
    node = next(iter(nested(found)), None)
    if node is not None:
        node.page = page
    return node


def add_links(viewer: Viewer, nodes: Sequence[Node]) -> None:
    """What each node supports besides, as far as the reader may see it. One query."""
    flat = {node.goal.id: node for node in _flat(nodes)}
    query = (
        select(GoalLink.goal_id, Goal)
        .join(Goal, Goal.id == GoalLink.parent_id)
        .where(GoalLink.goal_id.in_(list(flat)), Goal.state.in_(COUNTED_STATES), visible_goals(viewer))
        .order_by(Goal.code)
    )
    for goal_id, goal in db.session.execute(query).tuples():
        if goal not in flat[goal_id].also:
            flat[goal_id].also.append(goal)


def open_ids(nodes: Sequence[Node]) -> frozenset[int]:
    """The ids of the nodes that are open."""
    return frozenset(node.goal.id for node in _flat(nodes) if node.is_open)


@dataclass(frozen=True)
class Found:
    """A row of the tree: the node, the parent under which it stands (None: a root), and how many stand there in all."""

    node: Node
    under: int | None
    in_all: int


def find_nodes(
    forest: Forest, is_root: ColumnElement[bool], opened: Opened, *, roots_from: int, children_from: int
) -> list[Found]:
    """A page of the roots and, below the opened ones, of their children. One query."""
    kept = kept_in(forest)
    rank = _ranked(forest, is_root, opened, kept)
    on_page = or_(
        and_(rank.c.under.is_(None), rank.c.place > roots_from, rank.c.place <= roots_from + LEVEL),
        and_(rank.c.under.is_not(None), rank.c.place > children_from, rank.c.place <= children_from + LEVEL),
        Goal.id.in_(list(opened.path)),
    )
    parent, child = aliased(Goal), aliased(Goal)
    children = select(func.count()).where(child.parent_id == Goal.id, stands(forest, child, kept))
    seen = and_(parent.state.in_(COUNTED_STATES), visible_goals(forest.viewer, parent))
    also = (children.correlate(Goal).scalar_subquery(), is_cross(Goal, parent), forest.fits(Goal), is_unaligned())
    query = (
        select(Goal, parent, rank.c.under, rank.c.in_all, *(column.label(None) for column in also))
        .join(rank, rank.c.id == Goal.id)
        .outerjoin(parent, and_(parent.id == Goal.parent_id, seen))
        .where(on_page)
        .options(*with_measures(), joinedload(Goal.parent_measure))
        .options(*(joinedload(part) for part in (Goal.owner, Goal.unit, Goal.cycle)))
        .order_by(rank.c.place)
    )
    rows = []
    for goal, above, under, in_all, *known in db.session.execute(query).unique():
        node = Node(goal, above, expected_today(goal, forest.today), *known)
        rows.append(Found(node, under, in_all))
    return rows


def _ranked(forest: Forest, is_root: ColumnElement[bool], opened: Opened, kept: CTE | None) -> Subquery:
    """Every goal that would stand in the tree opened so far, with its place on its level."""
    under = case((is_root, None), else_=Goal.parent_id)
    below: ColumnElement[bool] = Goal.parent_id.in_(list(opened.ids))
    if opened.company:
        below = or_(below, Goal.parent_id.in_(_company_goals(forest)))
    if opened.everything and kept is not None:
        below = Goal.parent_id.in_(select(kept.c.id))
    by_unit = (Unit.parent_id.is_not(None), Unit.sort_key, Unit.id)
    order = (is_unaligned(), *by_unit, Goal.scope.desc(), Goal.kind.desc(), Goal.code)
    return (
        select(
            Goal.id,
            under.label("under"),
            func.row_number().over(partition_by=under, order_by=order).label("place"),
            func.count().over(partition_by=under).label("in_all"),
        )
        .join(Unit, Unit.id == Goal.unit_id)
        .where(stands(forest, Goal, kept), or_(is_root, below))
        .subquery()
    )


def kept_in(forest: Forest) -> CTE | None:
    """What fits the filters, and everything above it; None where nothing is asked for."""
    if not forest.is_narrowed:
        return None
    kept = select(Goal.id, Goal.parent_id).where(forest.shows(Goal), forest.fits(Goal)).cte("kept", recursive=True)
    above = aliased(Goal)
    return kept.union(
        select(above.id, above.parent_id).join(kept, kept.c.parent_id == above.id).where(forest.shows(above))
    )


def stands(forest: Forest, goal: type[Goal], kept: CTE | None) -> ColumnElement[bool]:
    """The goal is in the tree."""
    return forest.shows(goal) if kept is None else goal.id.in_(select(kept.c.id))


def is_root_of(forest: Forest) -> ColumnElement[bool]:
    """A goal of the tree's own cycle whose parent, if it has one, is not in the tree."""
    parent = aliased(Goal)
    held = exists().where(parent.id == Goal.parent_id, forest.shows(parent)).correlate(Goal)
    return and_(Goal.cycle_id == forest.cycles[0].id, ~held)


def _company_goals(forest: Forest) -> Select[Any]:
    root = select(Unit.id).where(Unit.parent_id.is_(None))
    cycle = forest.cycles[0]
    return select(Goal.id).where(
        Goal.cycle_id == cycle.id, Goal.scope == "unit", Goal.unit_id.in_(root), forest.shows(Goal)
    )


def nested(found: Sequence[Found]) -> list[Node]:
    """The roots among them, each with what stands below it."""
    below: dict[int | None, list[Node]] = defaultdict(list)
    for one in found:
        below[one.under].append(one.node)
    for nodes in list(below.values()):
        for node in nodes:
            node.children = below.get(node.goal.id, [])
    return below[None]


def _flat(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _flat(node.children)
