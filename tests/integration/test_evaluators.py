"""HR names who decides on a goal, or passes it on; it is kept, and never theirs to do on their own."""

from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Change, Review
from goalsite.queries.company import now
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.integration.deciding import ENGLISH, asked, handed_in, page_of, reviewed


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(state="reviewing")


@pytest.fixture
def goal(cast: dict[str, Person], cycle: Cycle) -> Goal:
    """The director's own: nobody is above them."""
    made = handed_in(cast["director"], cycle, title="Của giám đốc")
    settle()
    return made


def name(app: Flask, by: Person, goal: Goal, person: Person, where: str = "", **more: str) -> Any:
    data = {"person": person.email, "version": str(goal.version), "reason": ""} | more
    return signed_in(app, by).post(f"/goals/{goal.id}/evaluator{where}", data=data, headers=ENGLISH)


class TestName:
    def test_hr_sees_who_lacks_one_and_names_somebody(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert "Của giám đốc" in page_of(app, cast["hr"], "/decisions?kind=evaluator")
        assert '1</b> <a class="link" href="/decisions?kind=evaluator"' in page_of(app, cast["hr"], "/")
        answer = name(app, cast["hr"], goal, cast["outsider"], "?kind=evaluator")
        assert (answer.status_code, answer.location) == (303, "/decisions?kind=evaluator")
        db.session.refresh(goal)
        assert goal.evaluator_id == cast["outsider"].id
        assert "Của giám đốc" not in page_of(app, cast["hr"], "/decisions?kind=evaluator")
        assert "Của giám đốc" in page_of(app, cast["outsider"])
        assert [row.action for row in db.session.query(AuditRow)] == ["name_evaluator"]
        told = {(one.person_id, one.kind) for one in db.session.query(Notification)}
        assert told == {(cast["outsider"].id, "evaluator_named"), (cast["director"].id, "evaluator_changed")}

    def test_passing_on_takes_a_reason_that_stands_in_the_history(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = handed_in(cast["report"], cycle, title="Chuyển tay")
        settle()
        assert "A reason is needed." in name(app, cast["hr"], goal, cast["director"]).text
        assert name(app, cast["hr"], goal, cast["director"], reason="Quản lý nghỉ dài ngày").status_code == 303
        kept = db.session.query(Change).one()
        assert (kept.field, kept.old, kept.new) == ("evaluator", cast["manager"].name, cast["director"].name)
        text = page_of(app, cast["report"], f"/goals/{goal.id}")
        assert "Quản lý nghỉ dài ngày" in text
        assert "Chuyển tay" in page_of(app, cast["director"])
        assert "Chuyển tay" not in page_of(app, cast["manager"])

    def test_one_who_has_left_can_decide_nothing(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        gone = cast["peer"]
        handed_in(cast["report"], cycle, title="Người chấm đã nghỉ", evaluator_id=gone.id)
        gone.left_on, gone.disabled_at = days_ago(2), now()
        settle()
        text = page_of(app, cast["hr"], "/decisions?kind=evaluator")
        assert "Người chấm đã nghỉ" in text
        assert f"{gone.name} has left" in text

    def test_refusals(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        cast["peer"].disabled_at = now()
        db.session.commit()
        hr = cast["hr"]
        assert "Nobody evaluates their own goal." in name(app, hr, goal, cast["director"]).text
        assert "has left, or their account is closed" in name(app, hr, goal, cast["peer"]).text
        stranger = Person(name="Không ai", email="khong@co.ai", email_key="khong@co.ai", sort_key="")
        assert name(app, hr, goal, stranger).status_code == 422
        answer = name(app, hr, goal, cast["outsider"], version="9", reason="Lý do đã gõ")
        assert answer.status_code == 409
        assert "Lý do đã gõ" in answer.text
        assert name(app, hr, goal, cast["outsider"]).status_code == 303
        db.session.refresh(goal)
        assert "decides on it already" in name(app, hr, goal, cast["outsider"], reason="x").text
        assert db.session.query(Change).count() == 1

    @pytest.mark.parametrize("who", ["manager", "director", "peer"])
    def test_is_for_hr(self, app: Flask, cast: dict[str, Person], goal: Goal, who: str) -> None:
        assert signed_in(app, cast[who]).get(f"/goals/{goal.id}/evaluator").status_code == 403
        assert name(app, cast[who], goal, cast["outsider"]).status_code == 403

    def test_never_on_their_own(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        mine = handed_in(cast["hr"], cycle, title="Của nhân sự", evaluator_id=None)
        settle()
        assert "Của nhân sự" not in page_of(app, cast["hr"], "/decisions?kind=evaluator")
        assert name(app, cast["hr"], mine, cast["manager"]).status_code == 403

    def test_sent_twice_has_one_effect(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answers = [name(app, cast["hr"], goal, cast["outsider"], form_key="k" * 20) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert db.session.query(Change).count() == 1


class TestReopen:
    def test_hr_finds_it_on_the_goal_and_the_signatures_fall(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = handed_in(cast["report"], cycle, "0.5", evaluation="approved")
        review = reviewed(cast["report"], cycle, "person_signed")
        mine = handed_in(cast["hr"], cycle, evaluation="approved", evaluator_id=cast["manager"].id)
        settle()
        assert "Reopen this evaluation" in page_of(app, cast["hr"], f"/goals/{goal.id}")
        assert "Reopen this evaluation" not in page_of(app, cast["manager"], f"/goals/{goal.id}")
        assert "Reopen this evaluation" not in page_of(app, cast["hr"], f"/goals/{mine.id}")
        data = {"version": goal.version, "words": "Sai số liệu"}
        assert signed_in(app, cast["hr"]).post(f"/evaluations/{goal.id}/reopen", data=data).status_code == 303
        db.session.expire_all()
        assert (goal.evaluation, db.session.get_one(Review, review.id).state) == ("reopened", "discussed")
        assert "Sai số liệu" in page_of(app, cast["report"], f"/goals/{goal.id}")
        data = {"version": mine.version, "words": "Của tôi"}
        assert signed_in(app, cast["hr"]).post(f"/evaluations/{mine.id}/reopen", data=data).status_code == 403


class TestBeforeClosing:
    def test_what_nobody_decided_is_named(self, app: Flask, cast: dict[str, Person], goal: Goal, cycle: Cycle) -> None:
        asked(make_goal(cast["report"], cycle, {}, title="Xin đổi chưa duyệt"))
        make_goal(cast["peer"], cycle, {}, state="proposed", title="Đề xuất dở")
        settle()
        text = page_of(app, cast["hr"], f"/setup/cycles/{cycle.id}/close")
        assert "1 goal has a proposed change that nobody has decided" in text
        assert "Xin đổi chưa duyệt" in text
        assert "1 goal waits for approval" in text
        assert "1 goal has no evaluator who could decide on it" in text
        assert "/decisions?kind=evaluator" in text
