"""Who cannot get a goal given to many, and from which day to which those who can have it (rules §7)."""

from datetime import date

import pytest

from goalsite.domain.giving import days_there, narrower, why_not
from goalsite.domain.periods import Span

QUARTER = Span(date(2026, 4, 1), date(2026, 6, 30))
TODAY = date(2026, 5, 10)


class TestWhyNot:
    @pytest.mark.parametrize(
        ("facts", "reason"),
        [
            ({}, ""),
            ({"joined_on": date(2026, 6, 30)}, ""),
            ({"joined_on": date(2026, 7, 1)}, "later"),
            ({"left_on": date(2026, 5, 10)}, ""),
            ({"left_on": date(2026, 5, 9)}, "left"),
            ({"closed": True}, "closed"),
            ({"unit": None}, "no_unit"),
            ({"unit": "archived"}, "archived"),
            ({"left_on": date(2026, 5, 9), "unit": None}, "left"),
        ],
    )
    def test_says_the_first_reason(self, facts: dict[str, object], reason: str) -> None:
        plain = {"joined_on": None, "left_on": None, "closed": False, "unit": "in_use"}
        assert why_not(QUARTER, TODAY, **(plain | facts)) == reason  # type: ignore[arg-type]

    def test_who_leaves_before_a_planned_cycle_begins_gets_nothing_of_it(self) -> None:
        leaving = {"joined_on": None, "left_on": date(2026, 3, 31), "closed": False, "unit": "in_use"}
        assert why_not(QUARTER, date(2026, 3, 1), **leaving) == "left"  # type: ignore[arg-type]


class TestDaysThere:
    def test_begins_with_who_joins_and_ends_with_who_leaves(self) -> None:
        assert days_there(QUARTER, date(2026, 5, 15), date(2026, 6, 10)) == Span(date(2026, 5, 15), date(2026, 6, 10))

    def test_is_all_of_it_for_who_is_there_all_the_time(self) -> None:
        assert days_there(QUARTER, date(2020, 1, 1), None) == QUARTER

    def test_is_never_empty(self) -> None:
        assert days_there(Span(date(2026, 4, 1), date(2026, 4, 30)), date(2026, 5, 15), None).days == 30


class TestNarrower:
    def test_is_that_with_fewer_readers(self) -> None:
        assert narrower("public", "internal") == "internal"
        assert narrower("restricted", "public") == "restricted"
