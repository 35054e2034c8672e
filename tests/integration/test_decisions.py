"""The queue of decisions: what is in it for whom, and many approved at once."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import EvaluationStep
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import WEEK, days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(state="reviewing", evaluate_by=today() + WEEK)


def handed_in(owner: Person, cycle: Cycle, score: str = "0", **facts: Any) -> Goal:
    """A goal at 0 % whose owner says `score`."""
    goal = make_goal(owner, cycle, {}, evaluation="submitted", score=Decimal(score), **facts)
    db.session.add(
        EvaluationStep(goal_id=goal.id, at=AT, step="submitted", by_id=owner.id, score=Decimal(score), note="")
    )
    return goal


def page_of(app: Flask, person: Person, path: str = "/decisions") -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("\u00a0", " ")


class TestShow:
    def test_what_waits_for_me_with_what_it_is_judged_by(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        handed_in(cast["report"], cycle, "0.1", title="Mục tiêu của Anh")
        settle()
        text = page_of(app, cast["manager"])
        assert "1 goal waits for your decision" in text
        assert "Mục tiêu của Anh" in text
        assert "+10" in text

    @pytest.mark.parametrize("role", ["report", "director", "peer", "outsider", "hr"])
    def test_what_waits_for_somebody_else_is_not_here(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, role: str
    ) -> None:
        handed_in(cast["report"], cycle, title="Mục tiêu của Anh")
        settle()
        text = page_of(app, cast[role])
        assert "Nothing waits for your decision" in text
        assert "Mục tiêu của Anh" not in text

    def test_what_i_have_handed_in_is_in_its_tab(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        handed_in(cast["report"], cycle, title="Mục tiêu của Anh")
        settle()
        assert "Mục tiêu của Anh" in page_of(app, cast["report"], "/decisions?tab=sent")

    def test_a_goal_whose_time_has_not_come_does_not_wait(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        cycle.state = "open"
        handed_in(cast["report"], cycle)
        handed_in(cast["peer"], cycle, due_on=days_ago(1), title="Đã hết hạn")
        settle()
        text = page_of(app, cast["manager"])
        assert "1 goal waits for your decision" in text
        assert "Đã hết hạn" in text

    def test_the_same_goal_of_the_cycle_before_is_beside_it(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        before = Cycle(code="OLD", name="Quý trước", state="closed", starts_on=days_ago(200), ends_on=days_ago(100))
        facts = {"title": "Cùng tên", "due_on": before.ends_on, "starts_on": before.starts_on}
        db.session.add(before)
        make_goal(cast["report"], before, {}, evaluation="approved", score=Decimal("0.83"), **facts)
        handed_in(cast["report"], cycle, title="Cùng tên")
        settle()
        assert "83 %" in page_of(app, cast["manager"])

    def test_of_one_person_and_by_person(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        handed_in(cast["report"], cycle, title="Của Anh")
        handed_in(cast["peer"], cycle, title="Của Linh")
        settle()
        text = page_of(app, cast["manager"], f"/decisions?person={cast['peer'].id}&sort=person")
        assert "Của Linh" in text
        assert "Của Anh" not in text

    @pytest.mark.parametrize("asked", ["tab=x", "sort=%27", "person=-1", "person=9999999999999", "page=0", "page=99"])
    def test_what_makes_no_sense_narrows_nothing(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, asked: str
    ) -> None:
        settle()
        page_of(app, cast["manager"], f"/decisions?{asked}")

    def test_queries_do_not_grow_with_the_rows(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goals = [handed_in(cast["report"], cycle, title=f"Mục tiêu {n}") for n in range(30)]
        settle()
        client = signed_in(app, cast["manager"])
        client.get("/decisions")
        for address in ("/decisions", "/decisions?page=2", f"/evaluations/{goals[0].id}"):
            with counted(app) as sent:
                assert client.get(address).status_code == 200
            assert len(sent) <= MOST, "\n".join(sent)


class TestApprove:
    def test_each_ticked_goal_or_the_reason_why_not(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        same, apart, stale, other = (
            handed_in(cast["report"], cycle, title="Đúng số liệu"),
            handed_in(cast["report"], cycle, "0.4", title="Khác số liệu"),
            handed_in(cast["peer"], cycle, title="Đã đổi"),
            handed_in(cast["manager"], cycle, title="Của người khác"),
        )
        settle()
        client = signed_in(app, cast["manager"])
        ticked = [
            f"{same.id}:{same.version}",
            f"{apart.id}:{apart.version}",
            f"{stale.id}:7",
            f"{other.id}:1",
            "x",
            "9:9:9",
        ]
        answer = client.post(
            "/decisions/approve", data={"goals": ticked}, headers={"Accept-Language": "en"}, follow_redirects=True
        )
        text = answer.get_data(as_text=True)
        db.session.expire_all()
        assert [goal.evaluation for goal in (same, apart, stale, other)] == ["approved"] + ["submitted"] * 3
        assert "1 goal approved." in text
        assert "Not approved: “Khác số liệu”. The score is not what the numbers say" in text
        assert "Not approved: “Đã đổi”." in text
        assert "Not approved: “Của người khác”. It is not yours to decide now." in text
        assert db.session.scalar(select(func.count()).where(AuditRow.action == "evaluation_approved")) == 1

    def test_a_goal_that_may_not_be_seen_is_not_named(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = handed_in(cast["director"], cycle, title="Bí mật", visibility="restricted", evaluator_id=None)
        settle()
        answer = signed_in(app, cast["outsider"]).post(
            "/decisions/approve", data={"goals": [f"{goal.id}:1"]}, follow_redirects=True
        )
        assert "Bí mật" not in answer.get_data(as_text=True)

    def test_sent_twice_it_has_one_effect(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = handed_in(cast["report"], cycle)
        settle()
        client = signed_in(app, cast["manager"])
        form = {"goals": [f"{goal.id}:{goal.version}"], "form_key": "k" * 20}
        answers = [client.post("/decisions/approve", data=form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert db.session.scalar(select(func.count()).where(EvaluationStep.step == "approved")) == 1
