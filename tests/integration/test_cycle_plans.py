"""A year of cycles from a pattern, and goals copied into the next cycle, by HR alone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Step
from goalsite.models_accounts import AuditRow
from goalsite.queries.check import differences
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import WEEK, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

KEY = "a-form-key-of-this-test"
PLAN = {
    "pattern": "quarters",
    "year": "2031",
    "first_month": "4",
    "checkin_every": "two_weeks",
    "checkin_weekday": "monday",
    "kpi_share": "60",
    "kpi_cap": "120",
    "aspirational_full": "70",
    "goals_need_approval": "y",
}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def hr(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    return signed_in(app, cast["hr"])


@pytest.fixture
def source(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def target(source: Cycle) -> Cycle:
    first = source.ends_on + timedelta(days=1)
    return running_cycle(code="NEXT", name="Quý sau", starts_on=first, ends_on=first + WEEK * 13, state="planning")


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True)).replace("\u00a0", " ")


def get(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == 200
    return text_of(answer)


def post(client: FlaskClient, path: str, **said: Any) -> Any:
    return client.post(path, data=said, headers={"Accept-Language": "en"})


def report(measure: Measure, value: int) -> None:
    facts = world_of([measure.goal_id], today()).goals[measure.goal_id].measures[measure.id]
    check_in(measure, facts, measure.goal.owner, Reported(today(), Decimal(value)), now(), today())
    db.session.commit()


def audited() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq) if row.object_kind == "cycle"]


class TestAccess:
    @pytest.mark.parametrize("role", ["director", "manager", "report"])
    def test_only_hr_gets_there(self, app: Flask, cast: dict[str, Person], source: Cycle, role: str) -> None:
        client = signed_in(app, cast[role])
        paths = ("plan", f"{source.id}/copy")
        assert {client.get(f"/setup/cycles/{path}").status_code for path in (*paths, "plan/preview")} == {403}
        assert {client.post(f"/setup/cycles/{path}").status_code for path in paths} == {403}

    def test_what_does_not_exist(self, hr: FlaskClient) -> None:
        assert hr.get("/setup/cycles/99/copy").status_code == 404


class TestPlan:
    def test_makes_the_fiscal_year(self, hr: FlaskClient) -> None:
        assert "What will be made" in get(hr, "/setup/cycles/plan")
        answers = [post(hr, "/setup/cycles/plan", **PLAN, form_key=KEY) for _ in range(2)]
        assert [answer.location for answer in answers] == ["/setup/cycles"] * 2
        made = db.session.query(Cycle).order_by(Cycle.code).all()
        assert [cycle.code for cycle in made] == ["2031", "2031-Q1", "2031-Q2", "2031-Q3", "2031-Q4"]
        assert {cycle.parent_id for cycle in made[1:]} == {made[0].id}
        assert (made[0].ends_on.isoformat(), made[4].starts_on.isoformat()) == ("2032-03-31", "2032-01-01")
        assert {(cycle.state, cycle.checkin_every, cycle.kpi_share) for cycle in made} == {
            ("planning", "two_weeks", Decimal("0.6"))
        }
        assert made[1].goals_need_approval
        assert "2031–2032" in made[1].name
        assert audited() == ["create_cycles"]

    def test_what_is_there_stays(self, hr: FlaskClient) -> None:
        post(hr, "/setup/cycles/plan", **(PLAN | {"pattern": "year"}))
        assert "is there already" in get(hr, "/setup/cycles/plan/preview?pattern=quarters&year=2031&first_month=4")
        post(hr, "/setup/cycles/plan", **PLAN)
        assert db.session.query(Cycle).count() == 5

    def test_other_days_under_the_same_code_are_refused(self, hr: FlaskClient) -> None:
        post(hr, "/setup/cycles/plan", **PLAN)
        answer = post(hr, "/setup/cycles/plan", **(PLAN | {"first_month": "1"}))
        assert answer.status_code == 422
        assert "exists already with other days" in text_of(answer)
        assert db.session.query(Cycle).count() == 5

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("year", "soon"),
            ("year", "99999999999"),
            ("year", ""),
            ("pattern", "weeks"),
            ("first_month", "13"),
            ("kpi_cap", "1"),
        ],
    )
    def test_refused_at_its_field(self, hr: FlaskClient, field: str, typed: str) -> None:
        answer = post(hr, "/setup/cycles/plan", **(PLAN | {field: typed}))
        assert answer.status_code == 422
        assert f'id="{field}-error"' in text_of(answer)
        assert db.session.query(Cycle).count() == 0

    def test_preview_is_a_piece(self, hr: FlaskClient) -> None:
        text = get(hr, "/setup/cycles/plan/preview?pattern=months&year=2031&first_month=1", **{"HX-Request": "true"})
        assert text.count("2031-M") == 12
        assert "<html" not in text
        assert "Type a year" in get(hr, "/setup/cycles/plan/preview?year=%3Cb%3E")

    def test_without_script_a_button_shows_it(self, hr: FlaskClient) -> None:
        answer = post(hr, "/setup/cycles/plan", **(PLAN | {"pattern": "halves", "show": "1"}))
        assert answer.status_code == 200
        assert "2031-H2" in text_of(answer)
        assert db.session.query(Cycle).count() == 0


class TestCopy:
    def test_says_when_there_is_nowhere_to_go(self, hr: FlaskClient, source: Cycle) -> None:
        assert "There is no cycle to copy into" in get(hr, f"/setup/cycles/{source.id}/copy")
        assert post(hr, f"/setup/cycles/{source.id}/copy", goals="1").status_code == 422

    def test_last_values_are_the_new_baselines(
        self, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]
    ) -> None:
        goal = make_goal(
            cast["report"], source, {"start": 20}, {"target": 50}, {"aggregate": "sum"}, followers=[cast["peer"]]
        )
        db.session.add(Step(measure_id=goal.measures[0].id, code="s", title="Bước", weight=1))
        settle()
        for measure in goal.measures:
            report(measure, 60)
        path = f"/setup/cycles/{source.id}/copy"
        answers = [post(hr, path, goals=[goal.id], form_key=KEY) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        copy = db.session.query(Goal).filter_by(cycle_id=target.id).one()
        assert (copy.code, copy.state, copy.owner_id) == (f"NEXT-{goal.code}", "draft", cast["report"].id)
        assert (copy.starts_on, copy.due_on) == (target.starts_on, target.ends_on)
        assert [(one.start, one.target) for one in copy.measures] == [(60, 100), (60, None), (0, 100)]
        assert [person.id for person in copy.followers] == [cast["peer"].id]
        assert copy.measures[0].steps[0].title == "Bước"
        assert audited() == ["copy_goals"]
        assert list(differences(today())) == []

    def test_a_second_time_copies_nothing_twice(
        self, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]
    ) -> None:
        make_goal(cast["report"], source, {})
        settle()
        for _ in range(2):
            post(hr, f"/setup/cycles/{source.id}/copy", everything="y")
        assert db.session.query(Goal).filter_by(cycle_id=target.id).count() == 1
        assert "Copied already" in get(hr, f"/setup/cycles/{source.id}/copy")

    def test_links_come_along(self, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]) -> None:
        above = make_goal(cast["manager"], source, {})
        kpi = make_goal(cast["report"], source, {}, kind="kpi")
        below = make_goal(
            cast["report"],
            source,
            {"fed_by_id": kpi.id},
            parent_id=above.id,
            parent_measure_id=above.measures[0].id,
        )
        alone = make_goal(cast["peer"], source, {}, parent_id=below.id)
        settle()
        post(hr, f"/setup/cycles/{source.id}/copy", goals=[above.id, kpi.id, below.id])
        copies = {goal.code: goal for goal in db.session.query(Goal).filter_by(cycle_id=target.id)}
        new = copies[f"NEXT-{below.code}"]
        assert new.parent_id == copies[f"NEXT-{above.code}"].id
        assert new.parent_measure_id == copies[f"NEXT-{above.code}"].measures[0].id
        assert new.measures[0].fed_by_id == copies[f"NEXT-{kpi.code}"].id
        post(hr, f"/setup/cycles/{source.id}/copy", goals=[alone.id])
        assert db.session.query(Goal).filter_by(code=f"NEXT-{alone.code}").one().parent_id == new.id

    def test_twice_reached_asks_for_more(
        self, app: Flask, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]
    ) -> None:
        earlier = running_cycle(
            code="OLD", starts_on=source.starts_on - WEEK * 13, ends_on=source.starts_on - timedelta(days=1)
        )
        done = {"evaluation": "approved", "score": Decimal(1), "title": "Lần nào cũng đạt"}
        make_goal(cast["report"], earlier, {}, **done)
        make_goal(cast["report"], source, {}, **done)
        make_goal(cast["peer"], source, {}, **(done | {"title": "Lần đầu đạt"}))
        settle()
        path = f"/setup/cycles/{source.id}/copy"
        get(hr, path)  # the day's first request also brings the standings up to date
        with counted(app) as sent:
            text = get(hr, path)
        assert text.count("raise the bar") == 1
        assert len(sent) <= MOST

    def test_who_has_left_is_not_copied(
        self, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]
    ) -> None:
        goal = make_goal(cast["report"], source, {})
        cast["report"].left_on = source.ends_on
        settle()
        assert "Its owner has left" in get(hr, f"/setup/cycles/{source.id}/copy")
        post(hr, f"/setup/cycles/{source.id}/copy", goals=[goal.id])
        assert db.session.query(Goal).filter_by(cycle_id=target.id).count() == 0
        assert audited() == []

    def test_only_what_the_search_finds(
        self, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]
    ) -> None:
        make_goal(cast["report"], source, {}, title="Giữ khách")
        make_goal(cast["peer"], source, {}, title="Tìm khách")
        settle()
        path = f"/setup/cycles/{source.id}/copy?text=Giữ"
        assert "Tìm khách" not in get(hr, path)
        post(hr, path, everything="y")
        assert [goal.title for goal in db.session.query(Goal).filter_by(cycle_id=target.id)] == ["Giữ khách"]

    @pytest.mark.parametrize(("goals", "words"), [([], "No goal is chosen"), (["x"], ""), (["99999"], "")])
    def test_nonsense_copies_nothing(
        self, hr: FlaskClient, source: Cycle, target: Cycle, goals: list[str], words: str
    ) -> None:
        answer = post(hr, f"/setup/cycles/{source.id}/copy", goals=goals)
        assert answer.status_code in (303, 422)
        assert words in text_of(answer)
        assert db.session.query(Goal).count() == 0

    def test_another_cycles_goal_does_not_come_along(
        self, hr: FlaskClient, source: Cycle, target: Cycle, cast: dict[str, Person]
    ) -> None:
        other = make_goal(cast["report"], running_cycle(code="X"), {})
        settle()
        post(hr, f"/setup/cycles/{source.id}/copy", goals=[other.id])
        assert db.session.query(Goal).filter_by(cycle_id=target.id).count() == 0
