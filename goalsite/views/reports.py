"""Reports: what the company reads at the end of a week or a cycle; every state in the address, the same numbers as the command `report`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite.domain.periods import Span
from goalsite.domain.results import calendar_period
from goalsite.exchange import report
from goalsite.exchange.report_file import as_csv, as_xlsx
from goalsite.frame import cycle, frame
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import report_forecast, report_goals, report_people, report_units
from goalsite.queries.filters import as_id
from goalsite.queries.member import months_begun
from goalsite.queries.overview import Place, place_of
from goalsite.queries.report_people import Question
from goalsite.respond import respond
from goalsite.views.loaders import day_looked_at, stand_on_the_day, viewer
from goalsite.views.report_words import HEADS, SHEETS, say
from goalsite.views.workbook import XLSX, file_of

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
# The numbers begin at the top, the names from the front.
Asking = tuple[Place, Question, str]
BY_NAME = ("name", "unit", "code", "title", "owner", "status")


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

    def address(self, **changes: object) -> str:
        """The address that asks for the same but for the changes."""
        return url_for(self.endpoint, **self._said(**changes))  # type: ignore[arg-type]

    def file(self, form: str) -> str:
        """The address of the whole as a file."""
        kind = self.endpoint.partition(".")[2]
        return url_for("reports.download", kind=kind, form=form, **self._said(sort=None, dir=None))  # type: ignore[arg-type]

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
        }
        return {name: value for name, value in (said | changes).items() if value not in (None, "")}


@blueprint.get("")
def show() -> AnyResponse:
    return respond("reports/show.html", cycle=cycle())


@blueprint.get("/people")
def people() -> AnyResponse:
    asked = asked_of("reports.people", report_people.SORTS, "name")
    if asked is None:
        return nothing_yet()
    found = report_people.page_of(viewer(), asked.question, asked.sort, down=asked.down, page=asked.page)
    months = [span.first for span in months_begun(asked.question.cycle, here.today())]
    return page_of("people", asked, found, report_people.AT_ONCE, months=months)


@blueprint.get("/units")
def units() -> AnyResponse:
    chosen, day = cycle(), frame().as_of
    kept = report_units.units_of(chosen) if chosen and day else []
    place = report_units.place_in(kept, _unit_code()) if kept and chosen else None
    asked = asked_of("reports.units", report_units.SORTS, "name", place)
    if asked is None:
        return nothing_yet()
    found = report_units.page_of(viewer(), asked.question, kept, asked.sort, down=asked.down, page=asked.page)
    return page_of("units", asked, found, report_units.AT_ONCE)


@blueprint.get("/goals")
def goals() -> AnyResponse:
    asked = asked_of("reports.goals", report_goals.SORTS, "code")
    if asked is None:
        return nothing_yet()
    found = report_goals.page_of(viewer(), asked.question, asked.sort, down=asked.down, page=asked.page)
    return page_of("goals", asked, found, report_goals.AT_ONCE)


@blueprint.get("/<any(people, units, goals):kind>.<any(xlsx, csv):form>")
def download(kind: str, form: str) -> AnyResponse:
    found = question()
    if found is None:
        abort(404)
    _place, asked, period = found
    if kind != "people":
        asked, period = replace(asked, period=None), ""
    rows, columns = _rows(kind, asked), report.COLUMNS[kind]
    parts = ["goalsite", kind, asked.cycle.code, period, asked.day.isoformat()]
    # A cycle's code may hold letters that a header cannot.
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(part for part in parts if part)) + f".{form}"
    if form == "csv":
        return file_of(as_csv(columns, rows), name, "text/csv; charset=utf-8")
    heads = {column: str(words) for column, words in HEADS[kind].items()}
    return file_of(as_xlsx(str(SHEETS[kind])[:31], columns, heads, rows, say), name, XLSX)


def question() -> Asking | None:
    """The unit, what is asked of it, and the period as written; None while there is no cycle or no unit. 404 for a unit there is not."""
    chosen = cycle()
    place = place_of(_unit_code(), chosen) if chosen else None
    return _question(place)


def question_then(*others: Cycle, with_results: bool = True) -> Asking | None:
    """The same where what is stored answers: of a past day all that is read stands on it, of the chosen cycle and these others."""
    chosen = cycle()
    if chosen is not None:
        stand_on_the_day(*dict.fromkeys((chosen, *others)), with_results=with_results)
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
    return Asked(endpoint, place, wanted, period, sort, down, min(as_id(given.get("page", "")) or 1, 10_000))


def _rows(kind: str, asked: Question) -> list[Mapping[str, str]]:
    """The whole report as the command writes it; what an evaluation came to stays with those who may see it."""
    if kind == "people":
        return report.people(report_people.all_of(viewer(), asked))
    if kind == "units":
        return report.units(report_units.all_of(viewer(), asked))
    lines = report_goals.all_of(viewer(), asked)
    return report.goals(one.line if one.may_see_result else replace(one.line, result=None) for one in lines)


def page_of(
    kind: str,
    asked: Asked,
    found: report_people.People | report_units.Units | report_goals.Goals | report_forecast.Forecasts,
    at_once: int,
    **context: Any,
) -> AnyResponse:
    """That report's page."""
    pages = max(1, -(-found.in_all // at_once))
    return respond(
        f"reports/{kind}.html",
        cycle=asked.question.cycle,
        asked=asked,
        place=asked.place,
        found=found,
        pages=pages,
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
