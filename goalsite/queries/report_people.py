"""The report of people, a page of it or the whole: the lines of `queries.reports` for those whose results the reader may see (rules §6, §8)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import aliased

from goalsite import policy
from goalsite.domain.errors import RuleError
from goalsite.domain.periods import Span
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Result, Review
from goalsite.queries.company import company
from goalsite.queries.members import people_in
from goalsite.queries.organisation import PersonThen, there_in
from goalsite.queries.records import fraction
from goalsite.queries.reports import CycleRecord, PersonFacts, PersonLine, person_line, record_of, stored_line
from goalsite.queries.results import tally
from goalsite.queries.visible import people_with_visible_results

AT_ONCE = 50
# A past day, or a calendar period, is worked out anew for everybody it is about: a page does so for this many people at most. Where it is about more,
# it also takes what gives progress to a goal as it is stored.
MOST_REPLAYED = 1000
SLICE = 2000
SORTS = ("name", "unit", "okr", "kpi", "total", "goals", "checkin")
Home = aliased(Unit)
Headed = aliased(Result)
Lined = TypeVar("Lined")


@dataclass(frozen=True)
class Question:
    """What a report is asked: of which cycle and unit (with those below), as of which day in the past, for which calendar period (frequency, span)."""

    cycle: Cycle
    unit: Unit
    today: date
    as_of: date | None = None
    period: tuple[str, Span] | None = None

    @property
    def day(self) -> date:
        return self.as_of or self.today

    @property
    def replays(self) -> bool:
        """What is asked is not what is stored."""
        return self.as_of is not None or self.period is not None

    @property
    def is_closed(self) -> bool:
        return self.cycle.state == "closed" and self.cycle.closed_at is not None

    def stands(self, held: Result) -> bool:
        """The result was stored for good by the day asked about."""
        return held.frozen_at is not None and (self.as_of is None or held.frozen_at < company().end_of(self.as_of))


@dataclass(frozen=True)
class Row:
    """Somebody the report is about: their facts, the name of their unit, whether the reader may see their result, and the units they headed when
    the cycle was closed."""

    facts: PersonFacts
    unit: str
    seen: bool = True
    headed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of the report, with the name of the unit."""

    line: PersonLine
    unit: str


@dataclass(frozen=True)
class People:
    """One page of the report; `in_all` people it is about. too_many: more than a page works out anew, so there are no lines."""

    lines: list[Line]
    in_all: int
    too_many: bool = False


def page_of(viewer: Viewer, asked: Question, sort: str, *, down: bool, page: int, at_once: int = AT_ONCE) -> People:
    """A page of the report, sorted; who has no such number comes last. Four queries, of a past day or a period at most six."""
    if asked.replays:
        rows, in_all = rows_of(viewer, asked, most=MOST_REPLAYED)
        if in_all > MOST_REPLAYED:
            return People([], in_all, too_many=True)
        lines = sorted_by(lines_of(asked, rows), _VALUES[sort], down=down)
        return People(lines[(page - 1) * at_once : page * at_once], in_all)
    ordered = _people(viewer, asked).order_by(*_order(sort, down), Person.sort_key, Person.id)
    found, in_all = _read(ordered.limit(at_once).offset((page - 1) * at_once), asked)
    return People(lines_of(asked, found, deep=in_all <= MOST_REPLAYED), in_all)


def all_of(viewer: Viewer, asked: Question) -> Iterator[PersonLine]:
    """The whole report by e-mail, worked out slice by slice. RuleError as `allow_file`, for a past day or a period."""
    rows, in_all = rows_of(viewer, asked)
    if asked.replays:
        allow_file(viewer, in_all, MOST_REPLAYED)
    for at in range(0, len(rows), SLICE):
        yield from (line.line for line in lines_of(asked, rows[at : at + SLICE]))


def allow_file(viewer: Viewer, count: int, most: int) -> None:
    """RuleError report_too_large where more people or goals than that are to be worked out for a file, and the reader may not have that."""
    if count > most and not policy.may_work_out_everything(viewer):
        raise RuleError("report_too_large", most=most)


def rows_of(
    viewer: Viewer, asked: Question, *, most: int | None = None, everybody: bool = False
) -> tuple[list[Row], int]:
    """Whom the report is about, by e-mail, and how many they are; where they are more than `most` not all of them. everybody: whether the reader may see
    their result or not. One query."""
    query = _people(viewer, asked, everybody=everybody).order_by(Person.email_key, Person.id)
    return _read(query if most is None else query.limit(most + 1), asked)


def lines_of(
    asked: Question, rows: Sequence[Row], record: CycleRecord | None = None, *, deep: bool = True
) -> list[Line]:
    """The lines of these people, in that order, from the record where there is one. Three queries, five of a past day, none where all are stored for good.

    deep: as of `record_of`; the heads of a large company have most of it below them.
    """
    if not asked.period and all(row.facts.held for row in rows):
        return [Line(stored_line(row.facts, row.facts.held), row.unit) for row in rows if row.facts.held]
    if record is None:
        ids = [row.facts.person.id for row in rows]
        theirs = [Goal.owner_id.in_(ids)]
        record = record_of(asked.cycle, asked.day, as_of=asked.as_of is not None, narrowed=theirs, deep=deep)
    goals = tally(record.goals, asked.cycle, heads_of(rows) if asked.is_closed else None).people
    return [
        Line(person_line(record, row.facts, goals.get(row.facts.person.id, []), asked.period), row.unit) for row in rows
    ]


def heads_of(rows: Iterable[Row]) -> Mapping[int, int | None]:
    """Who of these people headed which unit when the cycle was closed."""
    return {unit: row.facts.person.id for row in rows for unit in row.headed}


def sorted_by(lines: list[Lined], value: Callable[[Lined], Any], *, down: bool) -> list[Lined]:
    """By what `value` says of each, those of which it says nothing last."""
    known = [line for line in lines if value(line) is not None]
    known.sort(key=value, reverse=down)
    return known + [line for line in lines if value(line) is None]


def _people(viewer: Viewer, asked: Question, *, everybody: bool = False) -> Any:
    cycle, seen = asked.cycle, people_with_visible_results(viewer)
    chosen = [*there_in(cycle), *people_in(asked.unit, True, cycle), *([] if everybody else [seen])]
    in_all = select(func.count(Person.id)).where(*chosen).scalar_subquery()
    # Former heads matter only where the goals of a closed cycle are looked at again.
    headed = (
        and_(Headed.manager_then_id == Person.id, Headed.cycle_id == cycle.id, Headed.unit_id.is_not(None))
        if asked.is_closed and asked.replays
        else false()
    )
    return (
        select(Person, Review, Result, Home, seen, Headed.unit_id, in_all)
        .outerjoin(Review, and_(Review.person_id == Person.id, Review.cycle_id == cycle.id))
        .outerjoin(Result, and_(Result.person_id == Person.id, Result.cycle_id == cycle.id))
        .outerjoin(Home, Home.id == (Result.unit_then_id if asked.is_closed else Person.unit_id))
        .outerjoin(Headed, headed)
        .where(*chosen)
    )


def _read(query: Any, asked: Question) -> tuple[list[Row], int]:
    found: dict[int, Row] = {}
    in_all = 0
    for person, review, held, home, seen, headed, counted in db.session.execute(query).tuples():
        in_all = counted
        row = found.setdefault(person.id, _row(asked, person, review, held, home))
        units = row.headed if headed is None else (*row.headed, headed)
        found[person.id] = replace(row, seen=bool(seen), headed=units)
    return list(found.values()), in_all


def _row(asked: Question, person: Person, review: Review | None, held: Result | None, home: Unit | None) -> Row:
    code, adjustment = home.code if home else "", fraction(review.adjustment) if review else None
    if not asked.is_closed or held is None:
        then = PersonThen(person.name, person.title, person.position, person.unit_id, person.boss_id)
        return Row(PersonFacts(person, then, code, adjustment), home.name if home else "")
    place = (held.unit_then_id, held.manager_then_id)
    then = PersonThen(held.name_then, held.title_then or "", held.position_then or "", *place)
    return Row(PersonFacts(person, then, code, adjustment, held if asked.stands(held) else None), held.unit_then)


def _order(sort: str, down: bool) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "name": Person.sort_key,
        "unit": Home.sort_key,
        "okr": Result.okr,
        "kpi": Result.kpi,
        "total": func.coalesce(Result.adjusted, Result.total),
        "goals": Result.goals,
        "checkin": Result.last_checkin_on,
    }
    column = columns[sort]
    return [column.is_(None), column.desc() if down else column.asc()]


_VALUES: Mapping[str, Callable[[Line], Fraction | date | str | int | None]] = {
    "name": lambda found: found.line.person.sort_key,
    "unit": lambda found: found.unit or None,
    "okr": lambda found: found.line.totals.okr,
    "kpi": lambda found: found.line.totals.kpi,
    "total": lambda found: found.line.total,
    "goals": lambda found: found.line.totals.goals,
    "checkin": lambda found: found.line.last_checkin_on,
}
