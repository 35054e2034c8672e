"""The drawn map's layout: nothing over anything else, children in order, parents in their middle."""

import random
from itertools import pairwise

from goalsite.domain.tidy import Placed, tidy

Tree = dict[int, list[int]]


def placed(
    tree: Tree, roots: list[int], gap: float = 4.0, heights: dict[int, float] | None = None
) -> dict[int, Placed[int]]:
    found = tidy(roots, lambda node: tree.get(node, []), lambda node: (heights or {}).get(node, 10.0), gap)
    return {one.node: one for one in found}


class TestTidy:
    def test_a_single_chain_stands_in_one_row(self) -> None:
        assert {one.top for one in placed({1: [2], 2: [3]}, [1]).values()} == {0.0}

    def test_a_parent_stands_in_the_middle_of_its_children(self) -> None:
        found = placed({1: [2, 3, 4]}, [1])
        assert found[1].middle == found[3].middle
        assert [found[key].top for key in (2, 3, 4)] == [0.0, 14.0, 28.0]

    def test_a_branch_uses_the_room_beside_a_leaf(self) -> None:
        # 3 has nothing right of it, so 4's children may stand there.
        found = placed({1: [2, 3, 4], 2: [5], 4: [6, 7, 8]}, [1])
        assert found[4].top - found[3].top < 28
        assert max(one.top + one.height for one in found.values()) <= 4 * 14 + 10

    def test_nothing_overlaps_and_order_holds_in_any_tree(self) -> None:
        chance = random.Random(3)
        for _ in range(200):
            count = chance.randint(1, 60)
            tree: Tree = {}
            for node in range(2, count + 1):
                tree.setdefault(chance.randint(1, node - 1), []).append(node)
            heights = {node: float(chance.choice((10, 14, 22))) for node in range(1, count + 1)}
            found = placed(tree, [1], 3.0, heights)
            assert min(one.top for one in found.values()) == 0
            columns: dict[int, list[Placed[int]]] = {}
            for one in found.values():
                columns.setdefault(one.column, []).append(one)
            for boxes in columns.values():
                for above, below in pairwise(sorted(boxes, key=lambda box: box.top)):
                    assert above.top + above.height + 3.0 <= below.top + 1e-9
            for parent, children in tree.items():
                tops = [found[child].top for child in children]
                assert tops == sorted(tops)
                assert abs((found[children[0]].middle + found[children[-1]].middle) / 2 - found[parent].middle) < 1e-9

    def test_several_roots_stand_below_each_other(self) -> None:
        found = placed({1: [2]}, [1, 3])
        assert (found[1].top, found[3].top, found[2].column) == (0.0, 14.0, 1)

    def test_nothing_is_drawn_of_nothing(self) -> None:
        assert placed({}, []) == {}
