"""Reports on stored results: how they are spread, cycle against cycle, and a year against the cycles within it."""

from collections.abc import Callable
from fractions import Fraction

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.distribution import by_band, by_step, mean_by_length
from goalsite.domain.series import axis
from goalsite.frame import cycle, frame
from goalsite.models import Cycle
from goalsite.queries import report_results as read
from goalsite.queries.filters import as_id
from goalsite.queries.organisation import bands_of
from goalsite.queries.overview import Place
from goalsite.queries.overview_follow import cycle_beside
from goalsite.queries.report_people import Question
from goalsite.respond import respond
from goalsite.views.loaders import viewer
from goalsite.views.reports import nothing_yet, question_then

blueprint = Blueprint("report_results", __name__, url_prefix="/reports")
# So many rows are drawn before the table.
MOST_DRAWN = 15
Address = Callable[..., str]


@blueprint.get("/distribution")
def distribution() -> AnyResponse:
    asked = question_then()
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    totals = read.totals_in(viewer(), wanted)
    bands = by_band(totals, bands_of(wanted.cycle))
    return respond(
        "reports/distribution.html",
        cycle=wanted.cycle,
        place=place,
        address=_address("distribution", place, wanted),
        people=len(totals),
        mean=sum(totals) / len(totals) if totals else None,
        bands=bands,
        shares={name: Fraction(count, len(totals)) for name, count in bands if totals},
        least=dict(bands_of(wanted.cycle)),
        steps=by_step(totals),
    )


@blueprint.get("/compare")
def compare() -> AnyResponse:
    now = cycle()
    others = [one for one in frame().all_cycles if one is not now]
    chosen = {one.code: one for one in others}.get(request.args.get("with", ""))
    before = chosen or (cycle_beside(others, now) if now else None)
    asked = question_then(*([before] if before else []))
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    said = {"with": before.code if chosen and before else None}
    return _beside("compare", place, wanted, [before] if before else [], said, before=before, others=others)


@blueprint.get("/year")
def year() -> AnyResponse:
    now = cycle()
    inner = sorted(
        (one for one in frame().all_cycles if now and one.parent_id == now.id),
        key=lambda one: (one.starts_on, one.ends_on),
    )
    asked = question_then(*inner)
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    longer = {one.id: one for one in frame().all_cycles}.get(wanted.cycle.parent_id or 0)

    def mean(line: read.Line) -> object:
        return mean_by_length(((one.ends_on - one.starts_on).days + 1, line.totals.get(one.id)) for one in inner)

    return _beside("year", place, wanted, inner, {}, inner=inner, longer=longer, mean=mean)


def _beside(
    name: str, place: Place, wanted: Question, cycles: list[Cycle], said: dict[str, str | None], **context: object
) -> AnyResponse:
    of = "units" if request.args.get("of") == "units" else "people"
    sort = request.args.get("sort", "") if request.args.get("sort") in read.SORTS else "name"
    down = {"asc": False, "desc": True}.get(request.args.get("dir", ""), sort != "name")
    page = min(as_id(request.args.get("page", "")) or 1, 10_000)
    if of == "units":
        found = read.units_beside(wanted, cycles, sort, down=down, page=page)
    else:
        found = read.people_beside(viewer(), wanted, cycles, sort, down=down, page=page)
    told = {**said, "of": of, "sort": sort, "dir": "desc" if down else "asc"}
    address = _address(name, place, wanted, **told)

    def column(by: str) -> dict[str, object]:
        turned = not down if sort == by else by != "name"
        return {
            "href": address(sort=by, dir="desc" if turned else "asc"),
            "dir": told["dir"] if sort == by else None,
        }

    drawn = [line for line in found.lines if any(total is not None for total in line.totals.values())][:MOST_DRAWN]
    everything = {
        "shown": drawn,
        "ticks": axis([total for line in drawn for total in line.totals.values() if total is not None]),
        "cycle": wanted.cycle,
        "place": place,
        "found": found,
        "of": of,
        "page": page,
        "pages": max(1, -(-found.in_all // read.AT_ONCE)),
        "address": address,
        "column": column,
    }
    return respond(f"reports/{name}.html", **everything, **context)  # type: ignore[arg-type]


def _address(name: str, place: Place, wanted: Question, **said: str | None) -> Address:
    """The address of the same, but for the changes."""
    kept = {"cycle": wanted.cycle.code, "unit": place.unit.code if place.path else None, **said}
    return lambda **changes: url_for(f"report_results.{name}", **{**kept, **changes})
