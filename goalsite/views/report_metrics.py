"""The report of a metric over the cycles."""

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite.exchange.report import Columns
from goalsite.frame import frame
from goalsite.queries import report_metric as read
from goalsite.queries.filters import as_id
from goalsite.respond import respond
from goalsite.views.loaders import viewer
from goalsite.views.report_files import FORMS, report_file
from goalsite.views.reports import nothing_yet, question_then

blueprint = Blueprint("report_metrics", __name__, url_prefix="/reports")
METRICS: Columns = {
    "code": lambda one: one.metric.code,
    "name": lambda one: one.metric.name,
    "symbol": lambda one: one.metric.symbol,
    "how_measured": lambda one: one.metric.how_measured,
    "measures": lambda one: one.measures,
}
LINES: Columns = {
    "cycle": lambda one: one.goal.row.cycle.code,
    "goal": lambda one: one.goal.row.code,
    "kind": lambda one: one.goal.row.kind,
    "title": lambda one: one.goal.row.title,
    "current": lambda one: one.measure.standing.current,
    "symbol": lambda one: one.measure.row.symbol,
    "start": lambda one: one.measure.facts.start,
    "target": lambda one: one.measure.facts.target,
    "least": lambda one: one.measure.facts.low,
    "most": lambda one: one.measure.facts.high,
    "counted": lambda one: one.measure.standing.counted,
    "expected": lambda one: one.measure.standing.expected,
    "status": lambda one: one.measure.standing.status,
    "owner": lambda one: one.goal.row.owner.email,
    "unit": lambda one: one.goal.row.unit.code,
}


@blueprint.get("/metric")
@blueprint.get("/metric" + FORMS)
def show(form: str = "") -> AnyResponse:
    code, page = request.args.get("metric", "")[:64], min(as_id(request.args.get("page", "")) or 1, 10_000)
    metric = read.metric_by_code(code) if code else None
    if metric is None and code:
        abort(404)
    # Its goals are in any cycle, and no results of anybody are asked for.
    asked = question_then(*frame().all_cycles, metric_id=metric.id if metric else None, with_results=False)
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    if form:
        called = ("metric", code, wanted.today) if metric else ("metrics", wanted.today)
        lines = read.all_of(viewer(), place.unit, metric, wanted.today)
        return report_file(form, called, _("Metrics"), LINES if metric else METRICS, lines)
    found = read.page_of(viewer(), place.unit, metric, wanted.today, page)
    series = read.series_of(viewer(), place.unit, metric, frame().all_cycles, wanted.today) if metric else []

    def address(**changes: object) -> str:
        kept = {"unit": place.unit.code if place.path else None, "metric": metric.code if metric else None}
        return url_for("report_metrics.show", **(kept | changes))  # type: ignore[arg-type]

    return respond(
        "reports/metric.html",
        cycle=wanted.cycle,
        place=place,
        metric=metric,
        found=found,
        series=series,
        page=page,
        pages=max(1, -(-found.in_all // read.AT_ONCE)),
        address=address,
    )
