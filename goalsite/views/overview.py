"""The overview: is the company, or a unit, on course, and why not."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.domain.relations import ToUnit
from goalsite.forms.base import Form
from goalsite.frame import cycle, frame
from goalsite.models import Cycle, Unit
from goalsite.queries import filters as narrow
from goalsite.queries import overview as read
from goalsite.queries import overview_follow as follow
from goalsite.queries.means import means_of
from goalsite.queries.tallies import Tallies, Tally, tallies
from goalsite.respond import respond
from goalsite.views.filter_bar import asked_filters, filter_bar, place_of
from goalsite.views.loaders import day_looked_at, stand_on_the_day, viewer

blueprint = Blueprint("overview", __name__)
# How bad, the worst first: these units need help.
NEED_HELP = ("behind", "at_risk")


@dataclass(frozen=True)
class UnitRow:
    """One unit of the table, and its share of the goals and check-ins."""

    unit: Unit
    standing: read.Standing
    tally: Tally
    people: int
    owing: int


@blueprint.get("/overview")
def show() -> AnyResponse:
    chosen, filters, today = cycle(), asked_filters(), day_looked_at()
    if chosen is None:
        return respond("overview/show.html", cycle=None)
    before = follow.cycle_before(frame().all_cycles, chosen)
    stand_on_the_day(*(one for one in (chosen, before) if one is not None))
    units_page, page = _page("units_page"), _page("page")
    place = place_of(filters, chosen, units_page)
    if place is None:
        return respond("overview/show.html", cycle=chosen, place=None)
    found = tallies(viewer(), chosen, place, filters, today)
    goals = read.goals_of(viewer(), chosen, place, filters, today, page)
    check_ins = follow.check_ins_of(viewer(), chosen, place, today)
    own = goals.own[place.unit.id]
    tally = found.whole if filters.below else found.own
    listed = tally.asked(filters) if filters.asks_how_they_stand else tally.to_look_at
    row, *rows = _rows(place, goals, found, check_ins, chosen, today)
    return respond(
        "overview/show.html",
        cycle=chosen,
        today=today,
        filters=filters,
        place=place,
        row=row,
        rows=rows,
        need_help=sorted((one for one in rows if one.standing.status in NEED_HELP), key=_worst_first),
        chart=follow.chart_of(place.unit, chosen, before, own, row.standing, today),
        mean=means_of(viewer(), chosen, place.unit).get(place.unit.id),
        kpis=follow.kpis_of([goal for goal in own if goal.id in goals.seen], today),
        check_ins=check_ins,
        reminders=check_ins.reminders,
        form=Form(),
        bar=filter_bar("overview.show", filters, chosen, place, tally.by_state),
        goals=goals,
        page=page,
        goals_in_all=listed,
        pages=_pages(listed, read.GOALS_AT_ONCE),
        units_page=units_page,
        units_pages=_pages(place.children_in_all, read.UNITS_AT_ONCE),
        # HR has the organisation in the navigation.
        heads_it=any(unit.id in viewer().heads for unit in (*place.path, place.unit)),
        may_meet=policy.may_see_meeting(_to_unit(place), place.unit.id),
    )


def _to_unit(place: read.Place) -> ToUnit:
    return ToUnit(viewer=viewer(), lead=any(unit.id in viewer().leads for unit in (*place.path, place.unit)))


def _rows(
    place: read.Place,
    goals: read.UnitGoals,
    found: Tallies,
    check_ins: follow.CheckIns,
    chosen: Cycle,
    today: date,
) -> list[UnitRow]:
    """The unit itself, with its own goals alone, then those right below it with all that is in them."""
    rows = []
    for unit, key in [(place.unit, None), *((unit, unit.id) for unit in place.children)]:
        standing = read.standing_of(place.results.get(unit.id), goals.own[unit.id], chosen, today)
        tally = found.own if key is None else found.below[key]
        rows.append(UnitRow(unit, standing, tally, check_ins.people.get(key, 0), check_ins.owing.get(key, 0)))
    return rows


def _worst_first(row: UnitRow) -> tuple[int, float]:
    now, expected = row.standing.now.total, row.standing.expected
    return NEED_HELP.index(row.standing.status or ""), float(now / expected) if now is not None and expected else 0.0


def _pages(rows: int, at_once: int) -> int:
    return max(1, -(-rows // at_once))


def _page(name: str) -> int:
    return min(narrow.as_id(request.args.get(name, "")) or 1, 10_000)
