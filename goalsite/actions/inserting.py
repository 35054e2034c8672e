"""An insert that can stand back where the row is there already; each engine has its own."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from goalsite.extensions import db


def inserting(model: Any) -> Any:
    """The engine's INSERT into the model's table, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(model)
