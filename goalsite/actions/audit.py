"""The audit log: one row for every change by a person, each chained to the one before by its hash."""

import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import AuditHead, AuditRow

Facts = Mapping[str, Any]
CONTENT = (
    "seq",
    "at",
    "actor_id",
    "role",
    "action",
    "object_kind",
    "object_id",
    "before",
    "after",
    "request_id",
    "previous_hash",
)
# The request a change belongs to: set where requests begin, empty on the command line.
request_id: ContextVar[str] = ContextVar("request_id", default="")


@dataclass(frozen=True)
class Fault:
    """The first row that is not as it was written. kind: edit, delete, insert or truncation."""

    seq: int
    kind: str


def record(
    actor: Person | None,
    action: str,
    object_kind: str,
    object_id: object,
    before: Facts | None = None,
    after: Facts | None = None,
) -> AuditRow:
    """Appends one row in the caller's transaction; nobody at all (`actor` None) is the command line.

    before, after: what changed, as plain values (dates, numbers and texts). The last row is locked until the
    transaction ends, so call it last.
    """
    head = _locked_head()
    row = AuditRow(
        seq=head.seq + 1,
        at=datetime.now(UTC),
        actor_id=actor.id if actor else None,
        role=_role(actor),
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        before=_plain(before),
        after=_plain(after),
        request_id=request_id.get(),
        previous_hash=head.hash,
    )
    row.hash = hash_of(row)
    head.seq, head.hash = row.seq, row.hash
    db.session.add(row)
    db.session.flush()
    return row


def hash_of(row: AuditRow, seq: int | None = None) -> str:
    """SHA-256 of the row's content as canonical JSON, the previous row's hash included; `seq` instead of its own where given."""
    content = {name: getattr(row, name) for name in CONTENT} | ({"seq": seq} if seq is not None else {})
    return sha256(_canonical(content).encode()).hexdigest()


def head() -> tuple[int, str]:
    """How long the log is, and the hash it ends with: print it where nobody can change it, and a rewritten log shows."""
    row = db.session.get(AuditHead, 1)
    return (row.seq, row.hash) if row else (0, "")


def verify(known: tuple[int, str] | None = None) -> Fault | None:
    """The first row that is not as it was written, or None. `known`: a head noted down earlier, which has to be in the log still."""
    rows = list(db.session.scalars(select(AuditRow).order_by(AuditRow.seq).execution_options(populate_existing=True)))
    fault = first_fault(rows, *head())
    if fault is None and known and known[0]:
        held = {row.seq: row.hash for row in rows}
        if known[0] not in held:
            return Fault(known[0], "truncation")
        if held[known[0]] != known[1]:
            return Fault(known[0], "edit")
    return fault


def first_fault(rows: Sequence[AuditRow], length: int, last_hash: str) -> Fault | None:
    """The first of the rows, in order of `seq`, that is not as it was written, given what the head says: its length and last hash."""
    before_last, last = "", ""
    for place, row in enumerate(rows, start=1):
        if row.seq != place:
            return Fault(row.seq, "insert") if row.seq < place else Fault(place, "delete")
        if row.previous_hash != last or hash_of(row) != row.hash:
            return _broken_at(rows, place, before_last, last, length, last_hash)
        if place > length:
            return Fault(place, "insert")
        before_last, last = last, row.hash
    if len(rows) < length:
        return Fault(len(rows) + 1, "truncation")
    return Fault(len(rows), "edit") if last != last_hash else None


def _broken_at(rows: Sequence[AuditRow], place: int, before_last: str, last: str, length: int, last_hash: str) -> Fault:
    """What happened where the chain does not hold, told from what the neighbours still say."""
    row = rows[place - 1]
    following = rows[place].previous_hash if place < len(rows) else last_hash
    if row.previous_hash == before_last and hash_of(row, place - 1) == row.hash:
        return Fault(place - 1, "insert")  # the row before pushed this one down
    if place > length or any(
        later.previous_hash == last and hash_of(later, later.seq - 1) == later.hash for later in rows[place:]
    ):
        return Fault(place, "insert")
    if any(hash_of(row, place + gone) == row.hash for gone in range(1, length - len(rows) + 1)):
        return Fault(place, "delete")  # it moved up into the place of one that is gone
    if place > 1 and hash_of(row) == row.hash == following:
        return Fault(place - 1, "edit")  # it continues a row that no longer is what it was
    return Fault(place, "edit")


def _locked_head() -> AuditHead:
    held = db.session.scalar(
        select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    )
    if held is None:
        raise RuntimeError("the audit log has lost its head row; see `flask audit verify`")
    return held


def _role(actor: Person | None) -> str:
    if actor is None:
        return "command"
    return "+".join(name for name, held in (("hr", actor.is_hr), ("admin", actor.is_admin)) if held) or "person"


def _canonical(content: Facts) -> str:
    return json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """The same value in JSON's own terms: numbers and dates as text, so that it reads back as it was written."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    raise TypeError(f"{type(value).__name__} cannot be written to the audit log")
