"""When a check-in is owed, when silence is stale, and when a status turns (rules §4, §5)."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalsite.domain.cadence import Owed, asked, next_turn, owed, turning_days
from goalsite.domain.goals import Goal, World, assess
from goalsite.domain.measure import Entry, Measure, Step
from goalsite.domain.pace import Thresholds
from goalsite.domain.periods import LENGTHS, Rhythm, whole_period
from goalsite.domain.standing import stand
from tests.unit.measures import check_ins, entry, kpi, kr, measures, on

DAY = timedelta(days=1)


def three(first: str, due: str, stale: str) -> Owed:
    return Owed(on(first), on(due), on(stale))


class TestOwed:
    WEEKLY = kr("2026-01-01", "2026-01-31", target=10)  # due on the 2nd, 9th, 16th, 23rd and 30th

    def test_before_any_check_in_the_first_due_day(self) -> None:
        assert owed(self.WEEKLY, None, finished=False) == three("2026-01-01", "2026-01-02", "2026-01-06")

    def test_a_check_in_on_the_due_day_meets_it_and_the_next_waits_from_its_monday(self) -> None:
        assert owed(self.WEEKLY, on("2026-01-09"), finished=False) == three("2026-01-12", "2026-01-16", "2026-01-20")

    def test_a_late_one_within_the_week_meets_that_week_and_not_the_next(self) -> None:
        for late in ("2026-01-10", "2026-01-11"):
            found = owed(self.WEEKLY, on(late), finished=False)
            assert (found.due_from, found.due_on) == (on("2026-01-12"), on("2026-01-16")), late
        assert owed(self.WEEKLY, on("2026-01-12"), finished=False).due_on == on("2026-01-23")

    def test_a_check_in_on_the_first_day_meets_the_first_week(self) -> None:
        assert owed(self.WEEKLY, on("2026-01-01"), finished=False) == three("2026-01-05", "2026-01-09", "2026-01-13")

    def test_in_the_last_week_or_after_it_nothing_is_owed_any_more(self) -> None:
        assert owed(self.WEEKLY, on("2026-01-26"), finished=False) == Owed()
        assert owed(self.WEEKLY, on("2026-01-31"), finished=False) == Owed()

    def test_silence_in_the_last_week_is_no_more_stale_where_the_interval_has_a_check_in(self) -> None:
        found = owed(self.WEEKLY, on("2026-01-24"), finished=False)
        assert found == Owed(on("2026-01-26"), on("2026-01-30"), None)

    def test_a_month_without_its_value_waits_in_the_week_it_is_due(self) -> None:
        monthly = kpi("2026-01-01", "2026-12-31", frequency="month", target=10)
        assert owed(monthly, on("2026-01-30"), finished=False).due_from == on("2026-02-23")
        assert owed(monthly, on("2026-01-31"), finished=False).due_on == on("2026-02-27")
        assert owed(monthly, on("2026-02-01"), finished=False).due_on == on("2026-03-27")

    def test_every_two_weeks_it_asks_up_to_the_sunday_of_the_week_it_is_due_in(self) -> None:
        fortnights = kr("2026-01-01", "2026-03-31", rhythm=Rhythm("two_weeks", 4, on("2026-01-01")))
        assert fortnights.due_days[:3] == (on("2026-01-09"), on("2026-01-23"), on("2026-02-06"))
        assert owed(fortnights, on("2026-01-11"), finished=False).due_on == on("2026-01-23")
        assert owed(fortnights, on("2026-01-12"), finished=False).due_on == on("2026-02-06")
        assert owed(fortnights, on("2026-01-11"), finished=False).due_from == on("2026-01-19")

    def test_done_and_closed_ones_owe_nothing(self) -> None:
        assert owed(self.WEEKLY, None, finished=True) == Owed()

    def test_fed_ones_owe_nothing(self) -> None:
        assert owed(kr(target=10, fed_frequency="week"), None, finished=False) == Owed()

    def test_it_goes_by_the_longer_of_frequency_and_rhythm(self) -> None:
        monthly = kr(target=10, frequency="month")
        assert owed(monthly, on("2026-01-15"), finished=False) == three("2026-02-23", "2026-02-27", "2026-03-03")
        in_a_monthly_cycle = kr(target=10, frequency="week", rhythm=Rhythm("month", 4))
        assert owed(in_a_monthly_cycle, on("2026-01-15"), finished=False).due_on == on("2026-02-27")

    @given(measures(), st.none() | st.integers(0, 75))
    def test_a_naive_look_at_each_day_finds_the_same(self, measure: Measure, days: int | None) -> None:
        last_on = None if days is None else min(measure.span.first + DAY * days, measure.span.last)
        found = owed(measure, last_on, finished=False)
        assert found.due_on == naive_due(measure, last_on)
        start = last_on or measure.span.first
        for day in (start + DAY * n for n in range(100)):
            assert (found.stale_from is not None and day >= found.stale_from) == naive_stale(measure, last_on, day)


def naive_due(measure: Measure, last_on: date | None) -> date | None:
    """The due day after the one whose period, week, or month holds the last check-in."""
    if measure.fed_frequency is not None:
        return None
    unit = measure.frequency if measure.has_periods else ""
    if not unit or LENGTHS[unit] < LENGTHS[measure.rhythm.every]:
        unit = "month" if measure.rhythm.every == "month" else "week"
    for day in measure.due_days:
        if last_on is None:
            return day
        if last_on <= whole_period(unit, day).last:
            last_on = None
    return None


def naive_stale(measure: Measure, last_on: date | None, day: date) -> bool:
    """The last due day + 3 is past and no check-in came in the interval that ended with it, or since."""
    if measure.fed_frequency is not None:
        return False
    past = [place for place, due in enumerate(measure.due_days) if day > due + 3 * DAY]
    if not past:
        return False
    begins = measure.due_days[past[-1] - 1] + DAY if past[-1] else measure.span.first
    return last_on is None or last_on < begins


def naive_turn(look: Callable[[date], object], today: date, end: date) -> date | None:
    return next(
        (day for day in (today + DAY * n for n in range(1, (end - today).days + 1)) if look(day) != look(today)), None
    )


class TestAsked:
    WEEKLY = kpi("2026-11-02", "2026-12-31", frequency="week", aggregate="sum", target=100)
    STEADY = kr("2026-11-02", "2026-12-31", target=100)

    @staticmethod
    def ask(measure: Measure, last_on: str, day: str) -> tuple[str, str, str]:
        found = asked(measure, on(last_on), on(day))
        assert found is not None
        return tuple(one.isoformat()[5:] for one in (found.first, found.due, found.on))  # type: ignore[return-value]

    def test_on_the_days_after_the_due_day_it_still_asks_about_that_week(self) -> None:
        for day in ("2026-11-27", "2026-11-28", "2026-11-29"):
            assert self.ask(self.WEEKLY, "2026-11-20", day) == ("11-23", "11-27", day[5:])

    def test_from_monday_on_a_week_without_its_value_is_asked_about_first(self) -> None:
        for day in ("2026-11-30", "2026-12-03"):
            assert self.ask(self.WEEKLY, "2026-11-20", day) == ("11-23", "11-27", "11-29")
        assert self.ask(self.WEEKLY, "2026-11-29", "2026-11-30") == ("11-30", "12-04", "11-30")

    def test_of_several_weeks_the_last(self) -> None:
        assert self.ask(self.WEEKLY, "2026-11-06", "2026-11-30") == ("11-23", "11-27", "11-29")

    def test_where_there_is_no_value_by_period_only_while_grace_lasts(self) -> None:
        assert self.ask(self.STEADY, "2026-11-20", "2026-11-30") == ("11-23", "11-27", "11-29")
        assert self.ask(self.STEADY, "2026-11-20", "2026-12-01") == ("11-30", "12-04", "12-01")

    def test_a_month_is_asked_about_until_it_has_its_value(self) -> None:
        monthly = kpi("2026-01-01", "2026-12-31", frequency="month", target=10)
        assert self.ask(monthly, "2026-06-30", "2026-08-05") == ("07-01", "07-31", "07-31")

    def test_when_nothing_is_owed_it_asks_nothing(self) -> None:
        assert asked(self.WEEKLY, on("2026-12-31"), on("2026-12-31")) is None

    @given(measures(), st.none() | st.integers(0, 75), st.integers(0, 90))
    def test_a_check_in_made_as_it_asks_meets_what_it_asks_about(
        self, measure: Measure, days: int | None, later: int
    ) -> None:
        last_on = None if days is None else min(measure.span.first + DAY * days, measure.span.last)
        before = owed(measure, last_on, finished=False)
        day = (last_on or measure.span.first) + DAY * later
        if before.due_from is None or before.due_on is None or day < before.due_from:
            return
        found = asked(measure, last_on, day)
        assert found is not None
        assert before.due_on <= found.due
        assert found.first <= found.on <= min(found.last, day)
        after = owed(measure, found.on, finished=False)
        assert after.due_on == next((due for due in measure.due_days if due > found.due), None)


class TestNextTurn:
    def turn(self, measure: Measure, entries: list[Any], today: str) -> str | None:
        def look(day: date) -> object:
            found = stand(measure, entries, day, Thresholds())
            return found.status, found.counted

        points = turning_days([measure])
        found = next_turn(look, on(today), points[-1], points)
        return found.isoformat() if found else None

    def test_pace_falls_through_a_threshold(self) -> None:
        measure = kr("2026-01-01", "2026-04-11", target=100)  # one in a hundred a day
        assert self.turn(measure, [entry("2026-01-20", 36)], "2026-01-20") == "2026-02-11"  # 36/41 < 0.9

    def test_the_first_due_day_passes(self) -> None:
        assert self.turn(kr(target=100), [], "2026-01-01") == "2026-01-03"

    def test_a_keeps_period_is_missed(self) -> None:
        keep = kpi(direction="keep", low=1, frequency="month")
        assert self.turn(keep, [entry("2026-01-30", 1)], "2026-02-04") == "2026-03-03"  # the 27th + 3 is past

    def test_a_level_kpi_is_done_on_its_last_day(self) -> None:
        assert self.turn(kpi(direction="keep", low=1), [entry("2026-01-05", 1)], "2026-02-05") == "2026-03-31"

    def test_a_period_missed_after_the_end_takes_done_back(self) -> None:
        keep = kpi("2026-01-01", "2026-02-07", direction="keep", low=1, frequency="month")
        held = [entry("2026-01-30", 1)]
        assert self.turn(keep, held, "2026-02-05") == "2026-02-07"  # done
        assert self.turn(keep, held, "2026-02-07") == "2026-02-10"  # February was due on Friday the 6th
        assert self.turn(keep, held, "2026-02-10") is None

    def test_what_is_done_stays_done(self) -> None:
        assert self.turn(kr(target=100), [entry("2026-01-05", 100)], "2026-01-05") is None

    def test_nothing_turns_after_the_end(self) -> None:
        assert self.turn(kr(target=100), [entry("2026-01-05", 1)], "2026-05-05") is None

    @settings(max_examples=300)
    @given(st.data())
    def test_a_naive_look_at_each_day_finds_the_same_for_any_measure(self, data: st.DataObject) -> None:
        measure = data.draw(measures())
        today = measure.span.first + DAY * data.draw(st.integers(-3, 80))
        entries = data.draw(check_ins(measure, today))

        def look(day: date) -> object:
            found = stand(measure, entries, day, Thresholds())
            return found.status, found.counted

        points = turning_days([measure])
        naive = naive_turn(look, today, max(points[-1], today) + 20 * DAY)
        assert next_turn(look, today, points[-1], points) == naive

    @settings(max_examples=200)
    @given(st.data())
    def test_a_naive_look_at_each_day_finds_the_same_for_any_goal(self, data: st.DataObject) -> None:
        goal: dict[Any, Measure] = {
            place: data.draw(measures(kind="okr")) for place in range(data.draw(st.integers(1, 3)))
        }
        below: dict[Any, Measure] = {
            place: data.draw(measures(kind="okr")) for place in range(10, 10 + data.draw(st.integers(0, 2)))
        }
        kind = data.draw(st.sampled_from(("measures", "supporting", "both")))
        every = [*goal.values(), *below.values()]
        today = min(measure.span.first for measure in every) + DAY * data.draw(st.integers(0, 90))
        entries: dict[Any, list[Entry]] = {
            name: data.draw(check_ins(measure, today)) for name, measure in (goal | below).items()
        }
        goals: dict[Any, Goal] = {
            "goal": Goal(progress_from=kind, measures=goal, supporters=("below",)),
            "below": Goal(measures=below),
        }
        world = World(goals, entries)

        def look(day: date) -> object:
            found = assess("goal", world, day)
            return found.status, found.progress

        points = turning_days(every)
        naive = naive_turn(look, today, max(points[-1], today) + 20 * DAY)
        assert next_turn(look, today, points[-1], points) == naive


class TestTurningDays:
    def test_a_done_turns_on_its_due_date(self) -> None:
        assert on("2026-03-31") in turning_days([kr(direction="done")])

    def test_targets_that_climb_need_few_looks_and_targets_that_do_not_need_every_day(self) -> None:
        climbing = kr(frequency="month", target=100, period_targets={"2026-01-01": 20})
        falling = kr(frequency="month", target=100, period_targets={"2026-01-01": 80, "2026-02-01": 20})
        assert len(turning_days([climbing])) == 2
        assert len(turning_days([falling])) == 90

    @pytest.mark.parametrize(
        "kind", ({"direction": "done"}, {"direction": "steps", "steps": (Step("a", "", Fraction(1)),)})
    )
    def test_they_are_in_order(self, kind: dict[str, Any]) -> None:
        days = turning_days([kr(**kind), kr("2026-02-01", "2026-04-30", target=1)])
        assert days == sorted(days)
