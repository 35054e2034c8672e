"""Every page's forms as a browser finds them: nothing sent twice, a token each, no id twice."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Person
from tests import databases, example
from tests.cast import signed_in
from tests.integration.pages import pages_for
from tests.integration.test_query_counts import person_of

ONCE = ("csrf_token", "form_key", "version")


@dataclass
class Found(HTMLParser):
    """The forms that write, as (action, names of their fields), and every id."""

    forms: list[tuple[str, list[str]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    open_form: tuple[str, list[str]] | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("id"):
            self.ids.append(str(said["id"]))
        if tag == "form" and (said.get("method") or "").lower() == "post":
            self.open_form = (said.get("action") or "", [])
            self.forms.append(self.open_form)
        if tag in ("input", "select", "textarea") and self.open_form and said.get("name"):
            self.open_form[1].append(str(said["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open_form = None


@pytest.fixture
def company() -> Iterator[Flask]:
    """The application with the example company."""
    with (
        databases.fresh("sqlite", "example", example.fill) as url,
        databases.closing_app(databases.make_app(url, WTF_CSRF_ENABLED=True)) as app,
    ):
        yield app


def faults(path: str, text: str) -> Iterator[str]:
    page = Found()
    page.feed(text)
    for action, names in page.forms:
        yield from (f"{path}: {action} sends {name} twice" for name in ONCE if names.count(name) > 1)
        # A page with several forms gives each a prefix.
        if not any(name.endswith("csrf_token") for name in names):
            yield f"{path}: {action} has no token"
    yield from (f"{path}: the id {name} stands twice" for name, count in Counter(page.ids).items() if count > 1)


@pytest.mark.parametrize("role", ["hr", "manager", "employee"])
def test_every_form_sends_what_it_should(company: Flask, role: str) -> None:
    with company.app_context():
        viewer: Person = person_of(role)
        pages = pages_for(role, company, viewer)
        client = signed_in(company, viewer)
        db.session.commit()
    client.get("/")
    wrong: list[str] = []
    for paths in pages.values():
        for path in paths:
            answer = client.get(path)
            if answer.mimetype == "text/html" and not re.match("/static|/pickers", path):
                wrong += faults(path, answer.get_data(as_text=True))
    assert not wrong, "\n" + "\n".join(wrong)
