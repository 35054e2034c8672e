"""Invitations to many: all whom a list of people holds and who have neither a password nor a link, looked at before and made at once."""

from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from goalsite import policy
from goalsite.actions.accounts import LINK_LIFE
from goalsite.exchange.people import report as as_csv
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import first_time, is_stale
from goalsite.forms.people_invites import LinksForm
from goalsite.frame import me
from goalsite.letters import may_mail_links, send_link
from goalsite.models import Person, Unit
from goalsite.queries import company as here
from goalsite.queries import people as read
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("people_invites", __name__, url_prefix="/setup/people/invite")


@dataclass(frozen=True)
class LookedAt:
    """Who was to be invited, as a number that differs once it is anybody else."""

    version: int


@dataclass(frozen=True)
class Asked:
    """Whom the address asks for: a list of people, with those who have a link already where `again`."""

    filters: read.PeopleFilters
    unit: Unit | None
    again: bool

    @property
    def address(self) -> dict[str, Any]:
        return self.filters.address | ({"again": "1"} if self.again else {})


@blueprint.get("")
def show() -> Response:
    return _look(_asked())


@blueprint.post("")
def invite() -> Response:
    asked, form = _asked(), Sure()
    if not form.validate_on_submit():
        return _look(asked, status=422)
    if not first_time(form):
        return _made([])
    people = _invited(asked).people
    if not people or is_stale(form, _looked_at(people)):
        db.session.rollback()
        return _look(asked, stale=True, status=409)
    links = [(one, send_link(me(), one, here.now())) for one in people]
    db.session.commit()
    return _made(links)


@blueprint.post("/file")
def download() -> Response:
    allow(policy.may_write_people(viewer()))
    form = LinksForm()
    if not form.validate_on_submit():
        return go_to(url_for("people.list_people"))
    text = as_csv([[_("Name"), _("E-mail"), _("Link")], *form.rows()])
    headers = {"Content-Disposition": 'attachment; filename="links.csv"', "Content-Type": "text/csv; charset=utf-8"}
    return make_response(text, headers)


def _asked() -> Asked:
    allow(policy.may_write_people(viewer()))
    filters = read.read_people_filters(request.args)
    unit = read.unit_by_code(filters.unit) if filters.unit else None
    return Asked(filters, unit, request.args.get("again") == "1")


def _invited(asked: Asked) -> read.Invited:
    return read.people_to_invite(
        asked.filters, asked.unit, here.today(), here.now(), again=asked.again, admins=policy.may_administer(viewer())
    )


def _looked_at(people: list[Person]) -> LookedAt:
    return LookedAt(crc32(" ".join(str(one.id) for one in people).encode()) % 10**9)


def _look(asked: Asked, *, stale: bool = False, status: int = 200) -> Response:
    invited = _invited(asked)
    sure = Sure(formdata=None, version=_looked_at(invited.people).version)
    return respond(
        "people/invite.html",
        status=status,
        filters=asked.filters,
        unit=asked.unit,
        invited=invited,
        here=url_for("people_invites.invite", **asked.address),
        switch=url_for("people_invites.show", **replace(asked, again=not asked.again).address),
        again=asked.again,
        mailed=may_mail_links(),
        days=LINK_LIFE["invite"].days,
        stale=stale,
        sure=sure,
    )


def _made(links: list[tuple[Person, str]]) -> Response:
    """Mailed, they need no page; else they are shown, now only."""
    if may_mail_links():
        if links:
            words = ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", len(links))
            flash(words, "success")
        return go_to(url_for("people.list_people", state="uninvited"))
    lines = "\n".join(f"{_line(one.name)}\t{one.email}\t{link}" for one, link in links)
    form = LinksForm(formdata=None, lines=lines)
    return respond("people/links.html", form=form, count=len(links), days=LINK_LIFE["invite"].days)


def _line(text: str) -> str:
    return " ".join(text.split())
