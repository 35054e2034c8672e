"""`load` and `dump` on the command line."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from goalsite.exchange.commands import BAR_FROM, Bar
from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.models_accounts import AuditRow
from tests import databases
from tests.unit.exchange_company import added, edited, written

# The company's day is today's: the small company's check-ins lie in the past of any day from then on.


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def codes(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Goal.code).order_by(Goal.code)))


class TestLoad:
    def test_a_table_of_counts(self, app: Flask, tmp_path: Path) -> None:
        done = run(app, "load", written(tmp_path / "in"))
        assert done.exit_code == 0, done.output
        assert [line.split()[:4] for line in done.output.splitlines() if line.startswith("goals")] == [
            ["goals", "6", "0", "0"]
        ]
        assert codes(app) == ["K1", "K2", "O1", "O2", "O3", "P1"]

    def test_nobody_at_all_is_the_actor(self, app: Flask, tmp_path: Path) -> None:
        run(app, "load", written(tmp_path / "in"))
        with app.app_context():
            assert {row.role for row in db.session.scalars(select(AuditRow))} == {"command"}

    def test_dry_run(self, app: Flask, tmp_path: Path) -> None:
        done = run(app, "load", written(tmp_path / "in"), "--dry-run")
        assert done.exit_code == 0
        assert codes(app) == []

    def test_faults_by_sheet_row_and_column(self, app: Flask, tmp_path: Path) -> None:
        cells = {
            **edited("cycles", "31/03/2026", "31/02/2026"),
            **added("people", "AN@BA.SAO,An"),
            **added("settings", "locale,en"),
        }
        done = run(app, "load", written(tmp_path / "in", cells))
        assert done.exit_code == 1
        lines = done.output.splitlines()
        assert lines[0].startswith("people, 6, email: ")
        assert "AN@BA.SAO" in lines[0]
        assert lines[1].startswith("cycles, 4, ends_on: ")
        assert codes(app) == []

    def test_the_sites_language(self, app: Flask, tmp_path: Path) -> None:
        run(app, "load", written(tmp_path / "a", {"settings": "key,value\nlocale,en\n"}, whole=False))
        done = run(app, "load", written(tmp_path / "b", {"settings": "key,value\ncolour,red\n"}, whole=False))
        assert "There is no setting “colour”" in done.output
        assert "Nothing was loaded: 1 fault" in done.output

    def test_without_tables_it_says_what_to_run(self, engine: str, tmp_path: Path) -> None:
        with (
            databases.fresh(engine, "bare", lambda url: None) as url,
            databases.closing_app(databases.make_app(url)) as app,
        ):
            for command in ("load", "dump"):
                done = run(app, command, tmp_path)
                assert done.exit_code == 1
                assert "db upgrade" in done.output


class TestDump:
    def test_a_folder_and_a_workbook(self, app: Flask, tmp_path: Path) -> None:
        run(app, "load", written(tmp_path / "in"))
        assert run(app, "dump", tmp_path / "out").exit_code == 0
        assert run(app, "dump", tmp_path / "out.xlsx").exit_code == 0
        assert (tmp_path / "out" / "goals.csv").read_text("utf-8").startswith("code,kind,")
        assert run(app, "load", tmp_path / "out.xlsx", "--dry-run").exit_code == 0


class TestBar:
    def test_only_big_files_have_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        bar = Bar()
        bar.progress("goals", 10, 100)
        assert capsys.readouterr().err == ""

    def test_it_tells_how_far(self, capsys: pytest.CaptureFixture[str]) -> None:
        bar = Bar()
        bar.progress("checkins", BAR_FROM, BAR_FROM * 2)
        assert "50%" in capsys.readouterr().err
        bar.wipe()
        assert capsys.readouterr().err.strip() == ""

    def test_moves_whether_or_not_the_length_is_known(self, capsys: pytest.CaptureFixture[str]) -> None:
        bar = Bar()
        for what, done, of in (("people", 2000, 0), ("people", 6000, 0), ("people", 5000, 20_000), ("units", 1, 1)):
            bar.progress(what, done, of)
        bar.wipe()
        few, *shown, wiped, _end = capsys.readouterr().err.split("\r")
        assert (few, [text.split() for text in shown]) == (
            "",
            [["people", "6000"], ["people", "███████", "25%"], ["units", "█" * 30, "100%"]],
        )
        assert wiped.isspace()
        assert len(wiped) == len(shown[1])
