"""The yardstick: the same server answering a view that makes one query by an index and a table of as many bytes as asked for."""

from flask import Flask
from sqlalchemy import select

from goalsite.extensions import db
from goalsite.models_follow import CheckIn

ROW = "<tr><td>{{ row.id }}</td><td>{{ row.on }}</td><td>{{ row.note }}</td><td>{{ row.confidence }}</td></tr>\n"
PAGE = "<!doctype html><title>Bare</title><table>\n{% for row in rows %}" + ROW + "{% endfor %}</table>\n"
BYTES_A_ROW = 88


def add_bare_view(app: Flask) -> None:
    """`/bare/<length>`, for whoever is signed in."""
    template = app.jinja_env.from_string(PAGE)

    @app.get("/bare/<int:length>")
    def bare(length: int) -> str:
        wanted = select(CheckIn.id, CheckIn.on, CheckIn.note, CheckIn.confidence).order_by(CheckIn.id)
        rows = db.session.execute(wanted.limit(length // BYTES_A_ROW)).all()
        text = template.render(rows=rows)
        return text + " " * (length - len(text.encode()))
