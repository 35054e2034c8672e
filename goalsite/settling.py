"""The day's first request brings up to date what the mere passing of time changed; cron's `settle` leaves it nothing to do."""

from datetime import date

from flask import Flask, g, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError

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
        try:
            settle(day)
            db.session.commit()
        except OperationalError:
            # Busy, or the disk is full: what the request came for may still be had, and the next one tries again.
            db.session.rollback()
            app.logger.warning("the day's settling has to wait")
            return
        finally:
            g.writes = False
        settled.clear()
        settled.add(day)
