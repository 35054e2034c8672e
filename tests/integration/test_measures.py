"""An active goal gets one more key result, and ends one: with a reason that stays, and no day before is another one for it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, PeriodTarget, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Change, CheckIn
from goalsite.queries.check import differences
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}
KEY = "k" * 24


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def goal(cast: dict[str, Person], cycle: Cycle) -> Goal:
    made = make_goal(cast["report"], cycle, {}, visibility="internal")
    db.session.add(
        CheckIn(
            measure_id=made.measures[0].id, entered_at=now(), on=days_ago(2), value=Decimal(50), author_id=made.owner_id
        )
    )
    settle()
    return made


def add(app: Flask, person: Person, goal: Goal, **facts: str) -> Any:
    data = {"version": str(goal.version), "reason": "Chỉ số cũ sai", "measures-0-title": "Giữ chân khách"}
    for name, value in (
        {"direction": "increase", "aggregate": "last", "frequency": "", "target_per": "span", "weight": "1"}
        | {"decimals": "0", "start": "10", "target": "20", "starts_on": today().isoformat()}
    ).items():
        data[f"measures-0-{name}"] = value
    said = {name.replace("m_", "measures-0-") if name.startswith("m_") else name: facts[name] for name in facts}
    return signed_in(app, person).post(f"/goals/{goal.id}/measures/new", data=data | said, headers=ENGLISH)


def end(app: Flask, person: Person, measure: Measure, goal: Goal, **facts: str) -> Any:
    data = {"version": str(goal.version), "reason": "Đo sai", "on": today().isoformat()} | facts
    return signed_in(app, person).post(f"/measures/{measure.id}/end", data=data, headers=ENGLISH)


class TestAdd:
    def test_counts_from_now_on_and_not_before(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert goal.progress == Decimal("0.5")
        assert add(app, cast["report"], goal).status_code == 303
        db.session.refresh(goal)
        added = goal.measures[1]
        assert (added.title, added.place, goal.progress, goal.version) == ("Giữ chân khách", 1, Decimal("0.25"), 2)
        kept = db.session.query(Change).one()
        assert (kept.field, kept.measure_id, kept.new, kept.why) == (
            "added",
            added.id,
            "Giữ chân khách",
            "Chỉ số cũ sai",
        )
        assert [row.action for row in db.session.query(AuditRow)] == ["add_measure"]
        assert not list(differences(today()))
        before = world_of([goal.id], days_ago(1), as_of=True).goals[goal.id]
        assert list(before.measures) == [goal.measures[0].id]
        page = signed_in(app, cast["peer"]).get(f"/goals/{goal.id}", headers=ENGLISH).text
        assert "Chỉ số cũ sai" in page

    def test_needs_a_reason_and_holds_the_rules_at_the_field(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        assert "This is needed." in add(app, cast["report"], goal, reason=" ").text
        answer = add(app, cast["report"], goal, m_target="5")
        assert answer.status_code == 422
        assert 'id="measures-0-target-error"' in answer.text
        late = (goal.due_on + timedelta(days=9)).isoformat()
        assert "lies outside" in add(app, cast["report"], goal, m_due_on=late).text
        assert db.session.query(Measure).count() == 1

    def test_ten_are_the_most(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        full = make_goal(cast["report"], cycle, *({},) * 10)
        settle()
        answer = add(app, cast["report"], full)
        assert answer.status_code == 422
        assert "at most 10" in answer.text

    def test_a_circle_is_refused(self, app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal) -> None:
        from goalsite.models import Metric

        metric = Metric(code="RET", name="Quay lại")
        db.session.add(metric)
        db.session.flush()
        kpi = make_goal(cast["report"], cycle, {"metric_id": metric.id}, kind="kpi", title="Nguồn", parent_id=goal.id)
        above = make_goal(cast["report"], cycle, {}, title="Trên")
        goal.parent_id = above.id
        settle()
        facts = {"m_metric": "RET", "m_fed_by": kpi.code}
        assert add(app, cast["report"], goal, **facts).status_code == 303
        db.session.refresh(above)
        kpi.parent_id = None
        feeder = make_goal(cast["report"], cycle, {"metric_id": metric.id}, kind="kpi", title="Dưới")
        goal.parent_id = feeder.id
        settle()
        answer = add(app, cast["report"], goal, **(facts | {"m_fed_by": feeder.code, "version": str(goal.version)}))
        assert answer.status_code == 422
        assert "Dưới" in answer.text

    def test_the_strip_works_here_too(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        facts = {"m_aggregate": "sum", "m_frequency": "month", "m_start": "", "do": "refresh"}
        answer = add(app, cast["report"], goal, **facts)
        assert answer.status_code == 200
        assert "measures-0-period_targets-" in answer.text
        assert db.session.query(Measure).count() == 1

    def test_sent_twice_adds_one(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert [add(app, cast["report"], goal, form_key=KEY).status_code for _ in range(2)] == [303, 303]
        assert db.session.query(Measure).count() == 2

    def test_a_stale_form_keeps_its_text(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = add(app, cast["report"], goal, version="9")
        assert answer.status_code == 409
        assert "Giữ chân khách" in answer.text

    @pytest.mark.parametrize(("who", "status"), [("manager", 200), ("hr", 200), ("peer", 403), ("outsider", 404)])
    def test_is_for_those_who_change_measures(
        self, app: Flask, cast: dict[str, Person], goal: Goal, who: str, status: int
    ) -> None:
        assert signed_in(app, cast[who]).get(f"/goals/{goal.id}/measures/new").status_code == status

    def test_not_by_an_owner_who_may_not_nor_to_a_kpi_or_draft(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal
    ) -> None:
        kpi = make_goal(cast["report"], cycle, {}, kind="kpi")
        draft = make_goal(cast["report"], cycle, {}, state="draft")
        settle()
        assert add(app, cast["report"], kpi).status_code == 403
        assert add(app, cast["report"], draft).status_code == 403
        goal.unit.owners_edit_measures = False
        settle()
        assert add(app, cast["report"], goal).status_code == 403


class TestEnd:
    def test_ends_with_a_reason_and_is_replayed(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        measure = goal.measures[0]
        assert end(app, cast["report"], measure, goal).status_code == 303
        db.session.refresh(measure)
        assert measure.due_on == today()
        kept = db.session.query(Change).one()
        assert (kept.field, kept.old, kept.new) == ("due_on", goal.due_on.isoformat(), today().isoformat())
        assert not list(differences(today()))
        before = world_of([goal.id], days_ago(1), as_of=True).goals[goal.id].measures[measure.id]
        assert before.span.last == goal.due_on

    def test_takes_its_later_targets_along(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        measure = goal.measures[0]
        measure.aggregate, measure.frequency = "sum", "quarter"
        days = [period.first for period in _facts(goal, measure).periods]
        db.session.add_all(PeriodTarget(measure_id=measure.id, starts_on=day, target=Decimal(5)) for day in days[1:])
        settle()
        assert len(days) > 1
        day = days[1] - timedelta(days=1)
        ended = end(app, cast["report"], measure, goal, on=max(day, days_ago(2)).isoformat())
        assert ended.status_code == 303
        assert not list(differences(today()))

    def test_no_check_in_is_left_outside(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = end(app, cast["report"], goal.measures[0], goal, on=days_ago(5).isoformat())
        assert answer.status_code == 422
        assert "would lie outside" in answer.text
        assert db.session.query(Change).count() == 0

    def test_needs_a_day_and_a_reason(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        for facts in ({"on": ""}, {"on": "x"}, {"reason": " "}):
            assert end(app, cast["report"], goal.measures[0], goal, **facts).status_code == 422
        assert end(app, cast["report"], goal.measures[0], goal, version="7").status_code == 409

    def test_is_offered_where_the_goal_is_changed(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = signed_in(app, cast["report"]).get(f"/goals/{goal.id}/change").text
        assert f"/measures/{goal.measures[0].id}/end" in text
        assert f"/goals/{goal.id}/measures/new" in text
        assert signed_in(app, cast["peer"]).get(f"/measures/{goal.measures[0].id}/end").status_code == 403
        assert signed_in(app, cast["outsider"]).get(f"/measures/{goal.measures[0].id}/end").status_code == 404


def _facts(goal: Goal, measure: Measure) -> Any:
    db.session.flush()
    return world_of([goal.id], today()).goals[goal.id].measures[measure.id]
