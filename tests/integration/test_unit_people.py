"""The people of a unit: brought in and taken out by HR, and in the teams below a unit by its head (rules §8, last row)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Person, Unit
from goalsite.models_accounts import AuditRow
from goalsite.queries.company import today
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family
from tests.queries import MOST, counted

Cast = dict[str, Person]
KEY = "k" * 20


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    """The family, and in department A a team that `peer` heads and nobody else is in."""
    cast = family()
    db.session.add(Unit(code="A1", name="Nhóm A1", kind="team", parent=cast["report"].unit, head=cast["peer"]))
    for person in cast.values():
        person.locale = "en"
    rebuild_organisation(today())
    return cast


@pytest.fixture
def team(cast: Cast) -> Unit:
    return db.session.query(Unit).filter_by(code="A1").one()


@pytest.fixture
def head(app: Flask, cast: Cast) -> FlaskClient:
    """Of the department."""
    return signed_in(app, cast["manager"])


def bring(client: FlaskClient, team: Unit, *people: Person, **said: str) -> Any:
    data = {"people": "; ".join(one.email for one in people), "place": "home", "form_key": KEY} | said
    return client.post(f"/setup/units/{team.id}/people", data=data)


def audited() -> list[tuple[str, set[str]]]:
    found = db.session.query(AuditRow).filter_by(action="change_person").order_by(AuditRow.seq)
    return [(row.object_id, set(row.after or {})) for row in found]


class TestShow:
    def test_lists_who_works_there_and_who_belongs_besides(self, head: FlaskClient, cast: Cast, team: Unit) -> None:
        cast["report"].unit, cast["outsider"].teams = team, [team]
        gone = join("Đã Nghỉ", unit=team)
        gone.left_on = days_ago(1)
        text = head.get(f"/setup/units/{team.id}/people").text
        assert (cast["report"].name in text, "At home in Phòng B" in text, "Đã Nghỉ" in text) == (True, True, False)
        assert f"/setup/units/{team.id}/people" in head.get(f"/setup/units/{team.id}/edit").text
        assert f"/setup/units/{team.id}/people" in head.get("/setup/units").text

    def test_is_for_hr_and_heads_above(self, app: Flask, cast: Cast, team: Unit) -> None:
        there = f"/setup/units/{team.id}/people"
        found = {who: signed_in(app, cast[who]).get(there).status_code for who in cast}
        assert found == dict.fromkeys(cast, 403) | {"hr": 200, "director": 200, "manager": 200}
        assert signed_in(app, cast["hr"]).get("/setup/units/99999/people").status_code == 404

    def test_takes_few_queries(self, app: Flask, head: FlaskClient, team: Unit) -> None:
        for number in range(120):
            join(f"Người {number}", unit=team, email=f"n{number}@x.vn")
        head.get("/setup/units")
        with counted(app) as sent:
            assert "Page 1 of 2" in head.get(f"/setup/units/{team.id}/people").text
        assert len(sent) <= MOST


class TestAdd:
    def test_the_team_becomes_their_unit_and_its_head_their_manager(
        self, head: FlaskClient, cast: Cast, team: Unit
    ) -> None:
        report = cast["report"]
        for _ in range(2):
            assert bring(head, team, report).status_code == 303
        db.session.expire_all()
        assert (report.unit, report.boss_id, report.version) == (team, cast["peer"].id, 2)
        assert audited() == [(str(report.id), {"unit_id"})]

    def test_or_they_belong_there_besides(self, head: FlaskClient, cast: Cast, team: Unit) -> None:
        report = cast["report"]
        home = report.unit
        bring(head, team, report, place="besides")
        db.session.expire_all()
        assert (report.unit, report.teams, report.boss_id) == (home, [team], cast["manager"].id)
        bring(head, team, report, form_key="z" * 20)
        db.session.expire_all()
        assert (report.unit, report.teams) == (team, [])
        bring(head, team, report, form_key="y" * 20)
        assert "They were there already" in head.get("/setup/units").text
        assert audited() == [(str(report.id), {"teams"}), (str(report.id), {"unit_id"})]

    def test_a_head_brings_only_people_of_their_own(self, head: FlaskClient, cast: Cast, team: Unit) -> None:
        answer = bring(head, team, cast["report"], cast["outsider"], cast["manager"])
        assert answer.status_code == 422
        assert "You may place only people of the units you head" in answer.text
        for who in ("outsider", "manager"):
            assert cast[who].name in answer.text.partition("Leave out")[2]
        db.session.expire_all()
        assert (cast["report"].unit == team, audited()) == (False, [])

    def test_hr_brings_anybody(self, app: Flask, cast: Cast, team: Unit) -> None:
        bring(signed_in(app, cast["hr"]), team, cast["outsider"], cast["hr"])
        db.session.expire_all()
        assert {cast["outsider"].unit, cast["hr"].unit} == {team}
        assert len(audited()) == 2

    @pytest.mark.parametrize("said", ({"people": ""}, {"people": "Ai đó"}, {"place": "king"}))
    def test_refuses_what_makes_no_sense(self, head: FlaskClient, cast: Cast, team: Unit, said: dict[str, str]) -> None:
        assert bring(head, team, cast["report"], **said).status_code == 422
        assert audited() == []

    def test_nobody_comes_into_an_archived_one(self, head: FlaskClient, cast: Cast, team: Unit) -> None:
        team.archived = True
        assert "is archived" in bring(head, team, cast["report"]).text
        assert "Bring them here" not in head.get(f"/setup/units/{team.id}/people").text

    def test_a_circle_of_managers_is_refused(self, app: Flask, cast: Cast, team: Unit) -> None:
        cast["peer"].manager = cast["report"]
        answer = bring(signed_in(app, cast["hr"]), team, cast["report"])
        assert (answer.status_code, "manage each other in a circle" in answer.text) == (422, True)
        db.session.expire_all()
        assert (cast["report"].unit == team, audited()) == (False, [])


class TestRemove:
    def test_takes_out_who_belongs_besides(self, head: FlaskClient, cast: Cast, team: Unit) -> None:
        cast["report"].teams = [team]
        there = f"/setup/units/{team.id}/people/{cast['report'].id}/take-out"
        assert f'action="{there}"' in head.get(f"/setup/units/{team.id}/people").text
        for _ in range(2):
            assert head.post(there, data={"form_key": KEY}).status_code == 303
        db.session.expire_all()
        assert cast["report"].teams == []
        assert audited() == [(str(cast["report"].id), {"teams"})]

    def test_not_who_is_anothers(self, app: Flask, head: FlaskClient, cast: Cast, team: Unit) -> None:
        cast["manager"].teams = [team]
        for who in ("manager", "hr"):
            assert head.post(f"/setup/units/{team.id}/people/{cast[who].id}/take-out").status_code == 403
        assert head.post(f"/setup/units/{team.id}/people/99999/take-out").status_code == 404
        assert signed_in(app, cast["report"]).post(f"/setup/units/{team.id}/people/1/take-out").status_code == 403
        db.session.expire_all()
        assert cast["manager"].teams == [team]
