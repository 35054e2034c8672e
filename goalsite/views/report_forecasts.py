"""The forecast: where each goal would end at today's pace."""

from fractions import Fraction

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.distribution import by_step
from goalsite.domain.series import axis
from goalsite.exchange.report import Columns
from goalsite.queries import report_forecast, report_goals
from goalsite.views.loaders import viewer
from goalsite.views.report_files import FORMS, report_file
from goalsite.views.reports import asked_of, nothing_yet, page_of

FEWEST = 4
blueprint = Blueprint("report_forecasts", __name__, url_prefix="/reports")
COLUMNS: Columns = {
    "code": lambda one: one.line.goal.code,
    "kind": lambda one: one.line.goal.kind,
    "title": lambda one: one.line.goal.title,
    "end": lambda one: one.forecast.end,
    "low": lambda one: one.forecast.low,
    "high": lambda one: one.forecast.high,
    "why": lambda one: one.forecast.why,
    "progress": lambda one: one.line.standing.progress,
    "status": lambda one: one.line.standing.status,
    "owner": lambda one: one.line.goal.owner.email,
    "unit": lambda one: one.line.goal.unit.code,
    "due_on": lambda one: one.line.goal.due_on,
}


@blueprint.get("/forecast")
@blueprint.get("/forecast" + FORMS)
def show(form: str = "") -> AnyResponse:
    asked = asked_of("report_forecasts.show", report_goals.SORTS, "status", stored=True)
    if asked is None:
        return nothing_yet()
    if form:
        name = ("forecast", asked.question.cycle.code, asked.question.day)
        lines = report_forecast.all_of(viewer(), asked.question)
        return report_file(form, name, _("Forecast"), COLUMNS, lines, {"progress": _("Today")})
    found = report_forecast.page_of(viewer(), asked.question, asked.sort, **asked.part)
    ends = [one.end for one in found.every or [] if one.end is not None]
    steps = by_step(ends)
    # No count stands between two lines.
    ticks = axis([Fraction(max([FEWEST, *(count for _low, count in steps)]))])
    return page_of("forecast", asked, found, ends=len(ends), steps=steps, ticks=ticks)
