"""Scores of an evaluation: where they start, how high they go, when they are the same."""

from decimal import Decimal
from fractions import Fraction

import pytest

from goalsite.domain.errors import RuleError
from goalsite.domain.evaluation import beginning, difference, meant, most, same
from goalsite.domain.goals import Goal

CAP = Fraction(12, 10)


class TestMost:
    def test_an_okr_goes_to_one_and_a_kpi_to_the_cap(self) -> None:
        assert (most("okr", CAP), most("kpi", CAP)) == (1, CAP)


class TestBeginning:
    def test_is_the_computed_result(self) -> None:
        assert beginning(Goal(), "progress", Fraction(6, 10), Fraction(1)) == Fraction(6, 10)
        assert beginning(Goal(ambition="aspirational"), "progress", Fraction(35, 100), Fraction(7, 10)) == Fraction(
            1, 2
        )

    def test_is_nothing_where_the_manager_scores_without_measures(self) -> None:
        assert beginning(Goal(), "manager", Fraction(6, 10), Fraction(1)) is None


class TestSame:
    def test_as_whole_percentages(self) -> None:
        assert same(Fraction(947, 1000), Fraction(95, 100))
        assert not same(Fraction(944, 1000), Fraction(95, 100))
        assert not same(None, Fraction(1))
        assert same(None, None)


class TestDifference:
    def test_is_that_of_what_is_shown(self) -> None:
        assert difference(Fraction(7, 10), Fraction(6, 10)) == 10
        assert difference(Fraction(6549, 10000), Fraction(6351, 10000)) == 1
        assert difference(None, Fraction(1)) is None


class TestMeant:
    def test_what_was_typed_is_kept(self) -> None:
        assert meant(Fraction(625, 1000), Fraction(6, 10), Fraction(1)) == Decimal("0.625")

    def test_the_untouched_score_is_the_computed_one_to_its_last_decimal(self) -> None:
        assert meant(Fraction(633, 1000), Fraction(19, 30), Fraction(1)) == Decimal("0.6333")

    @pytest.mark.parametrize(
        ("typed", "code"), [(Fraction(-1, 100), "score_too_low"), (Fraction(101, 100), "score_above")]
    )
    def test_out_of_bounds_is_refused(self, typed: Fraction, code: str) -> None:
        with pytest.raises(RuleError) as refused:
            meant(typed, None, Fraction(1))
        assert (refused.value.code, refused.value.field) == (code, "score")
