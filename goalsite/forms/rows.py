"""Rows of a form that are added, taken out and put in another order by its buttons."""

from typing import Any

from wtforms import FieldList


def rearrange(rows: FieldList, do: str, most: int) -> Any:
    """What a button asks for: add, remove-1, up-1, down-1. The form of the row that was added, if one was."""
    act, _, place = do.partition("-")
    held, added = rows.entries, None
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if act == "add" and len(held) < most:
        added = rows.append_entry().form
    elif act == "remove" and 0 <= at < len(held):
        del held[at]
    elif act in ("up", "down") and 0 <= at < len(held):
        to = min(max(at + (-1 if act == "up" else 1), 0), len(held) - 1)
        held.insert(to, held.pop(at))
    for number, row in enumerate(held):
        _renumber(row, f"{rows.name}-{number}")
    return added


def _renumber(row: Any, prefix: str) -> None:
    """The row's fields bear the names of its new place."""
    row.name = row.id = row.short_name = prefix
    for name, field in row.form._fields.items():
        field.name = field.id = f"{prefix}-{name}"
        field.label.field_id = field.id
