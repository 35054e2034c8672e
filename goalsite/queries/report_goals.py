"""The report of goals, a page of it or the whole: the lines of `queries.reports` for the goals the reader may see (rules §3, §5, §8)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Goal, Person, Unit
from goalsite.queries.filters import in_unit
from goalsite.queries.report_people import Question, allow_file, sorted_by
from goalsite.queries.reports import GoalLine, goal_lines, record_of
from goalsite.queries.visible import visible_evaluations, visible_goals

AT_ONCE = 50
# A past day is worked out anew for every goal: a page does so for this many at most.
MOST_REPLAYED = 3000
SLICE = 6000
SORTS = ("code", "title", "owner", "unit", "progress", "status", "checkin")
STATUSES = ("behind", "at_risk", "not_started", "on_track", "done")


@dataclass(frozen=True)
class Line:
    """A line of the report; `may_see_result`: the reader may see what its evaluation came to."""

    line: GoalLine
    may_see_result: bool


@dataclass(frozen=True)
class Goals:
    """One page of the report; `in_all` goals it is about. too_many: more than a page works out anew, so there are no lines."""

    lines: list[Line]
    in_all: int
    too_many: bool = False


def page_of(viewer: Viewer, asked: Question, sort: str, *, down: bool, page: int, at_once: int = AT_ONCE) -> Goals:
    """A page of the report, sorted; which has no such number comes last. Four queries, of a past day six."""
    first = (page - 1) * at_once
    query = goals_in(viewer, asked)
    if asked.as_of is not None:
        found = ids_of(query.limit(MOST_REPLAYED + 1))
        if len(found) > MOST_REPLAYED:
            return Goals([], 0, too_many=True)
        lines = sorted_by(_lines_of(asked, found), _VALUES[sort], down=down)
        return Goals(lines[first : first + at_once], len(lines))
    in_all = query.add_columns(func.count().over())
    rows = (
        db.session.execute(in_all.order_by(*_order(sort, down), Goal.code).limit(at_once).offset(first)).tuples().all()
    )
    found = {row[0]: row[1] for row in rows}
    place = {goal_id: at for at, goal_id in enumerate(found)}
    deep = bool(rows) and rows[0][2] <= MOST_REPLAYED
    lines = sorted(_lines_of(asked, found, deep=deep), key=lambda line: place[line.line.goal.id])
    return Goals(lines, rows[0][2] if rows else 0)


def count_of(viewer: Viewer, asked: Question) -> int:
    """How many goals the report of today is about. One query."""
    return db.session.scalar(goals_in(viewer, asked).with_only_columns(func.count(Goal.id))) or 0


def all_of(viewer: Viewer, asked: Question) -> Iterator[Line]:
    """The whole report by code. RuleError as `allow_file`."""
    return chain.from_iterable(slices_of(viewer, asked))


def slices_of(viewer: Viewer, asked: Question) -> Iterator[list[Line]]:
    """The same, slice by slice as it is worked out."""
    found = list(ids_of(goals_in(viewer, asked).order_by(Goal.code)).items())
    allow_file(viewer, len(found), MOST_REPLAYED)
    for at in range(0, len(found), SLICE):
        yield _lines_of(asked, dict(found[at : at + SLICE]))


def goals_in(viewer: Viewer, asked: Question) -> Any:
    """(goal, may its result be seen): those that count today, or may have counted on the day asked about."""
    chosen = [Goal.cycle_id == asked.cycle.id, visible_goals(viewer)]
    # Belonging to nothing below the root, a goal belongs to the company all the same.
    if asked.unit.parent_id is not None:
        chosen += in_unit(asked.unit, True, Goal, asked.cycle)
    if asked.as_of is None:
        chosen.append(Goal.state.in_(COUNTED_STATES))
    query = select(Goal.id, visible_evaluations(viewer).label("may_see"))
    return query.join(Person, Person.id == Goal.owner_id).join(Unit, Unit.id == Goal.unit_id).where(*chosen)


def ids_of(query: Any) -> dict[int, bool]:
    return {goal_id: bool(may_see) for goal_id, may_see in db.session.execute(query).tuples()}


def _lines_of(asked: Question, found: Mapping[int, bool], *, deep: bool = True) -> list[Line]:
    """The lines of these goals by code, without those that did not count on the day asked about."""
    if not found:
        return []
    these = [Goal.id.in_(list(found))]
    record = record_of(asked.cycle, asked.day, as_of=asked.as_of is not None, narrowed=these, deep=deep)
    return [Line(line, found[line.goal.id]) for line in goal_lines(record)]


def _order(sort: str, down: bool) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "code": Goal.code,
        "title": Goal.title,
        "owner": Person.sort_key,
        "unit": Unit.sort_key,
        "progress": Goal.progress,
        "status": case({status: at for at, status in enumerate(STATUSES)}, value=Goal.status),
        "checkin": Goal.last_checkin_on,
    }
    column = columns[sort]
    return [column.is_(None), column.desc() if down else column.asc()]


_VALUES: Mapping[str, Callable[[Line], Fraction | date | str | int | None]] = {
    "code": lambda found: found.line.goal.code,
    "title": lambda found: found.line.goal.title,
    "owner": lambda found: found.line.goal.owner.sort_key,
    "unit": lambda found: found.line.goal.unit.sort_key,
    "progress": lambda found: found.line.standing.progress,
    "status": lambda found: STATUSES.index(found.line.standing.status),
    "checkin": lambda found: found.line.standing.last_on,
}
