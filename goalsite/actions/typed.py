"""What somebody types into a long form is kept until they save it: the raw fields, for them alone. It is no change of anything,
so the audit log does not hear of it."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from goalsite.actions import form_keys
from goalsite.actions.inserting import inserting
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models_accounts import TypedForm
from goalsite.queries.typed import KEPT

LARGEST = 200_000
# Of one person at a time; the oldest goes first.
MOST = 20


def keep_typed(
    person_id: int,
    place: str,
    goal_id: int | None,
    form_key: str,
    title: str,
    fields: Sequence[tuple[str, str]],
    now: datetime,
) -> bool:
    """Keeps the fields in place of those kept before; `goal_id`: of the goal that is edited or copied.
    False where that very form has been saved meanwhile: a late message of it.

    Raises RuleError typed_too_long.
    """
    body = json.dumps(fields)
    if len(body) > LARGEST:
        raise RuleError("typed_too_long")
    if form_key and form_keys.used(person_id, form_key):
        return False
    said = {"goal_id": goal_id, "form_key": form_key, "title": title[:300], "body": body, "at": now}
    kept = inserting(TypedForm).values(person_id=person_id, place=place, **said)
    db.session.execute(kept.on_conflict_do_update(index_elements=["person_id", "place"], set_=said))
    _forget_old(person_id, now)
    return True


def drop_typed(person_id: int, place: str) -> None:
    """It is saved, or not wanted."""
    db.session.execute(delete(TypedForm).where(TypedForm.person_id == person_id, TypedForm.place == place))


def _forget_old(person_id: int, now: datetime) -> None:
    mine = select(TypedForm.place).where(TypedForm.person_id == person_id)
    newest = db.session.scalars(mine.where(TypedForm.at >= now - KEPT).order_by(TypedForm.at.desc()).limit(MOST)).all()
    db.session.execute(delete(TypedForm).where(TypedForm.person_id == person_id, TypedForm.place.not_in(newest)))
