"""Runs the migrations: one transaction, one runner at a time, SQLite's foreign keys off while tables are rebuilt."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.types import TypeDecorator

LOCK = 7_405_366  # any number, the same in every process: PostgreSQL's advisory lock for migrating


def run() -> None:
    """Upgrades, downgrades or compares, as the command asked."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        _foreign_keys(connection, "OFF")
        try:
            _migrate(connection, database.metadata)
        finally:
            connection.rollback()
            _foreign_keys(connection, "ON")


def _migrate(connection: Connection, metadata: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=_plain_type,
        transactional_ddl=True,
        user_module_prefix="sa.",
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()
        _refuse_orphans(connection)


def _foreign_keys(connection: Connection, state: str) -> None:
    # Recreating a table with them on would delete its children; the pragma does nothing inside a transaction.
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys = {state}")


def _refuse_orphans(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        if orphans:
            raise RuntimeError(f"the migration leaves rows that point nowhere: {orphans[:5]}")


def _plain_type(kind: str, item: Any, autogen: Any) -> Any:
    """Our own column types are written as what they are in the database, so that old migrations need no new code."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("goalsite"):
        return f"sa.{item.impl_instance!r}"
    return False


run()
