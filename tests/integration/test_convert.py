"""From a KPI to an OKR: four steps, each saved, and nothing saved that is not one's own to write."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import CheckIn
from goalsite.queries.company import now
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def kpi(cast: dict[str, Person], cycle: Cycle) -> Goal:
    """Online sales of product Y: behind, at 6.4 of 30 %."""
    metric = Metric(code="SALES-Y", name="Tăng doanh số Y", symbol="%", decimals=1, how_measured="Phần mềm bán hàng")
    db.session.add(metric)
    db.session.flush()
    above = make_goal(cast["manager"], cycle, {}, title="Tăng trưởng")
    said = {
        "metric_id": metric.id,
        "symbol": "%",
        "decimals": 1,
        "start": None,
        "target": Decimal(30),
        "frequency": "week",
    }
    goal = make_goal(cast["report"], cycle, said, kind="kpi", title="Doanh số trực tuyến Y", parent=above)
    entry = {"measure_id": goal.measures[0].id, "on": days_ago(20), "entered_at": now(), "value": Decimal("6.4")}
    db.session.add(CheckIn(**entry, author_id=cast["report"].id))
    settle()
    return goal


def page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, headers=ENGLISH)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the page's own form, and what stands in its selects and inputs."""
    text = text[text.index('action="/convert') :]
    text = text[: text.index("</form>")]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    for tag in re.findall(r"<input [^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' not in tag and 'type="checkbox"' not in tag:
            fields[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        fields[name] = chosen[1] if chosen else ""
    return fields


def send(browser: FlaskClient, path: str, status: int = 303, /, **said: Any) -> str:
    """Fills in the form of the page and sends it; where it leads."""
    form = hidden(page(browser, path)) | said
    answer = browser.post(path, data=form, headers=ENGLISH)
    assert answer.status_code == status, answer.get_data(as_text=True)[:4000]
    return answer.location if status == 303 else answer.get_data(as_text=True)


def begun(browser: FlaskClient, kpi: Goal | None = None, title: str = "Nhiều người biết Y hơn") -> Goal:
    path = f"/convert?kpi={kpi.id}" if kpi else "/convert"
    form = hidden(page(browser, path)) | {"title": title}
    goal_id = int(browser.post("/convert", data=form).location.split("/")[2])
    return db.session.get_one(Goal, goal_id)


def rows(goal: Goal) -> list[Measure]:
    query = db.session.query(Measure).filter_by(goal_id=goal.id).order_by(Measure.place)
    return query.populate_existing().all()


class TestFourSteps:
    def test_a_kpi_that_is_behind_becomes_an_okr(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        browser = signed_in(app, cast["report"])
        goal_page = page(browser, f"/goals/{kpi.id}")
        assert "Behind two periods running" in goal_page
        assert f'href="/convert?kpi={kpi.id}&amp;cycle=' in goal_page
        goal = begun(browser, kpi)
        assert (goal.kind, goal.state, goal.owner_id, goal.parent_id) == ("okr", "draft", kpi.owner_id, kpi.parent_id)
        first = rows(goal)[0]
        assert (first.fed_by_id, first.start, first.target) == (kpi.id, Decimal("6.4"), Decimal(30))
        own = {"title_0": "Tăng lượt truy cập", "symbol_0": "lượt", "title_1": "Ký hợp đồng", "symbol_1": "hợp đồng"}
        there = send(browser, f"/convert/{goal.id}/key-results", **own, counts_1="sum")
        assert there == f"/convert/{goal.id}/smart"
        assert [row.title for row in rows(goal)] == [kpi.title, "Tăng lượt truy cập", "Ký hợp đồng"]
        assert "“Tăng lượt truy cập” has no target" in page(browser, there)
        numbers = {"measures-1-start": "5,000", "measures-1-target": "10,000", "measures-2-target": "5"}
        there = send(browser, there, **numbers)
        assert there == f"/convert/{goal.id}/rhythm"
        assert [(row.start, row.target) for row in rows(goal)[1:]] == [(5000, 10000), (None, 5)]
        visits, contracts = rows(goal)[1:]
        there = send(browser, there, **{f"frequency_{visits.id}": "week", f"frequency_{contracts.id}": "month"})
        assert there == f"/goals/{goal.id}"
        assert [row.frequency for row in rows(goal)] == ["", "week", "month"]
        assert "Your OKR is ready as a draft" in page(browser, there)
        actions = [
            row.action for row in db.session.query(AuditRow).filter_by(object_id=str(goal.id)).order_by(AuditRow.seq)
        ]
        assert actions == ["create_goal", *["update_goal"] * 3]

    @pytest.mark.parametrize(
        ("by_unit", "of_kpi", "seen"),
        (
            ("public", "public", "public"),
            ("internal", "public", "internal"),
            ("restricted", "public", "restricted"),
            ("public", "restricted", "restricted"),
            ("restricted", "internal", "restricted"),
        ),
    )
    def test_is_seen_as_the_unit_says_and_by_no_more_than_the_kpi(
        self, app: Flask, cast: dict[str, Person], kpi: Goal, by_unit: str, of_kpi: str, seen: str
    ) -> None:
        kpi.unit.okr_visibility, kpi.visibility = by_unit, of_kpi
        browser = signed_in(app, cast["report"])
        assert begun(browser, kpi).visibility == seen
        assert begun(browser, title="Không có chỉ tiêu").visibility == by_unit

    def test_the_articles_example_can_be_walked_through(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        browser = signed_in(app, cast["peer"])
        assert "/convert?example=1" in page(browser, "/convert")
        form = hidden(page(browser, "/convert?example=1"))
        assert "product Y" in form["title"]
        there = browser.post("/convert?example=1", data=form).location
        there = send(browser, there)
        there = send(browser, there)
        goal = db.session.get_one(Goal, int(there.split("/")[2]))
        assert hidden(page(browser, f"/convert/{goal.id}/key-results?example=1"))["title_0"] == "", (
            "they are there already"
        )
        send(browser, there)
        assert [(row.start, row.target) for row in rows(goal)] == [(5000, 10000), (5, 8), (None, 5)]
        assert [row.aggregate for row in rows(goal)] == ["last", "last", "sum"]
        text = page(browser, f"/goals/{goal.id}")
        assert "3 / 4" in text, "S, M and T are good; it supports nothing yet"

    def test_each_page_takes_twelve_queries_at_most(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        browser = signed_in(app, cast["report"])
        goal = begun(browser, kpi)
        paths = ["/convert", f"/convert?kpi={kpi.id}", *(f"/convert/{goal.id}/{step}" for step in STEPS)]
        for path in paths:
            with counted(app) as sent:
                page(browser, path)
            assert len(sent) <= MOST, path

    def test_one_can_go_back_to_the_objective(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        browser = signed_in(app, cast["report"])
        goal = begun(browser, kpi)
        first = f"/convert/{goal.id}/objective"
        assert f'href="{first}"' in page(browser, f"/convert/{goal.id}/smart")
        assert hidden(page(browser, first))["title"] == "Nhiều người biết Y hơn"
        there = send(browser, first, title="Ai cũng biết Y", description="Vì chưa ai biết")
        assert there == f"/convert/{goal.id}/key-results"
        db.session.refresh(goal)
        assert (goal.title, goal.description) == ("Ai cũng biết Y", "Vì chưa ai biết")
        assert rows(goal)[0].fed_by_id == kpi.id, "the key results stay"
        assert "This is needed" in send(browser, first, 422, title=" ")


STEPS = ("objective", "key-results", "smart", "rhythm")


class TestBegin:
    def test_without_a_title_nothing_is_saved(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        browser = signed_in(app, cast["report"])
        assert "This is needed" in send(browser, "/convert", 422, title=" ", description="Vì sao")
        assert not db.session.query(Goal).count()

    def test_sent_twice_it_is_one_goal(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        browser = signed_in(app, cast["report"])
        form = hidden(page(browser, "/convert")) | {"title": "Một"}
        there = {browser.post("/convert", data=form).location for _ in range(2)}
        assert len(there) == 1
        assert db.session.query(Goal).count() == 1

    @pytest.mark.parametrize("text", ["0", "x", "99999999999", "٣", "-1"])
    def test_no_such_kpi(self, app: Flask, cast: dict[str, Person], cycle: Cycle, text: str) -> None:
        assert signed_in(app, cast["report"]).get(f"/convert?kpi={text}").status_code == 404

    def test_a_kpi_that_may_not_be_seen_is_not_found(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        kpi.visibility = "restricted"
        db.session.commit()
        browser = signed_in(app, cast["outsider"])
        assert browser.get(f"/convert?kpi={kpi.id}").status_code == 404
        form = hidden(page(browser, "/convert")) | {"title": "Một", "kpi": kpi.id}
        assert browser.post("/convert", data=form).status_code == 404

    def test_where_no_cycle_is_open_it_says_so(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        cycle.state = "reviewing"
        db.session.commit()
        browser = signed_in(app, cast["report"])
        assert "No cycle to write in" in page(browser, "/convert")
        assert browser.post("/convert", data={"title": "Một"}).status_code == 403

    def test_a_units_kpi_becomes_its_units_okr_for_its_head(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        kpi.scope = "unit"
        db.session.commit()
        assert begun(signed_in(app, cast["manager"]), kpi).scope == "unit"
        assert begun(signed_in(app, cast["report"]), kpi).scope == "person"


class TestChoose:
    def test_fed_or_alone_or_taken_away_again(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        browser = signed_in(app, cast["report"])
        goal = begun(browser)
        path = f"/convert/{goal.id}/key-results"
        send(browser, path, **{f"kpi_{kpi.id}": "alone"})
        alone = rows(goal)[0]
        assert (alone.fed_by_id, alone.metric_id, alone.frequency) == (None, kpi.measures[0].metric_id, "week")
        send(browser, path, **{f"kpi_{kpi.id}": "fed", f"drop_{alone.id}": "y"})
        assert [row.fed_by_id for row in rows(goal)] == [kpi.id]
        assert f"kpi_{kpi.id}" not in page(browser, path), "it feeds it already"

    def test_another_kpi_by_name(self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal) -> None:
        browser = signed_in(app, cast["peer"])
        goal = begun(browser)
        path = f"/convert/{goal.id}/key-results"
        assert "Doanh số trực tuyến Y" in send(browser, path, 422, other="Doanh số")
        send(browser, path, other=kpi.code)
        assert [row.fed_by_id for row in rows(goal)] == [kpi.id]

    def test_what_would_make_a_circle_is_refused(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, kpi: Goal
    ) -> None:
        browser = signed_in(app, cast["report"])
        goal = begun(browser)
        goal.parent_id = kpi.id
        db.session.commit()
        text = send(browser, f"/convert/{goal.id}/key-results", 422, **{f"kpi_{kpi.id}": "fed"})
        assert "support each other in a circle" in text
        assert not rows(goal)

    def test_more_than_ten_are_refused(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        browser = signed_in(app, cast["report"])
        goal = make_goal(cast["report"], cycle, *[{}] * 9, state="draft")
        settle()
        text = send(browser, f"/convert/{goal.id}/key-results", 422, title_0="Một", title_1="Hai")
        assert "has at most 10 key results" in text
        assert "Hai" in text
        assert len(rows(goal)) == 9


class TestRefine:
    def test_what_contradicts_itself_stays_in_the_form(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, state="draft")
        settle()
        browser, path = signed_in(app, cast["report"]), f"/convert/{goal.id}/smart"
        wrong = {"measures-0-start": "50", "measures-0-target": "20"}
        assert 'value="20"' in send(browser, path, 422, **wrong)
        assert "1.2.3" in send(browser, path, 422, **{"measures-0-target": "1.2.3"})
        assert rows(goal)[0].target == 100
        send(browser, path, **wrong, **{"measures-0-direction": "decrease"})
        assert rows(goal)[0].direction == "decrease"

    @pytest.mark.parametrize("step", STEPS)
    def test_somebody_was_quicker(self, app: Flask, cast: dict[str, Person], cycle: Cycle, step: str) -> None:
        goal = make_goal(cast["report"], cycle, {}, state="draft")
        settle()
        browser, path = signed_in(app, cast["report"]), f"/convert/{goal.id}/{step}"
        form = hidden(page(browser, path))
        goal.version += 1
        db.session.commit()
        kept = dict.fromkeys(("title", "title_0", "measures-0-title"), "Giữ lại")
        answer = browser.post(path, data=form | kept, headers=ENGLISH)
        assert answer.status_code == 409
        text = answer.get_data(as_text=True)
        assert "Somebody changed this goal meanwhile" in text
        assert "Giữ lại" in text or step == "rhythm"

    @pytest.mark.parametrize("step", STEPS)
    def test_only_those_who_may_write_it(self, app: Flask, cast: dict[str, Person], cycle: Cycle, step: str) -> None:
        draft = make_goal(cast["report"], cycle, {}, state="draft")
        active = make_goal(cast["report"], cycle, {})
        kin = make_goal(cast["report"], cycle, {}, state="draft", kind="kpi")
        secret = make_goal(cast["report"], cycle, {}, state="draft", visibility="restricted")
        settle()
        for who, goal, status in (
            ("report", draft, 200), ("manager", draft, 200), ("peer", draft, 403), ("report", active, 403), ("report", kin, 403), ("outsider", secret, 404),
        ):  # fmt: skip
            browser = signed_in(app, cast[who])
            assert browser.get(f"/convert/{goal.id}/{step}").status_code == status, (who, goal.id)
            if status != 200:
                assert browser.post(f"/convert/{goal.id}/{step}").status_code == status
