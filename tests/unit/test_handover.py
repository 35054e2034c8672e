"""What a goal's measures are evaluated against when it changes hands, and what goes on of them (rules §7)."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from goalsite.domain.definition import faults
from goalsite.domain.handover import LEAST, goes_on, has_begun, is_reached, up_to
from goalsite.domain.measure import Entry, Measure, Step
from goalsite.domain.pace import Thresholds
from goalsite.domain.periods import Span
from goalsite.domain.standing import stand

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
MIDDLE = date(2026, 6, 30)
DAY = timedelta(days=1)


def measure(**facts: Any) -> Measure:
    numbers: dict[str, Any] = {
        name: Fraction(facts.pop(name)) for name in ("start", "target", "low", "high") if name in facts
    }
    return Measure(span=facts.pop("span", YEAR), **numbers, **facts)


def said(*values: tuple[date, object], **facts: Any) -> list[Entry]:
    return [
        Entry(on, datetime(on.year, on.month, on.day, 10, tzinfo=UTC), Fraction(str(value)), **facts)
        for on, value in values
    ]


def raw(of: Measure, entries: list[Entry], day: date) -> Fraction | None:
    return stand(of, entries, day, Thresholds()).raw


class TestSum:
    quarters = measure(kind="kpi", aggregate="sum", target=1000, frequency="quarter")
    done = said((date(2026, 2, 1), 220), (date(2026, 5, 1), 260))

    def test_what_was_done_counts_against_the_plan_to_that_day(self) -> None:
        ended = up_to(self.quarters, self.done, MIDDLE)
        assert (ended.target, ended.span) == (500, Span(YEAR.first, MIDDLE))
        assert raw(ended, self.done, MIDDLE) == Fraction(480, 500)

    def test_what_is_not_done_remains(self) -> None:
        rest = goes_on(self.quarters, self.done, MIDDLE)
        assert rest is not None
        assert (rest.target, rest.start, rest.span) == (520, None, Span(date(2026, 7, 1), YEAR.last))
        assert rest.targets == (260, 260)

    def test_within_a_period_its_plan_is_parted_by_days(self) -> None:
        day = date(2026, 7, 23)
        assert up_to(self.quarters, self.done, day).target == 563  # 250 + 250 + 250 · 23 / 92, rounded

    def test_a_target_for_each_period_becomes_what_remains_of_all(self) -> None:
        weekly = measure(aggregate="sum", target=20, target_per="period", frequency="week")
        rest = goes_on(weekly, said((date(2026, 3, 2), 400)), MIDDLE)
        assert rest is not None
        # 4 days of the first week, 51 weeks, 4 days of the last: 20 · (51 + 8/7) = 1 042.86, rounded.
        assert (rest.target_per, rest.target) == ("span", 1043 - 400)

    def test_typed_targets_go_on_and_still_add_up(self) -> None:
        days = [date(2026, month, 1) for month in (1, 4, 7, 10)]
        typed = measure(
            kind="kpi",
            aggregate="sum",
            target=1000,
            frequency="quarter",
            period_targets=dict(zip(days, map(Fraction, (100, 200, 300, 400)), strict=True)),
        )
        ended, rest = up_to(typed, self.done, MIDDLE), goes_on(typed, self.done, MIDDLE)
        assert rest is not None
        assert (ended.target, dict(ended.period_targets)) == (300, {days[0]: 100, days[1]: 200})
        assert rest.target == 520
        assert sum(rest.period_targets.values()) == 520
        assert not faults(ended)
        assert not faults(rest)

    def test_a_key_result_with_a_start_goes_on_from_nothing(self) -> None:
        rest = goes_on(measure(aggregate="sum", start=3, target=10), said((date(2026, 2, 1), 2)), MIDDLE)
        assert rest is not None
        assert (rest.start, rest.target) == (0, 5)

    def test_a_ceiling_leaves_what_is_still_allowed(self) -> None:
        cost = measure(kind="kpi", direction="decrease", aggregate="sum", target=1200, frequency="month")
        assert up_to(cost, [], MIDDLE).target == 600
        left = goes_on(cost, said((date(2026, 2, 1), 700)), MIDDLE)
        spent = goes_on(cost, said((date(2026, 2, 1), 1300)), MIDDLE)
        assert left is not None
        assert spent is not None
        assert (left.target, left.start, spent.target) == (500, None, 600)


class TestLast:
    def test_goes_on_from_the_last_value_to_the_same_target(self) -> None:
        visits = measure(start=5000, target=10_000)
        entries = said((date(2026, 5, 1), 7000))
        ended, rest = up_to(visits, entries, date(2026, 7, 2)), goes_on(visits, entries, date(2026, 7, 2))
        assert rest is not None
        assert ended.target == 7500
        assert raw(ended, entries, date(2026, 7, 2)) == Fraction(2000, 2500)
        assert (rest.start, rest.target) == (7000, 10_000)

    def test_without_a_value_it_goes_on_from_the_start(self) -> None:
        rest = goes_on(measure(start=100, target=60, direction="decrease"), [], MIDDLE)
        assert rest is not None
        assert (rest.start, rest.target) == (100, 60)

    def test_what_moved_away_goes_on_from_where_it_is(self) -> None:
        rest = goes_on(measure(start=5000, target=10_000), said((date(2026, 5, 1), 4000)), MIDDLE)
        assert rest is not None
        assert rest.start == 4000

    def test_cumulative_targets_go_on(self) -> None:
        days = [date(2026, month, 1) for month in (1, 4, 7, 10)]
        targets = dict(zip(days, map(Fraction, (250, 500, 750, 1000)), strict=True))
        grows = measure(kind="kpi", start=0, target=1000, frequency="quarter", period_targets=targets)
        day = date(2026, 8, 15)
        ended, rest = up_to(grows, said((day, 600)), day), goes_on(grows, said((day, 600)), day)
        assert rest is not None
        assert dict(rest.period_targets) == {date(2026, 8, 16): 750, days[3]: 1000}
        assert dict(ended.period_targets) == {days[0]: 250, days[1]: 500, days[2]: 625}
        assert ended.target == 625
        assert not faults(rest)
        assert not faults(ended)

    def test_on_its_first_day_nothing_is_expected_and_its_target_stays(self) -> None:
        assert up_to(measure(start=0, target=10), [], YEAR.first).target == 10


class TestLevels:
    @pytest.mark.parametrize(
        "level",
        [
            measure(kind="kpi", aggregate="average", target=800, frequency="month"),
            measure(kind="kpi", direction="decrease", target=5),
            measure(kind="kpi", direction="keep", low=1, high=3, frequency="week"),
        ],
    )
    def test_are_held_before_and_after(self, level: Measure) -> None:
        entries = said((date(2026, 2, 2), 2))
        ended, rest = up_to(level, entries, MIDDLE), goes_on(level, entries, MIDDLE)
        assert rest is not None
        assert (ended.target, rest.target, rest.start) == (level.target, level.target, None)
        assert (ended.span.last, rest.span.first) == (MIDDLE, MIDDLE + DAY)


class TestDone:
    def test_what_is_done_does_not_go_on_and_counts_whole(self) -> None:
        one = measure(direction="done")
        entries = said((date(2026, 2, 2), 1))
        assert goes_on(one, entries, MIDDLE) is None
        assert up_to(one, entries, MIDDLE).weight == 1

    def test_what_is_not_done_was_not_owed_yet(self) -> None:
        assert up_to(measure(direction="done"), [], MIDDLE).weight == LEAST
        assert goes_on(measure(direction="done"), [], MIDDLE) is not None

    def test_steps_not_done_go_on(self) -> None:
        steps = (Step("A", "Một", Fraction(30)), Step("B", "Hai", Fraction(70)))
        entries = said((date(2026, 2, 2), 1), step="A")
        rest = goes_on(measure(direction="steps", steps=steps), entries, MIDDLE)
        assert rest is not None
        assert [step.code for step in rest.steps] == ["B"]

    def test_a_reached_target_does_not_go_on_and_is_not_made_smaller(self) -> None:
        one, entries = measure(start=0, target=10), said((date(2026, 2, 2), 11))
        assert is_reached(one, entries, MIDDLE)
        assert goes_on(one, entries, MIDDLE) is None
        assert up_to(one, entries, MIDDLE).target == 10


class TestDays:
    later = measure(span=Span(date(2026, 9, 1), YEAR.last), start=0, target=10)

    def test_what_begins_later_goes_over_as_it_is(self) -> None:
        assert goes_on(self.later, [], MIDDLE) is self.later
        assert up_to(self.later, [], MIDDLE).weight == LEAST
        assert not has_begun([self.later], MIDDLE)

    def test_what_is_over_stays(self) -> None:
        past = measure(span=Span(YEAR.first, date(2026, 3, 31)), start=0, target=10)
        assert up_to(past, [], MIDDLE) is past
        assert goes_on(past, [], MIDDLE) is None
