"""An empty site asks for the company and its first administrator, once."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from goalsite.actions import audit
from goalsite.extensions import db
from goalsite.models import Person, Setting, Unit, UnitAncestor
from tests import cast

Db = scoped_session[Session]
FILLED = {
    "company": "Điện máy Phương Nam",
    "name": "Lâm Quốc Khánh",
    "email": "Khanh.Lam@pn.vn",
    "password": cast.PASSWORD,
    "locale": "en",
    "time_zone": "Asia/Bangkok",
}


class TestFirstVisit:
    def test_every_page_leads_to_it(self, client: FlaskClient) -> None:
        assert [client.get(path).location for path in ("/account", "/sign-in")] == ["/first-visit"] * 2
        assert client.get("/first-visit").status_code == 200
        assert client.get("/healthz").status_code == 200

    def test_makes_company_and_administrator_and_signs_in(self, client: FlaskClient, db_session: Db) -> None:
        answer = client.post("/first-visit", data=FILLED)
        assert (answer.status_code, answer.location) == (303, "/setup")
        person, unit = db_session.query(Person).one(), db_session.query(Unit).one()
        assert (person.name, person.email, person.email_key) == ("Lâm Quốc Khánh", "Khanh.Lam@pn.vn", "khanh.lam@pn.vn")
        assert (person.is_admin, person.is_hr, person.unit, person.locale) == (True, True, unit, "en")
        assert (unit.name, unit.kind, unit.parent_id) == ("Điện máy Phương Nam", "company", None)
        assert db_session.query(UnitAncestor).count() == 1
        settings = {one.key: one.value for one in db_session.query(Setting)}
        assert settings == {"company_name": "Điện máy Phương Nam", "locale": "en", "time_zone": "Asia/Bangkok"}
        assert (audit.head()[0], audit.verify()) == (1, None)
        assert "Điện máy Phương Nam" in client.get("/account").text

    def test_is_gone_afterwards(self, client: FlaskClient, app: Flask) -> None:
        client.post("/first-visit", data=FILLED)
        for visitor in (client, app.test_client()):
            assert visitor.get("/first-visit").status_code == 404
            assert visitor.post("/first-visit", data=FILLED).status_code == 404

    @pytest.mark.parametrize(
        ("field", "text"),
        (
            ("password", "short"), ("password", "1234567890"), ("password", "lamquockhanh"), ("password", "Khanh.Lam@pn.vn"), ("password", "\x00" * 12),
            ("email", "nobody"), ("email", "a b@c"), ("email", ""), ("email", "a@x\x00"), ("name", " "), ("name", "x" * 301), ("company", ""),
            ("time_zone", "Mars/Base"), ("locale", "fr"),
        ),
    )  # fmt: skip
    def test_wrong_input_is_an_error_at_its_field(
        self, client: FlaskClient, db_session: Db, field: str, text: str
    ) -> None:
        answer = client.post("/first-visit", data={**FILLED, field: text})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert 'value="Điện máy Phương Nam"' in answer.text or field == "company"
        assert db_session.query(Person).count() == db_session.query(Unit).count() == 0

    def test_two_at_once_make_one_site(self, app: Flask, db_session: Db) -> None:
        def visit(number: int) -> int:
            sent: dict[str, Any] = {**FILLED, "email": f"p{number}@pn.vn"}
            return int(Context().run(app.test_client().post, "/first-visit", data=sent).status_code)

        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(visit, range(4)))
        assert statuses.count(303) == 1
        assert set(statuses) <= {303, 404, 409}
        assert db.session.query(Person).count() == 1
