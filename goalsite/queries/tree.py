"""The alignment tree: who supports whom, opened level by level, of the goals the reader may see (rules §3, §8)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    CTE,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Goal, GoalLink, Unit
from goalsite.queries.filters import is_unaligned
from goalsite.queries.forest import Forest, is_cross
from goalsite.queries.overview import expected_today
from goalsite.queries.supporters import with_measures
from goalsite.queries.tree_roots import (
    LEVEL,
    company_goals,
    first_roots,
    kept_in,
    level_order,
    stands,
    unaligned_roots,
)
from goalsite.queries.visible import visible_goals

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
    path: Mapping[int, bool] = field(default_factory=dict)
    company: bool = False
    everything: bool = False


def path_to(forest: Forest, goal_id: int) -> dict[int, bool]:
    """The goal and those above it in this tree by id, as far up as the reader may see, and whether each is a root; nothing where it is not in the
    tree. One query."""
    begin = select(Goal.id, Goal.parent_id, Goal.cycle_id).where(Goal.id == goal_id, forest.shows(Goal))
    path = begin.cte("path", recursive=True)
    above = aliased(Goal)
    higher = select(above.id, above.parent_id, above.cycle_id).join(path, path.c.parent_id == above.id)
    path = path.union(higher.where(forest.shows(above)))
    rows = db.session.execute(select(path.c.id, path.c.parent_id, path.c.cycle_id)).tuples().all()
    ids = {row[0] for row in rows}
    return {key: above_id not in ids and cycle_id == forest.cycles[0].id for key, above_id, cycle_id in rows}


def roots(forest: Forest, opened: Opened, page: int, unaligned: int) -> tuple[list[Node], int]:
    """A page of the goals that support nothing in this tree, the company's and what leads beyond it first, then those that support nothing at all,
    by unit; below each that is opened the first of its children. And how many roots there are, `unaligned` of which support nothing at all where
    nothing is asked for. Three queries."""
    first = (page - 1) * LEVEL
    ids, in_all = first_roots(forest, first)
    if not forest.is_narrowed:
        ids += unaligned_roots(forest, max(0, first - in_all), LEVEL - len(ids)) if len(ids) < LEVEL else []
        in_all += unaligned
    # However long their level is.
    ids += [one for one, is_root in opened.path.items() if is_root]
    return nested(find_nodes(forest, ids, opened)), in_all


def branch(forest: Forest, goal: Goal, page: int = 1, *, is_open: bool = True) -> Node | None:
    """The goal as a node, with that page of its children where it is open; None where the filters leave it out. One query."""
    opened = Opened(frozenset({goal.id} if is_open else ()))
    found = find_nodes(forest, [goal.id], opened, children_from=(page - 1) * LEVEL)
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
    """A row of the tree: the node, and the parent under which it stands (None: a root)."""

    node: Node
    under: int | None


def find_nodes(forest: Forest, root_ids: Sequence[int], opened: Opened, children_from: int = 0) -> list[Found]:
    """The roots and, below the opened ones, a page of their children. One query."""
    kept = kept_in(forest)
    rank = _ranked(forest, root_ids, opened, kept)
    on_page = or_(
        rank.c.under.is_(None),
        and_(rank.c.place > children_from, rank.c.place <= children_from + LEVEL),
        Goal.id.in_(list(opened.path)),
    )
    parent, child = aliased(Goal), aliased(Goal)
    children = select(func.count()).where(child.parent_id == Goal.id, stands(forest, child, kept))
    seen = and_(parent.state.in_(COUNTED_STATES), visible_goals(forest.viewer, parent))
    also = (
        children.correlate(Goal).scalar_subquery(),
        is_cross(Goal, parent, forest.cycles[0]),
        forest.fits(Goal),
        is_unaligned(),
    )
    query = (
        select(Goal, parent, rank.c.under, *(column.label(None) for column in also))
        .join(rank, rank.c.id == Goal.id)
        .outerjoin(parent, and_(parent.id == Goal.parent_id, seen))
        .where(on_page)
        .options(*with_measures(), joinedload(Goal.parent_measure))
        .options(*(joinedload(part) for part in (Goal.owner, Goal.unit, Goal.cycle)))
        .order_by(rank.c.place)
    )
    rows = []
    for goal, above, under, *known in db.session.execute(query).unique():
        node = Node(goal, above, expected_today(goal, forest.today), *known)
        rows.append(Found(node, under))
    return rows


def _ranked(forest: Forest, root_ids: Sequence[int], opened: Opened, kept: CTE | None) -> Subquery:
    """Every goal that would stand in the tree opened so far, with its place on its level."""
    is_root = Goal.id.in_(root_ids)
    under = case((is_root, None), else_=Goal.parent_id)
    parents: list[Any] = [select(Goal.id).where(Goal.id.in_(opened.ids))]
    if opened.company:
        parents.append(company_goals(forest))
    if opened.everything and kept is not None:
        parents.append(select(kept.c.id))
    among = union(select(Goal.id).where(is_root), select(Goal.id).where(Goal.parent_id.in_(union(*parents)))).subquery()
    return (
        select(
            Goal.id,
            under.label("under"),
            func.row_number().over(partition_by=under, order_by=level_order()).label("place"),
        )
        .join(among, among.c.id == Goal.id)
        .join(Unit, Unit.id == Goal.unit_id)
        .where(forest.shows(Goal, by_id=True) if kept is None else stands(forest, Goal, kept))
        .subquery()
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
