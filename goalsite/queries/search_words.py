"""What search is to look through: the words of each thing as they are, beside those that are stored."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from goalsite.domain.names import folded_words
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, SearchWord, Unit

AT_ONCE = 5000
# By kind, what search finds things by.
COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "goal": (Goal.id, Goal.title, Goal.code),
    "measure": (Measure.id, Measure.title),
    "person": (Person.id, Person.name, Person.title, Person.email),
    "unit": (Unit.id, Unit.name, Unit.code),
}


@dataclass(frozen=True)
class Stale:
    """A thing whose stored words are not its own: those that are missing, and those too many."""

    kind: str
    thing_id: int
    missing: set[str]
    extra: set[str]


def stale_words(kind: str, ids: Collection[int] | None = None) -> Iterator[Stale]:
    """What of that kind has other words stored than it should, of those things or of all; what is gone should have none."""
    if ids is not None:
        wanted = sorted(ids)
        for at in range(0, len(wanted), AT_ONCE):
            some = wanted[at : at + AT_ONCE]
            yield from _stale(kind, COLUMNS[kind][0].in_(some), SearchWord.thing_id.in_(some))
        return
    first = 0
    key = COLUMNS[kind][0]
    while True:
        last = db.session.scalar(select(key).where(key >= first).order_by(key).offset(AT_ONCE - 1).limit(1))
        if last is None:
            yield from _stale(kind, key >= first, SearchWord.thing_id >= first)
            return
        yield from _stale(kind, key.between(first, last), SearchWord.thing_id.between(first, last))
        first = last + 1


def _stale(kind: str, things: ColumnElement[bool], words: ColumnElement[bool]) -> Iterator[Stale]:
    held: defaultdict[int, set[str]] = defaultdict(set)
    query = select(SearchWord.thing_id, SearchWord.word).where(SearchWord.kind == kind, words)
    for thing_id, word in db.session.execute(query).tuples():
        held[thing_id].add(word)
    for thing_id, *texts in db.session.execute(select(*COLUMNS[kind]).where(things)):
        own, stored = set(folded_words(" ".join(texts))), held.pop(thing_id, set())
        if own != stored:
            yield Stale(kind, thing_id, own - stored, stored - own)
    yield from (Stale(kind, thing_id, set(), stored) for thing_id, stored in held.items())
