"""Fresh databases for tests: copies of templates that are made once per test run, by whichever process asks first."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import flask_migrate
import psycopg
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import make_url

from goalsite import create_app
from goalsite.extensions import db
from tests import postgres
from tests.run import FOLDER

ENGINES = ("sqlite", "postgresql")


def make_app(url: str, **config: Any) -> Flask:
    """The application on that database. Its forms need no CSRF token unless `config` says so."""
    app = create_app({"TESTING": True, "SECRET_KEY": "tests", "WTF_CSRF_ENABLED": False, "DATABASE_URL": url, **config})
    # Each test has an application of its own; compiling the templates anew for each would be most of what tests do.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(FOLDER))
    return app


@contextmanager
def closing_app(app: Flask) -> Iterator[Flask]:
    """The application; its connections are closed at the end, so that its database can be copied or dropped."""
    try:
        yield app
    finally:
        if "mailing" in app.extensions:
            app.extensions["mailing"].stop()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def fresh(engine: str, template: str, fill: Callable[[str], None]) -> Iterator[str]:
    """The URL of a database of one's own, as `fill(url)` left the template of that name."""
    _make_template(engine, template, fill)
    with _lent(engine, template) as url:
        yield url


@contextmanager
def empty(engine: str) -> Iterator[str]:
    """The URL of a database without a table."""
    with _lent(engine, None) as url:
        yield url


def migrate(url: str) -> None:
    """Makes the schema, by the migrations."""
    with closing_app(make_app(url)) as app, app.app_context():
        flask_migrate.upgrade()


def clear() -> None:
    """At the run's end: stops the run's own server, or drops what the run made on the server it was given."""
    if "TEST_DATABASE_URL" in os.environ:
        for (name,) in _execute("SELECT datname FROM pg_database"):
            if name.startswith(_prefixed("")):
                _execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    postgres.stop(FOLDER)


def _make_template(engine: str, name: str, fill: Callable[[str], None]) -> None:
    made = FOLDER / f"{name}.{engine}.made"
    with _locked("templates"):
        if not made.exists():
            fill(_create(engine, name, None))
            made.touch()


@contextmanager
def _lent(engine: str, template: str | None) -> Iterator[str]:
    name = f"{template or 'empty'}-{os.urandom(6).hex()}"
    url = _create(engine, name, template)
    try:
        yield url
    finally:
        _drop(engine, name)


def _create(engine: str, name: str, template: str | None) -> str:
    if engine == "postgresql":
        _execute(f'CREATE DATABASE "{_prefixed(name)}" TEMPLATE "{_prefixed(template) if template else "template0"}"')
        return make_url(_server()).set(database=_prefixed(name)).render_as_string(hide_password=False)
    if template and (FOLDER / f"{template}.db").exists():
        shutil.copy(FOLDER / f"{template}.db", FOLDER / f"{name}.db")
    return f"sqlite:///{FOLDER}/{name}.db"


def _drop(engine: str, name: str) -> None:
    if engine == "postgresql":
        _execute(f'DROP DATABASE "{_prefixed(name)}" WITH (FORCE)')
    else:
        for file in FOLDER.glob(f"{name}.db*"):
            file.unlink()


def _server() -> str:
    """The URL of a database whose user may create others: the one given, or that of a server of the run's own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    with _locked("server"):
        return postgres.start(FOLDER)


def _execute(statement: str) -> list[Any]:
    url = make_url(_server()).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        answer = connection.execute(statement)
        return answer.fetchall() if answer.description else []


def _prefixed(name: str) -> str:
    """The name on the server, where other runs may have databases too."""
    return f"{FOLDER.name}-{name}"


@contextmanager
def _locked(name: str) -> Iterator[None]:
    with (FOLDER / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
