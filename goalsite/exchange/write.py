"""Writes what differs: bulk inserts and updates, a fixed number of statements a sheet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from goalsite.actions.accounts import email_key
from goalsite.domain.names import name_key, text_key
from goalsite.exchange.columns import Sheet
from goalsite.exchange.layout import LAYOUTS, attribute
from goalsite.exchange.rows import Company, Progress, Row
from goalsite.exchange.sheets import SHEETS
from goalsite.exchange.stored import OWN
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Measure, Metric, Person, Step, Unit

AT_ONCE = 5000


class Ids:
    """Ids of what stands in the database, by the workbook's keys; read again after each sheet that adds some."""

    def __init__(self) -> None:
        self.units: dict[str, int] = {}
        self.people: dict[str, int] = {}
        self.cycles: dict[str, int] = {}
        self.metrics: dict[str, int] = {}
        self.goals: dict[str, int] = {}
        self.measures: dict[tuple[str, str], int] = {}
        self.steps: dict[tuple[str, str, str], int] = {}

    def read(self, name: str) -> None:
        if name in PLAIN_KEYS:
            setattr(self, name, {key: id_ for id_, key in db.session.execute(select(*PLAIN_KEYS[name])).tuples()})
        elif name == "measures":
            query = select(Measure.id, Goal.code, Measure.code).join(Goal, Goal.id == Measure.goal_id)
            self.measures = {(goal, code): id_ for id_, goal, code in db.session.execute(query).tuples()}
        elif name == "steps":
            whose = {id_: key for key, id_ in self.measures.items()}
            query_steps = select(Step.id, Step.measure_id, Step.code)
            self.steps = {
                (*whose[measure], code): id_ for id_, measure, code in db.session.execute(query_steps).tuples()
            }

    def of(self, row: Row, column: str, to: str) -> int | None:
        value = row[column]
        if not value:
            return None
        if to == "measures":
            return self.measures[row["goal"], value]
        if to == "steps":
            return self.steps[row["goal"], row["measure"], value]
        found: dict[str, int] = getattr(self, to)
        return found[value]

    def target(self, target: tuple[str, str] | None) -> tuple[int | None, int | None]:
        if target is None:
            return None, None
        goal, measure = target
        return self.goals[goal], self.measures[goal, measure] if measure else None


PLAIN_KEYS: dict[str, tuple[Any, Any]] = {
    "units": (Unit.id, Unit.code),
    "people": (Person.id, Person.email_key),
    "cycles": (Cycle.id, Cycle.code),
    "metrics": (Metric.id, Metric.code),
    "goals": (Goal.id, Goal.code),
}


def write_company(company: Company, progress: Progress) -> Ids:
    """Writes every row of the file that is new or changed. Results are not written: they are computed."""
    ids = Ids()
    late: list[tuple[Sheet, list[Row]]] = []
    for sheet in SHEETS:
        rows = [row for row in company[sheet.name].values() if row.differs]
        if sheet.name in LAYOUTS and sheet.name != "checkins":
            _write_sheet(sheet, rows, company, ids, progress)
            if LAYOUTS[sheet.name].late or LAYOUTS[sheet.name].lists:
                late.append((sheet, rows))
        ids.read(sheet.name)
        if sheet.name == "measures":
            for other, held in late:
                _write_late(other, held, ids)
    _copy_metrics([row for row in company["metrics"].values() if row.changed], ids)
    return ids


def _write_sheet(sheet: Sheet, rows: list[Row], company: Company, ids: Ids, progress: Progress) -> None:
    model = LAYOUTS[sheet.name].model
    values_of = _values_of(sheet, company, ids)
    places = _places(sheet, company) if sheet.name in ("measures", "steps") else {}
    new = [values_of(row) | ({"place": places[row.key]} if row.key in places else {}) for row in rows if row.is_new]
    for done, chunk in _chunks(new):
        progress(sheet.name, done, len(rows))
        db.session.execute(insert(model), chunk)
    changed = [row for row in rows if not row.is_new]
    if changed:
        names = [name for name in values_of(changed[0]) if name not in _identity(sheet)]
        bumped: dict[str, Any] = {"version": model.version + 1} if hasattr(model, "version") else {}
        statement = update(model.__table__).values({name: bindparam(f"new_{name}") for name in names} | bumped)
        for column in _identity(sheet):
            statement = statement.where(getattr(model, column) == bindparam(f"its_{column}"))
        for done, chunk in _chunks([_update_values(row, values_of(row), sheet, names) for row in changed]):
            progress(sheet.name, len(new) + done, len(rows))
            db.session.connection().execute(statement, chunk)


def _identity(sheet: Sheet) -> tuple[str, ...]:
    if sheet.name == "period_targets":
        return ("measure_id", "starts_on")
    return ("key",) if sheet.name == "settings" else ("id",)


def _update_values(row: Row, values: dict[str, Any], sheet: Sheet, names: list[str]) -> dict[str, Any]:
    identity = {f"its_{column}": row.id if column == "id" else values[column] for column in _identity(sheet)}
    return {f"new_{name}": values[name] for name in names} | identity


def _values_of(sheet: Sheet, company: Company, ids: Ids) -> Callable[[Row], dict[str, Any]]:
    """From a row to its table's attributes, but for those that come late."""
    layout = LAYOUTS[sheet.name]
    plain = [
        (column.name, name, column.to if column.kind == "ref" else "")
        for column in sheet.columns
        if (name := attribute(sheet, column.name))
    ]
    plain = [(column, name, to) for column, name, to in plain if column not in layout.late]
    more = MORE.get(sheet.name)

    def values(row: Row) -> dict[str, Any]:
        found = {name: ids.of(row, column, to) if to else row[column] for column, name, to in plain}
        return found | more(row, company) if more else found

    return values


def _unit(row: Row, _company: Company) -> dict[str, Any]:
    return {"sort_key": text_key(row["name"])}


def _person(row: Row, _company: Company) -> dict[str, Any]:
    return {
        "email_key": email_key(row["email"]),
        "sort_key": name_key(row["name"]),
        "is_hr": "hr" in row["roles"],
        "is_admin": "admin" in row["roles"],
    }


def _measure(row: Row, company: Company) -> dict[str, Any]:
    """A measure of a metric has copies of what is the metric's."""
    metric = company["metrics"].get(row["metric"]) if row["metric"] else None
    return {name: (metric or row)[name] for name in OWN}


MORE: dict[str, Callable[[Row, Company], dict[str, Any]]] = {"units": _unit, "people": _person, "measures": _measure}


def _places(sheet: Sheet, company: Company) -> dict[Any, int]:
    """New rows stand after those of the same goal or measure that stand already, in the order of the file."""
    whose = sheet.key_places[:-1]
    model = LAYOUTS[sheet.name].model
    last: dict[Any, int] = defaultdict(lambda: -1)
    held: dict[int, int] = dict(db.session.execute(select(model.id, model.place)).tuples().all())
    rows = company[sheet.name].values()
    for row in rows:
        if row.id:
            group = tuple(row.values[place] for place in whose)
            last[group] = max(last[group], held[row.id])
    found = {}
    for row in rows:
        if row.is_new:
            group = tuple(row.values[place] for place in whose)
            last[group] += 1
            found[row.key] = last[group]
    return found


def _write_late(sheet: Sheet, rows: list[Row], ids: Ids) -> None:
    """What may refer to rows written later: parents, heads, managers, what a goal supports; and the tables of pairs."""
    layout = LAYOUTS[sheet.name]
    found: dict[Any, int] = getattr(ids, sheet.name)
    table = layout.model.__table__
    for column in layout.late:
        wanted = [row for row in rows if column in row.changed or (row.is_new and row[column])]
        if column == "also_supports":
            _write_links(wanted, found, ids)
        elif wanted:
            names = ("parent_id", "parent_measure_id") if column == "supports" else (f"{column}_id",)
            statement = (
                update(table)
                .where(table.c.id == bindparam("its_id"))
                .values({name: bindparam(f"new_{name}") for name in names})
            )
            to = sheet.column(column).to
            params = []
            for row in wanted:
                values: Sequence[int | None] = (
                    ids.target(row[column]) if column == "supports" else (ids.of(row, column, to),)
                )
                params.append(
                    {
                        "its_id": found[row.key],
                        **{f"new_{name}": value for name, value in zip(names, values, strict=True)},
                    }
                )
            for _, chunk in _chunks(params):
                db.session.connection().execute(statement, chunk)
    for column, (pairs, own, other) in layout.lists.items():
        others: dict[str, int] = getattr(ids, sheet.column(column).to)
        wanted = [row for row in rows if column in row.changed or (row.is_new and row[column])]
        _replace(pairs, own, [found[row.key] for row in wanted if not row.is_new])
        for _, chunk in _chunks([{own: found[row.key], other: others[name]} for row in wanted for name in row[column]]):
            db.session.execute(insert(pairs), chunk)


def _write_links(rows: list[Row], goals: dict[Any, int], ids: Ids) -> None:
    _replace(GoalLink, "goal_id", [goals[row.key] for row in rows if not row.is_new])
    links = []
    for row in rows:
        for target in row["also_supports"]:
            parent, measure = ids.target(target)
            links.append({"goal_id": goals[row.key], "parent_id": parent, "parent_measure_id": measure})
    for _, chunk in _chunks(links):
        db.session.execute(insert(GoalLink), chunk)


def _replace(table: Any, own: str, ids: list[int]) -> None:
    for _, chunk in _chunks(ids):
        db.session.execute(delete(table).where(getattr(table, own).in_(chunk)))


def _copy_metrics(rows: Iterable[Row], ids: Ids) -> None:
    """What is a metric's own is copied to its measures."""
    for row in rows:
        copies = {name: row[name] for name in OWN}
        db.session.execute(update(Measure).where(Measure.metric_id == ids.metrics[row["code"]]).values(copies))


def _chunks(items: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    for at in range(0, len(items), AT_ONCE):
        chunk = items[at : at + AT_ONCE]
        yield at + len(chunk), chunk
