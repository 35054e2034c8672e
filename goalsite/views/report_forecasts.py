"""The forecast: where each goal would end at today's pace."""

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from goalsite.queries import report_forecast, report_goals
from goalsite.views.loaders import viewer
from goalsite.views.reports import asked_of, nothing_yet, page_of

blueprint = Blueprint("report_forecasts", __name__, url_prefix="/reports")


@blueprint.get("/forecast")
def show() -> AnyResponse:
    asked = asked_of("report_forecasts.show", report_goals.SORTS, "status", stored=True)
    if asked is None:
        return nothing_yet()
    found = report_forecast.page_of(viewer(), asked.question, asked.sort, down=asked.down, page=asked.page)
    return page_of("forecast", asked, found, report_goals.AT_ONCE)
