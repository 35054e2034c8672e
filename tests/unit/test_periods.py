"""Spans, calendar periods, check-in days, and how a total is spread (rules §4, §5)."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.periods import (
    Calendar,
    Period,
    Rhythm,
    Span,
    current_index,
    cut,
    decimals_of,
    due_days,
    index_of,
    period_due_day,
    rhythm_days,
    spread,
    whole_period,
)
from tests.unit.measures import calendars, on, rhythms, span, spans

USUAL = Calendar()
FRIDAYS = Rhythm()


def amounts(total: str, frequency: str, first: str, last: str, decimals: int = 0, **fixed: str) -> list[Fraction]:
    given = {on(key.strip("_").replace("_", "-")): Fraction(value) for key, value in fixed.items()}
    return list(spread(Fraction(total), cut(frequency, span(first, last), USUAL), decimals, given))


class TestElapsed:
    def test_half_of_april(self) -> None:
        assert span("2026-04-01", "2026-04-30").elapsed(on("2026-04-15")) == Fraction(14, 29)

    def test_nothing_on_the_first_day_and_all_on_the_last(self) -> None:
        april = span("2026-04-01", "2026-04-30")
        assert (april.elapsed(april.first), april.elapsed(april.last)) == (0, 1)

    def test_nothing_before_and_all_after(self) -> None:
        april = span("2026-04-01", "2026-04-30")
        assert (april.elapsed(on("2026-01-01")), april.elapsed(on("2027-01-01"))) == (0, 1)

    def test_a_span_of_one_day_is_all_gone_on_it(self) -> None:
        day = span("2026-04-01", "2026-04-01")
        assert (day.elapsed(on("2026-03-31")), day.elapsed(on("2026-04-01"))) == (0, 1)

    def test_seven_days_of_fifty_nine(self) -> None:
        assert span("2026-01-05", "2026-03-05").elapsed(on("2026-01-12")) == Fraction(7, 59)

    @given(spans, st.dates(date(2025, 12, 1), date(2026, 7, 1)), st.integers(0, 100))
    def test_it_stays_within_0_and_1_and_never_falls(self, span: Span, day: date, later: int) -> None:
        assert 0 <= span.elapsed(day) <= span.elapsed(day + timedelta(days=later)) <= 1

    def test_both_ends_are_inside(self) -> None:
        april = span("2026-04-01", "2026-04-30")
        assert on("2026-04-01") in april
        assert on("2026-04-30") in april
        assert on("2026-05-01") not in april


class TestWholePeriod:
    @pytest.mark.parametrize(
        ("frequency", "day", "first", "last"),
        (
            ("day", "2026-02-11", "2026-02-11", "2026-02-11"),
            ("week", "2026-01-01", "2025-12-29", "2026-01-04"),
            ("week", "2026-01-04", "2025-12-29", "2026-01-04"),
            ("month", "2028-02-10", "2028-02-01", "2028-02-29"),
            ("month", "2026-12-31", "2026-12-01", "2026-12-31"),
            ("quarter", "2026-05-15", "2026-04-01", "2026-06-30"),
            ("quarter", "2026-12-15", "2026-10-01", "2026-12-31"),
        ),
    )
    def test_it_is_the_calendar_one(self, frequency: str, day: str, first: str, last: str) -> None:
        assert whole_period(frequency, on(day)) == span(first, last)


class TestCut:
    def test_weeks_are_iso_weeks_clipped_to_the_span(self) -> None:
        weeks = cut("week", span("2026-01-01", "2026-01-14"), USUAL)
        assert [(week.first.day, week.last.day, week.share) for week in weeks] == [
            (1, 4, Fraction(4, 7)),
            (5, 11, 1),
            (12, 14, Fraction(3, 7)),
        ]

    def test_without_a_frequency_the_span_is_the_one_period(self) -> None:
        assert cut("", span("2026-01-01", "2026-01-14"), USUAL) == (Period(on("2026-01-01"), on("2026-01-14")),)

    def test_days_are_working_days_without_holidays(self) -> None:
        calendar = Calendar(holidays=frozenset({on("2026-01-01")}))
        days = cut("day", span("2026-01-01", "2026-01-06"), calendar)
        assert [day.first.day for day in days] == [2, 5, 6]

    def test_a_span_without_a_working_day_is_one_period(self) -> None:
        assert len(cut("day", span("2026-01-03", "2026-01-04"), USUAL)) == 1

    def test_a_year_has_four_quarters_and_twelve_months(self) -> None:
        year = span("2026-01-01", "2026-12-31")
        assert (len(cut("quarter", year, USUAL)), len(cut("month", year, USUAL))) == (4, 12)

    @given(st.sampled_from(("week", "month", "quarter")), spans, calendars)
    def test_the_periods_cover_the_span_without_gap_or_overlap(
        self, frequency: str, span: Span, calendar: Calendar
    ) -> None:
        days = [
            period.first + timedelta(days=n) for period in cut(frequency, span, calendar) for n in range(period.days)
        ]
        assert days == [span.first + timedelta(days=n) for n in range(span.days)]


class TestIndex:
    def test_a_check_in_on_a_day_off_counts_in_the_working_day_before(self) -> None:
        days = cut("day", span("2026-01-01", "2026-01-31"), USUAL)
        assert days[index_of(days, on("2026-01-10"))].first == on("2026-01-09")
        assert days[index_of(days, on("2026-01-11"))].first == on("2026-01-09")

    def test_a_check_in_on_a_holiday_counts_in_the_working_day_before(self) -> None:
        days = cut("day", span("2026-01-01", "2026-01-31"), Calendar(holidays=frozenset({on("2026-01-13")})))
        assert days[index_of(days, on("2026-01-13"))].first == on("2026-01-12")

    def test_with_no_working_day_before_it_counts_in_the_first(self) -> None:
        days = cut("day", span("2026-01-03", "2026-01-31"), USUAL)
        assert days[index_of(days, on("2026-01-03"))].first == on("2026-01-05")

    def test_the_current_period_is_the_last_one_begun(self) -> None:
        weeks = cut("week", span("2026-01-01", "2026-01-14"), USUAL)
        found = [current_index(weeks, on(f"2026-01-{day:02}")) for day in (1, 4, 5, 12, 31)]
        assert found == [0, 0, 1, 2, 2]

    def test_before_the_span_there_is_none(self) -> None:
        assert current_index(cut("week", span("2026-01-01", "2026-01-14"), USUAL), on("2025-12-31")) == -1


class TestRhythmDays:
    def test_every_friday(self) -> None:
        days = rhythm_days(FRIDAYS, span("2026-01-01", "2026-01-31"))
        assert [day.day for day in days] == [2, 9, 16, 23, 30]

    def test_both_ends_count(self) -> None:
        assert len(rhythm_days(FRIDAYS, span("2026-01-02", "2026-01-09"))) == 2

    def test_every_two_weeks_is_the_weekday_in_the_second_week_counted_from_the_cycles_first_day(self) -> None:
        # Weeks from Thursday 1 January: 1–7, 8–14 (the second), 15–21, 22–28 (the fourth).
        rhythm = Rhythm("two_weeks", 4, on("2026-01-01"))
        days = rhythm_days(rhythm, span("2026-01-01", "2026-02-28"))
        assert days == [on("2026-01-09"), on("2026-01-23"), on("2026-02-06"), on("2026-02-20")]

    def test_two_weeks_are_counted_from_the_cycle_not_from_the_measure(self) -> None:
        rhythm = Rhythm("two_weeks", 4, on("2026-01-01"))
        assert rhythm_days(rhythm, span("2026-01-08", "2026-01-31")) == [on("2026-01-09"), on("2026-01-23")]

    def test_a_month_has_its_last_such_weekday(self) -> None:
        days = rhythm_days(Rhythm("month", 4), span("2026-01-01", "2026-03-31"))
        assert days == [on("2026-01-30"), on("2026-02-27"), on("2026-03-27")]

    @given(rhythms, spans)
    def test_they_are_that_weekday_inside_the_span(self, rhythm: Rhythm, span: Span) -> None:
        for day in rhythm_days(rhythm, span):
            assert day in span
            assert day.weekday() == rhythm.weekday

    @given(rhythms, spans)
    def test_a_naive_look_at_each_day_finds_the_same(self, rhythm: Rhythm, span: Span) -> None:
        days = [span.first + timedelta(days=n) for n in range(span.days)]
        found = [day for day in days if day.weekday() == rhythm.weekday]
        if rhythm.every == "two_weeks":
            found = [day for day in found if (day - rhythm.anchor).days % 14 >= 7]
        if rhythm.every == "month":
            found = [day for day in found if (day + timedelta(days=7)).month != day.month]
        assert rhythm_days(rhythm, span) == found


class TestDueDays:
    def test_without_a_frequency_the_rhythm_says(self) -> None:
        assert [day.day for day in due_days("", span("2026-01-01", "2026-01-31"), FRIDAYS, USUAL)] == [2, 9, 16, 23, 30]

    def test_a_finer_frequency_is_due_at_the_rhythm(self) -> None:
        assert [day.day for day in due_days("day", span("2026-01-01", "2026-01-14"), FRIDAYS, USUAL)] == [2, 9]
        two_weeks = Rhythm("two_weeks", 4, on("2026-01-01"))
        assert due_days("week", span("2026-01-01", "2026-01-14"), two_weeks, USUAL) == (on("2026-01-09"),)

    def test_a_longer_frequency_is_due_on_the_last_check_in_day_in_each_period(self) -> None:
        days = due_days("month", span("2026-01-01", "2026-03-31"), FRIDAYS, USUAL)
        assert days == (on("2026-01-30"), on("2026-02-27"), on("2026-03-27"))

    def test_a_clipped_week_without_the_weekday_is_due_on_its_last_day(self) -> None:
        days = due_days("week", span("2026-01-03", "2026-01-14"), FRIDAYS, USUAL)
        assert days == (on("2026-01-04"), on("2026-01-09"), on("2026-01-14"))

    def test_a_span_without_a_check_in_day_is_due_on_its_last_day(self) -> None:
        assert due_days("", span("2026-01-05", "2026-01-07"), FRIDAYS, USUAL) == (on("2026-01-07"),)

    def test_a_period_is_due_on_its_last_day_where_no_check_in_day_is_in_it(self) -> None:
        assert period_due_day(span("2026-01-05", "2026-01-07"), FRIDAYS) == on("2026-01-07")
        assert period_due_day(span("2026-01-05", "2026-01-11"), FRIDAYS) == on("2026-01-09")

    @given(st.sampled_from(("", "day", "week", "month", "quarter")), spans, rhythms, calendars)
    def test_there_is_one_at_least_and_they_ascend_inside_the_span(
        self, frequency: str, span: Span, rhythm: Rhythm, calendar: Calendar
    ) -> None:
        days = due_days(frequency, span, rhythm, calendar)
        assert days
        assert list(days) == sorted(set(days))
        assert all(day in span for day in days)


class TestSpread:
    def test_a_million_over_the_quarters_of_a_year(self) -> None:
        assert amounts("1000000", "quarter", "2026-01-01", "2026-12-31") == [250_000] * 4

    def test_a_hundred_over_clipped_weeks(self) -> None:
        assert amounts("100", "week", "2026-01-01", "2026-01-14") == [29, 50, 21]

    def test_what_is_left_over_goes_to_the_earlier_of_equals(self) -> None:
        assert amounts("10", "month", "2026-01-01", "2026-04-30") == [3, 3, 2, 2]

    def test_the_metrics_decimals_are_kept(self) -> None:
        assert amounts("10", "month", "2026-01-01", "2026-03-31", 2) == [
            Fraction("3.34"),
            Fraction("3.33"),
            Fraction("3.33"),
        ]

    def test_the_totals_own_decimals_are_kept_where_there_are_more(self) -> None:
        shares = amounts("10.25", "month", "2026-01-01", "2026-03-31", 1)
        assert shares == [Fraction("3.42"), Fraction("3.42"), Fraction("3.41")]

    def test_the_totals_own_decimals_are_kept_where_what_is_left_has_fewer(self) -> None:
        assert amounts("10.5", "month", "2026-01-01", "2026-03-31", 0, _2026_01_01="0.5") == [
            Fraction("0.5"),
            5,
            5,
        ]
        assert amounts("7.5", "month", "2026-01-01", "2026-03-31", 0, _2026_01_01="0.5")[1:] == [3.5, 3.5]

    def test_where_some_are_given_the_rest_is_spread_over_the_others(self) -> None:
        assert amounts("100", "month", "2026-01-01", "2026-04-30", 0, _2026_02_01="40") == [20, 40, 20, 20]

    def test_where_all_are_given_they_stand(self) -> None:
        given = {"_2026_01_01": "70", "_2026_02_01": "30"}
        assert amounts("100", "month", "2026-01-01", "2026-02-28", 0, **given) == [70, 30]

    @given(
        st.integers(-(10**6), 10**6),
        st.integers(0, 4),
        st.integers(0, 4),
        st.sampled_from(("", "day", "week", "month", "quarter")),
        spans,
        st.data(),
    )
    def test_it_adds_up_exactly_and_in_proportion(
        self, scaled: int, own: int, decimals: int, frequency: str, span: Span, data: st.DataObject
    ) -> None:
        total = Fraction(scaled, 10**own)
        periods = cut(frequency, span, USUAL)
        firsts = [period.first for period in periods]
        fixed = data.draw(st.dictionaries(st.sampled_from(firsts), st.integers(-99, 99).map(Fraction), max_size=3))
        found = spread(total, periods, decimals, fixed)
        free = [index for index, first in enumerate(firsts) if first not in fixed]
        if not free:
            return
        assert sum(found) == total
        unit = Fraction(1, 10 ** max(decimals, decimals_of(total)))
        rest, days = total - sum(fixed.values()), sum(periods[index].share for index in free)
        for index in free:
            assert found[index] % unit == 0
            assert abs(found[index] - rest * periods[index].share / days) < unit

    @given(st.integers(0, 10**6), st.integers(2, 12))
    def test_equal_shares_differ_by_one_unit_and_the_larger_come_first(self, total: int, months: int) -> None:
        year = cut("month", span("2026-01-01", "2026-12-31"), USUAL)[:months]
        same = [Period(month.first, month.last) for month in year]
        found = spread(Fraction(total), same, 0, {})
        assert found[0] - found[-1] in (0, 1)
        assert list(found) == sorted(found, reverse=True)


class TestDecimalsOf:
    @pytest.mark.parametrize(("number", "places"), (("5", 0), ("5.5", 1), ("0.0001", 4), ("-2.25", 2), ("100", 0)))
    def test_they_are_those_it_is_written_with(self, number: str, places: int) -> None:
        assert decimals_of(Fraction(number)) == places


class TestLastWorked:
    def test_is_the_day_itself_or_the_working_day_before(self) -> None:
        calendar = Calendar(holidays=frozenset({on("2026-11-27")}))
        assert USUAL.last_worked(on("2026-11-28")) == on("2026-11-27")
        assert USUAL.last_worked(on("2026-11-30")) == on("2026-11-30")
        assert calendar.last_worked(on("2026-11-29")) == on("2026-11-26")

    def test_where_nobody_works_it_is_the_day(self) -> None:
        assert Calendar(workdays=frozenset()).last_worked(on("2026-11-28")) == on("2026-11-28")
