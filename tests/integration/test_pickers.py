"""Search pickers: what they offer while one types, and what the text in them means."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.forms.pickers import PickField, PicksField
from goalsite.models import Metric, Person
from goalsite.queries.pickers import picked
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle
from tests.queries import MOST, counted

Cast = dict[str, Person]
ANYBODY = Viewer(0)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    return family()


class TestOptions:
    def test_offers_those_whose_name_or_address_holds_every_word(self, app: Flask, cast: Cast) -> None:
        client = signed_in(app, cast["report"])
        text = client.get("/pickers/people", query_string={"field": "manager", "manager": "trần hà"}).text
        assert 'id="manager-options"' in text
        assert f'value="Trần Thu Hà · {cast["manager"].email}"' in text
        assert text.count("<option") == 1

    def test_nothing_typed_offers_the_first_ten(self, app: Flask, cast: Cast) -> None:
        text = signed_in(app, cast["report"]).get("/pickers/people?field=x").text
        assert text.count("<option") == 6

    def test_of_several_the_last_is_being_typed(self, app: Flask, cast: Cast) -> None:
        client = signed_in(app, cast["report"])
        text = client.get(
            "/pickers/units", query_string={"field": "teams", "several": 1, "teams": "Phòng A · A; phòng B"}
        ).text
        assert 'value="Phòng A · A; Phòng B · B"' in text

    def test_who_left_and_what_is_archived_is_not_offered(self, app: Flask, cast: Cast) -> None:
        cast["peer"].left_on = days_ago(1)
        unit = cast["report"].unit
        assert unit is not None
        unit.archived = True
        client = signed_in(app, cast["report"])
        assert "Linh" not in client.get("/pickers/people?field=x&x=Linh").text
        assert "Phòng A" not in client.get("/pickers/units?field=x").text

    def test_positions_that_others_have_ten_at_most(self, app: Flask, cast: Cast) -> None:
        for number, who in enumerate(("report", "peer", "manager")):
            cast[who].position = "Chuyên viên kinh doanh" if number < 2 else "Kế toán trưởng"
        for number in range(30):
            join(f"Người {number}", email=f"n{number}@x.vn").position = f"Kế toán {number}"
        client = signed_in(app, cast["hr"])
        assert client.get("/pickers/positions?field=position&position=kinh CHUYÊN").text.count("<option") == 1
        assert client.get("/pickers/positions?field=position&position=kế toán").text.count("<option") == 10
        # What most people have comes first.
        assert "Chuyên viên kinh doanh" in client.get("/pickers/positions?field=position").text
        form = client.get(f"/setup/people/{cast['report'].id}/edit").text
        assert "/pickers/positions?field=position&amp;name=position" in form

    @pytest.mark.parametrize("path", ("/pickers/secrets?field=x", "/pickers/people", "/pickers/people?field=a%22b"))
    def test_what_makes_no_sense_is_not_found(self, app: Flask, cast: Cast, path: str) -> None:
        assert signed_in(app, cast["report"]).get(path).status_code == 404

    @pytest.mark.parametrize("typed", ("%", "_", "\\", "'", "x" * 5000, "<x9>", "qq " * 500))
    def test_takes_anything(self, app: Flask, cast: Cast, typed: str) -> None:
        client = signed_in(app, cast["report"])
        assert "<option" not in client.get("/pickers/people", query_string={"field": "x", "x": f"{typed}~"}).text

    def test_asks_the_database_little(self, app: Flask, cast: Cast) -> None:
        client = signed_in(app, cast["report"])
        with counted(app) as sent:
            client.get("/pickers/people?field=x&x=a")
        assert len(sent) <= MOST

    def test_strangers_are_offered_nothing(self, app: Flask, cast: Cast) -> None:
        assert app.test_client().get("/pickers/people?field=x").status_code in (303, 401)

    def test_goals_are_offered_to_who_may_see_them(self, app: Flask, cast: Cast) -> None:
        make_goal(cast["report"], running_cycle(), title="Giữ khách", visibility="restricted")
        seen = [
            "Giữ khách" in signed_in(app, cast[who]).get("/pickers/goals?field=x&x=khách").text
            for who in ("report", "manager", "outsider")
        ]
        assert seen == [True, True, False]

    def test_metrics_by_code(self, app: Flask, cast: Cast) -> None:
        db.session.add(Metric(code="NPS", name="Khách hài lòng"))
        assert "Khách hài lòng · NPS" in signed_in(app, cast["report"]).get("/pickers/metrics?field=x&x=nps").text


class TestPicked:
    def test_by_label_key_and_name(self, cast: Cast) -> None:
        manager = cast["manager"]
        for text in (
            f"Trần Thu Hà · {manager.email}",
            f" {manager.email.upper()} ",
            "Trần  Thu Hà",
            f"hạ · {manager.email}",
        ):
            assert picked("people", ANYBODY, text).id == manager.id

    def test_an_unknown_one_is_refused_with_those_most_like_it(self, cast: Cast) -> None:
        with pytest.raises(RuleError, match="pick_unknown_close") as refused:
            picked("people", ANYBODY, "Trần Hà")
        assert "Trần Thu Hà" in str(refused.value.terms["labels"])
        with pytest.raises(RuleError, match="pick_unknown") as refused:
            picked("people", ANYBODY, "Qqq")
        assert refused.value.code == "pick_unknown"

    def test_a_name_of_two_is_refused(self, cast: Cast) -> None:
        cast["peer"].name = cast["manager"].name
        db.session.flush()
        with pytest.raises(RuleError, match="pick_several"):
            picked("people", ANYBODY, "Trần Thu Hà")


class Picking(Form):
    unit = PickField("Unit", "units")
    teams = PicksField("Teams", "units")


class TestFields:
    @pytest.fixture(autouse=True)
    def _request(self, app: Flask) -> Iterator[None]:
        with app.test_request_context():
            yield

    def test_hold_what_was_picked(self, cast: Cast) -> None:
        form = Picking(MultiDict({"unit": "A", "teams": "Phòng A · A; B; A"}))
        assert form.validate()
        assert (form.unit.chosen_id, [one.key for one in form.teams.picks]) == (cast["report"].unit_id, ["A", "B"])

    def test_may_be_empty(self, cast: Cast) -> None:
        form = Picking(MultiDict({"unit": "", "teams": ";"}))
        assert form.validate()
        assert (form.unit.chosen, form.teams.picks) == (None, [])

    def test_refuse_what_is_unknown(self, cast: Cast) -> None:
        form = Picking(MultiDict({"unit": "X", "teams": "A; nowhere"}))
        assert not form.validate()
        assert form.unit.errors
        assert form.teams.errors


class TestKpis:
    def test_offers_those_of_the_metric_that_close_no_circle(self, app: Flask, cast: Cast) -> None:
        cycle, one, other = running_cycle(), Metric(code="A1", name="Một"), Metric(code="A2", name="Hai")
        db.session.add_all([one, other])
        db.session.flush()
        fits = make_goal(cast["report"], cycle, {"metric_id": one.id}, kind="kpi")
        differs = make_goal(cast["report"], cycle, {"metric_id": other.id}, kind="kpi")
        above = make_goal(cast["report"], cycle, {"metric_id": one.id}, kind="kpi")
        goal = make_goal(cast["report"], cycle, {}, parent_id=above.id)
        client = signed_in(app, cast["report"])
        text = client.get(f"/pickers/kpis?field=x&metric={one.id}&beside={goal.id}").text
        assert fits.code in text
        assert f"· {differs.code}" not in text
        assert f"· {above.code}" not in text
        assert f"· {differs.code}" in client.get("/pickers/kpis?field=x").text
