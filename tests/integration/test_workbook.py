"""The company workbook on screen: every row looked at, then all of it or nothing; by whose hand; and what is taken out."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions import accounts
from goalsite.exchange.dump import dump_path
from goalsite.exchange.load import load_path
from goalsite.extensions import db
from goalsite.models import Goal, Person, Unit
from goalsite.models_accounts import AuditRow, Session, Upload
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

UNITS = "code,name,kind,parent\nC,An Nhiên,company,\nA,Phòng A mới,department,C\nD,Phòng D,department,C\n"
PEOPLE = "email,name,unit\nmoi@x.vn,Người Mới,D\n"


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    found = family()
    found["hr"].is_admin = True
    db.session.commit()
    return found


@pytest.fixture
def hr(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    """Somebody who is HR and administrator."""
    return signed_in(app, cast["hr"])


@pytest.fixture
def only_hr(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    cast["peer"].is_hr = True
    db.session.commit()
    return signed_in(app, cast["peer"])


def send(client: FlaskClient, *files: tuple[str, str | bytes]) -> Any:
    given = [(io.BytesIO(text.encode() if isinstance(text, str) else text), name) for name, text in files]
    return client.post("/setup/workbook", data={"files": given}, content_type="multipart/form-data")


def look(client: FlaskClient, *files: tuple[str, str | bytes], asked: str = "") -> str:
    """The page that shows what the files would do."""
    answer = send(client, *files)
    assert answer.status_code == 303
    page = client.get(answer.location + asked)
    assert page.status_code == 200
    return page.get_data(as_text=True)


def token_in(text: str) -> str:
    found = re.search(r"/setup/workbook/([\w-]+)/load", text)
    assert found is not None
    return found[1]


def rows(text: str) -> list[tuple[str, str]]:
    """(key, what happens) of every row on the page."""
    found = re.findall(
        r'<th scope="row" class="pin">(.*?)</th>\s*<td class="[a-z]*"><span class="nowrap">.*?</svg> ([^ <]+)', text
    )
    return [(key, outcome) for key, outcome in found]


class TestLook:
    def test_every_row_is_new_changed_or_unchanged(self, hr: FlaskClient) -> None:
        text = look(hr, ("units.csv", UNITS), ("people.csv", PEOPLE))
        assert rows(text) == [("C", "giữ"), ("A", "thay"), ("D", "mới"), ("moi@x.vn", "mới")]
        assert "<code>name</code> Phòng A → Phòng A mới" in text
        assert db.session.query(Unit).filter_by(code="D").count() == 0
        assert db.session.query(AuditRow).count() == 0

    def test_every_fault_is_told_at_once(self, hr: FlaskClient) -> None:
        wrong = "email,name,unit,joined_on\nmoi@x.vn,,D,hôm qua\nkhac@x.vn,Khác,ZZ,\n"
        text = look(hr, ("units.csv", UNITS), ("people.csv", wrong))
        assert [outcome for _, outcome in rows(text)[:2]] == ["bị", "bị"]
        assert "Load all rows" not in text
        assert "Nạp tất cả" not in text
        assert text.count("<code>joined_on</code>") == 1
        assert text.count("<code>unit</code>") == 1

    def test_rows_are_filtered_by_what_happens_and_by_sheet(self, hr: FlaskClient) -> None:
        both = (("units.csv", UNITS), ("people.csv", PEOPLE))
        assert rows(look(hr, *both, asked="?outcome=new")) == [("D", "mới"), ("moi@x.vn", "mới")]
        assert rows(look(hr, *both, asked="?sheet=people")) == [("moi@x.vn", "mới")]

    def test_what_stands_already_is_told_so(self, hr: FlaskClient, tmp_path: Path) -> None:
        dump_path(tmp_path / "all.xlsx")
        text = look(hr, ("all.xlsx", (tmp_path / "all.xlsx").read_bytes()))
        assert "Mọi thứ trong tệp này đã có" in text
        assert {outcome for _, outcome in rows(text)} == {"giữ"}

    def test_a_small_number_of_queries(self, app: Flask, hr: FlaskClient) -> None:
        location = send(hr, ("units.csv", UNITS)).location
        with counted(app) as sent:
            hr.get(location)
        assert len(sent) <= MOST

    @pytest.mark.parametrize(
        ("name", "content"),
        [("x.txt", b"abc"), ("x.xlsx", b"PK\x03\x04broken"), ("x.csv", b""), ("khac.csv", b"a,b\n1,2\n")],
    )
    def test_what_is_no_workbook_is_refused_in_words(self, hr: FlaskClient, name: str, content: bytes) -> None:
        answer = send(hr, (name, content))
        if answer.status_code == 303:
            answer = hr.get(answer.location)
            assert rows(answer.get_data(as_text=True))[0][1] == "bị"
        else:
            assert answer.status_code == 422
            assert "notice bad" in answer.get_data(as_text=True)

    def test_a_bomb_is_not_unpacked(self, hr: FlaskClient) -> None:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("people.csv", b"0" * 250_000_000)
        text = look(hr, ("bomb.zip", bomb.getvalue()))
        assert rows(text)[0][1] == "bị"

    def test_too_many_rows_are_for_the_command(self, hr: FlaskClient) -> None:
        many = PEOPLE + "".join(f"p{number}@x.vn,Người {number},A\n" for number in range(5001))
        text = look(hr, ("people.csv", many), asked="?outcome=refused")
        assert "flask --app wsgi load" in text

    def test_somebody_elses_look_is_not_found(self, app: Flask, hr: FlaskClient, only_hr: FlaskClient) -> None:
        location = send(hr, ("units.csv", UNITS)).location
        assert only_hr.get(location).status_code == 404

    def test_it_is_kept_for_a_day(self, hr: FlaskClient) -> None:
        location = send(hr, ("units.csv", UNITS)).location
        db.session.query(Upload).update({"at": now() - timedelta(days=2)})
        db.session.commit()
        assert hr.get(location).status_code == 404

    def test_is_not_for_others(self, app: Flask, cast: dict[str, Person]) -> None:
        assert send(signed_in(app, cast["manager"]), ("units.csv", UNITS)).status_code == 403


class TestLoad:
    def test_loads_all_of_it_and_keeps_the_report(self, hr: FlaskClient) -> None:
        token = token_in(look(hr, ("units.csv", UNITS), ("people.csv", PEOPLE)))
        answer = hr.post(f"/setup/workbook/{token}/load")
        assert (answer.status_code, answer.location) == (303, f"/setup/workbook/{token}")
        assert db.session.query(Unit).filter_by(code="A").one().name == "Phòng A mới"
        person = db.session.query(Person).filter_by(email="moi@x.vn").one()
        assert person.boss is not None, "the organisation is worked out anew"
        assert [row.object_id for row in db.session.query(AuditRow)] == ["units", "people"]
        assert db.session.query(Upload).one().content is None
        page = hr.get(answer.location).get_data(as_text=True)
        assert "Đã nạp lúc" in page
        report = hr.get(f"/setup/workbook/{token}/report").get_data(as_text=True)
        assert "name: Phòng A → Phòng A mới" in report

    def test_sent_twice_it_loads_once(self, hr: FlaskClient) -> None:
        token = token_in(look(hr, ("people.csv", PEOPLE.replace(",D", ",A"))))
        answers = [hr.post(f"/setup/workbook/{token}/load").status_code for _ in range(2)]
        assert answers == [303, 303]
        assert db.session.query(AuditRow).count() == 1

    def test_what_has_changed_meanwhile_is_looked_at_again(self, hr: FlaskClient) -> None:
        token = token_in(look(hr, ("units.csv", UNITS)))
        db.session.add(Unit(code="D", name="Có rồi", kind="department", parent=db.session.query(Unit).first()))
        db.session.commit()
        answer = hr.post(f"/setup/workbook/{token}/load")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "<code>name</code> Có rồi → Phòng D" in text
        assert db.session.query(Unit).filter_by(code="D").one().name == "Có rồi"
        assert hr.post(f"/setup/workbook/{token_in(text)}/load").status_code == 303
        assert db.session.query(Unit).filter_by(code="D").one().name == "Phòng D"

    def test_a_refused_row_keeps_all_of_it_out(self, hr: FlaskClient) -> None:
        text = look(hr, ("people.csv", PEOPLE))  # unit D is not there
        assert hr.post(f"/setup/workbook/{token_in(text)}/load").status_code == 409
        assert db.session.query(Person).filter_by(email="moi@x.vn").count() == 0

    def test_the_last_administrator_stays_one(self, hr: FlaskClient, cast: dict[str, Person]) -> None:
        text = look(hr, ("people.csv", f"email,name,unit,roles\n{cast['hr'].email},{cast['hr'].name},B,hr\n"))
        cast["hr"].password_hash = "x"
        db.session.commit()
        answer = hr.post(f"/setup/workbook/{token_in(text)}/load")
        assert answer.status_code == 409
        assert db.session.query(Person).filter_by(is_admin=True).count() == 1

    def test_a_role_that_changes_ends_sessions(self, app: Flask, hr: FlaskClient, cast: dict[str, Person]) -> None:
        peer = cast["peer"]
        signed_in(app, peer)
        text = look(hr, ("people.csv", f"email,name,unit,roles\n{peer.email},{peer.name},A,hr\n"))
        assert hr.post(f"/setup/workbook/{token_in(text)}/load").status_code == 303
        assert db.session.query(Session).filter_by(person_id=peer.id).count() == 0


class TestByWhoseHand:
    def test_hr_alone_gives_no_roles(self, only_hr: FlaskClient, cast: dict[str, Person]) -> None:
        peer = cast["report"]
        text = look(only_hr, ("people.csv", f"email,name,unit,roles\n{peer.email},{peer.name},A,admin\n"))
        assert rows(text)[0][1] == "bị"

    def test_hr_alone_writes_nothing_that_was_recorded(self, only_hr: FlaskClient, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        text = look(
            only_hr,
            ("comments.csv", f"goal,entered_at,author,body\n{goal.code},{today()}T08:00,{goal.owner.email},Ừ\n"),
        )
        assert "quản trị viên" in text
        assert rows(text)[0][1] == "bị"

    def test_hr_alone_moves_no_numbers_of_a_goal_under_way(
        self, only_hr: FlaskClient, hr: FlaskClient, cast: dict[str, Person]
    ) -> None:
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        sheet = f"goal,code,title,start,target\n{goal.code},M0,Kết quả 0,0,200\n"
        assert rows(look(only_hr, ("measures.csv", sheet)))[0][1] == "bị"
        assert rows(look(hr, ("measures.csv", sheet)))[0][1] == "thay"

    def test_hr_alone_sets_goals(self, only_hr: FlaskClient, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        settle()
        sheet = f"code,kind,title,cycle,owner\nG9,okr,Mục tiêu mới,{cycle.code},{cast['report'].email}\n"
        text = look(only_hr, ("goals.csv", sheet))
        assert only_hr.post(f"/setup/workbook/{token_in(text)}/load").status_code == 303
        assert db.session.query(Goal).filter_by(code="G9").one().state == "draft"


class TestExport:
    def test_everything_is_what_dump_writes(self, hr: FlaskClient, cast: dict[str, Person], tmp_path: Path) -> None:
        make_goal(cast["report"], running_cycle(), {}, title="=HYPERLINK(1)")
        settle()
        answer = hr.post("/setup/workbook/export", data={"what": "all", "kind": "xlsx", "cycle": ""})
        assert answer.status_code == 200
        dump_path(tmp_path / "dump.xlsx")
        ours, theirs = (openpyxl.load_workbook(file) for file in (io.BytesIO(answer.data), tmp_path / "dump.xlsx"))
        assert ours.sheetnames == theirs.sheetnames
        for name in ours.sheetnames:
            assert list(ours[name].values) == list(theirs[name].values), name
        cell = next(one for one in ours["goals"]["D"] if one.value == "=HYPERLINK(1)")
        assert cell.data_type == "s", "a text is no formula"
        assert [row.action for row in db.session.query(AuditRow)] == ["export"]

    def test_a_part_can_be_loaded_again(self, hr: FlaskClient, cast: dict[str, Person], tmp_path: Path) -> None:
        kept, left = running_cycle(), running_cycle(code="OTHER", name="Khác")
        make_goal(cast["report"], kept, {}, code="KEPT")
        make_goal(cast["report"], left, {}, code="LEFT")
        settle()
        answer = hr.post("/setup/workbook/export", data={"what": "planned", "kind": "csv", "cycle": "NOW"})
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            archive.extractall(tmp_path)
        goals = (tmp_path / "goals.csv").read_text("utf-8-sig")
        assert "KEPT" in goals
        assert "LEFT" not in goals
        assert not (tmp_path / "comments.csv").exists()
        report = load_path(tmp_path, dry_run=True, today=today())
        assert report.faults == []
        assert [(one.sheet, one.new, one.changed, one.what) for one in report.sheets if one.new or one.changed] == []

    def test_templates_open(self, hr: FlaskClient) -> None:
        empty, example = (
            openpyxl.load_workbook(io.BytesIO(hr.get(f"/setup/workbook/template{asked}").data), read_only=True)
            for asked in ("", "?example=1")
        )
        assert empty.sheetnames == example.sheetnames
        assert len(list(empty["goals"].values)) == 1
        assert len(list(example["goals"].values)) > 100


class TestFirstVisit:
    def test_the_company_of_the_first_visit_is_the_files_own(self, app: Flask, db_session: Any) -> None:
        """Whatever code the file gives it: else nobody could begin with a workbook."""
        from goalsite.actions.first_visit import set_up

        said = {"company": "Mới", "name": "Lê Vinh", "email": "vinh@moi.vn", "locale": "vi"}
        admin = set_up(**said, password="bon chu cai that dai", time_zone="Asia/Ho_Chi_Minh")
        db.session.commit()
        client = signed_in(app, admin)
        text = look(client, ("units.csv", UNITS), ("people.csv", PEOPLE))
        assert db.session.query(Unit).one().code == "company"
        assert client.post(f"/setup/workbook/{token_in(text)}/load").status_code == 303
        assert sorted(code for (code,) in db.session.query(Unit.code)) == ["A", "C", "D"]
        assert (
            db.session.query(Unit.code).join(Person, Person.unit_id == Unit.id).filter(Person.id == admin.id).scalar()
            == "C"
        )


class TestExample:
    def test_is_offered_to_an_empty_site_and_loaded(self, app: Flask, db_session: Any) -> None:
        from goalsite.actions.first_visit import set_up

        said = {"company": "Mới", "name": "Lê Vinh", "email": "vinh@moi.vn", "locale": "vi"}
        admin = set_up(**said, password="bon chu cai that dai", time_zone="Asia/Ho_Chi_Minh")
        db.session.commit()
        client = signed_in(app, admin)
        assert "/setup/workbook/example" in client.get("/setup").get_data(as_text=True)
        answer = client.post("/setup/workbook/example")
        text = client.get(answer.location).get_data(as_text=True)
        answer = client.post(f"/setup/workbook/{token_in(text)}/load")
        assert answer.status_code == 303, answer.get_data(as_text=True)
        assert db.session.query(Goal).count() > 100
        assert client.post("/setup/workbook/example").status_code == 403
        assert "/setup/workbook/example" not in client.get("/setup").get_data(as_text=True)
        assert accounts.HASHER is not None
