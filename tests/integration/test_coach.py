"""The coach on the goal page and beside the form: what it says, to whom, and that it writes nothing."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalFollower, Metric, Person
from goalsite.models_accounts import AuditRow
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import company, signed_in
from tests.integration.builders import WEEK, days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

ENGLISH = {"Accept-Language": "en"}
HTMX = ENGLISH | {"HX-Request": "true"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def earlier(cycle: Cycle) -> Cycle:
    """A cycle as long as the running one, right before it."""
    last = cycle.starts_on - WEEK / 7
    return running_cycle(
        code="BEFORE",
        name="Quý trước",
        starts_on=last - (cycle.ends_on - cycle.starts_on),
        ends_on=last,
        state="closed",
    )


@pytest.fixture
def metric(cast: dict[str, Person]) -> Metric:
    metric = Metric(code="VISITS", name="Lượt truy cập", symbol="lượt", how_measured="Google Analytics")
    db.session.add(metric)
    db.session.flush()
    return metric


def say(goal: Goal, by: Person, value: int, **said: Any) -> None:
    measure = goal.measures[0]
    facts = world_of([goal.id], today()).goals[goal.id].measures[measure.id]
    check_in(measure, facts, by, Reported(value=Decimal(value), **({"on": today()} | said)), now(), today())


def read(app: Flask, person: Person, goal: Goal, piece: str = "/coach") -> str:
    answer = signed_in(app, person).get(f"/goals/{goal.id}{piece}", headers=HTMX if piece else ENGLISH)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def counts(metric: Metric, **said: Any) -> dict[str, Any]:
    return {"title": "Tăng lượt truy cập", "metric_id": metric.id, "symbol": metric.symbol} | said


class TestShow:
    def test_smart_stands_on_the_goals_page_in_twelve_queries(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, earlier: Cycle, metric: Metric
    ) -> None:
        owner = cast["report"]
        past = make_goal(owner, earlier, counts(metric, start=Decimal(1000), target=Decimal(5000)), state="closed")
        db.session.flush()
        entry = {"on": earlier.ends_on}
        settle()
        say(past, owner, 4000, **entry)
        top = make_goal(cast["manager"], cycle, {}, title="Trên")
        goal = make_goal(owner, cycle, counts(metric, start=Decimal(4000), target=Decimal(20000)), parent=top)
        settle()
        browser, address = signed_in(app, owner), f"/goals/{goal.id}"
        browser.get("/")
        with counted(app) as sent:
            answer = browser.get(address, headers=ENGLISH)
        assert len(sent) <= MOST, "\n".join(sent)
        text = answer.get_data(as_text=True).replace("\u00a0", " ")
        assert "4 / 5" in text
        assert "is to move by 16,000 lượt; in 1 earlier cycle it moved by 3,000 ± 750 lượt in as many days" in text
        assert "make the goal aspirational" in text

    def test_what_the_reader_may_not_see_is_not_compared_with(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, earlier: Cycle, metric: Metric
    ) -> None:
        owner = cast["report"]
        past = make_goal(owner, earlier, counts(metric), state="closed", visibility="restricted")
        twin = make_goal(owner, cycle, counts(metric), title="Kín", visibility="restricted")
        goal = make_goal(owner, cycle, counts(metric, target=Decimal(9000)))
        db.session.add(GoalFollower(goal_id=goal.id, person_id=cast["outsider"].id))
        settle()
        say(past, owner, 10, on=earlier.ends_on)
        settle()
        for who, seen in (("report", True), ("manager", True), ("outsider", False)):
            text = read(app, cast[who], goal)
            assert ("earlier cycle it moved" in text) == seen, who
            assert (twin.title in text) == seen, who

    def test_refreshes_itself_and_without_script_is_part_of_the_page(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["report"], cycle, {})
        settle()
        assert f"checked-in-{goal.id} from:body" in read(app, cast["peer"], goal)
        assert signed_in(app, cast["peer"]).get(f"/goals/{goal.id}/coach").location == f"/goals/{goal.id}"

    def test_a_goal_that_is_over_gets_no_advice(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, state="closed")
        settle()
        assert "goal-coach" not in read(app, cast["report"], goal, "")

    def test_hidden_goals_are_not_found(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, visibility="restricted")
        settle()
        assert signed_in(app, cast["outsider"]).get(f"/goals/{goal.id}/coach", headers=HTMX).status_code == 404

    def test_mistakes_are_for_those_with_a_part_in_it(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, *[{}] * 6, title="Tăng doanh thu 30 %")
        settle()
        for who, told in (("report", True), ("manager", True), ("hr", True), ("peer", False)):
            text = read(app, cast[who], goal)
            assert "It supports no other goal" in text, who
            assert ("6 key results are many" in text) == told, who
            assert ("“30 %” in it: that is a key result in disguise" in text) == told, who

    def test_what_concerns_the_owner_is_for_those_who_see_their_results(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, earlier: Cycle
    ) -> None:
        longer = earlier.ends_on - earlier.starts_on
        oldest = running_cycle(
            code="OLDEST", starts_on=earlier.starts_on - longer, ends_on=earlier.starts_on - WEEK / 7, state="closed"
        )
        owner = cast["report"]
        for past in (earlier, oldest):
            make_goal(owner, past, {}, state="closed", evaluation="approved", score=Decimal(1))
        goals = [make_goal(owner, cycle, {}) for _ in range(8)]
        db.session.add(GoalFollower(goal_id=goals[0].id, person_id=cast["peer"].id))
        settle()
        for who, told in (("report", True), ("director", True), ("hr", True), ("peer", False)):
            text = read(app, cast[who], goals[0])
            assert ("The owner has 8 goals in this cycle" in text) == told, who
            assert ("came to 1.0 in the last two cycles" in text) == told, who

    def test_nobody_but_the_head_writes(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goals = [make_goal(cast["manager"], cycle, {}) for _ in range(3)]
        settle()
        assert "All 3 goals of this unit were written by its head" in read(app, cast["manager"], goals[0])
        make_goal(cast["report"], cycle, {})
        settle()
        assert "written by its head" not in read(app, cast["manager"], goals[0])

    def test_silence_of_two_rhythms(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {})
        settle()
        assert "No check-in for 56 days" in read(app, cast["report"], goal)
        say(goal, cast["report"], 3, on=days_ago(1))
        assert "No check-in for" not in read(app, cast["report"], goal)

    def test_a_kpis_target_below_what_was_reached_and_two_goals_with_one_metric(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, earlier: Cycle, metric: Metric
    ) -> None:
        owner, metric.how_measured = cast["report"], ""
        level = {"aggregate": "average", "start": None, "target": Decimal(5)}
        past = make_goal(owner, earlier, counts(metric, **level), kind="kpi", state="closed")
        settle()
        say(past, owner, 8, on=earlier.ends_on)
        goal = make_goal(owner, cycle, counts(metric, **level), kind="kpi")
        make_goal(owner, cycle, counts(metric), title="Cùng đếm", parent=goal)
        settle()
        text = read(app, owner, goal)
        assert "aims at 5 lượt, though 8 lượt was reached in Quý trước" in text
        assert "counts the same metric as “Cùng đếm”" in text
        assert "does not say how it is measured" in text
        assert "This KPI supports no goal and feeds none" in text

    def test_what_feeds_counts_the_same_on_purpose(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric
    ) -> None:
        source = make_goal(cast["report"], cycle, counts(metric), kind="kpi", title="Nguồn")
        goal = make_goal(cast["report"], cycle, counts(metric, fed_by_id=source.id))
        settle()
        for one in (source, goal):
            assert "counts the same metric" not in read(app, cast["report"], one)
        assert "This KPI supports no goal" not in read(app, cast["report"], source)

    def test_a_companys_goal_supports_nothing_and_need_not(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["director"], cycle, {}, scope="unit", unit=company())
        settle()
        assert "It supports no other goal" not in read(app, cast["director"], goal)

    def test_a_kpi_behind_two_periods_running(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        weekly = {"aggregate": "sum", "frequency": "week", "target": Decimal(20), "target_per": "period"}
        goal = make_goal(cast["report"], cycle, weekly, kind="kpi")
        settle()
        text = read(app, cast["report"], goal)
        assert "Behind two periods running: 0 % of the last target" in text


FORM = {
    "kind": "okr",
    "title": "Tăng nhận diện sản phẩm Y",
    "measures-0-title": "Tăng lượt truy cập",
    "measures-0-symbol": "lượt",
    "measures-0-start": "5,000",
    "measures-0-target": "10,000",
}


class TestLookOver:
    def ask(self, app: Flask, person: Person, said: dict[str, Any] | None = None, *, htmx: bool = True) -> str:
        answer = signed_in(app, person).post("/coach", data=FORM | (said or {}), headers=HTMX if htmx else ENGLISH)
        assert answer.status_code == 200
        return answer.get_data(as_text=True).replace("\u00a0", " ")

    def test_reads_the_form_as_it_is_and_writes_nothing(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        before = db.session.query(AuditRow).count(), db.session.query(Goal).count()
        text = self.ask(app, cast["report"], {"title": "Đạt 10 tỷ", "measures-1-title": "Ra mắt cổng mới"})
        assert "“10 tỷ” in it: that is a key result in disguise" in text
        assert "“Ra mắt cổng mới” begins with “ra mắt”" in text
        assert "“Ra mắt cổng mới” has no target" in text
        assert "It supports no other goal" in text
        assert "<html" not in text
        assert (db.session.query(AuditRow).count(), db.session.query(Goal).count()) == before

    def test_the_metric_named_and_the_goal_itself(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric
    ) -> None:
        goal = make_goal(cast["report"], cycle, counts(metric), title="Cùng đếm")
        settle()
        for text in ("VISITS", "Lượt truy cập", "Lượt truy cập · VISITS"):
            assert "as “Cùng đếm”" in self.ask(app, cast["report"], {"measures-0-metric": text})
        same: dict[str, Any] = {"measures-0-metric": "VISITS", "goal_id": goal.id}
        assert "Cùng đếm" not in self.ask(app, cast["report"], same)
        assert "Cùng đếm" not in self.ask(app, cast["peer"], {"measures-0-metric": "VISITS"})

    def test_what_the_reader_may_not_know_of_the_owner_is_not_said(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        for _ in range(8):
            make_goal(cast["report"], cycle, {})
        settle()
        owner = {"owner": cast["report"].email}
        assert "The owner has 8 goals" in self.ask(app, cast["manager"], owner)
        assert "The owner has" not in self.ask(app, cast["peer"], owner)

    @pytest.mark.parametrize("text", ["", "x" * 5000, "\x00", "٣", "1e9", "-1", "999999999999", "<b>", "2026-99-99"])
    def test_nasty_input_is_only_not_understood(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, text: str
    ) -> None:
        names = ("cycle", "goal_id", "unit", "owner", "kind", "scope", "starts_on", "due_on", "measures-0-metric")
        rows = ("start", "target", "low", "high", "direction", "aggregate", "decimals", "frequency", "starts_on")
        said = dict.fromkeys((*names, *(f"measures-0-{name}" for name in rows)), text)
        assert "<b>" not in self.ask(app, cast["report"], said).replace("<b></b>", "")

    def test_a_kpi_that_feeds_a_key_result_serves_a_goal(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric
    ) -> None:
        source = make_goal(cast["report"], cycle, counts(metric), kind="kpi", title="Nguồn")
        said: dict[str, Any] = {"kind": "kpi", "goal_id": source.id}
        assert "effort that helps no goal" in self.ask(app, cast["report"], said)
        make_goal(cast["report"], cycle, counts(metric, fed_by_id=source.id))
        assert "effort that helps no goal" not in self.ask(app, cast["report"], said)

    def test_a_fixed_number_of_queries(self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
        settle()
        rows = {f"measures-{place}-metric": "VISITS" for place in range(20)}
        browser = signed_in(app, cast["report"])
        browser.get("/")
        with counted(app) as sent:
            text = browser.post("/coach", data=FORM | rows, headers=HTMX).get_data(as_text=True)
        assert "20 key results are more than the 10" in text
        assert len(sent) <= MOST

    def test_without_script_it_is_a_page(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        assert "Nothing was saved" in self.ask(app, cast["report"], htmx=False)

    def test_nobody_signed_in(self, app: Flask, cast: dict[str, Person]) -> None:
        assert app.test_client().post("/coach", data=FORM).status_code in (303, 401)
