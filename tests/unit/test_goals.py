"""Progress of goals, what supports them, their results, and loops (rules §3, §5, §6)."""

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.errors import RuleError
from goalsite.domain.goals import (
    Goal,
    GoalStanding,
    World,
    assess,
    computed_result,
    find_loop,
    refuse_loop,
    result,
    weighted_mean,
)
from goalsite.domain.measure import Entry, Measure
from tests.unit.measures import entry, kpi, kr, on

END = "2026-03-31"


def percents(*values: Any, **given: Any) -> dict[Hashable, Measure]:
    """Key results from 0 to 100, named by their place."""
    return {f"k{place}": kr(target=100, **given) for place, _ in enumerate(values)}


def told(*values: Any, prefix: str = "k", day: str = "2026-02-01") -> dict[Hashable, list[Entry]]:
    return {f"{prefix}{place}": [] if value is None else [entry(day, value)] for place, value in enumerate(values)}


def goal_at(values: list[Any], day: str = END, weights: list[Any] | None = None, **given: Any) -> GoalStanding:
    measures = {
        name: kr(target=100, weight=weight)
        for name, weight in zip(percents(*values), weights or [1] * len(values), strict=True)
    }
    return assess("g", World({"g": Goal(measures=measures, **given)}, told(*values)), on(day))


def family(parent: Goal, *children: tuple[Goal, Any], own: tuple[Any, ...] = (), day: str = END) -> GoalStanding:
    """A goal and the goals that support it, each child with one key result at that percentage."""
    goals: dict[Hashable, Goal] = {}
    entries = told(*own)
    for place, (child, percent) in enumerate(children):
        name = f"c{place}"
        measure = kpi(target=100) if child.kind == "kpi" else kr(target=100)
        goals[name] = Goal(**{**vars(child), "measures": {name: measure}})
        entries[name] = [] if percent is None else [entry("2026-02-01", percent)]
    goals["g"] = Goal(**{**vars(parent), "measures": percents(*own), "supporters": tuple(goals)})
    return assess("g", World(goals, entries), on(day))


SUPPORTED = Goal(progress_from="supporting")
BOTH = Goal(progress_from="both")
OKR = Goal()


class TestProgress:
    def test_key_results_are_weighed(self) -> None:
        assert goal_at([40, 20], weights=[2, 3]).progress == Fraction(28, 100)

    def test_one_of_three(self) -> None:
        assert goal_at([100, 0, 0]).progress == Fraction(1, 3)

    def test_a_negative_one_counts_as_0(self) -> None:
        assert goal_at([-50, 50]).progress == Fraction(1, 4)

    def test_one_beyond_its_target_counts_as_1(self) -> None:
        assert goal_at([200, 0]).progress == Fraction(1, 2)

    def test_one_without_a_check_in_counts_as_0(self) -> None:
        assert goal_at([None, 50]).progress == Fraction(1, 4)

    def test_one_that_cannot_be_calculated_counts_as_0(self) -> None:
        measures: dict[Any, Measure] = {"a": kr(target=100), "b": kr(aggregate="ratio", target=5)}
        said: dict[Any, list[Entry]] = {"a": [entry("2026-02-01", 50)], "b": [entry("2026-02-01", ratio=(1, 0))]}
        assert assess("g", World({"g": Goal(measures=measures)}, said), on(END)).progress == Fraction(1, 4)

    def test_a_kpis_is_its_indicators_up_to_the_cap(self) -> None:
        world = World({"g": Goal("kpi", measures={"i": kpi(target=100)})}, {"i": [entry("2026-02-01", 110)]})
        assert assess("g", world, on(END)).progress == Fraction("1.1")

    def test_without_anything_to_compute_from_it_is_empty(self) -> None:
        found = assess("g", World({"g": Goal()}, {}), on(END))
        assert (found.progress, found.expected, found.pace) == (None, None, None)


class TestSupporting:
    def test_two_supporting_goals_weigh_alike(self) -> None:
        assert family(SUPPORTED, (OKR, 85), (OKR, 60)).progress == Fraction("0.725")

    def test_both_counts_each_supporting_goal_as_one_more_key_result(self) -> None:
        measures = percents(27, 18)
        child = Goal(progress_from="supporting", supporters=("x", "y"))
        goals: dict[Any, Goal] = {
            "g": Goal(progress_from="both", measures=measures, supporters=("child",)),
            "child": child,
            "x": Goal(measures={"mx": kr(target=100)}),
            "y": Goal(measures={"my": kr(target=100)}),
        }
        said = told(27, 18) | {"mx": [entry("2026-02-01", 85)], "my": [entry("2026-02-01", 60)]}
        found = assess("g", World(goals, said), on(END))
        assert found.supporters["child"].progress == Fraction("0.725")
        assert found.progress == Fraction(1175, 3000)
        assert round(float(found.progress), 3) == 0.392

    def test_they_count_with_their_goal_weight(self) -> None:
        assert family(SUPPORTED, (Goal(weight=Fraction(3)), 80), (OKR, 40)).progress == Fraction("0.7")

    def test_a_weight_of_0_is_tracked_and_not_counted(self) -> None:
        found = family(SUPPORTED, (Goal(weight=Fraction(0)), 80), (OKR, 40))
        assert found.progress == Fraction("0.4")
        assert "c0" in found.supporters

    @pytest.mark.parametrize("state", ("draft", "suggested", "proposed", "cancelled", "returned"))
    def test_only_active_and_closed_ones_count(self, state: str) -> None:
        assert family(SUPPORTED, (Goal(state=state), 80), (Goal(state="closed"), 40)).progress == Fraction("0.4")

    def test_each_counts_1_at_most(self) -> None:
        assert family(SUPPORTED, (Goal("kpi"), 120), (OKR, 0)).progress == Fraction(1, 2)

    def test_none_leaves_it_empty(self) -> None:
        found = family(SUPPORTED)
        assert (found.progress, found.expected, found.status) == (None, None, "not_started")

    def test_its_own_key_results_count_nothing(self) -> None:
        assert family(SUPPORTED, (OKR, 80), own=(10,)).progress == Fraction("0.8")

    def test_from_measures_the_supporters_count_nothing(self) -> None:
        assert family(Goal(), (OKR, 80), own=(10,)).progress == Fraction("0.1")

    def test_a_supporter_with_nothing_to_compute_from_is_left_out(self) -> None:
        goals: dict[Any, Goal] = {
            "g": Goal(progress_from="supporting", supporters=("empty", "c")),
            "empty": Goal(),
            "c": Goal(measures={"m": kr(target=100)}),
        }
        assert assess("g", World(goals, {"m": [entry("2026-02-01", 60)]}), on(END)).progress == Fraction("0.6")

    def test_expected_progress_likewise(self) -> None:
        found = family(BOTH, (Goal(weight=Fraction(3)), 0), own=(0,), day="2026-02-15")
        assert found.expected == Fraction(45, 89)
        level: dict[Any, Goal] = {
            "g": Goal(progress_from="supporting", supporters=("a", "b")),
            "a": Goal("kpi", measures={"m": kpi(aggregate="average", target=5)}),
        }
        level["b"] = Goal(measures={"n": kr(target=5)})
        found = assess("g", World(level, {"m": [entry("2026-01-05", 5)]}), on("2026-02-15"))
        assert found.expected == (1 + Fraction(45, 89)) / 2


class TestStatus:
    def test_it_follows_the_goals_own_pace(self) -> None:
        assert goal_at([30, 30], day="2026-02-15").status == "behind"
        assert goal_at([50, 50], day="2026-02-15").status == "on_track"

    def test_not_started_up_to_the_earliest_first_due_day(self) -> None:
        assert goal_at([None, None], day="2026-01-02").status == "not_started"
        assert goal_at([None, None], day="2026-01-03").status == "behind"

    def test_one_check_in_starts_it(self) -> None:
        world = World({"g": Goal(measures=percents(1, 1))}, {"k0": [entry("2026-01-01", 1)]})
        assert assess("g", world, on("2026-01-02")).status != "not_started"

    def test_a_supporters_check_in_is_its_own(self) -> None:
        found = family(SUPPORTED, (OKR, 80), (OKR, None))
        assert found.last_on == on("2026-02-01")
        assert family(SUPPORTED, (OKR, None), day="2026-01-02").status == "not_started"

    def test_done_at_1(self) -> None:
        assert goal_at([100, 100], day="2026-02-02").status == "done"

    def keeping(self, day: str, weight: int = 1) -> str:
        """A parent of a goal that keeps something until 31 March, and of one that is done."""
        goals: dict[Any, Goal] = {
            "g": Goal(progress_from="supporting", supporters=("keep", "c")),
            "keep": Goal(weight=Fraction(weight), measures={"m": kr(direction="keep", low=1)}),
            "c": Goal(measures={"n": kr(target=100)}),
        }
        said: dict[Any, list[Entry]] = {"m": [entry("2026-01-05", 1)], "n": [entry("2026-01-05", 100)]}
        return assess("g", World(goals, said), on(day)).status

    def test_a_goal_that_keeps_is_done_when_none_it_counts_has_days_left(self) -> None:
        assert self.keeping("2026-03-30") == "on_track"
        assert self.keeping("2026-03-31") == "done"

    def test_it_does_not_wait_for_what_it_does_not_count(self) -> None:
        assert self.keeping("2026-01-06", weight=0) == "done"

    def test_a_measure_that_says_better_than_its_numbers_flags_it(self) -> None:
        assert goal_at([0], day="2026-03-01").flagged
        assert not goal_at([100], day="2026-03-01").flagged


class TestResult:
    def test_it_is_the_progress_until_a_score_is_approved(self) -> None:
        assert result(Goal(), Fraction("0.4"), Fraction(1)) == Fraction("0.4")
        assert result(Goal(score=Fraction("0.9")), Fraction("0.4"), Fraction(1)) == Fraction("0.9")

    def test_a_score_needs_no_progress(self) -> None:
        assert result(Goal(score=Fraction(0)), None, Fraction(1)) == 0
        assert result(Goal(), None, Fraction(1)) is None

    @pytest.mark.parametrize(
        ("progress", "full", "counted"),
        (("0.7", "0.7", "1"), ("0.35", "0.7", "0.5"), ("0.9", "0.7", "1"), ("0.7", "1", "0.7")),
    )
    def test_an_aspirational_okr_is_measured_against_what_counts_as_full(
        self, progress: str, full: str, counted: str
    ) -> None:
        goal = Goal(ambition="aspirational")
        assert computed_result(goal, Fraction(progress), Fraction(full)) == Fraction(counted)

    def test_a_committed_one_and_a_kpi_are_not(self) -> None:
        assert computed_result(Goal(), Fraction("0.7"), Fraction("0.7")) == Fraction("0.7")
        assert computed_result(Goal("kpi", ambition="aspirational"), Fraction("1.1"), Fraction("0.7")) == Fraction(
            "1.1"
        )

    def test_an_approved_score_is_not_divided(self) -> None:
        goal = Goal(ambition="aspirational", score=Fraction("0.5"))
        assert result(goal, Fraction("0.7"), Fraction("0.7")) == Fraction("0.5")


class TestWeightedMean:
    def test_without_weight_there_is_none(self) -> None:
        assert weighted_mean([]) is None
        assert weighted_mean([(Fraction(0), Fraction(1))]) is None

    def test_the_length_weighted_mean_of_inner_cycles(self) -> None:
        assert weighted_mean([(Fraction(90), Fraction("0.8")), (Fraction(91), Fraction("0.6"))]) == Fraction(1266, 1810)


edges_of = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8)


def comes_back(edges: dict[Any, list[int]]) -> bool:
    """Whether from some key one can walk back to it: every walk tried."""

    def reached(start: int) -> set[int]:
        seen: set[int] = set()
        front = set(edges.get(start, ()))
        while front - seen:
            seen |= front
            front = {after for key in front for after in edges.get(key, ())}
        return seen

    return any(key in reached(key) for key in edges)


class TestLoops:
    def test_a_chain_that_comes_back_is_spelled_out(self) -> None:
        assert find_loop({"a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c", "a"]

    def test_a_goal_that_supports_itself(self) -> None:
        assert find_loop({"a": ["a"]}) == ["a", "a"]

    def test_what_only_leads_to_a_loop_is_not_named(self) -> None:
        assert find_loop({"x": ["a"], "a": ["b"], "b": ["a"]}) == ["a", "b", "a"]

    def test_two_ways_to_one_goal_are_no_loop(self) -> None:
        assert find_loop({"a": ["b", "c"], "b": ["d"], "c": ["d"]}) == []

    def test_a_very_long_chain_is_walked(self) -> None:
        edges: dict[Hashable, list[Hashable]] = {place: [place + 1] for place in range(20_000)}
        assert find_loop(edges) == []
        assert len(find_loop({**edges, 20_000: [0]})) == 20_002

    @given(edges_of)
    def test_one_is_found_exactly_where_there_is_one_and_it_is_real(self, edges: dict[Any, list[int]]) -> None:
        loop = find_loop(edges)
        assert bool(loop) == comes_back(edges)
        if loop:
            assert loop[0] == loop[-1]
            assert all(after in edges.get(before, []) for before, after in zip(loop, loop[1:], strict=False))

    def test_the_refusal_spells_it_out(self) -> None:
        with pytest.raises(RuleError) as refused:
            refuse_loop({1: [2], 2: [1]}, {1: "Sell more", 2: "Open a shop"})
        assert refused.value.code == "alignment_loop"
        assert refused.value.terms["chain"] == "Sell more → Open a shop → Sell more"

    def test_no_loop_is_not_refused(self) -> None:
        refuse_loop({1: [2]}, {})
