"""Setting up people: the list, the form, the account; by HR and administrators, roles by administrators alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import AuditRow, OneTimeLink, Session
from goalsite.models_follow import Result
from goalsite.queries.company import today
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

Cast = dict[str, Person]
KEY = "k" * 20
NASTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE people; --",
    "{{ 7*7 }}",
    "=1+1",
    "😀" * 40,
    "ẩn" * 100,
    "a\u202eb",
)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    cast = family()
    cast["admin"] = join("Lâm Quốc Khánh", unit=cast["outsider"].unit, is_admin=True, password="bon chu cai that dai")
    rebuild_organisation(today())
    return cast


@pytest.fixture
def hr(app: Flask, cast: Cast) -> FlaskClient:
    return browser(app, cast["hr"])


@pytest.fixture
def admin(app: Flask, cast: Cast) -> FlaskClient:
    return browser(app, cast["admin"])


def browser(app: Flask, person: Person) -> FlaskClient:
    person.locale = "en"
    return signed_in(app, person)


def facts(person: Person, **said: str) -> dict[str, str]:
    """The form of that person as it stands, with these fields typed over."""
    held = {
        "name": person.name,
        "email": person.email,
        "title": person.title,
        "position": person.position,
        "unit": person.unit.code if person.unit else "",
        "teams": "; ".join(team.code for team in person.teams),
        "manager": person.manager.email if person.manager else "",
        "joined_on": "",
        "left_on": "",
        "locale": person.locale,
        "version": str(person.version),
        "form_key": KEY,
    }
    return held | said


def rows() -> list[AuditRow]:
    return db.session.query(AuditRow).order_by(AuditRow.seq).all()


class TestList:
    def test_shows_everybody_here_by_given_name(self, hr: FlaskClient, cast: Cast) -> None:
        cast["peer"].left_on = days_ago(1)
        text = hr.get("/setup/people").text
        names = re.findall(r'class="t" href="/setup/people/\d+/edit">([^<]+)<', text)
        assert names[:2] == ["Nguyễn Minh Anh", "Trần Thu Hà"]
        assert "Võ Khánh Linh" not in names

    @pytest.mark.parametrize(
        ("asked", "found"),
        (
            ("text=minh anh", {"Nguyễn Minh Anh"}),
            ("text=%25", set()),
            ("unit=A", {"Nguyễn Minh Anh", "Trần Thu Hà", "Võ Khánh Linh"}),
            ("unit=nowhere", set()),
            ("role=hr", {"Trịnh Hồng Nhung"}),
            ("role=heads", {"Lê Quang Vinh", "Trần Thu Hà"}),
            ("state=closed", {"Bùi Thanh Tâm"}),
            ("state=left", set()),
            ("role=king&state=king&page=x&text=Khánh Linh", {"Võ Khánh Linh"}),
        ),
    )
    def test_filters(self, hr: FlaskClient, cast: Cast, asked: str, found: set[str]) -> None:
        cast["outsider"].disabled_at = cast["outsider"].joined_on = None
        db.session.execute(db.update(Person).where(Person.id == cast["outsider"].id).values(disabled_at=db.func.now()))
        text = hr.get(f"/setup/people?{asked}").text
        assert set(re.findall(r'class="t" href="/setup/people/\d+/edit">([^<]+)<', text)) == found

    def test_says_what_somebody_who_left_has_open_still(self, hr: FlaskClient, cast: Cast) -> None:
        cycle, closed = running_cycle(), running_cycle(code="OLD", state="closed")
        for state in ("active", "draft", "closed", "cancelled"):
            make_goal(cast["report"], cycle, {}, state=state)
        make_goal(cast["report"], closed, {})
        make_goal(cast["manager"], cycle, {})
        assert "open goal" not in hr.get("/setup/people").text
        cast["report"].left_on = days_ago(1)
        text = hr.get("/setup/people?state=left").text
        assert f'/{cast["report"].id}/hand-over">still 1 open goal</a>' in text

    def test_takes_few_queries(self, app: Flask, hr: FlaskClient) -> None:
        for number in range(60):
            join(f"Người {number}", email=f"n{number}@x.vn")
        with counted(app) as sent:
            assert "Page 1 of 2" in hr.get("/setup/people").text
        assert len(sent) <= MOST

    def test_is_not_for_others(self, app: Flask, cast: Cast, hr: FlaskClient) -> None:
        for who in ("report", "manager", "director"):
            assert browser(app, cast[who]).get("/setup/people").status_code == 403
        assert 'href="/setup/people"' in hr.get("/").text


class TestAdd:
    def test_makes_an_account_under_the_units_head(self, hr: FlaskClient, cast: Cast) -> None:
        said = {
            "name": "Đỗ Gia Bảo",
            "email": "Bao@X.vn",
            "unit": "Phòng A · A",
            "teams": "B",
            "locale": "",
            "form_key": KEY,
        }
        assert hr.post("/setup/people/new", data=said).status_code == 303
        made = db.session.query(Person).filter_by(email_key="bao@x.vn").one()
        assert (made.boss_id, made.unit, [team.code for team in made.teams]) == (
            cast["manager"].id,
            cast["manager"].unit,
            ["B"],
        )
        assert made.password_hash is None
        assert [(row.action, row.actor_id) for row in rows()] == [("add_person", cast["hr"].id)]

    def test_sent_twice_has_one_effect(self, hr: FlaskClient, cast: Cast) -> None:
        said = {"name": "Đỗ Gia Bảo", "email": "bao@x.vn", "unit": "A", "locale": "", "form_key": KEY}
        answers = [hr.post("/setup/people/new", data=said) for _ in range(2)]
        assert {answer.status_code for answer in answers} == {303}
        assert answers[0].location == answers[1].location
        assert len(rows()) == 1

    @pytest.mark.parametrize(
        ("typed", "words"),
        (
            ({"email": "{report}"}, "has this e-mail address already"),
            ({"email": "nobody"}, "not an e-mail address"),
            ({"unit": "Phong A"}, "Phòng A · A"),
            ({"unit": ""}, "This is needed"),
            ({"manager": "Trần Hà"}, "Is one of these meant: Trần Thu Hà"),
            ({"name": " "}, "This is needed"),
            ({"joined_on": "2026-03-02", "left_on": "2026-03-01"}, "comes before the first"),
            ({"joined_on": "31/31/2026"}, "not a day"),
        ),
    )
    def test_refuses_with_what_was_typed(self, hr: FlaskClient, cast: Cast, typed: dict[str, str], words: str) -> None:
        typed = {name: text.format(report=cast["report"].email.upper()) for name, text in typed.items()}
        said = {"name": "Đỗ Gia Bảo", "email": "bao@x.vn", "unit": "A", "locale": ""} | typed
        answer = hr.post("/setup/people/new", data=said)
        assert answer.status_code == 422
        assert words in answer.text
        assert said["email"] in answer.text
        assert rows() == []

    def test_roles_are_an_administrators_to_give(self, hr: FlaskClient, admin: FlaskClient, cast: Cast) -> None:
        said = {"name": "Đỗ Gia Bảo", "email": "bao@x.vn", "unit": "A", "locale": "", "is_admin": "y", "is_hr": "y"}
        hr.post("/setup/people/new", data=said)
        admin.post("/setup/people/new", data=said | {"email": "khac@x.vn"})
        made = {key: db.session.query(Person).filter_by(email_key=key).one() for key in ("bao@x.vn", "khac@x.vn")}
        assert [(one.is_hr, one.is_admin) for one in made.values()] == [(False, False), (True, True)]

    @pytest.mark.parametrize("nasty", NASTY)
    def test_keeps_any_text_as_it_is(self, hr: FlaskClient, cast: Cast, nasty: str) -> None:
        said = {"name": nasty, "email": "bao@x.vn", "title": nasty, "position": nasty, "unit": "A", "locale": ""}
        assert hr.post("/setup/people/new", data=said).status_code == 303
        made = db.session.query(Person).filter_by(email_key="bao@x.vn").one()
        assert (made.name, made.title, made.position) == (nasty, nasty, nasty)
        assert "<script>alert" not in hr.get("/setup/people").text + hr.get(f"/setup/people/{made.id}/edit").text

    @pytest.mark.parametrize("field", ("name", "email", "unit", "teams", "manager", "joined_on", "locale"))
    def test_refuses_what_cannot_be_kept(self, hr: FlaskClient, cast: Cast, field: str) -> None:
        said = {"name": "Bảo", "email": "bao@x.vn", "unit": "A", "locale": ""}
        for text in ("\x00", "x" * 5000):
            assert hr.post("/setup/people/new", data=said | {field: text}).status_code == 422


class TestChange:
    def test_moves_somebody_and_their_manager_follows(self, hr: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        assert (
            hr.post(f"/setup/people/{report.id}/edit", data=facts(report, unit="B", title="Trưởng nhóm")).status_code
            == 303
        )
        assert (report.unit, report.boss_id, report.version) == (cast["outsider"].unit, cast["director"].id, 2)
        assert [(row.action, set(row.after or {})) for row in rows()] == [("change_person", {"unit_id", "title"})]

    def test_saving_what_stands_writes_nothing(self, hr: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        assert hr.post(f"/setup/people/{report.id}/edit", data=facts(report)).status_code == 303
        assert (rows(), report.version) == ([], 1)

    def test_a_stale_form_is_refused_beside_what_was_saved(self, hr: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        said = facts(report, title="Của tôi")
        report.title, report.version = "Của người khác", 2
        answer = hr.post(f"/setup/people/{report.id}/edit", data=said)
        assert answer.status_code == 409
        assert 'value="Của tôi"' in answer.text
        assert "Meanwhile changed to: Của người khác" in answer.text
        assert hr.post(f"/setup/people/{report.id}/edit", data=said | {"version": "2"}).status_code == 303
        assert report.title == "Của tôi"

    def test_a_circle_of_managers_is_refused_with_its_chain(self, hr: FlaskClient, cast: Cast) -> None:
        director, report = cast["director"], cast["report"]
        answer = hr.post(f"/setup/people/{director.id}/edit", data=facts(director, manager=report.email))
        assert answer.status_code == 422
        assert "manage each other in a circle" in answer.text
        assert director.manager_id is None
        answer = hr.post(f"/setup/people/{report.id}/edit", data=facts(report, manager=report.email))
        assert "Nobody is their own manager" in answer.text

    def test_a_role_that_changes_signs_them_out(self, app: Flask, admin: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        theirs = browser(app, report)
        assert theirs.get("/account").status_code == 200
        admin.post(f"/setup/people/{report.id}/edit", data=facts(report, is_hr="y"))
        assert report.is_hr
        assert theirs.get("/account").status_code == 303
        assert db.session.query(Session).filter_by(person_id=report.id).count() == 0

    def test_last_day_past_shuts_out_and_hands_the_team_to_the_head_above(
        self, app: Flask, hr: FlaskClient, cast: Cast
    ) -> None:
        manager, report = cast["manager"], cast["report"]
        theirs = browser(app, manager)
        hr.post(f"/setup/people/{manager.id}/edit", data=facts(manager, left_on=days_ago(1).isoformat()))
        assert theirs.get("/account").status_code == 303
        assert report.boss_id == cast["director"].id

    def test_days_here_decide_the_rating(self, hr: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        make_goal(report, running_cycle(state="reviewing"), {})
        settle()
        before = db.session.query(Result).filter_by(person_id=report.id).one().rating
        hr.post(f"/setup/people/{report.id}/edit", data=facts(report, joined_on=days_ago(-20).isoformat()))
        db.session.expire_all()
        assert (before, db.session.query(Result).filter_by(person_id=report.id).one().rating) == ("poor", "")

    @pytest.mark.parametrize("said", ({}, {"is_admin": "y", "left_on": "2199-01-01"}))
    def test_the_last_administrator_stays(self, admin: FlaskClient, cast: Cast, said: dict[str, str]) -> None:
        one = cast["admin"]
        answer = admin.post(f"/setup/people/{one.id}/edit", data=facts(one, **said))
        assert answer.status_code == 422
        assert "the only administrator" in answer.text
        assert (one.is_admin, one.left_on) == (True, None)

    def test_hr_has_no_hand_in_an_administrators_account(self, hr: FlaskClient, cast: Cast) -> None:
        one = cast["admin"]
        assert 'name="email"' not in hr.get(f"/setup/people/{one.id}/edit").text
        said = facts(one, email="thief@x.vn", left_on=days_ago(3).isoformat(), title="Kỹ sư")
        assert hr.post(f"/setup/people/{one.id}/edit", data=said).status_code == 303
        assert (one.title, one.email == "thief@x.vn", one.left_on, one.is_admin) == ("Kỹ sư", False, None, True)
        for act in ("invite", "close", "open"):
            assert hr.post(f"/setup/people/{one.id}/{act}").status_code == 403

    def test_nothing_is_said_to_have_changed_when_nothing_has(self, hr: FlaskClient, cast: Cast) -> None:
        assert "Meanwhile changed" not in hr.get(f"/setup/people/{cast['report'].id}/edit").text

    def test_nobody_is_not_found(self, hr: FlaskClient, app: Flask, cast: Cast) -> None:
        assert hr.get("/setup/people/99999/edit").status_code == 404
        assert browser(app, cast["report"]).get("/setup/people/99999/edit").status_code == 403


class TestAccount:
    def test_an_invitation_is_shown_once_and_lets_them_in(self, app: Flask, hr: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        answer = hr.post(f"/setup/people/{report.id}/invite", data={"form_key": KEY})
        link = re.search(r'value="http://127.0.0.1:8000(/welcome/[^"]+)"', answer.text)
        assert link
        again = hr.post(f"/setup/people/{report.id}/invite", data={"form_key": KEY})
        assert "/welcome/" not in again.text
        assert db.session.query(OneTimeLink).count() == 1
        welcome = app.test_client().post(link[1], data={"password": "mot hai ba bon nam"})
        assert welcome.status_code == 303
        assert [row.action for row in rows()] == ["invite", "set_password"]

    def test_a_password_forgotten_is_reset(self, admin: FlaskClient, cast: Cast) -> None:
        admin.post(f"/setup/people/{cast['admin'].id}/invite", data={"form_key": KEY})
        assert [row.action for row in rows()] == ["reset"]

    def test_closing_signs_out_and_can_be_undone(self, app: Flask, hr: FlaskClient, cast: Cast) -> None:
        report = cast["report"]
        theirs = browser(app, report)
        assert hr.post(f"/setup/people/{report.id}/close", data={"form_key": KEY}).status_code == 303
        assert theirs.get("/account").status_code == 303
        hr.post(f"/setup/people/{report.id}/invite", data={"form_key": "i" * 20})
        assert db.session.query(OneTimeLink).count() == 0
        hr.post(f"/setup/people/{report.id}/close", data={"form_key": KEY})
        hr.post(f"/setup/people/{report.id}/open", data={"form_key": "o" * 20})
        assert report.disabled_at is None
        assert [row.action for row in rows()] == ["close_account", "open_account"]

    def test_nobody_shuts_themselves_out(self, hr: FlaskClient, admin: FlaskClient, cast: Cast) -> None:
        for client, person in ((hr, cast["hr"]), (admin, cast["admin"])):
            client.post(f"/setup/people/{person.id}/close", data={"form_key": KEY})
            assert person.disabled_at is None
            assert "You cannot close your own account" in client.get(f"/setup/people/{person.id}/edit").text

    def test_one_who_left_gets_no_link(self, hr: FlaskClient, cast: Cast) -> None:
        cast["report"].left_on = today() - timedelta(days=2)
        assert hr.post(f"/setup/people/{cast['report'].id}/invite").status_code == 303
        assert db.session.query(OneTimeLink).count() == 0
