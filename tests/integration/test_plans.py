"""The action plan: who adds to it, changes it, ticks it, and that nothing happens twice."""

import html
import re
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


@pytest.fixture
def action(cast: dict[str, Person], goal: Goal) -> Action:
    made = Action(goal_id=goal.id, title="Gọi", assignee_id=cast["peer"].id)
    db.session.add(made)
    db.session.commit()
    return made


def form_of(page: str) -> dict[str, str]:
    """What the form of the page would send, without its key."""
    named = re.findall(r'<input[^>]* name="([a-z_]+)"[^>]*>', page.split("/remove")[0])
    values = {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', page) for name in named}
    return {name: html.unescape(found[1]) for name, found in values.items() if found} | {"form_key": ""}


def change(app: Flask, person: Person, action: Action, **facts: str) -> Any:
    client, address = signed_in(app, person), f"/actions/{action.id}/edit"
    return client.post(address, data=form_of(client.get(address).text) | facts, headers=ENGLISH)


def audited() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq)]


class TestChange:
    def test_says_what_stands_and_keeps_what_differs(self, app: Flask, cast: dict[str, Person], action: Action) -> None:
        assert change(app, cast["report"], action).status_code == 303
        assert audited() == []
        facts = {"title": "Gọi ngay", "assignee": cast["manager"].email, "action_due": "2026-12-01"}
        answer = change(app, cast["report"], action, **facts)
        assert answer.location == f"/goals/{action.goal_id}#goal-plan"
        db.session.refresh(action)
        assert (action.title, action.assignee_id, str(action.due_on)) == ("Gọi ngay", cast["manager"].id, "2026-12-01")
        assert audited() == ["change_action"]
        assert [one.person_id for one in db.session.query(Notification)] == [cast["manager"].id]

    def test_another_was_quicker(self, app: Flask, cast: dict[str, Person], action: Action) -> None:
        client, address = signed_in(app, cast["report"]), f"/actions/{action.id}/edit"
        old = form_of(client.get(address).text)
        change(app, cast["manager"], action, title="Gọi bằng điện thoại")
        answer = client.post(address, data=old | {"title": "Gọi tận nơi"}, headers=ENGLISH)
        assert answer.status_code == 409
        assert "it now reads “Gọi bằng điện thoại”" in answer.text
        assert 'value="Gọi tận nơi"' in answer.text
        again = form_of(answer.text) | {"title": "Gọi tận nơi"}
        assert client.post(address, data=again, headers=ENGLISH).status_code == 303
        db.session.refresh(action)
        assert action.title == "Gọi tận nơi"

    def test_the_words_of_another_line_are_refused(
        self, app: Flask, cast: dict[str, Person], goal: Goal, action: Action
    ) -> None:
        add(app, cast["report"], goal)
        answer = change(app, cast["report"], action, title="Gọi mười khách")
        assert answer.status_code == 422
        assert "There is such an action in this plan already" in answer.text

    @pytest.mark.parametrize(("who", "status"), [("manager", 200), ("peer", 403), ("outsider", 404)])
    def test_is_for_those_who_check_in(
        self, app: Flask, cast: dict[str, Person], action: Action, who: str, status: int
    ) -> None:
        client = signed_in(app, cast[who])
        assert client.get(f"/actions/{action.id}/edit").status_code == status
        assert (f"/actions/{action.id}/edit" in client.get(f"/goals/{action.goal_id}").text) == (status == 200)


class TestRemove:
    def test_takes_the_line_out_once(self, app: Flask, cast: dict[str, Person], action: Action) -> None:
        client, address, there = signed_in(app, cast["report"]), f"/actions/{action.id}/remove", action.goal_id
        answers = [client.post(address, data={"form_key": KEY}).location for _ in range(2)]
        assert answers == [f"/goals/{there}#goal-plan"] * 2
        assert db.session.query(Action).count() == 0
        assert audited() == ["remove_action"]
        assert client.post(address).status_code == 404

    def test_is_for_those_who_check_in(self, app: Flask, cast: dict[str, Person], action: Action) -> None:
        assert signed_in(app, cast["peer"]).post(f"/actions/{action.id}/remove").status_code == 403
        assert db.session.query(Action).count() == 1


class TestTick:
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

    @pytest.mark.parametrize("place", ["my", "goal"])
    def test_with_script_the_plan_comes_back_in_its_place(
        self, app: Flask, cast: dict[str, Person], action: Action, place: str
    ) -> None:
        address = f"/actions/{action.id}/tick?from={place}"
        answer = signed_in(app, cast["peer"]).post(address, data={"done": "1"}, headers={"HX-Request": "true"})
        assert answer.text.count(f'id="{place}-plan"') == 1
        assert "<html" not in answer.text
        assert "1 / 1" in answer.text

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
