"""The commands `load` and `dump`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import inspect

from goalsite.domain.errors import RuleError
from goalsite.exchange.dump import dump_path
from goalsite.exchange.load import load_path
from goalsite.exchange.rows import Fault, LoadReport
from goalsite.extensions import db
from goalsite.messages import say
from goalsite.queries.company import company

# Fewer rows are read before anybody looks.
BAR_FROM = 5_000


def init_app(app: Flask) -> None:
    """Adds the commands to `flask`."""
    for command in (load, dump):
        app.cli.add_command(command)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@with_appcontext
def load(path: Path, dry_run: bool) -> None:
    """Load a company workbook (.xlsx, or a folder of CSV files) or Base Goal's goal sheet: all of it, or nothing."""
    _want_schema()
    with force_locale(company().locale):
        bar = Bar()
        report = load_path(path, dry_run=dry_run, progress=bar.progress if sys.stderr.isatty() else None)
        bar.wipe()
        for note in report.notes:
            click.echo(say(note), err=True)
        if report.faults:
            db.session.rollback()
            for fault in report.faults:
                click.echo(line(fault), err=True)
            raise click.ClickException(say(RuleError("load_refused", count=len(report.faults))))
        if dry_run:
            db.session.rollback()
        else:
            db.session.commit()
        for text in table(report):
            click.echo(text)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@with_appcontext
def dump(path: Path) -> None:
    """Write everything as a company workbook: an .xlsx where PATH ends so, else a folder of CSV files."""
    _want_schema()
    try:
        dump_path(path)
    except RuleError as error:
        with force_locale(company().locale):
            raise click.ClickException(say(error)) from None


def line(fault: Fault) -> str:
    """`sheet, row, column: what is wrong, what would be right`."""
    place = [fault.sheet, str(fault.row) if fault.row else "", fault.column]
    return f"{', '.join(part for part in place if part)}: {say(fault.error)}"


def table(report: LoadReport) -> Iterator[str]:
    """A short table of counts."""
    yield say(RuleError("load_dry_run" if report.dry_run else "load_done"))
    words = [say(RuleError(code)) for code in ("load_sheet", "load_new", "load_changed", "load_unchanged")]
    yield f"{words[0]:<16}{words[1]:>10}{words[2]:>10}{words[3]:>14}"
    for count in report.sheets:
        what = ", ".join(f"{name} ×{times}" for name, times in count.what.most_common())
        yield f"{count.sheet:<16}{count.new:>10}{count.changed:>10}{count.unchanged:>14}  {what}".rstrip()


def _want_schema() -> None:
    if not inspect(db.engine).has_table("settings"):
        raise click.ClickException("the database has no tables yet: run `flask --app wsgi db upgrade` first")


class Bar:
    """A line that tells how far a big file is."""

    def __init__(self) -> None:
        self.shown = ""

    def progress(self, what: str, done: int, of: int) -> None:
        """`of` is 0 where nobody knows: not every workbook says how long it is."""
        if max(done, of) >= BAR_FROM or self.shown:
            share = min(done / of, 1.0) if of else 0.0
            said = f"{'█' * int(share * 30):<30} {share:4.0%}" if of else f"{done}"
            self.shown = f"{what:<16} {said:<35}"
            click.echo(f"\r{self.shown}", nl=False, err=True)

    def wipe(self) -> None:
        if self.shown:
            click.echo("\r" + " " * len(self.shown) + "\r", nl=False, err=True)
