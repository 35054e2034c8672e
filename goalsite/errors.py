"""Every error, in one place: what it becomes for a browser and for htmx, with what was typed kept."""

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError, Unauthorized

from goalsite.domain.errors import RuleError
from goalsite.extensions import db, login_manager
from goalsite.messages import say
from goalsite.respond import wants_fragment

WORDED = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
# After these, what was typed can be sent again as it is.
SENT_AGAIN = (401, 409, 503)
SECRET = ("csrf_token", "password", "current", "token")
UNSEEN = ("form_key", "version", "username")
RETRY_AFTER = {429: "300", 503: "5"}


def init_app(app: Flask) -> None:
    """Takes every error of every view."""
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(InternalServerError, _of_fault)
    app.register_error_handler(CSRFError, _of_token)
    app.register_error_handler(RuleError, _of_rule)
    for unreachable in (OperationalError, InterfaceError, PendingRollbackError, PoolTimeoutError):
        app.register_error_handler(unreachable, _of_database)
    app.register_error_handler(IntegrityError, _of_conflict)
    app.register_error_handler(DataError, _of_data)


def error_page(code: int, detail: str = "", *, again: bool = False) -> Response:
    """The page, or the notice in #flash, for that code; `again` offers to send once more what was typed."""
    if request_ctx.url_adapter is None:  # a host name that is not ours: no address can be built for it
        return Response(f"{code}\n", code, mimetype="text/plain")
    values = {"code": code, "request_id": g.get("request_id") if code >= 500 else None, "detail": detail, "home": "/"}
    headers = {"Retry-After": RETRY_AFTER[code]} if code in RETRY_AFTER else {}
    if wants_fragment():
        headers |= {"HX-Retarget": "#flash", "HX-Reswap": "innerHTML"}
        page = render_template("errors/_error.html", **values)
    elif again and request.method == "POST" and (typed := _typed()):
        shown = [text for name, text in typed if text.strip() and not name.endswith(UNSEEN)]
        page = render_template(
            "errors/again.html", typed=typed, shown=shown, address=_own_address(), signed_out=code == 401, **values
        )
    else:
        retry = _own_address() if code == 503 and request.method == "GET" else None
        page = render_template("errors/error.html", retry=retry, **values)
    response = make_response(page, code, headers)
    response.vary.add("HX-Request")
    return response


def _of_http(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    _give_up_transaction()
    if isinstance(error, Unauthorized) and not wants_fragment() and request.method in ("GET", "HEAD"):
        return make_response(redirect(url_for("auth.sign_in", next=_own_address()), 303))
    response = error_page(code if code in WORDED else 400 if code < 500 else 500, again=code in SENT_AGAIN)
    response.status_code = code
    if allowed := getattr(error, "valid_methods", None):
        response.allow.update(allowed)
    return response


def _of_fault(_error: InternalServerError) -> Response:
    _without_database()
    return error_page(500)


def _of_token(_error: CSRFError) -> Response:
    """The form was open for too long, or cookies are off: the same form once more, with a fresh token."""
    _give_up_transaction()
    return error_page(400, again=True)


def _of_rule(error: RuleError) -> Response:
    """A rule no view has taken care of."""
    detail = say(error)
    _give_up_transaction()
    return error_page(400 if error.code.startswith("address_") else 422, detail)


def _of_database(error: SQLAlchemyError) -> Response:
    current_app.logger.error("%s: the database does not answer: %s", g.get("request_id"), type(error).__name__)
    _without_database()
    return error_page(503, again=True)


def _of_conflict(_error: IntegrityError) -> Response:
    current_app.logger.warning("%s: refused by a constraint", g.get("request_id"))
    _give_up_transaction()
    return error_page(409, again=True)


def _of_data(_error: DataError) -> Response:
    current_app.logger.warning("%s: a value the database cannot hold", g.get("request_id"))
    _give_up_transaction()
    return error_page(422)


def _give_up_transaction() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        _without_database()


def _without_database() -> None:
    """From here to the end of the request nothing asks the database."""
    g.without_database = True
    g._login_user = login_manager.anonymous_user()
    try:
        db.session.remove()
    except SQLAlchemyError:
        current_app.logger.warning("%s: a connection could not be given back", g.get("request_id"))


def _typed() -> list[tuple[str, str]]:
    """The fields as they were sent, but for secrets and files."""
    try:
        fields = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [(name, text) for name, text in fields if not any(word in name for word in SECRET)]


def _own_address() -> str:
    return request.full_path.rstrip("?")
