"""What is measured: totals, targets by period, bounds, and when a silent period is missed (rules §2, §4, §5)."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from goalsite.domain.measure import Measure, is_missed, target_to_date, targets, total_target, within
from goalsite.domain.periods import Rhythm
from tests.unit.measures import kpi, kr, measures, number, on

YEAR = ("2026-01-01", "2026-12-31")
PLAN = {"2026-01-01": 250, "2026-04-01": 500, "2026-07-01": 750, "2026-10-01": 1000}


def shown(measure: Measure) -> list[Any]:
    return [None if target is None else float(target) for target in targets(measure)]


class TestTotalTarget:
    def test_it_is_as_typed_for_the_span(self) -> None:
        assert total_target(kr(*YEAR, aggregate="sum", frequency="quarter", target=1000)) == 1000

    def test_typed_per_period_it_is_start_plus_target_times_periods(self) -> None:
        measure = kr(*YEAR, aggregate="sum", frequency="month", start=50, target=20, target_per="period")
        assert total_target(measure) == 50 + 20 * 12

    def test_a_clipped_period_counts_in_proportion_to_its_days(self) -> None:
        # Thursday to Sunday, a full week, Monday to Wednesday: two weeks' worth of days.
        weeks = {"aggregate": "sum", "frequency": "week", "target_per": "period"}
        assert total_target(kr("2026-01-01", "2026-01-14", target=20, **weeks)) == 40

    def test_it_is_rounded_to_the_metrics_decimals(self) -> None:
        weeks = {"aggregate": "sum", "frequency": "week", "target_per": "period", "target": 10}
        assert total_target(kr("2026-01-01", "2026-01-11", **weeks)) == 16  # 15.714…
        assert total_target(kr("2026-01-01", "2026-01-11", decimals=1, **weeks)) == Fraction("15.7")

    def test_it_is_rounded_to_the_typed_targets_decimals_where_there_are_more(self) -> None:
        weeks = {"aggregate": "sum", "frequency": "week", "target_per": "period", "target": "10.25"}
        assert total_target(kr("2026-01-01", "2026-01-11", decimals=1, **weeks)) == Fraction("16.11")  # 16.107…

    def test_a_ceiling_typed_per_month_allows_its_months(self) -> None:
        months = {"aggregate": "sum", "frequency": "month", "target_per": "period", "direction": "decrease"}
        assert total_target(kpi(target=30_000_000, **months)) == 90_000_000

    def test_without_a_frequency_the_span_is_the_one_period(self) -> None:
        assert total_target(kr(aggregate="sum", target=7, target_per="period")) == 7


class TestTargets:
    def test_a_sum_is_spread_evenly(self) -> None:
        assert targets(kr(*YEAR, aggregate="sum", frequency="quarter", target=1_000_000)) == (250_000,) * 4

    def test_a_sum_over_clipped_weeks(self) -> None:
        measure = kr("2026-01-01", "2026-01-14", aggregate="sum", frequency="week", target=100)
        assert targets(measure) == (29, 50, 21)

    def test_a_sums_start_is_not_spread(self) -> None:
        assert targets(kr(*YEAR, aggregate="sum", frequency="quarter", start=200, target=1000)) == (200,) * 4

    def test_some_overridden_periods_leave_the_rest_to_the_others(self) -> None:
        overridden = kr(*YEAR, aggregate="sum", frequency="quarter", target=1000, period_targets={"2026-10-01": 400})
        assert targets(overridden) == (200, 200, 200, 400)

    def test_a_last_grows_in_a_straight_line_to_the_last_day_of_each_period(self) -> None:
        measure = kr("2026-01-01", "2026-03-31", frequency="month", start=0, target=89)
        assert targets(measure) == (30, 58, 89)

    def test_a_falling_last_has_a_falling_line(self) -> None:
        measure = kr("2026-01-01", "2026-03-31", frequency="month", direction="decrease", start=89, target=0)
        assert targets(measure) == (59, 31, 0)

    def test_a_last_may_have_cumulative_targets(self) -> None:
        measure = kr(*YEAR, frequency="quarter", target=1000, period_targets=PLAN)
        assert targets(measure) == (250, 500, 750, 1000)

    @pytest.mark.parametrize("aggregate", ("average", "ratio"))
    def test_average_and_ratio_have_the_same_target_in_every_period(self, aggregate: str) -> None:
        assert targets(kpi(aggregate=aggregate, frequency="month", target=5)) == (5, 5, 5)
        overridden = kpi(aggregate=aggregate, frequency="month", target=5, period_targets={"2026-02-01": 6})
        assert targets(overridden) == (5, 6, 5)

    @pytest.mark.parametrize("aggregate", ("last", "average", "ratio"))
    def test_a_ceiling_has_the_same_target_in_every_period(self, aggregate: str) -> None:
        measure = kpi(aggregate=aggregate, frequency="month", direction="decrease", target=5)
        assert targets(measure) == (5, 5, 5)

    def test_a_keep_has_none(self) -> None:
        assert shown(kpi(direction="keep", frequency="month", low=1, high=2, target=5)) == [None] * 3

    @pytest.mark.parametrize(
        "kind", ({"direction": "done"}, {"direction": "steps"}, {"fed_frequency": "month", "target": 5})
    )
    def test_fed_done_and_steps_have_no_periods(self, kind: dict[str, Any]) -> None:
        assert shown(kr(frequency="month", **kind)) == [None]

    @given(measures())
    def test_a_sums_targets_add_up_exactly_unless_all_are_given(self, measure: Measure) -> None:
        total = total_target(measure)
        partly = len(measure.period_targets) < len(measure.periods)
        wanted = [target for target in targets(measure) if target is not None]
        if measure.aggregate == "sum" and wanted and total is not None and partly:
            assert sum(wanted) == total - measure.base


class TestTargetToDate:
    PLAN = kr(*YEAR, aggregate="sum", frequency="quarter", target=1000)

    @pytest.mark.parametrize(
        ("day", "target"), (("2026-03-31", 250), ("2026-06-30", 500), ("2026-09-30", 750), ("2026-12-31", 1000))
    )
    def test_on_a_quarters_last_day_the_quarter_is_in_it_in_full(self, day: str, target: int) -> None:
        assert target_to_date(self.PLAN, on(day)) == target

    def test_the_current_period_is_prorated(self) -> None:
        assert target_to_date(self.PLAN, on("2026-04-01")) == 250
        assert target_to_date(self.PLAN, on("2026-04-30")) == 250 + 250 * Fraction(29, 90)

    def test_nothing_before_it_begins(self) -> None:
        assert target_to_date(self.PLAN, on("2025-12-31")) == 0


class TestWithin:
    @pytest.mark.parametrize(("value", "inside"), (("1", True), ("2", True), ("0.99", False), ("2.01", False)))
    def test_both_bounds_are_inside(self, value: str, inside: bool) -> None:
        assert within(kpi(direction="keep", low=1, high=2), number(value)) is inside

    def test_one_bound_is_enough(self) -> None:
        assert within(kpi(direction="keep", low=1), number(10**9))
        assert not within(kpi(direction="keep", low=1), number(0))
        assert within(kpi(direction="keep", high=1), number(-(10**9)))
        assert not within(kpi(direction="keep", high=1), number(2))


class TestMissed:
    MONTHS = kpi(direction="keep", low=1, frequency="month")

    def test_a_period_is_missed_once_three_days_after_its_due_day_are_past(self) -> None:
        january = self.MONTHS.periods[0]  # due on Friday the 30th
        assert not is_missed(self.MONTHS, january, on("2026-02-02"))
        assert is_missed(self.MONTHS, january, on("2026-02-03"))

    def test_the_due_day_follows_the_cycles_rhythm(self) -> None:
        mondays = kpi(direction="keep", low=1, frequency="month", rhythm=Rhythm("week", 0))
        assert not is_missed(mondays, mondays.periods[0], on("2026-01-29"))
        assert is_missed(mondays, mondays.periods[0], on("2026-01-30"))


class TestLevel:
    @pytest.mark.parametrize(
        "level",
        (
            {"aggregate": "average", "target": 5},
            {"aggregate": "ratio", "target": 5},
            {"direction": "keep", "low": 1},
            {"direction": "decrease", "target": 5},
            {"direction": "decrease", "aggregate": "sum", "target": 5},
        ),
    )
    def test_average_ratio_keep_and_ceilings_of_a_kpi_are_held_not_built_up(self, level: dict[str, Any]) -> None:
        assert kpi(**level).is_level

    @pytest.mark.parametrize(
        "growing",
        (
            {"aggregate": "sum", "target": 5},
            {"aggregate": "last", "target": 5},
            {"direction": "decrease", "start": 9, "target": 5},
            {"direction": "done", "aggregate": "average"},
            {"direction": "steps", "aggregate": "ratio"},
        ),
    )
    def test_others_are_not(self, growing: dict[str, Any]) -> None:
        assert not kpi(**growing).is_level

    def test_key_results_are_not_and_a_keep_still_waits_for_its_end(self) -> None:
        keep = kr(direction="keep", low=1)
        assert not keep.is_level
        assert keep.waits_for_end
        assert not kr(aggregate="average", target=5).waits_for_end
