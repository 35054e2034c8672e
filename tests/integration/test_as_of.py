"""As of a day: what the records up to it would give, however much was recorded since; and what a closed cycle answers with."""

import csv
import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from goalsite.actions.as_of import go_back
from goalsite.actions.cycles import move_cycle
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.review import Said, take_step
from goalsite.domain.rounding import as_decimal
from goalsite.exchange import report
from goalsite.exchange.load import load_path
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Person, Unit
from goalsite.models_follow import Result, Review
from goalsite.queries import reports
from tests import databases

Rows = list[dict[str, Any]]
LATER = date(2026, 4, 20)
UNITS: Rows = [
    {"code": "CO", "name": "Công ty", "kind": "company", "head": "an@x.vn"},
    {"code": "A", "name": "Phòng A", "kind": "department", "parent": "CO", "head": "binh@x.vn"},
]
PEOPLE: Rows = [
    {"email": f"{name}@x.vn", "name": name, "unit": unit}
    for name, unit in (("an", "CO"), ("binh", "A"), ("chi", "A"), ("dung", "A"))
]
CYCLE = {"code": "Q", "starts_on": "2026-01-01", "ends_on": "2026-03-31", "state": "open", "kpi_share": "0.6"}
KEY_RESULTS: Rows = [
    {"code": "LAST", "start": 10, "target": 100},
    {"code": "DOWN", "direction": "decrease", "start": 50, "target": 10, "weight": 2},
    {"code": "SUM", "aggregate": "sum", "target": 60, "frequency": "week"},
    {"code": "MEAN", "aggregate": "average", "target": 50, "frequency": "week"},
    {"code": "KEEP", "direction": "keep", "low": 30, "high": 70, "frequency": "week"},
]
INDICATORS: Rows = [
    {"aggregate": "sum", "target": 90, "frequency": "month"},
    {"direction": "decrease", "target": 40, "aggregate": "average", "frequency": "week"},
    {"direction": "decrease", "target": 40, "aggregate": "sum", "frequency": "week", "target_per": "period"},
]
CHANGES: Rows = [
    {"goal": "chi-O", "measure": "LAST", "at": "2026-01-25 12:00", "field": "target", "from": "70", "to": "55"},
    {"goal": "chi-O", "measure": "LAST", "at": "2026-02-10 12:00", "field": "target", "from": "55", "to": "100"},
    {"goal": "chi-O", "measure": "LAST", "at": "2026-02-15 12:00", "field": "start", "from": "", "to": "10"},
    {"goal": "chi-O", "measure": "DOWN", "at": "2026-03-01 12:00", "field": "weight", "from": "5", "to": "2"},
    {"goal": "dung-O", "at": "2026-02-20 12:00", "field": "weight", "from": "3", "to": "1.5"},
    {"goal": "dung-O", "at": "2026-02-12 12:00", "field": "due_on", "from": "2026-03-31", "to": "2026-03-15"},
    {"goal": "binh-O", "at": "2026-01-19 12:00", "field": "state", "from": "draft", "to": "active"},
]


def goals_and_measures() -> tuple[Rows, Rows]:
    """A unit's goal with and over supporting ones, and for each of three people an OKR and a KPI."""
    top = {"cycle": "Q", "kind": "okr", "owner": "binh@x.vn", "scope": "unit", "state": "active"}
    goals = [
        top | {"code": "TOP", "title": "TOP", "progress_from": "supporting"},
        top | {"code": "BOTH", "title": "BOTH", "progress_from": "both", "supports": "TOP"},
    ]
    measures: Rows = [{"goal": "BOTH", "code": "LAST", "title": "LAST", "target": 100}]
    for name, indicator in zip(("binh", "chi", "dung"), INDICATORS, strict=True):
        own = {"cycle": "Q", "owner": f"{name}@x.vn", "state": "active"}
        goals.append(own | {"code": f"{name}-O", "title": name, "kind": "okr", "supports": "BOTH"})
        goals.append(own | {"code": f"{name}-K", "title": name, "kind": "kpi"})
        measures += [{"goal": f"{name}-O", "title": row["code"]} | row for row in KEY_RESULTS]
        measures.append({"goal": f"{name}-K", "code": "K", "title": "K"} | indicator)
    goals.append(goals[-2] | {"code": "dung-P", "supports": ""})
    measures.append({"goal": "dung-P", "code": "LAST", "title": "LAST", "target": 100})
    dung = next(row for row in goals if row["code"] == "dung-O")
    dung |= {"weight": "1.5", "due_on": "2026-03-15"}
    return goals, measures


def checkins_of(measures: Rows, chance: random.Random) -> Rows:
    """Some entered on their day, some late, some taking the place of the one before."""
    found = []
    for row in measures:
        before = None
        for day in sorted(chance.sample(range(74), 9)):
            lag = chance.choice((0, 0, 0, 2, 9))
            at = datetime(2026, 1, 1, 2, chance.randrange(60), 5, chance.randrange(10**6), UTC) + timedelta(
                days=day + lag
            )
            said = {
                "goal": row["goal"],
                "measure": row["code"],
                "on": date(2026, 1, 1) + timedelta(days=day),
                "entered_at": at.isoformat(),
                "value": chance.randint(1, 90),
            }
            if before and before < at and chance.random() < 0.3:
                said["replaces"], before = before.isoformat(), None
            else:
                before = at
            found.append(said)
    return found


def workbook(folder: Path, *, until: date = LATER, cycle: dict[str, str] = CYCLE) -> Path:
    """The company as a folder of CSV files, with what was recorded by the end of that day and nothing else."""
    goals, measures = goals_and_measures()
    by_then = f"{until}~"
    checkins = [row for row in checkins_of(measures, random.Random(7)) if row["entered_at"] < by_then]
    for change in sorted(CHANGES, key=lambda row: str(row["at"]), reverse=True):
        if change["at"] > by_then:
            rows = [row for row in measures if (row["goal"], row["code"]) == (change["goal"], change.get("measure"))]
            rows = rows or [row for row in goals if row["code"] == change["goal"]]
            rows[0][change["field"]] = change["from"]
    evaluations: Rows = [
        {"goal": "chi-O", "at": f"2026-03-{day} 10:00", "step": step, "by": f"{by}@x.vn", "score": score}
        for day, step, by, score in (
            (20, "submitted", "chi", "0.9"),
            (22, "approved", "binh", "0.8"),
            (25, "reopened", "an", ""),
        )
        if f"2026-03-{day}" < by_then
    ]
    changes = [row | {"why": "x", "by": "binh@x.vn"} for row in CHANGES if row["at"] < by_then]
    sheets = {"units": UNITS, "people": PEOPLE, "cycles": [cycle], "goals": goals, "measures": measures}
    return _written(folder, sheets | {"checkins": checkins, "changes": changes, "evaluations": evaluations})


def _written(folder: Path, sheets: dict[str, Rows]) -> Path:
    folder.mkdir()
    for name, rows in sheets.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if not columns:
            continue
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def load(folder: Path, today: date = LATER) -> None:
    assert load_path(folder, today=today).faults == []
    db.session.commit()


def numbers(day: date, *, as_of: bool) -> dict[str, Iterable[Any]]:
    """All four reports."""
    record = reports.record_of(db.session.query(Cycle).one(), day, as_of=as_of)
    return {
        "people": list(report.rows(report.PEOPLE, reports.person_lines(record))),
        "units": list(report.rows(report.UNITS, reports.unit_lines(record))),
        "goals": list(report.rows(report.GOALS, reports.goal_lines(record))),
        "measures": list(report.rows(report.MEASURES, reports.measure_lines(record))),
    }


class TestAsOf:
    def test_any_day_is_what_the_records_up_to_it_give(self, app: Flask, tmp_path: Path) -> None:
        days = [date(2026, 1, 18), date(2026, 2, 11), date(2026, 2, 19), date(2026, 3, 23)]
        with app.app_context():
            load(workbook(tmp_path / "all"))
            asked = {day: numbers(day, as_of=True) for day in days}
        for day in days:
            with (
                databases.fresh("sqlite", "migrated", databases.migrate) as url,
                databases.closing_app(databases.make_app(url)) as then,
                then.app_context(),
            ):
                load(workbook(tmp_path / str(day), until=day), today=day)
                assert asked[day] == numbers(day, as_of=False), day


class TestRated:
    def test_nobody_before_the_cycle_came_under_review(self, app: Flask, db_session: Any, tmp_path: Path) -> None:
        load(workbook(tmp_path / "all"))
        cycle, hr = db.session.query(Cycle).one(), db.session.query(Person).filter_by(email="an@x.vn").one()
        with time_machine.travel(datetime(2026, 4, 5, 5, tzinfo=UTC), tick=False):
            move_cycle(hr, cycle, "review", "", date(2026, 4, 5))
        db.session.commit()

        def ratings(day: date) -> set[str]:
            return {
                line.rating for line in reports.person_lines(reports.record_of(cycle, day, as_of=True)) if line.total
            }

        assert ratings(date(2026, 4, 4)) == {""}
        assert "" not in ratings(date(2026, 4, 5))


class TestAdjusted:
    def test_what_hr_adjusts_later_is_taken_back(self, app: Flask, db_session: Any, tmp_path: Path) -> None:
        load(workbook(tmp_path / "all", cycle=CYCLE | {"state": "reviewing"}))
        cycle, person = db.session.query(Cycle).one(), db.session.query(Person).filter_by(email="chi@x.vn").one()
        hr = db.session.query(Person).filter_by(email="an@x.vn").one()
        said = [
            (Fraction(1, 20), datetime(2026, 4, 5, 5, tzinfo=UTC)),
            (Fraction(-1, 10), datetime(2026, 4, 9, 5, tzinfo=UTC)),
        ]
        review = take_step(cycle, person, hr, "discuss", Said(0), said[0][1])
        for adjustment, now in said:
            with time_machine.travel(now, tick=False):
                take_step(cycle, person, hr, "adjust", Said(review.version, "lý do", adjustment), now)
            db.session.refresh(review)
        db.session.commit()

        def total(day: date) -> Fraction | None:
            line = next(
                one for one in reports.person_lines(reports.record_of(cycle, day, as_of=True)) if one.person is person
            )
            go_back([cycle], day)
            held = db.session.query(Result).filter_by(person_id=person.id).one()
            review = db.session.query(Review).one()
            words, stored = review.adjustment_why, held.adjusted if held.adjusted is not None else held.total
            db.session.rollback()
            assert bool(words) == (line.total != line.totals.total)
            assert line.total is not None
            assert stored == as_decimal(line.total, SHARE_DECIMALS)
            assert line.totals.total is not None
            return line.total - line.totals.total

        days = (date(2026, 4, 4), date(2026, 4, 5), date(2026, 4, 8), date(2026, 4, 9))
        assert [total(day) for day in days] == [0, Fraction(1, 20), Fraction(1, 20), Fraction(-1, 10)]


class TestClosedCycle:
    @pytest.fixture(autouse=True)
    def _closed(self, app: Flask, db_session: Any, tmp_path: Path) -> None:
        load(workbook(tmp_path / "closed", cycle=CYCLE | {"state": "closed"}))

    def test_a_day_before_it_was_closed_has_its_own_results(self, tmp_path: Path) -> None:
        day = date(2026, 2, 11)
        asked = numbers(day, as_of=True)["people"]
        with (
            databases.fresh("sqlite", "migrated", databases.migrate) as url,
            databases.closing_app(databases.make_app(url)) as then,
            then.app_context(),
        ):
            load(workbook(tmp_path / "then", until=day), today=day)
            given = numbers(day, as_of=False)["people"]
        assert [row["total"] for row in asked] == [row["total"] for row in given]

    def test_who_moves_later_takes_no_result_along(self) -> None:
        before = numbers(LATER, as_of=False)
        new = Unit(
            code="N", name="Phòng mới", kind="department", parent=db.session.query(Unit).filter_by(code="CO").one()
        )
        db.session.add(new)
        db.session.query(Person).filter_by(email="chi@x.vn").one().unit = new
        rebuild_organisation(LATER)
        db.session.commit()
        after = numbers(LATER, as_of=False)
        assert after == before
