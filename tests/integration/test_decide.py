"""The queue of decisions decided: one by one, and many at once."""

from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.models_follow import Change
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import WEEK, family, make_goal, running_cycle, settle
from tests.integration.deciding import ENGLISH, asked, decide, handed_in, page_of, reviewed, told


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(state="reviewing", evaluate_by=today() + WEEK, review_by=today() + WEEK * 2)


class TestDecideOne:
    @pytest.fixture
    def running(self, cast: dict[str, Person]) -> Cycle:
        return running_cycle(code="RUN", name="Đang chạy", goals_need_approval=True)

    @pytest.mark.parametrize(
        ("act", "words", "state"),
        [("agree", "", "active"), ("return", "Thiếu mốc đầu", "draft"), ("return", "", "proposed")],
    )
    def test_a_proposed_goal(
        self, app: Flask, cast: dict[str, Person], running: Cycle, act: str, words: str, state: str
    ) -> None:
        goal = make_goal(cast["report"], running, {}, state="proposed", title="Đề xuất")
        settle()
        answer = decide(app, cast["manager"], f"goal:{goal.id}:{goal.version}", act=act, words=words)
        db.session.refresh(goal)
        assert goal.state == state
        assert answer.status_code == (303 if state != "proposed" else 422)
        if state == "proposed":
            assert "A reason is needed." in answer.text
        if state == "draft":
            assert words in signed_in(app, cast["report"]).get(f"/goals/{goal.id}").text

    @pytest.mark.parametrize(("act", "target", "state"), [("agree", 200, "applied"), ("return", 100, "returned")])
    def test_a_proposed_change(
        self, app: Flask, cast: dict[str, Person], running: Cycle, act: str, target: int, state: str
    ) -> None:
        goal = make_goal(cast["report"], running, {})
        proposal = asked(goal)
        settle()
        answer = decide(app, cast["manager"], f"change:{proposal.id}:{goal.version}", act=act, words="Giữ như cũ")
        assert answer.status_code == 303
        db.session.expire_all()
        assert (goal.measures[0].target, proposal.state) == (target, state)
        assert db.session.query(Change).count() == (act == "agree")

    def test_a_change_of_a_goal_that_changed_meanwhile_is_looked_at_again(
        self, app: Flask, cast: dict[str, Person], running: Cycle
    ) -> None:
        goal = make_goal(cast["report"], running, {})
        proposal = asked(goal)
        settle()
        answer = decide(
            app, cast["manager"], f"change:{proposal.id}:{goal.version - 1}", act="return", words="Chưa nên"
        )
        assert answer.status_code == 409
        assert "It has changed since you looked." in answer.text
        assert "Chưa nên</textarea>" in answer.text
        db.session.refresh(proposal)
        assert proposal.state == "open"

    @pytest.mark.parametrize(("maker", "state"), [("manager", "active"), ("peer", "draft")])
    def test_a_suggestion_is_received_or_accepted(
        self, app: Flask, cast: dict[str, Person], running: Cycle, maker: str, state: str
    ) -> None:
        goal = make_goal(cast["report"], running, {}, state="suggested")
        goal.created_by = cast[maker]
        settle()
        assert decide(app, cast["report"], f"suggestion:{goal.id}:{goal.version}").status_code == 303
        db.session.refresh(goal)
        assert goal.state == state

    def test_a_review_is_signed_by_both_and_an_appeal_answered_by_hr(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        review = reviewed(cast["report"], cycle, "discussed")
        settle()
        tick = f"review:{review.id}:"
        assert "not returned" in decide(app, cast["manager"], f"{tick}1", act="return", words="x").text
        assert decide(app, cast["manager"], f"{tick}1").status_code == 303
        assert decide(app, cast["report"], f"{tick}2", act="return", words="Thiếu một mục tiêu").status_code == 303
        assert "Thiếu một mục tiêu" in page_of(app, cast["hr"], "/decisions?kind=appeal")
        appeal = f"appeal:{review.id}:3"
        assert "A reason is needed." in decide(app, cast["hr"], appeal).text
        assert decide(app, cast["hr"], appeal, words="Đã đối chiếu, giữ kết quả").status_code == 303
        db.session.refresh(review)
        assert (review.state, review.appeal_outcome) == ("person_signed", "Đã đối chiếu, giữ kết quả")

    def test_without_a_manager_it_lies_with_hr(self, app: Flask, cast: dict[str, Person], running: Cycle) -> None:
        goal = make_goal(cast["director"], running, {}, state="proposed", title="Của giám đốc")
        settle()
        assert "Của giám đốc" in page_of(app, cast["hr"])
        assert decide(app, cast["hr"], f"goal:{goal.id}:{goal.version}").status_code == 303

    def test_a_piece_of_the_page_comes_back_where_scripts_run(
        self, app: Flask, cast: dict[str, Person], running: Cycle
    ) -> None:
        goal = make_goal(cast["report"], running, {}, state="proposed")
        settle()
        data = {"things": f"goal:{goal.id}:{goal.version}", "act": "agree"}
        headers = ENGLISH | {"HX-Request": "true"}
        answer = signed_in(app, cast["manager"]).post("/decisions/decide", data=data, headers=headers)
        assert answer.text.startswith('<div id="queue">')
        assert "1 decided." in answer.text


class TestDecideMany:
    def test_each_is_decided_or_the_reason_given(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        running = running_cycle(code="RUN", name="Đang chạy", goals_need_approval=True)
        same, apart, stale, other = (
            handed_in(cast["report"], cycle, title="Đúng số liệu"),
            handed_in(cast["report"], cycle, "0.4", title="Khác số liệu"),
            handed_in(cast["peer"], cycle, title="Đã đổi"),
            handed_in(cast["manager"], cycle, title="Của người khác"),
        )
        good = make_goal(cast["report"], running, {}, state="proposed", title="Đủ")
        bad = make_goal(cast["report"], running, {"target": None}, state="proposed", title="Thiếu chỉ tiêu")
        change = asked(make_goal(cast["peer"], running, {}))
        settle()
        things = [f"evaluation:{goal.id}:{goal.version}" for goal in (same, apart)]
        things += [f"evaluation:{stale.id}:7", f"evaluation:{other.id}:1", f"change:{change.id}:1"]
        things += [f"goal:{goal.id}:{goal.version}" for goal in (good, bad)]
        answer = decide(app, cast["manager"], *things, "x", "goal:9:9:9", "drop:1:1")
        db.session.expire_all()
        assert [goal.evaluation for goal in (same, apart, stale, other)] == ["approved"] + ["submitted"] * 3
        assert (good.state, bad.state, change.state) == ("active", "proposed", "applied")
        assert answer.status_code == 409
        assert "3 decided." in answer.text
        for title, why in (
            ("Khác số liệu", "The score is not what the numbers say"),
            ("Đã đổi", "It has changed since you looked."),
            ("Của người khác", "It is not yours to decide now."),
            ("Thiếu chỉ tiêu", "A target is needed."),
        ):
            assert f"<b>{title}</b>: {why}" in answer.text
        assert (told("evaluation_approved"), told("approve_goal"), told("change_goal")) == (1, 1, 1)

    def test_many_are_returned_with_one_reason(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goals = [handed_in(cast["report"], cycle) for _ in range(3)]
        settle()
        things = [f"evaluation:{goal.id}:{goal.version}" for goal in goals]
        assert decide(app, cast["manager"], *things, act="return").status_code == 422
        assert decide(app, cast["manager"], *things, act="return", words="Bổ sung số liệu").status_code == 303
        db.session.expire_all()
        assert {goal.evaluation for goal in goals} == {"returned"}

    def test_two_tabs(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = handed_in(cast["report"], cycle, title="Hai thẻ")
        settle()
        thing = f"evaluation:{goal.id}:{goal.version}"
        assert decide(app, cast["manager"], thing).status_code == 303
        answer = decide(app, cast["manager"], thing, act="return", words="Khoan đã")
        assert answer.status_code == 409
        assert "<b>Hai thẻ</b>: It has changed since you looked." in answer.text
        assert told("evaluation_returned") == 0

    def test_sent_twice_it_has_one_effect(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = handed_in(cast["report"], cycle)
        settle()
        thing = f"evaluation:{goal.id}:{goal.version}"
        answers = [decide(app, cast["manager"], thing, form_key="k" * 20) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert told("evaluation_approved") == 1

    @pytest.mark.parametrize("who", ["manager", "hr", "director"])
    def test_nobody_decides_their_own(self, app: Flask, cast: dict[str, Person], cycle: Cycle, who: str) -> None:
        person = cast[who]
        running = running_cycle(code="RUN", name="Đang chạy", goals_need_approval=True)
        mine = handed_in(person, cycle, evaluator_id=person.id)
        goal = make_goal(person, running, {}, state="proposed")
        change = asked(make_goal(person, running, {}))
        appeal = reviewed(person, cycle, "appealed")
        settle()
        things = (f"evaluation:{mine.id}:1", f"goal:{goal.id}:1", f"change:{change.id}:1", f"appeal:{appeal.id}:1")
        answer = decide(app, person, *things, words="Của tôi")
        db.session.expire_all()
        assert (mine.evaluation, goal.state, change.state) == ("submitted", "proposed", "open")
        assert appeal.state == "appealed"
        assert answer.text.count("It is not yours to decide now.") == 4

    def test_what_may_not_be_seen_is_not_named(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = handed_in(cast["director"], cycle, title="Bí mật", visibility="restricted", evaluator_id=None)
        change = asked(goal)
        review = reviewed(cast["director"], cycle, "discussed")
        settle()
        things = (f"evaluation:{goal.id}:1", f"goal:{goal.id}:1", f"change:{change.id}:1", f"review:{review.id}:1")
        answer = signed_in(app, cast["outsider"]).post(
            "/decisions/decide", data={"things": list(things), "act": "agree"}, follow_redirects=True
        )
        assert "Bí mật" not in answer.text
        assert cast["director"].name not in answer.text

    def test_nothing_ticked_and_no_such_act(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        settle()
        assert decide(app, cast["manager"]).status_code == 303
        assert decide(app, cast["manager"], act="x").status_code == 422
