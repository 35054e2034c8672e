"""The KPI set of a position given to everybody who has it: looked at first, then all or nothing, and only what lacks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, KpiSetItem, Person, Unit
from goalsite.models_accounts import AuditRow, Notification
from goalsite.queries.check import differences
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle
from tests.integration.giving import ENGLISH, POSITION, form_of, goals_of, holder, kpi_set, look, send, text_of

PATH = f"/setup/kpi-sets/give?position={POSITION}"


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def hr(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    return signed_in(app, cast["hr"])


@pytest.fixture
def an(cycle: Cycle, cast: dict[str, Person]) -> Person:
    return holder("Phạm Hoài An", unit=cast["report"].unit)


class TestShow:
    def test_says_who_gets_what_and_who_does_not(self, hr: FlaskClient, an: Person, cycle: Cycle) -> None:
        metrics = kpi_set({"title": "Hợp đồng", "weight": Decimal(60)}, {"title": "Doanh thu", "weight": Decimal(40)})
        make_goal(an, cycle, {"metric_id": metrics[0].id}, kind="kpi", title="Hợp đồng của tôi", weight=Decimal(70))
        holder("Lý Đã Nghỉ", left_on=today() - timedelta(days=3))
        holder("Ngô Vào Sau", joined_on=cycle.ends_on + timedelta(days=1))
        holder("Hồ Không Nơi", unit=None)
        text, said = look(hr, PATH)
        row = text.split("Phạm Hoài An</a>")[1].split("</tr>")[0]
        assert "<div>Doanh thu</div>" in row
        assert '<div class="quiet">Hợp đồng</div>' in row
        assert "110" in row, "70 of their own and 40 given"
        assert "Assigned: they mark it received" in row
        assert said["ids"] == str(an.id)
        refused = text_of(send(hr, PATH, said, "group-refused"))
        assert all(words in refused for words in ("Has left", "Joins after the cycle", "Is in no unit"))
        assert "Phạm Hoài An" not in refused

    def test_a_set_that_could_never_become_active_is_not_given(self, hr: FlaskClient, an: Person) -> None:
        metrics = kpi_set({"title": "Lỗi"})
        metrics[0].direction = "steps"
        text = text_of(hr.get(PATH, headers=ENGLISH))
        assert "This set cannot be given" in text
        assert "Give it to all" not in text
        assert hr.post(PATH, data={"do": "give"}).status_code == 200
        assert goals_of(an) == []

    def test_without_a_cycle_that_takes_goals_says_so(self, hr: FlaskClient, an: Person, cycle: Cycle) -> None:
        kpi_set({})
        cycle.state = "reviewing"
        assert "No cycle takes new goals now" in text_of(hr.get(PATH, headers=ENGLISH))

    def test_unticked_people_stay_so_over_pages_and_searches(self, hr: FlaskClient, cycle: Cycle) -> None:
        kpi_set({})
        people = [holder(f"Người Số{number:03}") for number in range(60)]
        _text, said = look(hr, PATH)
        assert len(said["give"]) == 50
        said["give"].remove(str(people[0].id))
        second = form_of(text_of(send(hr, PATH, said, "page-2")))
        assert (len(second["give"]), second["skip"]) == (10, str(people[0].id))
        again = form_of(text_of(send(hr, PATH, second, "page-1")))
        assert str(people[0].id) not in again["give"]
        found = form_of(text_of(send(hr, PATH, again, "show", text="SỐ000")))
        assert found["ids"] == str(people[0].id)
        assert send(hr, PATH, found | {"text": "SỐ000"}).status_code == 303
        assert goals_of(people[0]) == []
        assert db.session.query(Goal).count() == 59


class TestGive:
    def test_makes_the_goals_assigned_and_tells_each_once(
        self, hr: FlaskClient, cast: dict[str, Person], an: Person, cycle: Cycle
    ) -> None:
        metrics = kpi_set(
            {"title": "Hợp đồng", "weight": Decimal(60), "target": Decimal(5), "frequency": "week"},
            {"weight": Decimal(40)},
        )
        assert send(hr, PATH, look(hr, PATH)[1]).status_code == 303
        first, second = goals_of(an)
        assert (first.title, first.kind, first.scope, first.state, first.weight) == (
            "Hợp đồng", "kpi", "person", "suggested", Decimal(60),
        )  # fmt: skip
        assert (first.unit_id, first.created_by_id, first.code) == (an.unit_id, cast["hr"].id, f"KPI-{first.id}")
        assert (first.starts_on, first.due_on) == (cycle.starts_on, cycle.ends_on)
        measure = first.measures[0]
        assert (measure.metric_id, measure.target, measure.frequency, measure.code) == (metrics[0].id, 5, "week", "I1")
        assert second.title == "Chỉ số M1"
        (note,) = db.session.query(Notification).filter_by(person_id=an.id)
        assert (note.kind, note.goal_id, note.detail) == ("goal_suggested", first.id, {"count": 2, "cycle": "NOW"})
        (row,) = db.session.query(AuditRow)
        assert (row.action, row.object_id) == ("give_goals", str(cycle.id))
        assert row.after is not None
        assert (row.after["from"], row.after["goals"]) == (POSITION, [first.id, second.id])
        assert list(differences(today())) == []

    def test_bounds_come_along(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({"target": None, "low": Decimal(20), "high": Decimal(35)})[0].direction = "keep"
        assert send(hr, PATH, look(hr, PATH)[1]).status_code == 303
        measure = goals_of(an)[0].measures[0]
        assert (measure.direction, measure.low, measure.high) == ("keep", 20, 35)

    def test_again_gives_only_what_lacks(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({}, {})
        send(hr, PATH, look(hr, PATH)[1])
        newcomer = holder("Bạch Mới Vào", joined_on=today() - timedelta(days=2))
        said = look(hr, PATH)[1]
        assert said["give"] == [str(newcomer.id)]
        assert send(hr, PATH, said).status_code == 303
        assert (len(goals_of(an)), len(goals_of(newcomer))) == (2, 2)
        assert goals_of(newcomer)[0].starts_on == newcomer.joined_on
        assert "Nobody lacks it" in look(hr, PATH)[0]

    def test_cancelled_and_returned_ones_lack(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({}, {})
        send(hr, PATH, look(hr, PATH)[1])
        first, second = goals_of(an)
        first.state, second.state = "cancelled", "returned"
        assert "Returned one of these before" in look(hr, PATH)[0]
        send(hr, PATH, look(hr, PATH)[1])
        assert len(goals_of(an, state="suggested")) == 2

    def test_sent_twice_has_one_effect(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({})
        said = look(hr, PATH)[1]
        assert [send(hr, PATH, said).status_code for _ in range(2)] == [303, 303]
        assert len(goals_of(an)) == 1

    def test_what_changed_since_the_look_is_looked_at_again(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({})
        said = look(hr, PATH)[1]
        item = db.session.query(KpiSetItem).one()
        item.target = Decimal(150)
        answer = send(hr, PATH, said)
        assert answer.status_code == 409
        assert "Something changed since you looked" in text_of(answer)
        assert goals_of(an) == []
        assert send(hr, PATH, form_of(text_of(answer))).status_code == 303
        assert goals_of(an)[0].measures[0].target == 150

    def test_nobody_ticked_gives_nothing(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({})
        answer = send(hr, PATH, look(hr, PATH)[1], give=[])
        assert answer.status_code == 422
        assert "Nobody would get anything" in text_of(answer)

    def test_ones_own_is_a_draft(self, hr: FlaskClient, cast: dict[str, Person], cycle: Cycle) -> None:
        kpi_set({})
        cast["hr"].position = POSITION
        send(hr, PATH, look(hr, PATH)[1])
        assert goals_of(cast["hr"])[0].state == "draft"
        assert db.session.query(Notification).count() == 0

    def test_the_units_option_says_who_sees_it(self, hr: FlaskClient, an: Person) -> None:
        kpi_set({})
        db.session.get_one(Unit, an.unit_id).kpi_visibility = "restricted"
        send(hr, PATH, look(hr, PATH)[1])
        assert goals_of(an)[0].visibility == "restricted"

    def test_is_for_hr_alone(self, app: Flask, cast: dict[str, Person], an: Person) -> None:
        kpi_set({})
        manager = signed_in(app, cast["manager"])
        assert manager.get(PATH).status_code == 403
        assert manager.post(PATH, data={"do": "give", "give": str(an.id)}).status_code == 403
        assert goals_of(an) == []
