"""A report taken out as a file: what stands above its columns, the reader's words for its codes, and the answer."""

import re
from collections.abc import Iterable
from datetime import date
from io import BytesIO

from flask import Response
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from goalsite.exchange.report import Row
from goalsite.exchange.report_file import Column, write_csv, write_xlsx
from goalsite.models import Cycle
from goalsite.views.workbook import XLSX, file_of

# After the path of a report: the same as a file.
FORMS = ".<any(xlsx, csv):form>"
CSV = "text/csv; charset=utf-8"
LONGEST_SHEET_NAME = 31
SHARES = frozenset("okr kpi total expected people_mean progress result raw counted to_date".split())
WIDTHS = {"email": 30, "name": 28, "title": 44, "owner": 30}
HEADS = {
    "email": _l("E-mail"),
    "name": _l("Name"),
    "unit": _l("Unit"),
    "okr": "OKR",
    "kpi": "KPI",
    "total": _l("Result"),
    "expected": _l("Expected"),
    "rating": _l("Rating"),
    "provisional": _l("Provisional"),
    "goals": _l("Goals"),
    "last_checkin_on": _l("Last check-in"),
    "code": _l("Code"),
    "kind": _l("Kind"),
    "people_mean": _l("Mean of its people"),
    "people": _l("People with a result"),
    "title": _l("Goal"),
    "owner": _l("Owner"),
    "progress": _l("Progress"),
    "pace": _l("Pace"),
    "status": _l("Status"),
    "result": _l("Result"),
    "goal": _l("Goal"),
    "current": _l("Stands at"),
    "raw": _l("Progress, uncapped"),
    "counted": _l("Progress"),
    "period_starts_on": _l("Period from"),
    "period_actual": _l("Actual in the period"),
    "period_target": _l("Target of the period"),
    "period_needed": _l("Needed in the period"),
    "to_date": _l("Reached to date"),
    "formula": _l("By its formula"),
}
WORDS = {
    "rating": {
        "excellent": _lp("rating", "Excellent"),
        "good": _lp("rating", "Good"),
        "fair": _lp("rating", "Fair"),
        "average": _lp("rating", "Average"),
        "poor": _lp("rating", "Poor"),
    },
    "kind": {
        "company": _l("Company"),
        "department": _l("Department"),
        "team": _l("Team"),
        "okr": "OKR",
        "kpi": "KPI",
    },
    "status": {
        "not_started": _l("Not started"),
        "done": _l("Done"),
        "on_track": _l("On track"),
        "at_risk": _l("At risk"),
        "behind": _l("Behind"),
    },
    "provisional": {"yes": _l("yes"), "no": _l("no")},
}


def columns_of(names: Iterable[str], **heads: object) -> list[Column]:
    """The columns of that name; heads: what stands above some of them in this report."""
    return [
        Column(name, str(heads.get(name, "") or HEADS[name]), name in SHARES, WIDTHS.get(name, 14), WORDS.get(name, {}))
        for name in names
    ]


def report_file(
    form: str, kind: str, cycle: Cycle, day: date, sheet: str, columns: list[Column], rows: Iterable[Row], *more: str
) -> Response:
    """The report as that form of file, whose name says what it is about. kind: of which report; more: what else the name says."""
    parts = ["goalsite", kind, cycle.code, *more, day.isoformat()]
    # A cycle's code may hold letters that a header cannot.
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(part for part in parts if part)) + f".{form}"
    # Written before it is sent: what goes wrong is said, not sent half.
    file = BytesIO()
    if form == "csv":
        write_csv(file, columns, rows)
    else:
        write_xlsx(file, sheet[:LONGEST_SHEET_NAME], columns, rows)
    return file_of(file.getvalue(), name, CSV if form == "csv" else XLSX)
