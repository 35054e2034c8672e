"""Signing in: what is refused, how often, and that a session is over when it is over."""

import re
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import scoped_session

from goalsite.actions import accounts
from goalsite.models import Person
from goalsite.models_accounts import Session, SignInFailure
from goalsite.queries.accounts import digest
from tests import cast, databases

Db = scoped_session[OrmSession]
NOW = datetime.now(UTC)


@pytest.fixture
def person(db_session: Db) -> Person:
    person = cast.join(email="An.Nguyen@x.vn", password=cast.PASSWORD)
    db_session.commit()
    return person


def sign_in(client: FlaskClient, email: str = "an.nguyen@x.vn", password: str = cast.PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def words(answer: Any) -> str:
    """The page, but for the key of its form, which is another each time."""
    return re.sub(r'name="form_key"[^>]*', "", answer.text)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


class TestSignIn:
    def test_opens_the_site(self, client: FlaskClient, person: Person) -> None:
        assert not is_in(client)
        answer = sign_in(client, " AN.NGUYEN@x.vn ")
        assert (answer.status_code, answer.location) == (303, "/")
        assert is_in(client)

    def test_leads_to_where_one_wanted_to_go(self, client: FlaskClient, person: Person) -> None:
        wanted = client.get("/account?x=1")
        assert (wanted.status_code, wanted.location) == (303, "/sign-in?next=/account?x%3D1")
        answer = client.post(wanted.location, data={"email": "an.nguyen@x.vn", "password": cast.PASSWORD})
        assert answer.location == "/account?x=1"
        assert (
            client.post("/sign-in?next=//evil", data={"email": "an.nguyen@x.vn", "password": cast.PASSWORD}).location
            == "/"
        )

    def test_only_a_digest_of_the_token_is_stored(self, client: FlaskClient, person: Person, db_session: Db) -> None:
        sign_in(client)
        with client.session_transaction() as cookie:
            token = cookie["_user_id"]
        assert db_session.scalars(select(Session.token_hash)).all() == [digest(token)]
        assert len(token) >= 43

    def test_what_the_cookie_held_before_is_gone(self, client: FlaskClient, person: Person) -> None:
        with client.session_transaction() as cookie:
            cookie["planted"] = "x"
            cookie["locale"] = "en"
        sign_in(client)
        with client.session_transaction() as cookie:
            assert "planted" not in cookie
            assert cookie["locale"] == "en"

    def test_remembering_is_a_choice(self, client: FlaskClient, person: Person, db_session: Db) -> None:
        assert "Expires" not in sign_in(client).headers["Set-Cookie"]
        assert "Expires" in sign_in(client, remember="y").headers["Set-Cookie"]
        lives = sorted(one.expires_at - one.created_at for one in db_session.scalars(select(Session)))
        assert lives == [timedelta(hours=12), timedelta(days=30)]

    @pytest.mark.parametrize(
        "facts",
        (
            {"disabled_at": NOW},
            {"left_on": NOW.date() - timedelta(days=2)},
            {"password_hash": None},
            {"password_hash": "broken"},
        ),
    )
    def test_closed_account_is_answered_like_a_wrong_password(
        self, client: FlaskClient, person: Person, db_session: Db, facts: dict[str, Any]
    ) -> None:
        wrong = words(sign_in(client, password="not this one at all"))
        db_session.execute(update(Person).values(facts))
        answer = sign_in(client)
        assert (answer.status_code, words(answer)) == (422, wrong)

    def test_naughty_input_is_an_error_at_its_field(self, client: FlaskClient, person: Person) -> None:
        for text in (
            "\x00",
            "a\x00@x.vn",
            "a" * 301,
            "a" * 100_000,
            "'; DROP TABLE people; --",
            "<script>alert(1)</script>",
            "😀@x.vn",
            "\ud83d",
        ):
            answer = client.post(
                "/sign-in", data={"email": (sent := text.encode("utf-8", "surrogatepass")), "password": sent[:50]}
            )
            assert answer.status_code == 422
            assert "<script>alert" not in answer.text


class TestKnownAndUnknown:
    def test_words_are_the_same(self, client: FlaskClient, person: Person) -> None:
        known, unknown = (sign_in(client, email, "wrong wrong wrong") for email in ("an.nguyen@x.vn", "no.nguyen@x.vn"))
        assert known.status_code == unknown.status_code == 422
        assert words(known).replace("an.nguyen", "no.nguyen") == words(unknown)

    def test_time_is_the_same(self, person: Person, db_session: Db) -> None:
        """Both hash a password, which takes far longer than all the rest."""

        def taken(email: str) -> float:
            began = time.perf_counter()
            accounts.sign_in(
                email, "wrong wrong wrong", address="", agent="", lifetime=timedelta(hours=1), now=datetime.now(UTC)
            )
            db_session.rollback()
            return time.perf_counter() - began

        both = [(taken("an.nguyen@x.vn"), taken("no.nguyen@x.vn")) for _ in range(7)]
        known, unknown = (median(times) for times in zip(*both, strict=True))
        assert 0.5 < known / unknown < 2


class TestThrottle:
    def test_eleventh_attempt_on_an_account_is_refused_even_if_right(
        self, client: FlaskClient, person: Person, app: Flask
    ) -> None:
        for _ in range(10):
            assert sign_in(client, password="wrong wrong wrong").status_code == 422
        answer = sign_in(client)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
        assert not is_in(client)

    def test_unknown_accounts_are_answered_alike(self, client: FlaskClient, person: Person) -> None:
        statuses = [sign_in(client, "no@x.vn", "wrong wrong wrong").status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]

    def test_address_that_tries_many_accounts_is_refused(self, client: FlaskClient, person: Person, app: Flask) -> None:
        for number in range(10):
            sign_in(client, f"p{number}@x.vn", "wrong wrong wrong")
        assert sign_in(client).status_code == 429
        elsewhere = app.test_client()
        elsewhere.environ_base["REMOTE_ADDR"] = "10.0.0.9"
        assert sign_in(elsewhere).status_code == 303

    def test_failures_are_counted_across_processes(
        self, client: FlaskClient, person: Person, database_url: str
    ) -> None:
        for _ in range(10):
            sign_in(client, password="wrong wrong wrong")
        with databases.closing_app(databases.make_app(database_url)) as other:
            assert sign_in(other.test_client()).status_code == 429

    def test_is_over_after_five_minutes(self, client: FlaskClient, person: Person, db_session: Db) -> None:
        for _ in range(10):
            sign_in(client, password="wrong wrong wrong")
        db_session.execute(update(SignInFailure).values(at=NOW - timedelta(minutes=6)))
        assert sign_in(client).status_code == 303


class TestSession:
    def test_copied_cookie_is_dead_after_sign_out(self, client: FlaskClient, person: Person, app: Flask) -> None:
        sign_in(client)
        copied = copy_of(client, app)
        assert is_in(copied)
        assert client.post("/sign-out").location == "/sign-in"
        assert not is_in(client)
        assert not is_in(copied)

    @pytest.mark.parametrize(
        "change",
        (
            update(Session).values(expires_at=NOW - timedelta(seconds=1)),
            update(Person).values(disabled_at=NOW),
            update(Person).values(left_on=NOW.date() - timedelta(days=2)),
        ),
    )
    def test_ends_at_once_when_expired_disabled_or_gone(
        self, client: FlaskClient, person: Person, db_session: Db, change: Any
    ) -> None:
        sign_in(client)
        assert is_in(client)
        db_session.execute(change)
        assert not is_in(client)

    def test_last_day_of_work_counts(self, client: FlaskClient, person: Person, db_session: Db) -> None:
        sign_in(client)
        db_session.execute(update(Person).values(left_on=NOW.date() + timedelta(days=1)))
        assert is_in(client)

    def test_invented_token_is_nobodys(self, client: FlaskClient, person: Person) -> None:
        for token in ("", "x", "1", str(person.id), "\x00", "\ud800"):
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
            assert client.get("/account").status_code == 303

    def test_remember_cookie_of_flask_login_opens_nothing(self, client: FlaskClient, person: Person) -> None:
        client.set_cookie("remember_token", f"{person.id}|{'0' * 128}")
        assert not is_in(client)

    def test_new_password_ends_all_others(self, client: FlaskClient, person: Person, app: Flask) -> None:
        sign_in(client)
        other = app.test_client()
        sign_in(other)
        copied = copy_of(client, app)
        client.post(
            "/account/change-password", data={"password-current": cast.PASSWORD, "password-password": "khac han cai cu"}
        )
        assert [is_in(one) for one in (client, other, copied)] == [True, False, False]

    def test_sign_out_everywhere(self, client: FlaskClient, person: Person, app: Flask) -> None:
        sign_in(client)
        other = app.test_client()
        sign_in(other)
        client.post("/account/end-sessions")
        assert not is_in(client)
        assert not is_in(other)

    def test_sign_out_of_nobody_leads_to_the_sign_in(self, client: FlaskClient, person: Person) -> None:
        assert client.post("/sign-out").location == "/sign-in"


def copy_of(client: FlaskClient, app: Flask) -> FlaskClient:
    cookie = client.get_cookie("goalsite")
    assert cookie is not None
    copied = app.test_client()
    copied.set_cookie("goalsite", cookie.value)
    return copied
