"""A measure's periods: attainment, what was missed, and what the current one needs (rules §4)."""

from fractions import Fraction
from typing import Any

import pytest

from goalsite.domain.strip import PeriodStanding, period_on, strip_of
from tests.unit.measures import entry, kpi, kr, on

YEAR = ("2026-01-01", "2026-12-31")
QUARTER_ENDS = ("2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31")


def current(measure: Any, day: str, *entries: Any) -> PeriodStanding:
    found = period_on(measure, entries, on(day))
    assert found is not None
    return found


class TestAttainment:
    def test_by_quarter_of_a_plan(self) -> None:
        plan = kr(*YEAR, aggregate="sum", frequency="quarter", target=1000)
        came = [entry(day, amount) for day, amount in zip(QUARTER_ENDS, (220, 240, 200, 230), strict=True)]
        found = [line.attainment for line in strip_of(plan, came, on("2026-12-31"))]
        assert found == [Fraction(88, 100), Fraction(96, 100), Fraction(80, 100), Fraction(92, 100)]

    def test_a_sums_start_is_no_part_of_a_period(self) -> None:
        plan = kr(*YEAR, aggregate="sum", frequency="quarter", start=500, target=1500)
        assert current(plan, "2026-02-01", entry("2026-01-31", 125)).attainment == Fraction(1, 2)

    def test_a_last_is_measured_from_its_start_to_the_periods_target(self) -> None:
        plan = {"2026-01-01": 250, "2026-04-01": 500, "2026-07-01": 750, "2026-10-01": 1000}
        visits = kr(*YEAR, frequency="quarter", start=50, target=1000, period_targets=plan)
        assert current(visits, "2026-03-31", entry("2026-03-31", 150)).attainment == Fraction(100, 200)

    def test_a_ceiling_is_measured_by_its_own_formula(self) -> None:
        defects = kpi(direction="decrease", aggregate="average", frequency="month", target=5)
        assert current(defects, "2026-01-31", entry("2026-01-31", 6)).attainment == Fraction(4, 5)

    def test_a_falling_average_goes_from_its_start(self) -> None:
        defects = kpi(direction="decrease", aggregate="average", frequency="month", start=10, target=5)
        assert current(defects, "2026-01-31", entry("2026-01-31", 8)).attainment == Fraction(2, 5)

    def test_fed_done_and_steps_have_no_periods(self) -> None:
        for given in ({"direction": "done"}, {"direction": "steps"}, {"fed_frequency": "week", "target": 1}):
            assert strip_of(kr(frequency="month", **given), [], on("2026-02-01")) == []


class TestCurrent:
    def test_it_is_the_last_one_begun(self) -> None:
        weeks = kr("2026-01-01", "2026-01-14", aggregate="sum", frequency="week", target=100)
        assert current(weeks, "2026-01-12").period.first == on("2026-01-12")
        assert current(weeks, "2026-02-12").period.first == on("2026-01-12")
        assert period_on(weeks, [], on("2025-12-31")) is None


class TestMissed:
    @pytest.mark.parametrize(
        ("kind", "actual", "attained"),
        (
            ({"aggregate": "sum", "target": 3}, 0, 0),
            ({"direction": "keep", "low": 1}, None, 0),
            ({"aggregate": "average", "target": 3}, None, None),
            ({"aggregate": "ratio", "target": 3}, None, None),
        ),
    )
    def test_a_missed_period_is_0_for_a_sum_outside_for_a_keep_and_no_value_for_the_others(
        self, kind: dict[str, Any], actual: int | None, attained: int | None
    ) -> None:
        january = strip_of(kpi(frequency="month", **kind), [], on("2026-02-03"))[0]
        assert (january.missed, january.actual, january.attainment) == (True, actual, attained)

    def test_three_days_after_its_due_day_it_is_not_missed_yet(self) -> None:
        january = strip_of(kpi(frequency="month", aggregate="sum", target=3), [], on("2026-02-02"))[0]
        assert (january.missed, january.actual) == (False, None)


class TestMakeUp:
    """A weekly target of 20, typed per period, over eight full weeks from Monday 5 January."""

    WEEKS = kr("2026-01-05", "2026-03-01", aggregate="sum", frequency="week", target=20, target_per="period")
    THREE = (entry("2026-01-09", 18), entry("2026-01-16", 25), entry("2026-01-23", 14))

    def test_what_is_missing_from_earlier_weeks_comes_on_top(self) -> None:
        found = current(self.WEEKS, "2026-01-26", *self.THREE)
        assert (found.target, found.owing, found.needed) == (20, 3, 23)

    def test_what_is_left_of_it_shrinks_with_what_comes(self) -> None:
        found = current(self.WEEKS, "2026-01-27", *self.THREE, entry("2026-01-27", 9))
        assert (found.needed, found.left) == (23, 14)
        assert current(self.WEEKS, "2026-01-27", *self.THREE, entry("2026-01-27", 30)).left == 0

    def test_what_was_done_ahead_is_taken_off_but_not_below_0(self) -> None:
        assert current(self.WEEKS, "2026-01-12", entry("2026-01-09", 25)).needed == 15
        assert current(self.WEEKS, "2026-01-12", entry("2026-01-09", 90)).needed == 0

    def test_the_pace_needed_is_what_is_left_of_the_total_by_the_periods_left_with_the_current_one(self) -> None:
        found = current(self.WEEKS, "2026-01-26", *self.THREE)
        assert found.pace_needed == Fraction(160 - 57, 5)

    def test_a_past_result_is_never_rewritten(self) -> None:
        past = strip_of(self.WEEKS, self.THREE, on("2026-01-26"))[:3]
        assert [line.attainment for line in past] == [Fraction(18, 20), Fraction(25, 20), Fraction(14, 20)]
        assert {line.needed for line in past} == {None}

    def test_a_ceilings_need_is_what_is_still_allowed(self) -> None:
        cost = kpi(direction="decrease", aggregate="sum", frequency="month", target=30, target_per="period")
        found = current(cost, "2026-02-05", entry("2026-01-31", 33), entry("2026-02-03", 12))
        assert (found.needed, found.left) == (27, 15)

    @pytest.mark.parametrize(
        "kind", ({"target": 9}, {"aggregate": "average", "target": 9}, {"direction": "keep", "low": 1})
    )
    def test_only_sums_have_one(self, kind: dict[str, Any]) -> None:
        assert current(kpi(frequency="month", **kind), "2026-02-05").needed is None


class TestSilenceUnderACeiling:
    def test_a_missed_period_is_not_one_in_which_nothing_was_spent(self) -> None:
        cost = kpi("2026-01-01", "2026-03-31", direction="decrease", aggregate="sum", frequency="month", target=90)
        february = strip_of(cost, [entry("2026-01-10", 30)], on("2026-03-31"))[1]
        assert (february.missed, february.actual, february.attainment) == (True, None, None)
