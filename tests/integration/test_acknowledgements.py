"""A check-in is seen by a manager: once, and never by its author or the owner."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Acknowledgement, CheckIn
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    made = make_goal(cast["report"], running_cycle(), {})
    settle()
    return made


def entered(goal: Goal, by: Person, **facts: Any) -> CheckIn:
    one = CheckIn(
        measure_id=goal.measures[0].id, entered_at=now(), on=today(), value=Decimal(5), author_id=by.id, **facts
    )
    db.session.add(one)
    db.session.commit()
    return one


def see(app: Flask, person: Person, checkin: CheckIn, **headers: str) -> Any:
    return signed_in(app, person).post(f"/checkins/{checkin.id}/acknowledge", headers=headers)


class TestCreate:
    def test_a_manager_has_seen_it(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        checkin = entered(goal, cast["report"])
        answer = see(app, cast["manager"], checkin)
        assert answer.status_code == 303
        assert answer.location == f"/goals/{goal.id}#checkin-{checkin.id}"
        assert db.session.query(Acknowledgement).one().person_id == cast["manager"].id

    def test_with_htmx_the_history_comes_back(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = see(
            app, cast["director"], entered(goal, cast["report"]), **{"HX-Request": "true", "Accept-Language": "en"}
        ).text
        assert "seen by Lê Quang Vinh" in text
        assert "acknowledge" not in text

    def test_the_first_who_saw_it_stands(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        checkin = entered(goal, cast["report"])
        for who in ("manager", "manager", "director"):
            assert see(app, cast[who], checkin).status_code == 303
        assert db.session.query(Acknowledgement).one().person_id == cast["manager"].id
        assert [row.action for row in db.session.query(AuditRow)] == ["acknowledge"]

    def test_others_may_not(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        checkin = entered(goal, cast["report"])
        for who in ("report", "peer", "outsider", "hr"):
            assert see(app, cast[who], checkin).status_code == 403, who
        assert see(app, cast["manager"], entered(goal, cast["manager"])).status_code == 403, "its own author"

    def test_who_may_not_see_the_goal_finds_nothing(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.visibility = "restricted"
        checkin = entered(goal, cast["report"])
        assert see(app, cast["peer"], checkin).status_code == 404
        assert signed_in(app, cast["manager"]).post("/checkins/99999/acknowledge").status_code == 404

    def test_a_replaced_one_is_past_seeing(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        wrong = entered(goal, cast["report"])
        entered(goal, cast["report"], replaces_id=wrong.id)
        assert see(app, cast["manager"], wrong).status_code == 409
        text = signed_in(app, cast["manager"]).get(f"/goals/{goal.id}").text
        assert f"/checkins/{wrong.id}/acknowledge" not in text
        assert "<s>5</s>" in text

    def test_a_closed_cycle_is_past_it(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        checkin = entered(goal, cast["report"])
        goal.cycle.state = "closed"
        assert see(app, cast["manager"], checkin).status_code == 403
