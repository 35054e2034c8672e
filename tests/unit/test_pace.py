"""Expected progress, pace and status (rules §5)."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.measure import Measure, Step
from goalsite.domain.pace import Thresholds, pace, says_better, status
from goalsite.domain.periods import Rhythm
from goalsite.domain.standing import expected_progress
from tests.unit.measures import at, entry, kpi, kr, measures, on, span

USUAL: dict[str, Any] = {
    "started": True,
    "first_due": on("2026-01-09"),
    "may_be_done": True,
    "day": on("2026-02-01"),
    "thresholds": Thresholds(),
}


def said(progress: Any, expected: Any, **given: Any) -> str:
    progress, expected = (None if number is None else Fraction(number) for number in (progress, expected))
    return status(progress, expected, **{**USUAL, **given})


class TestPace:
    def test_faster_than_time(self) -> None:
        found = at(kr("2026-01-05", "2026-03-05", target=50), [entry("2026-01-12", 15)], "2026-01-12")
        assert (found.expected, found.counted) == (Fraction(7, 59), Fraction("0.3"))
        assert found.pace is not None
        assert round(float(found.pace), 2) == 2.53

    def test_slower_than_time(self) -> None:
        measure = kr("2026-02-05", "2026-03-05", direction="decrease", start=20, target=0)
        found = at(measure, [entry("2026-02-20", 10)], "2026-02-20")
        assert found.pace is not None
        assert round(float(found.pace), 3) == 0.933

    @pytest.mark.parametrize(
        ("progress", "expected"), ((Fraction(1, 2), Fraction(0)), (None, Fraction(1)), (None, None))
    )
    def test_there_is_none_where_nothing_is_expected_or_calculated(self, progress: Any, expected: Any) -> None:
        assert pace(progress, expected) is None

    def test_it_is_of_what_is_counted(self) -> None:
        found = at(kr("2026-01-01", "2026-01-11", target=10), [entry("2026-01-06", 30)], "2026-01-06")
        assert found.pace == 2


class TestStatus:
    @pytest.mark.parametrize(
        ("progress", "status"), (("0.15", "behind"), ("0.5", "on_track"), ("0.3", "at_risk"), ("0.36", "on_track"))
    )
    def test_with_forty_percent_of_the_time_gone(self, progress: str, status: str) -> None:
        assert said(progress, "0.4") == status

    def test_the_thresholds_are_included_and_nothing_is_rounded(self) -> None:
        assert said("0.9", 1) == "on_track"
        assert said("0.89999", 1) == "at_risk"
        assert said("0.7", 1) == "at_risk"
        assert said("0.69999", 1) == "behind"

    def test_the_thresholds_are_the_companys(self) -> None:
        assert said("0.5", 1, thresholds=Thresholds(Fraction(1, 2), Fraction(1, 4))) == "on_track"

    def test_not_started_up_to_and_with_the_first_due_day(self) -> None:
        assert said(0, "0.5", started=False, day=on("2026-01-09")) == "not_started"
        assert said(0, "0.5", started=False, day=on("2026-01-10")) == "behind"

    def test_done_at_1(self) -> None:
        assert said(1, "0.5") == "done"
        assert said("0.9999", "0.5") == "on_track"

    def test_not_done_while_it_waits_for_its_end(self) -> None:
        assert said(1, 1, may_be_done=False) == "on_track"

    def test_what_cannot_be_calculated_is_behind(self) -> None:
        assert said(None, "0.5") == "behind"

    def test_where_nothing_is_expected_it_is_on_track(self) -> None:
        assert said(0, 0) == "on_track"


class TestStatusOfAMeasure:
    def test_not_started_becomes_behind_after_the_first_due_day(self) -> None:
        measure = kr("2026-01-01", "2026-03-31", target=10)
        assert at(measure, [], "2026-01-02").status == "not_started"
        assert at(measure, [], "2026-01-03").status == "behind"

    def test_a_first_due_day_follows_a_longer_frequency(self) -> None:
        measure = kr("2026-01-01", "2026-03-31", target=10, frequency="month")
        assert at(measure, [], "2026-01-30").status == "not_started"
        assert at(measure, [], "2026-01-31").status == "behind"

    def test_a_growing_kpi_is_done_before_its_end(self) -> None:
        assert at(kpi(target=10), [entry("2026-01-05", 10)], "2026-01-05").status == "done"

    @pytest.mark.parametrize(
        "level",
        (
            {"aggregate": "average", "target": 5},
            {"direction": "keep", "low": 5},
            {"direction": "decrease", "target": 5},
        ),
    )
    def test_a_level_kpi_is_done_only_on_its_last_day(self, level: dict[str, Any]) -> None:
        held = [entry("2026-01-05", 5)]
        assert at(kpi(**level), held, "2026-03-30").status == "on_track"
        assert at(kpi(**level), held, "2026-03-31").status == "done"

    def test_a_keep_of_a_key_result_is_done_only_on_its_last_day(self) -> None:
        assert at(kr(direction="keep", low=5), [entry("2026-01-05", 5)], "2026-03-30").status == "on_track"
        assert at(kr(direction="keep", low=5), [entry("2026-01-05", 5)], "2026-03-31").status == "done"

    def test_not_done_with_a_check_in_before_its_due_date_is_on_track(self) -> None:
        measure = kr(direction="done")
        assert at(measure, [entry("2026-01-05", 0)], "2026-03-30").status == "on_track"
        assert at(measure, [entry("2026-01-05", 0)], "2026-03-31").status == "behind"
        assert at(measure, [entry("2026-01-05", 1)], "2026-01-05").status == "done"


class TestFlag:
    @pytest.mark.parametrize(
        ("call", "status", "better"),
        (
            ("on_track", "behind", True),
            ("on_track", "at_risk", True),
            ("at_risk", "behind", True),
            ("on_track", "on_track", False),
            ("off_track", "behind", False),
            ("at_risk", "on_track", False),
            ("on_track", "done", False),
            ("on_track", "not_started", False),
        ),
    )
    def test_a_call_better_than_the_numbers_is_flagged(self, call: str, status: str, better: bool) -> None:
        assert says_better(call, status) is better

    def test_the_latest_check_ins_call_counts(self) -> None:
        said = [entry("2026-01-05", 0, confidence="off_track"), entry("2026-02-05", 0, confidence="on_track")]
        assert at(kr(target=10), said, "2026-02-05").flagged
        assert not at(kr(target=10), said[:1], "2026-02-05").flagged


class TestExpectedOfKeyResults:
    @pytest.mark.parametrize(
        "measure",
        (
            {"target": 9},
            {"aggregate": "average", "frequency": "week", "target": 9},
            {"aggregate": "ratio", "frequency": "week", "target": 9},
            {"direction": "decrease", "start": 9, "target": 1},
            {"direction": "keep", "low": 9},
            {"direction": "steps", "steps": (Step("a", "", Fraction(1)),)},
            {"aggregate": "sum", "target": 9},
            {"aggregate": "sum", "frequency": "week", "fed_frequency": "week", "target": 9},
        ),
    )
    def test_it_is_the_time_gone(self, measure: dict[str, Any]) -> None:
        assert expected_progress(kr("2026-04-01", "2026-04-30", **measure), on("2026-04-15"), True) == Fraction(14, 29)

    def test_a_sums_is_its_target_to_date_by_its_total(self) -> None:
        measure = kr("2026-01-01", "2026-01-14", aggregate="sum", frequency="week", start=50, target=150)
        assert expected_progress(measure, on("2026-01-04"), True) == Fraction(29, 100)
        assert expected_progress(measure, on("2026-01-08"), True) == Fraction(29 + 25, 100)

    def test_a_last_with_targets_by_period_follows_that_line_prorated_within_each(self) -> None:
        plan = {"2026-01-01": 10, "2026-02-01": 80, "2026-03-01": 100}
        measure = kr(frequency="month", target=100, period_targets=plan)
        assert expected_progress(measure, on("2026-01-31"), True) == Fraction(1, 10)
        assert expected_progress(measure, on("2026-02-01"), True) == Fraction(1, 10)
        assert expected_progress(measure, on("2026-02-10"), True) == (10 + 70 * Fraction(9, 27)) / 100
        assert expected_progress(measure, on("2026-03-31"), True) == 1

    def test_a_done_is_expected_from_its_due_date(self) -> None:
        measure = kr(direction="done")
        assert expected_progress(measure, on("2026-03-30"), True) == 0
        assert expected_progress(measure, on("2026-03-31"), True) == 1

    def test_a_target_behind_the_start_expects_nothing(self) -> None:
        measure = kr(frequency="month", start=10, target=100, period_targets={"2026-01-01": 0})
        assert expected_progress(measure, on("2026-01-31"), True) == 0


class TestExpectedOfKpis:
    LEVELS = (
        {"aggregate": "average", "target": 9},
        {"aggregate": "ratio", "target": 9},
        {"direction": "keep", "low": 9},
        {"direction": "decrease", "target": 9},
        {"direction": "decrease", "aggregate": "sum", "target": 9},
    )

    @pytest.mark.parametrize("level", LEVELS)
    def test_a_level_is_expected_in_full_as_soon_as_there_is_a_value(self, level: dict[str, Any]) -> None:
        assert expected_progress(kpi(**level), on("2026-01-01"), True) == 1

    @pytest.mark.parametrize("level", LEVELS)
    def test_without_a_value_once_the_first_due_day_is_past(self, level: dict[str, Any]) -> None:
        measure = kpi(**level, rhythm=Rhythm("week", 4))
        assert expected_progress(measure, on("2026-01-02"), False) == 0
        assert expected_progress(measure, on("2026-01-03"), False) == 1

    @pytest.mark.parametrize(
        "growing",
        ({"target": 9}, {"direction": "decrease", "start": 9, "target": 1}, {"aggregate": "sum", "target": 9}),
    )
    def test_growing_sums_and_lasts_follow_time(self, growing: dict[str, Any]) -> None:
        assert expected_progress(kpi("2026-04-01", "2026-04-30", **growing), on("2026-04-15"), True) == Fraction(14, 29)


class TestMonotone:
    @given(measures(), st.integers(-5, 90), st.integers(0, 60), st.booleans())
    def test_what_is_expected_never_falls(self, measure: Measure, day: int, more: int, has_value: bool) -> None:
        measure = Measure(**{**vars(measure), "period_targets": {}})
        first = measure.span.first + timedelta(days=day)
        early, late = (expected_progress(measure, then, has_value) for then in (first, first + timedelta(days=more)))
        assert 0 <= early <= late <= 1

    @given(measures())
    def test_at_the_end_all_of_it_is_expected(self, measure: Measure) -> None:
        measure = Measure(**{**vars(measure), "period_targets": {}})
        assert expected_progress(measure, measure.span.last, True) == 1

    def test_the_span_of_a_day_is_expected_on_that_day(self) -> None:
        measure = Measure(span("2026-01-05", "2026-01-05"), target=Fraction(1))
        assert [expected_progress(measure, on(day), False) for day in ("2026-01-04", "2026-01-05")] == [0, 1]
