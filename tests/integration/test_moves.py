"""A goal's way from draft to active, and back: who may do what when, with which words."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Comment
from goalsite.queries.check import differences
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}
KEY = "k" * 24


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


def goal_of(owner: Person, cycle: Cycle, *measures: dict[str, Any], **facts: Any) -> Goal:
    made = make_goal(owner, cycle, *measures, **({"state": "draft", "evaluator_id": None} | facts))
    settle()
    return made


def do(app: Flask, person: Person, goal: Goal, act: str, **data: str) -> Any:
    client: FlaskClient = signed_in(app, person)
    return client.post(f"/goals/{goal.id}/{act}", data={"version": str(goal.version)} | data, headers=ENGLISH)


def acts() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq)]


class TestActivate:
    def test_makes_it_active_and_fixes_the_evaluator(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {})
        assert do(app, cast["report"], goal, "activate").status_code == 303
        db.session.refresh(goal)
        assert (goal.state, goal.evaluator_id, goal.version) == ("active", cast["manager"].id, 2)
        assert goal.measures[0].due_from is not None, "it owes check-ins now"
        assert acts() == ["activate_goal"]

    def test_in_planning_the_evaluator_waits_for_the_opening(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = goal_of(cast["report"], running_cycle(state="planning"), {})
        do(app, cast["report"], goal, "activate")
        db.session.refresh(goal)
        assert (goal.state, goal.evaluator_id) == ("active", None)

    def test_what_is_stored_is_what_a_replay_gives(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {})
        do(app, cast["report"], goal, "activate")
        assert not list(differences(today()))

    @pytest.mark.parametrize(
        ("measures", "facts", "words"),
        [
            ((), {}, "at least one key result"),
            (({}, {}), {"kind": "kpi"}, "exactly one indicator"),
            (({"target": None},), {}, "A target is needed"),
            (({},) * 11, {}, "at most 10 key results"),
        ],
    )
    def test_what_is_lacking_is_said(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, measures: Any, facts: dict[str, Any], words: str
    ) -> None:
        goal = goal_of(cast["report"], cycle, *measures, **facts)
        answer = do(app, cast["report"], goal, "activate")
        assert answer.status_code == 422
        assert words in answer.text
        db.session.refresh(goal)
        assert goal.state == "draft"
        assert acts() == []

    def test_spans_lie_inside_one_another(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        from datetime import timedelta

        goal = goal_of(cast["report"], cycle, {"due_on": cycle.ends_on + timedelta(days=9)})
        assert "lies outside" in do(app, cast["report"], goal, "activate").text

    def test_weights_come_to_a_hundred_where_the_cycle_wants_it(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle(weights_to_100=True)
        goal = goal_of(cast["report"], cycle, {}, weight=60)
        assert "come to 60" in do(app, cast["report"], goal, "activate").text
        goal_of(cast["report"], cycle, {}, weight=40)
        assert do(app, cast["report"], goal, "activate").status_code == 303

    def test_sent_twice_has_one_effect(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {})
        client, data = signed_in(app, cast["report"]), {"version": "1", "form_key": KEY}
        answers = [client.post(f"/goals/{goal.id}/activate", data=data).status_code for _ in range(2)]
        assert answers == [303, 303]
        assert acts() == ["activate_goal"]

    def test_a_stale_form_is_told_so(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {})
        answer = do(app, cast["report"], goal, "activate", version="7")
        assert answer.status_code == 409
        assert "Somebody changed this goal meanwhile" in answer.text

    @pytest.mark.parametrize(("who", "status"), [("manager", 303), ("hr", 303), ("peer", 403), ("outsider", 404)])
    def test_is_for_writers(self, app: Flask, cast: dict[str, Person], cycle: Cycle, who: str, status: int) -> None:
        goal = goal_of(cast["report"], cycle, {}, visibility="internal")
        assert do(app, cast[who], goal, "activate").status_code == status


class TestButtons:
    def test_do_at_once_what_they_say(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        """The form on the goal's page, as a browser sends it, is no stale one."""
        goal = goal_of(cast["report"], cycle, {})
        client = signed_in(app, cast["report"])
        page = client.get(f"/goals/{goal.id}").text
        form = page[page.index(f'action="/goals/{goal.id}/activate"') :].partition("</form>")[0]
        sent = MultiDict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
        assert sent.getlist("version") == ["1"]
        assert client.post(f"/goals/{goal.id}/activate", data=sent).status_code == 303
        db.session.refresh(goal)
        assert goal.state == "active"


class TestCancel:
    def test_needs_a_reason_and_keeps_it(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {}, state="active")
        answer = do(app, cast["report"], goal, "cancel", reason="  ")
        assert answer.status_code == 422
        assert "A reason is needed." in answer.text
        assert do(app, cast["report"], goal, "cancel", reason="Đổi hướng").status_code == 303
        db.session.refresh(goal)
        assert (goal.state, goal.cancel_reason) == ("cancelled", "Đổi hướng")
        assert not list(differences(today()))

    def test_asks_on_a_page_of_its_own(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {})
        assert 'name="reason"' in signed_in(app, cast["report"]).get(f"/goals/{goal.id}/cancel").text
        page = signed_in(app, cast["report"]).get(f"/goals/{goal.id}").text
        assert f"/goals/{goal.id}/cancel" in page
        assert f"/goals/{goal.id}/edit" in page


class TestPropose:
    def test_the_manager_approves(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = goal_of(cast["report"], running_cycle(goals_need_approval=True), {})
        assert do(app, cast["report"], goal, "activate").status_code == 403
        assert do(app, cast["report"], goal, "propose").status_code == 303
        db.session.refresh(goal)
        assert goal.state == "proposed"
        assert [one.person_id for one in db.session.query(Notification)] == [cast["manager"].id]
        assert do(app, cast["report"], goal, "approve").status_code == 403
        assert do(app, cast["manager"], goal, "approve").status_code == 303
        db.session.refresh(goal)
        assert (goal.state, goal.evaluator_id) == ("active", cast["manager"].id)
        assert acts() == ["propose_goal", "approve_goal"]

    def test_or_returns_it_with_a_reason_that_stays(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = goal_of(cast["report"], running_cycle(goals_need_approval=True), {}, state="proposed")
        assert do(app, cast["manager"], goal, "return").status_code == 422
        assert do(app, cast["manager"], goal, "return", reason="Nâng mức lên").status_code == 303
        db.session.refresh(goal)
        assert goal.state == "draft"
        assert db.session.query(Comment).one().body == "Nâng mức lên"


class TestSuggested:
    def test_accepting_makes_it_a_draft(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {}, state="suggested")
        goal.created_by = cast["peer"]
        assert do(app, cast["peer"], goal, "accept").status_code == 403
        assert do(app, cast["report"], goal, "receive").status_code == 403
        assert do(app, cast["report"], goal, "accept").status_code == 303
        db.session.refresh(goal)
        assert goal.state == "draft"

    def test_an_assigned_one_is_received(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {}, state="suggested")
        goal.created_by = cast["manager"]
        assert do(app, cast["report"], goal, "receive").status_code == 303
        db.session.refresh(goal)
        assert goal.state == "active"
        assert goal.received_at is not None

    def test_returning_keeps_the_reason_on_the_goal(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = goal_of(cast["report"], cycle, {}, state="suggested")
        goal.created_by = cast["peer"]
        do(app, cast["report"], goal, "return", reason="Không phải việc của tôi")
        db.session.refresh(goal)
        assert goal.state == "returned"
        assert "Không phải việc của tôi" in signed_in(app, cast["peer"]).get(f"/goals/{goal.id}").text


class TestQueue:
    def test_what_waits_is_listed_where_decisions_are(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle(goals_need_approval=True)
        goal_of(cast["report"], cycle, {}, state="proposed", title="Đề xuất của Minh Anh")
        given = goal_of(cast["manager"], cycle, {}, state="suggested", title="Gợi ý cho Hà")
        given.created_by = cast["peer"]
        goal_of(cast["outsider"], cycle, {}, state="proposed", title="Của phòng khác")
        text = signed_in(app, cast["manager"]).get("/decisions", headers=ENGLISH).text
        assert "Đề xuất của Minh Anh" in text
        assert "Gợi ý cho Hà" in text
        assert "Của phòng khác" not in text
        assert "/decisions" in signed_in(app, cast["manager"]).get("/", headers=ENGLISH).text


class TestReturned:
    def came_back(self, cast: dict[str, Person], cycle: Cycle, **facts: Any) -> Goal:
        goal = goal_of(cast["report"], cycle, {}, **({"state": "returned", "cancel_reason": "Chưa đo được"} | facts))
        goal.created_by = cast["peer"]
        db.session.commit()
        return goal

    def test_its_creator_suggests_it_again(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = self.came_back(cast, cycle)
        assert do(app, cast["report"], goal, "suggest_again").status_code == 403
        assert do(app, cast["manager"], goal, "suggest_again").status_code == 403
        assert do(app, cast["peer"], goal, "suggest_again").status_code == 303
        db.session.refresh(goal)
        assert (goal.state, goal.cancel_reason) == ("suggested", "")
        told = db.session.query(Notification).one()
        assert (told.person_id, told.kind) == (cast["report"].id, "goal_suggested")
        assert acts() == ["suggest_again_goal"]
        assert not list(differences(today()))

    def test_or_cancels_it_with_a_reason(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = self.came_back(cast, cycle)
        assert do(app, cast["peer"], goal, "cancel", reason="Thôi vậy").status_code == 303
        db.session.refresh(goal)
        assert goal.state == "cancelled"

    def test_waits_on_its_creators_page_with_what_they_may_do(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = self.came_back(cast, cycle, visibility="restricted")
        client = signed_in(app, cast["peer"])
        assert "goal you suggested came back" in client.get("/", headers=ENGLISH).text
        page = client.get(f"/goals/{goal.id}", headers=ENGLISH).text
        assert "Chưa đo được" in page
        assert f"/goals/{goal.id}/edit" in page
        assert f"/goals/{goal.id}/suggest_again" in page
        assert "came back" not in signed_in(app, cast["report"]).get("/", headers=ENGLISH).text

    def test_keeps_its_reason_where_people_talk(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = self.came_back(cast, cycle, state="suggested", cancel_reason="")
        do(app, cast["report"], goal, "return", reason="Nói rõ hơn")
        db.session.refresh(goal)
        assert do(app, cast["peer"], goal, "suggest_again").status_code == 303
        assert db.session.query(Comment).one().body == "Nói rõ hơn"

    def test_is_hidden_from_its_creator_once_it_is_taken(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = self.came_back(cast, cycle, state="suggested", visibility="restricted")
        assert signed_in(app, cast["peer"]).get(f"/goals/{goal.id}").status_code == 200
        do(app, cast["report"], goal, "accept")
        assert signed_in(app, cast["peer"]).get(f"/goals/{goal.id}").status_code == 404
