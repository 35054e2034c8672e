"""Workbooks kept while somebody looks at them: one a person, for a day; and the record of what was taken out."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_

from goalsite.actions.audit import record
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import Upload
from goalsite.queries.uploads import KEPT


def keep_upload(by: Person, name: str, content: bytes, report: dict[str, Any], now: datetime) -> Upload:
    """The file and what it would do, instead of that person's last one; those older than a day go too."""
    db.session.execute(delete(Upload).where(or_(Upload.person_id == by.id, Upload.at < now - KEPT)))
    kept = Upload(
        token=secrets.token_urlsafe(24), person_id=by.id, name=name[:300], content=content, report=report, at=now
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def mark_loaded(upload: Upload, report: dict[str, Any], now: datetime) -> None:
    """It is loaded: what became of every row stays to be read, the file goes."""
    upload.report, upload.loaded_at, upload.content = report, now, None


def record_export(by: Person, sheets: Iterable[str], cycle: str) -> None:
    """Who took what out of the site."""
    record(by, "export", "workbook", "", None, {"sheets": ";".join(sorted(sheets)), "cycle": cycle})
