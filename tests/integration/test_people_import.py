"""A list of people: every row looked at first, then all of it or nothing."""

import io
import re
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import AuditRow, Session
from goalsite.queries.company import today
from tests.cast import join, signed_in
from tests.integration.builders import family

Cast = dict[str, Person]
HEAD = "email\tname\ttitle\tunit"


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    cast = family()
    cast["admin"] = join("Lâm Quốc Khánh", unit=cast["outsider"].unit, is_admin=True, password="bon chu cai that dai")
    rebuild_organisation(today())
    return cast


@pytest.fixture
def hr(app: Flask, cast: Cast) -> FlaskClient:
    return browser(app, cast["hr"])


def browser(app: Flask, person: Person) -> FlaskClient:
    person.locale = "en"
    return signed_in(app, person)


def look(client: FlaskClient, *rows: str, head: str = HEAD) -> TestResponse:
    return client.post("/setup/people/import", data={"text": "\n".join([head, *rows])})


def carried(answer: TestResponse) -> dict[str, str]:
    """What the page of the preview sends on."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1]  # type: ignore[index]
        for name in ("content", "seen", "form_key")
    }


def save(client: FlaskClient, answer: TestResponse) -> TestResponse:
    return client.post("/setup/people/import/save", data=carried(answer))


def rows() -> list[AuditRow]:
    return db.session.query(AuditRow).all()


class TestPreview:
    def test_says_what_becomes_of_every_row_and_writes_nothing(self, hr: FlaskClient, cast: Cast) -> None:
        report, peer = cast["report"], cast["peer"]
        answer = look(
            hr,
            "moi@x.vn\tĐỗ Gia Bảo\tKỹ sư\tA",
            f"{report.email.upper()}\t{report.name}\tTrưởng nhóm\tA",
            f"{peer.email}\t{peer.name}\t\tA",
            "hong\tKhông\t\tA",
            "khac@x.vn\tAi đó\t\tnowhere",
        )
        assert answer.status_code == 200
        assert "1 new, 1 changed, 1 unchanged, 2 refused" in answer.text
        for words in ("<code>title</code>", "is not an e-mail address", "“nowhere” is not in units"):
            assert words in answer.text
        assert "Save all rows" not in answer.text
        assert re.findall(r'<td class="r num">(\d)</td>', answer.text) == ["5", "6", "2", "3", "4"]
        assert db.session.query(Person).count() == 7

    @pytest.mark.parametrize(
        ("text", "words"),
        (
            ("", "Choose a file"),
            ("email\tnom\na@x.vn\tA", "nom"),
            ("x" * 1_300_000, "too large"),
            ("\x00", "cannot be kept"),
        ),
    )
    def test_what_cannot_be_read_is_said(self, hr: FlaskClient, cast: Cast, text: str, words: str) -> None:
        answer = hr.post("/setup/people/import", data={"text": text})
        assert words in answer.text
        assert answer.status_code in (200, 422)

    def test_a_broken_workbook_is_refused(self, hr: FlaskClient, cast: Cast) -> None:
        answer = hr.post("/setup/people/import", data={"file": (io.BytesIO(b"PK\x03\x04broken"), "a.xlsx")})
        assert answer.status_code == 422
        assert "not a workbook that can be read" in answer.text

    def test_other_encodings_are_refused(self, hr: FlaskClient, cast: Cast) -> None:
        for content in ("email,name\nmoi@x.vn,Bảo".encode("utf-16"), "email,nàme\n".encode("latin-1")):
            answer = hr.post("/setup/people/import", data={"file": (io.BytesIO(content), "a.csv")})
            assert answer.status_code == 422
            assert "Save the file as UTF-8" in answer.text

    def test_is_not_for_others(self, app: Flask, cast: Cast) -> None:
        client = browser(app, cast["manager"])
        assert client.get("/setup/people/import").status_code == 403
        assert [client.post(f"/setup/people/import{path}").status_code for path in ("", "/save", "/report")] == [
            403
        ] * 3


class TestSave:
    def test_writes_all_of_it_with_one_audit_row(self, hr: FlaskClient, cast: Cast) -> None:
        answer = look(hr, "moi@x.vn\tĐỗ Gia Bảo\tKỹ sư\tA", f"{cast['report'].email}\t{cast['report'].name}\t\tB")
        assert save(hr, answer).status_code == 303
        made = db.session.query(Person).filter_by(email_key="moi@x.vn").one()
        assert (made.boss_id, cast["report"].boss_id) == (cast["manager"].id, cast["director"].id)
        assert (cast["report"].version, made.sort_key != "") == (2, True)
        assert [(row.action, row.object_id) for row in rows()] == [("load", "people")]
        assert save(hr, answer).status_code == 303
        assert len(rows()) == 1

    def test_a_workbook_with_a_people_sheet(self, hr: FlaskClient, cast: Cast) -> None:
        book = openpyxl.Workbook()
        book.create_sheet("other").append(["nothing"])
        sheet = book.create_sheet("people")
        for row in (["email", "name", "unit"], ["moi@x.vn", "Đỗ Gia Bảo", "A"]):
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        content.seek(0)
        answer = hr.post("/setup/people/import", data={"file": (content, "nhan-su.bin")})
        assert "1 new" in answer.text
        assert save(hr, answer).status_code == 303
        assert db.session.query(Person).filter_by(email_key="moi@x.vn").one().unit is cast["report"].unit

    def test_people_changed_in_between_are_looked_at_again(self, hr: FlaskClient, cast: Cast) -> None:
        answer = look(hr, f"{cast['report'].email}\t{cast['report'].name}\t\tA", "moi@x.vn\tBảo\t\tA")
        cast["report"].title = "Vừa đổi"
        again = save(hr, answer)
        assert again.status_code == 409
        assert "People were changed since you looked" in again.text
        assert rows() == []
        assert save(hr, again).status_code == 303

    def test_nothing_is_written_while_a_row_is_refused(self, hr: FlaskClient, cast: Cast) -> None:
        answer = look(hr, "moi@x.vn\tĐỗ Gia Bảo\t\tA", "hong\tAi\t\tA")
        assert save(hr, answer).status_code == 409
        assert db.session.query(Person).count() == 7

    def test_a_circle_of_managers_is_refused(self, hr: FlaskClient, cast: Cast) -> None:
        director, report = cast["director"], cast["report"]
        answer = look(hr, f"{director.email}\t{director.name}\t{report.email}", head="email\tname\tmanager")
        assert "manage each other in a circle" in answer.text

    def test_roles_are_an_administrators_to_give(self, app: Flask, hr: FlaskClient, cast: Cast) -> None:
        given = (f"{cast['report'].email}\t{cast['report'].name}\thr;admin", "moi@x.vn\tBảo\thr")
        refused = look(hr, *given, head="email\tname\troles")
        assert "2 refused" in refused.text
        browser(app, cast["report"])
        admin = browser(app, cast["admin"])
        assert save(admin, look(admin, *given, head="email\tname\troles")).status_code == 303
        assert (cast["report"].is_hr, cast["report"].is_admin) == (True, True)
        assert db.session.query(Session).filter_by(person_id=cast["report"].id).count() == 0

    def test_hr_cannot_shut_out_an_administrator_nor_they_the_last(
        self, app: Flask, hr: FlaskClient, cast: Cast
    ) -> None:
        one = cast["admin"]
        row, head = f"{one.email}\t{one.name}\t2020-01-01", "email\tname\tleft_on"
        assert "1 refused" in look(hr, row, head=head).text
        admin = browser(app, one)
        save(admin, look(admin, row, head=head))
        assert "the only administrator" in admin.get("/setup/people/import").text
        assert one.left_on is None

    @pytest.mark.parametrize("content", ("", "!!!", "////", "UEsDBA=="))
    def test_what_came_back_broken_changes_nothing(self, hr: FlaskClient, cast: Cast, content: str) -> None:
        for act in ("save", "report"):
            answer = hr.post(f"/setup/people/import/{act}", data={"content": content, "seen": "x"})
            assert answer.status_code in (409, 422, 200)
        assert rows() == []


class TestDownloads:
    def test_the_report_is_safe_to_open(self, hr: FlaskClient, cast: Cast) -> None:
        answer = look(hr, "moi@x.vn\t=cmd()\t\tA", "hong\tAi\t\tA")
        sent = hr.post("/setup/people/import/report", data=carried(answer))
        assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert sent.data.startswith("\ufeff".encode())
        assert ",'=cmd()," in sent.text
        assert "is not an e-mail address" in sent.text

    def test_the_empty_list_can_be_loaded_as_it_is(self, hr: FlaskClient, cast: Cast) -> None:
        empty = hr.get("/setup/people/import/template")
        assert (
            "There is nothing below the header"
            in hr.post("/setup/people/import", data={"file": (io.BytesIO(empty.data), "people.csv")}).text
        )
