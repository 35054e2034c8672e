"""Every page is made with at most twelve queries, in the example company and in one of two thousand people."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench.company import cast_of, make_company
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.queries.company import today
from tests import databases, example
from tests.cast import signed_in
from tests.integration.pages import ANSWERS, PAGES, pages_for, routes
from tests.queries import MOST, counted

LARGE = 2000
VIEWERS = ("director", "manager", "employee", "hr")


def fill_large(url: str) -> None:
    """A company of two thousand with a week of check-ins."""
    databases.migrate(url)
    with databases.closing_app(databases.make_app(url)) as app, app.app_context():
        make_company(LARGE, today(), weeks=1)


@pytest.fixture(params=["example-sqlite", "example-postgresql", "large-sqlite"])
def company(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with one of the companies."""
    size, engine = str(request.param).split("-")
    fill = fill_large if size == "large" else example.fill
    with databases.fresh(engine, size, fill) as url, databases.closing_app(databases.make_app(url)) as app:
        yield app


def person_of(role: str) -> Person:
    if db.session.query(Person).count() == LARGE:
        return db.session.get_one(Person, getattr(cast_of(), role))
    return db.session.query(Person).filter_by(email_key=example.CAST[role]).one()


def faults(app: Flask, client: FlaskClient, endpoint: str, paths: list[str]) -> Iterator[str]:
    """What is wrong with the endpoint's pages, and with the first as a fragment: the number of queries, or the answer."""
    meant = ANSWERS.get(endpoint, 200)
    codes = set()
    for path, headers in [*((path, {}) for path in paths), (paths[0], {"HX-Request": "true"})]:
        with counted(app) as sent:
            codes.add(client.get(path, headers=headers).status_code)
        if len(sent) > MOST:
            listed = "\n".join(f"    {' '.join(statement.split())[:300]}" for statement in sent)
            yield f"{endpoint} {path} {headers}: {len(sent)} queries\n{listed}"
    # A piece that makes no page by itself sends a browser to where it stands.
    if meant not in codes or codes - {meant, 302, 303}:
        yield f"{endpoint} {paths}: answered {codes}"


class TestEveryPage:
    def test_is_listed(self) -> None:
        with databases.empty("sqlite") as url:
            found = routes(databases.make_app(url))
        assert found - set(PAGES) == set(), "a route that can be got has its line in tests/integration/pages.py"

    @pytest.mark.parametrize("role", VIEWERS)
    def test_takes_twelve_queries_at_most(self, company: Flask, role: str) -> None:
        with company.app_context():
            viewer = person_of(role)
            pages = pages_for(role, company, viewer)
            client = signed_in(company, viewer)
        client.get("/")  # the day's first request also brings the standings up to date
        found = [fault for page in pages.items() for fault in faults(company, client, *page)]
        assert not found, "\n" + "\n".join(found)
