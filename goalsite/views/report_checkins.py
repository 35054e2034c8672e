"""The report of check-in discipline: what was due, and whether it came on time."""

from datetime import timedelta

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.discipline import Kept
from goalsite.domain.periods import GRACE, Span
from goalsite.queries import company as here
from goalsite.queries import report_discipline as read
from goalsite.queries.filters import as_id
from goalsite.respond import respond
from goalsite.views.loaders import viewer
from goalsite.views.reports import nothing_yet, question

blueprint = Blueprint("report_checkins", __name__, url_prefix="/reports")
WEEK = timedelta(days=7)
CHOICES = (4, 8)


@blueprint.get("/discipline")
def show() -> AnyResponse:
    asked = question()
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    weeks = next((weeks for weeks in CHOICES if request.args.get("weeks") == str(weeks)), 0)
    page = min(as_id(request.args.get("page", "")) or 1, 10_000)
    cycle = wanted.cycle
    closed = here.company().today(cycle.closed_at) if cycle.closed_at else cycle.ends_on
    last = min(wanted.day, cycle.ends_on, closed)
    span = Span(max(cycle.starts_on, last - WEEK * weeks + timedelta(days=1)) if weeks else cycle.starts_on, last)
    found = read.discipline_of(viewer(), wanted, span)
    others = found.others(unit.id for unit in place.children)

    def address(**changes: object) -> str:
        said = {"cycle": cycle.code, "unit": place.unit.code if place.path else None, "weeks": weeks or None} | changes
        return url_for("report_checkins.show", **said)  # type: ignore[arg-type]

    return respond(
        "reports/discipline.html",
        cycle=cycle,
        place=place,
        found=found,
        others=sum(others, Kept()),
        others_in_all=len(others),
        people=found.people[(page - 1) * read.AT_ONCE : page * read.AT_ONCE],
        page=page,
        pages=max(1, -(-len(found.people) // read.AT_ONCE)),
        weeks=weeks,
        span=span,
        # What is still awaited in these weeks is not counted yet.
        running={monday for monday in found.weeks if monday + WEEK + GRACE > wanted.day},
        address=address,
        today=here.today(),
    )
