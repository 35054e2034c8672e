"""Results of people and units, ratings, grades, and results of calendar periods (rules §4, §6)."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.measure import Entry, Measure
from goalsite.domain.periods import Calendar
from goalsite.domain.results import (
    Counted,
    attainment_in,
    calendar_period,
    grade,
    grade_colour,
    may_be_rated,
    mean,
    rate,
    totals,
)
from tests.unit.measures import entry, kpi, on, span

F = Fraction


def okr(result: Any, weight: Any = 1, provisional: bool = False) -> Counted:
    return Counted("okr", F(weight), None if result is None else F(result), provisional)


def indicator(result: Any, weight: Any = 1, provisional: bool = False) -> Counted:
    return Counted("kpi", F(weight), None if result is None else F(result), provisional)


class TestTotals:
    def test_the_two_kinds_by_their_share(self) -> None:
        found = totals([indicator("0.72"), okr("0.53")], F("0.6"))
        assert (found.kpi, found.okr, found.total) == (F("0.72"), F("0.53"), F("0.644"))

    def test_each_kind_is_a_weighted_mean(self) -> None:
        found = totals([okr(1, 3), okr(0, 1), indicator("0.5", 9), indicator(1, 1)], F(1, 2))
        assert (found.okr, found.kpi, found.total, found.goals) == (F("0.75"), F("0.55"), F("0.65"), 4)

    def test_of_one_kind_that_kind_is_the_total(self) -> None:
        assert totals([okr("0.4")], F("0.6")).total == F("0.4")
        assert totals([indicator("0.4")], F("0.6")).total == F("0.4")

    def test_with_a_share_of_1_okrs_never_are_the_total(self) -> None:
        assert totals([okr("0.4")], F(1)).total is None
        assert totals([okr("0.4"), indicator("0.8")], F(1)).total == F("0.8")

    def test_with_a_share_of_0_kpis_never_are_the_total(self) -> None:
        assert totals([indicator("0.4")], F(0)).total is None
        assert totals([okr("0.4"), indicator("0.8")], F(0)).total == F("0.4")

    def test_of_nothing_there_is_none(self) -> None:
        found = totals([], F(1, 2))
        assert (found.okr, found.kpi, found.total, found.provisional, found.goals) == (None, None, None, False, 0)

    def test_a_goal_without_weight_or_result_is_left_out(self) -> None:
        found = totals([okr("0.4"), okr(1, 0, True), okr(None, 1, True)], F(1, 2))
        assert (found.okr, found.goals, found.provisional) == (F("0.4"), 1, False)

    def test_it_is_provisional_while_any_result_in_it_is(self) -> None:
        assert totals([okr(1), indicator(1, 1, True)], F(1, 2)).provisional
        assert not totals([okr(1), indicator(1)], F(1, 2)).provisional

    def test_a_result_that_is_not_in_it_makes_it_no_less_final(self) -> None:
        assert not totals([okr(1, 1, True), indicator(1)], F(1)).provisional
        assert not totals([okr(1), indicator(1, 1, True)], F(0)).provisional

    @given(st.lists(st.builds(Counted, st.sampled_from(("okr", "kpi")), st.integers(0, 5).map(F), st.fractions(0, 1))))
    def test_it_lies_between_the_least_and_the_most(self, goals: list[Counted]) -> None:
        found = totals(goals, F(1, 3)).total
        results = [goal.result for goal in goals if goal.weight and goal.result is not None]
        assert found is None or min(results) <= found <= max(results)


class TestRating:
    @pytest.mark.parametrize(
        ("total", "rating"),
        (
            ("1.3", "excellent"),
            ("1", "excellent"),
            ("0.9995", "excellent"),
            ("0.99949", "good"),
            ("0.8496", "good"),
            ("0.8494", "fair"),
            ("0.85", "good"),
            ("0.7", "fair"),
            ("0.6995", "fair"),
            ("0.6994", "average"),
            ("0.5", "average"),
            ("0.4994", "poor"),
            ("0", "poor"),
        ),
    )
    def test_the_bands_hold_the_total_as_shown(self, total: str, rating: str) -> None:
        assert rate(F(total)) == rating

    def test_without_a_total_there_is_none(self) -> None:
        assert rate(None) == ""

    def test_the_bands_are_the_companys(self) -> None:
        assert rate(F("0.9"), (("excellent", F("0.9")), ("poor", F(0)))) == "excellent"


class TestThirtyDays:
    QUARTER = span("2026-01-01", "2026-03-31")

    @pytest.mark.parametrize(
        ("joined", "left", "rated"),
        (
            (None, None, True),
            ("2026-03-02", None, True),  # 2 to 31 March: 30 days
            ("2026-03-03", None, False),
            (None, "2026-01-30", True),
            (None, "2026-01-29", False),
            ("2026-02-01", "2026-03-01", False),
            ("2026-02-01", "2026-03-02", True),
            ("2020-01-01", "2030-01-01", True),
            ("2026-05-01", None, False),
        ),
    )
    def test_fewer_in_the_cycle_are_not_rated(self, joined: str | None, left: str | None, rated: bool) -> None:
        days = [None if day is None else on(day) for day in (joined, left)]
        assert may_be_rated(self.QUARTER, *days) is rated

    def test_a_shorter_cycle_must_be_whole(self) -> None:
        february = span("2026-02-01", "2026-02-28")
        assert may_be_rated(february, None, None)
        assert not may_be_rated(february, on("2026-02-02"), None)


class TestGrade:
    @pytest.mark.parametrize(
        ("progress", "shown", "colour"),
        (
            ("0.649", "0.6", "warn"),
            ("0.65", "0.7", "good"),
            ("1", "1", "good"),
            ("0.35", "0.4", "warn"),
            ("0.349", "0.3", "bad"),
            ("0", "0", "bad"),
            ("1.2", "1", "good"),
        ),
    )
    def test_it_is_rounded_first_and_coloured_then(self, progress: str, shown: str, colour: str) -> None:
        assert grade(F(progress)) == F(shown)
        assert grade_colour(grade(F(progress))) == colour


class TestMean:
    def test_it_is_plain(self) -> None:
        assert mean([F(1), F(0), F(1, 2)]) == F(1, 2)
        assert mean([]) is None


class TestCalendarPeriod:
    @pytest.mark.parametrize(
        ("text", "frequency", "first", "last"),
        (
            ("2026-02", "month", "2026-02-01", "2026-02-28"),
            ("2026-Q1", "quarter", "2026-01-01", "2026-03-31"),
            ("2026-Q4", "quarter", "2026-10-01", "2026-12-31"),
            ("2026-W01", "week", "2025-12-29", "2026-01-04"),
        ),
    )
    def test_it_is_read(self, text: str, frequency: str, first: str, last: str) -> None:
        assert calendar_period(text) == (frequency, span(first, last))

    @pytest.mark.parametrize(
        "text", ("", "2026", "2026-13", "2026-Q5", "2026-Q0", "2026-W60", "2026-02-01", "-Q1", "xx", "2026-Q1-Q2")
    )
    def test_nonsense_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            calendar_period(text)


class TestPeriodAttainment:
    """§4: period attainment of a person's KPIs over any calendar period."""

    def of(self, measure: Measure, period: str, *entries: Entry, day: str = "2026-12-31") -> Fraction | None:
        return attainment_in(measure, entries, *calendar_period(period), on(day))

    def test_a_quarters_plan_by_period(self) -> None:
        plan = kpi("2026-01-01", "2026-12-31", aggregate="sum", frequency="quarter", target=1000)
        days = ("2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31")
        came = [entry(day, amount) for day, amount in zip(days, (220, 240, 200, 230), strict=True)]
        found = [self.of(plan, f"2026-Q{quarter}", *came) for quarter in (1, 2, 3, 4)]
        assert found == [F("0.88"), F("0.96"), F("0.8"), F("0.92")]

    def test_a_months_sum_against_the_months_target(self) -> None:
        sales = kpi(aggregate="sum", frequency="month", start=500, target=800)
        assert self.of(sales, "2026-02", entry("2026-01-31", 90), entry("2026-02-10", 80)) == F("0.8")

    def test_a_silent_month_of_a_sum_is_0(self) -> None:
        assert self.of(kpi(aggregate="sum", frequency="month", target=300), "2026-02") == 0

    def test_it_is_capped(self) -> None:
        sales = kpi(aggregate="sum", frequency="month", target=300)
        assert self.of(sales, "2026-02", entry("2026-02-10", 400)) == F("1.2")

    @pytest.mark.parametrize("frequency", ("quarter", ""))
    def test_a_coarser_one_is_left_out(self, frequency: str) -> None:
        sales = kpi(aggregate="sum", frequency=frequency, target=300)
        assert self.of(sales, "2026-02", entry("2026-02-10", 100)) is None

    def test_a_finer_one_is_folded(self) -> None:
        sales = kpi(aggregate="sum", frequency="month", target=300)
        assert self.of(sales, "2026-Q1", entry("2026-02-10", 100), entry("2026-03-10", 50)) == F(1, 2)

    def test_a_week_belongs_to_the_month_of_its_last_day(self) -> None:
        # The week of 26 January – 1 February is February's.
        calls = kpi("2026-01-05", "2026-03-01", aggregate="sum", frequency="week", target=80)
        said = [entry("2026-01-27", 10), entry("2026-02-10", 10)]
        assert self.of(calls, "2026-01", *said) == 0
        assert self.of(calls, "2026-02", *said) == F(20, 40)

    @pytest.mark.parametrize("aggregate", ("average", "ratio"))
    def test_an_average_or_ratio_without_a_value_in_it_is_left_out(self, aggregate: str) -> None:
        said = {"value": 5} if aggregate == "average" else {"ratio": (5, 1)}
        level = kpi(aggregate=aggregate, frequency="month", target=5)
        assert self.of(level, "2026-02", entry("2026-01-10", **said)) is None
        assert self.of(level, "2026-01", entry("2026-01-10", **said)) == 1

    def test_an_average_is_the_mean_of_its_periods(self) -> None:
        level = kpi(aggregate="average", frequency="week", target=10)
        said = [entry("2026-02-03", 8), entry("2026-02-04", 10), entry("2026-02-10", 5)]
        assert self.of(level, "2026-02", *said) == F("0.7")

    def test_a_ratio_is_total_by_total(self) -> None:
        level = kpi(aggregate="ratio", frequency="week", target=10, symbol="%")
        said = [
            entry("2026-02-03", ratio=(2, 4)),
            entry("2026-02-10", ratio=(2, 100)),
            entry("2026-03-10", ratio=(9, 9)),
        ]
        assert self.of(level, "2026-02", *said) == F(400, 104) / 10

    def test_a_days_check_in_on_a_day_off_is_the_working_day_befores(self) -> None:
        daily = kpi(aggregate="ratio", frequency="day", target=1, calendar=Calendar())
        said = [entry("2026-02-26", ratio=(1, 2)), entry("2026-02-28", ratio=(1, 2)), entry("2026-02-01", ratio=(7, 7))]
        assert self.of(daily, "2026-02", *said) == F(2, 4)
        assert self.of(daily, "2026-01", *said) == 1  # Sunday 1 February is Friday 30 January's

    def test_a_last_value_stands_until_another_comes(self) -> None:
        visits = kpi("2026-01-01", "2026-03-31", frequency="month", target=89)
        assert self.of(visits, "2026-02", entry("2026-01-20", 29)) == F(29, 58)

    def test_a_ceilings_month(self) -> None:
        cost = kpi(direction="decrease", aggregate="sum", frequency="month", target=90)
        assert self.of(cost, "2026-02", entry("2026-02-10", 33)) == 2 - F(33, 30)
        assert self.of(cost, "2026-02") is None  # silence does not improve it
        rate = kpi(direction="decrease", aggregate="average", frequency="month", target=5)
        assert self.of(rate, "2026-02", entry("2026-02-10", 6)) == F("0.8")

    def test_a_keeps_month_is_the_share_of_its_periods_inside(self) -> None:
        keep = kpi(direction="keep", low=5, frequency="week")
        said = [entry("2026-02-03", 5), entry("2026-02-10", 4), entry("2026-02-17", 9)]
        assert self.of(keep, "2026-02", *said) == F(2, 4)  # the week of the 22nd has 9, that of 1 February is missed

    def test_before_a_keep_is_missed_or_said_it_is_left_out(self) -> None:
        keep = kpi(direction="keep", low=5, frequency="month")
        assert self.of(keep, "2026-02", day="2026-02-20") is None
        assert self.of(keep, "2026-02", day="2026-03-03") == 0

    def test_a_month_not_begun_or_outside_is_left_out(self) -> None:
        sales = kpi(aggregate="sum", frequency="month", target=300)
        assert self.of(sales, "2026-03", day="2026-02-28") is None
        assert self.of(sales, "2026-04") is None

    def test_done_and_steps_have_no_periods(self) -> None:
        assert self.of(kpi(direction="done", frequency="month"), "2026-02", entry("2026-02-10", 1)) is None
