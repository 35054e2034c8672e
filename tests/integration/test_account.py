"""One's own account, and one-time links."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, scoped_session

from goalsite.actions import accounts
from goalsite.domain.errors import RuleError
from goalsite.models import Person
from goalsite.models_accounts import AuditRow, OneTimeLink
from tests import cast

Db = scoped_session[Session]
NEW = "khac han cai cu"


@pytest.fixture
def person(db_session: Db) -> Person:
    person = cast.join("Lâm Quốc Khánh", password=cast.PASSWORD)
    db_session.commit()
    return person


@pytest.fixture
def inside(app: Flask, person: Person) -> FlaskClient:
    return cast.signed_in(app, person)


class TestShow:
    def test_lists_where_one_is_signed_in(self, inside: FlaskClient, app: Flask, person: Person) -> None:
        cast.signed_in(app, person)
        assert inside.get("/account").text.count("127.0.0.1") == 2

    def test_shows_nobody_elses(self, inside: FlaskClient, app: Flask, db_session: Db) -> None:
        cast.signed_in(app, cast.join("Bình"))
        assert inside.get("/account").text.count("127.0.0.1") == 1


class TestSavePreferences:
    def save(self, client: FlaskClient, **chosen: str) -> int:
        fields = {"locale": "en", "theme": "dark", "time_zone": "Europe/Berlin"} | chosen
        return client.post(
            "/account/save-preferences", data={f"preferences-{name}": text for name, text in fields.items()}
        ).status_code

    def test_pages_follow(self, inside: FlaskClient, person: Person) -> None:
        assert self.save(inside) == 303
        assert '<html lang="en" data-theme="dark"' in inside.get("/account").text
        assert person.time_zone == "Europe/Berlin"

    @pytest.mark.parametrize(
        "chosen",
        (
            {"locale": "fr"},
            {"theme": "pink"},
            {"time_zone": "Mars/Base"},
            {"time_zone": "../../etc/passwd"},
            {"locale": "\x00"},
        ),
    )
    def test_only_what_there_is(self, inside: FlaskClient, person: Person, chosen: dict[str, str]) -> None:
        assert self.save(inside, **chosen) == 422
        assert person.theme == ""

    def test_writes_one_audit_row(self, inside: FlaskClient, db_session: Db) -> None:
        self.save(inside)
        row = db_session.query(AuditRow).one()
        assert (row.action, row.before["theme"], row.after["theme"]) == ("save_preferences", "", "dark")  # type: ignore[index]


class TestChangePassword:
    def change(self, client: FlaskClient, current: str, new: str) -> tuple[int, str]:
        answer = client.post("/account/change-password", data={"password-current": current, "password-password": new})
        return answer.status_code, answer.text

    def test_holds_from_now_on(self, inside: FlaskClient, person: Person, client: FlaskClient) -> None:
        assert self.change(inside, cast.PASSWORD, NEW)[0] == 303
        assert client.post("/sign-in", data={"email": person.email, "password": cast.PASSWORD}).status_code == 422
        assert client.post("/sign-in", data={"email": person.email, "password": NEW}).status_code == 303

    @pytest.mark.parametrize(
        ("current", "new", "field"),
        (("wrong", NEW, "current"), (cast.PASSWORD, "too few", "password"), (cast.PASSWORD, "x" * 201, "password")),
    )
    def test_refused_at_its_field(self, inside: FlaskClient, current: str, new: str, field: str) -> None:
        status, page = self.change(inside, current, new)
        assert status == 422
        assert f'id="password-{field}-error"' in page
        assert new not in page

    def test_is_kept_as_argon2id(self, person: Person) -> None:
        assert str(person.password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_older_hash_is_renewed_at_sign_in(self, person: Person, client: FlaskClient, db_session: Db) -> None:
        weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
        person.password_hash = weaker.hash(cast.PASSWORD)
        client.post("/sign-in", data={"email": person.email, "password": cast.PASSWORD})
        db_session.refresh(person)
        assert "m=19456" in str(person.password_hash)


class TestWelcome:
    @pytest.fixture
    def link(self, person: Person, db_session: Db) -> str:
        token = accounts.make_link(None, person, "invite", datetime.now(UTC))
        db_session.commit()
        return f"/welcome/{token}"

    def test_sets_the_password_once_and_signs_in(self, client: FlaskClient, app: Flask, link: str) -> None:
        assert "Lâm Quốc Khánh" in client.get(link).text
        assert client.post(link, data={"password": NEW}).location == "/"
        assert client.get("/account").status_code == 200
        assert app.test_client().get(link).status_code == 404
        assert app.test_client().post(link, data={"password": NEW}).status_code == 404

    def test_looking_does_not_use_it_up(self, client: FlaskClient, link: str) -> None:
        assert [client.get(link).status_code for _ in range(3)] == [200] * 3

    def test_refused_password_leaves_it_open(self, client: FlaskClient, link: str) -> None:
        assert client.post(link, data={"password": "lam quoc khanh"}).status_code == 422
        assert client.post(link, data={"password": NEW}).status_code == 303

    @pytest.mark.parametrize(
        "change",
        (
            update(OneTimeLink).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)),
            update(Person).values(disabled_at=datetime.now(UTC)),
            update(Person).values(left_on=(datetime.now(UTC) - timedelta(days=2)).date()),
        ),
    )
    def test_too_old_or_not_for_them_any_more(
        self, client: FlaskClient, link: str, db_session: Db, change: object
    ) -> None:
        db_session.execute(change)  # type: ignore[call-overload]
        assert client.get(link).status_code == 404
        assert client.post(link, data={"password": NEW}).status_code == 404

    def test_newer_link_ends_the_older(self, client: FlaskClient, link: str, person: Person) -> None:
        accounts.make_link(None, person, "reset", datetime.now(UTC))
        assert client.get(link).status_code == 404

    def test_sessions_of_before_end(self, client: FlaskClient, inside: FlaskClient, link: str) -> None:
        client.post(link, data={"password": NEW})
        assert inside.get("/account").status_code == 303

    @pytest.mark.parametrize("token", ("x", "%00", "%ED%A0%80", "a" * 5000))
    def test_invented_link(self, client: FlaskClient, person: Person, token: str) -> None:
        assert client.get(f"/welcome/{token}").status_code in (400, 404)


class TestCheckPassword:
    @pytest.mark.parametrize(
        ("password", "code"),
        (
            ("123456789", "password_short"),
            ("1234567890", "password_common"),
            ("Password123", "password_common"),
            ("matkhau123", "password_common"),
            ("aaaaaaaaaaaa", "password_common"),
            ("Lâm Quốc Khánh", "password_is_name"),
            ("lamquockhanh", "password_is_name"),
            ("khanh.lam@company.vn", "password_is_name"),
            ("x" * 201, "password_long"),
        ),
    )
    def test_refused(self, password: str, code: str) -> None:
        with pytest.raises(RuleError, match=code):
            accounts.check_password(password, "Lâm Quốc Khánh", "khanh.lam@company.vn")

    @pytest.mark.parametrize("password", ("bon chu cai dai", "mưa rào tháng sáu", "😀" * 4 + "abcdef", "x1" * 5 + "yz"))
    def test_taken(self, password: str) -> None:
        accounts.check_password(password, "Lâm Quốc Khánh", "khanh.lam@company.vn")
