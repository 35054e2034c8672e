"""Rows in bulk, and everybody's place: what the makers of the bench's company share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from goalsite.extensions import db

WEEK = timedelta(weeks=1)
AT_ONCE = 5000


@dataclass(frozen=True)
class Place:
    """Where somebody stands: their unit, whether they head it, and who heads the one above (themselves, at the top)."""

    person: int
    unit: int
    depth: int
    heads: bool
    above: int


def put(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows in bulk; what a row leaves out has the model's default."""
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        db.session.execute(insert(model.__table__), some)
