"""Where a goal would end at today's pace, and when that cannot be said."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from goalsite.domain.forecast import Forecast, forecast, weekly_changes
from goalsite.domain.periods import Span

FIRST = date(2026, 1, 1)
# Ten weeks and a day, so that after five weeks exactly half has gone.
SPAN = Span(FIRST, FIRST + timedelta(days=70))
HALF = FIRST + timedelta(days=35)
ZERO, ONE = Fraction(0), Fraction(1)


def moved(*progress: float, first: date = FIRST) -> list[tuple[date, Fraction | None]]:
    """The progress on the last day of each week."""
    return [(first + timedelta(days=7 * week + 6), Fraction(str(part))) for week, part in enumerate(progress)]


def told(points: list[tuple[date, Fraction | None]], progress: float, **given: object) -> Forecast:
    asked = {"expected": Fraction(1, 2), "span": SPAN, "day": HALF, "cap": ONE} | given
    return forecast(points, Fraction(str(progress)), **asked)  # type: ignore[arg-type]


class TestForecast:
    def test_even_weeks_end_where_the_pace_says_and_nowhere_else(self) -> None:
        found = forecast(moved(0.08, 0.16, 0.24, 0.32, 0.4), Fraction("0.4"), Fraction(1, 2), SPAN, HALF, cap=ONE)
        assert (found.end, found.low, found.high, found.why) == (Fraction("0.8"), Fraction("0.8"), Fraction("0.8"), "")

    def test_uneven_weeks_spread_it_by_the_root_of_the_weeks_left(self) -> None:
        # Changes 0, 0.2, 0, 0.2, 0: on average 0.096 from their mean of 0.08; times the root of 5 weeks.
        found = forecast(moved(0, 0.2, 0.2, 0.4, 0.4), Fraction("0.4"), Fraction(1, 2), SPAN, HALF, cap=ONE)
        assert found.end == Fraction("0.8")
        assert found.high == ONE, "0.8 + 0.2147 is over the cap"
        assert found.low is not None
        assert float(found.low) == pytest.approx(0.8 - 0.096 * 5**0.5, abs=1e-6)

    def test_is_never_below_nothing_nor_above_the_cap(self) -> None:
        found = forecast(moved(0.9, 0.9, 0.9), Fraction("0.9"), Fraction(1, 2), SPAN, HALF, cap=Fraction("1.2"))
        assert found.end == found.high == Fraction("1.2")
        down = forecast(moved(0.5, 0, 0.4, 0, 0), ZERO, Fraction(1, 2), SPAN, HALF, cap=ONE)
        assert down.low == ZERO

    def test_what_is_held_ends_where_it_stands_and_its_first_value_is_no_change(self) -> None:
        found = forecast(moved(0.9, 0.9, 0.9, 0.9, 0.9), Fraction("0.9"), ONE, SPAN, HALF, cap=Fraction("1.2"))
        assert (found.end, found.low, found.high) == (Fraction("0.9"), Fraction("0.9"), Fraction("0.9"))
        assert forecast(moved(0, 0.9), Fraction("0.9"), ONE, SPAN, HALF, cap=ONE).why == ""
        assert forecast(moved(0, 0, 0.9), Fraction("0.9"), ONE, SPAN, HALF, cap=ONE).why == "too_early"

    @pytest.mark.parametrize(
        ("points", "given", "why"),
        (
            (moved(0.1), {"day": FIRST - timedelta(days=1)}, "not_begun"),
            (moved(0.1), {"day": SPAN.last}, "over"),
            ([], {}, "nothing_yet"),
            (moved(0.1), {"expected": None}, "nothing_expected"),
            (moved(0.1), {"expected": Fraction(0)}, "nothing_expected"),
            (moved(0.1, 0.2), {"day": FIRST + timedelta(days=19)}, "too_early"),
        ),
    )
    def test_says_why_it_cannot_be_said(
        self, points: list[tuple[date, Fraction | None]], given: dict[str, object], why: str
    ) -> None:
        found = told(points, 0.2, **given)
        assert (found.why, found.end, found.low, found.high) == (why, None, None, None)

    def test_three_whole_weeks_are_enough(self) -> None:
        assert told(moved(0.1, 0.2, 0.3), 0.3, day=FIRST + timedelta(days=20)).why == ""


class TestWeeklyChanges:
    def test_a_week_in_which_nothing_moved_changed_nothing(self) -> None:
        points = [(FIRST, Fraction(1, 10)), (FIRST + timedelta(days=15), Fraction(3, 10))]
        assert weekly_changes(points, FIRST, FIRST + timedelta(days=21)) == [Fraction(1, 10), ZERO, Fraction(1, 5)]

    def test_only_whole_weeks_count(self) -> None:
        assert weekly_changes([(FIRST, ONE)], FIRST, FIRST + timedelta(days=5)) == []
