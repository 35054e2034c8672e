"""The results of closed cycles: what a file says they were must be what its goals and check-ins come to."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from goalsite.actions.freeze import freeze_results
from goalsite.exchange import stored
from goalsite.exchange.rows import Company, Faults, Row
from goalsite.exchange.write import Ids
from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.queries.company import now
from goalsite.queries.organisation import Organisation, PersonThen, UnitThen

NUMBERS = ("okr", "kpi", "total", "adjusted")


def freeze_closed(company: Company, ids: Ids, today: date) -> None:
    """Computes and stores the results of the cycles that come closed, with the organisation of then where the file has it."""
    for cycle in company["cycles"].values():
        said = [row for row in company.get("results", {}).values() if row["cycle"] == cycle["code"] and row["name"]]
        if cycle.differs and cycle["state"] == "closed" and said:
            row = db.session.get_one(Cycle, ids.cycles[cycle["code"]])
            freeze_results(row, today, now(), _organisation(said, ids))


def _organisation(rows: Iterable[Row], ids: Ids) -> Organisation:
    people: dict[int, PersonThen] = {}
    units: dict[int, UnitThen] = {}
    for row in rows:
        unit, manager = ids.of(row, "unit", "units"), ids.of(row, "manager", "people")
        if row["kind"] == "person":
            people[ids.people[row["key"]]] = PersonThen(row["name"], row["title"], row["position"], unit, manager)
        else:
            units[ids.units[row["key"]]] = UnitThen(row["name"], row["unit_kind"], unit, manager)
    names = dict(db.session.execute(select(Person.id, Person.name)).tuples().all())
    return Organisation(people, units, {key: name for key, name in names.items() if key not in people})


def check_closed_results(company: Company, faults: Faults) -> None:
    """Compares the file's `results` with the replay, once everything is written and refreshed."""
    said = [row for row in company.get("results", {}).values() if row.differs]
    if not said:
        return
    replayed = {row.key: row for row in stored.closed_results(stored.Keys())}
    for row in said:
        computed = replayed.get(row.key)
        says_something = any(row[name] is not None for name in NUMBERS)
        if computed is None or (says_something and all(computed[name] is None for name in NUMBERS)):
            faults.at(row, "key", "result_not_replayed")
            continue
        for name in (*NUMBERS, "rating"):
            if row[name] not in (None, "") and row[name] != computed[name]:
                faults.at(row, name, "result_differs", said=_shown(row[name]), computed=_shown(computed[name]))


def _shown(value: Decimal | str | None) -> Decimal | str:
    return "–" if value is None or value == "" else value
