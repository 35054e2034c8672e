"""The filter bar over overview, members, tree and map: the same choices on each, which lead from one to the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import abort, flash, redirect, request, url_for

from goalsite.domain import terms
from goalsite.forms.filter_bar import OwnerForm
from goalsite.forms.pickers import for_viewer, label_of
from goalsite.frame import frame
from goalsite.models import Cycle
from goalsite.queries import overview as read
from goalsite.queries.filters import Filters, read_filters
from goalsite.queries.members import named
from goalsite.queries.overview import Place
from goalsite.queries.pickers import choice_of
from goalsite.views.loaders import viewer


@dataclass(frozen=True)
class FilterBar:
    """What components/filter_bar.html shows over the page `endpoint`.

    counts: how many goals (of members: people) there are of each status, "stale", "unaligned", and "" in all. kept: what else of the page's
    address stays.
    """

    endpoint: str
    filters: Filters
    cycle: Cycle
    place: Place
    counts: Mapping[str, int]
    form: OwnerForm
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def me(self) -> int:
        return viewer().id

    @property
    def cleared(self) -> str:
        """The address of the page without any filter."""
        return url_for(self.endpoint, **self._keep)  # type: ignore[arg-type]

    def address(self, *, to: str = "", anchor: str | None = None, **changes: str | int | bool) -> str:
        """The page, or the page `to`, narrowed likewise but for the changes."""
        keep = {"cycle": self.cycle.code} if to else self._keep
        return url_for(to or self.endpoint, _anchor=anchor, **self.filters.but(**changes).address, **keep)  # type: ignore[arg-type]

    def in_state(self, name: str, anchor: str | None = None) -> str:
        """The page narrowed to a status, to "stale" or "unaligned", or with "" to none of these."""
        status = name if name in terms.STATUSES else ""
        return self.address(anchor=anchor, status=status, stale=name == "stale", unaligned=name == "unaligned")

    def hidden(self, **changes: str | int | bool) -> dict[str, str]:
        """What a form has to carry along, but for what is typed in it."""
        return {**self.filters.but(**changes).address, **self._keep, **frame().kept_day}

    @property
    def _keep(self) -> dict[str, str]:
        return {"cycle": self.cycle.code, **self.kept}


def asked_filters() -> Filters:
    """The filters the address asks for. Where somebody was typed, the reader is sent on to the address that has that owner, or is told why not."""
    if "who" in request.args:
        abort(redirect(_with_owner_typed()))
    return read_filters(request.args)


def place_of(filters: Filters, cycle: Cycle, page: int = 1) -> Place | None:
    """The unit asked about and whose goals; None where there are no units yet, 404 where there is none of that code. One query."""
    place = read.place_of(filters.unit, cycle, page, named(viewer(), cycle, filters.owner))
    if place is None and filters.unit:
        abort(404)
    return place


def filter_bar(
    endpoint: str,
    filters: Filters,
    cycle: Cycle,
    place: Place,
    counts: Mapping[str, int],
    kept: dict[str, str] | None = None,
) -> FilterBar:
    """The bar of a page that is narrowed so."""
    form = OwnerForm(None, who=label_of(choice_of(place.owner)) if place.owner else "")
    return FilterBar(endpoint, filters, cycle, place, counts, form, kept or {})


def _with_owner_typed() -> str:
    form = OwnerForm(request.args)
    for_viewer(form, viewer())
    kept = [(name, value) for name, value in request.args.items() if name not in ("who", "owner", "page")]
    if form.validate():
        kept += [("owner", str(form.who.chosen_id))] if form.who.chosen_id else []
    else:
        flash(str(form.who.errors[0]), "error")
    return f"{request.path}?{urlencode(kept)}"
