"""Migrations make what the models say, on both engines, up and down, with the triggers that keep append-only tables so."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Change, CheckIn, EvaluationStep
from tests import databases

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "goalsite/migrations"
DAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
APPEND_ONLY = ("audit_log", "changes", "checkins", "evaluations")


class TestSchema:
    def test_models_and_migrations_agree(self, db_session: scoped_session[Session]) -> None:
        assert compare_metadata(MigrationContext.configure(db_session.connection()), db.metadata) == []

    def test_checks_agree_too(self, db_session: scoped_session[Session]) -> None:
        """Alembic does not compare CHECK constraints; their names are compared here."""
        found = inspect(db_session.connection())
        for table in db.metadata.sorted_tables:
            meant = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
            assert {check["name"] for check in found.get_check_constraints(table.name)} == meant

    def test_versions_are_numbered_in_one_line(self) -> None:
        revisions = list(ScriptDirectory(VERSIONS).walk_revisions())
        assert [script.revision for script in reversed(revisions)] == [f"{n + 1:04}" for n in range(len(revisions))]


class TestAppendOnly:
    @pytest.fixture
    def rows(self, db_session: scoped_session[Session]) -> scoped_session[Session]:
        _one_of_each(db_session)
        return db_session

    @pytest.mark.parametrize("table", APPEND_ONLY)
    @pytest.mark.parametrize(
        "statement",
        (
            "UPDATE {table} SET {column} = {column}",
            "DELETE FROM {table}",
            "TRUNCATE {table} CASCADE",
            "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        ),
    )
    def test_change_is_refused(self, rows: scoped_session[Session], engine: str, table: str, statement: str) -> None:
        if "TRUNCATE" in statement and engine == "sqlite" or "REPLACE" in statement and engine == "postgresql":
            pytest.skip("the engine has no such statement")
        column = "action" if table == "audit_log" else "goal_id" if table != "checkins" else "note"
        with pytest.raises(DBAPIError, match="append-only"):
            rows.execute(text(statement.format(table=table, column=column)))
        rows.rollback()
        assert rows.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1


class TestDownAndUp:
    def test_all_goes_and_comes_back(self, app: Flask, engine: str) -> None:
        with app.app_context():
            flask_migrate.downgrade(revision="base")
            assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
            flask_migrate.upgrade()
            with db.engine.connect() as connection:
                assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
                assert _triggers(connection, engine) == set(APPEND_ONLY)

    def test_foreign_keys_are_on_again_after_migrating(self, app: Flask, engine: str) -> None:
        if engine == "postgresql":
            pytest.skip("they are never off there")
        with app.app_context():
            flask_migrate.upgrade()
            with db.engine.connect() as connection:
                assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1

    def test_two_at_once_migrate_once(self, engine: str) -> None:
        with databases.fresh(engine, "empty", lambda url: None) as url:
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
            environment = {**os.environ, "DATABASE_URL": url}
            both = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
            for process in both:
                _, complaints = process.communicate(timeout=60)
                assert (process.returncode, complaints) == (0, b"")


def _triggers(connection: Any, engine: str) -> set[str]:
    query = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' GROUP BY 1 HAVING count(*) = 2",
        "postgresql": "SELECT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal GROUP BY 1 HAVING count(*) = 2",
    }
    return {name for (name,) in connection.execute(text(query[engine]))}


def _one_of_each(session: Any) -> None:
    unit = Unit(code="C", name="C", kind="company")
    person = Person(email="a@x.vn", email_key="a@x.vn", name="A", unit=unit)
    cycle = Cycle(code="Q", name="Q", starts_on=DAY, ends_on=DAY)
    goal = Goal(code="G", title="G", cycle=cycle, unit=unit, owner=person, created_by=person, starts_on=DAY, due_on=DAY)
    measure = Measure(goal=goal, code="M", title="M")
    session.add_all(
        [
            CheckIn(measure=measure, entered_at=NOW, on=DAY, value=1, author=person),
            Change(goal=goal, at=NOW, field="title", by=person),
            EvaluationStep(goal=goal, at=NOW, step="submitted", by=person),
            AuditRow(seq=1, at=NOW, role="", action="x", object_kind="x", object_id="1", previous_hash="", hash=""),
        ]
    )
    session.commit()
