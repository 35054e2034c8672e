"""A check-in after its due day: it meets the week it is dated in, never the next, whichever page or report one looks at (rules §4)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.standing import settle as settle_day
from goalsite.domain.periods import Span
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Step
from goalsite.models_follow import CheckIn
from goalsite.queries import company as here
from goalsite.queries.check import differences
from goalsite.queries.report_discipline import discipline_of
from goalsite.queries.report_people import Question
from goalsite.queries.viewer import viewer_for
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

HTMX = {"HX-Request": "true"}
# Fridays are due days: 20/11, 27/11, 4/12.
FRIDAY, SATURDAY, SUNDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30)
THURSDAY, NEXT = date(2026, 12, 3), date(2026, 12, 4)
Clock = Callable[[date], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Makes it nine in the morning of a day, in the company."""

    def at(day: date) -> None:
        monkeypatch.setattr(here, "now", lambda: datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    at(SATURDAY)
    return at


@pytest.fixture
def cast(app: Flask, db_session: Any, clock: Clock) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    """A weekly KPI of the report, last reported on Friday the 20th."""
    cycle = running_cycle(starts_on=date(2026, 11, 9), ends_on=date(2026, 12, 31))
    amounts = {"title": "Hợp đồng", "aggregate": "sum", "frequency": "week", "target": Decimal(160)}
    goal = make_goal(cast["report"], cycle, amounts, kind="kpi", title="Hợp đồng mới")
    for day in (date(2026, 11, 13), date(2026, 11, 20)):
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        said = {"measure_id": goal.measures[0].id, "author_id": goal.owner_id, "value": Decimal(20)}
        db.session.add(CheckIn(on=day, entered_at=at, **said))
    settle()
    return goal


def page(app: Flask, person: Person, address: str = "/checkins") -> str:
    answer = signed_in(app, person, here.now()).get(address)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def enter(app: Flask, person: Person, measure: Measure, **typed: Any) -> str:
    """Types and presses Enter on the weekly page: every other field goes as it stands."""
    text = page(app, person)
    form = text[text.index(f'<form id="measure-{measure.id}-form"') :]
    form = form[: form.index("</form>")]
    sent = {
        name: found[1]
        for name in ("form_key", "version", "on")
        if (found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', form))
    }
    client = signed_in(app, person, here.now())
    address = f"/measures/{measure.id}/check-in?from=week"
    answer = client.post(address, data=sent | {"confidence": "on_track"} | typed, headers=HTMX)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def days(measure: Measure) -> list[str]:
    return [row.on.isoformat() for row in db.session.query(CheckIn).filter_by(measure_id=measure.id).order_by("id")]


def badge(app: Flask, person: Person) -> int:
    found = re.search(r"có (\d+) chỉ số cần bạn cập nhật", page(app, person, "/"))
    return int(found[1]) if found else 0


def kept(cast: dict[str, Person], goal: Goal, day: date) -> dict[date, tuple[int, int, int]]:
    """By the week's Monday: how many due days were kept on time, late, and missed."""
    asked = Question(goal.cycle, goal.unit, day)
    found = discipline_of(viewer_for(cast["manager"]), asked, Span(goal.cycle.starts_on, day))
    return {monday: (one.on_time, one.late, one.missed) for monday, one in found.weeks.items()}


class TestTheNextWeek:
    @pytest.mark.parametrize("day", (FRIDAY, SATURDAY, SUNDAY, MONDAY))
    def test_is_asked_for_whenever_this_one_was_reported(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock, day: date
    ) -> None:
        clock(day)
        enter(app, cast["report"], goal.measures[0], value="20")
        row = goal.measures[0]
        assert days(row)[-1] == min(day, SUNDAY).isoformat()
        assert (row.due_from, row.due_by) == (MONDAY, NEXT)
        clock(NEXT)
        assert badge(app, cast["report"]) == 1
        assert f'id="measure-{row.id}-form"' in page(app, cast["report"])
        assert list(differences(NEXT)) == []

    def test_one_check_in_keeps_one_due_day(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock
    ) -> None:
        enter(app, cast["report"], goal.measures[0], value="20")
        found = kept(cast, goal, date(2026, 12, 9))
        assert found[date(2026, 11, 23)] == (0, 1, 0)
        assert found[MONDAY] == (0, 0, 1)


class TestTheWeekend:
    def test_who_has_reported_has_nothing_waiting(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock
    ) -> None:
        clock(FRIDAY)
        enter(app, cast["report"], goal.measures[0], value="20")
        for day in (SATURDAY, SUNDAY):
            clock(day)
            text = page(app, cast["report"])
            assert "1 / 1" in text
            assert "Hạn kế tiếp: 04/12/2026" in text
            assert badge(app, cast["report"]) == 0
        clock(MONDAY)
        assert "0 / 1" in page(app, cast["report"])
        assert badge(app, cast["report"]) == 1

    def test_who_has_not_is_told_which_days_it_counts_for(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock
    ) -> None:
        for day in (SATURDAY, MONDAY, THURSDAY):
            clock(day)
            text = page(app, cast["report"])
            assert "Quá hạn 27/11" in text, day
            assert "tính cho 23/11–29/11" in text, day
            assert "23/11–29/11</a>" not in text, "it is not offered twice"


class TestTheMonday:
    def test_last_week_is_filled_in_and_then_this_one_waits(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock
    ) -> None:
        clock(THURSDAY)
        text = enter(app, cast["report"], goal.measures[0], value="20")
        assert "Giờ đến kỳ 30/11–06/12, hạn 04/12" in text
        assert days(goal.measures[0])[-1] == "2026-11-29"
        enter(app, cast["report"], goal.measures[0], value="22")
        assert days(goal.measures[0])[-2:] == ["2026-11-29", "2026-12-03"]
        assert badge(app, cast["report"]) == 0

    def test_without_values_by_period_it_is_last_weeks_only_while_grace_lasts(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock
    ) -> None:
        goal.measures[0].frequency = ""
        settle()
        clock(THURSDAY)
        assert "tính cho" not in page(app, cast["report"])
        enter(app, cast["report"], goal.measures[0], value="20")
        assert days(goal.measures[0])[-1] == THURSDAY.isoformat()
        assert goal.measures[0].due_by == date(2026, 12, 11)

    def test_silence_goes_stale_by_the_old_interval(self, cast: dict[str, Person], goal: Goal, clock: Clock) -> None:
        row = goal.measures[0]
        assert row.stale_from == date(2026, 12, 1)
        clock(date(2026, 12, 1))
        settle_day(here.today())
        db.session.commit()
        assert list(differences(here.today())) == []


class TestSteps:
    def test_nothing_changed_says_that_they_stand_as_they_do(
        self, app: Flask, cast: dict[str, Person], goal: Goal, clock: Clock
    ) -> None:
        row = make_goal(cast["report"], goal.cycle, {"direction": "steps", "target": None}).measures[0]
        steps = [Step(measure_id=row.id, code=f"S{place}", place=place, title=f"Bước {place}") for place in (1, 2)]
        db.session.add_all(steps)
        db.session.flush()
        said = {"on": date(2026, 11, 20), "entered_at": datetime(2026, 11, 20, 9, tzinfo=UTC), "value": Decimal(1)}
        db.session.add(CheckIn(measure_id=row.id, step_id=steps[0].id, author_id=goal.owner_id, **said))
        settle()
        enter(app, cast["report"], row, same="1")
        first, again = db.session.query(CheckIn).filter_by(measure_id=row.id).order_by(CheckIn.id)
        assert (again.step_id, again.value, again.on) == (first.step_id, Decimal(1), SATURDAY)
