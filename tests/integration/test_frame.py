"""The frame around every page: language, cycle, what waits; page or fragment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from goalsite import frame
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_accounts import Notification
from goalsite.queries.navigation import Waiting, running_cycle, waiting_for
from goalsite.queries.viewer import viewer_for
from goalsite.respond import go_to, respond
from tests import cast

Db = scoped_session[Session]
TODAY = date.today()  # noqa: DTZ011
DAY = timedelta(days=1)


def cycle(code: str, begins: int, ends: int, state: str = "open") -> Cycle:
    return Cycle(
        code=code, name=f"Chu kỳ {code}", starts_on=TODAY + begins * DAY, ends_on=TODAY + ends * DAY, state=state
    )


class TestRunningCycle:
    @pytest.mark.parametrize(
        ("cycles", "code"),
        (
            ([cycle("Y", -100, 200), cycle("Q", -10, 80)], "Q"),
            ([cycle("Q", -10, 80, "planning"), cycle("Y", -100, 200)], "Y"),
            ([cycle("old", -200, -100, "closed"), cycle("last", -99, -1, "reviewing")], "last"),
            ([cycle("next", 5, 90, "planning"), cycle("later", 100, 190, "planning")], "next"),
            ([], None),
        ),
    )
    def test_is_what_a_page_is_about(self, cycles: list[Cycle], code: str | None) -> None:
        found = running_cycle(cycles, TODAY)
        assert (found.code if found else None) == code


class TestCycleNote:
    @pytest.mark.parametrize(
        ("begins", "ends", "note"),
        (
            (0, 97, "Week 1 of 14 · 97 days left"),
            (-97, 0, "Week 14 of 14 · 0 days left"),
            (-9, -2, "ended on"),
            (3, 9, "begins on"),
        ),
    )
    def test_says_where_we_are(self, app: Flask, begins: int, ends: int, note: str) -> None:
        with app.test_request_context(headers={"Accept-Language": "en"}):
            assert frame.cycle_note(cycle("x", begins, ends), TODAY).startswith(note)


class TestFrame:
    @pytest.fixture
    def person(self, db_session: Db) -> Person:
        db_session.add_all([cycle("Y", -100, 200), cycle("Q", -10, 80), cycle("P", -100, -11, "closed")])
        return cast.join("Lâm Quốc Khánh", title="Trưởng phòng")

    @pytest.fixture
    def inside(self, app: Flask, person: Person) -> FlaskClient:
        return cast.signed_in(app, person)

    def test_cycle_is_the_running_one_until_another_is_chosen(self, inside: FlaskClient) -> None:
        def chosen(path: str) -> str:
            return str(inside.get(path).text.split('aria-current="true">')[1].split("<")[0])

        assert [chosen(path) for path in ("/account", "/account?cycle=Y", "/account", "/account?cycle=none", "/account?cycle=Q")] == [
            "Chu kỳ Q", "Chu kỳ Y", "Chu kỳ Y", "Chu kỳ Y", "Chu kỳ Q",
        ]  # fmt: skip

    def test_picker_keeps_the_other_filters(self, inside: FlaskClient) -> None:
        page = inside.get("/account?unit=S%26M&unit=%C4%90&cycle=Q").text
        assert 'href="/account?unit=S%26M&amp;unit=%C4%90&amp;cycle=Y"' in page

    def test_names_who_is_here(self, inside: FlaskClient) -> None:
        page = inside.get("/account").text
        assert ">QK</span>" in page
        assert "Trưởng phòng" in page

    @pytest.mark.parametrize(
        ("accepted", "locale"),
        (("en-US,en;q=0.9", "en"), ("vi-VN,vi;q=0.9,en;q=0.5", "vi"), ("de", "vi"), ("", "vi"), ("\xff", "vi")),
    )
    def test_language_is_what_the_browser_reads_of_ours(
        self, inside: FlaskClient, client: FlaskClient, accepted: str, locale: str
    ) -> None:
        for browser in (inside, client):
            assert f'<html lang="{locale}"' in browser.get("/sign-in", headers={"Accept-Language": accepted}).text

    def test_language_chosen_on_the_sign_in_page_stays(
        self, client: FlaskClient, person: Person, db_session: Db
    ) -> None:
        db_session.commit()
        assert '<html lang="en"' in client.get("/sign-in?lang=en", headers={"Accept-Language": "vi"}).text
        assert '<html lang="en"' in client.get("/sign-in?lang=xx").text

    def test_costs_few_queries(self, app: Flask, inside: FlaskClient) -> None:
        inside.get("/account")
        with counted(app) as statements:
            inside.get("/account")
        assert len(statements) <= 6, statements


class TestWaitingFor:
    def test_counts_what_is_mine(self, db_session: Db) -> None:
        me, boss = cast.join("An"), cast.join("Bình")
        me.boss_id = boss.id
        now = cycle("Q", -10, 80)

        def goal(code: str, owner: Person, **facts: Any) -> Goal:
            dates = {"starts_on": TODAY - DAY, "due_on": TODAY - DAY}
            made = Goal(
                code=code,
                title=code,
                cycle=now,
                unit=cast.company(),
                owner=owner,
                created_by=owner,
                **dates,
                **({"state": "active"} | facts),
            )
            db_session.add(made)
            db_session.flush()
            return made

        def measure(goal: Goal, code: str, **facts: Any) -> Measure:
            return Measure(goal_id=goal.id, code=code, title=code, **facts)

        mine, theirs = goal("G1", me), goal("G2", boss)
        db_session.add_all(
            [
                measure(mine, "due", due_from=TODAY),
                measure(mine, "later", due_from=TODAY + DAY),
                measure(mine, "never"),
                measure(mine, "given away", due_from=TODAY, assignee=boss),
                measure(theirs, "given to me", due_from=TODAY, assignee=me),
                measure(goal("G3", me, state="draft"), "draft", due_from=TODAY),
                goal("G4", me, state="proposed"),
                goal("G5", me, evaluation="submitted", evaluator_id=boss.id),
                goal("G6", me, state="suggested"),
                Notification(person_id=me.id, kind="x", at=datetime.now(UTC)),
                Notification(person_id=me.id, kind="x", at=datetime.now(UTC), read_at=datetime.now(UTC)),
            ]
        )
        db_session.flush()
        nothing = {"evaluation": 0, "goal": 0, "change": 0, "suggestion": 0, "review": 0}
        for_me, for_them = waiting_for(viewer_for(me), TODAY), waiting_for(viewer_for(boss), TODAY)
        assert for_me == Waiting(due=2, unread=1, by_kind=nothing | {"suggestion": 1})
        assert for_them == Waiting(due=1, unread=0, by_kind=nothing | {"goal": 1, "evaluation": 1})
        assert (for_me.decisions, for_them.decisions) == (1, 2)


class TestRespond:
    @pytest.fixture
    def inside(self, app: Flask, db_session: Db) -> FlaskClient:
        def show() -> Response:
            return respond("errors/error.html", fragment="errors/_error.html", status=409, code=409)

        app.add_url_rule("/show", "show", show)
        app.add_url_rule("/go", "go", lambda: go_to("/there"), methods=["POST"])
        return cast.signed_in(app, cast.join())

    @pytest.mark.parametrize(
        ("headers", "page"),
        (
            ({}, True),
            ({"HX-Request": "true"}, False),
            ({"HX-Request": "true", "HX-Request-Type": "partial"}, False),
            ({"HX-Request": "true", "HX-Request-Type": "full"}, True),
            ({"HX-Request": "true", "HX-Boosted": "true"}, True),
            ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
        ),
    )
    def test_page_or_fragment(self, inside: FlaskClient, headers: dict[str, str], page: bool) -> None:
        answer = inside.get("/show", headers=headers)
        assert (answer.status_code, "<html" in answer.text) == (409, page)
        assert "HX-Request" in answer.headers["Vary"]

    def test_on_to_another_page(self, inside: FlaskClient) -> None:
        plain, htmx = inside.post("/go"), inside.post("/go", headers={"HX-Request": "true"})
        assert (plain.status_code, plain.location) == (303, "/there")
        assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (200, "/there")


class TestReadyz:
    def test_database_with_the_schema(self, client: FlaskClient) -> None:
        assert client.get("/readyz").status_code == 200

    def test_database_without(self, app: Flask, client: FlaskClient, db_session: Db) -> None:
        db_session.execute(db.text("UPDATE alembic_version SET version_num = '0000'"))
        assert client.get("/readyz").status_code == 503


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    db.session.commit()
    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)
