"""A tree drawn tidily: columns by level, children in their order right of their parent, nothing over anything else, and no more height than that takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Placed(Generic[Thing]):
    """Where a node stands: its column, and the top and the height of its box. Lengths are in the unit of the heights given."""

    node: Thing
    column: int
    top: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass
class _Branch(Generic[Thing]):
    """A node with all below it, placed against the middle of its own box: `offsets` are its children's middles; `tops`, `bottoms` how far the
    branch reaches in each column, its own the first."""

    node: Thing
    height: float
    children: list["_Branch[Thing]"]
    offsets: list[float]
    tops: list[float]
    bottoms: list[float]


def tidy(
    roots: Sequence[Thing],
    children: Callable[[Thing], Sequence[Thing]],
    height: Callable[[Thing], float],
    gap: float,
) -> list[Placed[Thing]]:
    """Each node with its place, parents before their children, the highest box at 0. A parent stands in the middle of its children; branches
    stand as close as their boxes allow, `gap` between two in one column."""
    branches = [_branch(root, children, height, gap) for root in roots]
    offsets, tops, _bottoms = _beside(branches, gap)
    found: list[Placed[Thing]] = []
    for branch, offset in zip(branches, offsets, strict=True):
        _place(branch, offset - min(tops, default=0.0), 0, found)
    return found


def _branch(
    node: Thing, children: Callable[[Thing], Sequence[Thing]], height: Callable[[Thing], float], gap: float
) -> _Branch[Thing]:
    below = [_branch(child, children, height, gap) for child in children(node)]
    offsets, tops, bottoms = _beside(below, gap)
    middle = (offsets[0] + offsets[-1]) / 2 if offsets else 0.0
    own = height(node)
    return _Branch(
        node,
        own,
        below,
        [offset - middle for offset in offsets],
        [-own / 2, *(top - middle for top in tops)],
        [own / 2, *(bottom - middle for bottom in bottoms)],
    )


def _beside(branches: Sequence[_Branch[Thing]], gap: float) -> tuple[list[float], list[float], list[float]]:
    """Branches one below the other: each one's middle, and how far they reach together in each column."""
    offsets: list[float] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for branch in branches:
        shared = range(min(len(bottoms), len(branch.tops)))
        offset = max((bottoms[at] + gap - branch.tops[at] for at in shared), default=0.0)
        offsets.append(offset)
        for at, (top, bottom) in enumerate(zip(branch.tops, branch.bottoms, strict=True)):
            if at < len(tops):
                bottoms[at] = offset + bottom
            else:
                tops.append(offset + top)
                bottoms.append(offset + bottom)
    return offsets, tops, bottoms


def _place(branch: _Branch[Thing], middle: float, column: int, found: list[Placed[Thing]]) -> None:
    found.append(Placed(branch.node, column, middle - branch.height / 2, branch.height))
    for child, offset in zip(branch.children, branch.offsets, strict=True):
        _place(child, middle + offset, column + 1, found)
