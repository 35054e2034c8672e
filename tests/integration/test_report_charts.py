"""What reports draw, and what of them is printed: a metric as a series, cycles side by side, ends in steps, all rows on one page."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Metric, Person, Unit
from goalsite.models_follow import CheckIn, Result
from goalsite.queries import report_forecast, report_metric
from goalsite.queries.company import now, today
from goalsite.views import reports as views
from tests.cast import join, signed_in
from tests.integration.builders import WEEK, days_ago, family, make_goal, running_cycle, settle
from tests.integration.test_reports import cells, page_of
from tests.queries import MOST, counted


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(name="Quý IV 2026")


@pytest.fixture
def before(cycle: Cycle) -> Cycle:
    return running_cycle(
        code="BEFORE",
        name="Quý III 2026",
        starts_on=cycle.starts_on - 13 * WEEK,
        ends_on=days_ago(57),
        state="reviewing",
    )


def report(goal: Any, value: int, ago: int = 3) -> None:
    measure, day = goal.measures[0], days_ago(ago)
    db.session.add(
        CheckIn(measure_id=measure.id, on=day, entered_at=now(), value=Decimal(value), author_id=goal.owner_id)
    )


class TestSeries:
    @pytest.fixture
    def metric(self, cast: dict[str, Person]) -> Metric:
        made = Metric(code="REV", name="Doanh thu", aggregate="sum")
        db.session.add(made)
        db.session.flush()
        return made

    def measure(self, owner: Person, cycle: Cycle, metric: Metric, value: int, ago: int = 3, **facts: Any) -> None:
        said = {"metric_id": metric.id, "aggregate": metric.aggregate}
        report(make_goal(owner, cycle, said, kind="kpi", **facts), value, ago)

    def table(self, app: Flask, person: Person, path: str = "") -> str:
        text = page_of(app, person, f"/reports/metric?metric=REV{path}")
        return text.partition("Quarter by quarter")[2].partition("The goals that measure it")[0]

    def test_sets_the_units_own_goal_of_each_cycle_against_its_target(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, before: Cycle, metric: Metric
    ) -> None:
        root = db.session.query(Unit).filter_by(parent_id=None).one()
        for where, value, ago in ((before, 90, 60), (cycle, 40, 3)):
            self.measure(cast["director"], where, metric, value, ago, scope="unit", unit=root, title="Toàn công ty")
            self.measure(cast["report"], where, metric, 7, ago)
        settle()
        text = self.table(app, cast["hr"])
        assert cells(text, "Quý III 2026</span>")[1:] == ["90", "100", "90 %", "Toàn công ty"]
        assert cells(text, "Quý IV 2026</span>") == ["Quý IV 2026 not over yet", "40", "100", "40 %", "Toàn công ty"]
        assert text.index("Quý III") < text.index("Quý IV")
        assert len(re.findall(r'<rect class="upright( open)?" x="[0-9.]+%', text)) == 2
        assert text.count('<rect class="upright open" x="7') == 1
        assert "<title>Doanh thu of " in text

    def test_of_a_unit_without_its_own_adds_up_what_adds_up(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric
    ) -> None:
        for role, value in (("report", 30), ("peer", 25)):
            self.measure(cast[role], cycle, metric, value)
        settle()
        assert cells(self.table(app, cast["hr"], "&unit=A"), "Quý IV")[1:] == ["55", "200", "28 %", "2 goals together"]

    def test_levels_stand_side_by_side(self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
        metric.aggregate = "last"
        for role, value in (("report", 30), ("peer", 25)):
            self.measure(cast[role], cycle, metric, value)
        settle()
        text = self.table(app, cast["hr"])
        assert cells(text, "Quý IV")[1:] == ["25 … 30", "–", "–", "2 goals, which do not add up"]
        assert text.count('<circle class="dot"') == 2

    def test_counts_nothing_that_one_may_not_see(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.measure(cast["report"], cycle, metric, 30, visibility="restricted")
        self.measure(cast["outsider"], cycle, metric, 25)
        settle()
        assert cells(self.table(app, cast["hr"]), "Quý IV")[1] == "55"
        assert cells(self.table(app, cast["peer"]), "Quý IV")[1] == "25"
        monkeypatch.setattr(report_metric, "MOST_MEASURES", 1)
        assert "Too many goals measure it" in page_of(app, cast["hr"], "/reports/metric?metric=REV")


class TestBeside:
    def test_two_cycles_and_a_year_are_drawn_as_the_table_says(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, before: Cycle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        year = running_cycle(code="YEAR", name="Cả năm", starts_on=before.starts_on, ends_on=cycle.ends_on)
        cycle.parent_id = before.parent_id = year.id
        for where, role, total in ((cycle, "report", "0.5"), (before, "report", "1"), (year, "peer", "0.75")):
            db.session.add(Result(cycle_id=where.id, person_id=cast[role].id, total=Decimal(total), goals=1))
        db.session.commit()
        text = page_of(app, cast["hr"], "/reports/compare?cycle=NOW&with=BEFORE").partition("<table")[0]
        assert '<circle class="dot" cx="50.00%"' in text
        assert '<circle class="dot hollow" cx="100.00%"' in text
        assert "−50.0</text>" in text
        text = page_of(app, cast["hr"], "/reports/year?cycle=YEAR").partition("<table")[0]
        assert '<circle class="dot hollow" cx="100.00%" cy="31" r="8"/><text class="digit" x="100.00%"' in text
        assert '<svg x="75.00%"' in text
        monkeypatch.setattr("goalsite.views.report_results.MOST_DRAWN", 1)
        assert "Drawn are the first 1" in page_of(app, cast["hr"], "/reports/year?cycle=YEAR")


class TestForecast:
    def test_says_how_many_reach_their_target_and_draws_the_ends_of_all(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for role, value in (("report", 95), ("peer", 95), ("manager", 20)):
            report(make_goal(cast[role], cycle, {}), value)
        make_goal(cast["outsider"], cycle, {})
        settle()
        monkeypatch.setattr(views, "AT_ONCE", 2)
        text = page_of(app, cast["hr"], "/reports/forecast")
        assert "2 of 4 goals reach their target" in text
        assert "of 1 it cannot be said" in text
        assert cells(text, "from 100 %")[1] == "2"
        assert sum(int(one) for one in re.findall(r'<tr><th scope="row" class="num">from .*?r">(\d+)<', text)) == 3
        monkeypatch.setattr(report_forecast, "MOST_DRAWN", 3)
        text = page_of(app, cast["hr"], "/reports/forecast?page=2")
        assert "reach their target" not in text
        assert "2 of 4 goals" in text


class TestPrinted:
    @pytest.mark.parametrize("name", ["people", "units", "goals", "measures", "forecast"])
    def test_all_rows_come_on_one_page_up_to_a_number_said(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(12):
            db.session.add(Unit(code=f"U{number}", name=f"Nhóm {number}", kind="team", parent=cast["report"].unit))
            make_goal(join(f"Người {number:02}", unit=cast["report"].unit), cycle, {})
        rebuild_organisation(today())
        settle()
        monkeypatch.setattr(views, "AT_ONCE", 5)
        text = page_of(app, cast["hr"], f"/reports/{name}")
        (link,) = re.findall(rf'href="(/reports/{name}[^"]*all=1[^"]*)"', text)
        client = signed_in(app, cast["hr"])
        with counted(app) as sent:
            whole = client.get(link.replace("&amp;", "&"), headers={"Accept-Language": "en"}).text
        assert len(sent) <= MOST
        assert "rows on one page, to be printed; a page holds 1,000 rows at most." in whole
        assert 'rel="next"' not in whole
        rows = whole.rpartition("<tbody>")[2].count("<tr>")
        assert rows >= 12
        assert f"All {rows} rows on one page, to print" in text
        monkeypatch.setattr(views, "PRINTED_AT_ONCE", 10)
        part = page_of(app, cast["hr"], f"/reports/{name}?all=1&page=2")
        assert "Part 2 of 2, to be printed by itself: a page holds 10 rows at most" in part
        assert part.rpartition("<tbody>")[2].count("<tr>") == rows - 10
