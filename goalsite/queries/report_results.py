"""Stored results side by side: how they are spread, cycle against cycle, a year against the cycles within it (rules §6, §8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Person, Unit
from goalsite.models_follow import Result
from goalsite.queries.members import people_in
from goalsite.queries.organisation import ancestry, there_in
from goalsite.queries.records import fraction
from goalsite.queries.report_people import Question
from goalsite.queries.visible import people_with_visible_results

AT_ONCE = 50
# In a file.
SLICE = 2000
SORTS = ("name", "total", "difference")


@dataclass(frozen=True)
class Line:
    """A person or a unit, with their total in each of the cycles asked for, by the cycle's id; fractions.

    code: of a person their e-mail; note: of a person their unit, of a unit its kind.
    """

    id: int
    name: str
    code: str
    note: str
    totals: Mapping[int, Fraction | None]

    def difference(self, now: Cycle, before: Cycle) -> Fraction | None:
        """The total now less that of before, in hundredths of 1 as everywhere."""
        one, other = self.totals.get(now.id), self.totals.get(before.id)
        return None if one is None or other is None else one - other


@dataclass(frozen=True)
class Lines:
    """One page, and how many there are in all."""

    lines: list[Line]
    in_all: int


def totals_in(viewer: Viewer, asked: Question) -> list[Fraction]:
    """The totals of the people of the unit and those below whose results the reader may see. One query."""
    total = func.coalesce(Result.adjusted, Result.total)
    query = (
        select(Result.adjusted, Result.total)
        .join(Person, Person.id == Result.person_id)
        .where(Result.cycle_id == asked.cycle.id, total.is_not(None), *_people(viewer, asked))
    )
    found = (
        fraction(adjusted if adjusted is not None else own) for adjusted, own in db.session.execute(query).tuples()
    )
    return [one for one in found if one is not None]


def people_beside(
    viewer: Viewer,
    asked: Question,
    others: Sequence[Cycle],
    sort: str,
    *,
    down: bool,
    page: int,
    at_once: int = AT_ONCE,
) -> Lines:
    """The people of the unit whose results the reader may see, each with their totals in the cycle and the others. Two queries."""
    now, before = aliased(Result), aliased(Result)
    # Of a closed cycle as they were called then.
    name, home = (now.name_then, now.unit_then) if asked.is_closed else (Person.name, Unit.name)
    query = (
        select(Person.id, name, Person.email, home, func.count().over())
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .outerjoin(now, and_(now.person_id == Person.id, now.cycle_id == asked.cycle.id))
        .outerjoin(before, and_(before.person_id == Person.id, before.cycle_id == (others[0].id if others else 0)))
        .where(*_people(viewer, asked))
    )
    rows = _ordered(query, now, before, Person, sort, down, page, at_once)
    totals = _totals_of(Result.person_id, [row[0] for row in rows], [asked.cycle, *others])
    return Lines(
        [Line(row[0], row[1], row[2], row[3] or "", totals[row[0]]) for row in rows], rows[0][4] if rows else 0
    )


def units_beside(
    asked: Question, others: Sequence[Cycle], sort: str, *, down: bool, page: int, at_once: int = AT_ONCE
) -> Lines:
    """The unit and those below it, each with the totals of its own goals in the cycle and the others. Two queries."""
    now, before, lies = aliased(Result), aliased(Result), ancestry(asked.cycle)
    query = (
        select(Unit.id, now.name_then if asked.is_closed else Unit.name, Unit.code, Unit.kind, func.count().over())
        .outerjoin(now, and_(now.unit_id == Unit.id, now.cycle_id == asked.cycle.id))
        .outerjoin(before, and_(before.unit_id == Unit.id, before.cycle_id == (others[0].id if others else 0)))
        .where(Unit.id.in_(select(lies.c.unit_id).where(lies.c.ancestor_id == asked.unit.id)))
        .where(or_(Unit.archived.is_(False), now.total.is_not(None)))
    )
    rows = _ordered(query, now, before, Unit, sort, down, page, at_once)
    totals = _totals_of(Result.unit_id, [row[0] for row in rows], [asked.cycle, *others])
    return Lines([Line(row[0], row[1], row[2], row[3], totals[row[0]]) for row in rows], rows[0][4] if rows else 0)


def _people(viewer: Viewer, asked: Question) -> list[Any]:
    return [*there_in(asked.cycle), *people_in(asked.unit, True, asked.cycle), people_with_visible_results(viewer)]


def _ordered(
    query: Any, now: Any, before: Any, whose: Any, sort: str, down: bool, page: int, at_once: int
) -> Sequence[Any]:
    total, then = func.coalesce(now.adjusted, now.total), func.coalesce(before.adjusted, before.total)
    column = {"name": whose.sort_key, "total": total, "difference": total - then}[sort]
    ordered = query.order_by(column.is_(None), column.desc() if down else column.asc(), whose.sort_key, whose.id)
    rows: Sequence[Any] = db.session.execute(ordered.limit(at_once).offset((page - 1) * at_once)).all()
    return rows


def _totals_of(whose: Any, ids: Sequence[int], cycles: Sequence[Cycle]) -> Mapping[int, dict[int, Fraction | None]]:
    query = select(whose, Result.cycle_id, Result.adjusted, Result.total).where(
        whose.in_(ids), Result.cycle_id.in_([one.id for one in cycles])
    )
    found: dict[int, dict[int, Fraction | None]] = defaultdict(dict)
    for key, cycle_id, adjusted, total in db.session.execute(query).tuples():
        found[key][cycle_id] = fraction(adjusted if adjusted is not None else total)
    return found
