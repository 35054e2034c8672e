"""Somebody's account: the link with which they set a password, closing it, opening it again."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from goalsite import policy
from goalsite.actions.accounts import LINK_LIFE
from goalsite.actions.people import close_account, open_account
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import first_time
from goalsite.frame import me
from goalsite.letters import may_mail_links, send_link
from goalsite.messages import say
from goalsite.models import Person
from goalsite.queries import company as here
from goalsite.queries.accounts import may_come_in
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer
from goalsite.views.people import load_person

blueprint = Blueprint("people_accounts", __name__, url_prefix="/setup/people")


@blueprint.post("/<int:person_id>/invite")
def invite(person_id: int) -> Response:
    person = _load_account(person_id)
    form = Sure()
    link = ""
    if form.validate_on_submit() and first_time(form):
        if not may_come_in(person, here.now()):
            return _refused(person, RuleError("account_closed"))
        link = send_link(me(), person, here.now())
        db.session.commit()
    days = LINK_LIFE["reset" if person.password_hash else "invite"].days
    mailed = may_mail_links()
    return respond("people/link.html", person=person, link=link, mailed=mailed, days=days, sure=Sure(formdata=None))


@blueprint.post("/<int:person_id>/close")
def close(person_id: int) -> Response:
    person = _load_account(person_id)
    form = Sure()
    if form.validate_on_submit() and first_time(form):
        try:
            close_account(me(), person, here.now(), here.today())
        except RuleError as error:
            return _refused(person, error)
        db.session.commit()
        flash(_("%(name)s cannot sign in any more. Everything they did stays.", name=person.name), "success")
    return go_to(url_for("people.edit", person_id=person_id))


@blueprint.post("/<int:person_id>/open")
def reopen(person_id: int) -> Response:
    person = _load_account(person_id)
    form = Sure()
    if form.validate_on_submit() and first_time(form):
        open_account(me(), person)
        db.session.commit()
        flash(_("%(name)s can sign in again.", name=person.name), "success")
    return go_to(url_for("people.edit", person_id=person_id))


def _load_account(person_id: int) -> Person:
    person = load_person(person_id, to_change=True)
    allow(policy.may_write_account(viewer(), person))
    return person


def _refused(person: Person, error: RuleError) -> Response:
    words, person_id = say(error), person.id
    db.session.rollback()
    flash(words, "error")
    return go_to(url_for("people.edit", person_id=person_id))
