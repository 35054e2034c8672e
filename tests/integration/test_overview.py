"""The overview: the truth about a unit, counted over what the reader may see, in twelve statements."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import GoalPoint, Result
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

Cast = dict[str, Person]


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    return family()


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return running_cycle(kpi_share=Decimal("0.6"))


def report(goal: Goal, value: int, *, by: Person | None = None) -> None:
    settle()
    measure = goal.measures[0]
    facts = world_of([goal.id], today()).goals[goal.id].measures[measure.id]
    check_in(measure, facts, by or goal.owner, Reported(today(), Decimal(value)), now(), today())
    db.session.commit()


def page_of(app: Flask, person: Person, path: str = "/overview") -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def counts(text: str) -> dict[str, int]:
    """The statuses' counts as the bar says them."""
    bar = text[text.index('class="card statbar"') :]
    found = re.findall(r"<b>(\d+)</b><span>(?:<svg.*?</svg>)?([^<]+)</span>", bar[: bar.index("</nav>")])
    return {word: int(number) for number, word in found}


def unit_goal(cast: Cast, unit: Unit, cycle: Cycle, **facts: Any) -> Goal:
    owner = unit.head or cast["director"]
    return make_goal(owner, cycle, {}, unit=unit, scope="unit", **facts)


class TestShow:
    def test_an_empty_site_says_what_is_missing(self, app: Flask, cast: Cast) -> None:
        assert "No cycle yet" in page_of(app, cast["report"])

    def test_a_cycle_without_goals(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        settle()
        text = page_of(app, cast["report"])
        assert "An Nhiên has no result of its own yet." in text
        assert "Nothing needs a look" in text

    def test_the_heading_tells_the_truth(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        mine = cast["manager"].unit
        assert mine is not None
        report(unit_goal(cast, cast["director"].unit, cycle), 70)  # type: ignore[arg-type]
        report(unit_goal(cast, mine, cycle), 10)
        text = page_of(app, cast["director"])
        assert "An Nhiên is on track." in text
        assert "Phòng A needs help." in text

    def test_the_result_is_that_of_the_report(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        unit = cast["manager"].unit
        assert unit is not None
        report(unit_goal(cast, unit, cycle, kind="kpi"), 72)
        report(unit_goal(cast, unit, cycle), 53)
        text = page_of(app, cast["outsider"], "/overview?unit=A")
        assert "KPI 72.0 % × 0.6 + OKR 53.0 % × 0.4 = 64.4 %" in text
        said = app.test_cli_runner().invoke(args=["report", "units", "--cycle", "NOW"]).output
        assert "0.53,0.72,0.644," in said

    def test_director_reaches_a_goal_in_three_clicks(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {})
        report(goal, 1)
        client = signed_in(app, cast["director"])
        first = client.get("/overview").get_data(as_text=True)
        unit = re.search(r'class="t" href="(/overview\?unit=A[^"]*)"', first)
        assert unit
        second = client.get(unescape(unit[1])).get_data(as_text=True)
        assert re.search(rf'href="/goals/{goal.id}[?"]', second)

    def test_statuses_filter_and_are_counted(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        good, bad = make_goal(cast["report"], cycle, {}, title="Tốt"), make_goal(cast["peer"], cycle, {}, title="Kém")
        report(good, 90)
        report(bad, 5)
        text = page_of(app, cast["director"])
        assert counts(text) | {"All goals": 2, "On track": 1, "Behind": 1, "Not aligned": 2, "Done": 0} == counts(text)
        assert ">Kém</a>" in text
        assert ">Tốt</a>" not in text
        text = page_of(app, cast["director"], "/overview?status=on_track")
        assert ">Tốt</a>" in text
        assert ">Kém</a>" not in text
        assert counts(text)["All goals"] == 2

    def test_every_filter_is_in_the_address(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        make_goal(cast["report"], cycle, {}, title="Bán hàng", kind="kpi")
        make_goal(cast["peer"], cycle, {}, title="Tuyển 100% người_giỏi")
        make_goal(cast["outsider"], cycle, {}, title="Chăm sóc")
        settle()
        asked = {
            "kind=kpi": 1,
            f"owner={cast['peer'].id}": 1,
            "text=b%C3%A1n": 1,
            "text=HÀNG+BAN": 1,
            "text=100%25": 1,
            "text=%25": 0,
            "text=_gi": 1,
            "unit=A": 2,
            "unit=C&below=0": 0,
            "unit=B&kind=okr": 1,
        }
        found = {query: counts(page_of(app, cast["hr"], f"/overview?{query}"))["All goals"] for query in asked}
        assert found == asked

    def test_goals_long_without_an_update_are_listed(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, title="Lặng")
        settle()
        goal.status, goal.stale_from = "on_track", days_ago(1)
        text = page_of(app, cast["director"], "/overview?stale=1")
        assert counts(text)["Not updated lately"] == 1
        assert ">Lặng</a>" in text

    def test_who_has_not_checked_in(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        done = make_goal(cast["report"], cycle, {})
        make_goal(cast["peer"], cycle, {})
        report(done, 40)
        text = page_of(app, cast["director"], "/overview?unit=A")
        part = text[text.index('id="check-ins"') : text.index('id="units"')]
        assert "<b>1</b> <small>of 2 people</small>" in part
        assert "Võ Khánh Linh" in part
        assert "Nguyễn Minh Anh" not in part

    def test_the_chart_ends_at_todays_result(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        goal = make_goal(cast["director"], cycle, {}, scope="unit")
        report(goal, 70)
        db.session.add(GoalPoint(goal_id=goal.id, on=days_ago(14), progress=Decimal("0.3")))
        table = page_of(app, cast["director"]).split('class="numbers')[1].split("</details>")[0]
        assert re.findall(r'<td class="num r">(\d+\.\d %)</td><td', table) == ["30.0 %", "70.0 %"]

    def test_the_chart_lays_the_cycle_before_under_this_one(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        span = {"starts_on": days_ago(56 + 92), "ends_on": days_ago(57)}
        before = running_cycle(code="THEN", name="Quý trước", state="closed", **span)
        for one in (before, cycle):
            make_goal(cast["director"], one, {}, scope="unit")
        settle()
        last = db.session.query(Goal).filter_by(cycle_id=before.id).one()
        last.progress = Decimal("0.8")
        db.session.add(GoalPoint(goal_id=last.id, on=days_ago(90), progress=Decimal("0.5")))
        legend = page_of(app, cast["director"], "/overview?cycle=NOW").split('class="legend"')[1].split("</div>")[0]
        assert "Quý trước" in legend
        assert "80 %" in legend

    def test_kpis_of_the_unit_stand_with_their_periods(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        kpi = make_goal(
            cast["director"],
            cycle,
            {"frequency": "week", "aggregate": "sum"},
            kind="kpi",
            scope="unit",
            title="Doanh thu",
        )
        report(kpi, 50)
        text = page_of(app, cast["peer"])
        part = text[text.index('id="kpis"') : text.index('id="units"')]
        assert "Doanh thu" in part
        assert 'class="strip"' in part


class TestAccess:
    def test_hidden_goals_are_in_no_count_and_no_list(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, visibility="restricted", title="Kín")
        report(goal, 1)
        for who, seen in (("report", 1), ("manager", 1), ("director", 1), ("hr", 1), ("peer", 0), ("outsider", 0)):
            text = page_of(app, cast[who])
            assert counts(text)["All goals"] == seen, who
            assert ("Kín" in text) is bool(seen), who

    def test_a_hidden_goals_owner_does_not_show_among_the_silent(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        make_goal(cast["report"], cycle, {}, visibility="restricted")
        settle()
        assert "Nguyễn Minh Anh" in page_of(app, cast["manager"])
        assert "Nguyễn Minh Anh" not in page_of(app, cast["peer"])

    def test_a_hidden_kpi_counts_in_the_result_and_is_not_shown(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        kpi = unit_goal(cast, cast["manager"].unit, cycle, kind="kpi", visibility="restricted", title="Kín")  # type: ignore[arg-type]
        report(kpi, 60)
        text = page_of(app, cast["outsider"], "/overview?unit=A")
        assert "<b>60 %</b>" in text
        assert "Kín" not in text
        assert 'id="kpis"' not in text

    def test_mean_of_fewer_than_three_only_to_their_managers(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        for name, value in (("report", 40), ("peer", 60)):
            report(make_goal(cast[name], cycle, {}), value)
        mean = "Mean of the results of 2 people: 50.0 %"
        seen = {name: mean in page_of(app, cast[name], "/overview?unit=A") for name in cast}
        assert seen == dict.fromkeys(cast, False) | {"director": True, "manager": True, "hr": True}
        report(make_goal(cast["manager"], cycle, {}), 80)
        assert "Mean of the results of 3 people: 60.0 %" in page_of(app, cast["outsider"], "/overview?unit=A")

    def test_the_mean_is_exact_in_a_large_company(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        people = [join(f"Người {number}", email=f"n{number}@x.vn") for number in range(3)]
        db.session.add_all(
            [Result(cycle_id=cycle.id, person_id=one.id, total=Decimal("3100.000000000000001")) for one in people]
        )
        assert "Mean of the results of 3 people: 310,000.0 %" in page_of(app, cast["hr"])

    def test_unknown_units_are_not_found(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        assert signed_in(app, cast["hr"]).get("/overview?unit=NONE").status_code == 404

    def test_nobody_signed_in_is_sent_to_sign_in(self, app: Flask, cast: Cast) -> None:
        assert app.test_client().get("/overview").status_code == 303

    @pytest.mark.parametrize(
        "query",
        [
            "unit=%00",
            "unit=" + "x" * 3000,
            "kind=okr'--",
            "status=<script>",
            "owner=9223372036854775808",
            "owner=-1",
            "owner=%D9%A1",
            "text=%00%ED%A0%80",
            "text=%5C%25_'\"<script>alert(1)</script>",
            "page=0",
            "page=99999999999999999999",
            "units_page=2",
            "below=x&stale=x&unaligned=2",
            "cycle=%00",
        ],
    )
    def test_nasty_addresses_harm_nothing(self, app: Flask, cast: Cast, cycle: Cycle, query: str) -> None:
        answer = signed_in(app, cast["peer"]).get(f"/overview?{query}")
        assert answer.status_code in (200, 400, 404)
        assert b"<script>alert" not in answer.data


class TestClosedCycle:
    def test_the_mean_of_two_is_not_shown_to_the_manager_of_those_who_came_after(self, app: Flask, cast: Cast) -> None:
        cycle = running_cycle(state="closed")
        for who in ("outsider", "hr", "report", "peer"):
            make_goal(cast[who], cycle, {})
        settle()
        first, elsewhere = cast["outsider"].unit, cast["director"].unit
        for who in ("report", "peer"):
            cast[who].unit, cast[who].manager_id = first, cast["manager"].id
        for who in ("outsider", "hr"):
            cast[who].unit = elsewhere
        rebuild_organisation(today())
        db.session.commit()
        assert "one or two of them" in page_of(app, cast["manager"], "/overview?unit=B")
        for who in ("hr", "director"):
            assert "results of 2 people" in page_of(app, cast[who], "/overview?unit=B")

    def test_a_unit_made_later_has_no_mean(self, app: Flask, cast: Cast) -> None:
        cycle = running_cycle(state="closed")
        for who in ("outsider", "report", "peer"):
            make_goal(cast[who], cycle, {})
        settle()
        new = Unit(
            code="N", name="Phòng mới", kind="department", parent=db.session.query(Unit).filter_by(code="C").one()
        )
        db.session.add(new)
        for who in ("outsider", "report", "peer"):
            cast[who].unit = new
        rebuild_organisation(today())
        db.session.commit()
        assert "Nobody here has a result yet" in page_of(app, cast["hr"], "/overview?unit=N")


class TestQueries:
    def test_as_many_however_large_the_company(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        company = cast["director"].unit
        for number in range(60):
            unit = Unit(code=f"U{number}", name=f"Phòng {number}", kind="department", parent=company)
            db.session.add(unit)
            owner = join(f"Người {number}", email=f"n{number}@x.vn", unit=unit)
            make_goal(owner, cycle, {}, {"direction": "done", "target": None, "start": None}, unit=unit, scope="unit")
            make_goal(owner, cycle, {}, unit=unit, kind="kpi")
        make_goal(cast["director"], cycle, {}, scope="unit", kind="kpi")
        rebuild_organisation(today())
        settle()
        client = signed_in(app, cast["peer"])
        client.get("/healthz")  # the first request of a day does its errands
        for path in (
            "/overview",
            "/overview?units_page=2&page=3",
            f"/overview?unit=U1&owner={cast['hr'].id}&text=x&stale=1",
        ):
            with counted(app) as sent:
                assert client.get(path).status_code == 200
            assert len(sent) <= MOST, (path, sent)
