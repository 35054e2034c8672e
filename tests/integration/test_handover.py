"""HR hands over what somebody who leaves or moves has in hand (rules §7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Action, Change, CheckIn, Proposal, Result
from goalsite.queries import check
from goalsite.queries.company import now, today
from goalsite.queries.reports import goal_lines, record_of
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle

SUM = {"aggregate": "sum", "target": Decimal(130), "start": None}


def reported(goal: Goal, *values: tuple[int, Any], by: Person | None = None) -> None:
    """Check-ins on the goal's first measure: (days ago, value), entered that day."""
    for ago, value in values:
        at = now() - timedelta(days=ago)
        author = (by or goal.owner).id
        db.session.add(
            CheckIn(
                measure_id=goal.measures[0].id, entered_at=at, on=days_ago(ago), value=Decimal(value), author_id=author
            )
        )


def form_of(person: Person, app: Flask, cast: dict[str, Person], **said: Any) -> tuple[Any, dict[str, Any]]:
    """HR's browser, and the form as its page shows it, with what is said instead."""
    client = signed_in(app, cast["hr"])
    page = client.get(f"/setup/people/{person.id}/hand-over")
    assert page.status_code == 200
    fields = {}
    for tag in page.text.split("<input")[1:]:
        tag = tag.split(">")[0]
        name, value = (
            tag.split(f' {key}="')[1].split('"')[0] if f' {key}="' in tag else "" for key in ("name", "value")
        )
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            fields[name] = value
    fields["why"] = page.text.split('id="why"')[1].split(">", 1)[1].split("</textarea>")[0].strip()
    return client, fields | {"to": cast["peer"].email} | said


def hand(app: Flask, cast: dict[str, Person], person: Person, **said: Any) -> Any:
    client, fields = form_of(person, app, cast, **said)
    return client.post(f"/setup/people/{person.id}/hand-over", data=fields)


@pytest.fixture
def cast(db_session: Any) -> dict[str, Person]:
    people = family()
    people["hr"].locale = people["peer"].locale = "en"
    return people


class TestHandOver:
    def test_the_goal_ends_for_one_and_goes_on_for_the_other_with_what_remains(
        self, app: Flask, cast: dict[str, Person]
    ) -> None:
        goal = make_goal(cast["report"], running_cycle(), SUM, kind="kpi", followers=[cast["outsider"]])
        reported(goal, (40, 30), (9, 20))
        settle()
        assert hand(app, cast, cast["report"]).status_code == 303
        old = db.session.get_one(Goal, goal.id)
        new = db.session.scalars(select(Goal).where(Goal.continues_id == goal.id)).one()
        assert (old.state, old.due_on, old.owner_id, old.evaluator_id) == (
            "closed",
            today(),
            cast["report"].id,
            cast["manager"].id,
        )
        # 13 weeks, 57 of 92 days are over: 130 · 57 / 92 = 80.5, of which 50 are done; 80 remain.
        assert (old.measures[0].target, new.measures[0].target) == (81, 80)
        assert (new.state, new.owner_id, new.starts_on, new.evaluator_id) == (
            "active",
            cast["peer"].id,
            today() + timedelta(days=1),
            cast["manager"].id,
        )
        assert [one.id for one in new.followers] == [cast["outsider"].id]
        assert round(old.progress or 0, 3) == round(Decimal(50) / 81, 3)

    def test_it_stands_in_the_history_and_once_in_the_audit_log_and_both_hear_of_it(
        self, app: Flask, cast: dict[str, Person]
    ) -> None:
        goal = make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        settle()
        before = db.session.query(AuditRow).filter_by(action="hand_over").count()
        hand(app, cast, cast["report"], why="Sang phòng khác")
        kept = db.session.scalars(select(Change).where(Change.goal_id == goal.id)).all()
        assert {(one.field, one.new) for one in kept} == {
            ("target", "81"),
            ("due_on", today().isoformat()),
            ("state", "closed"),
        }
        assert {one.why for one in kept} == {"Sang phòng khác"}
        assert db.session.query(AuditRow).filter_by(action="hand_over").count() == before + 1
        told = {(one.person_id, one.kind) for one in db.session.scalars(select(Notification))}
        assert told == {(cast["report"].id, "goal_handed_on"), (cast["peer"].id, "goal_handed_over")}

    def test_as_of_the_day_before_nothing_has_changed_and_what_is_stored_equals_a_replay(
        self, app: Flask, cast: dict[str, Person]
    ) -> None:
        cycle = running_cycle()
        goal = make_goal(cast["report"], cycle, SUM, kind="kpi")
        parent = make_goal(cast["manager"], cycle, {"start": None}, scope="unit", progress_from="both")
        goal.parent_id = parent.id
        reported(goal, (40, 30), (9, 20))
        settle()
        day = days_ago(1)

        def lines() -> list[Any]:
            found = goal_lines(record_of(cycle, day, as_of=True))
            return [(one.goal.code, one.standing, one.result) for one in found]

        before = lines()
        hand(app, cast, cast["report"])
        db.session.expire_all()
        assert lines() == before
        assert list(check.differences(today())) == []

    def test_a_key_result_fed_by_it_keeps_what_it_gave_and_is_fed_by_the_copy(
        self, app: Flask, cast: dict[str, Person]
    ) -> None:
        cycle = running_cycle()
        goal = make_goal(cast["report"], cycle, SUM, kind="kpi")
        fed = make_goal(cast["manager"], cycle, {"aggregate": "sum", "fed_by_id": goal.id})
        reported(goal, (9, 20))
        settle()
        hand(app, cast, cast["report"])
        new = db.session.scalars(select(Goal).where(Goal.continues_id == goal.id)).one()
        assert db.session.get_one(Measure, fed.measures[0].id).fed_by_id == new.id
        assert db.session.get_one(Goal, fed.id).progress == Decimal("0.2")
        new.starts_on = today()
        reported(new, (0, 5))
        settle()
        assert db.session.get_one(Goal, fed.id).progress == Decimal("0.25")

    def test_what_supports_it_and_its_open_actions_go_along(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        goal = make_goal(cast["report"], cycle, SUM, kind="kpi")
        child = make_goal(cast["outsider"], cycle, {}, parent_id=goal.id, parent_measure_id=goal.measures[0].id)
        other = make_goal(cast["manager"], cycle, {"assignee_id": cast["report"].id})
        db.session.add(Action(goal_id=goal.id, title="Gọi khách", assignee_id=cast["report"].id))
        db.session.add(Action(goal_id=goal.id, title="Xong", assignee_id=cast["report"].id, done_on=days_ago(3)))
        db.session.add(Proposal(goal_id=goal.id, at=now(), field="weight", new="2", why="x", by_id=cast["report"].id))
        settle()
        hand(app, cast, cast["report"])
        new = db.session.scalars(select(Goal).where(Goal.continues_id == goal.id)).one()
        linked = db.session.get_one(Goal, child.id)
        assert (linked.parent_id, linked.parent_measure_id) == (new.id, new.measures[0].id)
        plan = {one.title: (one.goal_id, one.assignee_id) for one in db.session.scalars(select(Action))}
        assert plan == {"Gọi khách": (new.id, cast["peer"].id), "Xong": (goal.id, cast["report"].id)}
        assert db.session.get_one(Measure, other.measures[0].id).assignee_id == cast["peer"].id
        assert db.session.scalars(select(Proposal.state)).one() == "returned"

    def test_what_its_supporters_make_up_goes_over_as_it_is(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        top = make_goal(cast["report"], cycle, progress_from="supporting", evaluated_by="manager")
        make_goal(cast["peer"], cycle, {}, parent_id=top.id)
        settle()
        hand(app, cast, cast["report"], to=cast["manager"].email)
        held = db.session.get_one(Goal, top.id)
        assert (held.state, held.owner_id, held.evaluator_id) == ("active", cast["manager"].id, cast["director"].id)
        assert db.session.scalars(select(Change.field)).all() == ["owner"]
        assert list(check.differences(today())) == []
        results = {
            one.person_id: one.goals for one in db.session.scalars(select(Result).where(Result.person_id.is_not(None)))
        }
        assert results.get(cast["report"].id, 0) == 0

    def test_a_units_goal_shares_its_weight_by_days(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, scope="unit", weight=Decimal(10))
        settle()
        hand(app, cast, cast["report"])
        new = db.session.scalars(select(Goal).where(Goal.continues_id == goal.id)).one()
        assert db.session.get_one(Goal, goal.id).weight + new.weight == 10
        assert round(db.session.get_one(Goal, goal.id).weight, 2) == Decimal("6.20")  # 57 of 92 days

    def test_each_goal_may_go_to_somebody_else_or_stay(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        goals = [make_goal(cast["report"], cycle, {}) for _ in range(3)]
        settle()
        client, fields = form_of(cast["report"], app, cast)
        fields["goals-1-to"] = cast["outsider"].email
        del fields["goals-2-goes"]
        client.post(f"/setup/people/{cast['report'].id}/hand-over", data=fields)
        owners = {
            one.continues_id: one.owner_id
            for one in db.session.scalars(select(Goal).where(Goal.continues_id.is_not(None)))
        }
        assert owners == {goals[0].id: cast["peer"].id, goals[1].id: cast["outsider"].id}
        assert db.session.get_one(Goal, goals[2].id).state == "active"


class TestWhole:
    def test_its_open_work_goes_to_the_successor_and_a_named_evaluator_stays(
        self, app: Flask, cast: dict[str, Person]
    ) -> None:
        top = make_goal(
            cast["report"],
            running_cycle(),
            {"assignee_id": cast["report"].id},
            progress_from="both",
            evaluator_id=cast["outsider"].id,
        )
        db.session.add(Action(goal_id=top.id, title="Gọi khách", assignee_id=cast["report"].id))
        settle()
        hand(app, cast, cast["report"], to=cast["peer"].email)
        held = db.session.get_one(Goal, top.id)
        assert (held.owner_id, held.evaluator_id) == (cast["peer"].id, cast["outsider"].id)
        assert held.measures[0].assignee_id is None
        assert db.session.scalars(select(Action.assignee_id)).all() == [cast["peer"].id]

    def test_what_is_handed_in_stays(self, app: Flask, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], running_cycle(), {}, evaluation="submitted", score=Decimal("0.9"))
        settle()
        page = signed_in(app, cast["hr"]).get(f"/setup/people/{cast['report'].id}/hand-over").text
        assert "No goal in hand" in page


class TestRefusals:
    def test_somebody_who_has_left(self, app: Flask, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        cast["peer"].left_on = days_ago(1)
        settle()
        answer = hand(app, cast, cast["report"])
        assert answer.status_code == 422
        assert "is not here" in answer.text

    def test_a_day_before_the_last_check_in(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), SUM, kind="kpi", title="Hợp đồng mới")
        reported(goal, (3, 20))
        settle()
        answer = hand(app, cast, cast["report"], day=days_ago(5).isoformat())
        assert answer.status_code == 422
        assert "“Hợp đồng mới” has a check-in of" in answer.text
        assert db.session.get_one(Goal, goal.id).state == "active"

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"day": "2099-01-01"}, "Give a day up to today"),
            ({"to": ""}, "Say who takes over."),
            ({"to": "report"}, "is theirs already"),
            ({"why": " "}, "This is needed."),
        ],
    )
    def test_in_words_and_nothing_is_handed_over(
        self, app: Flask, cast: dict[str, Person], said: dict[str, str], words: str
    ) -> None:
        make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        settle()
        if said.get("to") == "report":
            said = {"to": cast["report"].email}
        answer = hand(app, cast, cast["report"], **said)
        assert answer.status_code == 422
        assert words in answer.text
        assert db.session.query(Goal).count() == 1

    def test_a_goal_changed_meanwhile_asks_again(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        settle()
        client, fields = form_of(cast["report"], app, cast, why="Nghỉ việc từ hôm nay")
        goal.version += 1
        db.session.commit()
        answer = client.post(f"/setup/people/{cast['report'].id}/hand-over", data=fields)
        assert answer.status_code == 409
        assert "Nghỉ việc từ hôm nay" in answer.text

    def test_sent_twice_it_hands_over_once(self, app: Flask, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        settle()
        client, fields = form_of(cast["report"], app, cast)
        for _ in range(2):
            assert client.post(f"/setup/people/{cast['report'].id}/hand-over", data=fields).status_code == 303
        assert db.session.query(Goal).count() == 2

    def test_hr_never_hands_over_their_own(self, app: Flask, cast: dict[str, Person]) -> None:
        settle()
        assert signed_in(app, cast["hr"]).get(f"/setup/people/{cast['hr'].id}/hand-over").status_code == 403


class TestPages:
    def test_both_goals_lead_to_each_other(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        settle()
        hand(app, cast, cast["report"])
        new = db.session.scalars(select(Goal).where(Goal.continues_id == goal.id)).one()
        client = signed_in(app, cast["peer"])
        assert "Goes on as" in client.get(f"/goals/{goal.id}").text
        assert "Taken over from" in client.get(f"/goals/{new.id}").text

    def test_the_page_says_what_remains_on_the_day(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {"start": Decimal(10), "target": Decimal(50)})
        reported(goal, (9, 20))
        settle()
        page = signed_in(app, cast["hr"]).get(f"/setup/people/{cast['report'].id}/hand-over").text
        assert "From 20 up to 50" in page

    def test_whoever_left_with_goals_in_hand_is_pointed_out(self, app: Flask, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], running_cycle(), SUM, kind="kpi")
        cast["report"].left_on = days_ago(2)
        settle()
        page = signed_in(app, cast["hr"]).get(f"/setup/people/{cast['report'].id}/edit").text
        assert "wait for somebody to take them over" in page
