"""Rounding, done only when a number is shown: half up, away from zero."""

from decimal import Decimal
from fractions import Fraction


def half_up(number: Fraction, decimals: int) -> Fraction:
    """The number at so many decimals, as a Fraction."""
    scaled = abs(number) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, 10**decimals)


def as_decimal(number: Fraction, decimals: int) -> Decimal:
    """The rounded number as a Decimal with so many decimals."""
    rounded = half_up(number, decimals) * 10**decimals
    return Decimal(rounded.numerator).scaleb(-decimals)
