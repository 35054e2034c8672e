"""The workbook on screen: what an uploaded file would do, row by row, by whose hand; and the parts that can be taken along."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from goalsite.actions.accounts import forget_sessions
from goalsite.domain.errors import RuleError
from goalsite.exchange.columns import Sheet
from goalsite.exchange.dump import Lines, dumped, write_tables
from goalsite.exchange.load import MOST_SHOWN, load_path
from goalsite.exchange.parse import Incoming
from goalsite.exchange.people import refuse_power
from goalsite.exchange.rows import Company, Faults, LoadReport, Row
from goalsite.exchange.sheets import BY_NAME, SHEETS
from goalsite.extensions import db
from goalsite.messages import say
from goalsite.models import Person
from goalsite.queries.people import other_admin_exists, people_by_key

XLSX, ZIPPED = ".xlsx", ".zip"
MOST_FILES = 40
MOST_UNPACKED = 200_000_000
OUTCOMES = ("refused", "new", "changed", "unchanged")
# What HR may load alone: what is planned. What was recorded, and settings, are for an administrator who is HR too.
PLANNED = frozenset(
    {"units", "people", "cycles", "metrics", "kpi_sets", "goals", "measures", "steps", "period_targets", "actions"}
)
OF_GOALS = frozenset({"goals", "measures", "steps", "period_targets"})
WITHOUT_REASON = frozenset({"draft", "suggested", "proposed", "returned"})


@dataclass(frozen=True)
class Line:
    """What becomes of one row: refused, new, changed or unchanged; each column that changes, from and to; and why it is refused, by column."""

    sheet: str
    row: int
    key: str
    outcome: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """What a file would do, or did, in words: as it is kept beside the file."""

    lines: list[Line]
    notes: list[str]
    digest: str

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each outcome."""
        return {outcome: sum(line.outcome == outcome for line in self.lines) for outcome in OUTCOMES}

    @property
    def sheets(self) -> list[str]:
        return list(dict.fromkeys(line.sheet for line in self.lines))

    @property
    def print(self) -> str:
        """What tells it from another look at the same file, once somebody has changed something in between."""
        said = [
            (line.sheet, line.row, line.key, line.outcome, [change[0] for change in line.changes])
            for line in self.lines
        ]
        return sha256(repr(said).encode("utf-8", "replace")).hexdigest()

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def seen_of(kept: dict[str, Any]) -> Seen:
    """What was kept, as it was."""
    return Seen([Line(**line) for line in kept["lines"]], kept["notes"], kept["digest"])


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Several CSV files as one, an .xlsx or a .zip as it is. Raises RuleError upload_kind where they are neither."""
    given = [(name, content) for name, content in files if content]
    if len(given) == 1 and given[0][1].startswith(b"PK"):
        return given[0][1]
    if not given or any(not name.lower().endswith(".csv") for name, _ in given):
        raise RuleError("upload_kind", "files")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in given:
            archive.writestr(Path(name).name, content)
    return whole.getvalue()


def look(content: bytes, name: str, by: Person, today: date, most: int = MOST_SHOWN) -> Seen:
    """What loading the file would do, by that person's hand; nothing is written. most: rows at most."""
    return _seen(_load(content, name, by, today, most, dry_run=True))


def take(content: bytes, name: str, by: Person, today: date, most: int = MOST_SHOWN) -> Seen:
    """Loads it into the caller's transaction, which the caller gives back where a row is refused.

    A role that changes ends sessions, as on the form. Raises RuleError last_admin.
    """
    admin_before = other_admin_exists(0, today)
    report = _load(content, name, by, today, most, dry_run=False)
    seen = _seen(report)
    if report.faults:
        return seen
    roles = [line.key for line in seen.lines if line.sheet == "people" and "roles" in [one[0] for one in line.changes]]
    for person in people_by_key(roles):
        forget_sessions(person)
    db.session.flush()
    if admin_before and not other_admin_exists(0, today):
        raise RuleError("last_admin")
    return seen


def write_parts(path: Path, sheets: frozenset[str], cycle: str = "") -> None:
    """These sheets of the company, those of goals narrowed to one cycle's: an .xlsx, or a folder of CSV files."""
    write_tables(path, _parts(sheets, cycle))


def zipped(folder: Path) -> bytes:
    """A folder of CSV files as one file, with a byte order mark so that spreadsheets read them as UTF-8."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.writestr(file.name, b"\xef\xbb\xbf" + file.read_bytes())
    return whole.getvalue()


def _parts(sheets: frozenset[str], cycle: str) -> Iterator[tuple[Sheet, Lines]]:
    goals: set[str] = set()
    for sheet, lines in dumped():
        if sheet.name == "goals" and cycle:
            kept = [line for line in lines if line[sheet.places["cycle"]] == cycle]
            goals = {line[sheet.places["code"]] for line in kept}
            lines = iter(kept)
        elif cycle and "goal" in sheet.places:
            lines = (line for line in lines if line[sheet.places["goal"]] in goals)
        elif cycle and sheet.name in ("reviews", "results"):
            lines = (line for line in lines if line[sheet.places["cycle"]] == cycle)
        if sheet.name in sheets:
            yield sheet, lines


def _load(content: bytes, name: str, by: Person, today: date, most: int, *, dry_run: bool) -> LoadReport:
    def allowed(incoming: Incoming, company: Company, faults: Faults) -> None:
        refuse_rows(incoming, company, by, faults)

    with TemporaryDirectory() as folder:
        try:
            path = _unpacked(content, Path(folder))
        except RuleError as error:
            report = LoadReport(dry_run=dry_run)
            faults = Faults()
            faults.add(name, 0, "", error)
            report.faults = faults.listed()
            return report
        return load_path(path, dry_run=dry_run, today=today, actor=by, most_rows=most, allowed=allowed)


def _unpacked(content: bytes, folder: Path) -> Path:
    """The workbook, or the folder its CSV files were put into. Raises RuleError file_unreadable, file_too_large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED or len(entries) > 1000:
                raise RuleError("file_too_large")
            if any(entry.filename == "[Content_Types].xml" for entry in entries):
                path = folder / f"workbook{XLSX}"
                path.write_bytes(content)
                return path
            for entry in [one for one in entries if one.filename.lower().endswith(".csv")][:MOST_FILES]:
                stem = re.sub(r"[^A-Za-z0-9_-]", "", Path(entry.filename).stem).lower()
                (folder / f"{stem or 'sheet'}.csv").write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise RuleError("file_unreadable", text=str(error)[:200]) from error
    return folder


def refuse_rows(incoming: Incoming, company: Company, by: Person, faults: Faults) -> None:
    """Rows that are not that person's to write on screen, as faults.

    HR alone loads what is planned: no settings, nothing of what was recorded, no roles, and no new numbers of goals under
    way, which are changed on the goal's page with a reason. Whoever is an administrator and HR may load everything.
    """
    if by.is_admin and by.is_hr:
        return
    for name, rows in incoming.rows.items():
        for row in rows.values():
            if not row.differs:
                continue
            if name not in PLANNED:
                faults.at(row, row.sheet.columns[0].name, "upload_admin_only")
            elif name in OF_GOALS and _under_way(row, name, company):
                faults.at(row, row.changed[0] if row.changed else row.sheet.columns[0].name, "upload_goal_under_way")
    refuse_power(incoming, by, faults)


def _under_way(row: Row, name: str, company: Company) -> bool:
    """The row belongs to a goal that stands in the database already and whose numbers change only with a reason."""
    goal = company["goals"].get(row["code"] if name == "goals" else row["goal"])
    if goal is None or goal.is_new:
        return False
    state = goal.before[goal.sheet.places["state"]] if goal.before else goal["state"]
    return state not in WITHOUT_REASON


def _seen(report: LoadReport) -> Seen:
    errors: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for fault in report.faults:
        errors.setdefault((fault.sheet, fault.row), []).append((fault.column, say(fault.error)))
    held = {(one.sheet, one.row): one for one in report.outcomes}
    names = [sheet.name for sheet in SHEETS]
    lines = []
    for sheet, row in sorted({*held, *errors}, key=lambda one: (names.index(one[0]) if one[0] in BY_NAME else -1, one)):
        one, wrong = held.get((sheet, row)), errors.get((sheet, row), [])
        outcome = "refused" if wrong else one.outcome if one else "unchanged"
        lines.append(Line(sheet, row, one.key if one else "", outcome, list(one.changes) if one else [], wrong))
    return Seen(lines, [say(note) for note in report.notes], report.digest)
