"""The library of metrics in the browser: found, made, changed where nothing is lost by it, by HR alone."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Metric, Person
from goalsite.models_accounts import AuditRow
from goalsite.queries.check import differences
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

KEY = "a-form-key-of-this-test"
SAID = {
    "name": "Doanh thu",
    "code": "revenue",
    "symbol": "₫",
    "decimals": "0",
    "direction": "increase",
    "aggregate": "sum",
    "how_measured": "Theo sổ kế toán",
    "formula": "",
    "formula_is": "",
}


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
def metric(cast: dict[str, Person]) -> Metric:
    metric = Metric(code="returning", name="Tỷ lệ khách quay lại", symbol="%", decimals=1)
    db.session.add(metric)
    db.session.flush()
    return metric


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True)).replace("\u00a0", " ")


def get(client: FlaskClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == 200
    return text_of(answer)


def post(client: FlaskClient, path: str, **said: str) -> Any:
    return client.post(path, data=said, headers={"Accept-Language": "en"})


def said_of(metric: Metric, **changed: str) -> dict[str, str]:
    names = ("name", "code", "symbol", "decimals", "direction", "aggregate", "how_measured", "formula", "formula_is")
    return {name: str(getattr(metric, name)) for name in names} | {"version": str(metric.version)} | changed


def measured(owner: Person, cycle: Cycle, metric: Metric, **facts: Any) -> Goal:
    own = {name: getattr(metric, name) for name in ("symbol", "decimals", "direction", "aggregate")}
    goal = make_goal(owner, cycle, {"metric_id": metric.id, **own}, title="Giữ khách", **facts)
    settle()
    return goal


def report(goal: Goal, value: int) -> None:
    measure = goal.measures[0]
    facts = world_of([goal.id], today()).goals[goal.id].measures[measure.id]
    check_in(measure, facts, goal.owner, Reported(today(), Decimal(value)), now(), today())
    db.session.commit()


def audited() -> list[str]:
    return [row.action for row in db.session.query(AuditRow).order_by(AuditRow.seq) if row.object_kind == "metric"]


class TestAccess:
    @pytest.mark.parametrize("role", ["director", "manager", "report"])
    def test_only_hr_gets_there(self, app: Flask, cast: dict[str, Person], metric: Metric, role: str) -> None:
        client = signed_in(app, cast[role])
        paths = ("/new", f"/{metric.id}/edit")
        assert {client.get(f"/setup/metrics{path}").status_code for path in ("", "/trial", *paths)} == {403}
        assert {client.post(f"/setup/metrics{path}").status_code for path in paths} == {403}

    def test_what_does_not_exist(self, hr: FlaskClient) -> None:
        assert hr.get("/setup/metrics/999/edit").status_code == 404


class TestListMetrics:
    def test_says_where_to_begin(self, hr: FlaskClient) -> None:
        assert "No metric yet" in get(hr, "/setup/metrics")

    def test_is_searched(self, app: Flask, hr: FlaskClient, metric: Metric) -> None:
        db.session.add(Metric(code="x", name="Số lỗi <b>"))
        assert "Tỷ lệ khách" not in get(hr, "/setup/metrics?text=lỗi")
        assert "Số lỗi &lt;b&gt;" in get(hr, "/setup/metrics?text=LỖI")
        assert "No metric holds “%”" not in get(hr, "/setup/metrics?text=RETURN")
        assert "No metric holds “a_b”" in get(hr, "/setup/metrics?text=a_b")
        with counted(app) as sent:
            get(hr, "/setup/metrics")
        assert len(sent) <= MOST

    def test_pages(self, hr: FlaskClient, cast: Any) -> None:
        db.session.add_all(Metric(code=f"m{n}", name=f"Chỉ số {n}") for n in range(60))
        assert "Page 1 of 2" in get(hr, "/setup/metrics")
        assert "Page 2 of 2" in get(hr, "/setup/metrics?text=Chỉ&page=2")


class TestCreate:
    def test_makes_it(self, hr: FlaskClient) -> None:
        answers = [post(hr, "/setup/metrics/new", **SAID, form_key=KEY) for _ in range(2)]
        assert [answer.location for answer in answers] == ["/setup/metrics"] * 2
        made = db.session.query(Metric).one()
        assert (made.name, made.symbol, made.aggregate) == ("Doanh thu", "₫", "sum")
        assert audited() == ["create_metric"]

    def test_base_goal_formula_is_taken(self, hr: FlaskClient) -> None:
        post(hr, "/setup/metrics/new", **(SAID | {"formula": "$value * 100 / $target"}))
        assert db.session.query(Metric).one().formula == "value * 100 / target"

    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("name", "", "This is needed"),
            ("code", "two words", "A code has no spaces"),
            ("code", "returning", "is taken"),
            ("formula", "value +", "cannot be read"),
            ("formula", "__import__('os')", "nothing else"),
            ("formula", "price * 2", "but not “price”"),
            ("formula_is", "progress", "Write the formula"),
            ("decimals", "9", "decimals-error"),
            ("direction", "sideways", "direction-error"),
        ],
    )
    def test_refused_at_its_field(self, hr: FlaskClient, metric: Metric, field: str, typed: str, words: str) -> None:
        answer = post(hr, "/setup/metrics/new", **(SAID | {field: typed}))
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert "Theo sổ kế toán" in text_of(answer)
        assert db.session.query(Metric).count() == 1


class TestTrial:
    def ask(self, client: FlaskClient, query: str) -> str:
        return get(client, f"/setup/metrics/trial?{query}", **{"HX-Request": "true"})

    def test_answers_as_one_types(self, hr: FlaskClient) -> None:
        text = self.ask(hr, "formula=(value-target)*100/target&try_value=35,000,000&try_target=30,000,000")
        assert "the answer is 16.6667" in text
        assert "<html" not in text

    def test_a_progress_is_said_as_one(self, hr: FlaskClient) -> None:
        text = self.ask(hr, "formula=value*100/target&formula_is=progress&try_value=40&try_target=50")
        assert "the answer is 80, a progress of 80.0 %" in text

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("formula=value/start&try_value=1&try_start=0", "cannot be calculated"),
            ("formula=value&try_value=abc", "cannot be calculated"),
            ("formula=value**99", "nothing else"),
            ("formula=", "Without a formula"),
            ("formula=%3Cscript%3Ealert(1)", "cannot be read"),
        ],
    )
    def test_says_what_is_wrong(self, hr: FlaskClient, query: str, words: str) -> None:
        text = self.ask(hr, query)
        assert words in text
        assert "<script>" not in text

    def test_without_script_a_button_tries_it(self, hr: FlaskClient) -> None:
        said = SAID | {"formula": "value*2", "try_value": "21", "try": "1"}
        answer = post(hr, "/setup/metrics/new", **said)
        assert answer.status_code == 200
        assert "the answer is 42" in text_of(answer)
        assert "Theo sổ kế toán" in text_of(answer)
        assert db.session.query(Metric).count() == 0

    def test_alone_it_is_a_page(self, hr: FlaskClient) -> None:
        assert "<html" in get(hr, "/setup/metrics/trial?formula=value")


class TestChange:
    def test_shows_where_it_is_used(self, app: Flask, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any) -> None:
        measured(cast["report"], cycle, metric)
        path = f"/setup/metrics/{metric.id}/edit"
        with counted(app) as sent:
            text = get(hr, path)
        assert "Giữ khách" in text
        assert "1 measure · 1 goal" in text
        assert len(sent) <= MOST

    def test_says_what_a_change_does_before_it_is_made(
        self, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any
    ) -> None:
        path = f"/setup/metrics/{metric.id}/edit"
        assert "What a change does" not in get(hr, path)
        measured(cast["report"], cycle, metric, state="draft")
        assert "No goal under way has it, so no number moves." in get(hr, path)
        goals = [measured(cast[who], cycle, metric) for who in ("report", "report", "peer")]
        text = get(hr, path)
        assert "3 goals under way are worked out anew at once, and with them the results of 2 people." in text
        assert "as long as nobody has checked in" in text
        report(goals[0], 40)
        assert "as long as nobody has checked in" not in get(hr, path)
        cycle.state = "closed"
        assert "Closed cycles keep their results" in get(hr, path)

    def test_its_measures_follow(self, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any) -> None:
        goal = measured(cast["report"], cycle, metric)
        answer = post(hr, f"/setup/metrics/{metric.id}/edit", **said_of(metric, symbol="điểm", aggregate="average"))
        assert answer.status_code == 303
        assert (goal.measures[0].symbol, goal.measures[0].aggregate) == ("điểm", "average")
        assert audited() == ["change_metric"]
        assert list(differences(today())) == []

    def test_what_would_make_no_sense_is_refused(
        self, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any
    ) -> None:
        goal = measured(cast["report"], cycle, metric)
        answer = post(hr, f"/setup/metrics/{metric.id}/edit", **said_of(metric, direction="decrease"))
        assert answer.status_code == 422
        assert "would make no sense" in text_of(answer)
        assert goal.measures[0].direction == "increase"

    def test_with_check_ins_it_counts_as_ever(self, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any) -> None:
        goal = measured(cast["report"], cycle, metric)
        report(goal, 40)
        text = get(hr, f"/setup/metrics/{metric.id}/edit")
        assert "how it counts stays as it is" in text
        assert 'name="direction"' not in text
        said = said_of(metric, direction="decrease", decimals="3", name="Tên mới")
        assert post(hr, f"/setup/metrics/{metric.id}/edit", **said).status_code == 303
        assert (metric.direction, metric.decimals, metric.name) == ("increase", 1, "Tên mới")

    def test_a_formula_that_gives_the_progress_moves_it(
        self, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any
    ) -> None:
        goal = measured(cast["report"], cycle, metric)
        report(goal, 40)
        assert goal.progress == Decimal("0.4")
        said = said_of(metric, formula="value * 2", formula_is="progress")
        assert post(hr, f"/setup/metrics/{metric.id}/edit", **said).status_code == 303
        assert goal.progress == Decimal("0.8")
        assert list(differences(today())) == []

    def test_closed_cycles_do_not_move(self, hr: FlaskClient, metric: Metric, cycle: Cycle, cast: Any) -> None:
        measured(cast["report"], cycle, metric, state="closed")
        cycle.state = "closed"
        said = said_of(metric, formula="value * 2", formula_is="progress")
        answer = post(hr, f"/setup/metrics/{metric.id}/edit", **said)
        assert answer.status_code == 422
        assert "closed cycles, where nothing changes" in text_of(answer)
        assert post(hr, f"/setup/metrics/{metric.id}/edit", **said_of(metric, name="Tên mới")).status_code == 303

    def test_stale_form_is_refused_with_what_was_typed(self, hr: FlaskClient, metric: Metric) -> None:
        old = said_of(metric, name="Tên tôi gõ")
        post(hr, f"/setup/metrics/{metric.id}/edit", **said_of(metric, name="Tên người khác"))
        answer = post(hr, f"/setup/metrics/{metric.id}/edit", **old)
        assert answer.status_code == 409
        assert "Tên tôi gõ" in text_of(answer)
        assert "Meanwhile changed to: Tên người khác" in text_of(answer)
        assert metric.name == "Tên người khác"
        assert audited() == ["change_metric"]

    def test_nothing_changed_leaves_no_trace(self, hr: FlaskClient, metric: Metric) -> None:
        assert post(hr, f"/setup/metrics/{metric.id}/edit", **said_of(metric)).status_code == 303
        assert audited() == []
