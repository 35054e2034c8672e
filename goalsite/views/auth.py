"""The first visit, signing in and out, one-time links."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, flash, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from goalsite.actions import accounts
from goalsite.actions import first_visit as first
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.auth import FirstVisit, NewPassword, SignIn
from goalsite.forms.base import add_error
from goalsite.messages import MESSAGES
from goalsite.models import Person
from goalsite.queries.accounts import FAILURE_MINUTES, anybody_exists, person_of_link
from goalsite.queries.company import now
from goalsite.respond import go_to, respond
from goalsite.security import safe_next

blueprint = Blueprint("auth", __name__)


@blueprint.route("/first-visit", methods=["GET", "POST"])
def first_visit() -> Response:
    if anybody_exists():
        abort(404)
    form = FirstVisit(locale=str(get_locale()), time_zone=current_app.config["BABEL_DEFAULT_TIMEZONE"])
    if form.validate_on_submit():
        try:
            person = first.set_up(
                company=form.company.data or "",
                name=form.name.data or "",
                email=form.email.data or "",
                password=form.password.data or "",
                locale=form.locale.data,
                time_zone=form.time_zone.data,
            )
            begin(person, remember=False)
            db.session.commit()
            return go_to(url_for("setup.show"))
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
    return respond("auth/first_visit.html", form=form, status=422 if form.errors else 200)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    if not anybody_exists():
        return go_to(url_for("auth.first_visit"))
    form = SignIn()
    following = safe_next(request.args.get("next"))
    if not form.validate_on_submit():
        return respond("auth/sign_in.html", form=form, status=422 if form.errors else 200)
    attempt = accounts.sign_in(
        form.email.data or "",
        form.password.data or "",
        address=request.remote_addr or "",
        agent=request.user_agent.string,
        lifetime=_lifetime(remember=form.remember.data),
        now=now(),
    )
    db.session.commit()
    if attempt.refused:
        form.form_errors.append(MESSAGES[attempt.refused])
        response = respond("auth/sign_in.html", form=form, status=422)
        if attempt.refused == "sign_in_throttled":
            response.status_code = 429
            response.headers["Retry-After"] = str(FAILURE_MINUTES * 60)
        return response
    _enter(attempt.token, remember=form.remember.data)
    return go_to(following)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    accounts.sign_out(current_user.token)
    db.session.commit()
    leave()
    return go_to(url_for("auth.sign_in"))


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> Response:
    person = person_of_link(token, now())
    if person is None:
        return respond("auth/link_gone.html", status=404)
    form = NewPassword()
    if form.validate_on_submit():
        try:
            person = accounts.use_link(token, form.password.data or "", now())
            begin(person, remember=False)
            db.session.commit()
            flash(_("Your password is set. Welcome!"), "success")
            return go_to("/")
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            person = person_of_link(token, now())
    return respond("auth/welcome.html", form=form, person=person, status=422 if form.errors else 200)


def begin(person: Person, *, remember: bool) -> None:
    """A session for somebody who has just proved who they are by other means than a password."""
    token = accounts.begin_session(
        person,
        address=request.remote_addr or "",
        agent=request.user_agent.string,
        lifetime=_lifetime(remember=remember),
        now=now(),
    )
    _enter(token, remember=remember)


def _enter(token: str, *, remember: bool) -> None:
    """The browser's cookie: nothing of what it held before stays but the language."""
    leave()
    session.permanent = remember
    session["_user_id"] = token
    session["_fresh"] = True


def leave() -> None:
    locale = session.get("locale")
    logout_user()
    session.clear()
    if locale:
        session["locale"] = locale


def _lifetime(*, remember: bool) -> timedelta:
    settings = current_app.config
    return (
        timedelta(days=settings["GOALSITE_REMEMBER_DAYS"])
        if remember
        else timedelta(hours=settings["GOALSITE_SESSION_HOURS"])
    )
