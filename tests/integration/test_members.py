"""Members: the table and one person's page; results only for those who may see them, goals only those that may be seen."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import Review
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(kpi_share=Decimal("0.6"))


@pytest.fixture
def goals(cast: dict[str, Person], cycle: Cycle) -> list[Goal]:
    """A report with a KPI at 72 % and an OKR at 53 %: 64.4 % in all."""
    me = cast["report"]
    made = [
        make_goal(me, cycle, {}, kind="kpi", title="Chỉ tiêu mở"),
        make_goal(me, cycle, {}, title="Mục tiêu kín", visibility="restricted"),
    ]
    settle()
    for goal, value in zip(made, (72, 53), strict=True):
        facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
        check_in(goal.measures[0], facts, me, Reported(today(), Decimal(value)), now(), today())
    db.session.commit()
    return made


def page_of(app: Flask, person: Person, path: str = "/members", status: int = 200) -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.get_data(as_text=True).replace("\u00a0", " ")


SEES = ("report", "manager", "director", "hr")
SEES_NOT = ("peer", "outsider")


class TestListMembers:
    @pytest.mark.parametrize("role", SEES)
    def test_results_for_those_who_may_see_them(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str
    ) -> None:
        assert "64.4 %" in page_of(app, cast[role], "/members?text=Minh")

    @pytest.mark.parametrize("role", SEES_NOT)
    def test_others_get_the_status_of_the_goals_they_may_see(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str
    ) -> None:
        text = page_of(app, cast[role], "/members?text=Minh")
        assert "Nguyễn Minh Anh" in text
        assert "64.4 %" not in text
        assert "72 %" not in text
        assert "1 KPI</small>" in text

    def test_results_that_may_not_be_seen_do_not_order_the_table(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal]
    ) -> None:
        text = page_of(app, cast["outsider"], "/members?sort=result&dir=desc")
        by_name = page_of(app, cast["outsider"], "/members?sort=name")
        people = [person.name for person in cast.values() if person is not cast["outsider"]]
        assert sorted(people, key=text.index) == sorted(people, key=by_name.index)

    def test_a_hidden_goal_answers_no_filter(self, app: Flask, cast: dict[str, Person], goals: list[Goal]) -> None:
        goals[1].status, goals[0].status = "behind", "done"
        assert "Nobody here" in page_of(app, cast["outsider"], "/members?status=behind")
        assert "Nguyễn Minh Anh" in page_of(app, cast["manager"], "/members?status=behind")

    def test_of_one_unit_with_or_without_those_below(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal]
    ) -> None:
        text = page_of(app, cast["hr"], "/members?unit=A")
        assert "Nguyễn Minh Anh" in text
        assert "Bùi Thanh Tâm" not in text
        text = page_of(app, cast["hr"], "/members?below=0")
        assert "Lê Quang Vinh" in text
        assert "Nguyễn Minh Anh" not in text
        page_of(app, cast["hr"], "/members?unit=nowhere", 404)

    def test_who_left_before_the_cycle_is_not_in_it(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal]
    ) -> None:
        join("Người Đã Nghỉ", left_on=days_ago(300))
        join("Người Mới Nghỉ", left_on=days_ago(3))
        text = page_of(app, cast["hr"])
        assert "Người Đã Nghỉ" not in text
        assert "Người Mới Nghỉ" in text

    def test_pages_of_25_and_the_same_number_of_queries(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal]
    ) -> None:
        for number in range(60):
            make_goal(join(f"Người {number:02}", email=f"n{number}@x.vn"), cycle, {})
        settle()
        client = signed_in(app, cast["director"])
        client.get("/members")
        for address in ("/members", "/members?page=3&sort=name", f"/members/{cast['report'].id}"):
            with counted(app) as sent:
                assert client.get(address).status_code == 200
            assert len(sent) <= MOST, "\n".join(sent)
        assert "25 of 66 people" in page_of(app, cast["director"])

    @pytest.mark.parametrize(
        "asked", ["sort=x&dir=y", "page=0", "page=-1", "page=99999999999", "text=%27%25_\\", "status=x", "below=x"]
    )
    def test_what_makes_no_sense_does_no_harm(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], asked: str
    ) -> None:
        page_of(app, cast["hr"], f"/members?{asked}")

    def test_without_a_cycle_it_says_so(self, app: Flask, cast: dict[str, Person]) -> None:
        assert "No cycle yet" in page_of(app, cast["report"])


class TestShow:
    @pytest.mark.parametrize("role", SEES)
    def test_the_result_with_its_terms(self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str) -> None:
        text = page_of(app, cast[role], f"/members/{cast['report'].id}")
        assert "64.4 %" in text
        assert "KPI 72.0 % × 0.6 + OKR 53.0 % × 0.4" in text
        assert "Mục tiêu kín" in text
        assert 'class="sheet"' in text

    @pytest.mark.parametrize("role", SEES_NOT)
    def test_others_see_the_open_goals_and_nothing_else(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str
    ) -> None:
        db.session.add(Review(cycle=goals[0].cycle, person=cast["report"], manager_words="Lời kín"))
        goals[0].evaluation, goals[0].score = "approved", Decimal("0.991")
        text = page_of(app, cast[role], f"/members/{cast['report'].id}")
        assert "Chỉ tiêu mở" in text
        for secret in ("Mục tiêu kín", "64.4 %", "99", "Lời kín", 'class="sheet"', "/evaluations/"):
            assert secret not in text.partition("<main")[2], secret

    def test_somebody_who_is_not_there(self, app: Flask, cast: dict[str, Person], goals: list[Goal]) -> None:
        page_of(app, cast["hr"], "/members/999999", 404)

    def test_an_adjustment_and_the_rating_once_reviewed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal]
    ) -> None:
        cycle.state = "reviewing"
        db.session.add(
            Review(cycle=cycle, person=cast["report"], adjustment=Decimal("0.1"), adjustment_why="Việc ngoài mục tiêu")
        )
        settle()
        text = page_of(app, cast["manager"], f"/members/{cast['report'].id}")
        assert "74.4 %" in text
        assert "Adjusted by HR: Việc ngoài mục tiêu" in text
        assert "Rating: Fair" in text

    def test_months_of_a_monthly_kpi(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal]
    ) -> None:
        kpi = make_goal(cast["peer"], cycle, {"aggregate": "average", "frequency": "month"}, kind="kpi")
        settle()
        facts = world_of([kpi.id], today()).goals[kpi.id].measures[kpi.measures[0].id]
        check_in(kpi.measures[0], facts, cast["peer"], Reported(today(), Decimal(88)), now(), today())
        db.session.commit()
        text = page_of(app, cast["peer"], f"/members/{cast['peer'].id}")
        assert "KPIs by month" in text
        assert f'{today():%m/%Y}</small><b class="num">88.0 %' in text
        said = app.test_cli_runner().invoke(args=["report", "people", "--cycle", "NOW", "--period", f"{today():%Y-%m}"])
        assert said.exit_code != 0 or "0.88" in said.output
