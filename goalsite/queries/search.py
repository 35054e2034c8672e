"""Goals, measures, people and units by their words: all of those typed, in any order, the last one as far as it is typed. Only what the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, select, true
from sqlalchemy.orm import aliased

from goalsite.domain.names import folded_words
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import SEARCHED
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, SearchWord, Unit
from goalsite.queries.search_words import is_word
from goalsite.queries.visible import visible_goals

# Beyond so many of a kind it says "more than", and another word narrows it down better than pages do.
MOST = 200
FEW = 5
PAGE = 20
LEAST = 2
# A word that so many things have, or more, counts as frequent: to count as far takes milliseconds, to begin with the wrong word many more.
FREQUENT = 30_000

Words = type[SearchWord]
Things = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Hits:
    """What was found of one kind, those of the page asked for; in_all is MOST where there are `more` than that."""

    kind: str
    rows: Sequence[Row[*tuple[Any, ...]]]
    in_all: int
    more: bool
    page: int
    pages: int


@dataclass(frozen=True)
class Found:
    """What was found for the text, of each kind of which there is anything."""

    text: str
    too_short: bool
    hits: list[Hits]


def search(viewer: Viewer, text: str, kind: str = "", page: int = 1, few: int = FEW) -> Found:
    """A few of each kind; or, where a kind is named, a page of its things. Whole words come before longer ones, the latest goals first."""
    words = folded_words(text)
    if sum(map(len, words)) < LEAST:
        return Found(text, bool(text), [])
    counts = _counts(words, [kind] if kind else SEARCHED)
    hits = [
        _hits(viewer, one, words, counts[one], page if kind else 1, PAGE if kind else few)
        for one in counts
        if all(counts[one])
    ]
    return Found(text, False, [one for one in hits if one.in_all])


def _hits(viewer: Viewer, kind: str, words: list[str], counts: list[int], page: int, size: int) -> Hits:
    rows = db.session.execute(_found(viewer, kind, words, counts)).all()
    more, rows = len(rows) > MOST, rows[:MOST]
    if kind in ("person", "unit") and not more:
        rows = sorted(rows, key=lambda row: row.sort_key)
    pages = max(1, -(-len(rows) // size))
    page = min(page, pages)
    return Hits(kind, rows[(page - 1) * size : page * size], len(rows), more, page, pages)


def _counts(words: list[str], kinds: Sequence[str]) -> dict[str, list[int]]:
    """By kind, how many things have each word, FREQUENT at most: in one query, which tells which word to begin with."""
    asked = [
        select(func.count())
        .select_from(
            select(SearchWord.thing_id).where(is_word(SearchWord, kind, words, word)).limit(FREQUENT).subquery()
        )
        .scalar_subquery()
        for kind in kinds
        for word in words
    ]
    row = db.session.execute(select(*asked)).one()
    return {kind: list(row[at * len(words) : (at + 1) * len(words)]) for at, kind in enumerate(kinds)}


def _found(viewer: Viewer, kind: str, words: list[str], counts: list[int]) -> Things:
    """Begins with the rarest word, in the order of the index, and stops when there are enough."""
    first = words[counts.index(min(counts))]
    begin, other = SearchWord, aliased(SearchWord)
    shown, key, seen = KINDS[kind]
    same = (other.kind == kind, other.thing_id == begin.thing_id)
    query = shown().join(begin, begin.thing_id == key).where(is_word(begin, kind, words, first), seen(viewer))
    if first == words[-1]:
        # A thing that has several words beginning so stands at the first of them.
        query = query.where(~_has(*same, other.word >= first, other.word < begin.word))
    for word in words:
        if word != first:
            query = query.where(_has(*same, is_word(other, kind, words, word)))
    return query.order_by(begin.word, begin.thing_id.desc()).limit(MOST + 1)


def _has(*criteria: ColumnElement[bool]) -> ColumnElement[bool]:
    # PostgreSQL would make a join of an `exists` and read all words there are; a value it looks up, thing by thing, and expects half the time.
    return func.coalesce(select(true()).where(*criteria).limit(1).scalar_subquery(), false())


def _goals() -> Things:
    return (
        select(
            Goal.id,
            Goal.title,
            Goal.kind.label("goal_kind"),
            Goal.state,
            Goal.status,
            Person.name.label("owner"),
            Unit.name.label("unit"),
            Cycle.name.label("cycle"),
        )
        .join(Goal.owner)
        .join(Goal.unit)
        .join(Goal.cycle)
    )


def _measures() -> Things:
    return (
        select(Measure.id, Measure.title, Goal.id.label("goal_id"), Goal.title.label("goal"), Cycle.name.label("cycle"))
        .join(Goal, Measure.goal_id == Goal.id)
        .join(Goal.cycle)
    )


def _people() -> Things:
    return select(
        Person.id, Person.name, Person.title, Person.email, Person.sort_key, Person.left_on, Unit.name.label("unit")
    ).outerjoin(Person.unit)


def _units() -> Things:
    return select(Unit.id, Unit.name, Unit.code, Unit.archived, Unit.sort_key)


# Of each kind: what is shown of it, its id, and which of them the reader may see.
KINDS: Mapping[str, tuple[Callable[[], Things], Any, Callable[[Viewer], ColumnElement[bool]]]] = {
    "goal": (_goals, Goal.id, visible_goals),
    "measure": (_measures, Measure.id, visible_goals),
    "person": (_people, Person.id, lambda _viewer: true()),
    "unit": (_units, Unit.id, lambda _viewer: true()),
}
