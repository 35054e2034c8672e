"""What is ticked in a unit's form holds on the screens and routes: who may edit goals, who sees new ones, who sees evaluations."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Change, EvaluationStep, Proposal
from goalsite.queries.company import now, today
from goalsite.queries.giving import reach_of
from goalsite.queries.viewer import relation_to, viewer_for
from tests.cast import join, signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.goal_form import said

ENGLISH = {"Accept-Language": "en"}
WORDS = "Lời nhận xét chỉ vài người đọc được"
Cast = dict[str, Person]


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    """The family; in department A a team, of which `member` is and which `supervisor`, at home elsewhere, supervises."""
    cast = family()
    team = Unit(code="A1", name="Nhóm A1", kind="team", parent=cast["report"].unit)
    db.session.add(team)
    cast["member"] = join("Đỗ Gia Bảo", unit=team)
    cast["supervisor"] = join("Tô Thị Hạnh", unit=cast["outsider"].unit)
    team.supervisors.append(cast["supervisor"])
    rebuild_organisation(today())
    return cast


def unit_of(person: Person) -> Unit:
    assert person.unit is not None
    return person.unit


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return running_cycle()


@pytest.fixture
def goal(cast: Cast, cycle: Cycle) -> Goal:
    made = make_goal(cast["member"], cycle, {"target": Decimal(100)}, weight=Decimal(1))
    settle()
    return made


def form_of(goal: Goal, **typed: str) -> dict[str, str]:
    one = goal.measures[0]
    return {
        "version": str(goal.version),
        "reason": "Thị trường khác đi",
        "weight": "1",
        "starts_on": goal.starts_on.isoformat(),
        "due_on": goal.due_on.isoformat(),
        "measures-0-id": str(one.id),
        "measures-0-start": "0",
        "measures-0-target": "100",
        "measures-0-weight": "1",
        "measures-0-starts_on": "",
        "measures-0-due_on": "",
    } | typed


def changed(app: Flask, who: Person, goal: Goal, **typed: str) -> str:
    """What becomes of a change they type: `change` at once, `proposal`, or `refused`."""
    client = signed_in(app, who)
    assert client.get(f"/goals/{goal.id}/change").status_code in (200, 403)
    answer = client.post(f"/goals/{goal.id}/change", data=form_of(goal, **typed), headers=ENGLISH)
    counts = (answer.status_code, db.session.query(Change).count(), db.session.query(Proposal).count())
    return {(303, 1, 0): "change", (303, 0, 1): "proposal", (403, 0, 0): "refused"}[counts]


class TestSupervisorsEditGoals:
    @pytest.fixture(params=(True, False), ids=("on", "off"))
    def on(self, request: pytest.FixtureRequest, cast: Cast) -> bool:
        unit_of(cast["member"]).supervisors_edit_goals = request.param
        return bool(request.param)

    def test_numbers_of_an_active_goal(self, app: Flask, cast: Cast, goal: Goal, on: bool) -> None:
        typed = {"measures-0-target": "200"}
        assert changed(app, cast["supervisor"], goal, **typed) == ("change" if on else "proposal")

    def test_a_proposal_of_theirs_is_not_theirs_to_apply(self, app: Flask, cast: Cast, goal: Goal, on: bool) -> None:
        goal.unit.owners_edit_measures = False
        changed(app, cast["member"], goal, **{"measures-0-target": "200"})
        asked = db.session.query(Proposal).one()
        page = signed_in(app, cast["supervisor"]).get(f"/goals/{goal.id}").text
        assert (f"/proposals/{asked.id}/apply" in page) is on
        answer = signed_in(app, cast["supervisor"]).post(f"/proposals/{asked.id}/apply")
        assert answer.status_code == (303 if on else 403)

    def test_drafts(self, app: Flask, cast: Cast, cycle: Cycle, on: bool) -> None:
        draft = make_goal(cast["member"], cycle, {}, state="draft")
        settle()
        client = signed_in(app, cast["supervisor"])
        assert (f"/goals/{draft.id}/edit" in client.get(f"/goals/{draft.id}").text) is on
        for act in ("edit", "cancel"):
            assert client.get(f"/goals/{draft.id}/{act}").status_code == (200 if on else 403)
        answer = client.post(f"/goals/{draft.id}/cancel", data={"reason": "Thôi", "version": "1"})
        assert answer.status_code == (303 if on else 403)

    def test_a_goal_for_the_units_people(self, app: Flask, cast: Cast, cycle: Cycle, on: bool) -> None:
        """Assigned, it is only marked received; from anybody else it is a suggestion to be accepted."""
        client = signed_in(app, cast["supervisor"])
        assert client.post("/goals/new", data=said(cycle, cast["member"])).status_code == 303
        made = db.session.query(Goal).one()
        assert (made.state, made.owner, made.unit) == ("suggested", cast["member"], unit_of(cast["member"]))
        assert relation_to(viewer_for(cast["member"]), made).assigned is on
        page = signed_in(app, cast["member"]).get(f"/goals/{made.id}").text
        assert (f"/goals/{made.id}/receive" in page, f"/goals/{made.id}/accept" in page) == (on, True)
        assert (made.unit_id in reach_of(viewer_for(cast["supervisor"])).led) is on

    def test_the_units_own_goals(self, app: Flask, cast: Cast, cycle: Cycle, on: bool) -> None:
        data = said(cycle, cast["supervisor"], scope="unit", unit="A1")
        answer = signed_in(app, cast["supervisor"]).post("/goals/new", data=data)
        assert answer.status_code == (303 if on else 403)

    def test_heads_may_either_way(self, app: Flask, cast: Cast, goal: Goal, on: bool) -> None:
        assert changed(app, cast["manager"], goal, **{"measures-0-target": "200"}) == "change"
        assert goal.unit_id in reach_of(viewer_for(cast["manager"])).led


class TestOwnersEdit:
    @pytest.mark.parametrize("goals", (True, False))
    @pytest.mark.parametrize("measures", (True, False))
    @pytest.mark.parametrize("field", ("weight", "measures-0-target"))
    def test_each_option_by_itself(
        self, app: Flask, cast: Cast, goal: Goal, goals: bool, measures: bool, field: str
    ) -> None:
        goal.unit.owners_edit_goals, goal.unit.owners_edit_measures = goals, measures
        at_once = goals if field == "weight" else measures
        assert changed(app, cast["member"], goal, **{field: "200"}) == ("change" if at_once else "proposal")

    @pytest.mark.parametrize(("on", "status"), ((True, 303), (False, 403)))
    def test_cancelling(self, app: Flask, cast: Cast, goal: Goal, on: bool, status: int) -> None:
        goal.unit.owners_edit_goals = on
        client = signed_in(app, cast["member"])
        assert (f"/goals/{goal.id}/cancel" in client.get(f"/goals/{goal.id}").text) is on
        assert client.post(f"/goals/{goal.id}/cancel", data={"reason": "Thôi", "version": "1"}).status_code == status

    def test_the_form_says_what_only_becomes_a_proposal(self, app: Flask, cast: Cast, goal: Goal) -> None:
        goal.unit.owners_edit_goals = goal.unit.owners_edit_measures = False
        text = signed_in(app, cast["member"]).get(f"/goals/{goal.id}/change", headers=ENGLISH).text
        assert "propose" in text.lower()


class TestNewGoals:
    @pytest.mark.parametrize("option", ("public", "internal", "restricted"))
    @pytest.mark.parametrize("kind", ("okr", "kpi"))
    def test_are_seen_by_whom_the_unit_says(self, app: Flask, cast: Cast, cycle: Cycle, kind: str, option: str) -> None:
        unit = unit_of(cast["member"])
        unit.okr_visibility, unit.kpi_visibility = (option, "public") if kind == "okr" else ("public", option)
        client = signed_in(app, cast["member"])
        assert client.post("/goals/new", data=said(cycle, cast["member"], kind=kind)).status_code == 303
        made = db.session.query(Goal).one()
        assert made.visibility == option
        sees = {
            who: signed_in(app, cast[who]).get(f"/goals/{made.id}").status_code == 200
            for who in ("manager", "supervisor", "hr", "peer", "outsider")
        }
        assert sees == {
            "manager": True,
            "supervisor": True,
            "hr": True,
            "peer": option != "restricted",
            "outsider": option == "public",
        }

    def test_the_form_says_so_before(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        unit_of(cast["member"]).okr_visibility = "restricted"
        text = signed_in(app, cast["member"]).get("/goals/new", headers=ENGLISH).text
        assert "The unit says: Owner, managers, leads and followers." in text

    def test_who_makes_it_may_say_otherwise(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        unit_of(cast["member"]).okr_visibility = "restricted"
        data = said(cycle, cast["member"], visibility="public")
        assert signed_in(app, cast["member"]).post("/goals/new", data=data).status_code == 303
        assert db.session.query(Goal).one().visibility == "public"


class TestEvaluations:
    @pytest.mark.parametrize(
        ("option", "readers"),
        (
            ("restricted", {"manager", "hr"}),
            ("internal", {"manager", "hr", "peer", "supervisor"}),
            ("public", {"manager", "hr", "peer", "supervisor", "outsider"}),
        ),
    )
    def test_are_read_by_whom_the_unit_says(self, app: Flask, cast: Cast, option: str, readers: set[str]) -> None:
        cycle = running_cycle(state="reviewing")
        goal = make_goal(cast["member"], cycle, {}, evaluation="approved", score=Decimal("0.3"))
        for step, by in (("submitted", "member"), ("approved", "manager")):
            words = {"score": Decimal("0.3"), "note": WORDS}
            db.session.add(EvaluationStep(goal_id=goal.id, at=now(), step=step, by_id=cast[by].id, **words))
        goal.unit.evaluation_visibility = option
        settle()
        pages = (f"/goals/{goal.id}", f"/evaluations/{goal.id}")
        found = {
            who
            for who in ("manager", "hr", "peer", "supervisor", "outsider")
            if any(WORDS in signed_in(app, cast[who]).get(page).text for page in pages)
        }
        assert found == readers


class TestPlaces:
    """A unit lies under others, never under itself, and its heads reach what lies below."""

    def test_never_under_itself(self, app: Flask, cast: Cast) -> None:
        client, unit = signed_in(app, cast["hr"]), unit_of(cast["report"])
        for below in ("A", "A1"):
            data = {"name": unit.name, "code": unit.code, "kind": "department", "parent": below, "version": "1"}
            data |= dict.fromkeys(("okr_visibility", "kpi_visibility", "evaluation_visibility"), "public")
            answer = client.post(f"/setup/units/{unit.id}/edit", data=data, headers=ENGLISH)
            assert (answer.status_code, "These units lie in a circle" in answer.text) == (422, True), below
        assert unit.parent is not None
        assert unit.parent.code == "C"

    def test_who_leads_above_reaches_what_lies_below(self, app: Flask, cast: Cast, goal: Goal) -> None:
        team = unit_of(cast["member"])
        goal.visibility = "restricted"
        unit_page = (f"/overview?unit={team.code}", f"/units/{team.id}/meeting", f"/goals/{goal.id}")
        team_page = (f"/setup/units/{team.id}/edit", f"/setup/units/new?below={team.id}")
        reached = {
            who: [signed_in(app, cast[who]).get(page).status_code for page in (*unit_page, *team_page)]
            for who in ("director", "manager", "supervisor", "outsider")
        }
        assert reached == {
            "director": [200] * 5,
            "manager": [200] * 5,
            "supervisor": [200, 200, 200, 403, 403],
            "outsider": [200, 404, 404, 403, 403],
        }
