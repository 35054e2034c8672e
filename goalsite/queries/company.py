"""The company's settings, read once a request."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from goalsite.domain.company import Company, read_company
from goalsite.extensions import db
from goalsite.models import Setting


def company() -> Company:
    """The settings in force; the defaults where none are stored."""
    held: Company | None = db.session.info.get("company")
    if held is None:
        held = read_company(dict(db.session.execute(select(Setting.key, Setting.value)).tuples().all()))
        db.session.info["company"] = held
    return held


def forget_company() -> None:
    """After a change of a setting within the same session."""
    db.session.info.pop("company", None)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The company's day."""
    return company().today(now())
