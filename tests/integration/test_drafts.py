"""Goals are written in the browser: the form, its rules, and what a draft may become."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, Person
from goalsite.models_accounts import AuditRow, Notification
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.goal_form import said
from tests.queries import MOST, counted

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


def only_goal() -> Goal:
    return db.session.query(Goal).one()


def as_(app: Flask, person: Person) -> FlaskClient:
    return signed_in(app, person)


KR = {"title": "Tỷ lệ quay lại", "start": "10", "target": "20"}


class TestNew:
    def test_shows_a_form_for_oneself(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        client = as_(app, cast["report"])
        client.get("/account")
        with counted(app) as sent:
            answer = client.get("/goals/new", headers=ENGLISH)
        assert answer.status_code == 200
        assert cast["report"].email in answer.text
        assert len(sent) <= MOST, "\n".join(
            " ".join(one.split())[:90] + " … " + one[one.find("FROM") :][:160].replace("\n", " ") for one in sent
        )

    def test_without_a_cycle_to_write_in_it_says_so(self, app: Flask, cast: dict[str, Person]) -> None:
        running_cycle(state="closed")
        settle()
        assert "No cycle takes new goals" in as_(app, cast["report"]).get("/goals/new", headers=ENGLISH).text


class TestCopy:
    def test_fills_the_form_for_oneself(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["peer"], cycle, {"title": "Tỷ lệ", "target": Decimal(7)}, title="Của bạn tôi")
        client = as_(app, cast["report"])
        client.get("/account")
        goal_id = goal.id
        with counted(app) as sent:
            text = client.get(f"/goals/new?from={goal_id}").text
        assert len(sent) <= MOST
        assert 'value="Của bạn tôi"' in text
        assert cast["report"].email in text
        assert cast["peer"].email not in text
        assert 'name="measures-0-id" value=""' in text
        assert db.session.query(Goal).count() == 1

    def test_what_may_not_be_seen_is_not_copied(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        hidden = make_goal(cast["outsider"], cycle, {}, visibility="restricted")
        assert as_(app, cast["report"]).get(f"/goals/new?from={hidden.id}").status_code == 404


class TestCreate:
    def test_keeps_a_draft_with_its_measures_in_order(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        client = as_(app, cast["report"])
        answer = client.post("/goals/new", data=said(cycle, cast["report"], KR, KR | {"title": "Hai", "weight": "2"}))
        goal = only_goal()
        assert answer.status_code == 303
        assert answer.location == f"/goals/{goal.id}"
        assert (goal.state, goal.owner_id, goal.unit_id) == ("draft", cast["report"].id, cast["report"].unit_id)
        assert (goal.starts_on, goal.due_on) == (cycle.starts_on, cycle.ends_on)
        assert [(one.title, one.weight) for one in goal.measures] == [("Tỷ lệ quay lại", 1), ("Hai", 2)]
        assert [row.action for row in db.session.query(AuditRow)] == ["create_goal"]

    def test_sent_twice_makes_one_goal(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        client, data = as_(app, cast["report"]), said(cycle, cast["report"], KR, form_key=KEY)
        first, second = client.post("/goals/new", data=data), client.post("/goals/new", data=data)
        assert first.location == second.location
        assert db.session.query(Goal).count() == 1

    def test_a_fault_stands_at_its_field_and_keeps_what_was_typed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        data = said(cycle, cast["report"], KR | {"start": "30", "target": "abc"}, description="Giữ lại", title="")
        answer = as_(app, cast["report"]).post("/goals/new", data=data, headers=ENGLISH)
        assert answer.status_code == 422
        assert 'id="measures-0-target-error"' in answer.text
        assert 'value="abc"' in answer.text
        assert 'id="title-error"' in answer.text
        assert "Giữ lại" in answer.text
        assert db.session.query(Goal).count() == 0

    def test_the_rules_of_a_measure_hold(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        data = said(cycle, cast["report"], KR | {"start": "30"})
        answer = as_(app, cast["report"]).post("/goals/new", data=data, headers=ENGLISH)
        assert "An increase needs a target above its start" in answer.text

    def test_buttons_of_the_list_keep_everything_and_save_nothing(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        client, owner = as_(app, cast["report"]), cast["report"]
        two = (KR | {"title": "Một"}, KR | {"title": "Hai"})
        added = client.post("/goals/new", data=said(cycle, owner, *two, do="add")).text
        assert 'name="measures-2-title"' in added
        moved = client.post("/goals/new", data=said(cycle, owner, *two, do="up-1")).text
        assert moved.index('value="Hai"') < moved.index('value="Một"')
        assert 'name="measures-0-title"' in moved
        gone = client.post("/goals/new", data=said(cycle, owner, *two, do="remove-0")).text
        assert 'value="Một"' not in gone
        assert db.session.query(Goal).count() == 0

    def test_the_metric_fills_in_what_is_its_own(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        metric = Metric(code="RET", name="Quay lại", symbol="%", direction="decrease", aggregate="average", decimals=1)
        db.session.add(metric)
        data = said(cycle, cast["report"], KR | {"metric": "Quay lại · RET", "start": "30"})
        as_(app, cast["report"]).post("/goals/new", data=data)
        one = only_goal().measures[0]
        assert (one.metric_id, one.symbol, one.direction, one.aggregate, one.decimals) == (
            metric.id,
            "%",
            "decrease",
            "average",
            1,
        )

    def test_a_kpi_that_feeds_it_brings_its_metric(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        metric = Metric(code="RET", name="Quay lại", symbol="%")
        db.session.add(metric)
        db.session.flush()
        kpi = make_goal(cast["report"], cycle, {"metric_id": metric.id}, kind="kpi")
        settle()
        data = said(cycle, cast["report"], KR | {"fed_by": kpi.code})
        assert as_(app, cast["report"]).post("/goals/new", data=data).status_code == 303
        made = db.session.query(Goal).filter_by(state="draft").one()
        assert (made.measures[0].fed_by_id, made.measures[0].metric_id) == (kpi.id, metric.id)

    def test_says_what_a_weight_comes_to_and_who_sees_it(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        two = (KR | {"weight": "3"}, KR | {"title": "Hai"})
        data = said(cycle, cast["report"], *two, do="refresh")
        text = as_(app, cast["report"]).post("/goals/new", data=data, headers=ENGLISH).text.replace("\xa0", " ")
        assert "3 of 4 = 75 %" in text
        assert "The unit says: Everyone in the company." in text

    def test_who_is_unknown_is_refused_with_suggestions(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        answer = as_(app, cast["report"]).post(
            "/goals/new", data=said(cycle, cast["report"], KR) | {"owner": "Minh"}, headers=ENGLISH
        )
        assert answer.status_code == 422
        assert "Nguyễn Minh Anh" in answer.text

    def test_for_somebody_else_it_is_suggested(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        as_(app, cast["peer"]).post("/goals/new", data=said(cycle, cast["report"], KR))
        assert only_goal().state == "suggested"
        told = db.session.query(Notification).one()
        assert (told.person_id, told.kind) == (cast["report"].id, "goal_suggested")

    def test_a_units_goal_is_its_leads_to_make(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        data = said(cycle, cast["report"], KR, scope="unit")
        assert as_(app, cast["report"]).post("/goals/new", data=data).status_code == 403
        data = said(cycle, cast["manager"], KR, scope="unit")
        assert as_(app, cast["manager"]).post("/goals/new", data=data).status_code == 303
        assert only_goal().scope == "unit"

    def test_steps_are_lines_with_weights(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        steps = {"title": "Mở kho", "direction": "steps", "steps": "Ký hợp đồng | 3\r\n\r\nKhai trương"}
        as_(app, cast["report"]).post("/goals/new", data=said(cycle, cast["report"], steps))
        assert [(one.title, one.weight) for one in only_goal().measures[0].steps] == [
            ("Ký hợp đồng", 3),
            ("Khai trương", 1),
        ]

    def test_what_may_not_be_seen_cannot_be_supported(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        hidden = make_goal(cast["outsider"], cycle, {}, visibility="restricted", title="Bí mật")
        answer = as_(app, cast["report"]).post("/goals/new", data=said(cycle, cast["report"], KR, parent=hidden.code))
        assert answer.status_code == 422
        assert "Bí mật" not in answer.text

    def test_nonsense_is_refused_without_falling_over(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        client = as_(app, cast["report"])
        for facts in (
            {"cycle": "x"},
            {"cycle": "999999"},
            {"kind": "x"},
            {"measures-0-id": "99999999"},
            {"measures-0-weight": "0"},
            {"measures-0-period_targets-2026-13-99": "1"},
            {"parent_measure": "x; drop"},
            {"weight": "-1"},
            {"owner": "\0"},
            {"do": "remove-99"},
            {"do": "up-x"},
            {"starts_on": "x"},
        ):
            answer = client.post("/goals/new", data=said(cycle, cast["report"], KR) | facts)
            assert answer.status_code in (200, 303, 422), facts


class TestEdit:
    def draft(self, cast: dict[str, Person], cycle: Cycle, **facts: Any) -> Goal:
        goal = make_goal(cast["report"], cycle, {"start": Decimal(1), "target": Decimal(5)}, {}, state="draft", **facts)
        settle()
        return goal

    def test_shows_what_the_draft_says(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        above = make_goal(cast["manager"], cycle, {})
        goal = self.draft(cast, cycle, parent_id=above.id)
        client = as_(app, cast["report"])
        client.get("/account")
        address = f"/goals/{goal.id}/edit"
        with counted(app) as sent:
            text = client.get(address).text
        assert f'value="{above.title} · {above.code}"' in text
        assert len(sent) <= MOST, "\n".join(
            " ".join(one.split())[:90] + " … " + one[one.find("FROM") :][:160].replace("\n", " ") for one in sent
        )

    def test_changes_reorders_and_removes(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = self.draft(cast, cycle)
        first, second = (one.id for one in goal.measures)
        data = said(cycle, cast["report"], KR | {"id": str(second), "title": "Hai"}, KR | {"title": "Mới"}, version="1")
        assert as_(app, cast["report"]).post(f"/goals/{goal.id}/edit", data=data).status_code == 303
        assert [one.title for one in only_goal().measures] == ["Hai", "Mới"]
        assert only_goal().measures[0].id == second
        assert db.session.get(Measure, first) is None
        assert only_goal().version == 2
        assert [row.action for row in db.session.query(AuditRow)] == ["update_goal"]

    def test_a_stale_form_changes_nothing_and_keeps_the_text(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = self.draft(cast, cycle)
        goal.version = 3
        answer = as_(app, cast["report"]).post(
            f"/goals/{goal.id}/edit",
            data=said(cycle, cast["report"], KR, version="1", title="Của tôi"),
            headers=ENGLISH,
        )
        assert answer.status_code == 409
        assert "Của tôi" in answer.text
        assert "Somebody changed this goal meanwhile" in answer.text
        assert only_goal().title != "Của tôi"

    def test_a_circle_is_refused_with_its_chain(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = self.draft(cast, cycle, title="Trên")
        below = make_goal(cast["report"], cycle, {}, parent_id=goal.id, title="Dưới")
        data = said(cycle, cast["report"], KR, version="1", title="Trên", parent=below.code)
        answer = as_(app, cast["report"]).post(f"/goals/{goal.id}/edit", data=data, headers=ENGLISH)
        assert answer.status_code == 422
        assert "Dưới → Trên → Dưới" in answer.text or "Trên → Dưới → Trên" in answer.text
        offered = as_(app, cast["report"]).get(f"/pickers/goals?field=parent&parent=&beside={goal.id}").text
        assert below.code not in offered

    @pytest.mark.parametrize(("who", "status"), [("manager", 200), ("hr", 200), ("peer", 403), ("outsider", 404)])
    def test_is_for_writers(self, app: Flask, cast: dict[str, Person], cycle: Cycle, who: str, status: int) -> None:
        goal = self.draft(cast, cycle, visibility="internal")
        assert as_(app, cast[who]).get(f"/goals/{goal.id}/edit").status_code == status

    def test_an_active_goal_is_no_draft(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {})
        assert as_(app, cast["report"]).get(f"/goals/{goal.id}/edit").status_code == 403

    def test_a_link_to_what_the_writer_may_not_see_stays(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        hidden = make_goal(cast["outsider"], cycle, {}, visibility="restricted", title="Bí mật")
        goal = self.draft(cast, cycle, parent_id=hidden.id)
        client = as_(app, cast["report"])
        assert "Bí mật" not in client.get(f"/goals/{goal.id}/edit").text
        client.post(f"/goals/{goal.id}/edit", data=said(cycle, cast["report"], KR, version="1"))
        assert db.session.get_one(Goal, goal.id).parent_id == hidden.id
