"""Every error becomes a page, or a notice for htmx, in one place; what was typed is kept."""

import sqlite3
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session, scoped_session

from goalsite.actions import audit
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Metric
from tests import cast, databases

Db = scoped_session[Session]
HTMX = {"HX-Request": "true"}


def fail(code: int) -> Any:
    abort(code)


def break_rule(code: int) -> Any:
    raise RuleError("password_short", least=10)


def divide(code: int) -> Any:
    return code / 0


def clash(code: int) -> Any:
    db.session.add_all([Metric(code="same", name="a"), Metric(code="same", name="b")])
    db.session.commit()


def overflow(code: int) -> Any:
    db.session.execute(
        text(
            "SELECT CAST('x' AS integer)"
            if db.engine.dialect.name == "postgresql"
            else "SELECT abs(-9223372036854775808)"
        )
    )


@pytest.fixture
def inside(app: Flask, db_session: Db) -> FlaskClient:
    for view in (fail, break_rule, divide, clash, overflow):
        app.add_url_rule(f"/{view.__name__}/<int:code>", view.__name__, view, methods=["GET", "POST"])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return cast.signed_in(app, cast.join())


class TestErrorPage:
    @pytest.mark.parametrize("code", (400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 410, 418, 501))
    def test_page_or_notice(self, inside: FlaskClient, code: int) -> None:
        page = inside.get(f"/fail/{code}")
        assert (page.status_code, "<html" in page.text, "<h1>" in page.text) == (code, True, True)
        notice = inside.get(f"/fail/{code}", headers=HTMX)
        assert (notice.status_code, "<html" in notice.text, notice.headers["HX-Retarget"]) == (code, False, "#flash")
        assert "HX-Request" in notice.headers["Vary"]

    def test_not_allowed_says_what_is(self, inside: FlaskClient) -> None:
        answer = inside.put("/fail/400")
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]

    def test_fault_names_its_request(self, inside: FlaskClient) -> None:
        answer = inside.get("/divide/1")
        assert answer.status_code == 500
        assert answer.headers["X-Request-ID"] in answer.text

    def test_rule_nobody_took_care_of_is_said_in_words(self, inside: FlaskClient) -> None:
        answer = inside.post("/break_rule/1")
        assert answer.status_code == 422
        assert "10" in answer.text

    def test_language_is_the_readers(self, app: Flask, inside: FlaskClient) -> None:
        person = cast.join("Bình", locale="en", theme="dark")
        assert '<html lang="en" data-theme="dark">' in cast.signed_in(app, person).get("/nowhere").text


class TestWhatWasTyped:
    @pytest.mark.parametrize(("path", "code"), (("/fail/409", 409), ("/fail/503", 503), ("/clash/1", 409)))
    def test_is_kept(self, inside: FlaskClient, path: str, code: int) -> None:
        typed = {"note": "dòng\n<hai>", "form_key": "k" * 20, "password": "kín kín kín", "empty": ""}
        answer = inside.post(path, data=typed)
        assert answer.status_code == code
        assert '<textarea hidden readonly name="note">\ndòng\n&lt;hai&gt;</textarea>' in answer.text
        assert f'action="{path}"' in answer.text
        assert "kkkk" in answer.text
        assert "kín kín" not in answer.text

    def test_nothing_typed_is_a_plain_page(self, inside: FlaskClient) -> None:
        assert "textarea" not in inside.post("/fail/409").text


class TestDatabase:
    def test_constraint_is_a_conflict(self, inside: FlaskClient) -> None:
        assert inside.post("/clash/1", headers=HTMX).status_code == 409

    def test_value_it_cannot_hold(self, inside: FlaskClient, engine: str) -> None:
        assert inside.get("/overflow/1").status_code == (422 if engine == "postgresql" else 503)

    def test_unreachable(self) -> None:
        with databases.closing_app(databases.make_app("postgresql://nobody@/none?host=/nowhere")) as app:
            client = app.test_client()
            client.set_cookie("goalsite", "x")
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 503
            page = client.get("/account", headers={"Accept-Language": "en"})
            assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
            assert '<html lang="en">' in page.text
            kept = client.post("/account/save-preferences", data={"note": "dài dòng"})
            assert kept.status_code == 503
            assert "dài dòng</textarea>" in kept.text
            assert client.get("/account", headers=HTMX).status_code == 503

    @pytest.mark.parametrize("engine", ("sqlite",), indirect=True)
    def test_busy(self, app: Flask, inside: FlaskClient, db_session: Db, database_url: str) -> None:
        every_connection(app, "PRAGMA busy_timeout = 20")
        other = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        other.execute("BEGIN IMMEDIATE")
        try:
            assert inside.get("/account").status_code == 200
            answer = inside.post("/account/save-preferences", data={"preferences-locale": "en", "note": "dài dòng"})
            assert answer.status_code == 503
            assert "dài dòng</textarea>" in answer.text
        finally:
            other.close()
        assert save(inside).status_code == 303

    @pytest.mark.parametrize("engine", ("sqlite",), indirect=True)
    def test_disk_full(self, app: Flask, inside: FlaskClient, db_session: Db) -> None:
        pages = db_session.execute(text("PRAGMA page_count")).scalar()
        limit = every_connection(app, f"PRAGMA max_page_count = {pages}")
        # Each change grows the audit log until no page is left.
        statuses = [save(inside, locale).status_code for locale in ("vi", "en") * 40]
        assert set(statuses) == {303, 503}
        assert inside.get("/account").status_code == 200
        event.remove(app_engine(app), "connect", limit)
        app_engine(app).dispose()
        assert save(inside).status_code == 303
        assert audit.verify() is None


def save(client: FlaskClient, locale: str = "en") -> Any:
    return client.post(
        "/account/save-preferences",
        data={"preferences-locale": locale, "preferences-theme": "", "preferences-time_zone": ""},
    )


def app_engine(app: Flask) -> Any:
    with app.app_context():
        return db.engine


def every_connection(app: Flask, statement: str) -> Any:
    """From now on each new connection begins with the statement."""

    def run(connection: Any, record: Any) -> None:
        connection.execute(statement).fetchall()

    db.session.commit()
    event.listen(app_engine(app), "connect", run)
    app_engine(app).dispose()
    return run
