"""Results by band and by tenth, and the mean of inner cycles by their length."""

from fractions import Fraction

from goalsite.domain.distribution import by_band, by_step, mean_by_length
from goalsite.domain.results import DEFAULT_BANDS


def percent(*numbers: float) -> list[Fraction]:
    return [Fraction(str(number)) / 100 for number in numbers]


class TestByBand:
    def test_each_total_as_shown_is_in_one_band(self) -> None:
        found = by_band(percent(104.2, 100, 84.96, 84.94, 70, 49.9, 0), DEFAULT_BANDS)
        assert found == [("excellent", 2), ("good", 1), ("fair", 2), ("average", 0), ("poor", 2)]

    def test_of_nobody_every_band_is_empty(self) -> None:
        assert {count for _, count in by_band([], DEFAULT_BANDS)} == {0}


class TestByStep:
    def test_begins_at_each_tenth_and_goes_to_the_highest(self) -> None:
        found = by_step(percent(0, 9.9, 10, 84.96, 89.96, 100, 120))
        assert found[0] == (Fraction(0), 2)
        assert dict(found)[Fraction(1, 10)] == 1
        assert dict(found)[Fraction(8, 10)] == 1
        assert dict(found)[Fraction(9, 10)] == 1, "89.96 % reads 90.0 %"
        assert found[-1] == (Fraction(12, 10), 1)
        assert sum(count for _, count in found) == 7

    def test_goes_to_a_hundred_at_least(self) -> None:
        assert by_step([])[-1] == (Fraction(1), 0)


class TestMeanByLength:
    def test_counts_each_by_its_days(self) -> None:
        assert mean_by_length([(90, Fraction(1, 2)), (30, Fraction(1))]) == Fraction(5, 8)

    def test_leaves_out_what_has_no_total(self) -> None:
        assert mean_by_length([(90, Fraction(1, 2)), (92, None)]) == Fraction(1, 2)
        assert mean_by_length([(90, None)]) is None
