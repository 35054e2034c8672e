"""Goalsite: goals for a company's own intranet."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from goalsite.config import INSTANCE, load_config


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, with `config` over the environment's settings."""
    app = Flask(__name__, instance_path=str(INSTANCE))
    app.config.update(load_config(config))

    from goalsite import cli, database, errors, extensions, frame, mailing, security, settling, views
    from goalsite.actions.search_words import follow_writes

    database.init_app(app)
    follow_writes()
    security.init_app(app)
    extensions.csrf.init_app(app)
    extensions.compress.init_app(app)
    frame.init_app(app)
    settling.init_app(app)
    mailing.init_app(app)
    errors.init_app(app)
    views.init_app(app)
    cli.init_app(app)
    return app
