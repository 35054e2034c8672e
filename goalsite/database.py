"""How the database is opened: one transaction a request, immediate for writes on SQLite, every write durable."""

import sqlite3
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from sqlalchemy import Connection, Engine, event

from goalsite import models, models_accounts, models_counts, models_follow  # noqa: F401 (the metadata needs every table)
from goalsite.extensions import db, migrate

READING = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    """Binds the database to the application and sets up its connections."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("postgresql"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(__file__).parent / "migrations"))
    if url.startswith("sqlite"):
        with app.app_context():
            _prepare_sqlite(db.engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def pragmas(connection: sqlite3.Connection, record: Any) -> None:
        # The driver's own transactions would begin too late and lose updates; ours begin in `begin` below.
        connection.isolation_level = None
        for pragma in (
            "busy_timeout = 30000",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = has_request_context() and request.method in READING and not g.get("writes")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
