"""Long lists of ids in slices: a statement takes only so many parameters, and a transaction's memory only so many rows."""

from collections.abc import Iterable, Iterator

AT_ONCE = 400


def sliced(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in order, at most 400 at a time."""
    given = sorted(ids)
    return (given[at : at + AT_ONCE] for at in range(0, len(given), AT_ONCE))
