"""Progress of one measure: values, raw, counted, expected (rules §2, §4, §5)."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.measure import Entry, Measure, Step
from goalsite.domain.pace import Thresholds
from goalsite.domain.standing import stand
from tests.unit.measures import after, at, check_ins, entry, kpi, kr, measures, number, on

END = "2026-03-31"
DECREASE = {"direction": "decrease"}


def two(measure: Measure, first: Any, second: Any) -> Any:
    """The measure after two check-ins, in February and March."""
    pairs = isinstance(first, tuple)
    given = [{"ratio": term} if pairs else {"value": term} for term in (first, second)]
    return at(measure, [entry("2026-02-10", **given[0]), entry("2026-03-10", **given[1])], END)


class TestTheTableOfDirections:
    @pytest.mark.parametrize(
        ("direction", "start", "target", "current", "raw"),
        (
            ("decrease", 100, 60, 80, "0.5"),
            ("decrease", 100, 60, 70, "0.75"),
            ("decrease", 100, 60, 50, "1.25"),
            ("increase", 15, 35, 20, "0.25"),
            ("increase", 1, "1.5", "1.35", "0.7"),
            ("decrease", 500_000, 400_000, 420_000, "0.8"),
            ("increase", 15, 45, 16, "1/30"),
            ("increase", 5, 8, "6.4", "7/15"),
            ("increase", 5_000, 10_000, 4_000, "-0.2"),
        ),
    )
    def test_a_row(self, direction: str, start: Any, target: Any, current: Any, raw: str) -> None:
        assert after(current, direction=direction, start=start, target=target).raw == Fraction(raw)

    def test_a_fall_below_the_start_counts_0(self) -> None:
        assert after(4_000, start=5_000, target=10_000).counted == 0

    @pytest.mark.parametrize(("current", "raw"), ((6, "0.8"), (4, "1.2")))
    def test_a_ceiling(self, current: int, raw: str) -> None:
        assert at(kpi(direction="decrease", target=5), [entry(END, current)], END).raw == Fraction(raw)

    def test_steps_are_weighed(self) -> None:
        measure = kr(direction="steps", steps=(Step("a", "", number(30)), Step("b", "", number(70))))
        assert at(measure, [entry("2026-02-01", 1, step="a")], END).raw == Fraction("0.3")

    def test_a_formula_only_shows_its_number(self) -> None:
        measure = kpi(direction="decrease", target=30_000_000, formula="(value-target)*100/target")
        found = at(measure, [entry(END, 35_000_000)], END)
        assert found.formula == Fraction(50, 3)
        assert found.raw == 2 - Fraction(35, 30)

    @given(st.integers(-500, 500), st.integers(1, 500), st.integers(-500, 500))
    def test_a_decrease_is_the_mirror_of_an_increase(self, start: int, way: int, current: int) -> None:
        rising = after(current, start=start, target=start + way)
        falling = after(-current, direction="decrease", start=-start, target=-start - way)
        assert rising.raw == falling.raw


class TestCounted:
    def test_a_key_result_counts_1_at_most(self) -> None:
        found = after(50, direction="decrease", start=100, target=60)
        assert (found.raw, found.counted) == (Fraction("1.25"), 1)

    def test_a_kpi_counts_the_cycles_cap_at_most(self) -> None:
        found = at(kpi(target=100), [entry(END, 125)], END)
        assert (found.raw, found.counted) == (Fraction("1.25"), Fraction("1.2"))

    @given(st.data())
    def test_it_lies_between_0_and_the_cap(self, data: st.DataObject) -> None:
        measure = data.draw(measures())
        counted = stand(measure, data.draw(check_ins(measure)), measure.span.last, Thresholds()).counted
        assert counted is None or 0 <= counted <= measure.cap


class TestNothingYet:
    def test_without_a_check_in_there_is_no_value_and_raw_is_0(self) -> None:
        found = at(kr(target=10), [], END)
        assert (found.current, found.raw, found.counted, found.last_on) == (None, 0, 0, None)

    def test_a_ratio_over_nothing_cannot_be_calculated(self) -> None:
        found = at(kpi(aggregate="ratio", target=5), [entry("2026-02-01", ratio=(0, 0))], END)
        assert (found.current, found.raw, found.counted, found.status) == (None, None, None, "behind")


class TestCeilingOfASum:
    """Cost per month ≤ 30 million, typed per month."""

    COST = kpi(aggregate="sum", frequency="month", target=30, target_per="period", **DECREASE)

    def test_what_was_allowed_counts_whole_periods_up_to_the_last_check_in(self) -> None:
        found = at(self.COST, [entry("2026-01-31", 33), entry("2026-02-03", 12)], "2026-02-05")
        assert (found.part, found.whole, found.raw) == (45, 60, Fraction(5, 4))

    def test_silence_does_not_improve_it(self) -> None:
        spent = [entry("2026-01-31", 33)]
        assert at(self.COST, spent, "2026-02-05").raw == at(self.COST, spent, END).raw == 2 - Fraction(33, 30)

    def test_without_a_frequency_the_whole_target_is_allowed(self) -> None:
        measure = kpi(aggregate="sum", target=90, **DECREASE)
        assert at(measure, [entry("2026-01-05", 45)], "2026-01-05").raw == Fraction(3, 2)


class TestKeep:
    @pytest.mark.parametrize(("value", "raw"), ((1, 1), (2, 1), (3, 0), (0, 0)))
    def test_inside_is_1_outside_is_0_and_the_bounds_are_inside(self, value: int, raw: int) -> None:
        assert at(kpi(direction="keep", low=1, high=2), [entry(END, value)], END).raw == raw

    def months(self, day: str, *entries: Entry) -> Fraction | None:
        return at(kpi(direction="keep", high=5, frequency="month"), entries, day).raw

    def test_with_a_frequency_it_is_the_share_of_due_periods_inside(self) -> None:
        held = [entry("2026-01-30", 5), entry("2026-02-27", 6), entry("2026-03-27", 4)]
        assert self.months(END, *held) == Fraction(2, 3)

    def test_a_missed_period_is_outside(self) -> None:
        assert self.months("2026-03-03", entry("2026-01-30", 5)) == Fraction(1, 2)

    def test_until_it_is_missed_a_silent_period_is_not_counted(self) -> None:
        assert self.months("2026-03-02", entry("2026-01-30", 5)) == 1

    def test_a_period_with_a_value_counts_before_it_is_due(self) -> None:
        assert self.months("2026-02-02", entry("2026-01-30", 5), entry("2026-02-02", 9)) == Fraction(1, 2)

    def test_a_late_check_in_takes_the_miss_back(self) -> None:
        assert self.months("2026-03-03", entry("2026-01-30", 5), entry("2026-02-20", 5)) == 1

    def test_days_count_on_working_days_only(self) -> None:
        measure = kpi("2026-01-05", "2026-01-18", direction="keep", high=5, frequency="day")
        # Friday the 9th: 4, then Saturday's 9 is Friday's latest; each working day is due on itself.
        found = at(measure, [entry("2026-01-09", 4), entry("2026-01-10", 9)], "2026-01-11")
        assert found.raw == 0
        # Missed are the 5th to the 7th (the 8th + 3 is not past yet); Friday has a value.
        assert found.whole == 4


class TestDone:
    @pytest.mark.parametrize("aggregate", ("last", "sum", "average"))
    def test_it_is_what_the_latest_check_in_says(self, aggregate: str) -> None:
        measure = kr(direction="done", aggregate=aggregate)
        assert two(measure, 0, 1).raw == 1
        assert two(measure, 1, 0).raw == 0
        assert two(measure, 1, 1).raw == 1


class TestSteps:
    MEASURE = kr(direction="steps", steps=(Step("a", "", number(30)), Step("b", "", number(70))))

    def test_a_step_can_be_unticked(self) -> None:
        ticks = [entry("2026-02-01", 1, step="a"), entry("2026-02-01", 1, step="b"), entry("2026-02-05", 0, step="b")]
        assert at(self.MEASURE, ticks, END).raw == Fraction("0.3")

    def test_all_ticked_is_1(self) -> None:
        assert at(self.MEASURE, [entry("2026-02-01", 1, step=step) for step in "ab"], END).raw == 1


class TestAggregates:
    def test_last_is_the_value_with_the_latest_date_then_the_latest_entered(self) -> None:
        visits = [entry("2026-03-02", 8_350, hour=9), entry("2026-03-02", 8_200, hour=8), entry("2026-02-02", 9_999)]
        assert at(kr(target=10_000), visits, END).current == 8_350

    def test_sum_is_start_plus_the_amounts(self) -> None:
        assert two(kr(aggregate="sum", target=10), 3, 2).current == 5
        assert two(kr(aggregate="sum", start=20, target=30), 3, 2).current == 25

    def test_a_kpis_average_is_the_mean_of_its_periods(self) -> None:
        assert two(kpi(aggregate="average", frequency="month", target=800), 800, 750).current == 775

    def test_each_periods_value_is_the_mean_of_its_check_ins(self) -> None:
        values = [entry("2026-02-03", 900), entry("2026-02-10", 700), entry("2026-03-03", 750)]
        assert at(kpi(aggregate="average", frequency="month", target=800), values, END).current == 775
        assert at(kpi(aggregate="average", target=800), values, END).current == Fraction(2350, 3)

    def test_a_kpis_ratio_is_total_by_total_never_a_mean_of_ratios(self) -> None:
        measure = kpi(aggregate="ratio", frequency="month", target=5)
        assert two(measure, (2, 4), (2, 100)).current == Fraction(4, 104)

    def test_a_ratio_in_percent_is_multiplied_by_100(self) -> None:
        measure = kpi(aggregate="ratio", frequency="month", target=5, symbol="%")
        assert float(two(measure, (2, 4), (2, 100)).current) == pytest.approx(3.846, abs=0.0005)

    def test_a_key_result_with_a_frequency_shows_its_latest_period_with_a_value(self) -> None:
        assert two(kr(aggregate="average", frequency="month", target=800), 800, 750).current == 750
        measure = kr(aggregate="ratio", frequency="month", target=5)
        assert two(measure, (2, 4), (2, 100)).current == Fraction(2, 100)
        assert two(measure, (2, 4), (0, 0)).current == Fraction(2, 4)

    def test_a_key_result_without_a_frequency_folds_its_span(self) -> None:
        assert two(kr(aggregate="average", target=800), 800, 750).current == 775

    def test_check_ins_outside_the_span_do_not_count(self) -> None:
        found = at(kr(aggregate="sum", target=10), [entry("2025-12-31", 4), entry("2026-01-01", 3)], END)
        assert (found.current, found.last_on) == (3, on("2026-01-01"))

    @given(st.data())
    def test_the_order_of_entries_changes_nothing(self, data: st.DataObject) -> None:
        measure = data.draw(measures())
        entries = {found.at: found for found in data.draw(check_ins(measure))}.values()
        shuffled = data.draw(st.permutations(list(entries)))
        day = measure.span.last
        assert stand(measure, list(entries), day, Thresholds()) == stand(measure, shuffled, day, Thresholds())


class TestFed:
    """A key result from 15 January to 14 February, fed by a KPI's check-ins of all of the quarter."""

    SPAN = ("2026-01-15", "2026-02-14")

    def fed(self, **given: Any) -> Any:
        said = [entry("2026-01-10", 100), entry("2026-01-20", 30), entry("2026-01-22", 50), entry("2026-02-10", 20)]
        return at(
            kr(*self.SPAN, fed_frequency="month", frequency="week", **given), [*said, entry("2026-03-01", 7)], END
        )

    def test_a_sum_is_the_amounts_within_its_own_span_alone(self) -> None:
        assert self.fed(aggregate="sum", target=200).current == 100

    def test_an_average_is_over_the_kpis_periods_clipped_to_its_span(self) -> None:
        assert self.fed(aggregate="average", target=200).current == (40 + 20) / 2

    def test_a_last_is_the_latest_within_its_span_against_its_own_start_and_target(self) -> None:
        found = self.fed(aggregate="last", start=10, target=30)
        assert (found.current, found.raw, found.last_on) == (20, Fraction(1, 2), on("2026-02-10"))


class TestFormulaIsProgress:
    def test_its_answer_is_a_percentage(self) -> None:
        found = after(30, target=120, formula="value * 100 / target", formula_is="progress")
        assert (found.formula, found.raw) == (25, Fraction(1, 4))

    def test_above_the_cap_it_counts_the_cap(self) -> None:
        found = after(30, target=120, formula="250", formula_is="progress")
        assert (found.raw, found.counted) == (Fraction(5, 2), 1)

    def test_a_division_by_zero_cannot_be_calculated(self) -> None:
        found = after(30, target=120, formula="100 / (value - 30)", formula_is="progress")
        assert (found.formula, found.raw, found.counted, found.status) == (None, None, None, "behind")

    def test_without_a_check_in_it_is_no_check_in_yet(self) -> None:
        assert at(kr(target=120, formula="50", formula_is="progress"), [], END).raw == 0

    def test_a_number_shown_that_cannot_be_calculated_leaves_progress_alone(self) -> None:
        found = after(30, target=120, formula="1 / (value - 30)")
        assert (found.formula, found.raw) == (None, Fraction(1, 4))


class TestToDate:
    YEAR = ("2026-01-01", "2026-12-31")
    DAYS = ("2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31")

    @pytest.mark.parametrize(("quarters", "percent"), ((1, 88), (2, 92), (3, 88), (4, 89)))
    def test_a_sum_at_each_quarters_last_day(self, quarters: int, percent: int) -> None:
        measure = kr(*self.YEAR, aggregate="sum", frequency="quarter", target=1000)
        came = [entry(day, amount) for day, amount in zip(self.DAYS, (220, 240, 200, 230), strict=True)][:quarters]
        assert at(measure, came, self.DAYS[quarters - 1]).to_date == Fraction(percent, 100)

    @pytest.mark.parametrize(("quarters", "percent"), ((1, "88"), (2, "96"), (3, "284/3"), (4, "96.8")))
    def test_a_last_against_cumulative_targets(self, quarters: int, percent: str) -> None:
        plan = {"2026-01-01": 250, "2026-04-01": 500, "2026-07-01": 750, "2026-10-01": 1000}
        measure = kr(*self.YEAR, frequency="quarter", target=1000, period_targets=plan)
        came = [entry(day, value) for day, value in zip(self.DAYS, (220, 480, 710, 968), strict=True)][:quarters]
        assert at(measure, came, self.DAYS[quarters - 1]).to_date == Fraction(percent) / 100

    def test_it_is_raw_by_expected_uncapped(self) -> None:
        found = at(kr(target=10), [entry("2026-01-31", 30)], "2026-01-31")
        assert found.to_date == 3 / Fraction(30, 89)


class TestDayAfterDay:
    @given(measures(), st.integers(0, 80), st.integers(0, 40))
    def test_raw_of_everything_but_a_keep_does_not_move_by_itself(self, measure: Measure, day: int, more: int) -> None:
        entries = [Entry(measure.span.first, entry(measure.span.first).at, number(1), number(1), number(3), "1")]
        first = measure.span.first + timedelta(days=day)
        before, later = (
            stand(measure, entries, then, Thresholds()).raw for then in (first, first + timedelta(days=more))
        )
        assert before == later or (measure.direction == "keep" and before is not None and (later or 0) < before)
