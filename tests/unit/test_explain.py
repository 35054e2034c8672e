"""Every number says why, and its lines recompute it exactly (rules §6)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.explain import Line, of_goal, of_measure, of_pace, of_result, of_total
from goalsite.domain.goals import Goal, World, assess
from goalsite.domain.measure import Entry, Measure, Step
from goalsite.domain.pace import Thresholds
from goalsite.domain.results import Counted, totals
from goalsite.domain.standing import stand
from tests.unit.measures import at, check_ins, entry, kpi, kr, measures, number, on

END = "2026-03-31"
ZERO = Fraction(0)


def kinds(lines: Sequence[Line]) -> list[str]:
    return [line.kind for line in lines]


def recomputed(lines: Sequence[Line]) -> Fraction | None:
    """The counted progress, from the numbers the lines show alone."""
    answer: Fraction | None = None
    for line in lines:
        part, whole = line.part, line.whole
        match line.kind:
            case "fed" | "cannot_calculate":
                continue
            case "no_checkin":
                answer = ZERO
            case "increase" | "decrease" if line.current is not None and line.target is not None:
                start = line.start or ZERO
                answer = (line.current - start) / (line.target - start)
            case "ceiling" if part is not None and whole is not None:
                answer = 2 - part / whole
            case "capped":
                answer = whole
            case "floored":
                answer = ZERO
            case _:
                assert part is not None
                assert whole is not None
                answer = part / whole
        assert line.answer == answer
    return answer


def why(measure: Measure, *entries: Any) -> list[Line]:
    return of_measure(measure, at(measure, entries, END))


class TestOfMeasure:
    @pytest.mark.parametrize(
        ("measure", "entries", "told"),
        (
            (kr(target=10), [], ["no_checkin"]),
            (kr(target=10), [entry(END, 4)], ["increase"]),
            (kr(target=10), [entry(END, 14)], ["increase", "capped"]),
            (kr(target=10), [entry(END, -4)], ["increase", "floored"]),
            (kr(direction="decrease", start=10, target=5), [entry(END, 7)], ["decrease"]),
            (kpi(direction="decrease", target=5), [entry(END, 6)], ["ceiling"]),
            (kpi(direction="decrease", target=5), [entry(END, 0)], ["ceiling", "capped"]),
            (kpi(direction="keep", low=5), [entry(END, 6)], ["keep"]),
            (kpi(direction="keep", low=5, frequency="month"), [entry(END, 6)], ["keep_periods"]),
            (kr(direction="done"), [entry(END, 1)], ["done"]),
            (kr(direction="steps", steps=(Step("a", "", number(3)),)), [entry(END, 1, step="a")], ["steps"]),
            (kr(target=10, formula="value*2", formula_is="progress"), [entry(END, 4)], ["formula"]),
            (kr(aggregate="ratio", target=5), [entry(END, ratio=(1, 0))], ["cannot_calculate"]),
            (kr(target=10, fed_frequency="week"), [entry(END, 4)], ["fed", "increase"]),
        ),
    )
    def test_the_kinds(self, measure: Measure, entries: list[Any], told: list[str]) -> None:
        assert kinds(why(measure, *entries)) == told

    def test_an_increase_shows_its_three_numbers(self) -> None:
        (line,) = why(kr(start=15, target=35), entry(END, 20))
        assert (line.current, line.start, line.target, line.answer) == (20, 15, 35, Fraction(1, 4))

    def test_a_cap_shows_what_it_cut(self) -> None:
        line = why(kpi(target=100), entry(END, 125))[-1]
        assert (line.part, line.whole, line.answer) == (Fraction("1.25"), Fraction("1.2"), Fraction("1.2"))

    def test_a_keep_shows_its_bounds_and_periods(self) -> None:
        keep = kpi(direction="keep", low=5, high=9, frequency="month")
        (line,) = why(keep, entry("2026-01-15", 6), entry("2026-02-15", 1), entry(END, 9))
        assert (line.low, line.high, line.part, line.whole) == (5, 9, 2, 3)

    @given(st.data())
    def test_the_lines_recompute_any_measures_progress(self, data: st.DataObject) -> None:
        formulas = data.draw(st.sampled_from(({}, {"formula": "value/3", "formula_is": "progress"})))
        measure = data.draw(measures(**formulas))
        found = stand(measure, data.draw(check_ins(measure)), measure.span.last, Thresholds())
        assert recomputed(of_measure(measure, found)) == found.counted


class TestOfGoal:
    def world(self) -> World:
        goals: dict[Any, Goal] = {
            "g": Goal(progress_from="both", measures={"m": kr(target=100)}, supporters=("a", "b", "c", "d")),
            "a": Goal(measures={"ma": kr(target=100)}, weight=number(2)),
            "b": Goal("kpi", measures={"mb": kpi(target=100)}),
            "c": Goal(measures={"mc": kr(target=100)}, weight=number(0)),
            "d": Goal(),
        }
        said = {"m": 50, "ma": 80, "mb": 115, "mc": 90}
        return World(goals, {name: [entry("2026-02-01", value)] for name, value in said.items()})

    def test_each_term_says_its_weight_share_and_what_it_adds(self) -> None:
        world = self.world()
        found = assess("g", world, on(END))
        lines = of_goal("g", world, found)
        assert [(line.kind, line.key, line.weight, line.share, line.value) for line in lines] == [
            ("measure", "m", 1, Fraction(1, 4), Fraction(1, 2)),
            ("supporter", "a", 2, Fraction(1, 2), Fraction(4, 5)),
            ("supporter", "b", 1, Fraction(1, 4), 1),
        ]
        assert sum(line.answer or 0 for line in lines) == found.progress

    def test_hidden_goals_are_one_line(self) -> None:
        world = self.world()
        found = assess("g", world, on(END))
        lines = of_goal("g", world, found, hidden={"a", "b", "c"})
        assert kinds(lines) == ["measure", "others"]
        others = lines[-1]
        assert (others.count, others.share, others.key) == (2, Fraction(3, 4), None)
        assert others.value == (2 * Fraction(4, 5) + 1) / 3
        assert sum(line.answer or 0 for line in lines) == found.progress

    def test_nothing_to_compute_from_has_no_lines(self) -> None:
        world = World({"g": Goal(progress_from="supporting", measures={"m": kr(target=1)})}, {})
        assert of_goal("g", world, assess("g", world, on(END))) == []

    @given(st.lists(measures(kind="okr"), min_size=1, max_size=4), st.data())
    def test_the_answers_add_up_to_any_goals_progress(self, drawn: list[Measure], data: st.DataObject) -> None:
        named: dict[Any, Measure] = dict(enumerate(drawn))
        entries: dict[Any, list[Entry]] = {name: data.draw(check_ins(measure)) for name, measure in named.items()}
        world = World({"g": Goal(measures=named)}, entries)
        found = assess("g", world, on(END))
        assert sum((line.answer or ZERO for line in of_goal("g", world, found)), ZERO) == found.progress


class TestOfPace:
    def test_it_is_progress_by_expected(self) -> None:
        found = at(kr("2026-01-05", "2026-03-05", target=50), [entry("2026-01-12", 15)], "2026-01-12")
        (line,) = of_pace(found)
        assert (line.part, line.whole, line.answer) == (Fraction("0.3"), Fraction(7, 59), found.pace)

    def test_where_nothing_is_expected_there_is_none(self) -> None:
        assert of_pace(at(kr(target=50), [], "2026-01-01")) == []


class TestOfResult:
    def test_an_approved_score(self) -> None:
        (line,) = of_result(Goal(score=Fraction("0.8")), Fraction("0.5"), Fraction(1))
        assert (line.kind, line.answer, line.part) == ("score", Fraction("0.8"), Fraction("0.5"))

    def test_an_aspirational_goal(self) -> None:
        (line,) = of_result(Goal(ambition="aspirational"), Fraction("0.35"), Fraction("0.7"))
        assert (line.kind, line.part, line.whole, line.answer) == (
            "aspirational",
            Fraction("0.35"),
            Fraction("0.7"),
            Fraction(1, 2),
        )

    def test_its_progress(self) -> None:
        assert of_result(Goal(), Fraction("0.35"), Fraction("0.7")) == [Line("progress", Fraction("0.35"))]


counted = st.builds(
    Counted, st.sampled_from(("okr", "kpi")), st.integers(0, 4).map(Fraction), st.none() | st.fractions(0, 1)
)


class TestOfTotal:
    def test_the_terms_of_each_kind_then_its_mean_then_the_total(self) -> None:
        goals: dict[Any, Counted] = {
            "k": Counted("kpi", number(1), Fraction("0.72")),
            "o": Counted("okr", number(1), Fraction("0.53"), False),
        }
        lines = of_total(goals, Fraction("0.6"))
        assert [(line.kind, line.group) for line in lines] == [
            ("result", "okr"),
            ("mean", "okr"),
            ("result", "kpi"),
            ("mean", "kpi"),
            ("total", ""),
        ]
        assert [line.share for line in lines if line.kind == "mean"] == [Fraction("0.4"), Fraction("0.6")]
        assert lines[-1].answer == Fraction("0.644")
        assert [line.provisional for line in lines if line.kind == "result"] == [False, True]

    def test_one_kind_alone_has_all_the_share(self) -> None:
        lines = of_total({"o": Counted("okr", number(1), Fraction("0.53"))}, Fraction("0.6"))
        assert [(line.kind, line.share) for line in lines] == [("result", 1), ("mean", 1), ("total", None)]

    def test_a_kind_that_never_counts_has_a_mean_and_no_total(self) -> None:
        lines = of_total({"o": Counted("okr", number(1), Fraction("0.53"))}, Fraction(1))
        assert [(line.kind, line.answer) for line in lines] == [("result", Fraction("0.53")), ("mean", 0)]

    @given(
        st.lists(counted, max_size=8), st.sampled_from((ZERO, Fraction(3, 5), Fraction(1))), st.sets(st.integers(0, 7))
    )
    def test_the_lines_recompute_any_total_whoever_looks(
        self, drawn: list[Counted], share: Fraction, hidden: set[int]
    ) -> None:
        goals: dict[Any, Counted] = dict(enumerate(drawn))
        found, lines = totals(drawn, share), of_total(goals, share, hidden)
        for group, mean in (("okr", found.okr), ("kpi", found.kpi)):
            terms = [line for line in lines if line.group == group and line.kind != "mean"]
            assert sum((line.answer or ZERO for line in terms), ZERO) == (mean or 0)
            assert not {line.key for line in terms} & hidden
        means = sum((line.answer or ZERO for line in lines if line.kind == "mean"), ZERO)
        assert means == (found.total or 0)
        assert sum(line.count for line in lines if line.kind in ("result", "others")) == found.goals
