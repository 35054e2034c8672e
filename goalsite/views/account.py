"""One's own account: language, appearance, password, where one is signed in."""

from flask import Blueprint, Response, flash, request, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user

from goalsite.actions import accounts
from goalsite.domain.errors import RuleError
from goalsite.domain.terms import TOPICS
from goalsite.extensions import db
from goalsite.forms.auth import ChangePassword, Notices, Preferences, Sure
from goalsite.forms.base import Form, add_error, first_time
from goalsite.frame import me
from goalsite.models import Person
from goalsite.queries.accounts import digest, sessions_of
from goalsite.queries.company import now
from goalsite.queries.notifications import topics_off
from goalsite.respond import go_to, respond
from goalsite.views import auth

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def show() -> Response:
    return _page()


@blueprint.post("/save-preferences")
def save_preferences() -> Response:
    form = Preferences(prefix="preferences-")
    if not form.validate_on_submit():
        return _page(preferences=form)
    if first_time(form):
        accounts.save_preferences(me(), locale=form.locale.data, theme=form.theme.data, time_zone=form.time_zone.data)
        db.session.commit()
        refresh()
        flash(_("Saved."), "success")
    return go_to(url_for("account.show"))


@blueprint.post("/save-notices")
def save_notices() -> Response:
    form = Notices(prefix="notices-")
    if form.validate_on_submit() and first_time(form):
        accounts.save_notices(me(), {topic for topic in TOPICS if not form[topic].data})
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(url_for("account.show", _anchor="notices"))


@blueprint.post("/change-password")
def change_password() -> Response:
    form = ChangePassword(prefix="password-")
    if form.validate_on_submit():
        try:
            accounts.change_password(me(), form.current.data or "", form.password.data or "")
            auth.begin(me(), remember=session.permanent)
            db.session.commit()
            flash(_("The new password holds from now on. You were signed out everywhere else."), "success")
            return go_to(url_for("account.show"))
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
    return _page(password=form)


@blueprint.post("/end-sessions")
def end_sessions() -> Response:
    accounts.end_sessions(me(), me())
    db.session.commit()
    auth.leave()
    flash(_("You are signed out everywhere."), "success")
    return go_to(url_for("auth.sign_in"))


def _page(preferences: Form | None = None, password: Form | None = None) -> Response:
    person = me()
    fresh = {"formdata": None} if request.method == "POST" else {}
    return respond(
        "account/show.html",
        status=422 if preferences or password else 200,
        preferences=preferences or Preferences(prefix="preferences-", obj=person, **fresh),
        password=password or ChangePassword(prefix="password-", **fresh),
        notices=Notices(prefix="notices-", formdata=None, data=_chosen(person)),
        sure=Sure(prefix="sure-", **fresh),
        email=person.email,
        sessions=[
            {
                "address": one.address,
                "agent": browser_name(one.agent),
                "since": one.created_at,
                "until": one.expires_at,
                "here": one.token_hash == digest(current_user.token),
            }
            for one in sessions_of(person, now())
        ],
    )


def _chosen(person: Person) -> dict[str, bool]:
    off = topics_off(person.id)
    return {topic: topic not in off for topic in TOPICS}


def browser_name(agent: str) -> str:
    """Browser and system, as far as they tell."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("coc_coc", "Cốc Cốc"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for mark, name in names if mark in agent), "") for names in (browsers, systems)]
    return " · ".join(name for name in found if name) or _("Unknown browser")
