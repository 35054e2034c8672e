"""A metric over the cycles: which measures stand for a unit, what they come to, and round axes."""

from fractions import Fraction

import pytest

from goalsite.domain.series import Measured, Value, axis, fan_out, length_of, standing_for, together

COMPANY, SALES, NORTH = 1, 2, 3
ABOVE = {COMPANY: [COMPANY], SALES: [SALES, COMPANY], NORTH: [NORTH, SALES, COMPANY]}


def measured(number: int, **facts: object) -> Measured:
    given: dict[str, object] = {"kind": "kpi", "scope": "unit", "unit": SALES, "owner": 9} | facts
    return Measured(number, number, **given)  # type: ignore[arg-type]


def kept(*found: Measured) -> list[int]:
    return [one.measure for one in standing_for(found, ABOVE)]


class TestStandingFor:
    def test_a_units_goal_holds_those_of_its_people_and_of_units_below(self) -> None:
        people = [measured(2, scope="person"), measured(3, unit=NORTH), measured(4, unit=NORTH, scope="person")]
        assert kept(measured(1), *people) == [1]
        assert kept(*people) == [2, 3]
        assert kept(measured(1, unit=COMPANY), measured(2)) == [1]

    def test_a_persons_goal_holds_nobody_elses(self) -> None:
        assert kept(measured(1, scope="person"), measured(2, scope="person", owner=8)) == [1, 2]

    def test_a_goal_holds_what_supports_or_is_fed_by_it(self) -> None:
        assert kept(measured(1, scope="person"), measured(2, scope="person", owner=8, parent=1)) == [1]
        assert kept(measured(1, scope="person"), measured(2, scope="person", owner=8, fed_by=1)) == [1]
        assert kept(measured(2, parent=77)) == [2]

    def test_a_kpi_holds_the_key_results_beside_it(self) -> None:
        assert kept(measured(1, kind="okr"), measured(2)) == [2]
        assert kept(measured(1, kind="okr"), measured(2, scope="unit", unit=NORTH)) == [1]

    def test_what_holds_one_another_does_not_vanish(self) -> None:
        fed, feeding = measured(1, kind="okr", fed_by=2), measured(2, parent=1)
        assert kept(fed, feeding) == [2]
        assert kept(measured(1, unit=NORTH), measured(2, parent=1)) == [2]

    def test_two_kpis_of_one_unit_stand_side_by_side(self) -> None:
        assert kept(measured(1), measured(2)) == [1, 2]


class TestTogether:
    def value(self, current: int | None, target: int | None = 100, start: int = 0) -> Value:
        return Value(
            None if current is None else Fraction(current),
            Fraction(start),
            None if target is None else Fraction(target),
            Fraction(1, 3),
        )

    def test_one_is_what_it_is(self) -> None:
        assert together([self.value(5)], "average") == self.value(5)

    def test_amounts_add_up_and_what_has_none_yet_is_nothing(self) -> None:
        found = together([self.value(30), self.value(None, 200), self.value(10, 100, 5)], "sum")
        assert found == Value(Fraction(40), Fraction(5), Fraction(400), Fraction(35, 395))
        assert together([self.value(None), self.value(None)], "sum") == Value(None, Fraction(0), Fraction(200), None)

    def test_without_every_target_there_is_none(self) -> None:
        assert together([self.value(30), self.value(1, None)], "sum") == Value(Fraction(31), Fraction(0), None, None)

    @pytest.mark.parametrize("aggregate", ["last", "average", "ratio"])
    def test_levels_do_not_add_up(self, aggregate: str) -> None:
        assert together([self.value(1), self.value(2)], aggregate) is None

    def test_of_nothing_there_is_nothing(self) -> None:
        assert together([], "sum") is None


@pytest.mark.parametrize(("days", "name"), [(28, "month"), (92, "quarter"), (184, "half"), (366, "year")])
def test_a_cycle_is_called_by_its_length(days: int, name: str) -> None:
    assert length_of(days) == name


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([58], [0, 10, 20, 30, 40, 50, 60]),
        ([66_100_000_000], [10**10 * at for at in range(8)]),
        ([0], [0, Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]),
        ([], [0, Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]),
        ([Fraction(104, 100)], [Fraction(at, 4) for at in range(6)]),
        ([-3, 5], [-4, -2, 0, 2, 4, 6]),
    ],
)
def test_an_axis_has_round_numbers_around_all_values(values: list[Fraction], ticks: list[Fraction]) -> None:
    assert axis([Fraction(one) for one in values]) == ticks


def test_what_would_lie_over_another_is_drawn_below_it() -> None:
    percent = [Fraction(one, 100) for one in (100, 50, 99, 98, 94)]
    ticks = [Fraction(0), Fraction(1)]
    assert fan_out(percent, ticks) == [0, 0, 1, 2, 0]
    assert fan_out([None, Fraction(1), None, Fraction(1)], ticks) == [0, 0, 0, 1]
    assert fan_out([], ticks) == []


def test_an_axis_stands_just_below_a_power_of_ten() -> None:
    ticks = axis([Fraction(3999999999999999, 10000)])
    assert ticks[0] == 0
    assert ticks[-1] >= Fraction(3999999999999999, 10000)
