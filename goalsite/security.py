"""What stands before every view: hosts and proxies, size limits, where a request comes from, who is asking; and the headers of every answer."""

import re
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_login import UserMixin, current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from goalsite.actions import audit
from goalsite.extensions import login_manager
from goalsite.models import Person
from goalsite.queries import accounts
from goalsite.queries import company as here

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PUBLIC = ("static", "auth.sign_in", "auth.first_visit", "auth.welcome", "health.healthz", "health.readyz")
FORM_LIMIT = 2 * 1024 * 1024
LARGEST_ID = 2**31 - 1
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class SignedIn(UserMixin):
    """Who Flask-Login says is here: a person, by the session whose random token the cookie carries."""

    def __init__(self, token: str, person: Person) -> None:
        self.token = token
        self.person = person

    def get_id(self) -> str:
        return self.token


class RowId(IntegerConverter):
    """`<int:id>`: no number the database cannot hold."""

    def __init__(self, url_map: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_ID, **kwargs})


def init_app(app: Flask) -> None:
    """Before anything else that looks at a request, so that its checks come first."""
    if proxies := app.config["GOALSITE_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.url_map.converters["int"] = RowId
    app.url_defaults(_version_of_static)
    login_manager.init_app(app)
    login_manager.session_protection = (
        None  # a session is looked up in the database; its address may change on the way home
    )
    login_manager.user_loader(_signed_in)
    for check in (_name_request, _limit_size, _refuse_foreign, _refuse_unreadable, _require_sign_in):
        app.before_request(check)
    app.after_request(_add_headers)


def safe_next(target: str | None) -> str:
    """`target` if it is an address of this site's own, as a browser would read it; else the first page."""
    if not target or not re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", target) or "\\" in target:
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


def _signed_in(token: str) -> SignedIn | None:
    person = accounts.person_of_session(token, here.now())
    return SignedIn(token, person) if person else None


def _name_request() -> None:
    given = request.headers.get("X-Request-ID", "") if current_app.config["GOALSITE_PROXIES"] else ""
    g.request_id = given if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", given) else secrets.token_hex(8)
    audit.request_id.set(g.request_id)


def _limit_size() -> None:
    if request.mimetype != "multipart/form-data":
        request.max_content_length = FORM_LIMIT
    if request.content_length and request.content_length > (request.max_content_length or 0):
        abort(413)


def _refuse_foreign() -> None:
    """An unsafe request comes from this site's own pages; what browsers say about it cannot be forged by another page."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        abort(403)
    if site is None and origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _refuse_unreadable() -> None:
    """No address means anything with a NUL or half a character in it, and PostgreSQL would stumble over both."""
    texts = [request.path, *(text for name, values in request.args.lists() for text in (name, *values))]
    if any("\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text) for text in texts):
        abort(400)


def _require_sign_in() -> BaseResponse | None:
    if request.endpoint is None or request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    if request.endpoint == "auth.sign_out":
        return redirect(url_for("auth.sign_in"), 303)
    if accounts.anybody_exists():
        abort(401)
    return redirect(url_for("auth.first_visit"), 303)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["GOALSITE_SECURE_COOKIES"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint == "static" and response.status_code < 400:
        # What an address with its file's digest gives never changes, nor does a font; anything else is asked for again.
        lasting = "v" in request.args or request.path.endswith(".woff2")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "public, no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _version_of_static(endpoint: str, values: dict[str, Any]) -> None:
    # Fonts are named in style sheets without a version, and would be loaded twice with one.
    name = values.get("filename", "")
    if endpoint == "static" and not name.endswith(".woff2"):
        version = _digest(Path(current_app.static_folder or "") / name, current_app.debug)
        if version:
            values["v"] = version


def _digest(path: Path, fresh: bool) -> str:
    return _read_digest(path) if fresh else _kept_digest(path)


@cache
def _kept_digest(path: Path) -> str:
    return _read_digest(path)


def _read_digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
