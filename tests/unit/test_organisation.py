"""Who manages whom follows from names and heads."""

import pytest

from goalsite.domain.errors import RuleError
from goalsite.domain.organisation import Person, Unit, bosses, chains

COMPANY, SALES, TEAM = 1, 2, 3
DIRECTOR, HEAD, LEADER, SELLER = 10, 20, 30, 40
UNITS = (Unit(COMPANY, None, DIRECTOR), Unit(SALES, COMPANY, HEAD), Unit(TEAM, SALES, LEADER))
PEOPLE = (Person(DIRECTOR, COMPANY), Person(HEAD, SALES), Person(LEADER, TEAM), Person(SELLER, TEAM))


class TestBosses:
    def test_nearest_head_above_who_is_somebody_else(self) -> None:
        assert bosses(PEOPLE, UNITS) == {DIRECTOR: None, HEAD: DIRECTOR, LEADER: HEAD, SELLER: LEADER}

    def test_named_manager_comes_first(self) -> None:
        assert bosses((*PEOPLE, Person(50, TEAM, manager=DIRECTOR)), UNITS)[50] == DIRECTOR

    def test_head_of_two_units_up_has_the_next_one(self) -> None:
        units = (UNITS[0], Unit(SALES, COMPANY, LEADER), UNITS[2])
        assert bosses(PEOPLE, units)[LEADER] == DIRECTOR

    def test_unit_without_head_is_passed(self) -> None:
        assert bosses(PEOPLE, (*UNITS[:2], Unit(TEAM, SALES)))[SELLER] == HEAD

    def test_nobody_above_and_no_unit(self) -> None:
        assert bosses((*PEOPLE, Person(50)), UNITS)[50] is None

    def test_who_left_manages_nobody_but_is_managed(self) -> None:
        people = (*PEOPLE[:2], Person(LEADER, TEAM, here=False), Person(SELLER, TEAM, manager=LEADER))
        assert bosses(people, UNITS) == {DIRECTOR: None, HEAD: DIRECTOR, LEADER: HEAD, SELLER: HEAD}

    def test_successor_may_still_name_who_left(self) -> None:
        people = (Person(DIRECTOR, COMPANY, manager=99), Person(99, COMPANY, here=False), *PEOPLE[1:])
        assert bosses(people, UNITS)[DIRECTOR] is None


class TestLoops:
    def test_named_managers_in_a_ring(self) -> None:
        ring = (Person(1, manager=2, name="a"), Person(2, manager=3, name="b"), Person(3, manager=1, name="c"))
        with pytest.raises(RuleError, match="manager_loop") as refused:
            bosses(ring, ())
        assert refused.value.terms == {"chain": "a → b → c → a"}

    def test_name_against_head(self) -> None:
        people = (Person(1, manager=2, name="head"), Person(2, unit=1, name="member"))
        with pytest.raises(RuleError, match="manager_loop") as refused:
            bosses(people, (Unit(1, None, 1),))
        assert refused.value.terms == {"chain": "head → member → head"}

    def test_own_manager(self) -> None:
        with pytest.raises(RuleError, match="manager_loop"):
            bosses((Person(1, manager=1),), ())

    def test_units_in_a_ring(self) -> None:
        with pytest.raises(RuleError, match="unit_loop") as refused:
            bosses((), (Unit(1, 2, name="A"), Unit(2, 1, name="B")))
        assert refused.value.terms == {"chain": "A → B → A"}


class TestChains:
    def test_all_managers_with_their_distance(self) -> None:
        assert set(chains({1: None, 2: 1, 3: 2})) == {(2, 1, 1), (3, 2, 1), (3, 1, 2)}

    def test_twenty_thousand_people_are_no_effort(self) -> None:
        units = [Unit(n, n // 8 or None, head=n) for n in range(1, 2_001)]
        people = [Person(n, unit=n if n <= 2_000 else n % 2_000 + 1) for n in range(1, 20_001)]
        assert 20_000 < sum(1 for _ in chains(bosses(people, units))) < 120_000
