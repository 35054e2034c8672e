"""Targets by period of an active goal change with a reason, and can be taken back to how they were."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Goal, PeriodTarget, Person
from goalsite.models_follow import Change, CheckIn, Proposal
from goalsite.queries.check import differences
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    sums = {"aggregate": "sum", "frequency": "quarter", "target": Decimal(100)}
    made = make_goal(cast["report"], running_cycle(), sums, kind="kpi")
    settle()
    return made


def firsts(goal: Goal) -> list[str]:
    """The first days of the measure's periods."""
    one = next(iter(world_of([goal.id], today()).goals[goal.id].measures.values()))
    return [period.first.isoformat() for period in one.periods]


def said(goal: Goal, *typed: str, **facts: str) -> dict[str, str]:
    one = goal.measures[0]
    data = {
        "version": str(goal.version),
        "reason": "Mùa cao điểm",
        "weight": "1",
        "starts_on": goal.starts_on.isoformat(),
        "due_on": goal.due_on.isoformat(),
        "measures-0-id": str(one.id),
        "measures-0-start": "0",
        "measures-0-target": "100",
        "measures-0-target_per": "span",
        "measures-0-weight": "1",
        "measures-0-starts_on": "",
        "measures-0-due_on": "",
    }
    data |= {f"measures-0-period_targets-{day}": text for day, text in zip(firsts(goal), typed, strict=False)}
    return data | facts


def send(app: Flask, person: Person, goal: Goal, data: dict[str, str]) -> Any:
    return signed_in(app, person).post(f"/goals/{goal.id}/change", data=data, headers=ENGLISH)


class TestChange:
    def test_is_kept_with_its_reason_and_taken_back_as_of_a_day_before(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        days = firsts(goal)
        assert send(app, cast["report"], goal, said(goal, "10")).status_code == 303
        kept = db.session.query(Change).one()
        assert (kept.field, kept.old, kept.new) == ("period_targets", "", f"{days[0]}=10")
        assert db.session.query(PeriodTarget).one().target == 10
        assert not list(differences(today()))
        db.session.refresh(goal)
        assert send(app, cast["report"], goal, said(goal, "")).status_code == 303
        assert db.session.query(PeriodTarget).count() == 0
        measure_id = goal.measures[0].id
        yesterday = world_of([goal.id], days_ago(1), as_of=True).goals[goal.id].measures[measure_id]
        assert yesterday.period_targets == {}
        page = signed_in(app, cast["peer"]).get(f"/goals/{goal.id}", headers=ENGLISH).text
        assert "Targets by period" in page
        assert "by the rules" in page

    def test_as_of_before_they_were_cleared_they_stand(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        days = firsts(goal)
        db.session.add(PeriodTarget(measure_id=goal.measures[0].id, starts_on=goal.starts_on, target=Decimal(10)))
        settle()
        send(app, cast["report"], goal, said(goal, ""))
        before = world_of([goal.id], days_ago(1), as_of=True).goals[goal.id].measures[goal.measures[0].id]
        assert {day.isoformat(): number for day, number in before.period_targets.items()} == {days[0]: Fraction(10)}

    def test_shows_the_strip_and_its_buttons(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = signed_in(app, cast["report"]).get(f"/goals/{goal.id}/change").text
        assert text.count('name="measures-0-period_targets-') == len(firsts(goal))
        typed = ["30"] * len(firsts(goal))
        refreshed = send(app, cast["report"], goal, said(goal, *typed, do="refresh")).text
        assert f"Fixed: {30 * len(typed)}." in refreshed
        total = send(app, cast["report"], goal, said(goal, *typed, do="total-0")).text
        assert f'value="{30 * len(typed)}"' in total
        assert db.session.query(Change).count() == 0

    def test_target_and_periods_change_together(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        typed = ["30"] * len(firsts(goal))
        assert send(app, cast["report"], goal, said(goal, *typed)).status_code == 422
        total = {"measures-0-target": str(30 * len(typed))}
        assert send(app, cast["report"], goal, said(goal, *typed, **total)).status_code == 303
        assert {one.field for one in db.session.query(Change)} == {"target", "period_targets"}

    def test_a_form_without_the_strip_leaves_them(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        db.session.add(PeriodTarget(measure_id=goal.measures[0].id, starts_on=goal.starts_on, target=Decimal(10)))
        settle()
        send(app, cast["report"], goal, said(goal, **{"measures-0-target": "120"}))
        assert [one.field for one in db.session.query(Change)] == ["target"]
        assert db.session.query(PeriodTarget).count() == 1

    def test_what_is_no_number_is_refused(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = send(app, cast["report"], goal, said(goal, "nhiều"))
        assert answer.status_code == 422
        assert 'value="nhiều"' in answer.text


class TestPropose:
    def test_what_was_proposed_together_is_applied_together(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        goal.unit.owners_edit_goals = goal.unit.owners_edit_measures = False
        settle()
        typed = ["30"] * len(firsts(goal))
        total = {"measures-0-target": str(30 * len(typed))}
        assert send(app, cast["report"], goal, said(goal, *typed, **total)).status_code == 303
        asked = db.session.query(Proposal).all()
        assert {one.field for one in asked} == {"target", "period_targets"}
        client = signed_in(app, cast["manager"])
        assert client.get(f"/goals/{goal.id}").text.count("/apply") == 1
        assert client.post(f"/proposals/{asked[0].id}/apply").status_code == 303
        db.session.expire_all()
        assert {one.state for one in asked} == {"applied"}
        assert goal.measures[0].target == 30 * len(typed)
        assert db.session.query(Change).count() == 2


def test_a_measure_added_later_is_not_there_before(app: Flask, cast: dict[str, Person], goal: Goal) -> None:
    """As of a day before it was added, a measure does not count."""
    one = goal.measures[0]
    db.session.add(
        Change(
            goal_id=goal.id, measure_id=one.id, at=datetime.now(UTC), field="added", new=one.title, by_id=goal.owner_id
        )
    )
    db.session.add(
        CheckIn(measure_id=one.id, entered_at=now(), on=days_ago(0), value=Decimal(5), author_id=goal.owner_id)
    )
    settle()
    assert one.id in world_of([goal.id], today(), as_of=True).goals[goal.id].measures
    assert not world_of([goal.id], today() - timedelta(days=1), as_of=True).goals[goal.id].measures
