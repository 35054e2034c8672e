"""Loading: all or nothing, twice the same, and what empty cells come to."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, scoped_session

from goalsite.exchange.load import load_path
from goalsite.exchange.rows import LoadReport
from goalsite.extensions import db
from goalsite.messages import say
from goalsite.models import Cycle, Goal, Measure, Person, Setting, Unit
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Acknowledgement, CheckIn, Result
from tests.unit.exchange_company import SHEETS, TODAY, added, counts, edited, faults, load, written

pytestmark = pytest.mark.usefixtures("db_session")


def of(report: LoadReport, sheet: str) -> tuple[int, int, int]:
    return next((count.new, count.changed, count.unchanged) for count in report.sheets if count.sheet == sheet)


def goal(code: str) -> Goal:
    return db.session.scalars(select(Goal).where(Goal.code == code)).one()


def measure(goal_code: str, code: str) -> Measure:
    return db.session.scalars(
        select(Measure).join(Measure.goal).where(Goal.code == goal_code, Measure.code == code)
    ).one()


class TestLoad:
    def test_everything_is_there(self, tmp_path: Path) -> None:
        report = load(written(tmp_path / "in"))
        assert faults(report) == []
        assert {count.sheet: count.new for count in report.sheets} == {name: _rows(name) for name in SHEETS}
        found = counts()
        assert (found["checkins"], found["acknowledgements"], found["goal_links"], found["unit_members"]) == (
            10,
            2,
            1,
            1,
        )

    def test_again_changes_nothing(self, tmp_path: Path) -> None:
        folder = written(tmp_path / "in")
        load(folder)
        before = counts()
        report = load(folder)
        assert faults(report) == []
        assert all(count.new == count.changed == 0 for count in report.sheets)
        assert {**counts(), "audit_log": 0} == {**before, "audit_log": 0}

    def test_a_change_is_told_by_column(self, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        report = load(written(tmp_path / "in", edited("goals", "Chi bán", "Chi bán nhiều")))
        assert of(report, "goals") == (0, 1, 5)
        assert next(count.what for count in report.sheets if count.sheet == "goals") == {"title": 1}
        assert goal("O2").title == "Chi bán nhiều"
        assert goal("O2").version == 2
        assert [
            (row.row, row.key, tuple(one[0] for one in row.changes))
            for row in report.outcomes
            if row.outcome == "changed"
        ] == [(3, "O2", ("title",))]

    def test_a_part_of_the_workbook(self, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        part = {"checkins": "goal,measure,on,value\nO2,KR1,2026-02-13,6\n"}
        report = load(written(tmp_path / "part", part, whole=False))
        assert of(report, "checkins") == (1, 0, 0)
        assert goal("O2").last_checkin_on == date(2026, 2, 13)

    def test_a_missing_column_keeps_what_stands_and_an_empty_cell_takes_the_default(self, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        load(written(tmp_path / "a", {"people": "email,name\nan@ba.sao,Lê An\n"}, whole=False))
        person = db.session.scalars(select(Person).where(Person.email_key == "an@ba.sao")).one()
        assert (person.is_hr, person.title) == (True, "Giám đốc")
        load(written(tmp_path / "b", {"people": "email,name,roles,title\nan@ba.sao,Lê An,,\n"}, whole=False))
        db.session.expire_all()
        assert (person.is_hr, person.title) == (False, "")

    def test_a_dry_run_writes_nothing(self, tmp_path: Path) -> None:
        before = counts()
        report = load(written(tmp_path / "in"), dry_run=True)
        assert faults(report) == []
        assert of(report, "goals") == (6, 0, 0)
        assert counts() == before

    def test_one_audit_row_a_sheet_with_counts_and_digest(self, tmp_path: Path) -> None:
        report = load(written(tmp_path / "in"))
        rows = list(db.session.scalars(select(AuditRow).where(AuditRow.action == "load").order_by(AuditRow.seq)))
        assert [row.object_id for row in rows] == [count.sheet for count in report.sheets]
        after = rows[6].after
        assert after is not None
        assert (after["new"], after["changed"], after["unchanged"], len(after["digest"])) == (6, 0, 0, 64)

    def test_too_many_rows_for_a_screen(self, tmp_path: Path) -> None:
        report = load(written(tmp_path / "in"), most_rows=10)
        assert "too_many_rows" in [fault.error.code for fault in report.faults]
        assert counts()["units"] == 0

    def test_progress_is_told(self, tmp_path: Path) -> None:
        told: list[str] = []
        load(written(tmp_path / "in"), progress=lambda what, done, of: told.append(what))
        assert "checkins" in told
        assert told[-1] == "standing"

    def test_the_number_of_queries_does_not_grow_with_the_rows(self, app: Flask, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        numbers = []
        for rows in (10, 400):
            lines = "".join(f"O2,KR1,2026-02-10 {row // 60:02}:{row % 60:02},2026-02-09,{row}\n" for row in range(rows))
            folder = written(
                tmp_path / str(rows), {"checkins": f"goal,measure,entered_at,on,value\n{lines}"}, whole=False
            )
            with counting(app) as seen:
                assert faults(load(folder, dry_run=True)) == []
            numbers.append(len(seen))
        assert numbers[0] == numbers[1]


class counting:  # noqa: N801
    """The statements that run meanwhile."""

    def __init__(self, app: Flask) -> None:
        self.seen: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(db.engine, "before_cursor_execute", self._keep)
        return self.seen

    def __exit__(self, *error: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._keep)

    def _keep(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        self.seen.append(statement)


class TestMeaning:
    @pytest.fixture(autouse=True)
    def loaded(self, db_session: scoped_session[Session], tmp_path: Path) -> None:
        assert faults(load(written(tmp_path / "in"))) == []

    def test_numbers_are_exact(self) -> None:
        values = db.session.scalars(
            select(CheckIn.value)
            .join(CheckIn.measure)
            .join(Measure.goal)
            .where(Goal.code == "K1")
            .order_by(CheckIn.entered_at)
        )
        assert list(values) == [Decimal("900000.125"), Decimal(1250000), Decimal(1250001)]

    def test_an_empty_entered_at_is_five_in_the_afternoon(self) -> None:
        first = db.session.scalars(select(func.min(CheckIn.entered_at)).where(CheckIn.on == date(2026, 1, 9))).one()
        assert first == datetime(2026, 1, 9, 10, tzinfo=UTC)

    def test_a_chain_of_replacements(self) -> None:
        rows = db.session.scalars(
            select(CheckIn)
            .join(CheckIn.measure)
            .join(Measure.goal)
            .where(Goal.code == "K1")
            .order_by(CheckIn.entered_at)
        ).all()
        assert [row.replaces_id for row in rows] == [None, rows[0].id, rows[1].id]

    def test_seen(self) -> None:
        rows = db.session.scalars(select(Acknowledgement.at).order_by(Acknowledgement.at)).all()
        assert rows == [datetime(2026, 1, 12, 2, tzinfo=UTC), datetime(2026, 2, 6, 10, tzinfo=UTC)]

    def test_a_goal_takes_its_days_unit_and_creator_from_others(self) -> None:
        found = goal("O2")
        assert (found.starts_on, found.due_on, found.unit.code, found.created_by.email) == (
            date(2026, 1, 5),
            date(2026, 3, 31),
            "KD-1",
            "chi@ba.sao",
        )

    def test_a_metric_gives_a_measure_what_is_its_own(self) -> None:
        found = measure("K2", "I")
        assert (found.title, found.symbol, found.direction, found.aggregate, found.decimals) == (
            "Tỷ lệ lỗi",
            "%",
            "decrease",
            "ratio",
            2,
        )

    def test_measures_and_steps_keep_the_files_order(self) -> None:
        assert [row.code for row in goal("O2").measures] == ["KR1", "KR2", "KR3"]
        assert [row.code for row in measure("O2", "KR2").steps] == ["B2", "B1"]

    def test_the_evaluator_is_fixed_when_the_goal_is_active(self) -> None:
        evaluators = {
            row.code: row.evaluator.email if row.evaluator else None for row in db.session.scalars(select(Goal))
        }
        assert evaluators == {
            "O1": "An@ba.sao",
            "O2": "binh@ba.sao",
            "O3": None,
            "K1": "An@ba.sao",
            "K2": "An@ba.sao",
            "P1": "binh@ba.sao",
        }

    def test_the_evaluator_stays_when_the_manager_changes(self, tmp_path: Path) -> None:
        load(
            written(
                tmp_path / "b",
                edited(
                    "people",
                    "chi@ba.sao,Đỗ Chi,,Nhân viên,KD-1,KD,,",
                    "chi@ba.sao,Đỗ Chi,,Nhân viên,KD-1,KD,an@ba.sao,",
                ),
            )
        )
        assert goal("O2").owner.boss_id == goal("O1").evaluator_id
        assert goal("O2").evaluator == db.session.scalars(select(Person).where(Person.email_key == "binh@ba.sao")).one()

    def test_the_evaluator_is_fixed_when_the_cycle_opens(self, tmp_path: Path) -> None:
        planned = {
            "cycles": "code,starts_on,ends_on,state\n2027,2027-01-01,2027-12-31,planning\n",
            "goals": "code,title,cycle,owner,state\nN1,Năm sau,2027,chi@ba.sao,active\n",
            "measures": "goal,code,title,direction\nN1,KR1,Xong,done\n",
        }
        load(written(tmp_path / "b", planned, whole=False))
        assert goal("N1").evaluator is None
        load(written(tmp_path / "c", {"cycles": planned["cycles"].replace("planning", "open")}, whole=False))
        db.session.expire_all()
        evaluator = goal("N1").evaluator
        assert evaluator is not None
        assert evaluator.email == "binh@ba.sao"

    def test_a_goal_keeps_its_last_evaluation(self) -> None:
        assert (goal("P1").evaluation, goal("P1").score) == ("approved", Decimal("0.9"))

    def test_standing_and_results_follow(self) -> None:
        assert goal("K1").progress is not None
        result = db.session.scalars(
            select(Result).join(Result.cycle).where(Cycle.code == "2025-Q4", Result.person_id.is_not(None))
        ).one()
        assert (result.total, result.adjusted) == (Decimal("0.9"), Decimal("0.85"))

    def test_base_goals_names_in_a_formula(self) -> None:
        assert measure("K1", "I").metric is not None
        assert measure("K1", "I").metric.formula == "(value-target)*100/target"  # type: ignore[union-attr]

    def test_a_metric_that_changes_changes_its_measures(self, tmp_path: Path) -> None:
        load(written(tmp_path / "b", edited("metrics", "Doanh thu,₫", "Doanh thu,đồng")))
        assert measure("K1", "I").symbol == "đồng"

    def test_sort_keys_and_the_tree_are_made(self) -> None:
        assert counts()["unit_ancestors"] == 6
        names = db.session.scalars(select(Person.name).order_by(Person.sort_key)).all()
        assert names == ["Lê An", "Trần Bình", "Đỗ Chi", "-Phạm Dũng"]

    def test_a_check_in_may_be_seen_later(self, tmp_path: Path) -> None:
        changed = edited("checkins", "O2,KR1,,,2026-01-16,8,,,,,,,,", "O2,KR1,,,2026-01-16,8,,,,,,,binh@ba.sao,")
        assert of(load(written(tmp_path / "b", changed)), "checkins") == (0, 1, 9)
        assert counts()["acknowledgements"] == 3
        assert of(load(written(tmp_path / "in")), "checkins") == (0, 0, 10)


class TestForms:
    def test_the_files_own_time_zone(self, tmp_path: Path) -> None:
        load(written(tmp_path / "in", edited("settings", "Asia/Ho_Chi_Minh", "UTC")))
        first = db.session.scalars(select(func.min(CheckIn.entered_at)).where(CheckIn.on == date(2026, 1, 30))).one()
        assert first == datetime(2026, 1, 30, 17, tzinfo=UTC)

    def test_a_byte_order_mark_semicolons_and_letter_case_of_headers(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "units.csv").write_bytes("\ufeffCode;Name;KIND\r\nCTY;Công ty;company\r\n".encode())
        assert faults(load(tmp_path / "in")) == []
        assert db.session.scalars(select(Unit.name)).one() == "Công ty"

    def test_columns_in_any_order_and_blank_rows(self, tmp_path: Path) -> None:
        folder = written(tmp_path / "in", {"settings": "value,key\n\n,\nvi,locale\n"}, whole=False)
        assert faults(load(folder)) == []
        assert db.session.get_one(Setting, "locale").value == "vi"

    def test_messages_of_a_load_are_said(self, tmp_path: Path) -> None:
        report = load(written(tmp_path / "in", added("goals", "O1,okr,,Lại,2026-Q1,,an@ba.sao")))
        with force_locale("en"):
            assert [say(fault.error) for fault in report.faults] == ["Row 2 has the same key. Keep one of the two."]

    def test_nothing_there(self, tmp_path: Path) -> None:
        assert faults(load_path(tmp_path / "none", today=TODAY)) == [("none", 0, "", "file_missing")]
        assert faults(load_path(tmp_path, today=TODAY))[0][3] == "folder_without_csv"
        (tmp_path / "a.xlsx").write_bytes(b"PK not a workbook")
        assert faults(load_path(tmp_path / "a.xlsx", today=TODAY))[0][3] == "file_unreadable"


def _rows(name: str) -> int:
    import csv
    import io

    return len(list(csv.reader(io.StringIO(SHEETS[name])))) - 1
