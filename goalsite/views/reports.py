"""Reports: what the company reads at the end of a week or a cycle; every state in the address, the same numbers as the command `report`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.periods import Span
from goalsite.domain.results import calendar_period
from goalsite.exchange import report
from goalsite.frame import cycle, frame
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import report_forecast, report_goals, report_measures, report_people, report_units
from goalsite.queries.filters import as_id
from goalsite.queries.member import months_begun
from goalsite.queries.overview import Place, place_of
from goalsite.queries.report_people import Question
from goalsite.respond import respond
from goalsite.views.loaders import day_looked_at, stand_on_the_day, viewer
from goalsite.views.report_files import FORMS, NO_HEADS, report_file

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
AT_ONCE, PRINTED_AT_ONCE = 50, 1000
Asking = tuple[Place, Question, str]
# The numbers begin at the top, the names from the front.
BY_NAME = ("name", "unit", "code", "goal", "title", "owner", "status")
Found = (
    report_people.People
    | report_units.Units
    | report_goals.Goals
    | report_measures.Measures
    | report_forecast.Forecasts
)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: which report of what, and in which order. period: as the address writes it."""

    endpoint: str
    place: Place
    question: Question
    period: str
    sort: str
    down: bool
    page: int
    # As much of it on one page as is printed at once.
    whole: bool

    @property
    def at_once(self) -> int:
        """How many rows a page has."""
        return PRINTED_AT_ONCE if self.whole else AT_ONCE

    @property
    def part(self) -> dict[str, Any]:
        """Which rows, in which order."""
        return {"down": self.down, "page": self.page, "at_once": self.at_once}

    def address(self, **changes: object) -> str:
        """The address that asks for the same but for the changes."""
        return url_for(self.endpoint, **self._said(**changes))  # type: ignore[arg-type]

    def column(self, sort: str) -> dict[str, object]:
        """The head of the column that sorts so: its address, which turns the order round where it is the present one."""
        now = self.sort == sort
        down = not self.down if now else sort not in BY_NAME
        return {
            "href": self.address(sort=sort, dir="desc" if down else "asc"),
            "dir": ("desc" if self.down else "asc") if now else None,
        }

    def _said(self, **changes: object) -> dict[str, object]:
        asked = self.question
        said: dict[str, object] = {
            "cycle": asked.cycle.code,
            "unit": self.place.unit.code if self.place.path else None,
            "as_of": asked.as_of.isoformat() if asked.as_of else None,
            "period": self.period or None,
            "sort": self.sort,
            "dir": "desc" if self.down else "asc",
            "all": 1 if self.whole else None,
        }
        return {name: value for name, value in (said | changes).items() if value not in (None, "")}


@blueprint.get("")
def show() -> AnyResponse:
    return respond("reports/show.html", cycle=cycle())


@blueprint.get("/people")
@blueprint.get("/people" + FORMS)
def people(form: str = "") -> AnyResponse:
    asked = asked_of("reports.people", report_people.SORTS, "name")
    if asked is None:
        return nothing_yet()
    if form:
        lines = report_people.all_of(viewer(), asked.question)
        return _file_of(form, asked, "people", _("People's results"), lines)
    found = report_people.page_of(viewer(), asked.question, asked.sort, **asked.part)
    months = [span.first for span in months_begun(asked.question.cycle, here.today())]
    return page_of("people", asked, found, months=months)


@blueprint.get("/units")
@blueprint.get("/units" + FORMS)
def units(form: str = "") -> AnyResponse:
    chosen, day = cycle(), frame().as_of
    kept = report_units.units_of(chosen) if chosen and day else []
    place = report_units.place_in(kept, _unit_code()) if kept and chosen else None
    asked = asked_of("reports.units", report_units.SORTS, "name", place)
    if asked is None:
        return nothing_yet()
    if form:
        heads = {"total": _("Result of its own goals"), "goals": _("Own goals")}
        lines = report_units.all_of(viewer(), asked.question)
        return _file_of(form, asked, "units", _("Units' results"), lines, heads)
    found = report_units.page_of(viewer(), asked.question, kept, asked.sort, **asked.part)
    return page_of("units", asked, found)


@blueprint.get("/goals")
@blueprint.get("/goals" + FORMS)
def goals(form: str = "") -> AnyResponse:
    asked = asked_of("reports.goals", report_goals.SORTS, "code")
    if asked is None:
        return nothing_yet()
    if form:
        lines = report_goals.all_of(viewer(), asked.question)
        # What an evaluation came to stays with those who may see it.
        shown = (one.line if one.may_see_result else replace(one.line, result=None) for one in lines)
        return _file_of(form, asked, "goals", _("Goals"), shown)
    found = report_goals.page_of(viewer(), asked.question, asked.sort, **asked.part)
    return page_of("goals", asked, found)


@blueprint.get("/measures")
@blueprint.get("/measures" + FORMS)
def measures(form: str = "") -> AnyResponse:
    asked = asked_of("reports.measures", report_measures.SORTS, "goal")
    if asked is None:
        return nothing_yet()
    if form:
        lines = report_measures.all_of(viewer(), asked.question)
        return _file_of(form, asked, "measures", _("Measures"), lines, {"title": _("Measure")})
    found = report_measures.page_of(viewer(), asked.question, asked.sort, **asked.part)
    return page_of("measures", asked, found)


def question() -> Asking | None:
    """The unit, what is asked of it, and the period as written; None while there is no cycle or no unit. 404 for a unit there is not."""
    chosen = cycle()
    place = place_of(_unit_code(), chosen) if chosen else None
    return _question(place)


def question_then(*others: Cycle, metric_id: int | None = None, with_results: bool = True) -> Asking | None:
    """The same where what is stored answers: of a past day all that is read stands on it, of the chosen cycle and these others."""
    chosen = cycle()
    if chosen is not None:
        stand_on_the_day(*dict.fromkeys((chosen, *others)), metric_id=metric_id, with_results=with_results)
    found = question()
    return _stored(found) if found else None


def _stored(found: Asking) -> Asking:
    return found[0], replace(found[1], today=day_looked_at(), as_of=None), found[2]


def _question(place: Place | None, *, with_period: bool = True) -> Asking | None:
    chosen = cycle()
    if chosen is None or place is None:
        if chosen and _unit_code():
            abort(404)
        return None
    text, period = _period() if with_period else ("", None)
    return place, Question(chosen, place.unit, here.today(), frame().as_of, period), text


def asked_of(
    endpoint: str, sorts: Sequence[str], usual: str, place: Place | None = None, *, stored: bool = False
) -> Asked | None:
    """What the address asks of that report; None while there is no cycle or no unit. stored: of a past day all that is read stands on it."""
    chosen = cycle()
    if stored and chosen is not None:
        stand_on_the_day(chosen)
    place = place or (place_of(_unit_code(), chosen) if chosen else None)
    found = _question(place, with_period=endpoint == "reports.people")
    if found is None:
        return None
    place, wanted, period = _stored(found) if stored else found
    given = request.args
    sort = given.get("sort", "") if given.get("sort") in sorts else usual
    down = {"asc": False, "desc": True}.get(given.get("dir", ""), sort not in BY_NAME)
    page, whole = min(as_id(given.get("page", "")) or 1, 10_000), given.get("all") == "1"
    return Asked(endpoint, place, wanted, period, sort, down, page, whole)


def _file_of(
    form: str, asked: Asked, kind: str, sheet: str, lines: Iterable[object], heads: Mapping[str, str] = NO_HEADS
) -> AnyResponse:
    """The whole report as the command writes it."""
    name = (kind, asked.question.cycle.code, asked.period, asked.question.day)
    return report_file(form, name, sheet, report.COLUMNS[kind], lines, heads)


def page_of(
    kind: str,
    asked: Asked,
    found: Found,
    **context: Any,
) -> AnyResponse:
    """That report's page."""
    pages = max(1, -(-found.in_all // asked.at_once))
    return respond(
        f"reports/{kind}.html",
        cycle=asked.question.cycle,
        asked=asked,
        place=asked.place,
        found=found,
        pages=pages,
        most=PRINTED_AT_ONCE,
        today=here.today(),
        **context,
    )


def nothing_yet() -> AnyResponse:
    """What a report says while there is no cycle or no unit."""
    return respond("reports/nothing_yet.html", cycle=cycle())


def _unit_code() -> str:
    return request.args.get("unit", "").replace("\0", "")[:64]


def _period() -> tuple[str, tuple[str, Span] | None]:
    text = request.args.get("period", "")[:10]
    try:
        return text, calendar_period(text)
    except (ValueError, OverflowError):
        return "", None
