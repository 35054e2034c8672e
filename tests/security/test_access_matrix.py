"""Every route × method × viewpoint, by requests: what may not be seen is not found, what may not be done is refused (rules §8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from goalsite.extensions import db
from tests import databases
from tests.security.access_table import DONE, MATRIX, Line, lines_of
from tests.security.viewpoints import VIEWPOINTS, VISIBILITIES, fill, hidden_from, ids, title, token_of

LISTS = (
    "/?cycle=OLD",
    "/checkins",
    "/overview?text=Chuyện",
    "/overview?owner={self}&cycle=OLD",
    "/tree?text=Chuyện",
    "/tree?unit={team}&cycle=OLD",
    "/tree?goal={goal}",
    "/members?text=self&cycle=OLD",
    "/members/{self}",
    "/members/{self}?cycle=OLD",
    "/decisions?tab=approved",
    "/decisions?person={self}",
    "/pickers/goals?field=goal&goal=C",
    "/notifications",
)
ANSWERED = {200, 302, 303, 409, 422}


@dataclass(frozen=True)
class Company:
    """The application on it, a session's token for each viewpoint, and what the addresses name."""

    app: Flask
    tokens: dict[str, str]
    named: dict[str, dict[str, object]]

    def ask(self, who: str, path: str, method: str = "GET", **headers: str) -> TestResponse:
        """The answer to that viewpoint, in a browser of its own: some requests end a session."""
        browser = self.app.test_client()
        if who in self.tokens:
            with browser.session_transaction() as session:
                session["_user_id"] = self.tokens[who]
                session["_fresh"] = True
        return browser.open(path, method=method, headers=headers)


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """What a request writes is given up at its end: each meets the company as it was made."""
    with databases.fresh("sqlite", "viewpoints", fill) as url, databases.closing_app(databases.make_app(url)) as app:
        with app.app_context():
            made = Company(app, {who: token_of(who) for who in VIEWPOINTS if who != "anonymous"}, ids())
            db.session.commit()
        made.ask("self", "/")  # the day's first request also brings the standings up to date
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db.session, "commit", db.session.flush)
            yield made


class TestEveryRoute:
    def test_is_in_the_matrix(self) -> None:
        with databases.empty("sqlite") as url:
            rules = list(databases.make_app(url).url_map.iter_rules())
        found = {(rule.endpoint, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
        assert found - set(MATRIX) == set(), "a route has its line in tests/security/access_table.py"

    @pytest.mark.parametrize(("endpoint", "method"), MATRIX, ids=lambda part: part)
    def test_answers_each_viewpoint_as_the_rules_say(self, company: Company, endpoint: str, method: str) -> None:
        if endpoint not in company.app.view_functions:
            pytest.skip("not there yet")
        wrong = [fault for line in lines_of(endpoint, method) for fault in faults(company, line, method)]
        assert not wrong, "\n" + "\n".join(wrong)


class TestPages:
    """What may not be seen stands in no list, search, count or fragment either."""

    @pytest.mark.parametrize("path", LISTS)
    def test_show_nothing_that_is_hidden(self, company: Company, path: str) -> None:
        for who in VIEWPOINTS:
            text = company.ask(who, path.format(**company.named["public"])).text
            assert leaked(who, text) == [], who

    @pytest.mark.parametrize("who", ("self", "manager", "skip", "supervisor", "follower", "hr"))
    def test_show_what_may_be_seen(self, company: Company, who: str) -> None:
        """The check above would pass on empty pages."""
        path = "/overview?unit={team}&below=0&text=Chuyện".format(**company.named["public"])
        text = company.ask(who, path).text
        assert [title(visibility) in text for visibility in VISIBILITIES] == [True, True, True]


def faults(company: Company, line: Line, method: str) -> Iterator[str]:
    """Who is answered otherwise than the line says, or reads what they may not."""
    headers = {"HX-Request": "true"} if line.fragment else {}
    for visibility, who in product(VISIBILITIES if line.on_goal else VISIBILITIES[:1], VIEWPOINTS):
        answer = company.ask(who, line.path.format(**company.named[visibility]), method, **headers)
        meant = line.expected(method, who, visibility)
        if not (answer.status_code in ANSWERED if meant == DONE else answer.status_code == meant):
            yield f"{who}, {line.path}, {visibility}: {answer.status_code} instead of {meant}"
        yield from (
            f"{who}, {line.path}, {visibility}: reads “{hidden}”"
            for hidden in leaked(who, answer.get_data().decode("utf-8", "replace"))
        )


def leaked(who: str, text: str) -> list[str]:
    """What that viewpoint reads and may not."""
    return [hidden for hidden in hidden_from(who) if hidden in text]
