"""The production server: `python -m goalsite.serve`, which script/server runs once its environment stands."""

import argparse
import ipaddress
import os
import socket
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

import flask_migrate
from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from sqlalchemy.exc import OperationalError

from goalsite import create_app, demo
from goalsite.config import WrongSetting, zone
from goalsite.extensions import db
from goalsite.letters import may_mail, may_mail_links
from goalsite.schema import schema_state

# Requests a process works on at once: as many as it may have database connections without waiting for one.
THREADS = 8
# What is in flight when the server is told to stop has this long, in seconds.
GRACE = 30
STATES = {
    "behind": "The database's schema is older than this Goalsite. Back it up, then run: flask --app wsgi db upgrade",
    "ahead": "The database's schema is newer than this Goalsite. Install the version that made it, or a newer one.",
    "foreign": "The database has tables, but not Goalsite's. Name another by DATABASE_URL.",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepares the database, says where the site is, and serves until told to stop."""
    options = _options(arguments)
    if options.demo:
        # What the real site here is set to, a proxy or https, does not hold for the demo.
        os.environ |= {"DATABASE_URL": demo.URL, "GOALSITE_WORKERS": "1", "GOALSITE_PROXIES": "0"}
        os.environ |= {"GOALSITE_SECURE_COOKIES": "false", "GOALSITE_TRUSTED_HOSTS": "", "GOALSITE_SMTP_HOST": ""}
    _refuse_taken(options.host, options.port)
    try:
        app = create_app()
    except WrongSetting as error:
        _stop(str(error))
    with app.app_context():
        cast = _prepare(app, as_demo=options.demo)
        # No connection may be shared with the processes that come.
        db.engine.dispose()
        _warn_of_links()
    _announce(options.host, options.port, cast)
    _serve(options.host, options.port, app.config["GOALSITE_WORKERS"])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server", description="Serves Goalsite.")
    parser.add_argument("--demo", action="store_true", help="the example company, in a database of its own")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        type=_address,
        help="the IP address to listen on (%(default)s: this machine only)",
    )
    parser.add_argument("--port", default=8000, type=_port, help="(%(default)s)")
    return parser.parse_args(arguments)


def _address(text: str) -> str:
    try:
        return "127.0.0.1" if text == "localhost" else str(ipaddress.ip_address(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not an IP address; write one such as 127.0.0.1") from error


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} is not a port; write a number from 1 to 65535")
    return int(text)


def _refuse_taken(host: str, port: int) -> None:
    # Linux would otherwise let two servers share the port, and each would get some of the requests.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        _stop(f"Cannot listen on {host}, port {port}: {error.strerror}. --port chooses another port.")


def _prepare(app: Flask, as_demo: bool) -> dict[str, str]:
    """The database made ready; with the demo, role → e-mail."""
    try:
        if as_demo:
            return demo.prepare(app, datetime.now(zone(app.config["GOALSITE_TIME_ZONE"])).date())
        state = schema_state()
        if state == "empty":
            print("Making the schema in an empty database.", flush=True)
            flask_migrate.upgrade()
        elif state != "current":
            _stop(STATES[state])
    except OperationalError as error:
        _stop(f"The database at {db.engine.url!r} cannot be used: {error.orig}")
    return {}


def _warn_of_links() -> None:
    if may_mail() and not may_mail_links():
        print("E-mail is set, but GOALSITE_URL is not: one-time links are not sent by e-mail.", flush=True)


def _announce(host: str, port: int, cast: dict[str, str]) -> None:
    address = f"[{host}]" if ":" in host else host
    print(f"Goalsite is at http://{address}:{port}", flush=True)
    for role, email in cast.items():
        print(f"{role:<14} {email:<32} {demo.PASSWORD}", flush=True)
    if cast and not ipaddress.ip_address(host).is_loopback:
        print("Whoever reaches this address can sign in to the demo: its passwords are known.", flush=True)


def _serve(host: str, port: int, workers: int) -> None:
    Server(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        websockets=False,
        # The site logs its own requests; the server speaks up when something goes wrong.
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def _stop(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
