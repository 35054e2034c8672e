"""The goals of the drawn map: the tree from its roots, or from one goal, down to a level (rules §3, §8)."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, literal, select
from sqlalchemy.orm import aliased

from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.queries.filters import is_unaligned
from goalsite.queries.forest import Forest
from goalsite.queries.tree import Node, Opened, add_links, find_nodes, nested
from goalsite.queries.tree_roots import aligned_roots, first_roots, is_root_of, kept_in, stands

DEEPEST = 8
# More than that is no drawing any more: a branch by itself is.
MOST = 150


@dataclass(frozen=True)
class Drawn:
    """The roots with their branches down to `levels`; `per_level` says how many goals each level of the whole tree has, `left_out` how many roots
    are too many to draw."""

    roots: list[Node]
    levels: int
    per_level: list[int]

    @property
    def in_all(self) -> int:
        return sum(self.per_level)

    @property
    def left_out(self) -> int:
        return sum(self.per_level[:1]) - len(self.roots)


def draw(forest: Forest, levels: int | None = None, goal: Goal | None = None) -> Drawn:
    """The map: of all that hangs together, and where goals are asked for of those that stand alone too; or of one goal's branch. levels: down to
    which; as many as can be drawn unless given. Five queries."""
    kept = kept_in(forest)
    alone = goal is not None or forest.filters.narrows_goals
    first = select(Goal.id, literal(1).label("level"))
    if goal is not None:
        first = first.where(Goal.id == goal.id, stands(forest, Goal, kept))
    elif kept is not None:
        roots_only = [is_root_of(forest), *([] if alone else [~is_unaligned()])]
        first = first.where(*roots_only, stands(forest, Goal, kept))
    else:
        found = aligned_roots(forest).subquery()
        first = first.join(found, found.c.id == Goal.id)
    tree = first.cte("tree", recursive=True)
    below = aliased(Goal)
    tree = tree.union_all(
        select(below.id, tree.c.level + 1)
        .join(tree, below.parent_id == tree.c.id)
        .where(stands(forest, below, kept), tree.c.level < DEEPEST)
    )
    counts: Counter[int] = Counter(
        dict(db.session.execute(select(tree.c.level, func.count()).group_by(tree.c.level)).tuples().all())
    )
    per_level = [counts[level] for level in range(1, max(counts, default=0) + 1)]
    shown = min(levels or len(per_level), len(per_level), _fitting(per_level))
    opened = select(tree.c.id).where(tree.c.level < shown)
    ids = frozenset(db.session.scalars(opened)) if shown > 1 else frozenset()
    roots = first_roots(forest)[0] if goal is None else [goal.id]
    nodes = [node for node in nested(find_nodes(forest, roots, Opened(ids))) if alone or not node.is_unaligned]
    add_links(forest.viewer, nodes)
    return Drawn(nodes, shown, per_level)


def _fitting(per_level: list[int]) -> int:
    """How many levels there may be without more goals than are drawn; one at least."""
    total, levels = 0, 0
    for count in per_level:
        total += count
        if levels and total > MOST:
            break
        levels += 1
    return max(levels, 1)
