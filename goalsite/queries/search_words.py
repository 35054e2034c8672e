"""What search and every filter by words look through: how they ask for words, and the words of each thing as they are, beside those that are stored."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select

from goalsite.domain.names import folded_words
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, SearchWord, Unit

AT_ONCE = 5000
_LAST = "\U0010ffff"
# The letters that bear marks in Vietnamese, and those that do in its neighbours' names.
_MARKED = re.compile("[acdeinouy]")
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


def is_word(of: type[SearchWord], kind: str, words: list[str], word: str) -> ColumnElement[bool]:
    """It is that word, or begins with it where it is the last one typed."""
    said = of.word.between(word, word + _LAST) if word == words[-1] else of.word == word
    return and_(of.kind == kind, said)


def says(text: str, kind: str, key: Any) -> ColumnElement[bool]:
    """The goal, person or unit whose id is `key` is found by the text: by every word of it, in any order, the last one as far as it is typed.

    A text of spaces asks nothing, one of signs finds nothing."""
    words = folded_words(text)
    found = [key.in_(_having(kind, words, word)) for word in words]
    return and_(*found) if found else literal(not text.strip())


def goal_says(text: str, goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """The goal is found by the text, of which each word may also be one of its owner's name. `goal` may be an alias."""
    words = folded_words(text)
    found = [or_(goal.id.in_(_having("goal", words, word)), goal.owner_id.in_(_named(words, word))) for word in words]
    return and_(*found) if found else literal(not text.strip())


def _having(kind: str, words: list[str], word: str) -> Select[int]:
    return select(SearchWord.thing_id).where(is_word(SearchWord, kind, words, word))


def _named(words: list[str], word: str) -> Select[int]:
    """Those people who have the word in their name: their title is among their words too, and says nothing of a goal."""
    name: ColumnElement[str] = literal(" ") + Person.name + " "
    for sign in "-.'’(":
        name = func.replace(name, sign, " ")
    like = _MARKED.sub("_", word) + ("%" if word == words[-1] else " %")
    return _having("person", words, word).join(Person, Person.id == SearchWord.thing_id).where(name.ilike(f"% {like}"))


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
