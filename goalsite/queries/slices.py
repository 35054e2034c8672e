"""Long lists of ids in slices: a statement takes only so many parameters, and a transaction's memory only so many rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import TypeVar

Line = TypeVar("Line")

AT_ONCE = 400


def sliced(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in order, at most 400 at a time."""
    given = sorted(ids)
    return (given[at : at + AT_ONCE] for at in range(0, len(given), AT_ONCE))


def every_page(page_of: Callable[[int], Sequence[Line]], at_once: int) -> Iterator[Line]:
    """What all pages hold, one after the other, each asked for by its number; the last is the first that is not full."""
    for page in count(1):
        lines = page_of(page)
        yield from lines
        if len(lines) < at_once:
            return
