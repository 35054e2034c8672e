"""Setting up the organisation: units made, renamed, moved, archived; by HR, and teams by the heads above them."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Person, Unit
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Result
from tests.cast import company, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

Cast = dict[str, Person]
KEY = "k" * 20


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    return family()


@pytest.fixture
def hr(app: Flask, cast: Cast) -> FlaskClient:
    return browser(app, cast["hr"])


def browser(app: Flask, person: Person) -> FlaskClient:
    person.locale = "en"
    return signed_in(app, person)


def unit(code: str) -> Unit:
    return db.session.query(Unit).filter_by(code=code).one()


def facts(one: Unit, **said: str) -> dict[str, str]:
    """The form of that unit as it stands, with these fields typed over; an empty one unticks."""
    held = {
        "name": one.name,
        "code": one.code,
        "kind": one.kind,
        "parent": one.parent.code if one.parent else "",
        "head": one.head.email if one.head else "",
        "supervisors": "; ".join(person.email for person in one.supervisors),
        "supervisors_edit_goals": "y",
        "owners_edit_goals": "y",
        "owners_edit_measures": "y",
        "okr_visibility": "public",
        "kpi_visibility": "public",
        "evaluation_visibility": "restricted",
        "version": str(one.version),
        "form_key": KEY,
    }
    return {name: text for name, text in (held | said).items() if text}


def new(code: str = "A1", **said: str) -> dict[str, str]:
    return facts(Unit(code=code, name=f"Nhóm {code}", kind="team", version=1), parent="A") | said


def rows() -> list[AuditRow]:
    return db.session.query(AuditRow).order_by(AuditRow.seq).all()


class TestList:
    def test_every_unit_stands_under_its_parent(self, hr: FlaskClient, cast: Cast) -> None:
        db.session.add(Unit(code="A1", name="Nhóm A1", kind="team", parent=unit("A"), sort_key="0"))
        text = hr.get("/setup/units").text
        assert re.findall(r"level-(\d).*?<small>(\w+)</small>", text) == [
            ("0", "C"),
            ("1", "A"),
            ("2", "A1"),
            ("1", "B"),
        ]

    def test_finds_by_name_and_code_and_hides_what_is_archived(self, hr: FlaskClient, cast: Cast) -> None:
        unit("B").archived = True
        assert re.findall(r"<small>(\w)</small>", hr.get("/setup/units?text=phòng").text) == ["A"]
        assert re.findall(r"<small>(\w)</small>", hr.get("/setup/units?text=b&archived=1").text) == ["B"]
        assert "No such unit" in hr.get("/setup/units?text=nowhere%25").text

    def test_takes_few_queries_whatever_the_size(self, app: Flask, hr: FlaskClient, cast: Cast) -> None:
        db.session.add_all(
            [Unit(code=f"T{n}", name=f"Nhóm {n}", parent=unit("A"), head=cast["peer"]) for n in range(210)]
        )
        db.session.commit()
        with counted(app) as sent:
            assert "Page 1 of 3" in hr.get("/setup/units").text
        assert len(sent) <= MOST

    def test_is_for_hr_and_heads(self, app: Flask, cast: Cast) -> None:
        status = {who: browser(app, cast[who]).get("/setup/units").status_code for who in ("report", "manager", "hr")}
        assert status == {"report": 403, "manager": 200, "hr": 200}

    def test_heads_find_it_on_their_units_overview(self, app: Flask, cast: Cast) -> None:
        running_cycle()
        links = {
            (who, code): 'href="/setup/units"' in browser(app, cast[who]).get(f"/overview?unit={code}").text
            for who, code in (("manager", "A"), ("manager", "B"), ("director", "B"), ("report", "A"))
        }
        assert list(links.values()) == [True, False, True, False]


class TestAdd:
    def test_its_head_manages_its_people(self, hr: FlaskClient, cast: Cast) -> None:
        said = new(
            head=cast["peer"].email,
            supervisors=f"{cast['report'].email}; {cast['outsider'].name}",
            owners_edit_goals="",
        )
        assert hr.post("/setup/units/new", data={name: text for name, text in said.items() if text}).status_code == 303
        made = unit("A1")
        assert (made.parent, made.head, made.owners_edit_goals, made.owners_edit_measures) == (
            unit("A"),
            cast["peer"],
            False,
            True,
        )
        assert {one.name for one in made.supervisors} == {cast["report"].name, cast["outsider"].name}
        assert [row.action for row in rows()] == ["add_unit"]

    def test_sent_twice_has_one_effect(self, hr: FlaskClient, cast: Cast) -> None:
        assert [hr.post("/setup/units/new", data=new()).status_code for _ in range(2)] == [303, 303]
        assert len(rows()) == 1

    @pytest.mark.parametrize(
        ("typed", "words"),
        (
            ({"code": "A"}, "is taken"),
            ({"code": "A 1"}, "A code has no spaces"),
            ({"code": "x" * 65}, "64"),
            ({"name": " "}, "This is needed"),
            ({"parent": ""}, "This is needed"),
            ({"parent": "Phong B"}, "Phòng B · B"),
            ({"head": "Ai đó"}, "There is no"),
            ({"kind": "company"}, "Not a valid choice"),
            ({"okr_visibility": "secret"}, "Not a valid choice"),
        ),
    )
    def test_refuses_with_what_was_typed(self, hr: FlaskClient, cast: Cast, typed: dict[str, str], words: str) -> None:
        answer = hr.post("/setup/units/new", data=new() | typed)
        assert answer.status_code == 422
        assert words in answer.text
        assert rows() == []

    def test_not_in_an_archived_one(self, hr: FlaskClient, cast: Cast) -> None:
        unit("B").archived = True
        assert "is archived" in hr.post("/setup/units/new", data=new(parent="B")).text

    def test_a_head_makes_teams_in_their_own_unit_only(self, app: Flask, cast: Cast) -> None:
        head = browser(app, cast["manager"])
        assert head.post("/setup/units/new", data=new(parent="B")).status_code == 422
        said = new(kind="department", okr_visibility="restricted")
        assert head.post("/setup/units/new", data=said).status_code == 303
        assert (unit("A1").kind, unit("A1").okr_visibility) == ("team", "public")
        assert head.get(f"/setup/units/{unit('A1').id}/edit").status_code == 200
        assert [head.get(f"/setup/units/{unit(code).id}/edit").status_code for code in "CAB"] == [403] * 3


class TestChange:
    def test_never_under_itself(self, hr: FlaskClient, cast: Cast) -> None:
        hr.post("/setup/units/new", data=new())
        answer = hr.post(f"/setup/units/{unit('A').id}/edit", data=facts(unit("A"), parent="A1", form_key="z" * 20))
        assert answer.status_code == 422
        assert "These units lie in a circle: Phòng A → Nhóm A1 → Phòng A" in answer.text.replace(
            "Nhóm A1 → Phòng A → Nhóm A1", "Phòng A → Nhóm A1 → Phòng A"
        )
        assert unit("A").parent is company()

    def test_a_new_head_takes_over_people_and_the_units_results(self, hr: FlaskClient, cast: Cast) -> None:
        make_goal(cast["manager"], running_cycle(), {}, scope="unit")
        settle()
        hr.post(f"/setup/units/{unit('A').id}/edit", data=facts(unit("A"), head=cast["peer"].email))
        assert cast["report"].boss_id == cast["peer"].id
        counts = {row.person_id: row.goals for row in db.session.query(Result).filter(Result.person_id.is_not(None))}
        assert counts == {cast["manager"].id: 0}

    def test_a_circle_of_heads_is_refused(self, hr: FlaskClient, cast: Cast) -> None:
        cast["director"].manager = cast["peer"]
        answer = hr.post(f"/setup/units/{unit('B').id}/edit", data=facts(unit("B"), head=cast["hr"].email))
        assert "manage each other in a circle" in answer.text
        assert unit("B").head is None

    def test_a_stale_form_is_refused_beside_what_was_saved(self, hr: FlaskClient, cast: Cast) -> None:
        said = facts(unit("A"), name="Tên của tôi")
        unit("A").name, unit("A").version = "Tên của người khác", 2
        answer = hr.post(f"/setup/units/{unit('A').id}/edit", data=said)
        assert answer.status_code == 409
        assert 'value="Tên của tôi"' in answer.text
        assert "Meanwhile changed to: Tên của người khác" in answer.text
        assert hr.post(f"/setup/units/{unit('A').id}/edit", data=said | {"version": "2"}).status_code == 303
        assert (unit("A").name, [set(row.after or {}) for row in rows()]) == ("Tên của tôi", [{"name"}])

    def test_the_company_is_renamed_and_stays_at_the_top(self, hr: FlaskClient, cast: Cast) -> None:
        top = company()
        assert (
            hr.post(
                f"/setup/units/{top.id}/edit", data=facts(top, name="An Nhiên Mới", parent="A", kind="team")
            ).status_code
            == 303
        )
        assert (top.name, top.parent_id, top.kind) == ("An Nhiên Mới", None, "company")

    def test_nothing_is_said_to_have_changed_when_nothing_has(self, hr: FlaskClient, cast: Cast) -> None:
        assert "Meanwhile changed" not in hr.get(f"/setup/units/{unit('A').id}/edit").text


class TestArchive:
    def test_only_once_nobody_and_nothing_is_left_in_it(self, hr: FlaskClient, cast: Cast) -> None:
        hr.post("/setup/units/new", data=new())
        there = f"/setup/units/{unit('A').id}"
        hr.post(f"{there}/archive", data={"form_key": "a" * 20})
        assert "Units below it are still in use: Nhóm A1" in hr.get(f"{there}/edit").text
        hr.post(f"/setup/units/{unit('A1').id}/archive", data={"form_key": "b" * 20})
        hr.post(f"{there}/archive", data={"form_key": "c" * 20})
        assert "people who work here: 3" in hr.get(f"{there}/edit").text
        for who in ("manager", "report", "peer"):
            cast[who].left_on = days_ago(1)
        hr.post(f"{there}/archive", data={"form_key": "d" * 20})
        assert unit("A").archived
        hr.post(f"/setup/units/{unit('A1').id}/restore", data={"form_key": "e" * 20})
        assert unit("A1").archived
        hr.post(f"{there}/restore", data={"form_key": "f" * 20})
        assert not unit("A").archived
        assert [row.action for row in rows()] == ["add_unit", "archive_unit", "archive_unit", "restore_unit"]

    def test_never_the_company(self, hr: FlaskClient, cast: Cast) -> None:
        hr.post(f"/setup/units/{company().id}/archive")
        assert not company().archived
