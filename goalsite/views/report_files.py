"""A report as a file: the whole of what its page asks for, as an .xlsx in the reader's words or as the CSV of the command `report`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import Blueprint, Response, abort, make_response
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from goalsite.exchange import report
from goalsite.exchange.report_file import as_csv, as_xlsx
from goalsite.queries import report_goals, report_people, report_units
from goalsite.queries.report_people import Question
from goalsite.queries.reports import GoalLine
from goalsite.views.loaders import viewer
from goalsite.views.reports import question
from goalsite.views.workbook import XLSX

blueprint = Blueprint("report_files", __name__, url_prefix="/reports")
HEADS = {
    "people": {
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
    },
    "units": {
        "code": _l("Code"),
        "name": _l("Name"),
        "kind": _l("Kind"),
        "okr": "OKR",
        "kpi": "KPI",
        "total": _l("Result of its own goals"),
        "people_mean": _l("Mean of its people"),
        "people": _l("People with a result"),
        "goals": _l("Own goals"),
    },
    "goals": {
        "code": _l("Code"),
        "kind": _l("Kind"),
        "title": _l("Goal"),
        "owner": _l("Owner"),
        "unit": _l("Unit"),
        "progress": _l("Progress"),
        "expected": _l("Expected"),
        "pace": _l("Pace"),
        "status": _l("Status"),
        "result": _l("Result"),
        "provisional": _l("Provisional"),
        "last_checkin_on": _l("Last check-in"),
    },
}
SHEETS = {"people": _l("People's results"), "units": _l("Units' results"), "goals": _l("Goals")}
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


@blueprint.get("/<any(people, units, goals):kind>.<any(xlsx, csv):form>")
def download(kind: str, form: str) -> Response:
    asked = question()
    if asked is None:
        abort(404)
    _place, wanted, period = asked
    rows = _rows(kind, wanted if kind == "people" else replace(wanted, period=None))
    columns = report.COLUMNS[kind]
    parts = ["goalsite", kind, wanted.cycle.code, period if kind == "people" else "", wanted.day.isoformat()]
    name = "-".join(part for part in parts if part)
    if form == "csv":
        return _file(as_csv(columns, rows), f"{name}.csv", "text/csv; charset=utf-8")
    heads = {column: str(words) for column, words in HEADS[kind].items()}
    return _file(as_xlsx(str(SHEETS[kind])[:31], columns, heads, rows, _say), f"{name}.xlsx", XLSX)


def _rows(kind: str, wanted: Question) -> Iterable[Mapping[str, str]]:
    if kind == "people":
        return report.people(report_people.all_of(viewer(), wanted))
    if kind == "units":
        return report.units(report_units.all_of(viewer(), wanted))
    lines = list(report_goals.all_of(viewer(), wanted))
    return report.goals([line.line if line.may_see_result else _without_result(line.line) for line in lines])


def _without_result(line: GoalLine) -> GoalLine:
    """What the goal's evaluation came to stays with those who may see it."""
    return replace(line, result=None)


def _say(column: str, text: str) -> str:
    return str(WORDS.get(column, {}).get(text, text))


def _file(content: bytes, name: str, kind: str) -> Response:
    return make_response(content, {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": kind})
