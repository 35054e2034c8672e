"""The commands `report people|units|goals|measures`: CSV on standard output."""

import csv
import sys
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from goalsite.domain.results import calendar_period
from goalsite.exchange import report
from goalsite.extensions import db
from goalsite.models import Cycle, Unit
from goalsite.queries import reports
from goalsite.queries.company import today

report_commands = AppGroup("report", help="A cycle's numbers as CSV: measures, goals, people, units.")
Command = Callable[..., Any]


def init_app(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(report_commands)


class Day(click.ParamType):
    """A date, 2026-02-15."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or a usage error."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is not a date; write it as 2026-02-15", param, ctx)


def _asks(command: Command) -> Command:
    command = click.option("--as-of", type=Day(), help="As things stood at the end of that day.")(command)
    return click.option("--cycle", "code", required=True, help="The cycle's code, such as 2026-Q1.")(command)


@report_commands.command()
@_asks
@click.option("--unit", help="Only people of that unit and those below it.")
@click.option("--period", help="A month's, quarter's or week's KPI results: 2026-02, 2026-Q1, 2026-W07.")
def people(code: str, as_of: date | None, unit: str | None, period: str | None) -> None:
    """Everybody's result in the cycle."""
    record = _record(code, as_of)
    chosen = _named(Unit, unit) if unit else None
    try:
        wanted = calendar_period(period) if period else None
    except ValueError:
        raise click.UsageError(f"{period} is not a period; write it as 2026-02, 2026-Q1 or 2026-W07") from None
    _write("people", reports.person_lines(record, unit=chosen, period=wanted))


@report_commands.command()
@_asks
def units(code: str, as_of: date | None) -> None:
    """Every unit's result in the cycle, and the mean of its people's."""
    _write("units", reports.unit_lines(_record(code, as_of)))


@report_commands.command()
@_asks
def goals(code: str, as_of: date | None) -> None:
    """Every active and closed goal of the cycle."""
    _write("goals", reports.goal_lines(_record(code, as_of)))


@report_commands.command()
@_asks
def measures(code: str, as_of: date | None) -> None:
    """Every measure of those goals."""
    _write("measures", reports.measure_lines(_record(code, as_of)))


def _record(code: str, as_of: date | None) -> reports.CycleRecord:
    return reports.record_of(_named(Cycle, code), as_of or today(), as_of=as_of is not None)


def _named(table: type[Any], code: str) -> Any:
    row = db.session.scalar(select(table).where(table.code == code))
    if row is None:
        known = ", ".join(db.session.scalars(select(table.code).order_by(table.code)))
        raise click.UsageError(f"there is no {table.__tablename__[:-1]} {code}; there are: {known}")
    return row


def _write(kind: str, lines: Iterable[object]) -> None:
    columns = report.COLUMNS[kind]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([report.written(value) for value in row.values()] for row in report.rows(columns, lines))
