"""What a measure's definition must satisfy (rules §2, §4)."""

from typing import Any

import pytest
from hypothesis import given

from goalsite.domain.definition import faults
from goalsite.domain.measure import Measure, Step
from tests.unit.measures import kpi, kr, measures, number

YEAR = ("2026-01-01", "2026-12-31")
STEPS = (Step("a", "", number(1)),)


def codes(measure: Measure, **given: Any) -> list[str]:
    return [fault.code for fault in faults(measure, **given)]


class TestDirections:
    @pytest.mark.parametrize(
        "sound",
        (
            {"start": 1, "target": 2},
            {"target": "0.0001"},
            {"start": -5, "target": 0},
            {"direction": "decrease", "start": 2, "target": 1},
            {"direction": "decrease", "start": 0, "target": -1},
            {"direction": "keep", "low": 1, "high": 1},
            {"direction": "keep", "low": 1},
            {"direction": "keep", "high": 0},
            {"direction": "done"},
            {"direction": "steps", "steps": STEPS},
            {"fed_frequency": "week", "target": 5},
        ),
    )
    def test_a_sound_key_result(self, sound: dict[str, Any]) -> None:
        assert codes(kr(**sound)) == []

    @pytest.mark.parametrize(
        ("faulty", "code", "field"),
        (
            ({"start": 2, "target": 2}, "target_not_above_start", "target"),
            ({"start": 3, "target": 2}, "target_not_above_start", "target"),
            ({"target": 0}, "target_not_above_start", "target"),
            ({"direction": "decrease", "start": 2, "target": 2}, "target_not_below_start", "target"),
            ({"direction": "decrease", "start": 1, "target": 2}, "target_not_below_start", "target"),
            ({"direction": "decrease", "target": 2}, "start_missing", "start"),
            (
                {"direction": "decrease", "aggregate": "sum", "start": 3, "target": 2},
                "decreasing_sum_with_start",
                "start",
            ),
            ({"direction": "keep"}, "bounds_missing", "low"),
            ({"direction": "keep", "low": 2, "high": 1}, "bounds_reversed", "high"),
            ({"direction": "steps"}, "steps_missing", "direction"),
            ({}, "target_missing", "target"),
            ({"target": 2, "weight": 0}, "weight_not_positive", "weight"),
            ({"target": 2, "weight": -1}, "weight_not_positive", "weight"),
            ({"target": 2, "target_per": "period"}, "target_per_needs_sum", "target_per"),
        ),
    )
    def test_a_faulty_key_result(self, faulty: dict[str, Any], code: str, field: str) -> None:
        assert [(fault.code, fault.field) for fault in faults(kr(**faulty))] == [(code, field)]

    def test_the_error_says_both_numbers(self) -> None:
        (fault,) = faults(kr(start=3, target=2))
        assert fault.terms == {"start": 3, "target": 2}

    def test_a_kpi_may_fall_without_a_start(self) -> None:
        assert codes(kpi(direction="decrease", target=5)) == []
        assert codes(kpi(direction="decrease", aggregate="sum", target=5)) == []

    def test_such_a_ceiling_must_be_positive(self) -> None:
        assert codes(kpi(direction="decrease", target=0)) == ["ceiling_not_positive"]

    def test_a_falling_sum_of_a_kpi_has_no_start_either(self) -> None:
        assert codes(kpi(direction="decrease", aggregate="sum", start=9, target=5)) == ["decreasing_sum_with_start"]

    def test_reversed_dates(self) -> None:
        assert codes(kr("2026-02-02", "2026-02-01", target=1)) == ["dates_reversed"]

    def test_all_faults_at_once(self) -> None:
        found = codes(kr("2026-02-02", "2026-02-01", start=3, target=2, weight=0))
        assert found == ["target_not_above_start", "weight_not_positive", "dates_reversed"]

    def test_a_target_per_period_is_compared_with_nothing_but_0(self) -> None:
        per: dict[str, Any] = {"aggregate": "sum", "frequency": "month", "start": 100, "target_per": "period"}
        assert codes(kr(target=20, **per)) == []
        assert codes(kr(target=0, **per)) == ["target_not_above_start"]


class TestDrafts:
    @pytest.mark.parametrize(
        "lacking", ({}, {"direction": "keep"}, {"direction": "steps"}, {"direction": "decrease", "target": 2})
    )
    def test_one_may_lack_things(self, lacking: dict[str, Any]) -> None:
        assert codes(kr(**lacking), draft=True) == []

    @pytest.mark.parametrize(
        "contradicting",
        ({"start": 3, "target": 2}, {"direction": "keep", "low": 2, "high": 1}, {"target": 1, "weight": 0}),
    )
    def test_one_may_not_contradict_itself(self, contradicting: dict[str, Any]) -> None:
        assert len(codes(kr(**contradicting), draft=True)) == 1


class TestTargetsByPeriod:
    SUM: dict[str, Any] = {"aggregate": "sum", "frequency": "quarter", "target": 1000}
    DAYS = ("2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01")

    def of(self, *targets: int, **given: Any) -> list[str]:
        return codes(kpi(*YEAR, **given, period_targets=dict(zip(self.DAYS, targets, strict=False))))

    def test_all_of_a_sum_must_add_up_to_its_total(self) -> None:
        assert self.of(100, 200, 300, 400, **self.SUM) == []
        assert self.of(100, 200, 300, 401, **self.SUM) == ["period_targets_sum"]

    def test_the_start_is_no_part_of_what_they_add_up_to(self) -> None:
        assert self.of(100, 200, 300, 300, start=100, **self.SUM) == []

    def test_some_of_a_sum_need_not_add_up(self) -> None:
        assert self.of(100, 200, **self.SUM) == []

    def test_cumulative_targets_end_at_the_target(self) -> None:
        assert self.of(250, 500, 750, 1000, frequency="quarter", target=1000) == []
        assert self.of(250, 500, 750, 990, frequency="quarter", target=1000) == ["period_targets_end"]

    def test_levels_need_add_up_to_nothing(self) -> None:
        assert self.of(4, 5, 6, 7, aggregate="average", frequency="quarter", target=5) == []
        assert self.of(4, 5, 6, 7, direction="decrease", frequency="quarter", target=5) == []

    def test_a_day_that_begins_no_period_is_told(self) -> None:
        measure = kpi(*YEAR, **self.SUM, period_targets={"2026-01-02": 5, "2026-04-01": 5})
        assert [fault.terms["day"].isoformat() for fault in faults(measure)] == ["2026-01-02"]  # type: ignore[attr-defined]

    def test_a_keep_has_none(self) -> None:
        assert self.of(5, direction="keep", low=1, frequency="quarter") == ["period_targets_not_here"]

    @pytest.mark.parametrize("kind", ({"direction": "done"}, {"direction": "steps", "steps": STEPS}))
    def test_done_and_steps_have_none(self, kind: dict[str, Any]) -> None:
        assert self.of(5, frequency="quarter", **kind) == ["period_targets_not_here"]


class TestBuilders:
    @given(measures())
    def test_random_measures_are_sound_but_for_what_their_periods_add_up_to(self, measure: Measure) -> None:
        assert set(codes(measure)) <= {"period_targets_sum", "period_targets_end"}
