"""The report of units, a page of it or the whole: each unit's own goals, and beside them, never mixed in, the mean of its people (rules §6, §8)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from goalsite import policy
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.domain.results import mean
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Unit
from goalsite.models_follow import Result
from goalsite.queries.means import Mean, means_of
from goalsite.queries.organisation import Organisation, UnitThen, ancestry
from goalsite.queries.overview import Place
from goalsite.queries.report_people import MOST_REPLAYED, SLICE, Question, lines_of, rows_of, sorted_by
from goalsite.queries.reports import CycleRecord, PersonLine, UnitLine, record_of, stored_unit_line
from goalsite.queries.results import tally
from goalsite.queries.slices import every_page

AT_ONCE = 50
# Of more units what gives progress to a goal is taken as it is stored: the uppermost have the whole company below them.
MOST_DEEP = 100
# In a file, so many at once: below them lie as many goals as they have people.
MOST_IN_SLICE = 400
OF_PEOPLE = ("mean", "people")
SORTS = ("name", "okr", "kpi", "total", "goals", *OF_PEOPLE)
Held = aliased(Result)
Kept = Sequence[tuple[Unit, Result | None]]


@dataclass(frozen=True)
class Line:
    """A line of the report. hidden: there is a mean, but it would tell the reader of one or two people; then the line has none."""

    line: UnitLine
    hidden: bool = False


@dataclass(frozen=True)
class Units:
    """One page of the report; `in_all` units it is about. too_many: it is about more people than a page works out anew."""

    lines: list[Line]
    in_all: int
    too_many: bool = False


def units_of(cycle: Cycle) -> Kept:
    """Every unit of the cycle with its stored result, by name. One query."""
    is_closed = cycle.state == "closed" and cycle.closed_at is not None
    query = select(Unit, Held).outerjoin(Held, and_(Held.unit_id == Unit.id, Held.cycle_id == cycle.id))
    query = query.where(Held.id.is_not(None)) if is_closed else query
    return [(unit, held) for unit, held in db.session.execute(query.order_by(Unit.sort_key, Unit.id)).tuples()]


def place_in(units: Kept, code: str) -> Place | None:
    """As `overview.place_of`, from units that were read already."""
    there = {unit.id: _then(unit, held) for unit, held in units}
    rows = {unit.id: unit for unit, _ in units}
    unit = next((one for one in rows.values() if (one.code == code if code else there[one.id].parent is None)), None)
    if unit is None:
        return None
    path = [rows[one] for one in reversed(Organisation({}, there).above[unit.id][1:])]
    children = [one for one in rows.values() if there[one.id].parent == unit.id]
    results = {one.id: held for one, held in units if held is not None}
    return Place(path, unit, children[:AT_ONCE], len(children), results)


def page_of(
    viewer: Viewer, asked: Question, units: Kept, sort: str, *, down: bool, page: int, at_once: int = AT_ONCE
) -> Units:
    """A page of the report, sorted; which has no such number comes last. Four queries. units: where a past day is asked for, from `units_of`; then six."""
    first = (page - 1) * at_once
    if asked.as_of is None:
        return _stored(viewer, asked, sort, down, first, at_once)
    lines, too_many = _replayed(viewer, asked, units, MOST_REPLAYED)
    found = sorted_by(lines, _VALUES[sort], down=down)
    return Units(found[first : first + at_once], len(found), too_many)


def all_of(viewer: Viewer, asked: Question) -> Iterator[UnitLine]:
    """The whole report by code. RuleError as `allow_file`, for a past day."""
    if asked.as_of is None:

        def page_of(page: int) -> list[Line]:
            return _stored(viewer, asked, "name", False, (page - 1) * MOST_IN_SLICE, MOST_IN_SLICE).lines

        found = list(every_page(page_of, MOST_IN_SLICE))
    else:
        most = None if policy.may_work_out_everything(viewer) else MOST_REPLAYED
        found, too_many = _replayed(viewer, asked, units_of(asked.cycle), most)
        if too_many:
            raise RuleError("report_too_large", most=MOST_REPLAYED)
    yield from sorted((line.line for line in found), key=lambda line: line.unit.code)


def _stored(viewer: Viewer, asked: Question, sort: str, down: bool, first: int, most: int | None) -> Units:
    cycle, means = asked.cycle, means_of(viewer, asked.cycle, asked.unit)
    rows, in_all = _page(asked, means, sort, down, first, most)
    if asked.is_closed:
        found = [(stored_unit_line(unit, _then(unit, held), held), means.get(unit.id)) for unit, held in rows]
        return Units([_shown(line, mean is not None and mean.hidden) for line, mean in found], in_all)
    theirs = [Goal.scope == "unit", Goal.unit_id.in_([unit.id for unit, _ in rows])]
    record = record_of(cycle, asked.day, narrowed=theirs, deep=in_all <= MOST_DEEP)
    own = tally(record.goals, cycle).units
    lines = []
    for unit, _ in rows:
        mean = means[unit.id]
        totals = record.totals(own.get(unit.id, []))
        lines.append(Line(UnitLine(unit, _then(unit, None), totals, mean.mean, mean.people), mean.hidden))
    return Units(lines, in_all)


def _page(
    asked: Question, means: Mapping[int, Mean], sort: str, down: bool, first: int, most: int | None
) -> tuple[Kept, int]:
    """The units of the page with their stored results, in order, and how many there are in all."""
    lies = ancestry(asked.cycle)
    chosen = [Unit.id.in_(select(lies.c.unit_id).where(lies.c.ancestor_id == asked.unit.id))]
    if asked.is_closed:
        chosen.append(Held.id.is_not(None))
    query = select(Unit, Held, func.count().over()).where(*chosen)
    query = query.outerjoin(Held, and_(Held.unit_id == Unit.id, Held.cycle_id == asked.cycle.id))
    by_name = (Unit.sort_key, Unit.id)
    if sort in OF_PEOPLE:
        # What may not be seen does not order the page either.
        ids = sorted_by(list(means), lambda one: getattr(means[one], sort), down=down)
        shown = ids[first:][:most]
        rows = {row[0].id: row for row in db.session.execute(query.where(Unit.id.in_(shown))).tuples()}
        return [rows[one][:2] for one in shown if one in rows], len(ids)
    columns: dict[str, Any] = {"okr": Held.okr, "kpi": Held.kpi, "total": Held.total, "goals": Held.goals}
    column = columns.get(sort, Unit.sort_key)
    query = query.order_by(column.is_(None), column.desc() if down else column.asc(), *by_name)
    found = db.session.execute(query.offset(first).limit(most)).tuples().all()
    return [row[:2] for row in found], found[0][2] if found else 0


def _replayed(viewer: Viewer, asked: Question, kept: Kept, most: int | None = None) -> tuple[list[Line], bool]:
    """The lines worked out from the records, slice by slice; none, and True, where they are about more than `most` people."""
    there = {unit.id: _then(unit, result) for unit, result in kept}
    above = Organisation({}, there).above
    units = {key: then for key, then in there.items() if asked.unit.id in above[key]}
    rows, in_all = rows_of(viewer, asked, most=most, everybody=True)
    if most is not None and in_all > most:
        return [], True
    may_see = {row.facts.person.id for row in rows if row.seen}
    unseen = Counter[int | None]()
    theirs: dict[int, list[PersonLine]] = defaultdict(list)
    own: CycleRecord | None = None
    for at in range(0, max(len(rows), 1), SLICE):
        part = rows[at : at + SLICE]
        owned = Goal.owner_id.in_([row.facts.person.id for row in part])
        also = and_(literal(own is None), Goal.scope == "unit", Goal.unit_id.in_(list(units)))
        record = record_of(asked.cycle, asked.day, as_of=True, narrowed=[or_(owned, also)])
        own = own or record
        for found in lines_of(asked, part, record):
            if found.line.total is not None:
                unseen[found.line.then.unit] += found.line.person.id not in may_see
                for unit_id in above.get(found.line.then.unit or 0, ()):
                    theirs[unit_id].append(found.line)
    goals = tally(own.goals, asked.cycle, {}).units if own else {}
    lowest_first = sorted(units, key=lambda one: -len(above[one]))
    hidden = policy.hidden_means((one, units[one].parent, unseen[one]) for one in lowest_first)
    lines = []
    for unit, result in kept:
        if unit.id not in units:
            continue
        if result is not None and asked.is_closed and asked.stands(result):
            lines.append(_shown(stored_unit_line(unit, units[unit.id], result), unit.id in hidden))
        elif own is not None:
            people = theirs[unit.id]
            middle = mean([line.total for line in people if line.total is not None])
            sums = own.totals(goals.get(unit.id, []))
            lines.append(_shown(UnitLine(unit, units[unit.id], sums, middle, len(people)), unit.id in hidden))
    return lines, False


def _shown(line: UnitLine, hidden: bool) -> Line:
    """The line as the reader may see it."""
    return Line(replace(line, people_mean=None) if hidden else line, hidden)


def _then(unit: Unit, held: Result | None) -> UnitThen:
    if held is not None and held.frozen_at is not None:
        return UnitThen(held.name_then, held.kind_then or "", held.unit_then_id, held.manager_then_id)
    return UnitThen(unit.name, unit.kind, unit.parent_id, unit.head_id)


_VALUES: Mapping[str, Callable[[Line], Fraction | str | int | None]] = {
    "name": lambda found: found.line.unit.sort_key,
    "okr": lambda found: found.line.totals.okr,
    "kpi": lambda found: found.line.totals.kpi,
    "total": lambda found: found.line.totals.total,
    "goals": lambda found: found.line.totals.goals,
    "mean": lambda found: found.line.people_mean,
    "people": lambda found: found.line.people,
}
