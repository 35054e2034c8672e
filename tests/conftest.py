"""What every test may ask for.

What builds on `engine` comes twice, on SQLite and on PostgreSQL, and each test has a database of its own.
"""

import tests.run  # noqa: F401  # isort: skip (it shields the run from this machine's settings before goalsite reads them)

import os
from collections.abc import Iterator
from contextvars import Context
from typing import Any

import hypothesis
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session
from xdist.scheduler import LoadScopeScheduling

from goalsite.extensions import db
from tests import databases

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

NO_BROWSER = "no Chromium was found"


class Client(FlaskClient):
    """Gives each request an application context of its own, as a server does, though the test may hold one itself.

    What the test wrote is committed before, so that the request sees it; what the request wrote is read afresh after.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.commit()
        return Context().run(super().open, *args, **kwargs)


class OneBrowser(LoadScopeScheduling):
    """Hands tests out one by one, but all of the browser's to one process: two browsers on two cores get in each other's way."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


@pytest.fixture(params=databases.ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The database engine's name."""
    return str(request.param)


@pytest.fixture
def database_url(engine: str) -> Iterator[str]:
    """A database of the test's own: the schema, and nothing in it."""
    with databases.fresh(engine, "migrated", databases.migrate) as url:
        yield url


@pytest.fixture
def app_config() -> dict[str, Any]:
    """Settings besides the tests' own: a module or a class that needs some has a fixture of this name."""
    return {}


@pytest.fixture
def app(database_url: str, app_config: dict[str, Any]) -> Iterator[Flask]:
    """The application on that database."""
    with databases.closing_app(databases.make_app(database_url, **app_config)) as app:
        app.test_client_class = Client
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody has signed in with; `app.test_client()` makes more."""
    return app.test_client()


@pytest.fixture
def db_session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The test's own session, to arrange and to look."""
    with app.app_context():
        yield db.session
        db.session.rollback()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser:
    return OneBrowser(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if any(NO_BROWSER in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())):
        terminalreporter.section("THE BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{NO_BROWSER}: what people see and click went untested.")
        terminalreporter.line("Install one (Debian: apt install chromium; Fedora: dnf install chromium; or Chrome),")
        terminalreporter.line("or name it: GOALSITE_CHROMIUM=/path/to/chromium script/test")
