"""Every page is made with at most twelve queries and has no endless list, in the example company and in one of two thousand people."""

import re
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
MOST_OPTIONS = 60
MOST_LINES = 150
BOX = re.compile(r"<(?:select|datalist)\b.*?</(?:select|datalist)>", re.DOTALL)
CALLED = re.compile(r'(?:name|id)="([^"]*)"')
# The world has five hundred of them.
LONG = ("time_zone",)
# A bundle of sheets to print, as many at once as the query says.
PRINTED = ("assignments.sheets", "reviews.sheets")
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


def endless(text: str) -> Iterator[str]:
    """Boxes in which one would look for a name among hundreds, and lists that want pages."""
    for box in BOX.findall(text):
        named = CALLED.search(box)
        if box.count("<option") > MOST_OPTIONS and not (named and named[1].endswith(LONG)):
            yield f"{box.count('<option')} options in {named[1] if named else box[:80]}"
    for line in ("<tr", "<li"):
        if (count := len(re.findall(rf"{line}\b", text))) > MOST_LINES:
            yield f"{count} times {line}"


def faults(app: Flask, client: FlaskClient, endpoint: str, paths: list[str]) -> Iterator[str]:
    """What is wrong with the endpoint's pages, and with the first as a fragment: the number of queries, a list, or the answer."""
    meant = ANSWERS.get(endpoint, 200)
    codes = set()
    for path, headers in [*((path, {}) for path in paths), (paths[0], {"HX-Request": "true"})]:
        with counted(app) as sent:
            answer = client.get(path, headers=headers)
        codes.add(answer.status_code)
        if answer.mimetype == "text/html" and endpoint not in PRINTED:
            yield from (f"{endpoint} {path}: {fault}" for fault in endless(answer.get_data(as_text=True)))
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
    def test_takes_twelve_queries_at_most_and_pages_its_lists(self, company: Flask, role: str) -> None:
        with company.app_context():
            viewer = person_of(role)
            pages = pages_for(role, company, viewer)
            client = signed_in(company, viewer)
        client.get("/")  # the day's first request also brings the standings up to date
        found = [fault for page in pages.items() for fault in faults(company, client, *page)]
        assert not found, "\n" + "\n".join(found)
