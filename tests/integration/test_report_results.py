"""Reports beside the plain tables: discipline, distribution, cycle against cycle, a year and its quarters; who sees what in each."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask

from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Metric, Person, Unit
from goalsite.models_follow import CheckIn, Result
from goalsite.queries import overview, report_discipline
from goalsite.queries.company import company, today
from tests.cast import join, signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.test_reports import cells, page_of

WEEK = timedelta(days=7)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def three(cast: dict[str, Person], cycle: Cycle) -> Cycle:
    """Three results in the cycle: 104 %, 72 % and 31 %."""
    made = dict(zip(("report", "manager", "outsider"), (1.04, 0.72, 0.31), strict=True))
    for role, total in made.items():
        db.session.add(Result(cycle_id=cycle.id, person_id=cast[role].id, total=Decimal(str(total)), goals=1))
    db.session.commit()
    return cycle


class TestDiscipline:
    @pytest.fixture
    def goal(self, cast: dict[str, Person], cycle: Cycle) -> Goal:
        """A key result reported on time for the first due day, late for the second, and never since."""
        made = make_goal(cast["report"], cycle, {}, title="Mục tiêu kín", visibility="restricted")
        first = cycle.starts_on + timedelta(days=(4 - cycle.starts_on.weekday()) % 7)
        zone = company().moment
        for on, entered in ((first, first), (first + WEEK, first + WEEK + timedelta(days=2))):
            at = zone(entered, datetime.min.time().replace(hour=12)).astimezone(UTC)
            measure = made.measures[0]
            db.session.add(
                CheckIn(measure_id=measure.id, on=on, entered_at=at, value=Decimal(5), author_id=cast["report"].id)
            )
        settle()
        return made

    def test_counts_on_time_late_and_missed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal
    ) -> None:
        row = cells(page_of(app, cast["hr"], "/reports/discipline"), "Together")
        fridays = [cycle.starts_on + timedelta(days=at) for at in range((today() - cycle.starts_on).days + 1)]
        over = sum(day.weekday() == 4 and today() > day + timedelta(days=3) for day in fridays)
        assert row[3:7] == ["1", "1", str(over - 2), str(over)]

    def test_of_the_last_weeks_alone(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        row = cells(page_of(app, cast["hr"], "/reports/discipline?weeks=4"), "Together")
        assert row[3:5] == ["0", "0"]
        assert 3 <= int(row[5]) <= 4

    def test_people_are_named_to_those_who_see_their_results(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal
    ) -> None:
        public = make_goal(cast["report"], cycle, {}, title="Mục tiêu mở")
        settle()
        assert public.visibility == "public"
        for role in ("hr", "manager", "director", "report"):
            assert "Nguyễn Minh Anh" in page_of(app, cast[role], "/reports/discipline?unit=A").partition("By person")[2]
            assert "Nguyễn Minh Anh" in page_of(app, cast[role], "/reports/discipline.csv?unit=A")
        text = page_of(app, cast["peer"], "/reports/discipline?unit=A")
        assert "By unit" in text
        assert "By person" not in text
        assert page_of(app, cast["peer"], "/reports/discipline.csv?unit=A").count("\n") == 1
        assert page_of(app, cast["peer"], "/reports/discipline.csv?unit=A&of=units").count("\n") == 2

    def test_a_hidden_goal_counts_for_nobody_who_may_not_see_it(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        assert "Nothing was due yet" in page_of(app, cast["peer"], "/reports/discipline")

    def test_the_units_add_up_to_the_whole_however_many_are_named(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of three units right below one is named here, and one of the others is archived."""
        top = cast["director"].unit
        closed = Unit(code="Z", name="Phòng cũ", kind="department", parent=top, archived=True)
        db.session.add(closed)
        for one in (cast["outsider"], cast["director"], join("Người cũ", unit=closed)):
            make_goal(one, cycle, {})
        rebuild_organisation(today())
        settle()

        def due(row: str, text: str) -> int:
            return int(cells(text, row)[6])

        text = page_of(app, cast["hr"], "/reports/discipline").partition("By unit")[2]
        each = due("Phòng A", text)
        assert [due(row, text) for row in ("Phòng B", "1 other unit", "itself", "Together")] == [
            each,
            each,
            each,
            4 * each,
        ]
        monkeypatch.setattr(overview, "UNITS_AT_ONCE", 1)
        text = page_of(app, cast["hr"], "/reports/discipline").partition("By unit")[2]
        assert [due(row, text) for row in ("Phòng A", "2 other units", "itself", "Together")] == [
            each,
            2 * each,
            each,
            4 * each,
        ]

    def test_too_many_due_days_are_left_to_smaller_units_and_fewer_weeks(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_goal(cast["report"], cycle, {}, title="Mục tiêu mở")
        settle()
        # Two measures in the nine weeks that have begun.
        for most, shown in ((18, True), (17, False)):
            monkeypatch.setattr(report_discipline, "MOST_DUE", most)
            text = page_of(app, cast["hr"], "/reports/discipline")
            assert ("By unit" in text, "Choose a smaller unit or fewer weeks" in text) == (shown, not shown)
        assert "By unit" in page_of(app, cast["hr"], "/reports/discipline?weeks=4")


class TestDistribution:
    def test_counts_people_by_band_and_by_tenth(self, app: Flask, cast: dict[str, Person], three: Cycle) -> None:
        text = page_of(app, cast["hr"], "/reports/distribution")
        assert cells(text, "Excellent")[3:] == ["1", "33.3 %"]
        assert cells(text, "Poor")[3] == "1"
        assert cells(text, "from 70 %")[2] == "1"
        assert "mean 69.0 %" in text

    def test_of_those_whose_results_one_may_see(self, app: Flask, cast: dict[str, Person], three: Cycle) -> None:
        assert "2 people · mean 88.0 %" in page_of(app, cast["manager"], "/reports/distribution")
        assert "1 person · mean 31.0 %" in page_of(app, cast["outsider"], "/reports/distribution")
        assert "Nobody has a result yet" in page_of(app, cast["peer"], "/reports/distribution")
        assert "Nobody has a result yet" in page_of(app, cast["manager"], "/reports/distribution?unit=B")
        for role, people in (("hr", 3), ("manager", 2), ("outsider", 1), ("peer", 0)):
            lines = page_of(app, cast[role], "/reports/distribution.csv").splitlines()[1:]
            assert sum(int(line.split(",")[2]) for line in lines) == people


class TestCompare:
    @pytest.fixture
    def before(self, cast: dict[str, Person], three: Cycle) -> Cycle:
        length = three.ends_on - three.starts_on
        last = three.starts_on - timedelta(days=1)
        made = running_cycle(code="BEFORE", name="Quý trước", starts_on=last - length, ends_on=last, state="reviewing")
        db.session.add(Result(cycle_id=made.id, person_id=cast["report"].id, total=Decimal("0.9"), goals=1))
        unit = cast["report"].unit_id
        for cycle, total in ((made, "0.5"), (three, "0.4625")):
            db.session.add(Result(cycle_id=cycle.id, unit_id=unit, total=Decimal(total), goals=1))
        db.session.commit()
        return made

    def test_shows_both_and_the_difference_in_points(
        self, app: Flask, cast: dict[str, Person], three: Cycle, before: Cycle
    ) -> None:
        text = page_of(app, cast["hr"], "/reports/compare?cycle=NOW")
        assert "Quý này against Quý trước" in text
        assert cells(text, "Nguyễn Minh Anh")[1:] == ["104.0 %", "+14.0", "90.0 %"]
        assert cells(text, "Trần Thu Hà")[1:] == ["72.0 %", "–", "–"]
        units = page_of(app, cast["peer"], "/reports/compare?cycle=NOW&of=units&sort=difference")
        assert cells(units, "Phòng A")[1:] == ["46.3 %", "−3.8", "50.0 %"]

    def test_a_name_that_no_sheet_may_have(
        self, app: Flask, cast: dict[str, Person], three: Cycle, before: Cycle
    ) -> None:
        three.name = "'Quý 4/2026: [tạm]'"
        db.session.commit()
        answer = signed_in(app, cast["hr"]).get("/reports/compare.xlsx?cycle=NOW")
        assert answer.status_code == 200
        assert openpyxl.load_workbook(BytesIO(answer.data)).sheetnames[0].startswith("Quý 4 2026")

    def test_of_people_whose_results_one_may_see(
        self, app: Flask, cast: dict[str, Person], three: Cycle, before: Cycle
    ) -> None:
        for path in ("/reports/compare?cycle=NOW", "/reports/compare.csv?cycle=NOW", "/reports/year.csv?cycle=NOW"):
            assert "Nguyễn Minh Anh" not in page_of(app, cast["peer"], path)
            assert "Nguyễn Minh Anh" in page_of(app, cast["report"], path)

    def test_a_year_stands_beside_the_mean_of_its_cycles(
        self, app: Flask, cast: dict[str, Person], three: Cycle, before: Cycle
    ) -> None:
        year = running_cycle(code="YEAR", name="Cả năm", starts_on=before.starts_on, ends_on=three.ends_on)
        three.parent_id = before.parent_id = year.id
        db.session.add(Result(cycle_id=year.id, person_id=cast["report"].id, total=Decimal("0.8"), goals=1))
        db.session.commit()
        row = cells(page_of(app, cast["hr"], "/reports/year?cycle=YEAR"), "Nguyễn Minh Anh")
        assert row[1:3] + row[4:] == ["80.0 %", "97.0 %", "90.0 %", "104.0 %"]
        text = page_of(app, cast["hr"], "/reports/year?cycle=NOW")
        assert "Quý này holds no shorter cycles" in text
        assert "Cả năm" in text


class TestMetric:
    def test_goes_through_the_cycles_with_what_one_may_see(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        metric = Metric(code="REV", name="Doanh thu")
        db.session.add(metric)
        db.session.flush()
        before = running_cycle(
            code="BEFORE", name="Quý trước", starts_on=cycle.starts_on - 13 * WEEK, ends_on=cycle.starts_on
        )
        for where, title, seen in ((cycle, "Bán hàng", "public"), (before, "Bán kín", "restricted")):
            make_goal(cast["report"], where, {"metric_id": metric.id}, title=title, visibility=seen)
        settle()
        assert cells(page_of(app, cast["hr"], "/reports/metric"), "Doanh thu")[3] == "2"
        text = page_of(app, cast["hr"], "/reports/metric?metric=REV").partition("The goals that measure it")[2]
        assert text.index("Bán hàng") < text.index("Bán kín")
        assert cells(text, "Bán kín")[0] == "Quý trước"
        assert cells(page_of(app, cast["peer"], "/reports/metric"), "Doanh thu")[3] == "1"
        for path in (
            "/reports/metric?metric=REV",
            "/reports/metric.csv?metric=REV",
            "/reports/forecast.csv?cycle=BEFORE",
        ):
            assert "Bán kín" not in page_of(app, cast["peer"], path)
            assert "Bán kín" in page_of(app, cast["manager"], path)
        page_of(app, cast["hr"], "/reports/metric?metric=NONE", 404)


def test_pages_of_fifty(app: Flask, cast: dict[str, Person], three: Cycle) -> None:
    for number in range(60):
        person = join(f"Người {number:02}", email=f"n{number}@x.vn")
        db.session.add(Result(cycle_id=three.id, person_id=person.id, total=Decimal("0.5"), goals=1))
    running_cycle(code="OLD", starts_on=three.starts_on - 60 * WEEK, ends_on=three.starts_on - 50 * WEEK)
    db.session.commit()
    assert "50 of 66" in page_of(app, cast["hr"], "/reports/compare?cycle=NOW")
    assert "16 of 66" in page_of(app, cast["hr"], "/reports/compare?cycle=NOW&page=2")
