"""The reports that read what is stored, as of a past day: what the records of that day give, computed directly, and what says so."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from goalsite.domain.distribution import by_step
from goalsite.domain.forecast import forecast
from goalsite.domain.goals import assess
from goalsite.domain.periods import Span
from goalsite.extensions import db
from goalsite.formats import number, percent
from goalsite.models import Cycle, Metric, Person
from goalsite.models_follow import CheckIn
from goalsite.queries import reports
from goalsite.queries.company import company, today
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.integration.test_any_day import _until
from tests.integration.test_as_of import CYCLE, load, workbook
from tests.integration.test_reports import cells, page_of

FIRST, DAYS = date(2026, 1, 1), 100
PATHS = ("discipline", "forecast", "distribution", "compare", "year", "metric", "people", "units", "goals")


@pytest.fixture
def hr(app: Flask, db_session: Any, tmp_path: Path) -> Person:
    """Of the company of the worked records, whose cycle lies in a year."""
    load(workbook(tmp_path / "all", cycle=CYCLE | {"state": "closed"}))
    found = db.session.scalars(select(Person).where(Person.email == "an@x.vn")).one()
    found.is_hr = True
    year = running_cycle(code="Y", name="Cả năm", starts_on=FIRST, ends_on=date(2026, 12, 31))
    db.session.scalars(select(Cycle).where(Cycle.code == "Q")).one().parent_id = year.id
    db.session.commit()
    return found


def some_days(count: int) -> list[date]:
    return [FIRST + timedelta(days=one) for one in sorted(random.Random(5).sample(range(10, DAYS), count))]


def record_on(day: date) -> reports.CycleRecord:
    """The records by the end of the day, worked out without any of the tables' stored numbers."""
    return reports.record_of(db.session.scalars(select(Cycle).where(Cycle.code == "Q")).one(), day, as_of=True)


def shown(app: Flask, fraction: Fraction | None, decimals: int = 1) -> str:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        return percent(fraction, decimals).replace("\u00a0", " ")


class TestAnyDay:
    def test_distribution_counts_the_results_of_then(self, app: Flask, hr: Person) -> None:
        for day in some_days(4):
            lines = reports.person_lines(record_on(day))
            steps = by_step([line.total for line in lines if line.total is not None])
            text = page_of(app, hr, f"/reports/distribution?cycle=Q&as_of={day}")
            for low, count in steps:
                assert cells(text, f"from {int(low * 100)} %")[2] == str(count), (day, low)

    def test_compare_and_year_set_the_results_of_then_side_by_side(self, app: Flask, hr: Person) -> None:
        for day in some_days(4):
            record = record_on(day)
            people = {line.person.name: line.total for line in reports.person_lines(record)}
            # His name is in other words of the page.
            del people["an"]
            units = {line.then.name: line.totals.total for line in reports.unit_lines(record)}
            for of, totals in (("people", people), ("units", units)):
                text = page_of(app, hr, f"/reports/compare?cycle=Q&with=Y&of={of}&as_of={day}")
                assert {name: cells(text, name)[1] for name in totals} == {
                    name: shown(app, total) for name, total in totals.items()
                }, day
                text = page_of(app, hr, f"/reports/year?cycle=Y&of={of}&as_of={day}")
                # Between the mean and the cycle a picture of it.
                assert {name: cells(text, name)[2::2] for name in totals} == {
                    name: [shown(app, total)] * 2 for name, total in totals.items()
                }, day

    def test_the_forecast_is_that_of_then(self, app: Flask, hr: Person) -> None:
        told = set()
        for day in some_days(4):
            record = record_on(day)
            text = page_of(app, hr, f"/reports/forecast?cycle=Q&as_of={day}")
            for line in reports.goal_lines(record):
                goal, span = line.goal, Span(line.goal.starts_on, line.goal.due_on)
                names = record.world.goals[goal.id].measures
                days = sorted({entry.on for name in names for entry in record.world.entries[name]})
                points = [(on, assess(goal.id, _until(record, on), on).progress) for on in days]
                cap = Fraction(record.cycle.kpi_cap) if goal.kind == "kpi" else Fraction(1)
                wanted = forecast(points, line.standing.progress, line.standing.expected, span, day, cap=cap)
                # What counts its supporters moves with theirs.
                if goal.code in ("TOP", "BOTH") or wanted.end is None:
                    continue
                (row,) = (row for row in text.split("<tr>") if f"/goals/{goal.id}?" in row)
                assert f"<b>{shown(app, wanted.end, 0)}</b>" in row, (day, goal.code)
                told.add(goal.code)
        assert len(told) > 3

    def test_a_closed_cycle_names_the_head_of_its_audit_log(self, app: Flask, hr: Person) -> None:
        cycle = db.session.scalars(select(Cycle).where(Cycle.code == "Q")).one()
        cycle.audit_seq, cycle.audit_hash = 41, "f0" * 32
        db.session.commit()
        for name in set(PATHS) - {"metric"}:
            path = f"/reports/{name}?cycle={'Y' if name == 'year' else 'Q'}"
            assert f"row 41, {'f0' * 32}" in page_of(app, hr, path), name


class TestPages:
    @pytest.fixture
    def cast(self, app: Flask, db_session: Any) -> dict[str, Person]:
        people = family()
        self.cycle = running_cycle()
        metric = Metric(code="REV", name="Doanh thu")
        db.session.add(metric)
        db.session.flush()
        goal = make_goal(people["report"], self.cycle, {"metric_id": metric.id}, title="Bán hàng", visibility="public")
        self.fridays = [
            day
            for day in (
                self.cycle.starts_on + timedelta(days=at) for at in range((today() - self.cycle.starts_on).days)
            )
            if day.weekday() == 4
        ]
        zone = company().moment
        for on, lag, value in ((self.fridays[0], 0, 25), (self.fridays[1], 2, 40), (self.fridays[4], 0, 60)):
            at = zone(on + timedelta(days=lag), datetime.min.time().replace(hour=12)).astimezone(UTC)
            said = {"measure_id": goal.measures[0].id, "on": on, "value": Decimal(value)}
            db.session.add(CheckIn(**said, entered_at=at, author_id=people["report"].id))
        settle()
        return people

    @pytest.mark.parametrize("name", PATHS)
    def test_say_so_and_lead_on_as_of_the_same_day(self, app: Flask, cast: dict[str, Person], name: str) -> None:
        day = days_ago(12)
        client = signed_in(app, cast["hr"])
        doors = client.get(f"/reports?as_of={day}", headers={"Accept-Language": "en"}).text.split("<main")[1]
        (door,) = re.findall(rf'href="(/reports/{name}[^"]*)"', doors)
        assert f"as_of={day}" in door
        page = client.get(door.replace("&amp;", "&"), headers={"Accept-Language": "en"}).text
        assert "What had been recorded by the end of that day" in page
        assert f"as_of={day}" in page.split("<main")[1].split("</h1>")[1]

    def test_discipline_knows_nothing_entered_since(self, app: Flask, cast: dict[str, Person]) -> None:
        day = self.fridays[1] + timedelta(days=1)
        row = cells(page_of(app, cast["hr"], f"/reports/discipline?as_of={day}"), "Together")
        # The second is not in yet, and its grace is not over.
        assert row[3:7] == ["1", "0", "0", "1"]
        row = cells(page_of(app, cast["hr"], f"/reports/discipline?as_of={day + timedelta(days=3)}"), "Together")
        assert row[3:7] == ["1", "1", "0", "2"]

    def test_a_metric_stands_at_what_it_stood(self, app: Flask, cast: dict[str, Person]) -> None:
        for day, value in ((self.fridays[0], 25), (self.fridays[3], 40), (today(), 60)):
            row = cells(page_of(app, cast["hr"], f"/reports/metric?metric=REV&as_of={day}"), "Bán hàng")
            assert row[1] == number_of(app, value)

    def test_whoever_may_not_see_results_sees_none_of_then(self, app: Flask, cast: dict[str, Person]) -> None:
        day = days_ago(12)
        assert "Nobody has a result yet" in page_of(app, cast["peer"], f"/reports/distribution?as_of={day}")
        assert "1 person" in page_of(app, cast["manager"], f"/reports/distribution?as_of={day}")
        running_cycle(code="OLD", starts_on=days_ago(400), ends_on=days_ago(300))
        db.session.commit()
        text = page_of(app, cast["peer"], f"/reports/compare?cycle=NOW&with=OLD&as_of={day}")
        assert "Nguyễn Minh Anh" not in text.split("<main")[1]


def number_of(app: Flask, value: int) -> str:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        return number(Decimal(value), 0)
