"""The demo's database: the example company as of today, with passwords that everybody knows, in a file of its own."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
from flask import Flask

from goalsite.config import INSTANCE
from goalsite.extensions import db
from goalsite.schema import schema_state

DATABASE = INSTANCE / "demo.db"
URL = f"sqlite:///{DATABASE}"
PASSWORD = "muc-tieu-demo"  # noqa: S105 (meant to be known; `_refuse_any_other` keeps it out of a real site)


class NotTheDemo(RuntimeError):
    """The demo's passwords were about to reach another database."""


def prepare(app: Flask, today: date) -> dict[str, str]:
    """Makes the demo's database unless it is one of today and of this version; answers role → e-mail."""
    from goalsite.example import DEMO_ACCOUNTS

    _refuse_any_other(app)
    if not _stands(today):
        for file in DATABASE.parent.glob(f"{DATABASE.name}*"):
            file.unlink()
        flask_migrate.upgrade()
        load_example(today)
        _give_passwords(app, [email for _, email in DEMO_ACCOUNTS])
        # The day goes in last: a demo that was interrupted in the making is made again.
        _mark(today)
    return dict(DEMO_ACCOUNTS)


def load_example(today: date) -> None:
    """Loads the example company as any company is loaded: a workbook, through the door for workbooks."""
    from goalsite.example import write_workbook
    from goalsite.exchange.load import load_path

    with TemporaryDirectory() as folder:
        write_workbook(Path(folder), today)
        report = load_path(Path(folder), today=today)
    if report.faults:
        raise RuntimeError(f"the example company does not load: {report.faults[:5]}")
    db.session.commit()


def _give_passwords(app: Flask, emails: list[str]) -> None:
    from goalsite.actions.accounts import set_password
    from goalsite.models import Person

    _refuse_any_other(app)
    for person in db.session.query(Person).filter(Person.email_key.in_(emails)):
        set_password(person, PASSWORD)
    db.session.commit()


def _refuse_any_other(app: Flask) -> None:
    if app.config["SQLALCHEMY_DATABASE_URI"] != URL or db.engine.url.database != str(DATABASE):
        raise NotTheDemo(f"the demo uses {DATABASE} and nothing else")


def _stands(today: date) -> bool:
    if not DATABASE.exists():
        return False
    with db.engine.connect() as connection:
        made = connection.exec_driver_sql("PRAGMA user_version").scalar()
    return made == _stamp(today) and schema_state() == "current"


def _mark(today: date) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {_stamp(today)}")


def _stamp(today: date) -> int:
    return int(today.strftime("%Y%m%d"))
