"""A report taken out as a file: what stands above its columns, the reader's words for its codes, and the answer."""

import re
from collections.abc import Iterable, Mapping
from io import BytesIO

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from goalsite.domain.errors import RuleError
from goalsite.errors import error_page
from goalsite.exchange.report import Columns, rows
from goalsite.exchange.report_file import Column, write_csv, write_xlsx
from goalsite.messages import say
from goalsite.views.workbook import XLSX, file_of

# After the path of a report: the same as a file.
FORMS = ".<any(xlsx, csv):form>"
CSV = "text/csv; charset=utf-8"
LONGEST_SHEET_NAME = 31
SHARES = frozenset(
    "okr kpi total expected people_mean progress result raw counted to_date share end low high from difference mean".split()
)
# Before the code of a cycle: somebody's total in it.
TOTAL_IN = "total_"
NO_HEADS: Mapping[str, str] = {}
WIDTHS = {"email": 30, "name": 28, "title": 44, "owner": 30, "how_measured": 44, "why": 26}
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
    "week": _l("Week from"),
    "share": _l("Share on time"),
    "on_time": _lp("check-ins", "On time"),
    "late": _lp("check-ins", "Late"),
    "missed": _lp("check-ins", "Missed"),
    "due": _lp("check-ins", "Due"),
    "end": _l("At the end"),
    "low": _l("At the end, at least"),
    "high": _l("At the end, at most"),
    "why": _l("Cannot be said"),
    "due_on": _l("Ends on"),
    "symbol": _l("Symbol"),
    "how_measured": _l("How it is measured"),
    "measures": _l("Measured in goals"),
    "cycle": _l("Cycle"),
    "start": _l("Start"),
    "target": _l("Target"),
    "least": _l("At least"),
    "most": _l("At most"),
    "from": _l("From"),
    "difference": _l("Difference"),
    "mean": _l("Mean by length"),
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
    "why": {
        "not_begun": _l("has not begun"),
        "over": _l("is over"),
        "nothing_yet": _l("no check-in yet"),
        "nothing_expected": _l("nothing is expected yet"),
        "too_early": _l("fewer than three whole weeks"),
    },
}


def report_file(
    form: str,
    name: Iterable[object],
    sheet: str,
    columns: Columns,
    lines: Iterable[object],
    heads: Mapping[str, str] = NO_HEADS,
) -> Response:
    """The report as that form of file. name: what its name says; heads: what stands above some of the columns in this report."""
    parts = ["goalsite", *(str(part) for part in name if part)]
    # A cycle's code may hold letters that a header cannot.
    called = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(parts)) + f".{form}"
    given = [_column(key, heads[key] if key in heads else str(HEADS[key])) for key in columns]
    # Written before it is sent: what goes wrong is said, not sent half.
    file = BytesIO()
    try:
        if form == "csv":
            write_csv(file, given, rows(columns, lines))
        else:
            # Excel refuses these signs in the name of a sheet.
            named = re.sub(r"[\[\]:*?/\\']+", " ", sheet)[:LONGEST_SHEET_NAME].strip() or "Goalsite"
            write_xlsx(file, named, given, rows(columns, lines))
    except RuleError as error:
        abort(error_page(403, say(error)))
    return file_of(file.getvalue(), called, CSV if form == "csv" else XLSX)


def _column(name: str, head: str) -> Column:
    return Column(name, head, name in SHARES or name.startswith(TOTAL_IN), WIDTHS.get(name, 14), WORDS.get(name, {}))
