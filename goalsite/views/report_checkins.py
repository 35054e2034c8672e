"""The report of check-in discipline: what was due, and whether it came on time."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.discipline import Kept
from goalsite.domain.periods import GRACE, Span
from goalsite.errors import error_page
from goalsite.exchange.report import Columns
from goalsite.queries import company as here
from goalsite.queries import report_discipline as read
from goalsite.queries.filters import as_id
from goalsite.queries.overview import Place
from goalsite.respond import respond
from goalsite.views.loaders import viewer
from goalsite.views.report_files import FORMS, report_file
from goalsite.views.reports import nothing_yet, question_then

blueprint = Blueprint("report_checkins", __name__, url_prefix="/reports")
WEEK = timedelta(days=7)
CHOICES = (4, 8)
# The page's tables as files, of pairs of whose it is and how it was kept.
KEPT: Columns = {
    "share": lambda one: one[1].share,
    "on_time": lambda one: one[1].on_time,
    "late": lambda one: one[1].late,
    "missed": lambda one: one[1].missed,
    "due": lambda one: one[1].due,
}
TABLES: Mapping[str, Columns] = {
    "people": {
        "email": lambda one: one[0].email,
        "name": lambda one: one[0].name,
        "unit": lambda one: one[0].unit,
        **KEPT,
    },
    "units": {"code": lambda one: one[0][0], "name": lambda one: one[0][1], **KEPT},
    "weeks": {"week": lambda one: one[0], **KEPT},
}


@blueprint.get("/discipline")
@blueprint.get("/discipline" + FORMS)
def show(form: str = "") -> AnyResponse:
    asked = question_then()
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

    if form and found.too_many:
        abort(error_page(403, _("Every due day of every measure is looked at. Choose a smaller unit or fewer weeks.")))
    if form:
        of = request.args.get("of", "")
        of = of if of in TABLES else "people"
        name = (f"discipline-{of}", cycle.code, span.last)
        return report_file(form, name, _("Check-in discipline"), TABLES[of], _lines(of, place, found, others))

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


def _lines(of: str, place: Place, found: read.Discipline, others: list[Kept]) -> list[tuple[object, Kept]]:
    """The lines of one of the page's tables."""
    if of == "weeks":
        return list(found.weeks.items())
    if of == "people":
        return [(one, one.kept) for one in found.people]
    units = [((unit.code, place.name(unit)), found.units.get(unit.id)) for unit in place.children]
    rest = ngettext("%(num)s other unit", "%(num)s other units", len(others))
    units.append((("", rest), sum(others, Kept()) if others else None))
    units.append(((place.unit.code, _("%(unit)s itself", unit=place.name(place.unit))), found.units.get(None)))
    return [(name, kept) for name, kept in units if kept is not None]
