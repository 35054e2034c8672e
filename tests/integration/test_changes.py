"""Active goals change with a reason that stays; who may not change them proposes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Change, CheckIn, Proposal
from goalsite.queries.check import differences
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}
KEY = "k" * 24


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    made = make_goal(cast["report"], running_cycle(), {"target": Decimal(100)})
    settle()
    return made


def said(goal: Goal, **facts: str) -> dict[str, str]:
    """The form as it stands, with what is otherwise."""
    one = goal.measures[0]
    return {
        "version": str(goal.version),
        "reason": "Thị trường khác đi",
        "weight": "1",
        "starts_on": goal.starts_on.isoformat(),
        "due_on": goal.due_on.isoformat(),
        "measures-0-id": str(one.id),
        "measures-0-start": "0",
        "measures-0-target": "100",
        "measures-0-weight": "1",
        "measures-0-starts_on": "",
        "measures-0-due_on": "",
    } | {name.replace("m_", "measures-0-") if name.startswith("m_") else name: value for name, value in facts.items()}


def change(app: Flask, person: Person, goal: Goal, **facts: str) -> Any:
    return signed_in(app, person).post(f"/goals/{goal.id}/change", data=said(goal, **facts), headers=ENGLISH)


def check_in(goal: Goal, value: int) -> None:
    one = goal.measures[0]
    db.session.add(
        CheckIn(measure_id=one.id, entered_at=now(), on=days_ago(2), value=Decimal(value), author_id=goal.owner_id)
    )
    settle()


class TestChange:
    def test_is_kept_with_its_reason_and_moves_the_numbers(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        check_in(goal, 50)
        assert change(app, cast["report"], goal, m_target="200").status_code == 303
        db.session.refresh(goal)
        kept = db.session.query(Change).one()
        assert (kept.field, kept.old, kept.new, kept.why) == ("target", "100", "200", "Thị trường khác đi")
        assert (goal.progress, goal.version) == (Decimal("0.25"), 2)
        assert [row.action for row in db.session.query(AuditRow)] == ["change_goal"]
        assert not list(differences(today()))
        page = signed_in(app, cast["peer"]).get(f"/goals/{goal.id}").text
        assert "Thị trường khác đi" in page

    def test_a_direction_that_is_none_is_refused(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert change(app, cast["report"], goal, m_direction="sideways").status_code == 422

    def test_needs_a_reason_and_something_different(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert "This is needed." in change(app, cast["report"], goal, m_target="200", reason=" ").text
        assert "Nothing is different" in change(app, cast["report"], goal).text
        assert db.session.query(Change).count() == 0

    def test_the_rules_hold_at_the_field(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = change(app, cast["report"], goal, m_target="-5")
        assert answer.status_code == 422
        assert 'id="measures-0-target-error"' in answer.text
        later = goal.due_on + timedelta(days=30)
        assert 'id="due_on-error"' in change(app, cast["report"], goal, due_on=later.isoformat()).text

    def test_checkins_stay_inside_and_fix_the_direction(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        check_in(goal, 50)
        answer = change(app, cast["report"], goal, starts_on=days_ago(1).isoformat())
        assert "would lie outside" in answer.text
        assert (
            "Once there are check-ins" in change(app, cast["report"], goal, m_direction="decrease", m_start="200").text
        )

    def test_sent_twice_has_one_effect(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, data = signed_in(app, cast["report"]), said(goal, m_target="200", form_key=KEY)
        assert [client.post(f"/goals/{goal.id}/change", data=data).status_code for _ in range(2)] == [303, 303]
        assert db.session.query(Change).count() == 1

    def test_a_stale_form_keeps_its_text(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = change(app, cast["report"], goal, m_target="200", version="9")
        assert answer.status_code == 409
        assert "Thị trường khác đi" in answer.text
        assert "Somebody changed this goal meanwhile" in answer.text

    @pytest.mark.parametrize(("who", "status"), [("manager", 200), ("hr", 200), ("peer", 403), ("outsider", 404)])
    def test_is_for_those_concerned(
        self, app: Flask, cast: dict[str, Person], goal: Goal, who: str, status: int
    ) -> None:
        goal.visibility = "internal"
        assert signed_in(app, cast[who]).get(f"/goals/{goal.id}/change").status_code == status


class TestPropose:
    @pytest.fixture(autouse=True)
    def owners_may_not(self, goal: Goal) -> None:
        goal.unit.owners_edit_goals = goal.unit.owners_edit_measures = False

    def propose(self, app: Flask, cast: dict[str, Person], goal: Goal) -> Proposal:
        assert change(app, cast["report"], goal, m_target="200").status_code == 303
        return db.session.query(Proposal).one()

    def test_asks_the_manager_and_changes_nothing(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        asked = self.propose(app, cast, goal)
        assert (asked.field, asked.new, asked.state) == ("target", "200", "open")
        assert goal.measures[0].target == 100
        assert [one.person_id for one in db.session.query(Notification)] == [cast["manager"].id]
        assert "Thị trường khác đi" in signed_in(app, cast["manager"]).get(f"/goals/{goal.id}").text

    def test_the_manager_applies_it(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        asked = self.propose(app, cast, goal)
        there = f"/proposals/{asked.id}/apply"
        assert signed_in(app, cast["report"]).post(there).status_code == 403
        assert signed_in(app, cast["manager"]).post(there).status_code == 303
        db.session.expire_all()
        kept = db.session.query(Change).one()
        assert (goal.measures[0].target, kept.by_id, kept.approved_by_id) == (
            200,
            cast["report"].id,
            cast["manager"].id,
        )
        assert signed_in(app, cast["manager"]).post(there).status_code == 303
        assert db.session.query(Change).count() == 1
        assert not list(differences(today()))

    def test_or_returns_it_with_an_answer(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        asked = self.propose(app, cast, goal)
        client = signed_in(app, cast["manager"])
        client.post(f"/proposals/{asked.id}/return")
        db.session.refresh(asked)
        assert asked.state == "open"
        client.post(f"/proposals/{asked.id}/return", data={"answer": "Chưa"})
        db.session.refresh(asked)
        assert (asked.state, asked.answer, goal.measures[0].target) == ("returned", "Chưa", 100)

    def test_others_find_nothing(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        asked = self.propose(app, cast, goal)
        goal.visibility = "restricted"
        assert signed_in(app, cast["outsider"]).post(f"/proposals/{asked.id}/apply").status_code == 404
        assert signed_in(app, cast["outsider"]).post("/proposals/999/apply").status_code == 404
