"""Rows of a form that are added, taken out and put in another order by its buttons."""

from dataclasses import dataclass
from typing import Any

from wtforms import FieldList


@dataclass
class Rearranged:
    """The form of the row that was added, if one was; and where to go on from: row-2, up-1, down-0, or add where no row is left."""

    added: Any = None
    focus: str = ""


def rearrange(rows: FieldList, do: str, most: int) -> Rearranged:
    """What a button asks for: add, remove-1, up-1, down-1."""
    act, _, place = do.partition("-")
    held, done = rows.entries, Rearranged()
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if act == "add" and len(held) < most:
        done = Rearranged(rows.append_entry().form, f"row-{len(held) - 1}")
    elif act == "remove" and 0 <= at < len(held):
        del held[at]
        done.focus = f"row-{min(at, len(held) - 1)}" if held else "add"
    elif act in ("up", "down") and 0 <= at < len(held):
        to = min(max(at + (-1 if act == "up" else 1), 0), len(held) - 1)
        held.insert(to, held.pop(at))
        # At either end that button rests: the other one leads back.
        done.focus = f"down-{to}" if to == 0 else f"up-{to}" if to == len(held) - 1 else f"{act}-{to}"
    for number, row in enumerate(held):
        _renumber(row, f"{rows.name}-{number}")
    return done


def _renumber(row: Any, prefix: str) -> None:
    """The row's fields bear the names of its new place."""
    row.name = row.id = row.short_name = prefix
    for name, field in row.form._fields.items():
        field.name = field.id = f"{prefix}-{name}"
        field.label.field_id = field.id
