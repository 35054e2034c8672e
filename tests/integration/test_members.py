"""Members: who sees whose result, in what order, and one person's sheet."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    """Everybody but HR has one goal in it: the report at 40 %, the peer at 60 %."""
    cycle = running_cycle()
    goals = {
        role: make_goal(cast[role], cycle, {}, title=f"Việc của {role}")
        for role in ("manager", "report", "peer", "outsider")
    }
    settle()
    for role, value in (("report", 40), ("peer", 60)):
        say(goals[role], value, cast[role])
    return cycle


def say(goal: Goal, value: int, by: Person) -> None:
    facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
    check_in(goal.measures[0], facts, by, Reported(today(), Decimal(value)), now(), today())
    db.session.commit()


def page_of(app: Flask, person: Person, path: str) -> str:
    answer = signed_in(app, person).get(path, headers=ENGLISH)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def names_in_order(text: str, *people: Person) -> list[str]:
    return sorted((person.name for person in people), key=text.index)


class TestListMembers:
    @pytest.mark.parametrize(
        ("role", "seen"),
        (
            ("manager", {"40.0 %", "60.0 %"}),
            ("director", {"40.0 %", "60.0 %"}),
            ("hr", {"40.0 %", "60.0 %"}),
            ("report", {"40.0 %"}),
            ("outsider", set()),
        ),
    )
    def test_results_are_for_the_person_their_managers_and_hr(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, role: str, seen: set[str]
    ) -> None:
        text = page_of(app, cast[role], "/members")
        assert {figure for figure in ("40.0 %", "60.0 %") if figure in text} == seen
        assert all(person.name in text for person in cast.values())

    def test_they_sort_by_result(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        up = page_of(app, cast["hr"], "/members?sort=total")
        down = page_of(app, cast["hr"], "/members?sort=total&down=1")
        pair = (cast["report"], cast["peer"])
        assert names_in_order(up, *pair) == [cast["report"].name, cast["peer"].name]
        assert names_in_order(down, *pair) == [cast["peer"].name, cast["report"].name]

    def test_a_hidden_result_orders_nothing(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        pair = (cast["report"], cast["peer"])
        orders = {
            tuple(names_in_order(page_of(app, cast["outsider"], f"/members?sort=total{down}"), *pair))
            for down in ("", "&down=1")
        }
        assert len(orders) == 1

    def test_a_hidden_goal_is_not_counted(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        make_goal(cast["report"], cycle, {}, kind="kpi", visibility="restricted")
        settle()
        assert "1 KPI, 1 OKR" in page_of(app, cast["manager"], "/members?text=Minh+Anh")
        assert "0 KPI, 1 OKR" in page_of(app, cast["outsider"], "/members?text=Minh+Anh")

    def test_filters_by_unit_text_and_status(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = page_of(app, cast["hr"], "/members?unit=A")
        assert cast["report"].name in text
        assert cast["outsider"].name not in text
        assert cast["peer"].name not in page_of(app, cast["hr"], "/members?text=minh+anh")
        assert "Nobody fits" in page_of(app, cast["hr"], "/members?status=done")

    @pytest.mark.parametrize(
        "address", ("?sort=;drop", "?page=99999999999999999999", "?unit=%27%22", "?text=%25_", "?status=x&down=y")
    )
    def test_nonsense_is_harmless(self, app: Flask, cast: dict[str, Person], cycle: Cycle, address: str) -> None:
        assert signed_in(app, cast["hr"]).get(f"/members{address}").status_code == 200

    def test_who_left_before_the_cycle_is_not_here(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        cast["peer"].left_on = days_ago(200)
        settle()
        assert cast["peer"].name not in page_of(app, cast["hr"], "/members")


class TestShow:
    def test_a_colleague_sees_goals_and_no_result(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = page_of(app, cast["outsider"], f"/members/{cast['report'].id}")
        assert "Việc của report" in text
        assert 'id="outcome"' not in text

    def test_a_manager_sees_why(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = page_of(app, cast["manager"], f"/members/{cast['report'].id}")
        assert 'id="outcome"' in text
        assert "40.0 % × 100.0 %" in text

    def test_a_restricted_goal_is_not_there_for_others(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        make_goal(cast["report"], cycle, {}, title="Việc kín", visibility="restricted")
        settle()
        assert "Việc kín" not in page_of(app, cast["outsider"], f"/members/{cast['report'].id}")
        assert "Việc kín" in page_of(app, cast["manager"], f"/members/{cast['report'].id}")

    def test_nobody_is_not_found(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        assert signed_in(app, cast["hr"]).get("/members/99999").status_code == 404

    def test_the_total_is_that_of_the_report(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        kpi = make_goal(cast["report"], cycle, {"frequency": "month"}, kind="kpi", weight=Decimal(3))
        settle()
        say(kpi, 90, cast["report"])
        assert "65.0 %" in page_of(app, cast["report"], f"/members/{cast['report'].id}")
        assert ",0.4,0.9,0.65," in app.test_cli_runner().invoke(args=["report", "people", "--cycle", "NOW"]).output


class TestSheet:
    @pytest.mark.parametrize(
        ("role", "status"),
        (("report", 200), ("manager", 200), ("director", 200), ("hr", 200), ("peer", 403), ("outsider", 403)),
    )
    def test_it_is_for_who_may_see_the_result(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, role: str, status: int
    ) -> None:
        assert signed_in(app, cast[role]).get(f"/members/{cast['report'].id}/sheet").status_code == status

    def test_a_score_of_its_own_kind_stands_in_its_column(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = db.session.query(Goal).filter_by(title="Việc của report").one()
        goal.evaluation, goal.score = "approved", Decimal("0.55")
        settle()
        text = page_of(app, cast["report"], f"/members/{cast['report'].id}/sheet")
        assert "55.0 %" in text
        assert "40.0 %" in text


class TestQueries:
    @pytest.mark.parametrize(
        "path",
        ("/members", "/members?unit=A&status=on_track&text=a&sort=total", "/members/{id}", "/members/{id}/sheet"),
    )
    def test_few(self, app: Flask, cast: dict[str, Person], cycle: Cycle, path: str) -> None:
        for _ in range(3):
            make_goal(
                cast["report"], cycle, {"frequency": "week", "aggregate": "sum"}, {"direction": "done"}, kind="okr"
            )
        settle()
        client, address = signed_in(app, cast["hr"]), path.format(id=cast["report"].id)
        client.get(address)
        with counted(app) as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= MOST, "\n".join(sent)
