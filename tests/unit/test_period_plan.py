"""Targets by period as they are written: what is left, and what makes them come to the total (rules §4)."""

from datetime import date
from fractions import Fraction

from goalsite.domain.measure import Measure
from goalsite.domain.period_plan import (
    PeriodPlan,
    period_plan,
    periods_from_total,
    read_written,
    total_from_periods,
    written,
)
from goalsite.domain.periods import Span

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
QUARTERS = (date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1))


def measure(*typed: int | None, target: int | None = 1000, aggregate: str = "sum", **facts: object) -> Measure:
    given = {day: Fraction(number) for day, number in zip(QUARTERS, typed, strict=False) if number is not None}
    return Measure(
        YEAR,
        aggregate=aggregate,
        frequency="quarter",
        target=None if target is None else Fraction(target),
        period_targets=given,
        **facts,  # type: ignore[arg-type]
    )


def plan(one: Measure) -> PeriodPlan:
    found = period_plan(one)
    assert found
    return found


class TestPeriodPlan:
    def test_what_is_not_typed_shares_the_rest(self) -> None:
        found = plan(measure(400))
        assert [slot.by_rules for slot in found.slots] == [400, 200, 200, 200]
        assert (found.typed, found.left, found.count, found.fits) == (400, 600, 1, True)

    def test_all_typed_have_to_come_to_the_total(self) -> None:
        assert not plan(measure(250, 250, 250, 200)).fits
        assert plan(measure(250, 250, 250, 250)).fits

    def test_some_typed_may_not_be_more_than_the_total(self) -> None:
        assert not plan(measure(800, 300)).fits
        assert plan(measure(800, 100)).fits

    def test_without_a_total_nothing_is_left_and_nothing_wrong(self) -> None:
        found = plan(measure(250, 250, 250, 200, target=None))
        assert (found.total, found.left, found.fits) == (None, None, True)

    def test_of_a_last_the_last_one_is_the_target(self) -> None:
        assert not plan(measure(250, 500, 750, 900, aggregate="last")).fits
        assert plan(measure(250, 500, 750, 1000, aggregate="last")).fits
        assert plan(measure(250, None, 750, aggregate="last")).fits

    def test_levels_stand_by_themselves(self) -> None:
        found = plan(measure(5, 4, 3, 2, target=5, aggregate="average"))
        assert (found.total, found.typed, found.fits) == (None, None, True)

    def test_a_period_there_is_not_counts_for_nothing(self) -> None:
        one = measure(400)
        stray = Measure(
            YEAR, aggregate="sum", frequency="month", target=one.target, period_targets={date(2026, 1, 5): Fraction(9)}
        )
        assert plan(stray).count == 0

    def test_none_where_there_are_no_periods_or_no_targets_in_them(self) -> None:
        assert period_plan(measure(direction="keep")) is None
        assert period_plan(measure(direction="done")) is None
        assert period_plan(measure(fed_frequency="month")) is None
        assert period_plan(Measure(YEAR, target=Fraction(5))) is None


class TestWritten:
    def test_reads_back_as_it_was_written(self) -> None:
        given = {QUARTERS[1]: Fraction(1, 4), QUARTERS[0]: Fraction(-1200)}
        assert written(given) == "2026-01-01=-1200; 2026-04-01=0.25"
        assert read_written(written(given)) == given
        assert read_written("") == {}

    def test_what_is_none_is_left_out(self) -> None:
        assert read_written("2026-01-01=1/0; x=1; 2026-13-01=1; 2026-04-01=1e9; 2026-07-01=NaN; =; 2026-10-01=5") == {
            QUARTERS[3]: 5
        }


class TestTotalFromPeriods:
    def test_of_a_sum_start_and_all_that_is_typed(self) -> None:
        assert total_from_periods(measure(250, 250, 250, 200, start=Fraction(50))) == 1000

    def test_of_a_last_the_last_one(self) -> None:
        assert total_from_periods(measure(1, 2, 3, 4, aggregate="last")) == 4

    def test_none_where_nothing_says_so(self) -> None:
        assert total_from_periods(measure()) is None
        assert total_from_periods(measure(1, aggregate="last")) is None
        assert total_from_periods(measure(1, 2, 3, 4, aggregate="average")) is None


class TestPeriodsFromTotal:
    def test_in_proportion_and_exactly(self) -> None:
        found = periods_from_total(measure(100, 100, 100, 200, target=1000))
        assert list(found.values()) == [200, 200, 200, 400]
        odd = periods_from_total(measure(1, 1, 1, 0, target=100))
        assert list(odd.values()) == [34, 33, 33, 0]

    def test_what_is_too_much_for_some_leaves_nothing_for_the_others(self) -> None:
        one = measure(900, 300, target=1000)
        assert list(periods_from_total(one).values()) == [750, 250]

    def test_evenly_where_there_is_no_proportion(self) -> None:
        found = periods_from_total(measure(0, 0, 0, 0, target=100))
        assert sum(found.values()) == 100
        assert min(found.values()) >= 24

    def test_of_a_last_only_the_last(self) -> None:
        found = periods_from_total(measure(250, 500, 750, 900, aggregate="last"))
        assert list(found.values()) == [250, 500, 750, 1000]

    def test_what_fits_stays(self) -> None:
        assert periods_from_total(measure(400)) == {QUARTERS[0]: 400}
