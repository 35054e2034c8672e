"""Keeps the words that search looks through in step with the goals, measures, people and units, in the transaction of the write."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, delete, event, insert, inspect, or_
from sqlalchemy.orm import Session

from goalsite.domain.terms import SEARCHED
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, SearchWord, Unit
from goalsite.queries.search_words import AT_ONCE, COLUMNS, Stale, stale_words

KINDS: dict[type[Any], str] = {Goal: "goal", Measure: "measure", Person: "person", Unit: "unit"}


def follow_writes() -> None:
    """From now on whatever a session writes is found by what it is called, as soon as it is written."""
    if not event.contains(db.session, "after_flush", _follow):
        event.listen(db.session, "after_flush", _follow)


def refresh_words(kind: str, ids: Collection[int]) -> None:
    """Those things are found by what they are called now; for rows written in bulk. `follow_writes` sees to what is written one by one."""
    _mend(list(stale_words(kind, ids)))


def refresh_all_words() -> None:
    """Everything is found by what it is called now."""
    for kind in SEARCHED:
        _mend(list(stale_words(kind)))


def _follow(session: Session, _context: Any) -> None:
    touched: defaultdict[str, set[int]] = defaultdict(set)
    for thing in (*session.new, *session.deleted, *session.dirty):
        kind = KINDS.get(type(thing))
        if kind and (thing not in session.dirty or _is_renamed(thing, kind)):
            touched[kind].add(thing.id)
    for kind, ids in touched.items():
        refresh_words(kind, ids)


def _is_renamed(thing: Any, kind: str) -> bool:
    attributes = inspect(thing).attrs
    return any(attributes[column.key].history.has_changes() for column in COLUMNS[kind])


def _mend(found: Sequence[Stale]) -> None:
    gone = [one for one in found if one.extra]
    for at in range(0, len(gone), AT_ONCE // 50):
        some = gone[at : at + AT_ONCE // 50]
        its = (and_(SearchWord.thing_id == one.thing_id, SearchWord.word.in_(sorted(one.extra))) for one in some)
        db.session.execute(delete(SearchWord).where(SearchWord.kind == some[0].kind, or_(*its)))
    rows = [{"kind": one.kind, "thing_id": one.thing_id, "word": word} for one in found for word in sorted(one.missing)]
    for at in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(SearchWord), rows[at : at + AT_ONCE])
