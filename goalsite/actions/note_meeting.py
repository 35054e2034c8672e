"""What a unit's meeting noted, a text for each day."""

from datetime import date

from goalsite.actions.audit import record
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_follow import Note
from goalsite.queries.meeting import note_on


def note_meeting(unit_id: int, held_on: date, body: str, by: Person, today: date) -> Note:
    """Keeps what was noted on that day, instead of what stood there. Raises RuleError meeting_in_future."""
    if held_on > today:
        raise RuleError("meeting_in_future", "held_on")
    note = note_on(unit_id, held_on)
    before = note.body if note else None
    if note is None:
        note = Note(unit_id=unit_id, held_on=held_on)
        db.session.add(note)
    note.body = body
    db.session.flush()
    if body != before:
        record(by, "note_meeting", "unit", unit_id, {"body": before}, {"held_on": held_on, "body": body})
    return note
