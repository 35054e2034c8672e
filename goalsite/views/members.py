"""People: the table of them, and one person's page, which prints as the sheet for the talk."""

from dataclasses import dataclass, replace

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.forms.base import Form
from goalsite.frame import cycle, frame, initials
from goalsite.models import Cycle
from goalsite.queries import member as one
from goalsite.queries import members as read
from goalsite.queries.filters import Filters, as_id
from goalsite.queries.organisation import bands_of, who_of
from goalsite.queries.reminders import reminders_of
from goalsite.respond import respond
from goalsite.views.filter_bar import asked_filters, filter_bar, place_of
from goalsite.views.loaders import day_looked_at, stand_on_the_day, viewer

blueprint = Blueprint("members", __name__, url_prefix="/members")
blueprint.app_template_filter("initials")(initials)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: which people, and in which order."""

    filters: Filters
    cycle: Cycle | None
    sort: str
    down: bool
    page: int

    @property
    def order(self) -> dict[str, str]:
        """The order, as an address says it; nothing of the usual one."""
        said = {"sort": self.sort} if self.sort != "result" else {}
        return said | ({"dir": "desc" if self.down else "asc"} if self.down != (self.sort in read.DESCENDING) else {})

    def address(self, *, page: int = 1) -> str:
        """The address that asks for the same, or for another page of it."""
        said = {**self.filters.address, **self.order} | ({"page": str(page)} if page > 1 else {})
        return url_for("members.list_members", cycle=self.cycle.code if self.cycle else None, **said)  # type: ignore[arg-type]

    def column(self, sort: str) -> dict[str, object]:
        """The head of the column that sorts so: its address, which turns the order round where it is the present one."""
        now = self.sort == sort
        down = not self.down if now else sort in read.DESCENDING
        return {
            "href": replace(self, sort=sort, down=down).address(),
            "dir": ("desc" if self.down else "asc") if now else None,
        }


@blueprint.get("")
def list_members() -> AnyResponse:
    chosen, today = cycle(), day_looked_at()
    asked = _asked(chosen)
    if chosen is not None:
        stand_on_the_day(chosen)
    place = place_of(asked.filters, chosen) if chosen else None
    if chosen is None or place is None:
        return respond("members/list_members.html", cycle=chosen, place=None)
    members = read.members_of(
        viewer(),
        chosen,
        place.unit,
        asked.filters,
        today,
        sort=asked.sort,
        down=asked.down,
        page=asked.page,
    )
    counts = read.people_by_state(viewer(), chosen, place.unit, asked.filters, today)
    return respond(
        "members/list_members.html",
        cycle=chosen,
        place=place,
        asked=asked,
        bar=filter_bar("members.list_members", asked.filters, chosen, place, counts, asked.order),
        members=members,
        reminders=reminders_of(
            viewer(),
            chosen,
            place.unit,
            [line.person.id for line in members.lines],
            today,
            deep=asked.filters.below,
        ),
        form=Form(),
        pages=max(1, -(-members.in_all // read.AT_ONCE)),
        may_print_sheets=policy.may_run_cycles(viewer()),
        today=today,
    )


@blueprint.get("/<int:person_id>")
def show(person_id: int) -> AnyResponse:
    found = one.find(viewer(), person_id)
    if found is None:
        abort(404)
    chosen, today = cycle(), day_looked_at()
    if chosen is not None:
        stand_on_the_day(chosen, person_id=person_id)
    member = one.member_of(viewer(), found, chosen, today) if chosen else None
    return respond(
        "members/show.html",
        person=found.person,
        cycle=chosen,
        member=member,
        cards=member.cards if member else [],
        whole=member.whole if member else None,
        who=member.whole.who if member and member.whole else who_of(found.person, None),
        bands=bands_of(chosen),
        company=frame().company,
        today=today,
    )


def _asked(chosen: Cycle | None) -> Asked:
    given = request.args
    sort = given.get("sort", "")
    sort = sort if sort in read.SORTS else "result"
    down = {"asc": False, "desc": True}.get(given.get("dir", ""), sort in read.DESCENDING)
    return Asked(asked_filters(), chosen, sort, down, min(as_id(given.get("page", "")) or 1, 10_000))
