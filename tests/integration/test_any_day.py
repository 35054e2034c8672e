"""Pages as of a past day (`?as_of=`): what the report of that day says, by the records up to it, with nothing to be done there."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from goalsite import policy
from goalsite.actions.as_of import go_back
from goalsite.domain.goals import World, assess
from goalsite.domain.rounding import as_decimal
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import Change, CheckIn, Comment, GoalPoint, Result
from goalsite.queries import check, reports
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.integration.test_as_of import CYCLE, load, workbook

FIRST, DAYS = date(2026, 1, 1), 100


def share(number: Fraction | Decimal | None) -> Decimal | None:
    """At twelve decimals: what is computed from stored parts is off in the last of fifteen."""
    return None if number is None else as_decimal(Fraction(number), 12)


def told(cycle: Cycle, day: date) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What `report --as-of` says of goals, people and units."""
    record = reports.record_of(cycle, day, as_of=True)
    goals = {
        line.goal.code: (share(line.standing.progress), line.standing.status, line.standing.last_on)
        for line in reports.goal_lines(record)
    }
    people = {
        line.person.email: (share(line.totals.okr), share(line.totals.kpi), share(line.totals.total), line.rating)
        for line in reports.person_lines(record)
    }
    units = {
        line.unit.code: (share(line.totals.total), share(line.people_mean), line.people)
        for line in reports.unit_lines(record)
    }
    return goals, people, units


def stored() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What pages read."""
    goals = {
        goal.code: (share(goal.progress), goal.status, goal.last_checkin_on)
        for goal in db.session.scalars(select(Goal).where(Goal.state.in_(("active", "closed"))))
    }
    rows = db.session.scalars(select(Result)).all()
    people = {
        row.person.email: (share(row.okr), share(row.kpi), share(row.total), row.rating) for row in rows if row.person
    }
    units = {row.unit.code: (share(row.total), share(row.people_mean), row.people) for row in rows if row.unit}
    return goals, people, units


def _until(record: reports.CycleRecord, day: date) -> World:
    entries = {name: [entry for entry in said if entry.on <= day] for name, said in record.world.entries.items()}
    return World(record.world.goals, entries, record.world.thresholds)


class TestGoBack:
    @pytest.mark.parametrize(("state", "days"), [("open", 20), ("closed", 5)])
    def test_any_day_equals_the_report_and_a_replay(
        self, db_session: Any, tmp_path: Path, state: str, days: int
    ) -> None:
        load(workbook(tmp_path / state, cycle=CYCLE | {"state": state}))
        cycle = db.session.scalars(select(Cycle)).one()
        before = stored()
        for chosen in sorted(random.Random(11).sample(range(DAYS), days)):
            day = FIRST + timedelta(days=chosen)
            expected = told(cycle, day)
            go_back([cycle], day)
            for said, held in zip(expected, stored(), strict=True):
                assert {key: (said[key], held.get(key)) for key in said if said[key] != held.get(key)} == {}, day
                assert said.keys() == held.keys(), day
            if state == "open":
                assert list(check.standing_differences(day)) == [], day
            db.session.rollback()
        assert stored() == before

    @pytest.mark.parametrize("state", ["open", "closed"])
    def test_of_one_person_their_goals_and_result_are_those_of_the_report(
        self, db_session: Any, tmp_path: Path, state: str
    ) -> None:
        load(workbook(tmp_path / state, cycle=CYCLE | {"state": state}))
        cycle = db.session.scalars(select(Cycle)).one()
        owned = {goal.code: goal.owner.email for goal in db.session.scalars(select(Goal))}
        ids = {
            person.email: person.id for person in db.session.scalars(select(Person)) if person.email in owned.values()
        }
        assert len(ids) > 1
        for day in (FIRST + timedelta(days=days) for days in (20, 45, 80)):
            goals, people, _ = told(cycle, day)
            for email, person_id in ids.items():
                go_back([cycle], day, person_id=person_id)
                then, results, _ = stored()
                assert results[email] == people[email], (day, email)
                theirs = {code: said for code, said in goals.items() if owned[code] == email}
                assert theirs == {code: then[code] for code in theirs}, (day, email)
                db.session.rollback()

    def test_the_history_is_that_of_then(self, db_session: Any, tmp_path: Path) -> None:
        load(workbook(tmp_path / "all"))
        cycle = db.session.scalars(select(Cycle)).one()
        goals = db.session.scalars(select(Goal).where(Goal.code.in_(("binh-O", "binh-K"))).order_by(Goal.code)).all()
        asked = {goal.id: goal.code for goal in goals}
        day = FIRST + timedelta(days=45)
        record = reports.record_of(cycle, day, as_of=True)
        wanted = {
            (goal.id, on): share(assess(goal.id, _until(record, on), on).progress)
            for goal in record.goals
            if goal.id in asked
            for on in sorted(
                {entry.on for name in record.world.goals[goal.id].measures for entry in record.world.entries[name]}
            )
        }
        go_back([cycle], day)
        points = select(GoalPoint).where(GoalPoint.goal_id.in_(asked))
        assert {(point.goal_id, point.on): share(point.progress) for point in db.session.scalars(points)} == wanted

    def test_nothing_that_is_kept_is_touched(self, app: Flask, db_session: Any, tmp_path: Path) -> None:
        load(workbook(tmp_path / "all"))
        cycle = db.session.scalars(select(Cycle)).one()
        count = db.session.query(CheckIn).count()
        go_back([cycle], date(2026, 1, 20))
        assert db.session.query(CheckIn).count() < count
        db.session.rollback()
        assert db.session.query(CheckIn).count() == count
        assert list(check.differences(date(2026, 4, 20))) == []


class TestPages:
    @pytest.fixture
    def cast(self, app: Flask, db_session: Any) -> dict[str, Person]:
        people = family()
        for person in people.values():
            person.locale = "en"
        self.cycle = running_cycle()
        self.goal = make_goal(people["report"], self.cycle, {"target": Decimal(100)}, title="Trang cũ")
        for ago, value in ((30, 10), (20, 25), (5, 60)):
            at = self._moment(ago)
            db.session.add(
                CheckIn(
                    measure_id=self.goal.measures[0].id,
                    entered_at=at,
                    on=days_ago(ago),
                    value=Decimal(value),
                    author_id=people["report"].id,
                )
            )
            db.session.add(
                Comment(goal_id=self.goal.id, entered_at=at, author_id=people["report"].id, body=f"Ghi chú {value}")
            )
        settle()
        return people

    def _moment(self, ago: int) -> Any:
        from goalsite.queries.company import now

        return now() - timedelta(days=ago)

    @pytest.mark.parametrize("path", ["/overview", "/members", "/members/{person}", "/tree", "/goals/{goal}"])
    def test_say_so_and_carry_the_day_along(self, app: Flask, cast: dict[str, Person], path: str) -> None:
        day = days_ago(12)
        where = path.format(person=cast["report"].id, goal=self.goal.id)
        page = signed_in(app, cast["manager"]).get(f"{where}?as_of={day}")
        assert page.status_code == 200
        assert "What had been recorded by the end of that day" in page.text
        assert f"as_of={day}" in page.text.split("<main")[1]
        assert "25" in page.text
        assert "60%" not in page.text.replace(" ", "")

    def test_a_goal_is_as_it_was_and_nothing_can_be_done(self, app: Flask, cast: dict[str, Person]) -> None:
        client = signed_in(app, cast["report"])
        page = client.get(f"/goals/{self.goal.id}?as_of={days_ago(12)}").text
        for offer in (f"/goals/new?from={self.goal.id}", f"/goals/{self.goal.id}/duplicate"):
            assert offer in client.get(f"/goals/{self.goal.id}").text
            assert offer not in page
        assert "Ghi chú 25" in page
        assert "Ghi chú 60" not in page
        for act in (f"/goals/{self.goal.id}/comments", f"/measures/{self.goal.measures[0].id}/checkins"):
            assert act not in page
        assert "Ghi chú 60" in client.get(f"/goals/{self.goal.id}").text

    def test_what_is_no_past_day_is_today(self, app: Flask, cast: dict[str, Person]) -> None:
        client = signed_in(app, cast["report"])
        for said in ("x", "", days_ago(-3).isoformat(), "1200-01-01", "2026-02-30"):
            page = client.get(f"/overview?as_of={said}")
            assert page.status_code == 200
            assert "What had been recorded" not in page.text

    def test_a_colleague_sees_no_more_than_today(self, app: Flask, cast: dict[str, Person]) -> None:
        self.goal.visibility = "restricted"
        settle()
        client = signed_in(app, cast["outsider"])
        assert client.get(f"/goals/{self.goal.id}?as_of={days_ago(12)}").status_code == 404
        assert "Trang cũ" not in client.get(f"/tree?as_of={days_ago(12)}").text

    def test_a_fragment_of_the_tree_and_of_a_goal_too(self, app: Flask, cast: dict[str, Person]) -> None:
        client = signed_in(app, cast["manager"])
        head = {"HX-Request": "true"}
        for path in (f"/tree/{self.goal.id}", f"/goals/{self.goal.id}/head", f"/goals/{self.goal.id}/history"):
            answer = client.get(f"{path}?as_of={days_ago(12)}", headers=head)
            assert answer.status_code == 200
            assert "60" not in answer.text.replace("160", "")

    def test_of_a_measure_that_changed_since_the_target_of_then(self, app: Flask, cast: dict[str, Person]) -> None:
        client = signed_in(app, cast["manager"])
        page = client.get(f"/goals/{self.goal.id}/change").text
        fields = {}
        for tag in page.split("<input")[1:]:
            name, value = (
                tag.split(">")[0].split(f' {key}="')[1].split('"')[0] if f' {key}="' in tag.split(">")[0] else ""
                for key in ("name", "value")
            )
            fields[name] = value
        fields |= {"measures-0-target": "50", "reason": "Thu hẹp", "do": "save"}
        assert client.post(f"/goals/{self.goal.id}/change", data=fields).status_code == 303
        assert db.session.get_one(Measure, self.goal.measures[0].id).target == 50
        progress = client.get(f"/goals/{self.goal.id}/head?as_of={days_ago(1)}", headers={"HX-Request": "true"}).text
        assert "0.6" in progress

    def test_a_goal_cancelled_or_begun_since_counts_as_it_did(self, app: Flask, cast: dict[str, Person]) -> None:
        late = make_goal(cast["report"], self.cycle, {}, title="Mới bắt đầu hôm nay", state="draft")
        settle()
        owner, manager = signed_in(app, cast["report"]), signed_in(app, cast["manager"])
        assert owner.post(f"/goals/{late.id}/activate", data={"version": late.version}).status_code == 303
        said = {"version": self.goal.version, "reason": "Không còn cần"}
        assert manager.post(f"/goals/{self.goal.id}/cancel", data=said).status_code == 303
        today, before = manager.get("/tree").text, manager.get(f"/tree?as_of={days_ago(1)}").text
        assert late.title in today
        assert self.goal.title not in today
        assert late.title not in before
        assert self.goal.title in before

    def test_what_supports_from_an_inner_cycle_is_as_it_was(self, app: Flask, cast: dict[str, Person]) -> None:
        year = running_cycle(code="YEAR", name="Năm")
        self.cycle.parent_id = year.id
        top = make_goal(cast["manager"], year, title="Cả năm", progress_from="supporting", evaluated_by="manager")
        self.goal.parent_id = top.id
        settle()
        client = signed_in(app, cast["manager"])
        page = client.get(f"/goals/{top.id}?as_of={days_ago(12)}").text
        assert "25%" in page.replace("\u00a0", "").replace(" ", "")

    def test_a_day_whose_change_does_not_say_what_was_before_stays(self, app: Flask, cast: dict[str, Person]) -> None:
        said = {"at": self._moment(2), "field": "due_on", "new": self.goal.due_on.isoformat(), "by_id": cast["hr"].id}
        db.session.add(Change(goal_id=self.goal.id, **said))
        db.session.add(Change(goal_id=self.goal.id, measure_id=self.goal.measures[0].id, **said))
        settle()
        page = signed_in(app, cast["manager"]).get(f"/goals/{self.goal.id}?as_of={days_ago(12)}")
        assert page.status_code == 200

    def test_more_goals_than_a_page_works_out_are_for_hr_alone(
        self, app: Flask, cast: dict[str, Person], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_goal(cast["manager"], self.cycle, {})
        settle()
        monkeypatch.setattr(policy, "MOST_WORKED_OUT", 1)
        day = days_ago(12)
        own, hr = signed_in(app, cast["report"]), signed_in(app, cast["hr"])
        for path in ("/overview", "/overview?unit=A", "/members", "/tree"):
            address = f"{path}{'&' if '?' in path else '?'}as_of={day}"
            answer = own.get(address)
            assert answer.status_code == 403
            assert "more than 1 goals would have to be worked out anew, which is for HR alone" in answer.text
            assert hr.get(address).status_code == 200
            assert own.get(path).status_code == 200
        for path in (f"/members/{cast['report'].id}", f"/goals/{self.goal.id}"):
            answer = own.get(f"{path}?as_of={day}")
            assert answer.status_code == 200
            assert "25" in answer.text
