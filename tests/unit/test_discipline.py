"""On time, late, missed: by the due day and its three days of grace."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.discipline import Kept, by_due_day, kept

FRIDAY = date(2026, 1, 9)
NEXT = date(2026, 1, 16)
DAY = timedelta(days=1)


# What each Friday asks about begins on Monday.
ASKED = [(FRIDAY - 4 * DAY, FRIDAY), (NEXT - 4 * DAY, NEXT)]


def way(*entered: tuple[date, date], day: date = FRIDAY + 4 * DAY, done_on: date | None = None) -> str | None:
    return by_due_day(ASKED, entered, day, done_on).get(FRIDAY)


class TestByDueDay:
    @pytest.mark.parametrize(
        ("on", "at", "expected"),
        (
            (FRIDAY, FRIDAY, "on_time"),
            (FRIDAY - 3 * DAY, FRIDAY - 3 * DAY, "on_time"),
            (FRIDAY, FRIDAY + DAY, "late"),
            (FRIDAY, FRIDAY + 3 * DAY, "late"),
            (FRIDAY + 2 * DAY, FRIDAY + 2 * DAY, "late"),
            (FRIDAY + 2 * DAY, FRIDAY + 3 * DAY, "late"),
            (FRIDAY + 3 * DAY, FRIDAY + 3 * DAY, "missed"),
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
        found = by_due_day(ASKED, [(FRIDAY, NEXT)], NEXT + 5 * DAY)
        assert found == {FRIDAY: "missed", NEXT: "missed"}

    def test_one_of_the_week_before_does_not_count_again(self) -> None:
        found = by_due_day(ASKED, [(FRIDAY, FRIDAY)], NEXT + 5 * DAY)
        assert found == {FRIDAY: "on_time", NEXT: "missed"}

    @pytest.mark.parametrize("days", (-4, 0, 1, 2, 3, 7))
    def test_one_check_in_meets_one_due_day(self, days: int) -> None:
        at = FRIDAY + days * DAY
        found = by_due_day(ASKED, [(at, at)], NEXT + 5 * DAY)
        assert sorted(found.values()) == sorted(["missed", "late" if days in (1, 2) else "on_time"])

    def test_a_late_one_is_no_answer_to_the_next_week(self) -> None:
        found = by_due_day(ASKED, [(FRIDAY + DAY, FRIDAY + DAY)], NEXT + 5 * DAY)
        assert found == {FRIDAY: "late", NEXT: "missed"}

    def test_a_day_asked_about_knows_nothing_of_what_came_later(self) -> None:
        assert way((FRIDAY, FRIDAY + 2 * DAY), day=FRIDAY + DAY) is None

    def test_what_is_done_owes_nothing_more(self) -> None:
        found = by_due_day(ASKED, [(FRIDAY, FRIDAY)], NEXT + 5 * DAY, done_on=FRIDAY)
        assert found == {FRIDAY: "on_time"}

    def test_since_a_day_the_due_day_before_still_bounds_what_counts(self) -> None:
        found = by_due_day(ASKED, [(FRIDAY, FRIDAY)], NEXT + 5 * DAY, since=FRIDAY + DAY)
        assert found == {NEXT: "missed"}

    @given(
        st.sets(st.integers(0, 40), max_size=18),
        st.lists(st.tuples(st.integers(-3, 44), st.integers(0, 9)), max_size=12),
        st.integers(0, 50),
        st.integers(0, 40),
    )
    def test_as_if_every_check_in_were_looked_at_for_each_due_day(
        self, days: set[int], entered: list[tuple[int, int]], day: int, since: int
    ) -> None:
        """By the words of the rule, however close the due days lie and whenever a check-in was entered."""
        marks = [FRIDAY + at * DAY for at in sorted(days)]
        asked = list(zip(marks[::2], marks[1::2], strict=False))
        reported = [(FRIDAY + on * DAY, FRIDAY + (on + later) * DAY) for on, later in entered]
        today, first = FRIDAY + day * DAY, FRIDAY + since * DAY
        expected = {}
        for begins, due in asked:
            end = due + 3 * DAY
            later = [other for other, _ in asked if other > begins]
            came = [at for on, at in reported if begins <= on < min(later, default=date.max) and at <= min(end, today)]
            if first <= due <= today and (came or today > end):
                expected[due] = "missed" if not came else "on_time" if min(came) <= due else "late"
        assert by_due_day(asked, reported, today, since=first) == expected


class TestKept:
    def test_adds_up(self) -> None:
        total = kept({"on_time": 2, "late": 1}) + Kept(missed=1)
        assert total == Kept(on_time=2, late=1, missed=1)
        assert (total.due, total.share) == (4, Fraction(1, 2))

    def test_of_nothing_due_there_is_no_share(self) -> None:
        assert Kept().share is None
