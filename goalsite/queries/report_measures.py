"""The report of measures, a page of it or the whole: the lines of `queries.reports` for the goals the reader may see (rules §2–§4, §8)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, func

from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Unit
from goalsite.queries.cards import MeasureCard, measure_card
from goalsite.queries.report_goals import MOST_REPLAYED, SLICE, STATUSES, goals_in, ids_of
from goalsite.queries.report_people import Question, allow_file, sorted_by
from goalsite.queries.reports import CycleRecord, MeasureLine, measure_lines, record_of

AT_ONCE = 50
SORTS = ("goal", "title", "owner", "unit", "progress", "status", "checkin")
# What is not stored of a measure: to sort by it every measure is worked out.
COMPUTED = ("progress", "status")


@dataclass(frozen=True)
class Line:
    """A line of the report, and the measure as pages show it."""

    line: MeasureLine
    card: MeasureCard


@dataclass(frozen=True)
class Measures:
    """One page of the report; `in_all` measures it is about. too_many: more goals than a page works out anew, so there are no lines."""

    lines: list[Line]
    in_all: int
    too_many: bool = False


def page_of(viewer: Viewer, asked: Question, sort: str, *, down: bool, page: int, at_once: int = AT_ONCE) -> Measures:
    """A page of the report, sorted; which has no such number comes last. Six queries."""
    first = (page - 1) * at_once
    goals = goals_in(viewer, asked)
    if asked.as_of is not None or sort in COMPUTED:
        found = list(ids_of(goals.limit(MOST_REPLAYED + 1)))
        if len(found) > MOST_REPLAYED:
            return Measures([], 0, too_many=True)
        record = _record(asked, found)
        lines = sorted_by(measure_lines(record), _VALUES[sort], down=down)
        return Measures(_shown(record, lines[first : first + at_once]), len(lines))
    query = goals.join(Measure, Measure.goal_id == Goal.id).with_only_columns(Measure.id, Goal.id, func.count().over())
    ordered = query.order_by(*_order(sort, down), Goal.code, Measure.place, Measure.id)
    rows = db.session.execute(ordered.limit(at_once).offset(first)).tuples().all()
    record = _record(asked, [goal_id for _, goal_id, _ in rows])
    by_id = {line.measure.id: line for line in measure_lines(record)}
    return Measures(_shown(record, [by_id[row[0]] for row in rows]), rows[0][2] if rows else 0)


def all_of(viewer: Viewer, asked: Question) -> Iterator[MeasureLine]:
    """The whole report by the goals' codes, worked out slice by slice. RuleError as `allow_file`."""
    found = list(ids_of(goals_in(viewer, asked).order_by(Goal.code)))
    allow_file(viewer, len(found), MOST_REPLAYED)
    for at in range(0, len(found), SLICE):
        yield from measure_lines(_record(asked, found[at : at + SLICE]))


def _record(asked: Question, goal_ids: Sequence[int]) -> CycleRecord:
    # How measures stand is asked, not their goals: nothing below is looked at.
    these = [Goal.id.in_(goal_ids)]
    return record_of(asked.cycle, asked.day, as_of=asked.as_of is not None, narrowed=these, deep=False)


def _shown(record: CycleRecord, lines: Sequence[MeasureLine]) -> list[Line]:
    entries = record.world.entries
    return [
        Line(
            line,
            measure_card(
                line.measure, line.facts, entries.get(line.measure.id, ()), record.standing(line.goal), record.day
            ),
        )
        for line in lines
    ]


def _order(sort: str, down: bool) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "goal": Goal.code,
        "title": Measure.title,
        "owner": Person.sort_key,
        "unit": Unit.sort_key,
        "checkin": Measure.last_on,
    }
    column = columns[sort]
    return [column.is_(None), column.desc() if down else column.asc()]


_VALUES: Mapping[str, Callable[[MeasureLine], Fraction | date | str | int | None]] = {
    "goal": lambda line: line.goal.code,
    "title": lambda line: line.measure.title,
    "owner": lambda line: line.goal.owner.sort_key,
    "unit": lambda line: line.goal.unit.sort_key,
    "progress": lambda line: line.standing.counted,
    "status": lambda line: STATUSES.index(line.standing.status),
    "checkin": lambda line: line.standing.last_on,
}
