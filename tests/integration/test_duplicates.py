"""A goal given to many at once: to people named, a unit, a position; each their own, with all it says."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, PeriodTarget, Person, Step
from goalsite.models_accounts import Notification
from goalsite.queries.check import differences
from goalsite.queries.company import today
from tests.cast import join, signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.giving import ENGLISH, form_of, goals_of, metric, send, text_of


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def goal(cast: dict[str, Person], cycle: Cycle) -> Goal:
    """The manager's own OKR, which supports the director's."""
    parent = make_goal(cast["director"], cycle, {}, title="Mục tiêu công ty")
    facts = {"title": "Giữ khách", "weight": Decimal(3), "parent_id": parent.id, "description": "Vì sao"}
    made = make_goal(cast["manager"], cycle, {"weight": Decimal(2)}, {"direction": "steps"}, **facts)
    db.session.add(Step(measure_id=made.measures[1].id, code="S1", place=1, title="Gọi từng khách"))
    settle()
    return made


def look(client: FlaskClient, goal: Goal, **asked: str) -> tuple[str, dict[str, Any]]:
    answer = client.post(f"/goals/{goal.id}/duplicate", data={"do": "show", **asked}, headers=ENGLISH)
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer), form_of(text_of(answer)) | asked


def give(client: FlaskClient, goal: Goal, said: dict[str, Any]) -> Any:
    return send(client, f"/goals/{goal.id}/duplicate", said)


class TestNew:
    def test_asks_first_for_whom(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        manager = signed_in(app, cast["manager"])
        assert "Give to many" in text_of(manager.get(f"/goals/{goal.id}", headers=ENGLISH))
        text = text_of(manager.get(f"/goals/{goal.id}/duplicate", headers=ENGLISH))
        assert "Everybody of a unit" in text
        assert "Give it to all" not in text
        answer = manager.post(f"/goals/{goal.id}/duplicate", data={"do": "show", "who": "people"}, headers=ENGLISH)
        assert answer.status_code == 422
        assert "Name at least one person." in text_of(answer)

    @pytest.mark.parametrize("field", ["people", "unit", "position"])
    def test_what_no_database_takes_is_refused_in_words(
        self, app: Flask, cast: dict[str, Person], goal: Goal, field: str
    ) -> None:
        path = f"/goals/{goal.id}/duplicate"
        odd = {"do": "show", "who": field, field: "Kế\x00toán", "text": "\x00", "skip": "1 x ²", "page": "-1"}
        assert signed_in(app, cast["hr"]).post(path, data=odd, headers=ENGLISH).status_code == 422

    def test_a_goal_that_may_not_be_seen_is_not_found(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.visibility = "restricted"
        assert signed_in(app, cast["outsider"]).get(f"/goals/{goal.id}/duplicate").status_code == 404


class TestCreate:
    def test_each_gets_their_own_with_all_it_says(
        self, app: Flask, cast: dict[str, Person], goal: Goal, cycle: Cycle
    ) -> None:
        manager = signed_in(app, cast["manager"])
        text, said = look(manager, goal, who="unit", unit="A", below="y")
        assert text.count("Assigned: they mark it received") == 2
        assert give(manager, goal, said).status_code == 303
        (copy,) = goals_of(cast["report"])
        names = ("title", "kind", "weight", "parent_id", "description", "starts_on", "due_on", "ambition", "scope")
        assert [getattr(copy, name) for name in names] == [getattr(goal, name) for name in names]
        assert (copy.state, copy.created_by_id, copy.unit_id) == (
            "suggested",
            cast["manager"].id,
            cast["report"].unit_id,
        )
        first, second = copy.measures
        assert (first.weight, first.target, first.start) == (2, 100, 0)
        assert [step.title for step in second.steps] == ["Gọi từng khách"]
        assert len(goals_of(cast["peer"])) == 1
        assert len(goals_of(cast["manager"])) == 1, "who has it gets no second one"
        assert db.session.query(Notification).filter_by(kind="goal_suggested").count() == 2
        assert list(differences(today())) == []

    def test_targets_by_period_come_along_unless_the_days_differ(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        calls = metric("CALLS", aggregate="sum")
        facts = {"metric_id": calls.id, "aggregate": "sum", "frequency": "month", "start": None}
        goal = make_goal(cast["manager"], cycle, facts, kind="kpi", title="Gọi khách")
        db.session.add(PeriodTarget(measure_id=goal.measures[0].id, starts_on=cycle.starts_on, target=Decimal(40)))
        cast["peer"].joined_on = today() - timedelta(days=5)
        settle()
        hr = signed_in(app, cast["hr"])
        give(hr, goal, look(hr, goal, who="unit", unit="A", below="y")[1])
        (copy,), (late,) = goals_of(cast["report"]), goals_of(cast["peer"])
        assert [one.target for one in copy.measures[0].period_targets] == [40]
        assert (late.starts_on, late.measures[0].period_targets) == (cast["peer"].joined_on, [])

    def test_named_people_whom_one_does_not_manage_get_a_suggestion(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        report = signed_in(app, cast["report"])
        people = f"{cast['outsider'].email}; {cast['peer'].email}"
        text, said = look(report, goal, who="people", people=people)
        assert text.count("Suggested: they accept or return it") == 2
        give(report, goal, said)
        (copy,) = goals_of(cast["outsider"])
        assert copy.state == "suggested"

    def test_a_whole_unit_only_where_one_may_assign(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        report = signed_in(app, cast["report"])
        text, said = look(report, goal, who="unit", unit="C", below="y")
        refused = text_of(send(report, f"/goals/{goal.id}/duplicate", said, "group-refused"))
        assert "Cannot get it" in text
        assert refused.count("Not among your people") == 5
        assert said["give"] == [str(cast["report"].id)], "their own they may write"

    def test_somebody_slipped_in_is_not_given_to(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        manager = signed_in(app, cast["manager"])
        said = look(manager, goal, who="people", people=cast["report"].email)[1]
        give(manager, goal, said | {"give": [str(cast["report"].id), str(cast["outsider"].id)]})
        assert (len(goals_of(cast["report"])), len(goals_of(cast["outsider"]))) == (1, 0)

    def test_everybody_of_a_position(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        people = [join(f"Người Giữ {name}", position="Kế toán", unit=cast["outsider"].unit) for name in "ABC"]
        hr = signed_in(app, cast["hr"])
        give(hr, goal, look(hr, goal, who="position", position="Kế toán")[1])
        assert [len(goals_of(one)) for one in people] == [1, 1, 1]

    def test_into_another_cycle_it_has_that_cycles_days(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        days = {"starts_on": today() + timedelta(days=40), "ends_on": today() + timedelta(days=120)}
        later = running_cycle(code="NEXT", name="Quý sau", state="planning", **days)
        hr = signed_in(app, cast["hr"])
        path = f"/goals/{goal.id}/duplicate?cycle=NEXT"
        asked = {"who": "people", "people": cast["report"].email}
        said = form_of(text_of(hr.post(path, data={"do": "show", **asked}, headers=ENGLISH))) | asked
        assert send(hr, path, said).status_code == 303
        (copy,) = goals_of(cast["report"])
        assert (copy.cycle_id, copy.starts_on, copy.due_on) == (later.id, later.starts_on, later.ends_on)

    def test_a_link_the_giver_may_not_see_does_not_come_along(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        parent = db.session.get_one(Goal, goal.parent_id)
        parent.visibility = "restricted"
        report = signed_in(app, cast["report"])
        give(report, goal, look(report, goal, who="people", people=cast["peer"].email)[1])
        assert goals_of(cast["peer"])[0].parent_id is None

    def test_a_restricted_goal_stays_restricted(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.visibility = "restricted"
        manager = signed_in(app, cast["manager"])
        give(manager, goal, look(manager, goal, who="people", people=cast["report"].email)[1])
        assert goals_of(cast["report"])[0].visibility == "restricted"
