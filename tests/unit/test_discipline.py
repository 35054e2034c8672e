"""On time, late, missed: by the due day and its three days of grace."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from goalsite.domain.discipline import Kept, by_due_day, kept

FRIDAY = date(2026, 1, 9)
NEXT = date(2026, 1, 16)
DAY = timedelta(days=1)


def way(*entered: tuple[date, date], day: date = FRIDAY + 4 * DAY, done_on: date | None = None) -> str | None:
    return by_due_day([FRIDAY, NEXT], entered, day, done_on).get(FRIDAY)


class TestByDueDay:
    @pytest.mark.parametrize(
        ("on", "at", "expected"),
        (
            (FRIDAY, FRIDAY, "on_time"),
            (FRIDAY - 3 * DAY, FRIDAY - 3 * DAY, "on_time"),
            (FRIDAY, FRIDAY + DAY, "late"),
            (FRIDAY, FRIDAY + 3 * DAY, "late"),
            (FRIDAY + 3 * DAY, FRIDAY + 3 * DAY, "late"),
            (FRIDAY, FRIDAY + 4 * DAY, "missed"),
        ),
    )
    def test_what_counts_is_when_it_was_entered(self, on: date, at: date, expected: str) -> None:
        assert way((on, at)) == expected

    def test_nothing_is_decided_while_grace_lasts(self) -> None:
        assert way(day=FRIDAY - DAY) is None
        assert way(day=FRIDAY + 3 * DAY) is None
        assert way(day=FRIDAY + 4 * DAY) == "missed"

    def test_but_what_came_is(self) -> None:
        assert way((FRIDAY, FRIDAY), day=FRIDAY) == "on_time"
        assert way((FRIDAY, FRIDAY + DAY), day=FRIDAY + DAY) == "late"

    def test_filled_in_later_it_stays_missed_and_is_no_answer_to_the_next(self) -> None:
        found = by_due_day([FRIDAY, NEXT], [(FRIDAY, NEXT)], NEXT + 5 * DAY)
        assert found == {FRIDAY: "missed", NEXT: "missed"}

    def test_one_of_the_week_before_does_not_count_again(self) -> None:
        found = by_due_day([FRIDAY, NEXT], [(FRIDAY, FRIDAY)], NEXT + 5 * DAY)
        assert found == {FRIDAY: "on_time", NEXT: "missed"}

    def test_a_day_asked_about_knows_nothing_of_what_came_later(self) -> None:
        assert way((FRIDAY, FRIDAY + 2 * DAY), day=FRIDAY + DAY) is None

    def test_what_is_done_owes_nothing_more(self) -> None:
        found = by_due_day([FRIDAY, NEXT], [(FRIDAY, FRIDAY)], NEXT + 5 * DAY, done_on=FRIDAY)
        assert found == {FRIDAY: "on_time"}


class TestKept:
    def test_adds_up(self) -> None:
        total = kept(["on_time", "late", "on_time"]) + Kept(missed=1)
        assert (total.due, total.share) == (4, Fraction(1, 2))

    def test_of_nothing_due_there_is_no_share(self) -> None:
        assert Kept().share is None
