"""Targets by period are typed in a strip that keeps its sum."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, PeriodTarget, Person
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.goal_form import said

ENGLISH = {"Accept-Language": "en"}
MONTHS = ("2026-01-01", "2026-02-01", "2026-03-01")


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    made = running_cycle(starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    settle()
    return made


def kpi(cycle: Cycle, owner: Person, *typed: str, **facts: str) -> dict[str, str]:
    """A KPI of 90 contracts by month, with these targets by period."""
    measure = {"title": "Hợp đồng", "target": "90", "aggregate": "sum", "frequency": "month", "symbol": "hợp đồng"}
    data = said(cycle, owner, measure, kind="kpi")
    data |= {f"measures-0-period_targets-{day}": text for day, text in zip(MONTHS, typed, strict=False)}
    return data | facts


def inputs(text: str) -> list[tuple[str, str]]:
    """(value, placeholder) of the periods' inputs in order."""
    found = re.findall(r'<input id="measures-0-period_targets-[^>]*value="([^"]*)" placeholder="([^"]*)"', text)
    return list(found)


class TestStrip:
    def send(self, app: Flask, cast: dict[str, Person], data: dict[str, str]) -> str:
        client = signed_in(app, cast["report"])
        return client.post("/goals/new", data=data, headers=ENGLISH).text

    def test_shows_what_the_rules_give_each_period(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = self.send(app, cast, kpi(cycle, cast["report"], do="refresh"))
        assert inputs(text) == [("", "30"), ("", "30"), ("", "30")]
        assert "90 hợp đồng in all, spread evenly." in text.replace("\xa0", " ")

    def test_the_others_share_what_is_left(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = self.send(app, cast, kpi(cycle, cast["report"], "50", do="refresh"))
        assert inputs(text) == [("50", "50"), ("", "20"), ("", "20")]
        assert "What is left for the others: 40 hợp đồng." in text.replace("\xa0", " ")

    def test_one_button_makes_the_target_follow(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        data = kpi(cycle, cast["report"], "20", "30", "30", do="refresh")
        assert "10 hợp đồng short" in self.send(app, cast, data).replace("\xa0", " ")
        text = self.send(app, cast, data | {"do": "total-0"})
        assert re.search(r'id="measures-0-target"[^>]*value="80"', text)
        assert "Together they come to the target" in text

    def test_another_spreads_the_difference(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        data = kpi(cycle, cast["report"], "20", "30", "10", do="spread-0")
        assert [value for value, _ in inputs(self.send(app, cast, data))] == ["30", "45", "15"]

    def test_a_target_for_each_period_becomes_one_in_all(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        data = kpi(cycle, cast["report"], "20", "30", "30", **{"measures-0-target": "30", "do": "total-0"})
        text = self.send(app, cast, data | {"measures-0-target_per": "period"})
        assert re.search(r'id="measures-0-target"[^>]*value="80"', text)
        assert re.search(r'<option[^>]*selected[^>]*value="span"', text)

    def test_clear_gives_the_even_spread_back(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = self.send(app, cast, kpi(cycle, cast["report"], "20", "30", "10", do="clear-0"))
        assert inputs(text) == [("", "30"), ("", "30"), ("", "30")]

    def test_weeks_stand_by_month(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = self.send(app, cast, kpi(cycle, cast["report"], **{"measures-0-frequency": "week", "do": "refresh"}))
        assert len(inputs(text)) == 14
        assert text.count('class="period-month"') == 3

    def test_is_saved_with_the_goal_and_shown_again(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        self.send(app, cast, kpi(cycle, cast["report"], "50", "20"))
        client = signed_in(app, cast["report"])
        goal = db.session.query(Goal).one()
        kept = {one.starts_on: one.target for one in db.session.query(PeriodTarget)}
        assert kept == {date(2026, 1, 1): 50, date(2026, 2, 1): 20}
        assert inputs(client.get(f"/goals/{goal.id}/edit").text) == [("50", "50"), ("20", "20"), ("", "20")]

    def test_what_does_not_add_up_is_refused(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = self.send(app, cast, kpi(cycle, cast["report"], "20", "30", "30"))
        assert "Nothing was saved yet" in text
        assert db.session.query(Goal).count() == 0

    def test_what_is_no_number_is_told_and_kept(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        text = self.send(app, cast, kpi(cycle, cast["report"], "nhiều"))
        assert "Nothing was saved yet" in text
        assert 'href="#measures-0-period_targets"' in text
        assert [value for value, _ in inputs(text)] == ["nhiều", "", ""]
        assert db.session.query(Goal).count() == 0

    @pytest.mark.parametrize(
        "facts",
        [{"measures-0-direction": "keep"}, {"measures-0-direction": "done"}, {"measures-0-frequency": ""}],
    )
    def test_is_not_where_there_are_no_targets_by_period(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, facts: dict[str, str]
    ) -> None:
        assert "period-strip" not in self.send(app, cast, kpi(cycle, cast["report"], do="refresh", **facts))

    def test_another_frequency_drops_those_of_the_old_one(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        data = kpi(cycle, cast["report"], "20", "30", "40", **{"measures-0-frequency": "quarter", "do": "refresh"})
        assert inputs(self.send(app, cast, data)) == [("20", "20")]

    def test_nonsense_and_endless_spans_are_borne(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        client = signed_in(app, cast["report"])
        for facts in (
            {"do": "total-9"},
            {"do": "spread-x"},
            {"do": "total-0", "measures-0-target": ""},
            {"do": "refresh", "cycle": "x"},
            {"do": "refresh", "starts_on": "0001-01-01", "due_on": "9999-12-31", "measures-0-frequency": "day"},
            {"do": "refresh", "measures-0-due_on": "2020-01-01"},
            {"do": "spread-0", "measures-0-direction": "steps", "measures-0-steps": "x | y"},
            {"do": "refresh", "measures-0-period_targets-2026-01-01": "NaN"},
        ):
            assert client.post("/goals/new", data=kpi(cycle, cast["report"], "5") | facts).status_code == 200, facts


def test_a_kpi_is_saved_from_what_its_form_holds(app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
    """The page's own fields, as a browser would send them, are enough."""
    client = signed_in(app, cast["report"])
    page = client.post("/goals/new", data=kpi(cycle, cast["report"], "50", do="refresh")).text
    names = set(re.findall(r'name="(measures-0-[a-z_]+)"', page))
    data = {name: text for name, text in kpi(cycle, cast["report"], "50").items() if "measures" not in name}
    sent = {name: text for name, text in kpi(cycle, cast["report"], "50").items() if name in names or "2026" in name}
    assert client.post("/goals/new", data=data | sent).status_code == 303


class TestFocus:
    def test_goes_on_from_what_was_added_moved_and_removed(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        client, owner = signed_in(app, cast["report"]), cast["report"]
        two = ({"title": "Một", "target": "5"}, {"title": "Hai", "target": "5"})

        def focused(do: str) -> str:
            text = client.post("/goals/new", data=said(cycle, owner, *two, do=do)).text
            found = re.search(r"<(?:input|button)[^>]*\bautofocus\b[^>]*>", text)
            assert found
            name = re.search(r'(?:id|value)="((?:measures|up|down|add)[^"]*)"', found[0])
            assert name
            return name[1]

        assert focused("add") == "measures-2-title"
        assert focused("up-1") == "down-0"
        assert focused("down-0") == "up-1"
        assert focused("remove-0") == "measures-0-title"
        assert focused("remove-1") == "measures-0-title"


def test_a_copy_begins_without_them(app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
    goal = make_goal(
        cast["report"], cycle, {"aggregate": "sum", "frequency": "month", "target": Decimal(90)}, kind="kpi"
    )
    db.session.add(PeriodTarget(measure_id=goal.measures[0].id, starts_on=date(2026, 1, 1), target=Decimal(50)))
    settle()
    text = signed_in(app, cast["report"]).get(f"/goals/new?from={goal.id}").text
    assert inputs(text) == [("", "30"), ("", "30"), ("", "30")]
