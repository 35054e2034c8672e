"""The report of units, a page of it or the whole: each unit's own goals, and beside them, never mixed in, the mean of its people (rules §6, §8)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, Float, and_, case, cast, func, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased

from goalsite import policy
from goalsite.domain.relations import Viewer
from goalsite.domain.results import mean
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Result
from goalsite.queries.organisation import Organisation, UnitThen, ancestry, there_in
from goalsite.queries.overview import HALF, Place
from goalsite.queries.report_people import MOST_REPLAYED, SLICE, Question, lines_of, rows_of, sorted_by
from goalsite.queries.reports import CycleRecord, PersonLine, UnitLine, record_of, stored_unit_line
from goalsite.queries.results import tally
from goalsite.queries.visible import people_with_visible_results

AT_ONCE = 50
# Of more units what gives progress to a goal is taken as it is stored: the uppermost have the whole company below them.
MOST_DEEP = 100
SORTS = ("name", "okr", "kpi", "total", "goals", "mean", "people")
Held = aliased(Result)
Kept = Sequence[tuple[Unit, Result | None]]


@dataclass(frozen=True)
class Line:
    """A line of the report. hidden: there is a mean, but of so few people that the reader may not see it; then the line has none."""

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


def page_of(viewer: Viewer, asked: Question, units: Kept, sort: str, *, down: bool, page: int) -> Units:
    """A page of the report, sorted; which has no such number comes last. Four queries. units: where a past day is asked for, from `units_of`; then six."""
    first = (page - 1) * AT_ONCE
    if asked.as_of is None:
        return _stored(viewer, asked, sort, down, first, AT_ONCE)
    lines, too_many = _replayed(viewer, asked, units, MOST_REPLAYED)
    found = sorted_by(lines, _VALUES[sort], down=down)
    return Units(found[first : first + AT_ONCE], len(found), too_many)


def all_of(viewer: Viewer, asked: Question) -> list[UnitLine]:
    """The whole report by code."""
    if asked.as_of is None:
        found = _stored(viewer, asked, "name", False, 0, None).lines
    else:
        found, _ = _replayed(viewer, asked, units_of(asked.cycle))
    return sorted((line.line for line in found), key=lambda line: line.unit.code)


def _stored(viewer: Viewer, asked: Question, sort: str, down: bool, first: int, most: int | None) -> Units:
    cycle, means = asked.cycle, _means(viewer, asked)
    lies = ancestry(cycle)
    chosen = [Unit.id.in_(select(lies.c.unit_id).where(lies.c.ancestor_id == asked.unit.id))]
    if asked.is_closed:
        chosen.append(Held.id.is_not(None))
    # What may not be seen does not order the page either.
    open_mean = case((or_(means.c.people >= policy.SMALLEST_OPEN_MEAN, means.c.seen == means.c.people), means.c.mean))
    columns: dict[str, Any] = {
        "name": Unit.sort_key,
        "okr": Held.okr,
        "kpi": Held.kpi,
        "total": Held.total,
        "goals": Held.goals,
        "mean": open_mean,
        "people": means.c.people,
    }
    column = columns[sort]
    query = (
        select(Unit, Held, means, func.count().over())
        .outerjoin(Held, and_(Held.unit_id == Unit.id, Held.cycle_id == cycle.id))
        .outerjoin(means, means.c.ancestor_id == Unit.id)
        .where(*chosen)
        .order_by(column.is_(None), column.desc() if down else column.asc(), Unit.sort_key, Unit.id)
        .offset(first)
        .limit(most)
    )
    rows = db.session.execute(query).tuples().all()
    in_all = rows[0][-1] if rows else 0
    if asked.is_closed:
        return Units(
            [_shown(stored_unit_line(unit, _then(unit, held), held), seen or 0) for unit, held, *_, seen, _, _ in rows],
            in_all,
        )
    theirs = [Goal.scope == "unit", Goal.unit_id.in_([row[0].id for row in rows])]
    record = record_of(cycle, asked.day, narrowed=theirs, deep=most is None or in_all <= MOST_DEEP)
    own = tally(record.goals, cycle).units
    lines = []
    for unit, _, _, people, high, low, seen, _, _ in rows:
        there = Fraction(int(high) * HALF + int(low), 10**SHARE_DECIMALS) / people if people else None
        totals = record.totals(own.get(unit.id, []))
        lines.append(_shown(UnitLine(unit, _then(unit, None), totals, there, people or 0), seen or 0))
    return Units(lines, in_all)


def _means(viewer: Viewer, asked: Question) -> Any:
    """(unit, people, their totals in two halves, of how many the reader may see the result, the mean to order by), as stored now."""
    cycle = asked.cycle
    if asked.is_closed:
        # Who those people were is no longer known, so few of them are for HR alone.
        own = aliased(Result)
        seen = own.people if viewer.is_hr else literal(0)
        nothing = (literal(0).label("high"), literal(0).label("low"))
        columns = (own.unit_id.label("ancestor_id"), own.people, *nothing, seen.label("seen"))
        then = select(*columns, type_coerce(own.people_mean, BigInteger).label("mean"))
        return then.where(own.cycle_id == cycle.id, own.unit_id.is_not(None)).subquery()
    lies = ancestry(cycle)
    total = func.coalesce(Result.adjusted, Result.total)
    # Summed in two halves: the whole would leave SQLite's integers in a large company.
    scaled = type_coerce(total, BigInteger)
    high, low = func.sum(scaled // HALF), func.sum(scaled % HALF)
    sees = func.sum(case((people_with_visible_results(viewer, Result.person_id), 1), else_=0))
    return (
        select(
            lies.c.ancestor_id,
            func.count().label("people"),
            high.label("high"),
            low.label("low"),
            sees.label("seen"),
            ((cast(high, Float) + cast(low, Float) / HALF) / func.count()).label("mean"),
        )
        .select_from(Result)
        .join(Person, Person.id == Result.person_id)
        .join(lies, lies.c.unit_id == Person.unit_id)
        .where(Result.cycle_id == cycle.id, total.is_not(None), *there_in(cycle))
        .group_by(lies.c.ancestor_id)
        .subquery()
    )


def _replayed(viewer: Viewer, asked: Question, kept: Kept, most: int | None = None) -> tuple[list[Line], bool]:
    """The lines worked out from the records, slice by slice; none, and True, where they are about more than `most` people."""
    there = {unit.id: _then(unit, result) for unit, result in kept}
    above = Organisation({}, there).above
    units = {key: then for key, then in there.items() if asked.unit.id in above[key]}
    rows, in_all = rows_of(viewer, asked, most=most, everybody=True)
    if most is not None and in_all > most:
        return [], True
    seen = {row.facts.person.id for row in rows if row.seen}
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
                for unit_id in above.get(found.line.then.unit or 0, ()):
                    theirs[unit_id].append(found.line)
    goals = tally(own.goals, asked.cycle, {}).units if own else {}
    lines = []
    for unit, result in kept:
        if unit.id not in units:
            continue
        if result is not None and asked.is_closed and asked.stands(result):
            known = result.people or 0 if viewer.is_hr else 0
            lines.append(_shown(stored_unit_line(unit, units[unit.id], result), known))
        elif own is not None:
            people = theirs[unit.id]
            middle = mean([line.total for line in people if line.total is not None])
            sums = own.totals(goals.get(unit.id, []))
            known = sum(line.person.id in seen for line in people)
            lines.append(_shown(UnitLine(unit, units[unit.id], sums, middle, len(people)), known))
    return lines, False


def _shown(line: UnitLine, seen: int) -> Line:
    """The line as the reader may see it, who may see the result of `seen` of its people."""
    if line.people_mean is None or policy.may_see_mean(line.people, seen):
        return Line(line)
    return Line(replace(line, people_mean=None), hidden=True)


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
