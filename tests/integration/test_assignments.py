"""The assignment sheet: what of a person's goals a reader may see, received in one go, and many sheets printed at once."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.freeze import freeze_results
from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.queries import assignments
from goalsite.queries.check import differences
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.giving import ENGLISH, KEY, metric, text_of


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


def given(by: Person, to: Person, cycle: Cycle, **facts: Any) -> Goal:
    """A KPI that waits to be received."""
    measure = {"start": None} | facts.pop("measure", {})
    said = {"kind": "kpi", "state": "suggested", "evaluator_id": None, "title": "Hợp đồng mới"} | facts
    goal = make_goal(to, cycle, measure, **said)
    goal.created_by_id = by.id
    settle()
    return goal


def sheet(client: FlaskClient, person: Person) -> str:
    answer = client.get(f"/members/{person.id}/assignment", headers=ENGLISH)
    assert answer.status_code == 200
    return text_of(answer)


def receive(client: FlaskClient, person: Person, **said: str) -> Any:
    return client.post(f"/members/{person.id}/assignment/receive", data=said, headers=ENGLISH)


class TestShow:
    def test_says_what_is_measured_how_with_target_weight_and_share(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        report = cast["report"]
        calls = metric("CALLS", name="Cuộc gọi", how_measured="Theo tổng đài", aggregate="sum", symbol="cuộc")
        own = {"metric_id": calls.id, "aggregate": "sum", "symbol": "cuộc"}
        by_week = own | {"frequency": "week", "target": Decimal(30), "target_per": "period"}
        given(cast["manager"], report, cycle, title="Gọi khách", weight=Decimal(60), measure=by_week)
        make_goal(report, cycle, {}, kind="kpi", title="Việc thường", weight=Decimal(40))
        make_goal(report, cycle, {"title": "Một kết quả"}, title="Một mục tiêu OKR")
        settle()
        text = sheet(signed_in(app, report), report)
        row = text.split("Gọi khách")[1].split("</tr>")[0]
        assert "Theo tổng đài" in row
        assert "30<br><small>cuộc" in row
        assert "a week" in row
        assert "60<br><small>60.0 %" in row
        assert "not yet" in row
        assert "own goal" in text.split("Việc thường")[1].split("</tr>")[0]
        assert "Một kết quả" in text
        assert "Trần Thu Hà" in text, "the manager signs"

    def test_drafts_and_mere_suggestions_are_not_on_it(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        report = cast["report"]
        given(cast["peer"], report, cycle, title="Chỉ là đề xuất")
        make_goal(report, cycle, {}, title="Còn là nháp", state="draft")
        text = sheet(signed_in(app, report), report)
        assert "Chỉ là đề xuất" not in text
        assert "Còn là nháp" not in text
        assert "I have received" not in text

    def test_shows_nobody_what_they_may_not_see(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        report = cast["report"]
        given(cast["manager"], report, cycle, title="Chuyện kín", visibility="restricted", weight=Decimal(75))
        make_goal(report, cycle, {}, kind="kpi", title="Chuyện chung", weight=Decimal(25))
        settle()
        colleague = sheet(signed_in(app, cast["outsider"]), report)
        assert "Chuyện kín" not in colleague
        assert "Chuyện chung" in colleague
        assert "100.0 %" not in colleague, "a share would tell of the goals that are not shown"
        assert "25.0 %" in sheet(signed_in(app, cast["manager"]), report)


class TestReceive:
    def test_receives_all_that_was_assigned_at_once(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        report = cast["report"]
        goals = [given(cast[by], report, cycle, title=f"KPI của {by}") for by in ("manager", "hr", "hr")]
        only_suggested = given(cast["peer"], report, cycle)
        client = signed_in(app, report)
        assert "I have received all of it" in sheet(client, report)
        assert receive(client, report).status_code == 303
        for goal in goals:
            db.session.refresh(goal)
        assert {goal.state for goal in goals} == {"active"}
        assert all(goal.received_at and goal.evaluator_id == cast["manager"].id for goal in goals)
        db.session.refresh(only_suggested)
        assert only_suggested.state == "suggested"
        assert [row.action for row in db.session.query(AuditRow)] == ["receive_goals"]
        told = db.session.query(Notification.person_id).order_by(Notification.person_id)
        assert [one for (one,) in told] == sorted([cast["manager"].id, cast["hr"].id])
        assert list(differences(today())) == []
        assert "Received in Goalsite on" in sheet(client, report)

    def test_weights_are_looked_at_together(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        cycle.weights_to_100 = True
        report, client = cast["report"], signed_in(app, cast["report"])
        first = given(cast["hr"], report, cycle, weight=Decimal(60))
        answer = receive(client, report)
        assert answer.status_code == 422
        assert "come to 60" in text_of(answer)
        second = given(cast["hr"], report, cycle, weight=Decimal(40))
        alone = {"version": str(first.version)}
        assert client.post(f"/goals/{first.id}/receive", data=alone).status_code == 303, "the other waits beside it"
        assert receive(client, report).status_code == 303
        db.session.refresh(second)
        assert second.state == "active"

    def test_is_all_or_nothing(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        report = cast["report"]
        ready = given(cast["hr"], report, cycle)
        given(cast["hr"], report, cycle, title="Thiếu mức", measure={"target": None})
        answer = receive(signed_in(app, report), report)
        assert answer.status_code == 422
        assert "“Thiếu mức” is not ready: A target is needed." in text_of(answer)
        db.session.refresh(ready)
        assert ready.state == "suggested"

    def test_sent_twice_has_one_effect(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        given(cast["hr"], cast["report"], cycle)
        client = signed_in(app, cast["report"])
        assert [receive(client, cast["report"], form_key=KEY).status_code for _ in range(2)] == [303, 303]
        assert db.session.query(AuditRow).count() == 1

    def test_is_the_owners_alone(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = given(cast["hr"], cast["report"], cycle)
        assert [receive(signed_in(app, cast[who]), cast["report"]).status_code for who in ("manager", "hr")] == [
            403,
            403,
        ]
        db.session.refresh(goal)
        assert goal.state == "suggested"

    def test_not_once_the_cycle_takes_no_goals(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        given(cast["hr"], cast["report"], cycle)
        cycle.state = "reviewing"
        assert receive(signed_in(app, cast["report"]), cast["report"]).status_code == 403


class TestClosedCycle:
    def test_a_heads_goal_keeps_its_share_when_somebody_else_heads_the_unit(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        manager = cast["manager"]
        goal = make_goal(manager, cycle, {}, scope="unit", title="Việc của phòng")
        make_goal(manager, cycle, {}, title="Việc riêng", weight=Decimal(3))
        settle()
        cycle.state = "closed"
        freeze_results(cycle, today(), now())
        goal.unit.head = cast["peer"]
        rebuild_organisation(today())
        db.session.commit()
        text = sheet(signed_in(app, manager), manager)
        assert "25.0 %" in text.split("Việc của phòng")[1].split("</tr>")[0]


class TestSheets:
    def test_has_a_page_for_each_who_has_something(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        for who in ("report", "peer", "outsider"):
            given(cast["hr"], cast[who], cycle)
        hr = signed_in(app, cast["hr"])
        text = text_of(hr.get("/members/assignments?unit=A", headers=ENGLISH))
        assert text.count('class="sheet assignment"') == 2
        assert text_of(hr.get("/members/assignments?unit=C", headers=ENGLISH)).count('class="sheet assignment"') == 3
        assert "No sheets" in text_of(hr.get("/members/assignments?unit=C&below=0", headers=ENGLISH))
        cast["peer"].position = "Kế toán"
        text = text_of(hr.get("/members/assignments?position=Kế toán", headers=ENGLISH))
        assert text.count('class="sheet assignment"') == 1
        assert hr.get("/members/assignments?unit=X").status_code == 404

    def test_is_for_hr_alone(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        assert signed_in(app, cast["manager"]).get("/members/assignments?unit=A").status_code == 403

    def test_more_than_are_printed_at_once_come_in_parts_that_say_which(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for who in ("report", "peer", "outsider"):
            given(cast["hr"], cast[who], cycle)
        hr = signed_in(app, cast["hr"])
        assert "Part 1 of" not in text_of(hr.get("/members/assignments?unit=C", headers=ENGLISH))
        monkeypatch.setattr(assignments, "AT_ONCE", 2)
        text = text_of(hr.get("/members/assignments?unit=C&page=2", headers=ENGLISH))
        assert "Part 2 of 2: sheets 3–3 of 3, from " in text
        assert text.count('class="sheet assignment"') == 1
