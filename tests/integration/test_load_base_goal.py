"""Base Goal's own goal sheet, as it is."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from goalsite.exchange.base_goal import code_of
from goalsite.extensions import db
from goalsite.messages import say
from goalsite.models import Goal
from tests.unit.exchange_company import counts, faults, load, written

HEADER = (
    "Scope,Metatype,Name,Metric code,Target,Dept code,Team code,Assign to,Followers,Watchers,Start time,End time,"
    "Commited OKR?,Weight,Status,Privacy,Departments to view,Description\n"
)
# ruff: noqa: E501 (a CSV row is one line)
ROWS = """Personal,KPI,Doanh thu tháng hai,DT,30.000.000,KD,KD-1,@chi@ba.sao,an@ba.sao,"Trần Bình; dung@ba.sao",01/02/2026,28/02/2026,,30,Active,Private,KD;CTY,"Dòng một
dòng hai"
Department,OKR,Mở vùng mới,,,KD,,binh@ba.sao,,,2026-01-01,2026-12-31,No,1,Active,Public,,
"""


def goals() -> dict[str, Goal]:
    return {row.title: row for row in db.session.scalars(select(Goal).where(Goal.code.startswith("BG-")))}


@pytest.mark.usefixtures("db_session")
class TestBaseGoal:
    @pytest.fixture(autouse=True)
    def loaded(self, db_session: scoped_session[Session], tmp_path: Path) -> None:
        load(written(tmp_path / "in"))

    def sheet(self, tmp_path: Path, rows: str = ROWS, header: str = HEADER) -> Path:
        path = tmp_path / "Goals of Base.csv"
        path.write_text("\ufeff" + header + rows, encoding="utf-8", newline="")
        return path

    def test_a_kpi(self, tmp_path: Path) -> None:
        assert faults(load(self.sheet(tmp_path))) == []
        goal = goals()["Doanh thu tháng hai"]
        assert goal.code == code_of("chi@ba.sao", "Doanh thu tháng hai", date(2026, 2, 1))
        assert (goal.kind, goal.scope, goal.state, goal.visibility, goal.weight) == (
            "kpi",
            "person",
            "active",
            "internal",
            30,
        )
        assert (goal.cycle.code, goal.unit.code, goal.starts_on, goal.due_on) == (
            "2026-Q1",
            "KD-1",
            date(2026, 2, 1),
            date(2026, 2, 28),
        )
        assert [person.email for person in goal.followers] == ["An@ba.sao", "binh@ba.sao", "dung@ba.sao"]
        assert [unit.code for unit in goal.visible_to] == ["CTY", "KD"]
        assert [(row.title, row.target, row.aggregate) for row in goal.measures] == [
            ("Doanh thu", Decimal(30_000_000), "sum")
        ]
        assert goal.description == "Dòng một\ndòng hai"

    def test_an_okr_is_a_draft_and_the_report_says_so(self, tmp_path: Path) -> None:
        report = load(self.sheet(tmp_path))
        goal = goals()["Mở vùng mới"]
        assert (goal.kind, goal.scope, goal.state, goal.ambition, goal.cycle.code) == (
            "okr",
            "unit",
            "draft",
            "aspirational",
            "2026",
        )
        with force_locale("en"):
            assert [say(note)[:5] for note in report.notes] == ["1 OKR"]

    def test_again_changes_nothing_not_even_what_was_activated_since(self, tmp_path: Path) -> None:
        load(self.sheet(tmp_path))
        db.session.execute(
            update(Goal).where(Goal.title == "Mở vùng mới").values(state="active", evaluated_by="manager")
        )
        report = load(self.sheet(tmp_path))
        assert faults(report) == []
        assert all(count.new == count.changed == 0 for count in report.sheets)

    def test_as_a_workbook(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.append(HEADER.strip().replace("Commited", "Committed").split(","))
        page.append(
            [
                "Cá nhân",
                "KPI",
                "Lỗi",
                "LOI",
                5,
                "KD",
                None,
                "chi@ba.sao",
                None,
                None,
                date(2026, 1, 1),
                date(2026, 3, 31),
            ]
        )
        book.save(tmp_path / "goals.xlsx")
        book.close()
        assert faults(load(tmp_path / "goals.xlsx")) == []
        assert goals()["Lỗi"].measures[0].target == 5

    def test_faults_stand_at_its_own_columns(self, tmp_path: Path) -> None:
        rows = (
            "Personal,KPI,A,DT,1.234,,,ai@ba.sao,,,2026-01-01,2026-03-31,,,Active\n"
            "Personal,KPI,B,XX,5,ZZ,,chi@ba.sao,,,2030-01-01,2030-03-31,,,Active\n"
            "Galaxy,ABC,,,,,,,,,31/02/2026,,,,\n"
        )
        before = counts()
        report = load(self.sheet(tmp_path, rows, HEADER.strip() + ",Colour\n"))
        assert counts() == before
        assert {(fault.row, fault.column, fault.error.code) for fault in report.faults} == {
            (1, "Colour", "column_unknown_here"),
            (2, "Target", "number_two_ways"),
            (2, "Assign to", "reference_unknown"),
            (3, "Metric code", "reference_unknown_here"),
            (3, "Dept code", "reference_unknown_here"),
            (3, "Start time", "base_goal_no_cycle"),
            (4, "Scope", "word_unknown"),
            (4, "Metatype", "word_unknown"),
            (4, "Name", "cell_required"),
            (4, "Assign to", "cell_required"),
            (4, "Start time", "date_impossible"),
            (4, "End time", "cell_required"),
        }
        assert {fault.sheet for fault in report.faults} == {"Goals of Base"}
