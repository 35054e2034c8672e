"""Half up, away from zero, and only when shown."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.rounding import as_decimal, half_up


class TestHalfUp:
    @pytest.mark.parametrize(
        ("number", "decimals", "shown"),
        (
            ("0.5", 0, 1),
            ("1.5", 0, 2),
            ("2.5", 0, 3),
            ("-0.5", 0, -1),
            ("-2.5", 0, -3),
            ("0.4999", 0, 0),
            ("0.65", 1, "0.7"),
            ("0.64999", 1, "0.6"),
            ("0.00005", 4, "0.0001"),
            ("-0.00005", 4, "-0.0001"),
            ("0.0333", 2, "0.03"),
        ),
    )
    def test_a_half_goes_away_from_zero(self, number: str, decimals: int, shown: str | int) -> None:
        assert half_up(Fraction(number), decimals) == Fraction(shown)

    def test_a_seventh_that_no_decimal_holds(self) -> None:
        assert half_up(Fraction(1, 7), 4) == Fraction("0.1429")

    @given(st.decimals(-(10**6), 10**6, places=6), st.integers(0, 5))
    def test_it_rounds_as_decimal_does(self, number: Decimal, decimals: int) -> None:
        assert half_up(Fraction(number), decimals) == Fraction(
            number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        )

    @given(st.fractions(), st.integers(0, 6))
    def test_it_is_never_further_off_than_half_a_unit(self, number: Fraction, decimals: int) -> None:
        assert abs(half_up(number, decimals) - number) <= Fraction(1, 2 * 10**decimals)


class TestAsDecimal:
    def test_the_largest_number_comes_through_digit_for_digit(self) -> None:
        assert as_decimal(Fraction("900000000000000.1234"), 4) == Decimal("900000000000000.1234")

    def test_more_decimals_than_asked_for_are_rounded(self) -> None:
        assert as_decimal(Fraction(2, 3), 4) == Decimal("0.6667")

    @given(st.decimals(-(10**14) * 9, 10**14 * 9, places=4))
    def test_four_decimals_go_there_and_back(self, number: Decimal) -> None:
        assert as_decimal(Fraction(number), 4) == number
