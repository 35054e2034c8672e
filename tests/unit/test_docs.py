"""The documents say what the code does."""

from pathlib import Path

import pytest

from goalsite.config import SETTINGS
from goalsite.exchange.columns import Sheet
from goalsite.exchange.report import COLUMNS
from goalsite.exchange.sheets import SHEETS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_column_of_the_workbook_is_described(sheet: Sheet) -> None:
    line = next(
        line for line in (DOCS / "workbook.md").read_text("utf-8").splitlines() if line.startswith(f"| {sheet.name} |")
    )
    for column in sheet.columns:
        assert f"**{column.name}**" in line if column.key else column.name in line


def test_every_setting_is_described() -> None:
    text = (DOCS / "operation.md").read_text("utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in text] == []


def test_every_report_is_described() -> None:
    text = (DOCS / "workbook.md").read_text("utf-8")
    assert [name for name in COLUMNS if f"report {name}" not in text] == []
