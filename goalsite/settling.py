"""The day's first request brings up to date what the mere passing of time changed; cron's `settle` leaves it nothing to do."""

from datetime import date

from flask import Flask, g, request
from flask_login import current_user

from goalsite.actions.standing import settle
from goalsite.extensions import db
from goalsite.queries.company import today


def init_app(app: Flask) -> None:
    """Looks once a day and process, before the first view."""
    settled: set[date] = set()

    @app.before_request
    def settle_first() -> None:
        if request.endpoint == "static" or not current_user.is_authenticated or today() in settled:
            return
        day = today()
        # It is a write of its own, whatever the request came for.
        db.session.rollback()
        g.writes = True
        settle(day)
        db.session.commit()
        g.writes = False
        settled.clear()
        settled.add(day)
