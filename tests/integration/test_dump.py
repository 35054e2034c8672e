"""Dumping: loaded into an empty site and dumped again it is the same, byte for byte."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, make_transient, scoped_session

from goalsite.domain.errors import RuleError
from goalsite.example import write_workbook
from goalsite.exchange import templates
from goalsite.exchange.dump import dump_path
from goalsite.exchange.sheets import SHEETS
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, KpiSetItem, Metric
from goalsite.models_follow import Comment
from tests import databases
from tests.unit.exchange_company import TODAY, edited, faults, load, written

Site = Callable[[], None]


@pytest.fixture
def another_site(engine: str) -> Iterator[Site]:
    """Leaves the test's site for an empty one of the same engine."""
    with (
        databases.fresh(engine, "migrated", databases.migrate) as url,
        databases.closing_app(databases.make_app(url)) as app,
        ExitStack() as stack,
    ):

        def enter() -> None:
            db.session.rollback()
            stack.enter_context(app.app_context())
            stack.callback(db.session.rollback)

        yield enter


def same(one: Path, other: Path) -> None:
    """Both folders hold the same files."""
    names = sorted(file.name for file in one.iterdir())
    assert names == sorted(file.name for file in other.iterdir()) == sorted(f"{sheet.name}.csv" for sheet in SHEETS)
    for name in names:
        assert (one / name).read_text("utf-8") == (other / name).read_text("utf-8")


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("db_session")
class TestRoundTrip:
    def test_a_nasty_company_as_csv(self, another_site: Site, tmp_path: Path) -> None:
        assert faults(load(written(tmp_path / "in"))) == []
        dump_path(tmp_path / "one")
        another_site()
        assert faults(load(tmp_path / "one")) == []
        dump_path(tmp_path / "two")
        same(tmp_path / "one", tmp_path / "two")

    def test_a_nasty_company_as_xlsx(self, another_site: Site, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        dump_path(tmp_path / "one")
        dump_path(tmp_path / "one.xlsx")
        another_site()
        assert faults(load(tmp_path / "one.xlsx")) == []
        dump_path(tmp_path / "two")
        dump_path(tmp_path / "two.xlsx")
        same(tmp_path / "one", tmp_path / "two")
        assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()

    def test_the_example_company(self, another_site: Site, tmp_path: Path) -> None:
        write_workbook(tmp_path / "in", TODAY)
        assert faults(load(tmp_path / "in")) == []
        dump_path(tmp_path / "one")
        another_site()
        assert faults(load(tmp_path / "one")) == []
        dump_path(tmp_path / "two")
        same(tmp_path / "one", tmp_path / "two")

    def test_the_kpis_of_a_set_in_their_own_order(self, another_site: Site, tmp_path: Path) -> None:
        write_workbook(tmp_path / "in", TODAY)
        load(tmp_path / "in")
        first, *rest = db.session.scalars(select(KpiSetItem).order_by(KpiSetItem.id)).all()
        make_transient(first)
        db.session.execute(delete(KpiSetItem).where(KpiSetItem.id == first.id))
        first.id = max(one.id for one in rest) + 1
        db.session.add(first)
        db.session.commit()

        def metrics() -> list[str]:
            of_set = select(Metric.code).join(KpiSetItem).where(KpiSetItem.position == position)
            return list(db.session.scalars(of_set.order_by(KpiSetItem.id)))

        position = first.position
        before = metrics()
        assert before != sorted(before)
        dump_path(tmp_path / "one")
        another_site()
        load(tmp_path / "one")
        assert metrics() == before

    def test_a_dump_loaded_where_it_came_from_changes_nothing(self, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        for path in (tmp_path / "one", tmp_path / "one.xlsx"):
            dump_path(path)
            report = load(path)
            assert faults(report) == []
            assert all(count.new == count.changed == 0 for count in report.sheets)

    def test_a_closed_cycle_with_its_results(self, another_site: Site, tmp_path: Path) -> None:
        assert faults(load(written(tmp_path / "in", edited("cycles", "reviewing", "closed")))) == []
        dump_path(tmp_path / "one")
        assert [
            (row["kind"], row["key"], row["total"], row["adjusted"]) for row in table(tmp_path / "one", "results")
        ] == [
            ("person", "an@ba.sao", "", ""),
            ("person", "binh@ba.sao", "", ""),
            ("person", "chi@ba.sao", "0.9", "0.85"),
            ("person", "dung@ba.sao", "", ""),
            # A unit's own goals have none; the means of its people are not in the workbook.
            *(("unit", code, "", "") for code in ("CTY", "KD", "KD-1")),
        ]
        another_site()
        assert faults(load(tmp_path / "one")) == []
        dump_path(tmp_path / "two")
        same(tmp_path / "one", tmp_path / "two")

    def test_texts_of_every_sort(self, another_site: Site, tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        odd = ["\r\nzwei\r", "_x000D_", "'", "''", "'=1", "\t", "@x", ",;\"'"]
        texts = [*odd, "a\x01b", "\u2028", "👩‍👧", "  ", "\ufeff", "http://a.b", "1.234", "TRUE", "#N/A"]
        for place, text in enumerate(texts):
            goal = db.session.scalars(select(Goal).where(Goal.code == "O1")).one()
            moment = datetime(2026, 2, 7, 1, place, tzinfo=UTC)
            db.session.add(Comment(goal_id=goal.id, entered_at=moment, author_id=goal.owner_id, body=f"{text}."))
            db.session.add(
                Comment(goal_id=goal.id, entered_at=moment.replace(hour=2), author_id=goal.owner_id, body=f".{text}")
            )
        db.session.commit()
        dump_path(tmp_path / "one")
        dump_path(tmp_path / "one.xlsx")
        another_site()
        assert faults(load(tmp_path / "one.xlsx")) == []
        dump_path(tmp_path / "two")
        same(tmp_path / "one", tmp_path / "two")


@pytest.mark.usefixtures("db_session")
class TestDump:
    @pytest.fixture(autouse=True)
    def loaded(self, db_session: scoped_session[Session], tmp_path: Path) -> None:
        load(written(tmp_path / "in"))
        dump_path(tmp_path / "out")

    def test_numbers_can_be_read_in_one_way_only(self, tmp_path: Path) -> None:
        assert [row["value"] for row in table(tmp_path / "out", "checkins") if row["goal"] == "K1"] == [
            "900000.125",
            "1250000",
            "1250001",
        ]
        assert (
            next(
                row["value"]
                for row in table(tmp_path / "out", "checkins")
                if row["measure"] == "KR2" and row["goal"] == "O1"
            )
            == "2.1250"
        )
        assert table(tmp_path / "out", "goals")[2]["weight"] == "1.1250"

    def test_moments_bear_the_companys_zone(self, tmp_path: Path) -> None:
        assert table(tmp_path / "out", "comments")[0]["entered_at"] == "2026-02-06T17:30:15.123456+07:00"

    def test_no_text_is_a_formula(self, tmp_path: Path) -> None:
        for file in (tmp_path / "out").iterdir():
            for line in csv.reader(io.StringIO(file.read_bytes().decode(), newline="")):
                assert not any(cell[:1] in tuple("=+@\t\r") for cell in line)
        dump_path(tmp_path / "out.xlsx")
        with zipfile.ZipFile(tmp_path / "out.xlsx") as packed:
            assert not any(b"<f>" in packed.read(name) for name in packed.namelist())

    def test_cells_of_a_workbook_are_typed(self, tmp_path: Path) -> None:
        dump_path(tmp_path / "out.xlsx")
        book = openpyxl.load_workbook(tmp_path / "out.xlsx")
        names = [cell.value for cell in book["goals"][1]]
        row = dict(zip(names, (cell.value for cell in book["goals"][4]), strict=True))
        assert (row["code"], row["starts_on"], row["weight"]) == ("O1", datetime(2026, 1, 1), 1.125)  # noqa: DTZ001
        assert book["goals"].freeze_panes == "A2"

    def test_what_was_there_is_replaced(self, tmp_path: Path) -> None:
        db.session.execute(update(Cycle).where(Cycle.code == "2026").values(name="Năm nay"))
        dump_path(tmp_path / "out")
        assert table(tmp_path / "out", "cycles")[0]["name"] == "2025-Q4"
        assert table(tmp_path / "out", "cycles")[1]["name"] == "Năm nay"

    def test_a_text_too_long_for_a_cell_leaves_the_old_file(self, tmp_path: Path) -> None:
        dump_path(tmp_path / "out.xlsx")
        before = (tmp_path / "out.xlsx").read_bytes()
        db.session.execute(update(Goal).values(description="a" * 40_000))
        with pytest.raises(RuleError, match="text_too_long_for_xlsx"):
            dump_path(tmp_path / "out.xlsx")
        assert (tmp_path / "out.xlsx").read_bytes() == before
        assert not list(tmp_path.glob(".goalsite-*"))

    def test_the_order_does_not_depend_on_the_database(self, tmp_path: Path) -> None:
        assert [row["code"] for row in table(tmp_path / "out", "goals")] == ["K1", "K2", "O1", "O2", "O3", "P1"]
        assert [row["step"] for row in table(tmp_path / "out", "steps")] == ["B2", "B1"]
        assert [row["email"] for row in table(tmp_path / "out", "people")] == [
            "An@ba.sao",
            "binh@ba.sao",
            "chi@ba.sao",
            "dung@ba.sao",
        ]


@pytest.mark.usefixtures("db_session")
class TestTemplates:
    def test_an_empty_workbook_loads(self, tmp_path: Path) -> None:
        templates.write_empty(tmp_path / "empty.xlsx")
        book = openpyxl.load_workbook(tmp_path / "empty.xlsx")
        assert book.sheetnames == [sheet.name for sheet in SHEETS]
        assert [cell.value for cell in book["goals"][1]][:3] == ["code", "kind", "scope"]
        assert faults(load(tmp_path / "empty.xlsx")) == []

    def test_the_example_as_a_workbook_loads(self, tmp_path: Path) -> None:
        write_workbook(tmp_path / "in", TODAY)
        templates.write_copy(tmp_path / "in", tmp_path / "example.xlsx")
        assert faults(load(tmp_path / "example.xlsx")) == []
