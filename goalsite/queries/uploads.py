"""The workbook somebody is looking at before it is loaded."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from goalsite.extensions import db
from goalsite.models import Goal, Unit
from goalsite.models_accounts import Upload

KEPT = timedelta(days=1)


def upload_of(person_id: int, token: str, now: datetime, *, to_load: bool = False) -> Upload | None:
    """That person's upload of that token, while it is kept; `to_load`: so that nobody else loads it meanwhile."""
    query = select(Upload).where(Upload.token == token, Upload.person_id == person_id, Upload.at > now - KEPT)
    return db.session.scalar(query.with_for_update() if to_load else query)


def is_empty() -> bool:
    """Whether the site holds nothing yet but the company and its first people."""
    below = exists().where(Unit.parent_id.is_not(None))
    return not db.session.scalar(select(below | exists().where(Goal.id > 0)))
