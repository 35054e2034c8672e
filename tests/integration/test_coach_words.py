"""The coach rule by rule in the words a reader sees: what it saw and why it matters, and what to do; beside the form and on the goal's page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import goalsite
from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Metric, Person
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

WORDS = Path(goalsite.__file__).parent / "templates" / "components" / "coach.html"
HTMX = {"Accept-Language": "en", "HX-Request": "true"}
DAY = timedelta(days=1)
VISITS = {"title": "Tăng lượt truy cập", "symbol": "lượt", "start": 5000, "target": 10000}
LEVEL = VISITS | {"start": None, "aggregate": "average"}
Arrange = Callable[[dict[str, Person], Cycle, Metric], None]


@dataclass(frozen=True)
class Rule:
    """One rule: the goal that breaks it, what is said, what is to be done, and where: `form`, `page`, or both."""

    code: str
    what: str
    todo: str
    measures: tuple[dict[str, Any], ...] = (VISITS,)
    goal: dict[str, Any] = field(default_factory=dict)
    before: Arrange = lambda cast, cycle, metric: None
    where: tuple[str, ...] = ("form", "page")

    def __str__(self) -> str:
        return self.code


def lived(value: int, **said: Any) -> Arrange:
    """The metric in the cycle before: it went from 1 000 (or was held) to `value`."""

    def arrange(cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
        past = cycle_before(cycle)
        measure = {"metric_id": metric.id, "start": Decimal(1000), "target": Decimal(20000)} | said
        goal = make_goal(cast["report"], past, measure, state="closed")
        settle()
        facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
        check_in(goal.measures[0], facts, goal.owner, Reported(past.ends_on, Decimal(value)), now(), today())

    return arrange


def cycle_before(cycle: Cycle, code: str = "BEFORE") -> Cycle:
    days = cycle.ends_on - cycle.starts_on
    last = cycle.starts_on - DAY
    return running_cycle(code=code, name="Quý trước", starts_on=last - days, ends_on=last, state="closed")


def twin(cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
    make_goal(cast["report"], cycle, {"metric_id": metric.id}, title="Cùng đếm")


def unexplained(cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
    metric.how_measured = ""


def crowd(cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
    for _ in range(8):
        make_goal(cast["report"], cycle)


def always_reached(cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
    latest = cycle_before(cycle)
    for past in (latest, cycle_before(latest, "OLDEST")):
        make_goal(cast["report"], past, state="closed", evaluation="approved", score=Decimal(1))


def head_writes(cast: dict[str, Person], cycle: Cycle, metric: Metric) -> None:
    for _ in range(3):
        make_goal(cast["manager"], cycle, unit=cast["report"].unit)


def rules() -> list[Rule]:
    """Every rule of the coach, in the order of its words."""
    one, metric = VISITS, VISITS | {"metric": True}
    kpi: dict[str, Any] = {"kind": "kpi"}
    after, early, bare = date(2099, 1, 1), date(2001, 1, 1), {"start": None, "target": None}
    held, stood = LEVEL | {"metric": True}, lived(4000, start=None, aggregate="average")
    moved, level = (
        "in 1 earlier cycle it moved by 3,000 ± 750 lượt",
        "in 1 earlier cycle it stood at 4,000 ± 1,000 lượt",
    )
    weekly = {"aggregate": "sum", "frequency": "week", "target": 20, "target_per": "period"}
    reached = "aims at 3,900 lượt, though 4,000 lượt was reached in Quý trước"
    page, number = ("page",), "“30 %” in it: that is a key result in disguise"
    return [
        Rule("title_missing", "nobody can say what changes", "Say what is to be different", (one | {"title": ""},)),
        Rule("only_a_verb", "“Tăng” is only a verb", "Add what changes", (one | {"title": "Tăng"},)),
        Rule("output_verb", "that is a task, not a result", "Put the task itself into the action plan", (one | {"title": "Ra mắt cổng mới"},)),
        Rule("metric_missing", "two people may count it in two ways", "Choose a metric", (one | {"symbol": ""},)),
        Rule("target_missing", "has no target", "Write the number you want to reach", (one | {"target": None},)),
        Rule("start_missing", "has no start", "Write where it stands today", (one | {"start": None},)),
        Rule("start_is_target", "begins where it ends, at 10,000 lượt", "Move the target", (one | {"start": 10000},)),
        Rule("bounds_missing", "is to stay within bounds, but has none", "Write a low bound", (one | bare | {"direction": "keep"},)),
        Rule("steps_missing", "is done in steps, but has none", "Write the steps, one a line", (one | bare | {"direction": "steps"},)),
        Rule("target_far", f"is to move by 16,000 lượt; {moved}", "make the goal aspirational", (metric | {"target": 21000},), before=lived(4000)),
        Rule("target_far", f"is to reach 20,000 lượt; {level}", "come closer", (held | {"target": 20000},), kpi, stood),
        Rule("target_easy", f"is to move by only 100 lượt; {moved}", "Aim higher", (metric | {"target": 5100},), before=lived(4000)),
        Rule("target_easy", f"aims at 100 lượt, though {level}", "Aim higher", (held | {"target": 100},), kpi, stood),
        Rule("supports_nothing", "nobody above counts on it", "Choose the goal it supports, or ask your manager"),
        Rule("kpi_supports_nothing", "effort that helps no goal is wasted", "or let it feed a key result", goal=kpi),
        Rule("ends_after_cycle", "ends on 01/01/2099, after the cycle", "go on in the next one", (one | {"due_on": after},)),
        Rule("begins_before_cycle", "begins on 01/01/2001, before the cycle", "what was reached before is the start", (one | {"starts_on": early},)),
        Rule("no_key_results", "how would you see that the objective is reached?", "Add two to five results", ()),
        Rule("no_indicator", "a KPI is one number", "Choose its metric and write the target", (), kpi),
        Rule("too_many_key_results", "6 key results are many", "without which the objective would not be reached", (one,) * 6),
        Rule("too_many_key_results", "11 key results are more than the 10 there may be", "The others may be KPIs, or actions", (one,) * 11, where=("form",)),
        Rule("number_in_objective", number, "Move the number into a key result", goal={"title": "Tăng doanh thu 30 %"}),
        Rule("same_metric", "counts the same metric as “Cùng đếm”: the same work would be counted twice", "Let one feed the other", (metric,), before=twin),
        Rule("metric_unexplained", "so the number can be argued about", "Ask HR to add to the metric", (metric,), before=unexplained),
        Rule("target_below_reached", reached, "Hold at least what was reached", (held | {"target": 3900},), kpi, stood),
        Rule("kpi_behind", "Behind two periods running", "make it an OKR, with this KPI as its first", (weekly,), kpi | {"state": "active"}, where=page),
        Rule("no_check_in", "a goal nobody looks at goes astray unnoticed", "Check in today, even if nothing moved", goal={"state": "active"}, where=page),
        Rule("too_many_goals", "With more than 7, none gets the time it needs", "hand over, join or cancel others", before=crowd),
        Rule("raise_the_bar", "All of the owner's goals came to 1.0 in the last two cycles", "where 0.7 would be a success", before=always_reached),
        Rule("only_the_head_writes", "People stand behind goals they had a part in", "Let the members write", before=head_writes),
    ]  # fmt: skip


RULES = rules()


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


@pytest.fixture
def metric(cast: dict[str, Person]) -> Metric:
    metric = Metric(code="VISITS", name="Lượt truy cập", symbol="lượt", how_measured="Google Analytics")
    db.session.add(metric)
    db.session.flush()
    return metric


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("&#39;", "'"))


def form_of(rule: Rule) -> dict[str, str]:
    """The goal as the form of a goal sends it."""
    said = {"kind": "okr", "title": "Tăng nhận diện"} | rule.goal
    for place, measure in enumerate(rule.measures):
        facts = measure | ({"metric": "VISITS"} if measure.get("metric") else {})
        said |= {f"measures-{place}-{name}": value for name, value in facts.items()}
    return {name: "" if value is None else str(value) for name, value in said.items()}


def goal_of(rule: Rule, owner: Person, cycle: Cycle, metric: Metric) -> Goal:
    """The goal as it is stored."""
    measures = []
    for measure in rule.measures:
        facts = {name: Decimal(value) if isinstance(value, int) else value for name, value in measure.items()}
        counted = {"metric_id": metric.id} if facts.pop("metric", False) else {}
        measures.append(facts | counted)
    facts = {"title": "Tăng nhận diện", "state": "draft"} | rule.goal
    goal = make_goal(owner, cycle, *measures, **facts)
    settle()
    return goal


class TestEveryRule:
    def test_has_its_line_here(self) -> None:
        """Words without a case, or a case without words, would be a rule that nobody has read."""
        told = set(re.findall(r'hint\.code == "([a-z_]+)"', WORDS.read_text("utf-8")))
        assert told == {rule.code for rule in RULES}

    @pytest.mark.parametrize("rule", [rule for rule in RULES if "form" in rule.where], ids=str)
    def test_is_told_beside_the_form(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric, rule: Rule
    ) -> None:
        rule.before(cast, cycle, metric)
        who = cast["manager" if rule.code == "only_the_head_writes" else "report"]
        answer = signed_in(app, who).post("/coach", data=form_of(rule), headers=HTMX)
        text = plain(answer.get_data(as_text=True))
        assert rule.what in text
        assert rule.todo in text

    @pytest.mark.parametrize("rule", [rule for rule in RULES if "page" in rule.where], ids=str)
    def test_is_told_on_the_page_of_the_goal(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric, rule: Rule
    ) -> None:
        rule.before(cast, cycle, metric)
        owner = cast["manager" if rule.code == "only_the_head_writes" else "report"]
        goal = goal_of(rule, owner, cycle, metric)
        text = plain(signed_in(app, owner).get(f"/goals/{goal.id}/coach", headers=HTMX).get_data(as_text=True))
        assert rule.what in text
        assert rule.todo in text

    @pytest.mark.parametrize("where", ["form", "page"])
    def test_says_nothing_of_a_good_goal(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, metric: Metric, where: str
    ) -> None:
        top = make_goal(cast["manager"], cycle, {}, title="Trên")
        settle()
        client, good = signed_in(app, cast["report"]), Rule("", "", "", goal={"parent": top.code})
        if where == "form":
            text = client.post("/coach", data=form_of(good), headers=HTMX).get_data(as_text=True)
        else:
            goal = goal_of(Rule("", "", "", goal={"parent": top}), cast["report"], cycle, metric)
            text = client.get(f"/goals/{goal.id}/coach", headers=HTMX).get_data(as_text=True)
        assert "4 / 4" in text
        assert not [rule.code for rule in RULES if rule.what in plain(text)]
