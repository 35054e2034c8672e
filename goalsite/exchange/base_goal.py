"""Base Goal's own goal sheet, recognised by its columns and read as goals, metrics' measures and links of ours.

Each row becomes one goal. A KPI's row also becomes its indicator; an OKR comes without key results, and so stays a draft.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from goalsite.actions.accounts import email_key
from goalsite.domain.errors import RuleError
from goalsite.exchange import cells
from goalsite.exchange.columns import Column
from goalsite.exchange.files import Table, numbered
from goalsite.exchange.rows import Fault, Faults
from goalsite.exchange.sheets import BY_NAME
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit

COLUMNS = (
    "scope", "metatype", "name", "metric code", "target", "dept code", "team code", "assign to", "followers", "watchers", "start time", "end time",
    "commited okr?", "weight", "status", "privacy", "departments to view", "description",
)  # fmt: skip
# What tells the sheet from any other; people write "committed" right now and then.
TELLING = {"metatype", "assign to", "start time", "end time"}
SPELLINGS = {"committed okr?": "commited okr?", "committed okr": "commited okr?", "commited okr": "commited okr?"}
SHEET = "goals"
INDICATOR = "I"

SCOPES = {"personal": "person", "individual": "person", "person": "person", "user": "person", "cá nhân": "person"}
UNIT_SCOPES = {"company", "department", "dept", "team", "unit", "công ty", "phòng ban", "nhóm"}
KINDS = {"okr": "okr", "objective": "okr", "o": "okr", "kpi": "kpi"}
STATES = {
    "": "draft", "draft": "draft", "pending": "proposed", "proposed": "proposed", "active": "active", "in progress": "active", "open": "active",
    "running": "active", "done": "closed", "completed": "closed", "closed": "closed", "cancelled": "cancelled", "canceled": "cancelled",
    "nháp": "draft", "đang thực hiện": "active", "hoàn thành": "closed", "đã hủy": "cancelled",
}  # fmt: skip
PRIVACIES = {
    "": "public", "public": "public", "private": "internal", "internal": "internal", "restricted": "restricted",
    "công khai": "public", "riêng tư": "internal",
}  # fmt: skip
# Where our columns come from, to tell faults at the cells that are there.
SOURCES = {
    "code": "Name", "kind": "Metatype", "title": "Name", "cycle": "Start time", "unit": "Dept code", "owner": "Assign to", "created_by": "Assign to",
    "starts_on": "Start time", "due_on": "End time", "state": "Status", "visibility": "Privacy", "visible_to": "Departments to view",
    "metric": "Metric code", "start": "Target", "ambition": "Commited OKR?", "goal": "Name",
}  # fmt: skip

TEXT, NAME, DATE, YES_NO = Column("", "text"), Column("", "name"), Column("", "date"), Column("", "boolean")
PEOPLE = Column("", "refs", to="people")
UNITS = Column("", "refs", to="units")


@dataclass(frozen=True)
class Known:
    """What the rows may refer to: people by address and by name, the states of goals by code, units by code, cycles as (code, first, last)."""

    people: dict[str, str]
    states: dict[str, str]
    units: frozenset[str]
    cycles: tuple[tuple[str, date, date], ...]


def goal_sheet(tables: list[Table]) -> Table | None:
    """The table that is Base Goal's, whatever it is called."""
    return next((table for table in tables if TELLING.issubset(_names(table))), None)


def translated(table: Table, zone: ZoneInfo, faults: Faults) -> tuple[list[Table], list[RuleError]]:
    """The sheet as tables `goals` and `measures` of ours, with the same row numbers; and what is to be said about it."""
    names = _names(table)
    for name in names:
        if name and name not in COLUMNS:
            faults.add(SHEET, 1, name, RuleError("column_unknown_here", name=name, known=", ".join(COLUMNS)))
    known = _known()
    goals: list[tuple[int, list[Any]]] = []
    measures: list[tuple[int, list[Any]]] = []
    drafts = 0
    for number, raw in table.rows:
        said = {name: cell for name, cell in zip(names, raw, strict=False) if cell not in (None, "")}
        if not said:
            continue
        goal = _Reader(number, said, known, zone, faults).goal()
        drafts += goal["kind"] == "okr"
        goals.append((number, _line("goals", goal)))
        if goal["kind"] == "kpi":
            measure = {
                "goal": goal["code"],
                "code": INDICATOR,
                "metric": said.get("metric code"),
                "target": said.get("target"),
            }
            measures.append((number, _line("measures", measure)))
    ours = [_table(name, rows, table) for name, rows in (("goals", goals), ("measures", measures)) if rows]
    return ours, [RuleError("base_goal_drafts", count=drafts)] if drafts else []


def in_its_words(faults: Iterable[Fault], name: str) -> list[Fault]:
    """The faults at Base Goal's own columns of the table of that name, each cell once."""
    found: dict[tuple[int, str], Fault] = {}
    for fault in faults:
        column = SOURCES.get(fault.column, fault.column.capitalize())
        found.setdefault((fault.row, column), Fault(name, fault.row, column, fault.error))
    return list(found.values())


class _Reader:
    """One row; every cell that cannot be read is a fault at Base Goal's own column."""

    def __init__(self, number: int, said: dict[str, Any], known: Known, zone: ZoneInfo, faults: Faults) -> None:
        self.number = number
        self.said = said
        self.known = known
        self.zone = zone
        self.faults = faults

    def read(self, name: str, column: Column) -> Any:
        try:
            return cells.read(column, self.said.get(name), self.zone)
        except RuleError as error:
            self.refuse(name, error)
            return None

    def refuse(self, name: str, error: RuleError) -> None:
        self.faults.add(SHEET, self.number, name, error)

    def word(self, name: str, words: dict[str, str], default: str) -> str:
        text = (self.read(name, NAME) or "").lower()
        if text not in words and text:
            self.refuse(
                name, RuleError("word_unknown", text=text[:40], words=", ".join(word for word in words if word))
            )
        return words.get(text, default)

    def goal(self) -> dict[str, Any]:
        kind = self.word("metatype", KINDS, "okr")
        scope = self.word("scope", SCOPES | dict.fromkeys(UNIT_SCOPES, "unit"), "person")
        title = self.read("name", NAME) or ""
        first, last = self.read("start time", DATE), self.read("end time", DATE)
        owner = self.person("assign to")
        state = self.word("status", STATES, "draft")
        committed = self.read("commited okr?", YES_NO)
        for name in ("name", "assign to", "start time", "end time"):
            if name not in self.said:
                self.refuse(name, RuleError("cell_required"))
        code = code_of(owner, title, first)
        return {
            "code": code,
            "kind": kind,
            "scope": scope,
            "title": title,
            "cycle": self.cycle(first, last),
            "unit": self.unit(),
            "owner": owner,
            "starts_on": first,
            "due_on": last,
            "weight": self.said.get("weight"),
            "ambition": "aspirational" if committed is False else "committed",
            # Without key results an OKR cannot be active; one that has got them since stays what it is.
            "state": self.known.states.get(code, "draft") if kind == "okr" else state,
            "visibility": self.word("privacy", PRIVACIES, "public"),
            "visible_to": ";".join(self.read("departments to view", UNITS) or ()),
            "description": self.read("description", TEXT),
            "followers": ";".join(sorted({*self.people("followers"), *self.people("watchers")})),
        }

    def person(self, name: str) -> str:
        return next(iter(self.people(name)), "")

    def people(self, name: str) -> list[str]:
        """The people named, by their address or, where it is one person's alone, their name."""
        text = str(self.read(name, TEXT) or "")
        parts = [
            part.strip().lstrip("@") for part in text.replace("\n", ";").replace(",", ";").split(";") if part.strip()
        ]
        return [self.known.people.get(email_key(part), email_key(part)) for part in parts]

    def unit(self) -> str:
        """The team, or else the department."""
        for name in ("team code", "dept code"):
            code = self.read(name, NAME)
            if code:
                if code not in self.known.units:
                    self.refuse(name, RuleError("reference_unknown_here", name=code, sheet="units"))
                return str(code)
        return ""

    def cycle(self, first: date | None, last: date | None) -> str:
        """The shortest that holds both days."""
        if first is None or last is None:
            return ""
        holding = [(end - start, code) for code, start, end in self.known.cycles if start <= first and last <= end]
        if not holding:
            self.refuse("start time", RuleError("base_goal_no_cycle", first=first, last=last))
            return ""
        return min(holding)[1]


def code_of(owner: str, title: str, first: date | None) -> str:
    """A goal's code from who owns it, its name and its first day: the same row is the same goal the next time."""
    text = "\n".join((owner, title, first.isoformat() if first else ""))
    return "BG-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _known() -> Known:
    names: dict[str, list[str]] = {}
    people = {}
    for key, name in db.session.execute(select(Person.email_key, Person.name)).tuples():
        people[key] = key
        names.setdefault(email_key(name), []).append(key)
    alone = {name: keys[0] for name, keys in names.items() if len(keys) == 1}
    cycles = (
        db.session.execute(select(Cycle.code, Cycle.starts_on, Cycle.ends_on).order_by(Cycle.starts_on)).tuples().all()
    )
    states = dict(db.session.execute(select(Goal.code, Goal.state).where(Goal.code.startswith("BG-"))).tuples().all())
    return Known(alone | people, states, frozenset(db.session.scalars(select(Unit.code))), tuple(cycles))


def _names(table: Table) -> list[str]:
    names = ["" if cell is None else " ".join(str(cell).lower().split()) for cell in table.header]
    return [SPELLINGS.get(name, name) for name in names]


def _line(sheet: str, said: dict[str, Any]) -> list[Any]:
    return [said.get(column.name) for column in BY_NAME[sheet].columns if column.name in OURS[sheet]]


OURS = {
    "goals": (
        "code", "kind", "scope", "title", "cycle", "unit", "owner", "starts_on", "due_on", "weight", "ambition", "state", "visibility", "visible_to",
        "description", "followers",
    ),
    "measures": ("goal", "code", "metric", "target"),
}  # fmt: skip


def _table(name: str, rows: list[tuple[int, list[Any]]], source: Table) -> Table:
    header = [column.name for column in BY_NAME[name].columns if column.name in OURS[name]]
    return Table(name, source.digest, header, numbered(rows), len(rows))
