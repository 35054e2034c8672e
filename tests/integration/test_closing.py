"""A closed cycle stands: whatever happens to people and units later, its results say what they said when it was closed."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from goalsite.actions import audit
from goalsite.actions.cycles import move_cycle
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.people import refresh_results_of_people
from goalsite.actions.standing import settle as settle_the_day
from goalsite.exchange import report
from goalsite.exchange.dump import dump_path
from goalsite.exchange.load import load_path
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Setting, Unit
from goalsite.models_follow import CheckIn, EvaluationStep, Result, Review
from goalsite.queries.check import differences
from goalsite.queries.company import company, forget_company, today
from goalsite.queries.reports import goal_lines, record_of
from tests import databases
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle

REPORTS = (
    ("people",),
    ("people", "--unit", "A"),
    ("people", "--unit", "C"),
    ("units",),
    ("goals",),
    ("measures",),
)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    """Under review, with goals of people and of a unit; its head's count theirs."""
    cycle = running_cycle(state="reviewing", ends_on=days_ago(1))
    approved(cast["report"], cycle, "0.8")
    approved(cast["peer"], cycle, "0.9", kind="kpi")
    approved(cast["manager"], cycle, "0.6", scope="unit")
    approved(cast["manager"], cycle, "0.2")
    make_goal(cast["outsider"], cycle, {})
    for name, adjustment in (("report", "0.05"), ("peer", None)):
        review = {"state": "person_signed", "adjustment": Decimal(adjustment) if adjustment else None}
        db.session.add(Review(cycle_id=cycle.id, person_id=cast[name].id, adjustment_why="x", **review))
    settle()
    return cycle


def approved(owner: Person, cycle: Cycle, score: str, **facts: Any) -> None:
    goal = make_goal(owner, cycle, {}, evaluation="approved", score=Decimal(score), **facts)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    db.session.add(EvaluationStep(goal_id=goal.id, at=at, step="approved", by_id=owner.boss_id, score=Decimal(score)))


def reports(app: Flask) -> dict[tuple[str, ...], str]:
    db.session.commit()
    found: dict[tuple[str, ...], str] = {}
    for asked in REPORTS:
        answer = app.test_cli_runner().invoke(args=["report", *asked, "--cycle", "NOW"])
        assert answer.exit_code == 0, answer.output
        found[asked] = answer.stdout
    return found


def close(cycle: Cycle, cast: dict[str, Person]) -> None:
    move_cycle(cast["hr"], cycle, "close", "", today())
    db.session.commit()


def turn_upside_down(cast: dict[str, Person]) -> None:
    """Everything that may happen to an organisation after a cycle was closed."""
    units = {unit.code: unit for unit in db.session.query(Unit)}
    above = Unit(code="N", name="Khối mới", kind="department", parent=units["C"])
    db.session.add(above)
    db.session.flush()
    units["A"].name, units["A"].kind, units["A"].parent = "Nhóm A", "team", above
    units["A"].head = cast["peer"]
    cast["report"].unit, cast["report"].title, cast["report"].position = units["B"], "Trưởng nhóm", "Trưởng nhóm"
    cast["report"].name = "Nguyễn Minh Anh Thư"
    cast["peer"].manager = cast["outsider"]
    cast["outsider"].unit, cast["hr"].unit = above, above
    units["B"].archived = True
    join("Người Mới", unit=units["A"])
    cast["director"].left_on = days_ago(0)
    rebuild_organisation(today())
    refresh_results_of_people([person.id for person in cast.values()])
    db.session.add(Setting(key="rating_bands", value="excellent:0.5;good:0.4;fair:0.3;average:0.2"))
    db.session.commit()
    forget_company()


class TestReports:
    def test_closing_changes_nothing(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        before = reports(app)
        assert "excellent" not in before["people",]
        assert "0.85" in before["people",]
        close(cycle, cast)
        assert reports(app) == before

    def test_nor_does_whatever_happens_later(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        close(cycle, cast)
        before = reports(app)
        turn_upside_down(cast)
        settle_the_day(today() + timedelta(days=40))
        assert reports(app) == before
        assert list(differences(today())) == []
        assert list(differences(today() + timedelta(days=40))) == []

    def test_closed_early_it_stands_as_on_that_day(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        cycle.ends_on = today() + timedelta(days=30)
        settle()
        close(cycle, cast)
        now, later = (
            list(report.rows(report.GOALS, goal_lines(record_of(cycle, today() + timedelta(days=days)))))
            for days in (0, 20)
        )
        assert now == later
        assert list(differences(today() + timedelta(days=20))) == []

    def test_reopened_and_closed_again_it_is_todays(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        close(cycle, cast)
        turn_upside_down(cast)
        move_cycle(cast["hr"], cycle, "reopen", "Nhầm", today())
        assert (cycle.closed_at, cycle.audit_hash, cycle.rating_bands) == (None, None, None)
        assert list(differences(today())) == []
        before = reports(app)
        close(cycle, cast)
        assert reports(app) == before
        assert "Nguyễn Minh Anh Thư" in before["people",]

    def test_how_check_ins_were_kept_and_how_goals_hang_together_stays(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["report"], cycle, {}, {"title": "Đã xong"}, title="Hai kết quả")
        goal.parent_id = db.session.query(Goal.id).filter_by(owner_id=cast["manager"].id, scope="unit").scalar()
        for row, value in zip(goal.measures, (10, 100), strict=True):
            on = cycle.starts_on + timedelta(days=8)
            at = company().moment(on, time(9))
            db.session.add(CheckIn(measure_id=row.id, on=on, entered_at=at, value=value, author_id=goal.owner_id))
        settle()
        hr = signed_in(app, cast["hr"])

        def told() -> list[str]:
            kept = hr.get("/reports/discipline.csv?cycle=NOW&of=weeks").text
            tree = hr.get("/tree?cycle=NOW", headers={"Accept-Language": "en"}).text
            crossing = re.findall(r"\d+ links? across departments", tree)
            assert crossing
            return [kept, hr.get("/reports/compare.csv?cycle=NOW&with=OLD").text, *crossing]

        running_cycle(code="OLD", starts_on=days_ago(200), ends_on=days_ago(100))
        db.session.commit()
        before = told()
        assert before[0].count("\n") > 5
        close(cycle, cast)
        assert told() == before
        turn_upside_down(cast)
        assert told() == before

    def test_the_head_of_the_log_is_kept(self, cast: dict[str, Person], cycle: Cycle) -> None:
        close(cycle, cast)
        known = (cycle.audit_seq or 0, cycle.audit_hash or "")
        assert known == audit.head()
        audit.record(cast["hr"], "later", "thing", 1)
        db.session.commit()
        assert audit.verify(known) is None
        assert audit.verify((known[0], "0" * 64)) is not None


class TestWorkbook:
    @pytest.fixture
    def another_site(self, engine: str) -> Iterator[Any]:
        with (
            databases.fresh(engine, "migrated", databases.migrate) as url,
            databases.closing_app(databases.make_app(url)) as app,
            ExitStack() as stack,
        ):

            def enter() -> Flask:
                db.session.rollback()
                stack.enter_context(app.app_context())
                stack.callback(db.session.rollback)
                return app

            yield enter

    def test_goes_out_and_in_though_the_organisation_changed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, another_site: Any, tmp_path: Path
    ) -> None:
        close(cycle, cast)
        turn_upside_down(cast)
        said = reports(app)
        dump_path(tmp_path / "one")
        other = another_site()
        assert load_path(tmp_path / "one").faults == []
        db.session.commit()
        assert reports(other) == said
        dump_path(tmp_path / "two")
        for file in (tmp_path / "one").iterdir():
            assert (tmp_path / "two" / file.name).read_text("utf-8") == file.read_text("utf-8"), file.name
        assert list(differences(today())) == []

    def test_a_number_that_was_tampered_with_is_refused(
        self, cast: dict[str, Person], cycle: Cycle, another_site: Any, tmp_path: Path
    ) -> None:
        close(cycle, cast)
        dump_path(tmp_path / "one")
        file = tmp_path / "one" / "results.csv"
        file.write_text(file.read_text("utf-8").replace(",0.8,", ",0.95,"), "utf-8")
        another_site()
        faults = load_path(tmp_path / "one").faults
        assert {fault.error.code for fault in faults} == {"result_differs"}
        assert db.session.query(Result).count() == 0


class TestPages:
    """What HR reads on the pages of a closed cycle."""

    PATHS = ("/members?sort=name&cycle=NOW", "/members?unit=A&sort=name&cycle=NOW", "/overview?cycle=NOW")

    def results(self, app: Flask, cast: dict[str, Person]) -> list[list[str]]:
        paths = [*self.PATHS, *(f"/members/{cast[name].id}?cycle=NOW" for name in ("report", "peer", "manager"))]
        client = signed_in(app, cast["hr"])
        found = []
        for path in paths:
            text = client.get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
            main = text.split("<main")[1].split("</main>")[0]
            words = (
                "%",
                "Nguyễn Minh Anh",
                "Võ Khánh Linh",
                "Phòng A",
                "Phòng B",
                "Nhóm A",
                "Trưởng nhóm",
                "Trần Thu Hà",
            )
            listed = re.findall(r">([^<>]*(?:" + "|".join(words) + r")[^<>]*)<", main)
            # A list of goals names their owners and units as they are called today.
            found.append(sorted(" ".join(part.split()) for part in listed if " · " not in part))
        return found

    def test_say_the_same_whatever_happened_since(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        close(cycle, cast)
        before = self.results(app, cast)
        assert all(before)
        turn_upside_down(cast)
        after = self.results(app, cast)
        for path, was, now in zip(range(len(before)), before, after, strict=True):
            assert sorted(set(now) ^ set(was)) == [], path
