"""Loads a workbook: all of it or nothing, every fault of the file at once."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from goalsite.actions import audit, organisation, standing
from goalsite.domain.errors import RuleError
from goalsite.exchange import base_goal, check_company, check_follow, check_goals, stored
from goalsite.exchange.closed import check_closed_results, freeze_closed
from goalsite.exchange.facts import parts_of
from goalsite.exchange.files import digest_of, opened
from goalsite.exchange.merge import merge
from goalsite.exchange.parse import Incoming, read_tables
from goalsite.exchange.rows import Company, Faults, LoadReport, Outcome, Progress, SheetCount, silent
from goalsite.exchange.sheets import SHEETS
from goalsite.exchange.write import write_company
from goalsite.exchange.write_follow import fix_evaluators, keep_last_evaluations, write_checkins
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.queries.company import company as settings_in_force
from goalsite.queries.company import forget_company
from goalsite.queries.company import today as company_today

MOST_SHOWN = 5000


def load_path(
    path: Path | str,
    *,
    dry_run: bool = False,
    today: date | None = None,
    progress: Progress | None = None,
    actor: Person | None = None,
    most_rows: int | None = None,
) -> LoadReport:
    """Loads a folder of CSV files, a .csv or an .xlsx into the caller's transaction, which the caller commits.

    A faulty file, or a dry run, leaves the transaction as it was: all is written inside a savepoint, which is given back.
    Rows are matched by their key; none is ever deleted. `today` is the company's day, `actor` who loads (None: the command line),
    `most_rows` how many rows are taken at most.
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
    keys = stored.Keys()
    company = merge(incoming, keys, faults)
    day = today or company_today()
    _check(company, day, faults)
    if not faults:
        _write(company, incoming, report, day, faults, say, actor)
    if not faults:
        _count(incoming, report)
    report.faults = faults.listed() if theirs is None else base_goal.in_its_words(faults.listed(), theirs.name)
    return report


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
            standing.refresh_everything(today)
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


def _count(incoming: Incoming, report: LoadReport) -> None:
    report.sheets = list(_counts(incoming))
    if incoming.count <= MOST_SHOWN:
        report.outcomes = [
            Outcome(
                name,
                row.number,
                _shown(row.key),
                "new" if row.is_new else "changed" if row.changed else "unchanged",
                row.changed,
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


def _shown(key: object) -> str:
    return " · ".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)
