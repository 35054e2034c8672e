"""Whether the database has the schema this code was written for."""

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect

from goalsite.extensions import db


def schema_state() -> str:
    """`current`, `empty` (no table at all), `behind`, `ahead` (made by newer code) or `foreign` (other tables)."""
    migrate = current_app.extensions["migrate"]
    config = Config()
    config.set_main_option("script_location", migrate.directory.replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        tables = inspect(connection).get_table_names()
    if revision is None:
        return "foreign" if tables else "empty"
    if revision == scripts.get_current_head():
        return "current"
    return "behind" if revision in {script.revision for script in scripts.walk_revisions()} else "ahead"
