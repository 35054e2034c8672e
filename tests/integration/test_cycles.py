"""Cycles in the browser: made, changed, and moved one step at a time, by HR alone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.forms.cycles import CycleSettings
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Result, Review
from goalsite.queries.check import differences
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

KEY = "a-form-key-of-this-test"
SETTINGS = {
    "name": "Quý sau",
    "code": "NEXT",
    "starts_on": "2031-01-01",
    "ends_on": "2031-03-31",
    "parent": "0",
    "checkin_every": "week",
    "checkin_weekday": "friday",
    "kpi_share": "60",
    "kpi_cap": "120",
    "aspirational_full": "70",
    "head_counts_unit": "y",
}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def hr(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    return signed_in(app, cast["hr"])


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True)).replace("\u00a0", " ")


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return text_of(answer)


def post(client: FlaskClient, path: str, **said: str) -> Any:
    return client.post(path, data=said, headers={"Accept-Language": "en"})


def said_of(cycle: Cycle, **changed: str) -> dict[str, str]:
    days = {"starts_on": cycle.starts_on.isoformat(), "ends_on": cycle.ends_on.isoformat()}
    facts = {"name": cycle.name, "code": cycle.code, "version": str(cycle.version)}
    return SETTINGS | days | facts | {"kpi_share": "50", "aspirational_full": "100"} | changed


def audited() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq)]


class TestAccess:
    @pytest.mark.parametrize("role", ["director", "manager", "report", "outsider"])
    def test_only_hr_gets_there(self, app: Flask, cast: dict[str, Person], cycle: Cycle, role: str) -> None:
        client = signed_in(app, cast[role])
        paths = ("", "/new", f"/{cycle.id}/edit", f"/{cycle.id}/review", "/9999/edit")
        assert {client.get(f"/setup/cycles{path}").status_code for path in paths} == {403}
        assert {client.post(f"/setup/cycles{path}").status_code for path in paths[1:]} == {403}
        assert "/setup/cycles" not in client.get("/").text

    def test_an_administrator_is_no_hr(self, app: Flask, cast: dict[str, Person]) -> None:
        cast["outsider"].is_admin = True
        assert signed_in(app, cast["outsider"]).get("/setup/cycles").status_code == 403

    def test_what_does_not_exist(self, hr: FlaskClient) -> None:
        assert hr.get("/setup/cycles/9999/edit").status_code == 404
        assert hr.post("/setup/cycles/9999/open").status_code == 404
        assert hr.get("/setup/cycles/1/destroy").status_code == 404

    def test_nobody_signed_in(self, app: Flask, cycle: Cycle) -> None:
        assert app.test_client().post("/setup/cycles/new", data=SETTINGS).status_code in (303, 401)


class TestListCycles:
    def test_says_where_to_begin(self, hr: FlaskClient) -> None:
        assert "No cycle yet" in get(hr, "/setup/cycles")

    def test_a_quarter_stands_under_its_year(self, app: Flask, hr: FlaskClient, cycle: Cycle, cast: Any) -> None:
        day = today()
        year = running_cycle(
            code="Y", name="Cả năm", starts_on=day - timedelta(days=99), ends_on=day + timedelta(days=99)
        )
        cycle.parent_id = year.id
        make_goal(cast["report"], cycle, {})
        make_goal(cast["report"], cycle, {}, state="draft")
        settle()
        with counted(app) as sent:
            text = get(hr, "/setup/cycles")
        main = text.split("<main")[1]
        assert main.index("Cả năm") < main.index("depth-1") < main.index("Quý này")
        assert "and 1 not agreed yet" in text
        assert len(sent) <= MOST

    def test_pages(self, hr: FlaskClient, cast: Any) -> None:
        for number in range(30):
            running_cycle(code=f"C{number}", name=f"Chu kỳ {number}")
        assert "Page 1 of 2" in get(hr, "/setup/cycles")
        assert "Page 2 of 2" in get(hr, "/setup/cycles?page=99")
        assert "Page 1 of 2" in get(hr, "/setup/cycles?page=x")


class TestCreate:
    def test_makes_it_in_planning(self, hr: FlaskClient, cast: Any) -> None:
        assert "New cycle" in get(hr, "/setup/cycles/new")
        assert post(hr, "/setup/cycles/new", **SETTINGS, form_key=KEY).location == "/setup/cycles"
        made = db.session.query(Cycle).one()
        assert (made.state, made.kpi_share, made.kpi_cap) == ("planning", Decimal("0.6"), Decimal("1.2"))
        assert (made.aspirational_full, made.head_counts_unit, made.weights_to_100) == (Decimal("0.7"), True, False)
        assert audited() == ["create_cycle"]

    def test_sent_twice_has_one_effect(self, hr: FlaskClient, cast: Any) -> None:
        answers = [post(hr, "/setup/cycles/new", **SETTINGS, form_key=KEY) for _ in range(2)]
        assert [answer.location for answer in answers] == ["/setup/cycles"] * 2
        assert db.session.query(Cycle).count() == 1
        assert audited() == ["create_cycle"]

    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("code", "NOW", "The code “NOW” is taken"),
            ("code", "has space", "A code has letters"),
            ("name", "", "This is needed"),
            ("starts_on", "yesterday", "starts_on-error"),
            ("ends_on", "2030-12-31", "comes before the first"),
            ("kpi_share", "101", "The most that is allowed is 100"),
            ("kpi_cap", "99", "The least that is allowed is 100"),
            ("aspirational_full", "1e400", "is not a number"),
            ("mid_review_on", "2032-01-01", "lies outside the cycle"),
            ("evaluate_by", "2030-01-01", "before the cycle begins"),
            ("checkin_every", "<script>alert(1)</script>", "checkin_every-error"),
            ("name", "a\x00b", "cannot be kept"),
        ],
    )
    def test_refused_at_its_field(self, hr: FlaskClient, cycle: Cycle, field: str, typed: str, words: str) -> None:
        answer = post(hr, "/setup/cycles/new", **(SETTINGS | {field: typed}))
        text = text_of(answer)
        assert answer.status_code == 422
        assert words in text
        assert f'id="{field}-error"' in text
        assert 'value="60"' in text or field == "kpi_share"
        assert "<script>alert" not in text
        assert db.session.query(Cycle).count() == 1

    def test_lies_inside_the_longer_one(self, hr: FlaskClient, cycle: Cycle) -> None:
        answer = post(hr, "/setup/cycles/new", **(SETTINGS | {"parent": str(cycle.id)}))
        assert answer.status_code == 422
        assert "lies outside Quý này" in text_of(answer)

    def test_reviews_come_after_evaluations(self, hr: FlaskClient, cast: Any) -> None:
        answer = post(hr, "/setup/cycles/new", **SETTINGS, evaluate_by="2031-04-10", review_by="2031-04-01")
        assert "Reviews are signed after the evaluations" in text_of(answer)


class TestChange:
    def test_shows_what_holds(self, hr: FlaskClient, cycle: Cycle) -> None:
        text = get(hr, f"/setup/cycles/{cycle.id}/edit")
        assert 'value="50"' in text
        assert 'value="120"' in text
        assert f'value="{cycle.starts_on.isoformat()}"' in text

    def test_each_setting_says_what_it_does(self, hr: FlaskClient, cycle: Cycle) -> None:
        for path in (f"/setup/cycles/{cycle.id}/edit", "/setup/cycles/new", "/setup/cycles/plan"):
            text = get(hr, path)
            for name in CycleSettings()._fields.keys() - {"form_key", "version", "csrf_token"}:
                assert f'id="{name}-hint"' in text, f"{path}: {name}"

    def test_numbers_follow(self, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], cycle, {}, kind="kpi", evaluation="approved", score=Decimal("0.8"))
        make_goal(cast["report"], cycle, {}, evaluation="approved", score=Decimal("0.4"))
        settle()
        post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle, kpi_share="75"))
        result = db.session.query(Result).filter_by(person_id=cast["report"].id).one()
        assert result.total == Decimal("0.7")
        assert audited() == ["change_cycle"]
        assert list(differences(today())) == []

    def test_check_in_days_follow(self, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], cycle, {})
        settle()
        answer = post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle, checkin_every="month"))
        assert answer.status_code == 303
        assert list(differences(today())) == []

    def test_nothing_changed_leaves_no_trace(self, hr: FlaskClient, cycle: Cycle) -> None:
        assert post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle)).status_code == 303
        assert audited() == []

    def test_stale_form_is_refused_with_what_was_typed(self, hr: FlaskClient, cycle: Cycle) -> None:
        old = said_of(cycle, name="Tên tôi gõ", kpi_share="33")
        post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle, name="Tên người khác"))
        answer = post(hr, f"/setup/cycles/{cycle.id}/edit", **old)
        text = text_of(answer)
        assert answer.status_code == 409
        assert "Tên tôi gõ" in text
        assert 'value="33"' in text
        assert "Meanwhile changed to: Tên người khác" in text
        assert db.session.get_one(Cycle, cycle.id).name == "Tên người khác"

    def test_goals_stay_inside(self, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], cycle, {}, title="Đến hết quý")
        settle()
        shorter = (cycle.ends_on - timedelta(days=3)).isoformat()
        answer = post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle, ends_on=shorter))
        assert answer.status_code == 422
        assert "such as “Đến hết quý”" in text_of(answer)

    def test_a_closed_one_does_not_change(self, hr: FlaskClient, cycle: Cycle) -> None:
        cycle.state = "closed"
        assert hr.get(f"/setup/cycles/{cycle.id}/edit").status_code == 403
        assert post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle, name="x")).status_code == 403

    def test_a_cycle_does_not_lie_in_itself(self, hr: FlaskClient, cycle: Cycle) -> None:
        inner = running_cycle(code="IN", parent_id=cycle.id)
        for parent in (cycle.id, inner.id):
            answer = post(hr, f"/setup/cycles/{cycle.id}/edit", **said_of(cycle, parent=str(parent)))
            assert answer.status_code == 422


class TestMove:
    def test_one_step_at_a_time(self, hr: FlaskClient, cycle: Cycle) -> None:
        cycle.state = "planning"
        states = []
        for act in ("open", "review", "close"):
            assert act_page(hr, cycle, act).status_code == 200
            assert move(hr, cycle, act).status_code == 303
            states.append(cycle.state)
        assert states == ["open", "reviewing", "closed"]
        assert audited() == ["open_cycle", "review_cycle", "close_cycle"]

    @pytest.mark.parametrize(
        ("state", "act"), [("planning", "review"), ("open", "close"), ("closed", "open"), ("open", "open")]
    )
    def test_no_step_is_left_out(self, hr: FlaskClient, cycle: Cycle, state: str, act: str) -> None:
        cycle.state = state
        assert act_page(hr, cycle, act).status_code == 409
        assert move(hr, cycle, act).status_code == 409
        assert cycle.state == state
        assert audited() == []

    def test_sent_twice_moves_once(self, hr: FlaskClient, cycle: Cycle) -> None:
        version = str(cycle.version)
        for _ in range(2):
            assert post(hr, f"/setup/cycles/{cycle.id}/review", version=version, form_key=KEY).status_code == 303
        assert cycle.state == "reviewing"
        assert audited() == ["review_cycle"]

    def test_a_page_that_is_out_of_date_moves_nothing(self, hr: FlaskClient, cycle: Cycle) -> None:
        assert post(hr, f"/setup/cycles/{cycle.id}/review", version="99").status_code == 409
        assert cycle.state == "open"

    def test_opening_fixes_the_evaluators(self, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]) -> None:
        cycle.state = "planning"
        plain = make_goal(cast["report"], cycle, {}, evaluator_id=None)
        named = make_goal(cast["report"], cycle, {}, evaluator_id=cast["outsider"].id)
        draft = make_goal(cast["report"], cycle, {}, evaluator_id=None, state="draft")
        settle()
        assert "1 goal is still a draft" in text_of(act_page(hr, cycle, "open"))
        move(hr, cycle, "open")
        evaluators = [db.session.get_one(Goal, goal.id).evaluator_id for goal in (plain, named, draft)]
        assert evaluators == [cast["manager"].id, cast["outsider"].id, None]

    def test_before_the_review_it_lists_what_is_silent(
        self, app: Flask, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]
    ) -> None:
        make_goal(cast["report"], cycle, {}, title="Chưa ai cập nhật")
        settle()
        with counted(app) as sent:
            text = text_of(act_page(hr, cycle, "review"))
        assert "1 active goal has never been checked in on" in text
        assert "Chưa ai cập nhật" in text
        assert len(sent) <= MOST

    def test_closing_keeps_the_results(
        self, app: Flask, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]
    ) -> None:
        goal = make_goal(cast["report"], cycle, {}, {}, evaluation="approved", score=Decimal("0.8"))
        make_goal(cast["peer"], cycle, {}, evaluation="submitted")
        db.session.add(Review(cycle_id=cycle.id, person_id=cast["report"].id, state="person_signed"))
        cycle.state = "reviewing"
        settle()
        with counted(app) as sent:
            text = text_of(act_page(hr, cycle, "close"))
        assert "1 evaluation is not decided" in text
        assert "1 review is not signed" in text
        assert len(sent) <= MOST
        move(hr, cycle, "close")
        held = db.session.query(Result).filter_by(person_id=cast["report"].id).one()
        assert (held.total, held.manager_then) == (Decimal("0.8"), cast["manager"].name)
        assert held.frozen_at is not None
        assert {goal.state for goal in db.session.query(Goal)} == {"closed"}
        assert {measure.due_from for measure in goal.measures} == {None}
        assert db.session.query(Review).one().state == "closed"
        assert list(differences(today())) == []

    def test_an_open_appeal_keeps_it_open(self, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]) -> None:
        cycle.state = "reviewing"
        db.session.add(Review(cycle_id=cycle.id, person_id=cast["report"].id, state="appealed"))
        settle()
        text = text_of(act_page(hr, cycle, "close"))
        assert "1 appeal is open" in text
        assert 'type="submit">' not in text.split('action="/setup/cycles')[1].split("</form>")[0]
        answer = move(hr, cycle, "close")
        assert answer.status_code == 422
        assert "Appeals still open: 1" in text_of(answer)
        assert cycle.state == "reviewing"
        assert audited() == []

    def test_back_to_review_needs_a_reason(self, hr: FlaskClient, cycle: Cycle, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], cycle, {}, evaluation="approved", score=Decimal("0.8"))
        cycle.state = "reviewing"
        settle()
        move(hr, cycle, "close")
        answer = move(hr, cycle, "reopen")
        assert answer.status_code == 422
        assert "A reason is needed" in text_of(answer)
        assert move(hr, cycle, "reopen", reason="Nhầm một điểm").status_code == 303
        assert cycle.state == "reviewing"
        assert db.session.query(Result).filter(Result.frozen_at.is_not(None)).count() == 0
        row = db.session.query(AuditRow).order_by(AuditRow.seq.desc()).first()
        assert row is not None
        assert (row.action, row.after["why"]) == ("reopen_cycle", "Nhầm một điểm")  # type: ignore[index]


def act_page(client: FlaskClient, cycle: Cycle, act: str) -> Any:
    return client.get(f"/setup/cycles/{cycle.id}/{act}", headers={"Accept-Language": "en"})


def move(client: FlaskClient, cycle: Cycle, act: str, **said: str) -> Any:
    db.session.refresh(cycle)
    answer = post(client, f"/setup/cycles/{cycle.id}/{act}", version=str(cycle.version), **said)
    db.session.refresh(cycle)
    return answer
