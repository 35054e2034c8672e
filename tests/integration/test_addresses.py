"""Every state of a page stands in its address: the cycle in every link, and what cannot be read is said, never answered with something else."""

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from goalsite.domain.asked import misread, read_day
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.places import OF_A_CYCLE
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import WEEK, days_ago, family, make_goal, running_cycle, settle

Cast = dict[str, Person]
WALKED = ("/overview", "/members", "/tree", "/tree/map", "/reports")
LINK = re.compile(r'(?:href|hx-get|hx-post|action)="(/[^"]*)"')
FORM = re.compile(r'<form[^>]*method="get" action="(/[^"]*)".*?</form>', re.DOTALL)
SWITCH = re.compile(r'<details class="menu pick" data-menu>.*?</details>', re.DOTALL)
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    return family()


@pytest.fixture
def cycles(cast: Cast) -> dict[str, Cycle]:
    """The running one and the one before, each with goals of every kind of owner, in it more than a page of the overview holds."""
    now = running_cycle()
    first, last = now.starts_on - WEEK * 13, now.starts_on - WEEK
    then = running_cycle(code="LAST", name="Quý trước", starts_on=first, ends_on=last, state="reviewing")
    for cycle in (now, then):
        top = make_goal(cast["director"], cycle, {}, scope="unit", title=f"Công ty {cycle.code}")
        for number in range(12):
            make_goal(cast["report"], cycle, {}, parent_id=top.id, title=f"Số {number} {cycle.code}")
    settle()
    db.session.commit()
    return {"NOW": now, "LAST": then}


def links(text: str) -> set[str]:
    """Where the page leads, but for the choice of another cycle; a form that asks for a page leads there with its hidden fields."""
    text = SWITCH.sub("", text)
    found = set()
    for form in FORM.finditer(text):
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        found.add(form[1].partition("?")[0] + "?" + "&".join(f"{name}={value}" for name, value in hidden))
    return {unescape(link) for link in found | set(LINK.findall(FORM.sub("", text)))}


def is_of_a_cycle(app: Flask, link: str, method: str = "GET") -> bool:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(link).path, method=method)
    except (HTTPException, RequestRedirect):
        return method == "GET" and is_of_a_cycle(app, link, "POST")
    return not OF_A_CYCLE.isdisjoint({endpoint, endpoint.partition(".")[0]})


class TestTheCycle:
    @pytest.mark.parametrize(("who", "code"), [("hr", "LAST"), ("report", "NOW")])
    def test_stands_in_every_link_to_a_page_about_one(
        self, app: Flask, cast: Cast, cycles: dict[str, Cycle], code: str, who: str
    ) -> None:
        client = signed_in(app, cast[who])
        other = {"NOW": "LAST", "LAST": "NOW"}[code]
        todo = [f"{path}?cycle={code}" for path in WALKED] + [f"/overview?cycle={code}&kind=okr"]
        walked: set[str] = set()
        told: set[str] = set()
        while todo and len(walked) < 40:
            address = todo.pop(0)
            # Somebody looks at the other cycle in another tab all the while.
            client.get(f"/overview?cycle={other}")
            answer = client.get(address)
            walked.add(urlsplit(address).path)
            if answer.mimetype != "text/html":
                continue
            assert answer.status_code == 200, address
            for link in links(answer.get_data(as_text=True)):
                if not is_of_a_cycle(app, link):
                    continue
                asked = parse_qs(urlsplit(link).query)
                # What somebody came to in other cycles is on their page.
                past = urlsplit(link).path == urlsplit(address).path and asked.get("cycle") == [other]
                assert past or asked.get("cycle") == [code], f"{address} leads to {link}"
                told.add(urlsplit(link).path)
                if urlsplit(link).path not in walked and "remind" not in link and "/new" not in link:
                    todo.append(link)
        assert {*WALKED, "/", "/reviews", "/reports/people", "/reports/units"} <= told
        assert any("page=2" in link for link in links(client.get(f"/overview?cycle={code}&kind=okr").text))

    def test_two_tabs_do_not_meet(self, app: Flask, cast: Cast, cycles: dict[str, Cycle]) -> None:
        client = signed_in(app, cast["hr"])
        first = client.get("/overview?cycle=NOW&kind=okr").text
        assert " LAST</a>" in client.get("/overview?cycle=LAST&kind=okr").text
        later = next(link for link in links(first) if "page=2" in link)
        second = client.get(later).text
        assert " NOW</a>" in second
        assert " LAST</a>" not in second

    def test_a_page_asked_for_without_takes_the_last_one_and_names_it(
        self, app: Flask, cast: Cast, cycles: dict[str, Cycle]
    ) -> None:
        client = signed_in(app, cast["hr"])
        client.get("/overview?cycle=LAST")
        text = client.get("/tree").text
        assert "Công ty LAST" in text
        assert "/members?cycle=LAST" in links(text)

    def test_reminders_are_of_the_cycle_of_the_page(self, app: Flask, cast: Cast, cycles: dict[str, Cycle]) -> None:
        client = signed_in(app, cast["manager"])
        text = client.get("/overview?cycle=NOW").text
        client.get("/overview?cycle=LAST")
        remind = next(link for link in links(text) if link.startswith(f"/members/{cast['report'].id}/remind"))
        assert "cycle=NOW" in remind
        assert "reminded" in client.post(remind, headers=ENGLISH, follow_redirects=True).text
        assert (
            "owes no check-in"
            in client.post(remind.replace("NOW", "LAST"), headers=ENGLISH, follow_redirects=True).text
        )

    def test_a_goal_that_is_looked_for_has_its_own(self, app: Flask, cast: Cast, cycles: dict[str, Cycle]) -> None:
        client = signed_in(app, cast["hr"])
        found = make_goal(cast["report"], cycles["LAST"], {}, title="Riêng")
        settle()
        db.session.commit()
        client.get("/overview?cycle=NOW")
        assert client.get(f"/tree?goal={found.id}").location == f"/tree?cycle=LAST&goal={found.id}"


class TestWhatCannotBeRead:
    @pytest.fixture
    def client(self, app: Flask, cast: Cast, cycles: dict[str, Cycle]) -> FlaskClient:
        return signed_in(app, cast["hr"])

    @pytest.mark.parametrize("path", [*WALKED, "/reports/people", "/reports/units", "/reports/goals"])
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (
                "as_of=banana",
                "“banana” cannot be read as a day. Write it like 20/10/2026 or 2026-10-20. What you see is today's.",
            ),
            ("as_of=2026-13-45", "“2026-13-45” cannot be read as a day."),
            ("as_of=31/02/2026", "“31/02/2026” cannot be read as a day."),
            ("as_of=2999-01-01", "01/01/2999 is still to come. What you see is today's."),
            ("as_of=1900-01-01", "01/01/1900 is too long ago"),
            ("cycle=XXX", "There is no cycle “XXX”. What you see is of Quý này."),
        ],
    )
    def test_a_page_says_so_and_what_it_shows(self, client: FlaskClient, path: str, asked: str, said: str) -> None:
        answer = client.get(f"{path}?{asked}", headers=ENGLISH)
        assert answer.status_code == 200
        assert said in unescape(answer.text)
        assert "As of" not in answer.text.split("<main")[1].split("flash")[0]

    def test_a_page_that_can_be_read_says_nothing(self, client: FlaskClient) -> None:
        for asked in ("", f"?as_of={today()}", f"?as_of={days_ago(9)}", "?cycle=LAST", "?as_of="):
            for words in ("cannot be read", "still to come", "What you see is", "had not begun"):
                if not (words == "had not begun" and "LAST" in asked):
                    assert words not in unescape(client.get(f"/overview{asked}", headers=ENGLISH).text)

    def test_a_day_may_be_written_as_people_write_it(self, client: FlaskClient) -> None:
        day = days_ago(9)
        text = client.get(f"/overview?as_of={day:%d/%m/%Y}", headers=ENGLISH).text
        assert f"As of {day:%d/%m/%Y}" in text
        assert any(f"as_of={day}" in link for link in links(text))

    def test_a_day_before_the_cycle_is_said_so(self, client: FlaskClient, cycles: dict[str, Cycle]) -> None:
        begins = f"{cycles['NOW'].starts_on:%d/%m/%Y}"
        said = f"On that day the cycle had not begun: it begins on {begins}."
        for path in WALKED:
            assert said in client.get(f"{path}?cycle=NOW&as_of={days_ago(100)}", headers=ENGLISH).text
            assert said not in client.get(f"{path}?cycle=NOW&as_of={days_ago(9)}", headers=ENGLISH).text

    @pytest.mark.parametrize("asked", ["2026-13", "x", "2026-Q9", "2026-W99", "10/2026"])
    def test_a_period_is_said_so_too(self, client: FlaskClient, asked: str) -> None:
        text = unescape(client.get(f"/reports/people?period={asked}", headers=ENGLISH).text)
        assert f"“{asked}” cannot be read as a month, quarter or week." in text
        assert "What you see is of the whole cycle." in text

    @pytest.mark.parametrize("file", ["people.csv", "people.xlsx", "units.csv", "goals.xlsx"])
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ("cycle=XXX", "There is no cycle “XXX”."),
            ("as_of=banana", "“banana” cannot be read as a day."),
            ("as_of=2999-01-01", "is still to come"),
            ("as_of=1900-01-01", "is too long ago"),
            ("period=2026-13", ""),
        ],
    )
    def test_there_is_no_file_of_something_else(
        self, app: Flask, client: FlaskClient, file: str, asked: str, said: str
    ) -> None:
        answer = client.get(f"/reports/{file}?{asked}", headers=ENGLISH)
        assert answer.status_code == 400
        assert said in unescape(answer.text)
        assert app.test_client().get(f"/reports/{file}?{asked}").status_code in (302, 303)

    def test_a_file_of_what_can_be_read_is_there(self, client: FlaskClient) -> None:
        for asked in ("", "?cycle=NOW", f"?as_of={days_ago(9):%d/%m/%Y}", f"?period={today():%Y-%m}"):
            assert client.get(f"/reports/people.csv{asked}").status_code == 200, asked

    def test_no_text_hurts(self, client: FlaskClient) -> None:
        for typed in ("<script>", "x" * 5000, "%s%(x)s", "٢٠٢٦-١٠-٢٠", "0/0/0000"):
            for name in ("as_of", "cycle", "period"):
                answer = client.get("/reports/people", query_string={name: typed})
                assert answer.status_code == 200, (name, typed)
                assert "<script>" not in answer.text.split("<main")[1]


def test_the_rule_itself() -> None:
    day = date(2026, 11, 28)
    assert read_day("", day) is None
    assert read_day(f" {day:%d/%m/%Y} ", day) is None
    assert read_day("5/3/2020", day) == read_day("2020-03-05", day) == read_day("05.03.2020", day)
    with pytest.raises(RuleError, match="address_day_old"):
        read_day("31/12/1999", day)
    asked = {"as_of": "2020-03-05", "cycle": "A", "period": "2026-10"}
    found = [error.code for error in misread(asked, day, goes_back=False, cycles=["B"], report="units")]
    assert found == ["address_day_nowhere", "address_cycle", "address_period_nowhere"]
    assert list(misread(asked, day, goes_back=True, cycles=["A"], report="people")) == []
