"""Who hears that a goal was changed, went off track or was cancelled, and that somebody checked in for them."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Goal, GoalFollower, Person
from goalsite.models_accounts import Notification
from goalsite.queries.company import company, now, today
from goalsite.queries.records import measure_facts
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    """The report's, evaluated by the director, followed by the outsider and, though their own, by the owner."""
    measures = ({"title": "Doanh thu"}, {"title": "Khách mới"})
    made = make_goal(cast["report"], running_cycle(), *measures, title="Việc chung", evaluator_id=cast["director"].id)
    db.session.add_all(GoalFollower(goal_id=made.id, person_id=cast[who].id) for who in ("outsider", "report"))
    settle()
    return made


def change(app: Flask, person: Person, goal: Goal, target: str = "14", **facts: str) -> Any:
    form = {"version": str(goal.version), "reason": "Thị trường khác đi", "weight": "1"}
    form |= {"starts_on": goal.starts_on.isoformat(), "due_on": goal.due_on.isoformat()}
    for place, one in enumerate(goal.measures):
        number = target if place == 0 else "100"
        given = {"id": str(one.id), "start": "0", "target": number, "weight": "1", "starts_on": "", "due_on": ""}
        form |= {f"measures-{place}-{name}": value for name, value in given.items()}
    return signed_in(app, person).post(f"/goals/{goal.id}/change", data=form | facts, headers=ENGLISH)


def report(goal: Goal, by: Person, place: int = 0, confidence: str = "on_track", **said: Any) -> None:
    one = goal.measures[place]
    facts = measure_facts(one, goal, goal.cycle, company(), (), ())
    check_in(one, facts, by, Reported(today(), Decimal(5), confidence=confidence, **said), now(), today())
    db.session.commit()


def heard(kind: str, cast: dict[str, Person]) -> list[str]:
    names = {person.id: who for who, person in cast.items()}
    return sorted(names[one.person_id] for one in db.session.query(Notification).filter_by(kind=kind))


def bell(app: Flask, person: Person) -> str:
    return str(signed_in(app, person).get("/notifications", headers=ENGLISH).text)


class TestChanged:
    def test_all_it_concerns_hear_it_once_but_its_author(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.measures[1].assignee_id = cast["peer"].id
        db.session.commit()
        assert change(app, cast["hr"], goal, weight="2").status_code == 303
        assert heard("changed", cast) == ["director", "manager", "outsider", "peer", "report"]
        text = bell(app, cast["outsider"])
        assert "Trịnh Hồng Nhung changed a goal" in text
        assert "Weight: <s" in text
        assert 'Doanh thu · Target value: <s class="quiet">100</s> → <b>14</b>' in text
        assert "“Thị trường khác đi”" in text
        assert "changed a goal" not in bell(app, cast["hr"])

    def test_of_what_the_owner_changes_the_manager_and_the_evaluator_hear(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        assert change(app, cast["report"], goal).status_code == 303
        assert heard("changed", cast) == ["director", "manager", "outsider"]

    def test_who_proposed_it_hears_that_it_was_applied_and_the_rest_that_it_changed(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        goal.unit.owners_edit_goals = goal.unit.owners_edit_measures = False
        assert change(app, cast["report"], goal).status_code == 303
        assert heard("changed", cast) == []
        signed_in(app, cast["manager"]).post("/proposals/1/apply")
        assert heard("changed", cast) == ["director", "outsider"]
        assert heard("change_applied", cast) == ["report"]

    def test_a_key_result_more_and_one_that_ends(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["manager"])
        one = goal.measures[0]
        form = {"version": str(goal.version), "on": today().isoformat(), "reason": "Đổi cách đo"}
        assert client.post(f"/measures/{one.id}/end", data=form).status_code == 303
        assert heard("changed", cast) == ["director", "outsider", "report"]
        assert "Doanh thu · Last day" in bell(app, cast["report"])

    def test_a_goal_that_may_no_longer_be_seen_is_gone(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        change(app, cast["hr"], goal)
        db.session.query(GoalFollower).filter_by(person_id=cast["outsider"].id).delete()
        goal.visibility = "restricted"
        db.session.commit()
        text = bell(app, cast["outsider"])
        assert "Thị trường khác đi" not in text
        assert "Nothing new" in text

    def test_its_topic_can_be_switched_off(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        change(app, cast["hr"], goal)
        browser = signed_in(app, cast["outsider"])
        assert "Notifications, 1 unread" in browser.get("/account", headers=ENGLISH).text
        browser.post("/account/save-notices", data={"notices-comment": "y"})
        assert "unread" not in browser.get("/account", headers=ENGLISH).text


class TestCancelled:
    def test_followers_hear_that_it_is_cancelled_and_why(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        form = {"version": str(goal.version), "reason": "Không còn cần"}
        assert signed_in(app, cast["manager"]).post(f"/goals/{goal.id}/cancel", data=form).status_code == 303
        assert heard("goal_cancelled", cast) == ["director", "outsider", "report"]
        assert "“Không còn cần”" in bell(app, cast["outsider"])


class TestCheckIn:
    def test_the_owner_hears_who_checked_in_for_them_in_one_line_a_day(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        for place in (0, 1, 0):
            report(goal, cast["manager"], place)
        assert heard("on_behalf", cast) == ["report"]
        text = bell(app, cast["report"])
        assert "Trần Thu Hà checked in for you 3 times: Doanh thu; Khách mới" in text
        assert f'href="/goals/{goal.id}"' in text
        signed_in(app, cast["report"]).post("/notifications/read")
        report(goal, cast["manager"], 1)
        report(goal, cast["hr"], 1)
        assert heard("on_behalf", cast) == ["report"] * 3
        assert "Trịnh Hồng Nhung checked in for you: Khách mới" in bell(app, cast["report"])

    def test_nobody_hears_of_a_check_in_of_ones_own(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.measures[0].assignee_id = cast["peer"].id
        report(goal, cast["peer"])
        report(goal, cast["report"])
        assert db.session.query(Notification).count() == 0

    def test_followers_hear_when_it_goes_off_track_and_not_every_week(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        for call in ("at_risk", "off_track", "off_track"):
            report(goal, cast["report"], confidence=call)
        assert heard("off_track", cast) == ["manager", "outsider"]
        report(goal, cast["report"], confidence="on_track")
        report(goal, cast["report"], confidence="off_track")
        assert heard("off_track", cast) == ["manager", "manager", "outsider", "outsider"]
        text = bell(app, cast["outsider"])
        assert "Nguyễn Minh Anh says that a goal is off track: Doanh thu" in text

    def test_who_hears_what_is_in_the_way_does_not_hear_it_twice(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        report(goal, cast["report"], confidence="off_track", blocker="resource", mover_id=cast["outsider"].id)
        assert heard("blocker", cast) == ["manager", "outsider"]
        assert heard("off_track", cast) == []
