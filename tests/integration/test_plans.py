"""The action plan: who adds to it, who ticks it, and that nothing happens twice."""

from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Action
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}
KEY = "k" * 24


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    made = make_goal(cast["report"], running_cycle(), {}, visibility="internal")
    settle()
    return made


def add(app: Flask, person: Person, goal: Goal, **facts: str) -> Any:
    data = {"title": "Gọi mười khách", "assignee": "", "action_due": "", "measure": ""} | facts
    return signed_in(app, person).post(f"/goals/{goal.id}/actions/new", data=data, headers=ENGLISH)


class TestAdd:
    def test_keeps_who_does_it_until_when_and_for_what(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        facts = {"assignee": cast["peer"].email, "action_due": "2026-12-01", "measure": str(goal.measures[0].id)}
        assert add(app, cast["report"], goal, **facts).status_code == 303
        kept = db.session.query(Action).one()
        assert (kept.title, kept.assignee_id, kept.measure_id) == (
            "Gọi mười khách",
            cast["peer"].id,
            goal.measures[0].id,
        )
        assert str(kept.due_on) == "2026-12-01"
        assert [row.action for row in db.session.query(AuditRow)] == ["add_action"]
        assert [one.person_id for one in db.session.query(Notification)] == [cast["peer"].id]
        page = signed_in(app, cast["report"]).get(f"/goals/{goal.id}").text
        assert "Gọi mười khách" in page

    def test_sent_twice_is_there_once(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answers = [add(app, cast["report"], goal, form_key=KEY).status_code for _ in range(2)]
        assert answers == [303, 303]
        assert db.session.query(Action).count() == 1

    def test_the_same_words_are_refused_at_their_field(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        add(app, cast["report"], goal)
        answer = add(app, cast["report"], goal)
        assert answer.status_code == 422
        assert 'id="title-error"' in answer.text

    @pytest.mark.parametrize("facts", [{"title": " "}, {"measure": "99"}, {"assignee": "Ai đó"}, {"action_due": "x"}])
    def test_nonsense_is_refused(self, app: Flask, cast: dict[str, Person], goal: Goal, facts: dict[str, str]) -> None:
        assert add(app, cast["report"], goal, **facts).status_code == 422

    @pytest.mark.parametrize(("who", "status"), [("manager", 303), ("peer", 403), ("outsider", 404)])
    def test_is_for_those_who_check_in(
        self, app: Flask, cast: dict[str, Person], goal: Goal, who: str, status: int
    ) -> None:
        assert add(app, cast[who], goal).status_code == status


class TestTick:
    @pytest.fixture
    def action(self, cast: dict[str, Person], goal: Goal) -> Action:
        made = Action(goal_id=goal.id, title="Gọi", assignee_id=cast["peer"].id)
        db.session.add(made)
        db.session.commit()
        return made

    def test_whoever_it_is_given_to_ticks_it(self, app: Flask, cast: dict[str, Person], action: Action) -> None:
        client = signed_in(app, cast["peer"])
        for _ in range(2):
            assert client.post(f"/actions/{action.id}/tick?from=my", data={"done": "1"}).location == "/#my-plan"
        db.session.refresh(action)
        assert action.done_on == today()
        assert [row.action for row in db.session.query(AuditRow)] == ["tick_action"]
        client.post(f"/actions/{action.id}/tick", data={"done": "0"})
        db.session.refresh(action)
        assert action.done_on is None

    def test_my_page_has_it(self, app: Flask, cast: dict[str, Person], action: Action) -> None:
        assert f"/actions/{action.id}/tick" in signed_in(app, cast["peer"]).get("/").text

    @pytest.mark.parametrize(("who", "status"), [("report", 303), ("manager", 303), ("outsider", 404)])
    def test_is_for_those_concerned(
        self, app: Flask, cast: dict[str, Person], action: Action, who: str, status: int
    ) -> None:
        assert signed_in(app, cast[who]).post(f"/actions/{action.id}/tick", data={"done": "1"}).status_code == status

    def test_others_may_not(self, app: Flask, cast: dict[str, Person], goal: Goal, action: Action) -> None:
        action.assignee_id = None
        assert signed_in(app, cast["peer"]).post(f"/actions/{action.id}/tick").status_code == 403
        assert signed_in(app, cast["peer"]).post("/actions/999/tick").status_code == 404
