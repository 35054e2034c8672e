"""The server as it is started: `python -m goalsite.serve` in a process of its own."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from flask import Flask
from sqlalchemy import text

from goalsite import demo
from goalsite.extensions import db
from goalsite.schema import schema_state
from tests import databases

ROOT = Path(__file__).parents[2]
PATIENCE = 30
Start = Callable[..., "Server"]


class Server:
    """A started server; `answers` waits until it does."""

    def __init__(self, port: int, *arguments: str, **environment: str) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "goalsite.serve", "--port", str(port), *arguments],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def answers(self) -> http.client.HTTPConnection:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.connection.request("GET", "/healthz")
                assert self.connection.getresponse().read() == b"ok\n"
            except OSError:
                self.connection.close()
                time.sleep(0.05)
            else:
                return self.connection
        raise AssertionError(self.output())

    def line(self) -> str:
        """The next line it said."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def output(self) -> str:
        """Everything it said; ends it if it runs still."""
        self.connection.close()
        self.process.terminate()
        return self.process.communicate(timeout=PATIENCE)[0]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Server] = []

    def begin(*arguments: str, port: int | None = None, **environment: str) -> Server:
        started.append(Server(port or free_port(), *arguments, **environment))
        return started[-1]

    yield begin
    for server in started:
        server.output()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class TestSchemaState:
    @pytest.mark.parametrize(
        ("statement", "state"),
        (
            ("SELECT 1", "current"),
            ("UPDATE alembic_version SET version_num = 'later'", "ahead"),
            ("DELETE FROM alembic_version", "foreign"),
        ),
    )
    def test_tells_what_was_done_to_it(self, app: Flask, statement: str, state: str) -> None:
        with app.app_context():
            db.session.execute(text(statement))
            db.session.commit()
            assert schema_state() == state

    def test_nothing_is_empty(self, engine: str) -> None:
        with databases.empty(engine) as url, databases.closing_app(databases.make_app(url)) as app, app.app_context():
            assert schema_state() == "empty"


class TestServe:
    def test_empty_database_gets_its_schema(self, start: Start, engine: str) -> None:
        with databases.empty(engine) as url:
            server = start(DATABASE_URL=url)
            connection = server.answers()
            connection.request("GET", "/readyz")
            assert connection.getresponse().status == 200
            assert f"Goalsite is at http://127.0.0.1:{server.port}\n" in server.output()
            assert server.process.returncode == 0

    def test_says_when_links_cannot_be_mailed(self, start: Start, database_url: str) -> None:
        mail = {"GOALSITE_SMTP_HOST": "127.0.0.1", "GOALSITE_MAIL_SENDER": "goals@x.vn"}
        assert start(DATABASE_URL=database_url, **mail).line().startswith("E-mail is set, but GOALSITE_URL is not")
        told = start(DATABASE_URL=database_url, GOALSITE_URL="https://goals.x.vn", **mail)
        assert told.line().startswith("Goalsite is at")

    def test_schema_that_does_not_fit_is_refused(self, start: Start, app: Flask, database_url: str) -> None:
        with app.app_context():
            db.session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
            db.session.commit()
        server = start(DATABASE_URL=database_url)
        assert server.process.wait(PATIENCE) == 1
        assert "newer than this Goalsite" in server.output()

    def test_taken_port_is_refused(self, start: Start) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            server = start(port=taken.getsockname()[1])
            assert server.process.wait(PATIENCE) == 1
        assert "--port chooses another port" in server.output()

    def test_what_is_in_flight_when_told_to_stop_is_finished(self, start: Start) -> None:
        with databases.fresh("sqlite", "migrated", databases.migrate) as url:
            server = start(DATABASE_URL=url)
            connection = server.answers()
            writer = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            writer.execute("BEGIN IMMEDIATE")
            # It waits for its turn to write, which the transaction above keeps from it.
            connection.request("POST", "/first-visit")
            time.sleep(0.5)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert server.process.poll() is None
            writer.execute("ROLLBACK")
            writer.close()
            assert connection.getresponse().status == 400
            assert server.process.wait(PATIENCE) == 0


class TestDemo:
    def test_passwords_reach_no_other_database(self, app: Flask) -> None:
        with app.app_context(), pytest.raises(demo.NotTheDemo):
            demo.prepare(app, date(2026, 3, 2))

    def test_accounts_it_prints_can_sign_in(self, start: Start, tmp_path: Path) -> None:
        server = start("--demo", GOALSITE_INSTANCE=str(tmp_path), DATABASE_URL="postgresql://not-this-one/")
        server.answers()
        lines = [server.line() for _ in range(6)]
        assert lines[0] == f"Goalsite is at http://127.0.0.1:{server.port}"
        assert [line.split()[0] for line in lines[1:]] == ["director", "manager", "employee", "hr", "administrator"]
        for line in lines[1:]:
            _, email, password = line.split()
            assert signs_in(server.port, email, password), line

    def test_is_made_again_on_another_day_only(self, start: Start, tmp_path: Path) -> None:
        def serve_once() -> None:
            server = start("--demo", GOALSITE_INSTANCE=str(tmp_path))
            server.answers()
            server.output()

        def execute(statement: str) -> list[tuple[int]]:
            with closing(sqlite3.connect(tmp_path / "demo.db", isolation_level=None)) as connection:
                return connection.execute(statement).fetchall()

        serve_once()
        execute("CREATE TABLE mark (here)")
        serve_once()
        assert execute("SELECT count(*) FROM sqlite_master WHERE name = 'mark'") == [(1,)]
        execute("PRAGMA user_version = 20200101")
        serve_once()
        assert execute("SELECT count(*) FROM sqlite_master WHERE name = 'mark'") == [(0,)]


def signs_in(port: int, email: str, password: str) -> bool:
    """Whether the form takes them, filled in as a person would."""
    browser = build_opener(HTTPCookieProcessor())
    address = f"http://127.0.0.1:{port}/sign-in"
    with browser.open(address) as page:
        fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page.read().decode()))
    with browser.open(address, urlencode({**fields, "email": email, "password": password}).encode()) as page:
        return "/sign-in" not in page.url
