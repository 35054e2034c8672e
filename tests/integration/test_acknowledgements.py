"""A check-in is seen by a manager: once, and never by its author or the owner; those of one's people on one page."""

import re
from datetime import timedelta
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
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    made = make_goal(cast["report"], running_cycle(), {})
    settle()
    return made


def entered(goal: Goal, by: Person, **facts: Any) -> CheckIn:
    said = {"entered_at": now(), "on": today(), "value": Decimal(5)} | facts
    one = CheckIn(measure_id=goal.measures[0].id, author_id=by.id, **said)
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


def unseen(app: Flask, person: Person, page: int = 1) -> str:
    answer = signed_in(app, person).get(f"/checkins/unseen?page={page}")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def press(app: Flask, by: Person, text: str, headers: dict[str, str] | None = None, **button: object) -> Any:
    """Sends the page's form by one of its buttons."""
    (key,) = re.findall(r'name="form_key"[^>]*value="([^"]*)"', text)
    sent = {"form_key": key, "shown": re.findall(r'name="shown" value="([^"]*)"', text)} | button
    return signed_in(app, by).post("/checkins/unseen", data=sent, headers=headers)


def seen() -> set[int]:
    return {row.checkin_id for row in db.session.query(Acknowledgement)}


class TestUnseen:
    @pytest.fixture
    def two(self, cast: dict[str, Person], goal: Goal) -> list[CheckIn]:
        """A check-in of each report, the second by two hours the older."""
        other = make_goal(cast["peer"], goal.cycle, {"title": "Việc của Linh"})
        settle()
        return [entered(goal, cast["report"]), entered(other, cast["peer"], entered_at=now() - timedelta(hours=2))]

    def test_lists_all_of_ones_people_and_my_page_leads_there(
        self, app: Flask, cast: dict[str, Person], two: list[CheckIn]
    ) -> None:
        text = unseen(app, cast["manager"])
        assert "2 check-in của nhân viên chờ bạn xem" in text
        assert [f'name="one" value="{one.id}"' in text for one in two] == [True, True]
        assert 'href="/checkins/unseen"' in signed_in(app, cast["manager"]).get("/").text
        for who in ("director", "report", "hr", "outsider"):
            assert "Bạn đã xem hết" in unseen(app, cast[who]), who

    def test_what_cannot_be_marked_is_not_counted(
        self, app: Flask, cast: dict[str, Person], goal: Goal, two: list[CheckIn]
    ) -> None:
        entered(goal, cast["manager"])
        entered(goal, cast["report"], entered_at=now() - timedelta(days=20), on=days_ago(20))
        entered(goal, cast["report"], replaces_id=two[0].id, entered_at=now() + timedelta(seconds=1))
        assert "2 check-in của nhân viên chờ bạn xem" in unseen(app, cast["manager"])
        assert f'name="one" value="{two[0].id}"' not in unseen(app, cast["manager"])
        goal.cycle.state = "closed"
        db.session.commit()
        assert "Bạn đã xem hết" in unseen(app, cast["manager"])

    def test_one_by_one_click(self, app: Flask, cast: dict[str, Person], two: list[CheckIn]) -> None:
        answer = press(app, cast["manager"], unseen(app, cast["manager"]), one=two[1].id)
        assert (answer.status_code, answer.location) == (303, "/checkins/unseen")
        assert seen() == {two[1].id}
        assert [row.action for row in db.session.query(AuditRow)] == ["acknowledge"]

    def test_all_of_one_person(self, app: Flask, cast: dict[str, Person], goal: Goal, two: list[CheckIn]) -> None:
        second = entered(goal, cast["report"], entered_at=now() + timedelta(seconds=1))
        text = unseen(app, cast["manager"])
        assert "Đã xem cả của Nguyễn Minh Anh" in text
        assert "Đã xem cả của Võ Khánh Linh" not in text, "there is but one"
        press(app, cast["manager"], text, person=cast["report"].id)
        assert seen() == {two[0].id, second.id}

    def test_all_that_is_shown_and_nothing_that_came_since(
        self, app: Flask, cast: dict[str, Person], goal: Goal, two: list[CheckIn]
    ) -> None:
        text = unseen(app, cast["manager"])
        since = entered(goal, cast["report"], entered_at=now() + timedelta(seconds=1))
        answer = press(app, cast["manager"], text, {"HX-Request": "true"}, all=1)
        assert "Đã xem 2 check-in" in answer.text
        assert f'name="one" value="{since.id}"' in answer.text
        assert seen() == {one.id for one in two}
        assert db.session.query(AuditRow).count() == 2

    def test_what_is_refused_is_said(self, app: Flask, cast: dict[str, Person], goal: Goal, two: list[CheckIn]) -> None:
        text = unseen(app, cast["manager"])
        entered(goal, cast["report"], replaces_id=two[0].id, entered_at=now() + timedelta(seconds=1))
        answer = press(app, cast["manager"], text, all=1)
        assert answer.status_code == 200
        assert "Số liệu này vừa được sửa" in answer.text
        assert "Đã xem 1 check-in" in answer.text
        assert seen() == {two[1].id}
        assert (
            press(app, cast["manager"], unseen(app, cast["manager"]), shown=f"{two[0].id}:1", all=1).status_code == 409
        )

    def test_nobody_marks_what_is_not_theirs(
        self, app: Flask, cast: dict[str, Person], goal: Goal, two: list[CheckIn]
    ) -> None:
        for who, words in (("peer", "Chỉ quản lý"), ("outsider", "Chỉ quản lý"), ("hr", "Chỉ quản lý")):
            answer = press_blind(app, cast[who], two[0])
            assert (answer.status_code, words in answer.text) == (409, True), who
        goal.visibility = "restricted"
        db.session.commit()
        answer = press_blind(app, cast["outsider"], two[0])
        assert goal.measures[0].title not in answer.text
        assert seen() == set()

    def test_what_cannot_be_read_marks_nothing(self, app: Flask, cast: dict[str, Person], two: list[CheckIn]) -> None:
        text = unseen(app, cast["manager"])
        assert press(app, cast["manager"], text, shown=["x", "1:", "9" * 30, ""], all=1).status_code == 303
        assert press(app, cast["manager"], text).status_code == 303
        assert seen() == set()

    def test_takes_few_queries_however_many(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        for place in range(35):
            entered(goal, cast["report"], entered_at=now() - timedelta(minutes=place))
        client = signed_in(app, cast["manager"])
        client.get("/checkins/unseen")
        with counted(app) as sent:
            text = client.get("/checkins/unseen").text
        assert len(sent) <= MOST, "\n".join(sent)
        assert text.count('name="one"') == 30
        assert unseen(app, cast["manager"], 2).count('name="one"') == 5


def press_blind(app: Flask, person: Person, checkin: CheckIn) -> Any:
    """As somebody would who has made the form up."""
    sent = {"form_key": f"made-up-by-{person.id:06}-{now().timestamp():.0f}".replace(".", "-")}
    return signed_in(app, person).post("/checkins/unseen", data=sent | {"shown": f"{checkin.id}:1", "all": "1"})
