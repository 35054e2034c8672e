"""Every setting: where it comes from, its default, its check. Environment first, then `instance/config.toml`, then the default."""

import contextlib
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from goalsite.domain.company import time_zones

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = Path(os.environ.get("GOALSITE_INSTANCE", ROOT / "instance"))

# name in the environment → (default, what it is for)
SETTINGS: dict[str, tuple[Any, str]] = {
    "DATABASE_URL": ("", "SQLite or PostgreSQL; empty: goalsite.db in the instance folder"),
    "SECRET_KEY": ("", "signs cookies and forms; empty: made once and kept in the instance folder"),
    "GOALSITE_URL": ("http://127.0.0.1:8000", "where people reach the site; one-time links and e-mails begin with it"),
    "GOALSITE_TIME_ZONE": ("Asia/Ho_Chi_Minh", "the company's time zone until its own setting says otherwise"),
    "GOALSITE_LOCALE": ("vi", "the language until a person chooses: vi or en"),
    "GOALSITE_TRUSTED_HOSTS": ("", "host names the site answers to, comma-separated; empty: any"),
    "GOALSITE_PROXIES": (0, "how many proxies in front may set X-Forwarded-For, -Proto and -Host"),
    "GOALSITE_SECURE_COOKIES": (False, "true once the site is reached by https"),
    "GOALSITE_SESSION_HOURS": (12, "how long a sign-in lasts"),
    "GOALSITE_REMEMBER_DAYS": (30, "how long a sign-in with “keep me signed in” lasts"),
    "GOALSITE_UPLOAD_MB": (20, "the largest request"),
    "GOALSITE_WORKERS": (1, "server processes; more than one wants PostgreSQL"),
    "GOALSITE_SMTP_HOST": ("", "the server that sends e-mail; empty: none is sent"),
    "GOALSITE_SMTP_PORT": (587, "its port"),
    "GOALSITE_SMTP_SECURITY": ("starttls", "how the way to it is encrypted: starttls, tls (mostly port 465) or none"),
    "GOALSITE_SMTP_USER": ("", "the account there, where it asks for one"),
    "GOALSITE_SMTP_PASSWORD": ("", "that account's password"),
    "GOALSITE_MAIL_SENDER": ("", "whom e-mails come from, such as goals@company.vn or Goals <goals@company.vn>"),
}


class WrongSetting(ValueError):
    """A setting that cannot be used; the message says what to write instead."""


def load_config(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings as Flask's configuration wants them. Raises WrongSetting."""
    chosen = {name: _checked(name, value) for name, value in _given(overrides or {}).items()}
    _check_mail(chosen)
    INSTANCE.mkdir(parents=True, exist_ok=True)
    url = chosen["DATABASE_URL"] or f"sqlite:///{INSTANCE / 'goalsite.db'}"
    return {
        **chosen,
        **{key: value for key, value in (overrides or {}).items() if key not in SETTINGS},
        "SECRET_KEY": chosen["SECRET_KEY"] or _kept_secret(),
        "SQLALCHEMY_DATABASE_URI": _absolute(url),
        "MAX_CONTENT_LENGTH": chosen["GOALSITE_UPLOAD_MB"] * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "TRUSTED_HOSTS": [host.strip() for host in chosen["GOALSITE_TRUSTED_HOSTS"].split(",") if host.strip()] or None,
        "SESSION_COOKIE_NAME": "goalsite",
        "SESSION_COOKIE_SECURE": chosen["GOALSITE_SECURE_COOKIES"],
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": chosen["GOALSITE_REMEMBER_DAYS"] * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": chosen["GOALSITE_LOCALE"],
        "BABEL_DEFAULT_TIMEZONE": chosen["GOALSITE_TIME_ZONE"],
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "goalsite" / "translations"),
    }


def _given(overrides: Mapping[str, Any]) -> dict[str, Any]:
    path = INSTANCE / "config.toml"
    in_file = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in [*in_file, *(name for name in os.environ if name.startswith("GOALSITE_"))]:
        if name not in SETTINGS and name not in ("GOALSITE_INSTANCE", "GOALSITE_CHROMIUM", "GOALSITE_REQUIRE_BROWSER"):
            raise WrongSetting(f"{name} is not a setting. The settings are: {', '.join(SETTINGS)}")
    return {
        name: overrides.get(name, os.environ.get(name, in_file.get(name, default)))
        for name, (default, _) in SETTINGS.items()
    }


def _checked(name: str, value: Any) -> Any:
    default = SETTINGS[name][0]
    if isinstance(default, bool):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
        if str(value).lower() not in words:
            raise WrongSetting(f"{name} is {value!r}; write true or false")
        return words[str(value).lower()]
    if isinstance(default, int):
        if not str(value).isdecimal():
            raise WrongSetting(f"{name} is {value!r}; write a whole number, such as {default}")
        return int(value)
    if name == "GOALSITE_LOCALE" and value not in ("vi", "en"):
        raise WrongSetting(f"{name} is {value!r}; write vi or en")
    if name == "GOALSITE_TIME_ZONE" and value not in time_zones():
        raise WrongSetting(f"{name} is {value!r}; write a time zone such as Asia/Ho_Chi_Minh")
    if name == "GOALSITE_URL" and not str(value).startswith(("http://", "https://")):
        raise WrongSetting(f"{name} is {value!r}; write an address such as https://goals.company.vn")
    if name == "GOALSITE_SMTP_SECURITY" and value not in ("starttls", "tls", "none"):
        raise WrongSetting(f"{name} is {value!r}; write starttls, tls or none")
    if name == "GOALSITE_SMTP_HOST" and value and not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+", str(value)):
        raise WrongSetting(f"{name} is {value!r}; write a host's name alone, such as smtp.company.vn")
    if (
        name == "DATABASE_URL"
        and value
        and not str(value).startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://"))
    ):
        raise WrongSetting(f"{name} does not start with sqlite:/// or postgresql://")
    return str(value)


def _check_mail(chosen: Mapping[str, Any]) -> None:
    """What the settings of e-mail ask of each other."""
    if not chosen["GOALSITE_SMTP_HOST"]:
        return
    if not 0 < chosen["GOALSITE_SMTP_PORT"] <= 65535:
        raise WrongSetting(f"GOALSITE_SMTP_PORT is {chosen['GOALSITE_SMTP_PORT']}; write a port from 1 to 65535")
    sender = chosen["GOALSITE_MAIL_SENDER"]
    name, address = parseaddr(sender)
    if not (re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", address) and (name or address == sender) and sender.isprintable()):
        raise WrongSetting(
            f"GOALSITE_MAIL_SENDER is {sender!r}; write whom e-mails come from, such as Goals <goals@company.vn>"
        )
    if bool(chosen["GOALSITE_SMTP_USER"]) != bool(chosen["GOALSITE_SMTP_PASSWORD"]):
        raise WrongSetting("GOALSITE_SMTP_USER and GOALSITE_SMTP_PASSWORD go together; write both or neither")
    if chosen["GOALSITE_SMTP_USER"] and chosen["GOALSITE_SMTP_SECURITY"] == "none":
        raise WrongSetting(
            "GOALSITE_SMTP_SECURITY is none, which would show the password to the network; write starttls or tls"
        )


def _absolute(url: str) -> str:
    """A relative SQLite path is meant from the project's folder, wherever the command is run."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/") and ":memory:" not in url:
        return f"{prefix}{ROOT / url.removeprefix(prefix)}"
    return url


def _kept_secret() -> str:
    path = INSTANCE / "secret_key"
    if not path.exists():
        # Written aside and linked into place: of two processes that start together one wins, and both read its key whole.
        made = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text().strip()


def zone(name: str) -> ZoneInfo:
    """The zone of that name; a setting was checked when it was saved."""
    return ZoneInfo(name)
