"""What one types into the form of a goal is kept until it is saved: one's own, no change of anything."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.typed import LARGEST, MOST
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow, TypedForm
from goalsite.queries.company import now
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.goal_form import said
from tests.queries import MOST as MOST_QUERIES
from tests.queries import counted

ENGLISH = {"Accept-Language": "en"}
KEY = "k" * 24


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    made = running_cycle()
    settle()
    return made


@pytest.fixture
def client(app: Flask, cast: dict[str, Person], cycle: Cycle) -> FlaskClient:
    return signed_in(app, cast["report"])


def typed(cycle: Cycle, owner: Person, **facts: str) -> dict[str, str]:
    kr = {"title": "Tỷ lệ quay lại", "target": "dở dang", "frequency": "month"}
    return said(cycle, owner, kr, **({"title": "Viết nửa chừng", "form_key": KEY} | facts))


def draft_of(cast: dict[str, Person], cycle: Cycle) -> Goal:
    goal = make_goal(cast["report"], cycle, {}, state="draft", visibility="internal")
    settle()
    return goal


class TestKeep:
    def test_stands_in_the_form_again_as_it_was(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, client: FlaskClient
    ) -> None:
        answer = client.post("/typed/new", data=typed(cycle, cast["report"]), headers=ENGLISH)
        assert "Kept " in answer.text
        with counted(app) as sent:
            text = client.get("/goals/new", headers=ENGLISH).text
        assert len(sent) <= MOST_QUERIES + 1  # whom and what the pickers name is looked up
        assert "is kept and stands here" in text
        assert 'value="Viết nửa chừng"' in text
        assert 'value="dở dang"' in text
        assert KEY not in text
        assert db.session.query(Goal).count() == 0
        assert db.session.query(AuditRow).count() == 0

    def test_is_ones_own(self, app: Flask, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        client.post("/typed/new", data=typed(cycle, cast["report"]))
        for other in ("peer", "manager", "hr"):
            reader = signed_in(app, cast[other])
            assert "Viết nửa chừng" not in reader.get("/goals/new").text
            assert "Viết nửa chừng" not in reader.get("/").text

    def test_waits_on_ones_own_page(self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        client.post("/typed/new", data=typed(cycle, cast["report"]))
        text = client.get("/", headers=ENGLISH).text
        assert "You began a goal" in text
        assert "Viết nửa chừng" in text

    def test_goes_once_it_is_saved(self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        data = typed(cycle, cast["report"])
        client.post("/typed/new", data=data)
        assert client.post("/goals/new", data=data | {"measures-0-target": "5"}).status_code == 303
        assert db.session.query(TypedForm).count() == 0
        # A message that was under way meanwhile comes too late.
        assert "Kept" not in client.post("/typed/new", data=data, headers=ENGLISH).text
        assert db.session.query(TypedForm).count() == 0

    def test_what_was_saved_meanwhile_is_not_offered(
        self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient
    ) -> None:
        data = typed(cycle, cast["report"])
        client.post("/goals/new", data=data | {"measures-0-target": "5"})
        late = {"person_id": cast["report"].id, "place": "new", "form_key": KEY, "body": "[]", "at": now()}
        db.session.add(TypedForm(**late))
        db.session.commit()
        assert "is kept and stands here" not in client.get("/goals/new", headers=ENGLISH).text
        assert "You began a goal" not in client.get("/", headers=ENGLISH).text

    def test_a_refused_form_stays_kept(self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        data = typed(cycle, cast["report"])
        client.post("/typed/new", data=data)
        assert client.post("/goals/new", data=data).status_code == 422
        assert db.session.query(TypedForm).count() == 1

    def test_an_empty_form_is_not_kept(self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        client.post("/typed/new", data=typed(cycle, cast["report"]))
        client.post("/typed/new", data=said(cycle, cast["report"], title=" "))
        assert db.session.query(TypedForm).count() == 0

    def test_is_bounded_in_size_number_and_age(
        self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient
    ) -> None:
        long = typed(cycle, cast["report"], description="x" * LARGEST)
        assert "too long" in client.post("/typed/new", data=long, headers=ENGLISH).text
        assert db.session.query(TypedForm).count() == 0
        rows = [
            TypedForm(person_id=cast["report"].id, place=f"copy-{one}", body="[]", at=now() - timedelta(hours=one))
            for one in range(1, MOST + 5)
        ]
        old = TypedForm(person_id=cast["report"].id, place="new", body="[]", at=now() - timedelta(days=31))
        db.session.add_all([*rows, old])
        db.session.commit()
        assert "is kept and stands here" not in client.get("/goals/new", headers=ENGLISH).text
        goal = draft_of(cast, cycle)
        client.post(f"/typed/edit-{goal.id}", data=typed(cycle, cast["report"]))
        places = {one.place for one in db.session.query(TypedForm)}
        assert len(places) == MOST
        assert f"edit-{goal.id}" in places
        assert "new" not in places

    @pytest.mark.parametrize("place", ["x", "new-1", "edit-0", "edit-99999999999", "copy-", "edit-999999"])
    def test_no_such_place(self, client: FlaskClient, place: str) -> None:
        assert client.post(f"/typed/{place}", data={"title": "x"}).status_code == 404

    def test_nul_and_half_characters_are_borne(
        self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient
    ) -> None:
        client.post("/typed/new", data=typed(cycle, cast["report"], title="a\0b", description="\0"))
        assert client.get("/goals/new").status_code == 200
        assert client.get("/").status_code == 200


class TestEdit:
    def test_meets_the_version_check(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, client: FlaskClient
    ) -> None:
        goal = draft_of(cast, cycle)
        client.post(f"/typed/edit-{goal.id}", data=typed(cycle, cast["report"], version="1"))
        goal.version = 2
        db.session.commit()
        text = client.get(f"/goals/{goal.id}/edit", headers=ENGLISH).text
        assert "Somebody changed this goal meanwhile" in text
        assert 'name="version" value="1"' in text
        data = typed(cycle, cast["report"], version="1") | {"measures-0-target": "5"}
        assert client.post(f"/goals/{goal.id}/edit", data=data).status_code == 409
        assert db.session.query(TypedForm).count() == 1
        data = data | {"version": "2", "form_key": "m" * 24}
        assert client.post(f"/goals/{goal.id}/edit", data=data).status_code == 303
        assert db.session.query(TypedForm).count() == 0

    def test_no_draft_of_others(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = draft_of(cast, cycle)
        for who, status in (("peer", 403), ("outsider", 404), ("manager", 200)):
            answer = signed_in(app, cast[who]).post(f"/typed/edit-{goal.id}", data={"title": "x"})
            assert answer.status_code == status, who

    def test_a_goal_no_longer_written_does_not_wait(
        self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient
    ) -> None:
        goal = draft_of(cast, cycle)
        client.post(f"/typed/edit-{goal.id}", data=typed(cycle, cast["report"]))
        assert "not saved yet" in client.get("/", headers=ENGLISH).text
        goal.state = "active"
        db.session.commit()
        assert "not saved yet" not in client.get("/", headers=ENGLISH).text


class TestDrop:
    def test_begins_anew(self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        client.post("/typed/new", data=typed(cycle, cast["report"]))
        answer = client.post("/typed/new/drop")
        assert (answer.status_code, answer.location) == (303, "/goals/new")
        assert "Viết nửa chừng" not in client.get("/goals/new").text


class TestCopy:
    def test_has_a_place_of_its_own(self, cast: dict[str, Person], cycle: Cycle, client: FlaskClient) -> None:
        goal = draft_of(cast, cycle)
        client.post("/typed/new", data=typed(cycle, cast["report"]))
        text = client.get(f"/goals/new?from={goal.id}").text
        assert "Viết nửa chừng" not in text
        assert f'action="/goals/new?from={goal.id}"' in text
        client.post(f"/typed/copy-{goal.id}", data=typed(cycle, cast["report"], title="Bản sao"))
        assert "Bản sao" in client.get(f"/goals/new?from={goal.id}").text
