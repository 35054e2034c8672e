"""The first steps: a list that ticks itself off."""

import re
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Metric, Person, Unit
from tests.cast import company, join, signed_in
from tests.integration.builders import make_goal, running_cycle
from tests.queries import MOST, counted


@pytest.fixture
def boss(app: Flask, db_session: Any) -> Person:
    """Who made the site: HR and administrator, and alone in it."""
    return join("Lâm Quốc Khánh", is_hr=True, is_admin=True, locale="en", unit=company())


def steps(app: Flask, person: Person) -> tuple[list[str], str]:
    """The state of each step, and how many are said to be done."""
    text = signed_in(app, person).get("/setup").text
    said = re.search(r"(\d of 6) done", text)
    return re.findall(r'<li class="(ok|on|)"', text), said[1] if said else ""


class TestShow:
    def test_ticks_itself_off(self, app: Flask, boss: Person) -> None:
        assert steps(app, boss) == (["ok", "on", "", "", "", ""], "1 of 6")
        unit = Unit(code="A", name="Phòng A", kind="department", parent=company())
        db.session.add(unit)
        assert steps(app, boss) == (["ok", "ok", "on", "", "", ""], "2 of 6")
        join("Trần Thu Hà", unit=unit)
        db.session.add(Metric(code="NPS", name="NPS"))
        assert steps(app, boss) == (["ok", "ok", "ok", "ok", "on", ""], "4 of 6")
        cycle = running_cycle()
        assert steps(app, boss) == (["ok", "ok", "ok", "ok", "ok", "on"], "5 of 6")
        make_goal(boss, cycle, {})
        assert steps(app, boss) == (["ok"] * 6, "6 of 6")

    def test_every_door_opens(self, app: Flask, boss: Person) -> None:
        db.session.add(Unit(code="A", name="Phòng A", kind="department", parent=company()))
        client = signed_in(app, boss)
        main = client.get("/setup").text.partition('<main id="main"')[2].partition("</main>")[0]
        doors = set(re.findall(r'href="(/[^"]*)"', main))
        assert {"/setup/units", "/setup/people/new"} <= doors
        assert {door: client.get(door).status_code for door in doors} == dict.fromkeys(doors, 200)

    def test_takes_few_queries(self, app: Flask, boss: Person) -> None:
        client = signed_in(app, boss)
        with counted(app) as sent:
            client.get("/setup")
        assert len(sent) <= MOST

    def test_is_for_who_sets_the_site_up(self, app: Flask, boss: Person) -> None:
        answers = {
            role: signed_in(app, join(role, email=f"{role}@x.vn", **facts)).get("/setup").status_code
            for role, facts in (("nobody", {}), ("hr", {"is_hr": True}), ("admin", {"is_admin": True}))
        }
        assert answers == {"nobody": 403, "hr": 200, "admin": 200}

    def test_a_first_visit_leads_here(self, app: Flask) -> None:
        said = {"company": "An Nhiên", "name": "Khánh", "email": "k@x.vn", "password": "bon chu cai that dai"}
        more = {"locale": "vi", "time_zone": "Asia/Ho_Chi_Minh"}
        assert app.test_client().post("/first-visit", data=said | more).location == "/setup"
