"""A report taken out as a file says what the command `report` says, in cells a spreadsheet counts with; in the example company, on both engines."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from html import unescape
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func

from goalsite.exchange.report import Row
from goalsite.exchange.report_file import Column, write_csv, write_xlsx
from goalsite.extensions import db
from goalsite.formats import number, percent
from goalsite.models import Cycle, Measure, Metric, Person
from goalsite.queries import report_goals, report_people, report_units
from goalsite.queries.company import today
from tests import databases, example
from tests.cast import signed_in

KINDS = ("people", "units", "goals", "measures")
DAYS = ("last_checkin_on", "period_starts_on")
TEXTS = ("email", "name", "unit", "code", "kind", "title", "owner", "goal", "status", "rating", "provisional")
STATES = ("closed", "reviewing", "open")


@pytest.fixture(scope="module", params=databases.ENGINES)
def company(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The example company; nothing here writes but a session."""
    with (
        databases.fresh(request.param, "example", example.fill) as url,
        databases.closing_app(databases.make_app(url)) as app,
    ):
        yield app


@pytest.fixture(scope="module")
def hr(company: Flask) -> FlaskClient:
    with company.app_context():
        return signed_in(company, db.session.query(Person).filter_by(email_key=example.CAST["hr"]).one())


def code_of(company: Flask, state: str) -> str:
    with company.app_context():
        found = db.session.query(Cycle).filter_by(state=state).all()
        return min((cycle.ends_on - cycle.starts_on, cycle.code) for cycle in found)[1]


def commanded(company: Flask, kind: str, *arguments: str) -> list[dict[str, str]]:
    answer = company.test_cli_runner().invoke(args=["report", kind, *arguments])
    assert answer.exit_code == 0, answer.output
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def as_written(cell: Any, column: str) -> str:
    """The cell as the command writes it: first of all it must be of its kind."""
    if cell is None:
        return ""
    if column in DAYS:
        assert isinstance(cell, datetime)
        return cell.date().isoformat()
    if column in TEXTS:
        assert isinstance(cell, str)
        return cell
    assert isinstance(cell, int | float)
    text = f"{Decimal(repr(cell)).quantize(Decimal('0.0001'), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".").replace("-0", "0") if Decimal(text) == 0 else text.rstrip("0").rstrip(".")


def cells_of(content: bytes) -> list[tuple[Any, ...]]:
    """The rows below the header, which is frozen and to filter by."""
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref is not None
    return list(sheet.iter_rows())[1:]


def rows_of(content: bytes, columns: list[str]) -> list[dict[str, str]]:
    return [
        {name: as_written(cell.value, name) for name, cell in zip(columns, line, strict=True)}
        for line in cells_of(content)
    ]


# Beside a name on the page stands a name, not a code.
UNSHOWN = (
    "email",
    "code",
    "owner",
    "unit",
    "goal",
    "cycle",
    "symbol",
    "start",
    "target",
    "least",
    "most",
    "current",
    "expected",
    "kind",
)
# Words of the reader's language stand in these columns.
SPOKEN = ("rating", "kind", "status", "provisional")


class TestDownload:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("state", STATES)
    def test_holds_the_rows_of_the_command(self, company: Flask, hr: FlaskClient, kind: str, state: str) -> None:
        code = code_of(company, state)
        said = commanded(company, kind, "--cycle", code)
        assert said
        columns = list(said[0])
        answer = hr.get(f"/reports/{kind}.xlsx?cycle={code}")
        assert answer.status_code == 200
        found = rows_of(answer.data, columns)
        plain = [name for name in columns if name not in SPOKEN]
        assert [[row[name] for name in plain] for row in found] == [[row[name] for name in plain] for row in said]
        assert [[bool(row[name]) for name in columns] for row in found] == [
            [bool(row[name]) for name in columns] for row in said
        ]
        text = hr.get(f"/reports/{kind}.csv?cycle={code}").data
        assert text.startswith(b"\xef\xbb\xbf")
        assert list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")))) == said

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("state", STATES)
    def test_of_a_past_day(self, company: Flask, hr: FlaskClient, kind: str, state: str) -> None:
        code = code_of(company, state)
        with company.app_context():
            cycle = db.session.query(Cycle).filter_by(code=code).one()
            day = min(cycle.ends_on, today()) - timedelta(days=20)
        said = commanded(company, kind, "--cycle", code, "--as-of", day.isoformat())
        text = hr.get(f"/reports/{kind}.csv?cycle={code}&as_of={day}").data.decode("utf-8-sig")
        assert list(csv.DictReader(io.StringIO(text))) == said

    @pytest.mark.parametrize("state", ("closed", "open"))
    def test_of_a_month(self, company: Flask, hr: FlaskClient, state: str) -> None:
        code = code_of(company, state)
        with company.app_context():
            first: date = db.session.query(Cycle).filter_by(code=code).one().starts_on
        month = f"{first:%Y-%m}"
        said = commanded(company, "people", "--cycle", code, "--period", month)
        assert any(row["kpi"] for row in said)
        text = hr.get(f"/reports/people.csv?cycle={code}&period={month}").data.decode("utf-8-sig")
        assert list(csv.DictReader(io.StringIO(text))) == said

    def test_of_one_unit(self, company: Flask, hr: FlaskClient) -> None:
        code = code_of(company, "open")
        unit = commanded(company, "units", "--cycle", code)[1]["code"]
        said = commanded(company, "people", "--cycle", code, "--unit", unit)
        text = hr.get(f"/reports/people.csv?cycle={code}&unit={unit}").data.decode("utf-8-sig")
        assert list(csv.DictReader(io.StringIO(text))) == said

    def test_of_nothing_there_is_not(self, hr: FlaskClient) -> None:
        for path in ("/reports/people.pdf", "/reports/passwords.csv", "/reports/people.csv?unit=nowhere"):
            assert hr.get(path).status_code == 404


# report → its page in the order of the file, and which of its cards holds the table
TABLES = {
    "forecast": ("/reports/forecast?sort=code&dir=asc", -1),
    "discipline?of=weeks": ("/reports/discipline", 0),
    "discipline?of=units": ("/reports/discipline", 1),
    "discipline?of=people": ("/reports/discipline", 2),
    "compare": ("/reports/compare", 0),
    "compare?of=units&sort=difference": ("/reports/compare?of=units&sort=difference", 0),
    "year?cycle=YEAR": ("/reports/year?cycle=YEAR", 0),
    "distribution": ("/reports/distribution", 0),
    "distribution?of=steps": ("/reports/distribution?of=steps", 1),
    "metric": ("/reports/metric", 0),
    "metric?metric=METRIC": ("/reports/metric?metric=METRIC", -1),
}


def on_the_page(client: FlaskClient, path: str, card: int) -> list[str]:
    """What the rows of that table say, on all pages."""
    rows: list[str] = []
    for page in range(1, 10):
        text = client.get(f"{path}{'&' if '?' in path else '?'}page={page}").get_data(as_text=True)
        tables = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
        if not tables[card:]:
            break
        found = re.findall(r"<tr>(.*?)</tr>", tables[card], re.DOTALL)
        if rows[: len(found)] == found:
            break
        rows += found
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def as_shown(value: Any, form: str) -> set[str]:
    """The ways a page may write the value of a cell."""
    if isinstance(value, datetime):
        return {f"{value:%d/%m/%Y}", f"{value:%m/%Y}"}
    if isinstance(value, str):
        return {value, value.capitalize()}
    exact = Fraction(value).limit_denominator(10**9)
    if form == "0.0%":
        return {percent(exact, digits) for digits in (0, 1)} | {number(abs(exact) * 100, 1)}
    return {number(exact, digits) for digits in (None, 0, 1, 2)}


class TestTables:
    @pytest.mark.parametrize("report", TABLES)
    def test_hold_what_the_screen_says_to_the_digit(self, company: Flask, hr: FlaskClient, report: str) -> None:
        with company.app_context():
            inner = db.session.query(Cycle).filter(Cycle.parent_id.is_not(None)).limit(1).one()
            measured = func.count(Measure.id).desc()
            metric = db.session.query(Metric).join(Measure).group_by(Metric.id).order_by(measured).limit(1).one()
            codes = {"YEAR": db.session.get_one(Cycle, inner.parent_id).code, "METRIC": metric.code}
        path, card = TABLES[report]
        if "YEAR" not in report:
            # The cycle asked for is remembered.
            report, path = (
                f"{one}{'&' if '?' in one else '?'}cycle={code_of(company, 'open')}" for one in (report, path)
            )
        for name, code in codes.items():
            report, path = report.replace(name, code), path.replace(name, code)
        kind, _, asked = report.partition("?")
        rows = cells_of(hr.get(f"/reports/{kind}.xlsx?{asked}").data)
        written = list(csv.DictReader(io.StringIO(hr.get(f"/reports/{kind}.csv?{asked}").data.decode("utf-8-sig"))))
        assert len(written) == len(rows) > 1
        names = list(written[0])
        shown = on_the_page(hr, path, card)
        if kind == "distribution" and "steps" in asked:
            shown.reverse()
        assert len(shown) == len(rows)
        with company.test_request_context():
            for row, line in zip(rows, shown, strict=True):
                for name, cell in zip(names, row, strict=True):
                    if cell.value is not None and name not in UNSHOWN:
                        ways = as_shown(cell.value, cell.number_format)
                        assert any(way.replace("\u00a0", " ") in line for way in ways), (name, cell.value, line)


class TestPage:
    @pytest.mark.parametrize("kind", KINDS)
    def test_of_a_large_company_reads_what_gives_progress_as_stored_and_says_the_same(
        self, company: Flask, hr: FlaskClient, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cells() -> list[str]:
            paths = (f"/reports/{kind}?cycle={code_of(company, 'open')}&page={page}" for page in range(1, 5))
            text = "".join(hr.get(path).get_data(as_text=True) for path in paths)
            return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", text, re.DOTALL)]

        exact = cells()
        assert len(exact) > 100
        monkeypatch.setattr(report_people, "MOST_REPLAYED", 0)
        monkeypatch.setattr(report_goals, "MOST_REPLAYED", 0)
        monkeypatch.setattr(report_units, "MOST_DEEP", 0)
        assert cells() == exact


class TestCells:
    ROW: Row = MappingProxyType(
        {"name": "=1+1", "total": Fraction(-21, 400), "on": date(2026, 2, 3), "goals": 2, "pace": Fraction(10, 3)}
    )
    COLUMNS = tuple(Column(name, f"={name}", is_share=name == "total") for name in ROW)

    def test_a_text_that_looks_like_a_formula_is_a_text(self) -> None:
        file = io.BytesIO()
        write_xlsx(file, "S", self.COLUMNS, [self.ROW])
        head, cells = openpyxl.load_workbook(file).worksheets[0].iter_rows()
        assert [cell.data_type for cell in head] == ["s"] * 5
        assert [cell.data_type for cell in cells] == ["s", "n", "d", "n", "n"]
        assert cells[0].value == "=1+1"
        assert [cell.number_format for cell in cells[1:]] == ["0.0%", "dd/mm/yyyy", "#,##0", "#,##0.0###"]
        assert cells[1].value == pytest.approx(-0.0525)

    def test_in_csv_too_and_a_number_below_nothing_stays_one(self) -> None:
        file = io.BytesIO()
        write_csv(file, self.COLUMNS, [self.ROW])
        assert file.getvalue().decode("utf-8-sig").splitlines()[1] == "'=1+1,-0.0525,2026-02-03,2,3.3333"
