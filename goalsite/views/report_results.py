"""Reports on stored results: how they are spread, cycle against cycle, and a year against the cycles within it."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.distribution import by_band, by_step, mean_by_length
from goalsite.domain.series import axis, fan_out
from goalsite.exchange.report import Columns
from goalsite.frame import cycle, frame
from goalsite.models import Cycle
from goalsite.queries import report_results as read
from goalsite.queries.filters import as_id
from goalsite.queries.organisation import bands_of
from goalsite.queries.overview import Place
from goalsite.queries.overview_follow import cycle_beside
from goalsite.queries.report_people import Question
from goalsite.queries.slices import every_page
from goalsite.respond import respond
from goalsite.views.loaders import viewer
from goalsite.views.report_files import FORMS, TOTAL_IN, report_file
from goalsite.views.reports import nothing_yet, question_then

blueprint = Blueprint("report_results", __name__, url_prefix="/reports")
# So many rows are drawn before the table.
MOST_DRAWN = 15
Address = Callable[..., str]
BANDS: Columns = {
    "rating": lambda one: one[0],
    "from": lambda one: one[1] or None,
    "people": lambda one: one[2],
    "share": lambda one: one[3],
}
STEPS: Columns = {"from": lambda one: one[0], "people": lambda one: one[1]}
NAMES: Mapping[str, Columns] = {
    "people": {"email": lambda line: line.code, "name": lambda line: line.name, "unit": lambda line: line.note},
    "units": {"code": lambda line: line.code, "name": lambda line: line.name, "kind": lambda line: line.note},
}


@blueprint.get("/distribution")
@blueprint.get("/distribution" + FORMS)
def distribution(form: str = "") -> AnyResponse:
    asked = question_then()
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    totals = read.totals_in(viewer(), wanted)
    bands, steps, least = by_band(totals, bands_of(wanted.cycle)), by_step(totals), dict(bands_of(wanted.cycle))
    shares = {name: Fraction(count, len(totals)) for name, count in bands if totals}
    if form:
        said, heads = (wanted.cycle.code, wanted.day), {"people": _("People"), "share": _("Share")}
        if request.args.get("of") == "steps":
            return report_file(form, ("steps", *said), _("In steps of ten percent"), STEPS, steps, heads)
        lines = [(name, least[name], count, shares.get(name)) for name, count in bands]
        return report_file(form, ("bands", *said), _("By rating band"), BANDS, lines, heads)
    return respond(
        "reports/distribution.html",
        cycle=wanted.cycle,
        place=place,
        address=_address("distribution", place, wanted),
        people=len(totals),
        mean=sum(totals) / len(totals) if totals else None,
        bands=bands,
        shares=shares,
        least=least,
        steps=steps,
    )


@blueprint.get("/compare")
@blueprint.get("/compare" + FORMS)
def compare(form: str = "") -> AnyResponse:
    now = cycle()
    others = [one for one in frame().all_cycles if one is not now]
    chosen = {one.code: one for one in others}.get(request.args.get("with", ""))
    before = chosen or (cycle_beside(others, now) if now else None)
    asked = question_then(*([before] if before else []))
    if asked is None:
        return nothing_yet()
    place, wanted, _period = asked
    said = {"with": before.code if chosen and before else None}
    beside = [before] if before else []
    more: Columns = {"difference": lambda line: line.difference(wanted.cycle, before)} if before else {}
    if form:
        return _file_of(form, "compare", wanted, more, beside)
    return _beside("compare", place, wanted, beside, said, before=before, others=others)


@blueprint.get("/year")
@blueprint.get("/year" + FORMS)
def year(form: str = "") -> AnyResponse:
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

    def mean(line: read.Line) -> Fraction | None:
        return mean_by_length(((one.ends_on - one.starts_on).days + 1, line.totals.get(one.id)) for one in inner)

    if form:
        return _file_of(form, "year", wanted, {"mean": mean}, inner)
    return _beside("year", place, wanted, inner, {}, inner=inner, longer=longer, mean=mean)


def _file_of(form: str, kind: str, wanted: Question, more: Columns, beside: list[Cycle]) -> AnyResponse:
    """The whole as a file: the total in the cycle, what more is said of it, and the totals in the others."""
    of, sort, down = _order()

    def lines(page: int) -> Sequence[read.Line]:
        return _read(of, wanted, beside, sort, down=down, page=page, at_once=read.SLICE).lines

    columns = {**NAMES[of], **_totals_in([wanted.cycle]), **more, **_totals_in(beside)}
    heads = {TOTAL_IN + one.code: one.name for one in (wanted.cycle, *beside)}
    name = (f"{kind}-{of}", wanted.cycle.code, wanted.day)
    return report_file(form, name, wanted.cycle.name, columns, every_page(lines, read.SLICE), heads)


def _totals_in(cycles: Sequence[Cycle]) -> Columns:
    def total(cycle: Cycle) -> Callable[[read.Line], Fraction | None]:
        return lambda line: line.totals.get(cycle.id)

    return {TOTAL_IN + one.code: total(one) for one in cycles}


def _beside(
    name: str, place: Place, wanted: Question, cycles: list[Cycle], said: dict[str, str | None], **context: object
) -> AnyResponse:
    of, sort, down = _order()
    page = min(as_id(request.args.get("page", "")) or 1, 10_000)
    found = _read(of, wanted, cycles, sort, down=down, page=page)
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
        "fan_out": fan_out,
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


def _order() -> tuple[str, str, bool]:
    """Whose results, by what they are sorted, and whether downwards."""
    of = "units" if request.args.get("of") == "units" else "people"
    sort = request.args.get("sort", "") if request.args.get("sort") in read.SORTS else "name"
    return of, sort, {"asc": False, "desc": True}.get(request.args.get("dir", ""), sort != "name")


def _read(of: str, wanted: Question, cycles: Sequence[Cycle], sort: str, **asked: Any) -> read.Lines:
    if of == "units":
        return read.units_beside(wanted, cycles, sort, **asked)
    return read.people_beside(viewer(), wanted, cycles, sort, **asked)


def _address(name: str, place: Place, wanted: Question, **said: str | None) -> Address:
    """The address of the same, but for the changes."""
    kept = {"cycle": wanted.cycle.code, "unit": place.unit.code if place.path else None, **said}
    return lambda **changes: url_for(f"report_results.{name}", **{**kept, **changes})
