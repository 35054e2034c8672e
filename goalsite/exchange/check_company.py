"""What must hold of settings, units, people, cycles, metrics and KPI sets (rules §1, §2)."""

from collections.abc import Callable, Hashable, Iterable
from difflib import get_close_matches
from typing import Any

from goalsite.domain import formula, organisation
from goalsite.domain.company import Company as Settings
from goalsite.domain.company import read_company
from goalsite.domain.errors import RuleError
from goalsite.domain.goals import find_loop
from goalsite.exchange.rows import Company, Faults, Row
from goalsite.exchange.sheets import SHEETS

MOST_LOOPS = 50
FEW = 5000


def check(company: Company, today: Any, faults: Faults) -> None:
    """Adds every fault of the organisation and of the rows' references."""
    _check_references(company, faults)
    looping = _check_units(company, faults)
    _check_people(company, looping, today, faults)
    _check_cycles(company, faults)
    _check_metrics(company, faults)


def settings(company: Company, faults: Faults) -> Settings:
    """The settings as they would stand; the defaults where they cannot be read."""
    rows = company["settings"]
    said = {key: row["value"] for key, row in rows.items()}
    for key, row in rows.items():
        try:
            read_company({key: row["value"]})
        except RuleError as error:
            # Thresholds are looked at together, below.
            if error.code != "thresholds_not_descending":
                faults.at(row, "key" if error.code == "setting_unknown" else "value", error.code, **error.terms)
                said.pop(key)
    try:
        return read_company(said)
    except RuleError as error:
        faults.at_first([(rows.get(key), "value") for key in (error.field, "on_track", "at_risk")], error)
        return Settings()


def _check_references(company: Company, faults: Faults) -> None:
    for sheet in SHEETS:
        columns = [column for column in sheet.columns if column.to]
        rows = [row for row in company[sheet.name].values() if row.given]
        for column in columns:
            for row in rows:
                value = row[column.name]
                if column.name == "created_by" and value == row["owner"]:
                    continue
                for name in (value,) if isinstance(value, str) else value:
                    if name and not _is_known(column.to, row, name, company):
                        refuse_reference(row, column.name, column.to, name, company, faults)


def _is_known(to: str, row: Row, name: str, company: Company) -> bool:
    if to == "measures":
        return row["goal"] not in company["goals"] or (row["goal"], name) in company["measures"]
    if to == "steps":
        return (row["goal"], row["measure"]) not in company["measures"] or (
            row["goal"],
            row["measure"],
            name,
        ) in company["steps"]
    return name in company[to]


def refuse_reference(row: Row, column: str, to: str, name: str, company: Company, faults: Faults) -> None:
    """A key that no row of the sheet `to` has; with the known one most like it, where not too many are to be looked through."""
    known = [key for key in company[to] if isinstance(key, str)]
    close = get_close_matches(name, known, n=1) if len(known) <= FEW else []
    if close:
        faults.at(row, column, "reference_unknown", name=name, sheet=to, closest=close[0])
    else:
        faults.at(row, column, "reference_unknown_here", name=name, sheet=to)


def refuse_loops(edges: dict[Hashable, list[Hashable]], refuse: Callable[[list[Hashable]], Any]) -> None:
    """Calls `refuse` with the chain of every loop, breaking each."""
    for _ in range(MOST_LOOPS):
        chain = find_loop(edges)
        if not chain:
            return
        refuse(chain)
        edges[chain[0]] = [key for key in edges[chain[0]] if key != chain[1]]


def spelled(chain: Iterable[Hashable]) -> str:
    return " → ".join(str(key) for key in chain)


def _check_tree(name: str, code: str, company: Company, faults: Faults) -> set[Hashable]:
    """The keys that lie in a loop."""
    rows = company[name]
    edges: dict[Hashable, list[Hashable]] = {key: [row["parent"]] if row["parent"] else [] for key, row in rows.items()}

    looping: set[Hashable] = set()

    def refuse(chain: list[Hashable]) -> None:
        looping.update(chain)
        faults.at_first([(rows.get(key), "parent") for key in chain], RuleError(code, "parent", chain=spelled(chain)))

    refuse_loops(edges, refuse)
    return looping


def _check_units(company: Company, faults: Faults) -> set[Hashable]:
    units = company["units"]
    looping = _check_tree("units", "unit_loop", company, faults)
    roots = [row for row in units.values() if not row["parent"]]
    for row in units.values():
        if row["parent"] and row["kind"] == "company":
            faults.at(row, "kind", "unit_company_below", parent=row["parent"])
        elif not row["parent"] and row["kind"] != "company":
            faults.at(row, "parent", "unit_without_parent")
    companies = [row for row in roots if row["kind"] == "company"]
    if len(companies) > 1:
        for row in sorted(companies, key=lambda row: (row.given, row.number))[1:]:
            faults.at(
                row,
                "kind",
                "unit_second_company",
                other=companies[0]["code"] if row is not companies[0] else companies[1]["code"],
            )
    return looping


def _check_people(company: Company, looping: set[Hashable], today: Any, faults: Faults) -> None:
    people, units = company["people"], company["units"]
    for row in people.values():
        if row["joined_on"] and row["left_on"] and row["left_on"] < row["joined_on"]:
            faults.at(row, "left_on", "dates_reversed", first=row["joined_on"], last=row["left_on"])
        if row["manager"] and row["manager"] == row.key:
            faults.at(row, "manager", "manager_self")
    if not looping:
        _check_managers(people, units, today, faults)


def _check_managers(people: dict[Any, Row], units: dict[Any, Row], today: Any, faults: Faults) -> None:
    """Managers in force must not loop, be they named or heads of units."""
    ids = {key: place for place, key in enumerate(people)}
    unit_ids = {key: place for place, key in enumerate(units)}
    manager = {key: ids.get(row["manager"]) if row["manager"] != key else None for key, row in people.items()}
    head = {key: ids.get(row["head"]) for key, row in units.items()}
    for _ in range(MOST_LOOPS):
        try:
            organisation.bosses(
                [
                    organisation.Person(
                        ids[key],
                        unit_ids.get(row["unit"]),
                        manager[key],
                        row["left_on"] is None or row["left_on"] >= today,
                        str(key),
                    )
                    for key, row in people.items()
                ],
                [
                    organisation.Unit(unit_ids[key], unit_ids.get(row["parent"]), head[key], str(key))
                    for key, row in units.items()
                ],
            )
        except RuleError as error:
            if error.code != "manager_loop":
                return
            chain = str(error.terms["chain"]).split(" → ")
            heads = [row for row in units.values() if row["head"] in chain]
            named: list[tuple[Row | None, str]] = [
                (people[key], "manager") for key in chain if manager[key] is not None
            ]
            faults.at_first(
                [*named, *((row, "head") for row in heads), *((people[key], "unit") for key in chain)], error
            )
            # Broken, to find the next.
            manager |= dict.fromkeys(chain)
            head |= {row.key: None for row in heads}
        else:
            return


def is_span(cycle: Row | None) -> bool:
    """The cycle's days are known, and in order."""
    return cycle is not None and bool(
        cycle["starts_on"] and cycle["ends_on"] and cycle["starts_on"] <= cycle["ends_on"]
    )


def _check_cycles(company: Company, faults: Faults) -> None:
    cycles = company["cycles"]
    looping = _check_tree("cycles", "cycle_loop", company, faults)
    for row in cycles.values():
        if row["starts_on"] is None or row["ends_on"] is None:
            continue
        if row["ends_on"] < row["starts_on"]:
            faults.at(row, "ends_on", "dates_reversed", first=row["starts_on"], last=row["ends_on"])
            continue
        parent = cycles.get(row["parent"])
        if parent is None or row["code"] in looping or not is_span(parent):
            continue
        for name, outside in (
            ("starts_on", row["starts_on"] < parent["starts_on"]),
            ("ends_on", row["ends_on"] > parent["ends_on"]),
        ):
            if outside:
                error = RuleError(
                    "span_outside",
                    name,
                    day=row[name],
                    first=parent["starts_on"],
                    last=parent["ends_on"],
                    what=parent["code"],
                )
                faults.at_first([(row, name), (parent, name)], error)


def _check_metrics(company: Company, faults: Faults) -> None:
    for row in company["metrics"].values():
        if row.given and row["formula"]:
            try:
                formula.check(formula.translated(row["formula"]))
            except RuleError as error:
                faults.at(row, "formula", error.code, **error.terms)
        if row.given and row["formula_is"] and not row["formula"]:
            faults.at(row, "formula", "formula_missing")
