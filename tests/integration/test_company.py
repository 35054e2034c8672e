"""The company's settings in the browser, for administrators alone; what is worked out from them follows."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Goal, Person, Setting
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Result
from goalsite.queries.check import differences
from goalsite.queries.company import company, forget_company, now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

KEY = "a-form-key-of-this-test"
SAID = {
    "company_name": "An Nhiên",
    "time_zone": "Asia/Ho_Chi_Minh",
    "locale": "vi",
    "fiscal_start_month": "1",
    "workdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "holidays": "",
    "on_track": "90",
    "at_risk": "70",
    "excellent": "100",
    "good": "85",
    "fair": "70",
    "average": "50",
    "max_adjust": "10",
}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    found = family()
    found["outsider"].is_admin = True
    return found


@pytest.fixture
def admin(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    return signed_in(app, cast["outsider"])


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True)).replace("\u00a0", " ")


def page(client: FlaskClient) -> str:
    answer = client.get("/setup/company", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return text_of(answer)


def save(client: FlaskClient, **changed: Any) -> Any:
    shown = page(client).split('name="version" value="')[1].split('"')[0]
    said = SAID | {"version": shown} | changed
    answer = client.post("/setup/company", data=said, headers={"Accept-Language": "en"})
    forget_company()
    return answer


def audited() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq)]


class TestAccess:
    @pytest.mark.parametrize("role", ["director", "manager", "report", "hr"])
    def test_only_administrators_get_there(self, app: Flask, cast: dict[str, Person], role: str) -> None:
        client = signed_in(app, cast[role])
        assert client.get("/setup/company").status_code == 403
        assert client.post("/setup/company", data=SAID).status_code == 403
        assert "/setup/company" not in client.get("/").text

    def test_administrators_find_it(self, admin: FlaskClient) -> None:
        assert "/setup/company" in admin.get("/").text


class TestEdit:
    def test_shows_what_holds(self, app: Flask, admin: FlaskClient) -> None:
        db.session.add_all(
            [Setting(key="holidays", value="2026-04-30;2026-01-01"), Setting(key="on_track", value="0.955")]
        )
        page(admin)
        with counted(app) as sent:
            text = page(admin)
        assert "01/01/2026\r\n30/04/2026" in text or "01/01/2026\n30/04/2026" in text
        assert 'value="95.5"' in text
        assert text.count("checked") == 5
        assert len(sent) <= MOST


class TestChange:
    def test_is_kept(self, admin: FlaskClient) -> None:
        said = {"company_name": "Phương Nam", "locale": "en", "fiscal_start_month": "4", "max_adjust": "7.5"}
        answer = save(admin, **said, holidays="30/04/2026\r\n2026-01-01", workdays=["saturday", "monday"])
        assert answer.status_code == 303
        held = company()
        assert (held.name, held.locale, held.fiscal_start_month) == ("Phương Nam", "en", 4)
        assert held.max_adjust == Fraction(75, 1000)
        assert held.calendar.workdays == {0, 5}
        assert held.calendar.holidays == {date(2026, 1, 1), date(2026, 4, 30)}
        assert audited() == ["change_company"]

    def test_statuses_follow(self, admin: FlaskClient, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
        check_in(goal.measures[0], facts, goal.owner, Reported(today(), Decimal(50)), now(), today())
        db.session.commit()
        before = db.session.get_one(Goal, goal.id).status
        save(admin, on_track="60", at_risk="50")
        assert (before, db.session.get_one(Goal, goal.id).status) == ("at_risk", "on_track")
        assert list(differences(today())) == []

    def test_ratings_follow_but_not_those_of_closed_cycles(self, admin: FlaskClient, cast: dict[str, Person]) -> None:
        for code, state in (("R", "reviewing"), ("C", "closed")):
            make_goal(
                cast["report"],
                running_cycle(code=code, state=state),
                {},
                evaluation="approved",
                score=Decimal("0.8"),
                state="closed",
            )
        settle()
        save(admin, good="75", fair="60")
        ratings = {
            result.cycle.code: result.rating
            for result in db.session.query(Result).filter_by(person_id=cast["report"].id)
        }
        assert ratings == {"R": "good", "C": "fair"}

    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("company_name", "", "This is needed"),
            ("at_risk", "90", "begins below “on track”"),
            ("at_risk", "0", "The least that is allowed is 1"),
            ("good", "100", "below 100"),
            ("average", "71", "below 70"),
            ("holidays", "30/02/2026", "does not exist"),
            ("holidays", "Tết", "is not a date"),
            ("workdays", [], "Tick one working day"),
            ("workdays", ["someday"], "workdays-error"),
            ("time_zone", "Mars/Base", "time_zone-error"),
            ("locale", "fr", "locale-error"),
            ("max_adjust", "1e400", "is not a number"),
            ("on_track", "", "A number is needed"),
        ],
    )
    def test_refused_at_its_field(self, admin: FlaskClient, field: str, typed: Any, words: str) -> None:
        answer = save(admin, **{"company_name": "Tên tôi gõ", field: typed})
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert "Tên tôi gõ" in text_of(answer) or field == "company_name"
        assert db.session.query(Setting).count() == 0
        assert audited() == []

    def test_sent_twice_has_one_effect(self, admin: FlaskClient) -> None:
        version = page(admin).split('name="version" value="')[1].split('"')[0]
        said = SAID | {"company_name": "Phương Nam", "version": version, "form_key": KEY}
        assert [admin.post("/setup/company", data=said).status_code for _ in range(2)] == [303, 303]
        assert audited() == ["change_company"]

    def test_stale_form_is_refused_with_what_was_typed(self, admin: FlaskClient) -> None:
        version = page(admin).split('name="version" value="')[1].split('"')[0]
        save(admin, company_name="Tên người khác")
        answer = save(admin, company_name="Tên tôi gõ", version=version)
        text = text_of(answer)
        assert answer.status_code == 409
        assert "Tên tôi gõ" in text
        assert "Tên người khác" in text
        assert company().name == "Tên người khác"

    def test_nothing_changed_leaves_no_trace(self, admin: FlaskClient) -> None:
        save(admin)
        assert save(admin).status_code == 303
        assert audited() == ["change_company"]
