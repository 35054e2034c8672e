"""The queue of decisions: what is in it for whom, and what somebody has sent and waits for."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import WEEK, days_ago, family, make_goal, running_cycle, settle
from tests.integration.deciding import AT, asked, handed_in, page_of, reviewed
from tests.queries import MOST, counted


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(state="reviewing", evaluate_by=today() + WEEK, review_by=today() + WEEK * 2)


class TestShow:
    def test_an_evaluation_with_what_it_is_judged_by(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        handed_in(cast["report"], cycle, "0.1", title="Mục tiêu của Anh")
        settle()
        text = page_of(app, cast["manager"])
        assert "1 thing waits for your decision" in text
        assert "Mục tiêu của Anh" in text
        assert "+10" in text

    @pytest.mark.parametrize("role", ["report", "director", "peer", "outsider", "hr"])
    def test_what_waits_for_somebody_else_is_not_here(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, role: str
    ) -> None:
        handed_in(cast["report"], cycle, title="Mục tiêu của Anh")
        reviewed(cast["report"], cycle, "discussed")
        running = running_cycle(code="RUN", name="Đang chạy")
        make_goal(cast["report"], running, {}, state="proposed", title="Đề xuất của Anh")
        asked(make_goal(cast["report"], running, {}, title="Xin đổi của Anh"))
        settle()
        text = page_of(app, cast[role])
        assert "Nothing waits for your decision" in text
        for title in ("Mục tiêu của Anh", "Đề xuất của Anh", "Xin đổi của Anh"):
            assert title not in text

    def test_every_kind_on_one_page_the_nearest_day_first(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        boss = cast["manager"]
        running = running_cycle(code="RUN", name="Đang chạy", goals_need_approval=True)
        handed_in(cast["report"], cycle, title="Tự chấm")
        make_goal(cast["report"], running, {"title": "Doanh thu"}, state="proposed", title="Đề xuất")
        asked(make_goal(cast["peer"], running, {}, title="Xin đổi"))
        make_goal(boss, running, {}, state="suggested", title="Gợi ý").created_by = cast["peer"]
        reviewed(cast["peer"], cycle, "discussed")
        settle()
        text = page_of(app, boss)
        assert "5 things wait for your decision" in text
        order = ["Đề xuất<", "Gợi ý<", "Tự chấm<", "Review of", "Xin đổi<"]
        places = [text.index(title) for title in order]
        assert places == sorted(places)
        assert "Doanh thu" in text
        assert "Thị trường đổi" in text
        assert '<s class="quiet">100</s> → <b>200</b>' in text
        only = page_of(app, boss, "/decisions?kind=change")
        assert "Xin đổi<" in only
        assert "Tự chấm<" not in only

    def test_the_frame_counts_the_same(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        handed_in(cast["report"], cycle)
        reviewed(cast["peer"], cycle, "discussed")
        settle()
        assert '<span>Decisions</span><span class="count">2</span>' in page_of(app, cast["manager"], "/account")

    def test_a_goal_whose_time_has_not_come_does_not_wait(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        cycle.state = "open"
        handed_in(cast["report"], cycle)
        handed_in(cast["peer"], cycle, due_on=days_ago(1), title="Đã hết hạn")
        settle()
        text = page_of(app, cast["manager"])
        assert "1 thing waits for your decision" in text
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

    @pytest.mark.parametrize(
        "given",
        ["tab=x", "kind=x", "sort=%27", "person=-1", "person=9999999999999", "page=0", "page=99", "tab=sent&page=9"],
    )
    def test_what_makes_no_sense_narrows_nothing(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, given: str
    ) -> None:
        settle()
        page_of(app, cast["manager"], f"/decisions?{given}")

    def test_the_queries_do_not_grow_with_the_rows(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        running = running_cycle(code="RUN", name="Đang chạy")
        goals = [handed_in(cast["report"], cycle, title=f"Mục tiêu {n}") for n in range(8)]
        for n in range(8):
            make_goal(cast["report"], running, {}, {}, state="proposed", title=f"Đề xuất {n}")
            asked(make_goal(cast["peer"], running, {}, title=f"Xin đổi {n}"))
            make_goal(cast["manager"], running, {}, state="suggested", title=f"Gợi ý {n}").created_by = cast["peer"]
            handed_in(cast["manager"], cycle, title=f"Gửi {n}")
        asked(goals_of(cast["peer"])[0], field="period_targets", new="", at=datetime.now(UTC))
        reviewed(cast["peer"], cycle, "discussed")
        settle()
        client = signed_in(app, cast["manager"])
        client.get("/decisions")
        addresses = ("/decisions", "/decisions?page=2", "/decisions?kind=change", "/decisions?tab=sent")
        for address in (*addresses, "/decisions?tab=approved", f"/evaluations/{goals[0].id}"):
            with counted(app) as sent:
                assert client.get(address).status_code == 200
            assert len(sent) <= MOST, "\n".join(sent)


def goals_of(person: Person) -> list[Goal]:
    return list(db.session.scalars(select(Goal).where(Goal.owner_id == person.id, Goal.state == "active")))


class TestSent:
    def test_what_i_sent_with_whom_it_lies(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        me = cast["report"]
        running = running_cycle(code="RUN", name="Đang chạy", goals_need_approval=True)
        handed_in(me, cycle, title="Tự chấm xong")
        make_goal(me, running, {}, state="proposed", title="Chờ duyệt")
        asked(make_goal(me, running, {}, title="Xin đổi số"))
        make_goal(cast["peer"], running, {}, state="suggested", title="Gợi ý cho Linh").created_by = me
        reviewed(me, cycle, "appealed", person_signed_at=AT)
        handed_in(me, cycle, title="Đã chấm xong", evaluation="approved")
        settle()
        text = page_of(app, me, "/decisions?tab=sent")
        assert "5 things you sent wait for others" in text
        for said in ("Tự chấm xong", "Chờ duyệt", "Xin đổi số", "Gợi ý cho Linh", "Appeal", cast["manager"].name, "HR"):
            assert said in text
        assert "Đã chấm xong" not in text
        assert "Tự chấm xong" not in page_of(app, cast["peer"], "/decisions?tab=sent")

    def test_decided_evaluations_have_their_tabs(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        handed_in(cast["report"], cycle, title="Đã duyệt", evaluation="approved")
        handed_in(cast["report"], cycle, title="Đã trả", evaluation="returned")
        settle()
        assert "Đã duyệt" in page_of(app, cast["manager"], "/decisions?tab=approved")
        assert "Đã trả" in page_of(app, cast["manager"], "/decisions?tab=returned&sort=person")
        assert "Đã duyệt" not in page_of(app, cast["peer"], "/decisions?tab=approved")
