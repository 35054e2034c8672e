"""A suggestion that came back is mended by whoever made it."""

from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.goal_form import said

ENGLISH = {"Accept-Language": "en"}
KR = {"title": "Tỷ lệ quay lại", "start": "10", "target": "20"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def goal(cast: dict[str, Person], cycle: Cycle) -> Goal:
    made = make_goal(cast["report"], cycle, {}, state="returned", cancel_reason="Chưa rõ", visibility="internal")
    made.created_by = cast["peer"]
    settle()
    return made


def test_its_form_says_why_and_saves_it_as_returned(
    app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal
) -> None:
    client = signed_in(app, cast["peer"])
    assert "Chưa rõ" in client.get(f"/goals/{goal.id}/edit", headers=ENGLISH).text
    data = said(cycle, cast["report"], KR, version="1", title="Rõ hơn")
    assert client.post(f"/goals/{goal.id}/edit", data=data).status_code == 303
    db.session.refresh(goal)
    assert (goal.title, goal.state, goal.owner_id) == ("Rõ hơn", "returned", cast["report"].id)
    assert [row.action for row in db.session.query(AuditRow)] == ["update_goal"]


def test_who_takes_it_over_has_a_draft(app: Flask, cast: dict[str, Person], cycle: Cycle, goal: Goal) -> None:
    data = said(cycle, cast["peer"], KR, version="1")
    assert signed_in(app, cast["peer"]).post(f"/goals/{goal.id}/edit", data=data).status_code == 303
    db.session.refresh(goal)
    assert (goal.state, goal.owner_id, goal.cancel_reason) == ("draft", cast["peer"].id, "")


@pytest.mark.parametrize(("who", "status"), [("report", 403), ("manager", 403), ("hr", 403), ("outsider", 404)])
def test_nobody_else_edits_it(app: Flask, cast: dict[str, Person], goal: Goal, who: str, status: int) -> None:
    assert signed_in(app, cast[who]).get(f"/goals/{goal.id}/edit").status_code == status
