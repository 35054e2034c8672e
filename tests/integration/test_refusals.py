"""What the forms of goals and of the setup refuse, in the words a reader sees. Refusals with a test beside their screen are not repeated here."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Metric, Person, Unit
from goalsite.queries.company import today
from tests.cast import company, signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.goal_form import said
from tests.integration.test_company import SAID as SETTINGS
from tests.integration.test_units import new

ENGLISH = {"Accept-Language": "en"}
KR = {"title": "Tỷ lệ quay lại", "start": "10", "target": "20"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    found = family()
    found["outsider"].is_admin = True
    return found


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    made = running_cycle()
    settle()
    return made


def refusal(client: FlaskClient, path: str, data: dict[str, Any], status: int = 422) -> str:
    """The page that refuses it, at once or where it leads back to."""
    answer = client.post(path, data=data, headers=ENGLISH)
    assert answer.status_code == status
    if status == 303:
        answer = client.get(answer.location, headers=ENGLISH)
    return answer.get_data(as_text=True).replace("\u00a0", " ")


class TestGoal:
    def test_a_kpi_takes_its_progress_from_its_indicator(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        data = said(cycle, cast["report"], KR, kind="kpi", progress_from="supporting")
        assert signed_in(app, cast["report"]).post("/goals/new", data=data).status_code == 303
        assert db.session.query(Goal).one().progress_from == "measures"

    def test_what_is_fed_feeds_nothing(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        metric = Metric(code="SALES", name="Doanh số", symbol="₫")
        db.session.add(metric)
        db.session.flush()
        source = make_goal(cast["report"], cycle, {"metric_id": metric.id}, kind="kpi", title="Nguồn")
        fed = {"metric_id": metric.id, "fed_by_id": source.id}
        between = make_goal(cast["report"], cycle, fed, kind="kpi", title="Ở giữa")
        settle()
        data = said(cycle, cast["report"], KR | {"metric": "SALES", "fed_by": between.code})
        text = refusal(signed_in(app, cast["report"]), "/goals/new", data)
        assert "“Ở giữa” is itself fed. Name the KPI that feeds it." in text
        assert db.session.query(Goal).count() == 2


class TestOrganisation:
    def test_the_company_stays(self, app: Flask, cast: dict[str, Person]) -> None:
        path = f"/setup/units/{company().id}/archive"
        assert "The company itself cannot be archived." in refusal(signed_in(app, cast["hr"]), path, {}, 303)

    def test_a_head_makes_teams_only_below(self, app: Flask, cast: dict[str, Person]) -> None:
        text = refusal(signed_in(app, cast["manager"]), "/setup/units/new", new(parent="B"))
        assert "You may place teams only below the units you head." in text
        assert db.session.query(Unit).filter_by(code="A1").count() == 0

    def test_an_account_that_is_over_gets_no_invitation(self, app: Flask, cast: dict[str, Person]) -> None:
        cast["peer"].left_on = today() - timedelta(days=2)
        text = refusal(signed_in(app, cast["hr"]), f"/setup/people/{cast['peer'].id}/invite", {}, 303)
        assert "This account is closed, or its last day is past. Open it again first." in text

    def test_only_an_administrator_gives_roles(self, app: Flask, cast: dict[str, Person]) -> None:
        person = {"name": "Mới", "email": "moi@company.example", "unit": "A", "is_hr": "y"}
        signed_in(app, cast["hr"]).post("/setup/people/new", data=person, headers=ENGLISH)
        made = db.session.query(Person).filter_by(email_key="moi@company.example").one_or_none()
        assert made is None or not made.is_hr

    def test_an_administrators_account_is_closed_by_one(self, app: Flask, cast: dict[str, Person]) -> None:
        path = f"/setup/people/{cast['outsider'].id}/close"
        answer = signed_in(app, cast["hr"]).post(path, headers=ENGLISH)
        assert answer.status_code in (403, 422)
        assert cast["outsider"].disabled_at is None


class TestCompany:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"good": "120"}, "Each rating begins below the one above it, here below 100"),
            (
                {"holidays": "\n".join(f"{year}-01-{day:02}" for year in range(1950, 1990) for day in range(1, 29))},
                "That is too many: 1,000 days at most.",
            ),
        ],
    )
    def test_says_what_would_be_right(
        self, app: Flask, cast: dict[str, Person], typed: dict[str, str], words: str
    ) -> None:
        assert words in refusal(signed_in(app, cast["outsider"]), "/setup/company", SETTINGS | {"version": "1"} | typed)
