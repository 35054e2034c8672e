"""Scores of an evaluation: how high they go, and when two of them are the same (rules §6, §7)."""

from decimal import Decimal
from fractions import Fraction

from goalsite.domain.errors import RuleError
from goalsite.domain.goals import Goal, computed_result
from goalsite.domain.rounding import as_decimal, half_up

ONE = Fraction(1)
# Scores are compared as whole percentages, typed as percentages with one decimal, and kept with four decimals of a fraction.
COMPARED = 2
TYPED = 3
KEPT = 4


def most(kind: str, kpi_cap: Fraction) -> Fraction:
    """The highest score: 1 for an OKR, the cycle's cap for a KPI."""
    return kpi_cap if kind == "kpi" else ONE


def beginning(goal: Goal, evaluated_by: str, progress: Fraction | None, aspirational_full: Fraction) -> Fraction | None:
    """Where both scores start: at the computed result; None where the score needs no measure, or where nothing can be computed."""
    return None if evaluated_by == "manager" else computed_result(goal, progress, aspirational_full)


def same(one: Fraction | None, other: Fraction | None) -> bool:
    """Whether two scores read the same, as whole percentages."""
    return (one is None and other is None) or (
        one is not None and other is not None and half_up(one, COMPARED) == half_up(other, COMPARED)
    )


def difference(score: Fraction | None, computed: Fraction | None) -> Fraction | None:
    """How far the score lies from the numbers, in whole percentage points, as both are shown; None where one is missing."""
    return None if score is None or computed is None else (half_up(score, COMPARED) - half_up(computed, COMPARED)) * 100


def meant(typed: Fraction, computed: Fraction | None, highest: Fraction) -> Decimal:
    """The score to keep: what was typed; where that is the computed result as the form shows it, the computed result itself.

    Raises RuleError score_too_low or score_too_high (field `score`).
    """
    if typed < 0:
        raise RuleError("score_too_low", "score")
    if typed > highest:
        raise RuleError("score_above", "score", most=highest * 100)
    untouched = computed is not None and half_up(typed, TYPED) == half_up(computed, TYPED)
    return as_decimal(computed if computed is not None and untouched else typed, KEPT)
