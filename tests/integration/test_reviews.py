"""A person's review in the browser: prepared, talked about, adjusted, signed by both, appealed and answered; and who finds it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.cycles import move_cycle
from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Setting
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Result, Review
from goalsite.queries.company import forget_company, now, today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

KEY = "a-form-key-of-this-test"


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    cycle = running_cycle(state="reviewing", review_by=today() + timedelta(days=40))
    make_goal(cast["report"], cycle, {}, title="Bán hàng", evaluation="approved", score=Decimal("0.8"))
    make_goal(cast["peer"], cycle, {}, evaluation="submitted", score=Decimal("0.9"))
    make_goal(cast["hr"], cycle, {}, evaluation="approved", score=Decimal("0.7"))
    settle()
    return cycle


@pytest.fixture
def act(app: Flask, cast: dict[str, Person], cycle: Cycle) -> Any:
    """Takes a step of the report's review, as somebody; with the version of now unless another is said."""

    def take(role: str, step: str, version: int | None = None, **said: str) -> Any:
        held = review()
        now = held.version if held else 0
        said = {"version": str(now if version is None else version)} | said
        return signed_in(app, cast[role]).post(
            f"/reviews/NOW/{cast['report'].id}/{step}", data=said, headers={"Accept-Language": "en"}
        )

    return take


def review() -> Review | None:
    db.session.expire_all()
    return db.session.query(Review).one_or_none()


def held() -> Review:
    found = review()
    assert found is not None
    return found


def page(app: Flask, person: Person, path: str) -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True)).replace("\u00a0", " ")


def audited() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq)]


class TestShow:
    @pytest.mark.parametrize(
        ("role", "status"),
        [("report", 200), ("manager", 200), ("director", 200), ("hr", 200), ("peer", 404), ("outsider", 404)],
    )
    def test_who_finds_it(self, app: Flask, cast: dict[str, Person], cycle: Cycle, role: str, status: int) -> None:
        client = signed_in(app, cast[role])
        path = f"/reviews/NOW/{cast['report'].id}"
        assert client.get(path).status_code == status
        assert client.get("/reviews/NONE/1").status_code == 404
        for step in ("words", "discuss", "adjust", "sign_as_person", "uphold"):
            if status == 404:
                assert client.post(f"{path}/{step}").status_code == 404

    def test_says_how_it_came_about(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        client, path = signed_in(app, cast["report"]), f"/reviews/NOW/{cast['report'].id}"
        client.get(path)
        with counted(app) as sent:
            text = client.get(path, headers={"Accept-Language": "en"}).text.replace("\u00a0", " ")
        assert len(sent) <= MOST, sent
        cycle.state = "closed"
        settle()
        with counted(app) as sent:
            client.get(path)
        assert len(sent) <= MOST, sent
        cycle.state, cycle.closed_at = "reviewing", None
        db.session.query(Result).delete()
        settle()
        assert "Bán hàng" in text
        assert "80.0 %" in text
        assert "Fair" in text or "Good" in text
        assert "Prepare your review" in text
        assert "provisional:" not in text
        assert "The result is provisional" in page(app, cast["manager"], f"/reviews/NOW/{cast['peer'].id}")

    def test_no_rating_before_the_review_nor_under_thirty_days(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        cast["report"].joined_on = cycle.ends_on - timedelta(days=10)
        settle()
        assert "No rating: less than 30 days" in page(app, cast["report"], f"/reviews/NOW/{cast['report'].id}")
        cycle.state = "open"
        settle()
        text = page(app, cast["report"], f"/reviews/NOW/{cast['report'].id}")
        assert "signed once the cycle is under review" in text
        assert db.session.query(Result).filter(Result.rating != "").count() == 0


class TestTake:
    def test_from_preparation_to_both_signatures(self, app: Flask, cast: dict[str, Person], act: Any) -> None:
        assert act("report", "words", words="Em đã làm tốt").status_code == 303
        assert act("manager", "words", words="Khá, cần đều hơn").status_code == 303
        assert act("manager", "discuss").status_code == 303
        assert act("manager", "sign_as_manager").status_code == 303
        assert act("report", "sign_as_person").status_code == 303
        signed = held()
        assert (signed.state, signed.agrees) == ("person_signed", True)
        assert signed.manager_signed_at is not None
        assert signed.person_signed_at is not None
        text = page(app, cast["hr"], f"/reviews/NOW/{cast['report'].id}")
        assert "Em đã làm tốt" in text
        assert "Khá, cần đều hơn" in text
        assert text.count("Signed on") == 2
        steps = ["discuss", "sign_as_manager", "sign_as_person"]
        assert audited() == ["write_review"] * 2 + [f"review_{step}" for step in steps]
        told = {(one.person_id, one.kind) for one in db.session.query(Notification)}
        assert (cast["report"].id, "review_sign_as_manager") in told
        assert (cast["manager"].id, "review_sign_as_person") in told

    def test_words_stay_once_the_manager_signed(self, act: Any) -> None:
        act("manager", "discuss")
        act("manager", "sign_as_manager")
        assert act("report", "words", words="Muộn").status_code == 403
        assert held().person_words == ""

    def test_each_step_is_only_theirs(self, act: Any) -> None:
        for role in ("report", "director", "hr"):
            assert act(role, "discuss").status_code == 403
        act("manager", "discuss")
        for role in ("report", "manager", "director"):
            assert act(role, "adjust", adjustment="2", words="x").status_code == 403
        assert act("hr", "sign_as_manager").status_code == 403
        act("manager", "sign_as_manager")
        for role in ("manager", "hr"):
            assert act(role, "sign_as_person").status_code == 403
        assert held().state == "manager_signed"

    def test_hr_adjusts_with_a_reason_within_the_limit(self, app: Flask, cast: dict[str, Person], act: Any) -> None:
        act("manager", "discuss")
        assert "A reason is needed" in act("hr", "adjust", adjustment="5").text
        answer = act("hr", "adjust", adjustment="10.01", words="Quá nhiều")
        assert answer.status_code == 422
        assert "An adjustment is at most" in answer.text
        assert "Quá nhiều" in answer.text
        assert act("hr", "adjust", adjustment="NaN", words="x").status_code == 422
        assert act("hr", "adjust", adjustment="", words="x").status_code == 422
        assert act("hr", "adjust", adjustment="5", words="Gánh việc thay").status_code == 303
        result = db.session.query(Result).filter_by(person_id=cast["report"].id).one()
        assert (result.total, result.adjusted, result.rating) == (Decimal("0.8"), Decimal("0.85"), "good")
        text = page(app, cast["report"], f"/reviews/NOW/{cast['report'].id}")
        assert "adjusted by HR to 85.0 %: Gánh việc thay" in text
        assert act("hr", "adjust", adjustment="5.25", words="Gánh việc thay").status_code == 303
        form = page(app, cast["hr"], f"/reviews/NOW/{cast['report'].id}")
        assert re.search(r'<input[^>]*id="review-adjustment"[^>]*value="5\.25\s?%"', form), "it opens with what holds"
        assert re.search(r'<textarea[^>]*id="review-adjust"[^>]*>\s*Gánh việc thay', form)
        assert act("hr", "adjust", adjustment="0", words="Thôi").status_code == 303
        db.session.expire_all()
        assert result.adjusted is None

    def test_hr_never_on_their_own(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        db.session.add(Review(cycle_id=cycle.id, person_id=cast["hr"].id, state="discussed"))
        said = {"version": "1", "adjustment": "5", "words": "x"}
        answer = signed_in(app, cast["hr"]).post(f"/reviews/NOW/{cast['hr'].id}/adjust", data=said)
        assert answer.status_code == 403

    def test_an_appeal_is_answered_in_words(self, app: Flask, cast: dict[str, Person], act: Any) -> None:
        act("report", "words", words="Ban đầu")
        act("manager", "discuss")
        act("manager", "sign_as_manager")
        assert act("report", "appeal").status_code == 422
        assert act("report", "appeal", words="Tôi thấy khác").status_code == 303
        assert (held().state, held().agrees, held().person_words) == ("appealed", False, "Ban đầu\n\nTôi thấy khác")
        told = db.session.query(Notification).filter_by(kind="review_appeal")
        assert {one.person_id for one in told} == {cast["manager"].id, cast["hr"].id}
        assert "1 review waits for you" in page(app, cast["hr"], "/reviews?cycle=NOW")
        assert act("hr", "reopen", words="Xem lại điểm").status_code == 303
        assert (held().state, held().manager_signed_at, held().agrees) == ("discussed", None, None)
        act("manager", "sign_as_manager")
        act("report", "appeal", words="Vẫn khác")
        assert act("hr", "uphold", words="Kết quả đúng").status_code == 303
        assert (held().state, held().agrees, held().appeal_outcome) == ("person_signed", False, "Kết quả đúng")
        assert "Kết quả đúng" in page(app, cast["report"], f"/reviews/NOW/{cast['report'].id}")

    def test_hr_notes_a_refusal(self, act: Any) -> None:
        act("manager", "discuss")
        act("manager", "sign_as_manager")
        assert act("hr", "note_refusal", words="Nghỉ không báo").status_code == 303
        assert (held().state, held().person_signed_at, held().appeal_outcome) == ("closed", None, "Nghỉ không báo")

    def test_two_tabs(self, act: Any) -> None:
        assert act("manager", "words", words="Một").status_code == 303
        answer = act("manager", "words", version=0, words="Hai dòng tôi gõ")
        assert answer.status_code == 409
        assert "This changed while you were writing" in answer.text
        assert "Hai dòng tôi gõ" in answer.text
        assert held().manager_words == "Một"
        act("manager", "discuss")
        assert act("manager", "discuss", version=1).status_code == 409
        assert audited().count("review_discuss") == 1

    def test_sent_twice_has_one_effect(self, act: Any) -> None:
        answers = [act("manager", "discuss", version=0, form_key=KEY).status_code for _ in range(2)]
        assert answers[0] == 303
        assert audited() == ["review_discuss"]

    def test_nothing_is_signed_before_the_cycle_is_under_review(self, act: Any, cycle: Cycle) -> None:
        cycle.state = "open"
        db.session.commit()
        assert act("report", "words", words="Chuẩn bị").status_code == 303
        assert act("manager", "discuss").status_code == 403
        cycle.state = "closed"
        db.session.commit()
        assert act("report", "words", words="Muộn").status_code == 403

    def test_an_evaluation_opened_again_voids_the_signatures(
        self, app: Flask, cast: dict[str, Person], act: Any
    ) -> None:
        act("manager", "discuss")
        act("manager", "sign_as_manager")
        act("report", "sign_as_person")
        goal = db.session.query(Goal).filter_by(title="Bán hàng").one()
        said = {"version": str(goal.version), "words": "Nhầm"}
        assert signed_in(app, cast["hr"]).post(f"/evaluations/{goal.id}/reopen", data=said).status_code == 303
        assert (held().state, held().manager_signed_at, held().person_signed_at) == ("discussed", None, None)

    @pytest.mark.parametrize("signed", (0, 1, 2, 3))
    def test_a_closed_cycle_opened_again_goes_on_with_each_review_where_it_was(
        self, cast: dict[str, Person], cycle: Cycle, act: Any, signed: int
    ) -> None:
        act("manager", "words", words="Tốt")
        steps = (("manager", "discuss"), ("manager", "sign_as_manager"), ("report", "sign_as_person"))
        for role, step in steps[:signed]:
            act(role, step)
        was = held().state
        move_cycle(cast["hr"], cycle, "close", "", today())
        assert held().state == "closed"
        move_cycle(cast["hr"], cycle, "reopen", "Nhầm", today())
        assert held().state == was == ("preparation", "discussed", "manager_signed", "person_signed")[signed]

    def test_opened_again_on_another_result_it_is_signed_again(
        self, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        self.sign(act)
        move_cycle(cast["hr"], cycle, "close", "", today())
        db.session.add(Setting(key="rating_bands", value="excellent:0.5;good:0.4;fair:0.3;average:0.2"))
        db.session.commit()
        forget_company()
        move_cycle(cast["hr"], cycle, "reopen", "Nhầm", today())
        assert (held().state, held().manager_signed_at) == ("discussed", None)

    def test_what_nobody_would_sign_stays_closed_when_the_cycle_is_opened_again(
        self, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        act("manager", "discuss")
        act("manager", "sign_as_manager")
        act("hr", "note_refusal", words="Không ký")
        move_cycle(cast["hr"], cycle, "close", "", today())
        move_cycle(cast["hr"], cycle, "reopen", "Nhầm", today())
        assert held().state == "closed"

    def sign(self, act: Any) -> None:
        for role, step in (("manager", "discuss"), ("manager", "sign_as_manager"), ("report", "sign_as_person")):
            assert act(role, step).status_code == 303

    def decided(self, app: Flask, cast: dict[str, Person], score: str) -> None:
        goal = db.session.query(Goal).filter_by(title="Chờ chấm").one()
        said = {"version": str(goal.version), "score": score, "words": "Đã xem số liệu"}
        assert signed_in(app, cast["manager"]).post(f"/evaluations/{goal.id}/approve", data=said).status_code == 303

    def test_a_result_that_moves_after_it_is_signed_is_signed_again(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        make_goal(cast["report"], cycle, {}, title="Chờ chấm", evaluation="submitted", score=Decimal("0.9"))
        settle()
        self.sign(act)
        self.decided(app, cast, "50")
        assert (held().state, held().manager_signed_at, held().agrees) == ("discussed", None, None)
        told = db.session.query(Notification).filter_by(kind="review_void")
        assert {one.person_id for one in told} == {cast["report"].id, cast["manager"].id}
        assert "the signatures no longer stand" in page(app, cast["report"], "/notifications")

    def test_an_evaluation_that_moves_no_result_leaves_it_signed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        make_goal(cast["report"], cycle, {}, title="Chờ chấm", evaluation="submitted", score=Decimal("0"))
        settle()
        self.sign(act)
        self.decided(app, cast, "0")
        assert held().state == "person_signed"

    def test_the_result_of_before_cannot_be_signed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        make_goal(cast["report"], cycle, {}, title="Chờ chấm", evaluation="submitted", score=Decimal("0.9"))
        settle()
        act("manager", "discuss")
        seen = held().version
        self.decided(app, cast, "50")
        assert act("manager", "sign_as_manager", version=seen).status_code == 409
        assert act("manager", "sign_as_manager").status_code == 303


class TestListReviews:
    def test_what_waits_comes_first_and_only_what_may_be_seen(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        text = page(app, cast["manager"], "/reviews?cycle=NOW")
        assert "2 reviews wait for you" in text
        assert cast["hr"].name not in text.split("<main")[1]
        act("manager", "discuss")
        act("manager", "sign_as_manager")
        assert "1 review waits for you" in page(app, cast["manager"], "/reviews?cycle=NOW")
        mine = page(app, cast["report"], "/reviews?cycle=NOW").split("<main")[1]
        assert "1 review waits for you" in mine
        assert cast["peer"].name not in mine
        assert "review to sign" in page(app, cast["report"], "/?cycle=NOW")

    def test_filters(self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any) -> None:
        act("manager", "discuss")
        main = page(app, cast["hr"], "/reviews?cycle=NOW&state=discussed").split("<main")[1]
        assert cast["report"].name in main
        assert cast["peer"].name not in main
        assert cast["report"].name not in page(app, cast["hr"], "/reviews?unit=B").split("<main")[1]
        assert cast["report"].name in page(app, cast["hr"], "/reviews?text=minh anh").split("<main")[1]
        assert signed_in(app, cast["hr"]).get("/reviews?unit=NOWHERE").status_code == 404

    def test_after_the_close_it_says_what_the_signatures_say(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any
    ) -> None:
        cycle.state = "closed"
        signed = (
            ("report", {"manager_signed_at": now(), "person_signed_at": now(), "agrees": True}),
            ("peer", {"manager_signed_at": now(), "person_signed_at": now(), "agrees": False}),
            ("outsider", {"manager_signed_at": now()}),
        )
        for who, facts in signed:
            db.session.add(Review(cycle_id=cycle.id, person_id=cast[who].id, state="closed", **facts))
        db.session.commit()
        rows = page(app, cast["hr"], "/reviews?cycle=NOW").split("<tbody")[1].split("<tr")
        said = {who: next(row for row in rows if cast[who].name in row) for who, _ in signed}
        assert "Signed by both</" in said["report"]
        assert "Signed by both, seen otherwise" in said["peer"]
        assert "Signed by the manager alone" in said["outsider"]
        for state, who in (("both", "report"), ("otherwise", "peer"), ("manager", "outsider")):
            main = page(app, cast["hr"], f"/reviews?cycle=NOW&state={state}").split("<tbody")[1]
            assert [one for one, _ in signed if cast[one].name in main] == [who]
        assert "Signed by" not in page(app, cast["hr"], "/reviews?cycle=NOW&state=nobody").split("<section")[1]

    def test_are_found_where_one_looks_for_them(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        for path in ("/decisions", "/reports"):
            assert 'href="/reviews?cycle=NOW"' in page(app, cast["manager"], path)

    def test_a_new_manager_takes_over(self, app: Flask, cast: dict[str, Person], cycle: Cycle, act: Any) -> None:
        cast["report"].manager = cast["outsider"]
        rebuild_organisation(today())
        assert act("manager", "discuss").status_code in (403, 404)
        assert act("outsider", "discuss").status_code == 303
