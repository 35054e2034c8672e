"""My goals: what waits for me, how I stand, and nothing of what is not mine to see."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import Action, Comment, Review
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(kpi_share=Decimal("0.6"))


def report(goal: Goal, measure: Measure, value: int, by: Person) -> None:
    facts = world_of([goal.id], today()).goals[goal.id].measures[measure.id]
    check_in(measure, facts, by, Reported(today(), Decimal(value)), now(), today())


def page_of(app: Flask, person: Person, path: str = "/") -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("\u00a0", " ")


class TestShow:
    def test_an_empty_site_says_what_is_missing(self, app: Flask, cast: dict[str, Person]) -> None:
        assert "No cycle yet" in page_of(app, cast["report"])

    def test_without_goals_it_says_so(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        settle()
        assert "you have no goals in this cycle yet" in page_of(app, cast["report"])

    @pytest.mark.parametrize("who", ["peer", "outsider"])
    def test_a_colleagues_score_is_not_shown(self, app: Flask, cast: dict[str, Person], cycle: Cycle, who: str) -> None:
        goal = make_goal(
            cast["report"], cycle, {"assignee_id": cast["peer"].id}, evaluation="approved", score=Decimal("0.88")
        )
        settle()
        for path in ("/", f"/my/goals/{goal.id}/head"):
            assert "88 %" in page_of(app, cast["report"], path)
            assert "88 %" not in page_of(app, cast[who], path)

    def test_an_adjusted_result_is_the_adjusted_one(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle, me = running_cycle(state="reviewing"), cast["report"]
        make_goal(me, cycle, {}, evaluation="approved", score=Decimal("0.5"))
        db.session.add(
            Review(cycle_id=cycle.id, person_id=me.id, adjustment=Decimal("0.1"), adjustment_why="Thị trường")
        )
        settle()
        assert "60.0 %" in page_of(app, me)

    def test_the_result_is_that_of_the_report(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        me = cast["report"]
        kpi, okr = make_goal(me, cycle, {}, kind="kpi"), make_goal(me, cycle, {})
        settle()
        report(kpi, kpi.measures[0], 72, me)
        report(okr, okr.measures[0], 53, me)
        db.session.commit()
        text = page_of(app, me)
        assert "64.4 %" in text
        assert "KPI 72.0 % × 0.6 + OKR 53.0 % × 0.4" in text
        said = app.test_cli_runner().invoke(args=["report", "people", "--cycle", "NOW"]).output
        assert ",0.53,0.72,0.644," in said

    def test_what_is_due_is_counted_and_comes_first(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, {})
        settle()
        assert "2 measures wait for your check-in" in page_of(app, cast["report"])
        report(goal, goal.measures[0], 10, cast["report"])
        db.session.commit()
        assert "1 measure waits for your check-in" in page_of(app, cast["report"])

    def test_a_measure_given_to_me_is_mine_to_report(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        make_goal(
            cast["manager"], cycle, {"assignee_id": cast["report"].id, "title": "Của Minh Anh"}, {"title": "Của chị Hà"}
        )
        settle()
        text = page_of(app, cast["report"])
        assert "1 measure waits for your check-in" in text
        assert "Update: Của Minh Anh" in text
        assert "Update: Của chị Hà" not in text

    def test_what_is_given_to_somebody_else_is_asked_of_them_alone(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        make_goal(cast["report"], cycle, {"assignee_id": cast["peer"].id}, {})
        settle()
        text = page_of(app, cast["report"])
        assert "1 measure waits for your check-in" in text
        assert text.count("data-due") == 1
        assert text.count("data-checkin-open") == 2, "the owner may report it all the same"
        assert "0 / 1" in page_of(app, cast["report"], "/checkins")
        assert "1 measure waits for your check-in" in page_of(app, cast["peer"])

    def test_other_peoples_goals_are_not_here(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        make_goal(cast["peer"], cycle, {}, title="Việc của Linh")
        settle()
        assert "Việc của Linh" not in page_of(app, cast["report"])

    def test_a_plan_says_what_is_overdue(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {})
        db.session.add(Action(goal_id=goal.id, title="Gửi khảo sát", assignee_id=cast["report"].id, due_on=days_ago(2)))
        settle()
        assert "2 days overdue" in page_of(app, cast["report"])

    def test_talk_is_escaped(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {})
        db.session.add(
            Comment(goal_id=goal.id, entered_at=now(), author_id=cast["manager"].id, body="<script>alert(1)</script>")
        )
        settle()
        assert "<script>alert(1)" not in page_of(app, cast["report"])

    def test_the_head_counts_the_units_goals(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        head = cast["manager"]
        unit_goal = make_goal(head, cycle, {}, scope="unit")
        settle()
        report(unit_goal, unit_goal.measures[0], 40, head)
        db.session.commit()
        assert "40.0 %" in page_of(app, head)

    def test_another_cycle_is_chosen_in_the_address(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        earlier = running_cycle(
            code="OLD", name="Quý trước", starts_on=days_ago(200), ends_on=days_ago(100), state="reviewing"
        )
        make_goal(cast["report"], earlier, {}, title="Việc quý trước")
        settle()
        assert "Việc quý trước" not in page_of(app, cast["report"])
        assert "Việc quý trước" in page_of(app, cast["report"], "/?cycle=OLD")

    def test_a_goal_to_evaluate_waits(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        earlier = running_cycle(
            code="OLD", name="Quý trước", starts_on=days_ago(200), ends_on=days_ago(100), state="reviewing"
        )
        make_goal(cast["report"], earlier, {})
        settle()
        assert "goal to evaluate yourself" in page_of(app, cast["report"])


class TestFragments:
    def test_the_tiles_refresh_by_themselves(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        make_goal(cast["report"], cycle, {})
        settle()
        assert 'id="my-standing"' in page_of(app, cast["report"], "/standing")

    def test_a_hidden_goals_head_is_not_found(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, visibility="restricted")
        settle()
        assert signed_in(app, cast["outsider"]).get(f"/my/goals/{goal.id}/head").status_code == 404


class TestQueries:
    @pytest.mark.parametrize("path", ("/", "/standing"))
    def test_as_few_for_many_goals_as_for_one(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, path: str
    ) -> None:
        source = make_goal(cast["manager"], cycle, {"frequency": "month"}, kind="kpi")
        for _ in range(5):
            make_goal(
                cast["report"],
                cycle,
                {"frequency": "week", "aggregate": "sum"},
                {"direction": "done"},
                {"fed_by_id": source.id},
            )
        settle()
        client = signed_in(app, cast["report"])
        client.get(path)
        with counted(app) as sent:
            assert client.get(path).status_code == 200
        assert len(sent) <= MOST, "\n".join(sent)
