"""The report of a metric over the cycles."""

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.frame import frame
from goalsite.queries import report_metric as read
from goalsite.queries.filters import as_id
from goalsite.respond import respond
from goalsite.views.loaders import viewer
from goalsite.views.reports import nothing_yet, question_then

blueprint = Blueprint("report_metrics", __name__, url_prefix="/reports")


@blueprint.get("/metric")
def show() -> AnyResponse:
    code, page = request.args.get("metric", "")[:64], min(as_id(request.args.get("page", "")) or 1, 10_000)
    # Its goals are in any cycle, and no results of anybody are asked for.
    asked = question_then(*frame().all_cycles, with_results=False)
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    metric = read.metric_by_code(code) if code else None
    if metric is None:
        if code:
            abort(404)
        found = read.metrics_in(viewer(), place.unit, page)
    else:
        found = read.lines_of(viewer(), place.unit, metric, wanted.today, page)

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
