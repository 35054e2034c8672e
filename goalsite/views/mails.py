"""E-mail for administrators: one sent on trial, and those that were given up sent again."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from goalsite import policy
from goalsite.actions.mails import drop, put, send_anew
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import first_time
from goalsite.frame import me
from goalsite.letters import may_mail, may_mail_links, send_link, trial
from goalsite.models_accounts import Mail
from goalsite.queries import company as here
from goalsite.queries import mails as read
from goalsite.queries.accounts import may_come_in
from goalsite.respond import go_to
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("mails", __name__, url_prefix="/setup/mail")


@blueprint.post("/try")
def send_trial() -> Response:
    allow(policy.may_administer(viewer()))
    form = Sure()
    if may_mail() and form.validate_on_submit() and first_time(form):
        put(me(), trial(me()), here.now())
        db.session.commit()
        flash(_("An e-mail is on its way to %(email)s. Look here again in a minute.", email=me().email), "success")
    return go_to(url_for("setup.show"))


@blueprint.post("/again")
def send_again() -> Response:
    allow(policy.may_administer(viewer()))
    form = Sure()
    if may_mail() and form.validate_on_submit() and first_time(form):
        mails = read.given_up()
        count = sum(_send_again(mail) for mail in mails)
        if count:
            flash(ngettext("%(num)s e-mail is sent again.", "%(num)s e-mails are sent again.", count), "success")
        else:
            flash(_("There is nothing that could be sent again."), "info")
        db.session.commit()
    return go_to(url_for("setup.show"))


def _send_again(mail: Mail) -> bool:
    """Whether it leaves once more: with a new link where it held one, and not at all where that is of no use any more."""
    if mail.until is None:
        send_anew(mail, here.now())
        return True
    if not may_mail_links():
        return False
    invited = mail.kind == "reset" or mail.person.password_hash is None
    if not (invited and may_come_in(mail.person, here.now())):
        drop(mail)
        return False
    send_link(me(), mail.person, here.now())
    return True
