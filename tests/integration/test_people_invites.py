"""Invitations to many: everybody of a list without a password, looked at before, made once; by e-mail or by links shown this once."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import AuditRow, Mail, OneTimeLink
from goalsite.queries import people as read
from goalsite.queries.company import now
from tests import sink as smtp
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family
from tests.queries import MOST, counted
from tests.sink import Sink

KEY = "k" * 20
LINES = re.compile(r"(?s)<textarea[^>]*>(.*?)</textarea>")
Cast = dict[str, Person]


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    cast = family()
    for who in ("director", "hr"):
        cast[who].password_hash = "set"
    cast["admin"] = join("Lâm Quốc Khánh", unit=cast["outsider"].unit, is_admin=True)
    return cast


@pytest.fixture
def hr(app: Flask, cast: Cast) -> FlaskClient:
    cast["hr"].locale = "en"
    return signed_in(app, cast["hr"])


def version_of(client: FlaskClient, there: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', client.get(there).text)
    assert found
    return found[1]


def invite(client: FlaskClient, asked: str = "", key: str = KEY) -> Any:
    there = f"/setup/people/invite{asked}"
    return client.post(there, data={"form_key": key, "version": version_of(client, there)})


def lines_of(answer: Any) -> list[list[str]]:
    found = LINES.search(answer.text)
    assert found
    return [line.split("\t") for line in found[1].strip().splitlines()]


class TestShow:
    def test_names_who_would_get_one(self, hr: FlaskClient, cast: Cast) -> None:
        cast["peer"].left_on = days_ago(1)
        cast["outsider"].disabled_at = now()
        text = hr.get("/setup/people/invite").text
        assert "Invite 2 people" in text
        for who, named in (("manager", True), ("report", True), ("peer", False), ("outsider", False), ("admin", False)):
            assert (cast[who].email in text) is named, who
        assert 'href="/setup/people/invite"' in hr.get("/setup/people").text

    def test_keeps_to_the_list(self, hr: FlaskClient, cast: Cast) -> None:
        assert "Invite 1 person" in hr.get("/setup/people/invite?text=minh anh").text
        assert "Invite 3 people" in hr.get("/setup/people/invite?unit=A").text
        for nobody in ("state=closed", "state=left", "unit=nowhere", "role=hr"):
            assert "Nobody to invite" in hr.get(f"/setup/people/invite?{nobody}").text
            assert "/setup/people/invite" not in hr.get(f"/setup/people?{nobody}").text

    def test_administrators_are_another_administrators(self, app: Flask, cast: Cast, hr: FlaskClient) -> None:
        assert "Invite 4 people" in hr.get("/setup/people/invite").text
        other = join("Tô Thị Hạnh", unit=cast["outsider"].unit, is_admin=True, password="bon chu cai that dai")
        other.locale = "en"
        assert "Invite 5 people" in signed_in(app, other).get("/setup/people/invite").text

    def test_takes_few_queries(self, app: Flask, hr: FlaskClient) -> None:
        for number in range(60):
            join(f"Người {number}", email=f"n{number}@x.vn")
        with counted(app) as sent:
            assert "and 44 others" in hr.get("/setup/people/invite").text
        assert len(sent) <= MOST


class TestInvite:
    def test_shows_each_link_once(self, app: Flask, hr: FlaskClient, cast: Cast) -> None:
        cast["report"].name = "=1+1\tAn"
        answer = invite(hr, "?unit=A")
        rows = lines_of(answer)
        said = {cast[who].email: cast[who].name.replace("\t", " ") for who in ("manager", "report", "peer")}
        assert {email: name for name, email, _link in rows} == said
        for _name, email, link in rows:
            page = app.test_client().get(link.removeprefix("http://127.0.0.1:8000"))
            assert (page.status_code, email in page.text) == (200, True)
        assert sorted(row.object_id for row in db.session.query(AuditRow).filter_by(action="invite")) == sorted(
            str(cast[who].id) for who in ("manager", "report", "peer")
        )
        assert db.session.query(Mail).count() == 0
        again = hr.post("/setup/people/invite?unit=A", data={"form_key": KEY, "version": "1"})
        assert "shown already" in again.text
        assert db.session.query(OneTimeLink).count() == 3

    def test_gives_them_as_a_file(self, hr: FlaskClient, cast: Cast) -> None:
        cast["report"].name = "=1+1"
        rows = lines_of(invite(hr, "?unit=A"))
        answer = hr.post("/setup/people/invite/file", data={"lines": "\r\n".join("\t".join(row) for row in rows)})
        assert "attachment" in answer.headers["Content-Disposition"]
        read = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
        assert read[0] == ["Name", "E-mail", "Link"]
        assert {row[2] for row in read[1:]} == {row[2] for row in rows}
        assert "'=1+1" in {row[0] for row in read}

    def test_leaves_out_who_has_a_link_unless_told(self, hr: FlaskClient, cast: Cast) -> None:
        hr.post(f"/setup/people/{cast['report'].id}/invite", data={"form_key": "o" * 20})
        text = hr.get("/setup/people/invite?unit=A").text
        assert ("Invite 2 people" in text, "1 other has a link already" in text) == (True, True)
        assert len(lines_of(invite(hr, "?unit=A"))) == 2
        assert "Nobody to invite" in hr.get("/setup/people/invite?unit=A").text
        assert len(lines_of(invite(hr, "?unit=A&again=1", "z" * 20))) == 3
        assert db.session.query(OneTimeLink).count() == 3

    def test_a_list_that_has_changed_is_looked_at_again(self, hr: FlaskClient, cast: Cast) -> None:
        seen = version_of(hr, "/setup/people/invite")
        join("Đỗ Gia Bảo", unit=cast["outsider"].unit)
        answer = hr.post("/setup/people/invite", data={"form_key": KEY, "version": seen})
        assert (answer.status_code, "Invite 5 people" in answer.text) == (409, True)
        assert db.session.query(OneTimeLink).count() == 0
        assert "has changed meanwhile" in answer.text

    def test_only_so_many_at_once(self, hr: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(read, "INVITED_AT_ONCE", 20)
        for number in range(25):
            join(f"Người {number}", email=f"n{number}@x.vn")
        assert "the first 20 of 25" in hr.get("/setup/people/invite?text=Người").text
        assert len(lines_of(invite(hr, "?text=Người"))) == 20
        assert "Invite 5 people" in hr.get("/setup/people/invite?text=Người").text


class TestByMail:
    @pytest.fixture
    def sink(self) -> Iterator[Sink]:
        with smtp.listening() as sink:
            yield sink

    @pytest.fixture
    def app_config(self, sink: Sink) -> dict[str, Any]:
        return smtp.settings(sink)

    def test_each_gets_one_and_nothing_is_shown(self, hr: FlaskClient, cast: Cast, sink: Sink) -> None:
        assert "Each gets an e-mail" in hr.get("/setup/people/invite?unit=A").text
        assert invite(hr, "?unit=A").status_code == 303
        assert "3 invitations are on their way" in hr.get("/setup/people").text
        assert invite(hr, "?unit=A&again=1").status_code == 303
        assert {mail["To"].addresses[0].addr_spec for mail in sink.wait(3)} == {
            cast[who].email for who in ("manager", "report", "peer")
        }
        assert db.session.query(Mail).count() == 3
