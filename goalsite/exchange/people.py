"""The people's sheet alone, for the screen: every row as new, changed, unchanged or refused; then all of it, or nothing."""

import csv
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from goalsite.actions import audit
from goalsite.actions.accounts import forget_sessions
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.people import ADMINS_ALONE, MOVES_RESULTS, OF_AN_ADMIN, refresh_results_of_people
from goalsite.domain.errors import RuleError
from goalsite.exchange import check_company, stored
from goalsite.exchange.files import digest_of, inert, opened
from goalsite.exchange.merge import merge
from goalsite.exchange.parse import Incoming, read_tables
from goalsite.exchange.rows import Company, Faults, Row, silent
from goalsite.exchange.sheets import BY_NAME
from goalsite.exchange.write import write_company
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.queries.company import company as settings_in_force
from goalsite.queries.people import other_admin_exists, people_by_key

SHEET = "people"
MOST_ROWS = 5000
OUTCOMES = ("new", "changed", "unchanged", "refused")


@dataclass(frozen=True)
class Line:
    """What becomes of one row: `columns` that change; `errors`, each with its column, why it is refused."""

    number: int
    email: str
    name: str
    outcome: str
    columns: tuple[str, ...] = ()
    errors: tuple[tuple[str, RuleError], ...] = ()


@dataclass
class PeopleList:
    """A list of people as read. `problem`: why it could not be read at all."""

    problem: RuleError | None = None
    lines: list[Line] = field(default_factory=list)
    digest: str = ""
    company: Company = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each outcome."""
        return {outcome: sum(line.outcome == outcome for line in self.lines) for outcome in OUTCOMES}

    @property
    def seen(self) -> str:
        """What tells this preview from another of the same file, once somebody has changed people in between."""
        said = [(line.number, line.email, line.outcome, line.columns) for line in self.lines]
        return sha256(repr(said).encode("utf-8", "replace")).hexdigest()


def read_people(content: bytes, suffix: str, by: Person, today: date) -> PeopleList:
    """What the file would do, by that person's hand; nothing is written. suffix: .csv or .xlsx."""
    faults = Faults()
    if suffix == ".csv" and not _is_text(content):
        return PeopleList(problem=RuleError("text_not_unicode"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{SHEET}{suffix}"
        path.write_bytes(content)
        try:
            with opened(path) as tables:
                found = [table for table in tables if table.name == SHEET] or (tables if len(tables) == 1 else [])
                if not found:
                    raise RuleError("sheet_unknown", name=tables[0].name if tables else "", closest=SHEET)
                found[0].name = SHEET
                digest = digest_of(found[:1])
                zone = ZoneInfo(settings_in_force().time_zone)
                incoming = read_tables(found[:1], zone, faults, silent, MOST_ROWS)
        except RuleError as error:
            return PeopleList(problem=error)
    keys = stored.Keys()
    company = merge(incoming, keys, faults)
    check_company.check(company, today, faults)
    rows = list(incoming.rows.get(SHEET, {}).values())
    for row in rows:
        _check_power(row, by, faults)
    return PeopleList(lines=_lines(rows, faults), digest=digest, company=company)


def write_people(people: PeopleList, by: Person, today: date) -> None:
    """Writes all of it into the caller's transaction. A role that changes ends sessions, as on the form.

    Raises RuleError last_admin. The list has no refused row.
    """
    rows = [row for row in people.company[SHEET].values() if row.differs]
    if not rows:
        return
    admin_before = other_admin_exists(0, today)
    write_company(people.company, silent)
    db.session.expire_all()
    changed = {str(row.key): row for row in rows if not row.is_new}
    for person in people_by_key(list(changed)):
        if "roles" in changed[person.email_key].changed:
            forget_sessions(person)
    db.session.flush()
    if admin_before and not other_admin_exists(0, today):
        raise RuleError("last_admin")
    rebuild_organisation(today)
    refresh_results_of_people([row.id for row in changed.values() if MOVES_RESULTS & set(row.changed)])
    counts = people.counts
    after = {name: counts[name] for name in ("new", "changed", "unchanged")} | {"digest": people.digest}
    audit.record(by, "load", "sheet", SHEET, after=after)


def template() -> str:
    """An empty list as CSV: its header."""
    return _csv([[column.name for column in BY_NAME[SHEET].columns]])


def report(rows: list[list[str]]) -> str:
    """Rows as CSV that spreadsheets read as UTF-8, and take for no formula."""
    return _csv([[inert(cell) for cell in row] for row in rows])


def _csv(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + text.getvalue()


def refuse_power(incoming: Incoming, by: Person, faults: Faults) -> None:
    """The faults of people's rows that only an administrator may write."""
    for row in incoming.rows.get(SHEET, {}).values():
        _check_power(row, by, faults)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_power(row: Row, by: Person, faults: Faults) -> None:
    """Roles are an administrator's to give, and an administrator's account another one's to change."""
    if by.is_admin:
        return
    if row["roles"] if row.is_new else "roles" in row.changed:
        faults.at(row, "roles", "admin_only")
    if not row.is_new and "admin" in row.before[row.sheet.places["roles"]]:
        for name in sorted(OF_AN_ADMIN - ADMINS_ALONE):
            if name in row.changed:
                faults.at(row, name, "admin_only")


def _lines(rows: list[Row], faults: Faults) -> list[Line]:
    by_number: dict[int, list[tuple[str, RuleError]]] = {}
    for fault in faults.listed():
        by_number.setdefault(fault.row, []).append((fault.column, fault.error))
    held = {row.number: row for row in rows}
    lines = []
    for number in sorted({*held, *by_number}):
        row, errors = held.get(number), tuple(by_number.get(number, ()))
        email, name = (str(row["email"] or ""), str(row["name"] or "")) if row else ("", "")
        outcome = (
            "refused" if errors else "new" if row and row.is_new else "changed" if row and row.changed else "unchanged"
        )
        lines.append(Line(number, email, name, outcome, row.changed if row and not row.is_new else (), errors))
    return lines
