"""Evaluations: who may take which step when, with what effect, and what everybody else is answered."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import EvaluationStep, Result, Review
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    """A report's OKR at 60 %, in a cycle under review."""
    cycle = running_cycle()
    goal = make_goal(cast["report"], cycle, {})
    settle()
    facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
    check_in(goal.measures[0], facts, cast["report"], Reported(today(), Decimal(60)), now(), today())
    cycle.state = "reviewing"
    db.session.commit()
    return goal


def post(client: FlaskClient, goal: Goal, act: str, **said: Any) -> Any:
    return client.post(f"/evaluations/{goal.id}/{act}", data=said, headers=ENGLISH)


def hand_in(app: Flask, cast: dict[str, Person], goal: Goal, score: str = "70") -> None:
    answer = post(
        signed_in(app, cast["report"]), goal, "submit", score=score, words="Em xin tính thêm.", version=goal.version
    )
    assert answer.status_code == 303
    db.session.expire_all()


def approved(app: Flask, cast: dict[str, Person], goal: Goal) -> None:
    hand_in(app, cast, goal)
    answer = post(signed_in(app, cast["manager"]), goal, "approve", score="60", version=goal.version)
    assert answer.status_code == 303
    db.session.expire_all()


def steps() -> list[tuple[str, Decimal | None, str]]:
    query = select(EvaluationStep.step, EvaluationStep.score, EvaluationStep.note).order_by(EvaluationStep.at)
    return [tuple(row) for row in db.session.execute(query)]  # type: ignore[misc]


def told(kind: str) -> list[int]:
    return list(db.session.scalars(select(Notification.person_id).where(Notification.kind == kind)))


def audited(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditRow.action == action)) or 0


class TestSubmit:
    def test_starts_at_what_the_numbers_say(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = (
            signed_in(app, cast["report"]).get(f"/evaluations/{goal.id}/submit", headers=ENGLISH).get_data(as_text=True)
        )
        assert 'value="60\u00a0%"' in text
        assert "60 ÷ 100 = 60.0\u00a0%" in text

    def test_is_kept_and_the_evaluator_hears_of_it(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        before = goal.version
        hand_in(app, cast, goal, "70.5 %")
        assert goal.evaluation == "submitted"
        assert (goal.score, goal.version) == (Decimal("0.705"), before + 1)
        assert steps() == [("submitted", Decimal("0.705"), "Em xin tính thêm.")]
        assert told("submitted") == [cast["manager"].id]
        assert audited("evaluation_submitted") == 1

    @pytest.mark.parametrize("score", ["", "x", "-1", "101", "1e400", "NaN", "\u0661", "60\x00", "1_0", "9" * 50])
    def test_a_score_that_cannot_be_is_refused_with_the_text_kept(
        self, app: Flask, cast: dict[str, Person], goal: Goal, score: str
    ) -> None:
        answer = post(
            signed_in(app, cast["report"]), goal, "submit", score=score, words="Giữ lời này", version=goal.version
        )
        assert answer.status_code == 422
        assert "Giữ lời này" in answer.get_data(as_text=True)
        db.session.expire_all()
        assert (goal.evaluation, steps()) == ("", [])

    @pytest.mark.parametrize("role", ["manager", "director", "peer", "outsider", "hr"])
    def test_is_the_owners_alone(self, app: Flask, cast: dict[str, Person], goal: Goal, role: str) -> None:
        client = signed_in(app, cast[role])
        assert client.get(f"/evaluations/{goal.id}/submit").status_code == 403
        assert post(client, goal, "submit", score="70", version=goal.version).status_code == 403
        assert steps() == []

    def test_before_its_time_it_is_refused(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.cycle.state = "open"
        client = signed_in(app, cast["report"])
        assert client.get(f"/evaluations/{goal.id}/submit").status_code == 403
        assert post(client, goal, "submit", score="70", version=goal.version).status_code == 403

    def test_sent_twice_it_has_one_effect(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["report"])
        form = {"score": "70", "version": goal.version, "form_key": "k" * 20}
        answers = [post(client, goal, "submit", **form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert len(steps()) == 1

    def test_in_a_second_window_it_is_told_what_happened(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        old = goal.version
        hand_in(app, cast, goal)
        answer = post(signed_in(app, cast["report"]), goal, "submit", score="80", words="Bản thứ hai", version=old)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "Bản thứ hai" in text
        assert "Nguyễn Minh Anh handed in" in text
        assert len(steps()) == 1


class TestShow:
    def test_who_may_see_the_evaluation(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        hand_in(app, cast, goal)
        seen = {
            role: signed_in(app, person).get(f"/evaluations/{goal.id}", headers=ENGLISH).status_code
            for role, person in cast.items()
        }
        assert seen == {"director": 200, "manager": 200, "report": 200, "hr": 200, "peer": 404, "outsider": 404}

    def test_a_hidden_goal_is_not_there(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.visibility = "restricted"
        client = signed_in(app, cast["outsider"])
        for address in (f"/evaluations/{goal.id}", f"/evaluations/{goal.id}/row", f"/evaluations/{goal.id}/submit"):
            assert client.get(address).status_code == 404
        for act in ("submit", "approve", "return", "reopen"):
            assert post(client, goal, act, score="60", version=goal.version).status_code == 404

    def test_only_the_evaluator_gets_the_form(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        hand_in(app, cast, goal)
        address, form = f"/evaluations/{goal.id}", f"/evaluations/{goal.id}/approve"
        assert form in signed_in(app, cast["manager"]).get(address).get_data(as_text=True)
        for role in ("director", "report", "hr"):
            assert form not in signed_in(app, cast[role]).get(address).get_data(as_text=True)


class TestApprove:
    def test_the_score_becomes_the_result(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        approved(app, cast, goal)
        assert (goal.evaluation, goal.score, goal.state) == ("approved", Decimal("0.6"), "active")
        assert told("approved") == [cast["report"].id]
        assert audited("evaluation_approved") == 1
        result = db.session.execute(select(Result).where(Result.person_id == cast["report"].id)).scalar_one()
        assert (result.total, result.provisional) == (Decimal("0.6"), False)

    def test_a_score_that_is_not_the_numbers_needs_words(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        hand_in(app, cast, goal)
        client = signed_in(app, cast["manager"])
        answer = post(client, goal, "approve", score="70", version=goal.version)
        assert answer.status_code == 422
        assert "say in words why" in answer.get_data(as_text=True)
        assert post(client, goal, "approve", score="70", words="Đồng ý.", version=goal.version).status_code == 303
        assert steps()[-1] == ("approved", Decimal("0.7"), "Đồng ý.")

    @pytest.mark.parametrize("role", ["report", "director", "peer", "outsider", "hr"])
    def test_is_the_evaluators_alone(self, app: Flask, cast: dict[str, Person], goal: Goal, role: str) -> None:
        hand_in(app, cast, goal)
        for act in ("approve", "return"):
            answer = post(signed_in(app, cast[role]), goal, act, score="60", words="x", version=goal.version)
            assert answer.status_code == 403
        assert len(steps()) == 1

    def test_nobody_approves_their_own(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.evaluator = cast["report"]
        hand_in(app, cast, goal)
        assert (
            post(signed_in(app, cast["report"]), goal, "approve", score="60", version=goal.version).status_code == 403
        )

    def test_after_a_return_in_another_window_it_is_told(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        hand_in(app, cast, goal)
        client, old = signed_in(app, cast["manager"]), goal.version
        assert post(client, goal, "return", words="Bổ sung số liệu", version=old).status_code == 303
        answer = post(client, goal, "approve", score="65", words="Giữ lời này", version=old)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "Giữ lời này" in text
        assert "Trần Thu Hà returned it" in text
        assert [step for step, _, _ in steps()] == ["submitted", "returned"]

    def test_a_kpi_goes_to_its_cap(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.kind = "kpi"
        hand_in(app, cast, goal, "120")
        answer = post(signed_in(app, cast["manager"]), goal, "approve", score="120.1", words="x", version=goal.version)
        assert answer.status_code == 422
        answer = post(signed_in(app, cast["manager"]), goal, "approve", score="120", words="x", version=goal.version)
        assert answer.status_code == 303


class TestReturn:
    def test_needs_a_reason_and_keeps_the_score_typed(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        hand_in(app, cast, goal)
        answer = post(signed_in(app, cast["manager"]), goal, "return", score="bảy mươi", version=goal.version)
        assert answer.status_code == 422
        assert "bảy mươi" in answer.get_data(as_text=True)

    def test_the_owner_hears_why_and_hands_in_again(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        hand_in(app, cast, goal)
        post(signed_in(app, cast["manager"]), goal, "return", words="Bổ sung số liệu", version=goal.version)
        db.session.expire_all()
        assert (goal.evaluation, goal.score) == ("returned", None)
        assert told("returned") == [cast["report"].id]
        text = signed_in(app, cast["report"]).get(f"/evaluations/{goal.id}/submit").get_data(as_text=True)
        assert "Bổ sung số liệu" in text
        hand_in(app, cast, goal, "60")
        assert [step for step, _, _ in steps()] == ["submitted", "returned", "submitted"]


class TestReopen:
    @pytest.fixture
    def review(self, cast: dict[str, Person], goal: Goal) -> Review:
        signed = datetime(2026, 1, 5, tzinfo=UTC)
        review = Review(
            cycle=goal.cycle, person=cast["report"], state="person_signed", manager_signed_at=signed,
            person_signed_at=signed, agrees=True,
        )  # fmt: skip
        db.session.add(review)
        return review

    def test_by_hr_with_a_reason_voids_the_signatures(
        self, app: Flask, cast: dict[str, Person], goal: Goal, review: Review
    ) -> None:
        approved(app, cast, goal)
        client = signed_in(app, cast["hr"])
        assert post(client, goal, "reopen", version=goal.version).status_code == 422
        assert post(client, goal, "reopen", words="Số liệu đổi", version=goal.version).status_code == 303
        db.session.expire_all()
        assert (goal.evaluation, goal.score) == ("reopened", None)
        assert (review.state, review.manager_signed_at, review.person_signed_at, review.agrees) == (
            "discussed",
            None,
            None,
            None,
        )
        assert sorted(told("reopened")) == sorted([cast["report"].id, cast["manager"].id])
        result = db.session.execute(select(Result).where(Result.person_id == cast["report"].id)).scalar_one()
        assert result.provisional

    @pytest.mark.parametrize("role", ["report", "manager", "director", "peer"])
    def test_is_hrs_alone(self, app: Flask, cast: dict[str, Person], goal: Goal, role: str) -> None:
        approved(app, cast, goal)
        assert post(signed_in(app, cast[role]), goal, "reopen", words="x", version=goal.version).status_code == 403

    def test_never_on_their_own_goal(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        cast["report"].is_hr = True
        approved(app, cast, goal)
        assert post(signed_in(app, cast["report"]), goal, "reopen", words="x", version=goal.version).status_code == 403


def test_a_closed_cycle_changes_nothing(app: Flask, cast: dict[str, Person], goal: Goal) -> None:
    approved(app, cast, goal)
    cycle: Cycle = goal.cycle
    cycle.state = "closed"
    assert post(signed_in(app, cast["hr"]), goal, "reopen", words="x", version=goal.version).status_code == 403
