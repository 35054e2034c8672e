"""Of which units' people the mean is hidden, so that from those shown nobody's result can be worked out (rules §8)."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from goalsite import policy

# A tree: of each unit the one above it, an earlier one, and how many of its own people the viewer does not see.
Tree = Sequence[tuple[int | None, int]]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Up to seven units with up to four unseen people each."""
    count = draw(st.integers(1, 7))
    above = [None, *(draw(st.integers(0, unit - 1)) for unit in range(1, count))]
    return [(one, draw(st.integers(0, 4))) for one in above]


def hidden(tree: Tree) -> frozenset[int]:
    """A unit is always made after the one above it, so the last are the lowest."""
    return policy.hidden_means([(unit, *tree[unit]) for unit in reversed(range(len(tree)))])


def sums(tree: Tree, shown: Sequence[int]) -> list[list[Fraction]]:
    """What mean times people says of each shown unit, less what is seen anyway: a row a unit, a column for each unseen person."""
    homes = [unit for unit, (_, unseen) in enumerate(tree) for _ in range(unseen)]
    return [[Fraction(one in path(tree, home)) for home in homes] for one in shown]


def path(tree: Tree, unit: int) -> list[int]:
    """The unit and all above it."""
    above = tree[unit][0]
    return [unit, *(path(tree, above) if above is not None else [])]


def rank(rows: list[list[Fraction]]) -> int:
    """Of a matrix, by exact elimination."""
    if not rows or not rows[0]:
        return 0
    pivot = next((row for row in rows if row[0]), None)
    if pivot is None:
        return rank([row[1:] for row in rows])
    rest = [row for row in rows if row is not pivot]
    cleared = [[one - row[0] / pivot[0] * other for one, other in zip(row, pivot, strict=True)] for row in rest]
    return 1 + rank([row[1:] for row in cleared])


def told(rows: list[list[Fraction]]) -> bool:
    """Whether the sums can be added up, each as many times as one likes, to something about one or two people alone: so it is where the rest of
    the people is of a lower rank."""
    people = range(len(rows[0])) if rows else range(0)
    few = [*combinations(people, 1), *combinations(people, 2)]
    return any(rank([[row[at] for at in people if at not in some] for row in rows]) < rank(rows) for some in few)


class TestNobodyIsTold:
    @given(trees())
    def test_whatever_is_added_up_and_taken_away(self, tree: Tree) -> None:
        shown = [unit for unit in range(len(tree)) if unit not in hidden(tree)]
        assert not told(sums(tree, shown))

    def test_the_means_of_three_or_more_would_tell(self) -> None:
        # A head, and two teams of three: as a mean of three people or more, all of them used to be shown.
        tree: Tree = [(None, 1), (0, 3), (0, 3)]
        assert told(sums(tree, [0, 1, 2]))
        assert hidden(tree) == {0}

    @given(trees())
    def test_each_hidden_one_would(self, tree: Tree) -> None:
        shown = [unit for unit in range(len(tree)) if unit not in hidden(tree)]
        for one in hidden(tree):
            below = [unit for unit in shown if one in path(tree, unit)]
            assert told(sums(tree, [*below, one]))


class TestHidden:
    def test_nothing_to_who_sees_everybody(self) -> None:
        assert hidden([(None, 0), (0, 0), (1, 0)]) == frozenset()

    def test_one_or_two_unseen(self) -> None:
        assert [sorted(hidden([(None, unseen)])) for unseen in range(5)] == [[], [0], [0], [], []]

    def test_those_who_remain_add_up_further_up(self) -> None:
        # The director and two heads, each above a team of four: only the departments would tell of their heads.
        assert hidden([(None, 1), (0, 1), (0, 1), (1, 4), (2, 4)]) == {1, 2}

    def test_a_unit_without_people_of_its_own_tells_what_the_one_below_does(self) -> None:
        assert hidden([(None, 3), (0, 0), (1, 2)]) == {1, 2}

    @given(trees())
    def test_three_of_its_own_are_enough(self, tree: Tree) -> None:
        assert not any(tree[unit][1] >= 3 for unit in hidden(tree))

    @given(trees(), st.integers(0, 6))
    def test_a_unit_is_hidden_whatever_page_is_about_it(self, tree: Tree, top: int) -> None:
        """A page reads the unit it is about and those below."""
        top %= len(tree)
        read = [unit for unit in range(len(tree)) if top in path(tree, unit)]
        page = policy.hidden_means([(unit, *tree[unit]) for unit in reversed(read)])
        assert page == hidden(tree) & frozenset(read)
