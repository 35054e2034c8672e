"""What stands in the database, in the workbook's shape: what a load compares with, and what a dump writes."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from goalsite.domain.rounding import as_decimal
from goalsite.exchange import numbers
from goalsite.exchange.columns import Column, Sheet
from goalsite.exchange.layout import LAYOUTS, attribute
from goalsite.exchange.rows import Company, Row
from goalsite.exchange.sheets import BY_NAME
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Measure, Metric, PeriodTarget, Person, Step, Unit
from goalsite.models_follow import Acknowledgement, CheckIn, Result

BASE = ("settings", "units", "people", "cycles", "metrics", "kpi_sets", "goals", "measures", "steps", "period_targets")
OF_MEASURES = ("checkins", "blockers")
OF_GOALS = ("changes", "actions", "comments", "evaluations")
AT_ONCE = 5000


class Keys:
    """The workbook's keys of what is stored, by id: a goal's code, a measure's (goal, code), a step's code."""

    def __init__(self) -> None:
        pairs = db.session.execute
        self.units = dict(pairs(select(Unit.id, Unit.code)).tuples().all())
        self.people = dict(pairs(select(Person.id, Person.email_key)).tuples().all())
        self.cycles = dict(pairs(select(Cycle.id, Cycle.code)).tuples().all())
        self.metrics = dict(pairs(select(Metric.id, Metric.code)).tuples().all())
        self.goals = dict(pairs(select(Goal.id, Goal.code)).tuples().all())
        measures = pairs(select(Measure.id, Measure.goal_id, Measure.code)).tuples()
        self.measures = {id_: (self.goals[goal_id], code) for id_, goal_id, code in measures}
        self.steps = dict(pairs(select(Step.id, Step.code)).tuples().all())

    def reader(self, column: Column) -> Callable[[Any], Any]:
        """From a stored value to the workbook's."""
        if column.kind == "text":
            return lambda value: "" if value is None else value
        if column.kind != "ref":
            return lambda value: value
        if column.to == "measures":
            return lambda id_: self.measures[id_][1] if id_ else ""
        names: dict[int, str] = getattr(self, column.to)
        return lambda id_: names[id_] if id_ else ""


def base(keys: Keys) -> Company:
    """Organisation, cycles, metrics and goals with their measures: what everything else is checked against."""
    company = {name: {row.key: row for row in rows_of(BY_NAME[name], keys)} for name in BASE}
    _add_lists(company, keys)
    return company


def followed(sheet: Sheet, keys: Keys, goals: Iterable[str] | None = None) -> list[Row]:
    """The rows of a sheet about what happened: those of these goals, or all."""
    model = LAYOUTS[sheet.name].model
    if goals is None or sheet.name not in (*OF_MEASURES, *OF_GOALS):
        return rows_of(sheet, keys)
    wanted = set(goals)
    if sheet.name in OF_MEASURES:
        column, ids = model.measure_id, [id_ for id_, (goal, _) in keys.measures.items() if goal in wanted]
    else:
        column, ids = model.goal_id, [id_ for id_, goal in keys.goals.items() if goal in wanted]
    if len(wanted) * 5 > len(keys.goals):
        return [row for row in rows_of(sheet, keys) if row["goal"] in wanted]
    found = []
    for at in range(0, len(ids), AT_ONCE):
        found += rows_of(sheet, keys, column.in_(ids[at : at + AT_ONCE]))
    return found


def rows_of(sheet: Sheet, keys: Keys, narrowed: ColumnElement[bool] | None = None) -> list[Row]:
    """The sheet's rows as stored, with their ids, in no order."""
    model = LAYOUTS[sheet.name].model
    if sheet.name == "checkins":
        query, getters = _checkins_query(sheet, keys)
    else:
        query, getters = _query(sheet, model, keys)
    found = db.session.execute(query if narrowed is None else query.where(narrowed))
    rows = [Row(sheet, [getter(values) for getter in getters], id=values[0]) for values in found]
    if sheet.name == "changes":
        for row in rows:
            row["from"], row["to"] = _one_way(row["from"]), _one_way(row["to"])
    return rows


def checkin_days(measure_ids: Sequence[int]) -> dict[int, tuple[Any, Any]]:
    """The first and the last day of each measure's check-ins, for those that have any."""
    found = {}
    for at in range(0, len(measure_ids), AT_ONCE):
        chosen = CheckIn.measure_id.in_(measure_ids[at : at + AT_ONCE])
        query = select(CheckIn.measure_id, func.min(CheckIn.on), func.max(CheckIn.on)).where(chosen)
        for id_, first, last in db.session.execute(query.group_by(CheckIn.measure_id)).tuples():
            found[id_] = (first, last)
    return found


def closed_results(keys: Keys) -> list[Row]:
    """The frozen results of closed cycles, at four decimals as reports show them, with the organisation of then."""
    sheet = BY_NAME["results"]
    query = select(Result, Cycle.code).join(Cycle, Cycle.id == Result.cycle_id).where(Cycle.state == "closed")
    return [
        Row(
            sheet,
            [
                cycle,
                "person" if row.person_id else "unit",
                keys.people[row.person_id] if row.person_id else keys.units[row.unit_id or 0],
                *(_four(number) for number in (row.okr, row.kpi, row.total, row.adjusted)),
                row.rating,
                row.name_then,
                row.title_then or "",
                row.position_then or "",
                row.kind_then or "",
                keys.units[row.unit_then_id] if row.unit_then_id else "",
                keys.people[row.manager_then_id] if row.manager_then_id else "",
            ],
            id=row.id,
        )
        for row, cycle in db.session.execute(query).tuples()
    ]


def _one_way(text: str) -> str:
    """A number kept as text, so that it can be read in one way only."""
    return numbers.write(Decimal(text)) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", text) else text


def _four(number: Any) -> Any:
    return None if number is None else as_decimal(Fraction(number), 4)


Getter = Callable[[Sequence[Any]], Any]


def _query(sheet: Sheet, model: Any, keys: Keys) -> tuple[Select[Any], list[Getter]]:
    """The select, and how each column is read from its rows."""
    identity = model.measure_id if model is PeriodTarget else model.key if sheet.name == "settings" else model.id
    selected: list[Any] = [identity]
    getters = [_getter(sheet, column, model, keys, selected) for column in sheet.columns]
    return select(*selected), getters


def _getter(sheet: Sheet, column: Column, model: Any, keys: Keys, selected: list[Any]) -> Getter:
    name = attribute(sheet, column.name)
    place = len(selected)
    if name is not None:
        selected.append(getattr(model, name))
        read = keys.reader(column)
        if sheet.name == "measures" and column.name in OWN:
            selected.append(model.metric_id)
            return lambda row: column.empty if row[place + 1] else row[place]
        return lambda row: read(row[place])
    if column.name == "goal":
        selected.append(model.measure_id)
        return lambda row: keys.measures[row[place]][0]
    if column.name == "roles":
        selected += [model.is_hr, model.is_admin]
        return lambda row: tuple(word for word, held in zip(column.words, row[place : place + 2], strict=True) if held)
    if column.name == "supports":
        selected += [model.parent_id, model.parent_measure_id]
        return lambda row: _target(keys, row[place], row[place + 1])
    return lambda _row: ()


OWN = ("symbol", "decimals", "direction", "aggregate")


def _checkins_query(sheet: Sheet, keys: Keys) -> tuple[Select[Any], list[Getter]]:
    other = aliased(CheckIn)
    own = Sheet(
        sheet.name, tuple(column for column in sheet.columns if column.name not in ("replaces", "seen_by", "seen_at"))
    )
    query, getters = _query(own, CheckIn, keys)
    place = len(query.selected_columns)
    query = query.add_columns(other.entered_at, Acknowledgement.person_id, Acknowledgement.at)
    query = query.outerjoin(other, other.id == CheckIn.replaces_id)
    query = query.outerjoin(Acknowledgement, Acknowledgement.checkin_id == CheckIn.id)
    more: list[Getter] = [
        lambda row: row[place],
        lambda row: keys.people[row[place + 1]] if row[place + 1] else "",
        lambda row: row[place + 2],
    ]
    return query, getters + more


def _target(keys: Keys, goal_id: int | None, measure_id: int | None) -> tuple[str, str] | None:
    if not goal_id:
        return None
    return keys.goals[goal_id], keys.measures[measure_id][1] if measure_id else ""


def _add_lists(company: Company, keys: Keys) -> None:
    """The columns kept in tables of pairs."""
    for name, layout in LAYOUTS.items():
        for column, (table, own, other) in layout.lists.items():
            read = keys.reader(Column(column, "ref", to=BY_NAME[name].column(column).to))
            found: dict[int, list[str]] = defaultdict(list)
            for own_id, other_id in db.session.execute(select(getattr(table, own), getattr(table, other))).tuples():
                found[own_id].append(read(other_id))
            for row in company[name].values():
                if row.id in found:
                    row[column] = tuple(sorted(found[row.id]))
    links: dict[int, list[tuple[str, str]]] = defaultdict(list)
    pairs = select(GoalLink.goal_id, GoalLink.parent_id, GoalLink.parent_measure_id)
    for goal_id, parent_id, measure_id in db.session.execute(pairs).tuples():
        links[goal_id].append(_target(keys, parent_id, measure_id) or ("", ""))
    for row in company["goals"].values():
        if row.id in links:
            row["also_supports"] = tuple(sorted(links[row.id]))
