"""The sheets of a unit's reviews, to be printed in one go."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.models import Person
from goalsite.queries import reviews
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    """Of whom two reports and HR have evaluated goals in a cycle under review."""
    people = family()
    cycle = running_cycle(state="reviewing")
    for who in ("report", "peer", "hr"):
        make_goal(people[who], cycle, {}, evaluation="approved", score=Decimal("0.8"))
    settle()
    return people


def test_everybodys_of_a_unit_as_far_as_the_reader_may_see_them(app: Flask, cast: dict[str, Person]) -> None:
    page = signed_in(app, cast["manager"]).get("/reviews/sheets?unit=A").text
    assert page.count('class="sheet"') == 2
    assert f'id="sheet-{cast["report"].id}"' in page
    page = signed_in(app, cast["report"]).get("/reviews/sheets").text
    assert page.count('class="sheet"') == 1
    assert signed_in(app, cast["hr"]).get("/reviews/sheets?unit=NONE").status_code == 404


def test_more_than_are_printed_at_once_come_in_parts_that_say_which(
    app: Flask, cast: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    hr = signed_in(app, cast["hr"])
    assert "Print all" in hr.get("/reviews/sheets?unit=A", headers=ENGLISH).text
    monkeypatch.setattr(reviews, "SHEETS", 1)
    page = hr.get("/reviews/sheets?unit=A&page=2", headers=ENGLISH).text
    assert page.count('class="sheet"') == 1
    assert "Part 2 of 2: sheets 2–2 of 2, from " in page
    assert "Print part 2 of 2" in page
