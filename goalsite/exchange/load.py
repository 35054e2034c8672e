"""Loads a workbook: all of it or nothing, every fault of the file at once."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from goalsite.actions import audit, organisation, standing
from goalsite.actions.search_words import refresh_all_words
from goalsite.domain.errors import RuleError
from goalsite.exchange import base_goal, cells, check_company, check_follow, check_goals, stored
from goalsite.exchange.closed import check_closed_results, freeze_closed
from goalsite.exchange.facts import parts_of
from goalsite.exchange.files import digest_of, opened
from goalsite.exchange.merge import merge
from goalsite.exchange.parse import Incoming, read_tables
from goalsite.exchange.rows import Company, Faults, LoadReport, Outcome, Progress, Row, SheetCount, silent
from goalsite.exchange.sheets import SHEETS
from goalsite.exchange.write import write_company
from goalsite.exchange.write_follow import fix_evaluators, keep_last_evaluations, write_checkins
from goalsite.extensions import db
from goalsite.models import Person, Unit
from goalsite.queries.company import company as settings_in_force
from goalsite.queries.company import forget_company
from goalsite.queries.company import today as company_today

MOST_SHOWN = 5000
# Adds the faults of rows that are not theirs to write.
Allowed = Callable[[Incoming, Company, Faults], None]


def load_path(
    path: Path | str,
    *,
    dry_run: bool = False,
    today: date | None = None,
    progress: Progress | None = None,
    actor: Person | None = None,
    most_rows: int | None = None,
    allowed: Allowed | None = None,
) -> LoadReport:
    """Loads a folder of CSV files, a .csv or an .xlsx into the caller's transaction, which the caller commits.

    A faulty file, or a dry run, leaves the transaction as it was: all is written inside a savepoint, which is given back.
    Rows are matched by their key; none is ever deleted. `today` is the company's day, `actor` who loads (None: the command line),
    `most_rows` how many rows are taken at most, `allowed` adds the faults of rows that are not the actor's to write.
    """
    say = progress or silent
    faults = Faults()
    report = LoadReport(dry_run=dry_run)
    zone = ZoneInfo(settings_in_force().time_zone)
    try:
        with opened(Path(path)) as tables:
            report.digest = digest_of(tables)
            theirs = base_goal.goal_sheet(tables)
            if theirs is not None:
                tables, report.notes = base_goal.translated(theirs, zone, faults)
            incoming = read_tables(tables, zone, faults, say, most_rows)
    except RuleError as error:
        faults.add(Path(path).name, 0, "", error)
        report.faults = faults.listed()
        return report
    lone = _lone_root(incoming)
    was = lone[0].code if lone else ""
    if lone:
        lone[0].code = lone[1]
        db.session.flush()
    keys = stored.Keys()
    company = merge(incoming, keys, faults)
    day = today or company_today()
    _check(company, day, faults)
    if allowed:
        allowed(incoming, company, faults)
    if not faults:
        _write(company, incoming, report, day, faults, say, actor)
    if lone and (faults or dry_run):
        lone[0].code = was
        db.session.flush()
    _count(incoming, report, most_rows or MOST_SHOWN)
    report.faults = faults.listed() if theirs is None else base_goal.in_its_words(faults.listed(), theirs.name)
    return report


def _lone_root(incoming: Incoming) -> tuple[Unit, str] | None:
    """The company of a site that has no other unit, and the code the file knows it by: what the first visit made is the file's own."""
    roots = [
        row for row in incoming.rows.get("units", {}).values() if row["kind"] in (None, "company") and not row["parent"]
    ]
    units = list(db.session.scalars(select(Unit).limit(2))) if len(roots) == 1 else []
    if len(units) != 1 or units[0].code in incoming.rows["units"]:
        return None
    return units[0], roots[0]["code"]


def _check(company: Company, today: date, faults: Faults) -> None:
    settings = check_company.settings(company, faults)
    parts = parts_of(company)
    check_company.check(company, today, faults)
    check_goals.check(company, settings, parts, faults)
    check_follow.check(company, settings, parts, today, faults)
    check_follow.check_recorded(company, faults)
    check_follow.check_closed(company, faults)


def _write(
    company: Company,
    incoming: Incoming,
    report: LoadReport,
    today: date,
    faults: Faults,
    say: Progress,
    actor: Person | None,
) -> None:
    db.session.flush()
    with db.session.begin_nested() as savepoint:
        standing.hold_all()
        if any(row.differs for rows in company.values() for row in rows.values()):
            ids = write_company(company, say)
            write_checkins(company, ids, say)
            keep_last_evaluations(company, ids)
            db.session.expire_all()
            forget_company()
            organisation.rebuild_organisation(today)
            fix_evaluators(company, ids)
            db.session.expire_all()
            freeze_closed(company, ids, today)
            say("standing", 0, 1)
            standing.refresh_everything(today, loaded=True)
            refresh_all_words()
            say("standing", 1, 1)
        check_closed_results(company, faults)
        if not faults:
            _record(incoming, actor)
        if faults or report.dry_run:
            savepoint.rollback()
    db.session.expire_all()
    forget_company()


def _record(incoming: Incoming, actor: Person | None) -> None:
    """One audit row a sheet."""
    for count in _counts(incoming):
        after = {"new": count.new, "changed": count.changed, "unchanged": count.unchanged, "digest": count.digest}
        audit.record(actor, "load", "sheet", count.sheet, after=after)


def _count(incoming: Incoming, report: LoadReport, most: int) -> None:
    report.sheets = list(_counts(incoming))
    if incoming.count <= most:
        report.outcomes = [
            Outcome(
                name,
                row.number,
                _shown(row.key),
                "new" if row.is_new else "changed" if row.changed else "unchanged",
                () if row.is_new else _changes(row, incoming.zone),
            )
            for name, rows in incoming.rows.items()
            for row in rows.values()
        ]


def _counts(incoming: Incoming) -> Iterable[SheetCount]:
    for sheet in SHEETS:
        if sheet.name not in incoming.rows:
            continue
        count = SheetCount(sheet.name, incoming.digests[sheet.name])
        for row in incoming.rows[sheet.name].values():
            count.new += row.is_new
            count.changed += bool(row.changed) and not row.is_new
            count.unchanged += not row.differs
            count.what.update(row.changed)
        yield count


def _changes(row: Row, zone: ZoneInfo) -> tuple[tuple[str, str, str], ...]:
    said = []
    for name in row.changed:
        column, place = row.sheet.column(name), row.sheet.places[name]
        was, becomes = (cells.as_text(cells.write(column, value, zone)) for value in (row.before[place], row[name]))
        said.append((name, was, becomes))
    return tuple(said)


def _shown(key: object) -> str:
    return " · ".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)
