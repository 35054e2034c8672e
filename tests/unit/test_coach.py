"""The coach, rule by rule, each both ways (product: "The coach")."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from goalsite.domain import coach, coach_smart
from goalsite.domain.coach import advise, last_two_behind
from goalsite.domain.coach_facts import Around, Draft, Hint, Past, Sketch
from goalsite.domain.periods import Span

QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))


def sketch(title: str = "Tăng lượt truy cập trang sản phẩm", **facts: Any) -> Sketch:
    """A key result with which nothing is wrong."""
    given: dict[str, Any] = {
        "span": QUARTER,
        "symbol": "lượt",
        "start": Fraction(5000),
        "target": Fraction(10000),
    } | facts
    return Sketch(1, title, **given)


def draft(*measures: Sketch, **facts: Any) -> Draft:
    """An OKR with which nothing is wrong."""
    given: dict[str, Any] = {
        "kind": "okr",
        "title": "Tăng mức độ nhận diện sản phẩm Y",
        "cycle": QUARTER,
        "supports": True,
    } | facts
    return Draft(measures=measures or (sketch(),), **given)


def codes(goal: Draft) -> set[str]:
    advice = advise(goal)
    return {hint.code for letter in advice.smart for hint in letter.hints} | {hint.code for hint in advice.hints}


def verdict(letter: str, goal: Draft) -> str:
    return next(one.verdict for one in advise(goal).smart if one.letter == letter)


def only(hints: list[Hint]) -> Hint:
    assert len(hints) == 1
    return hints[0]


class TestAdvise:
    def test_nothing_to_say_about_a_good_goal(self) -> None:
        advice = advise(draft())
        assert not codes(draft())
        assert (advice.good, advice.judged) == (4, 4), "nothing is known of earlier cycles, so A is not judged"

    def test_every_key_result_is_looked_at(self) -> None:
        advice = advise(draft(sketch(target=None), sketch("Ra mắt cổng mới"), sketch(target=None)))
        assert [len(letter.hints) for letter in advice.smart] == [1, 2, 0, 0, 0]
        assert advice.good == 2

    def test_what_is_refused_comes_first(self) -> None:
        advice = advise(draft(*[sketch()] * 11, title="Tăng 30 % doanh thu", around=Around(owner_goals=9)))
        assert [hint.severity for hint in advice.hints] == ["refused", "hint", "hint"]
        assert advice.refused

    def test_an_empty_form_is_no_error(self) -> None:
        assert codes(Draft("okr", "", QUARTER)) == {"no_key_results", "supports_nothing"}
        assert codes(Draft("kpi", "", QUARTER)) == {"no_indicator", "kpi_supports_nothing"}
        assert "no_key_results" not in codes(Draft("okr", "", QUARTER, needs_measures=False))


class TestSpecific:
    @pytest.mark.parametrize(
        "title",
        [
            "Tăng tỷ lệ chuyển đổi",
            "Ký hợp đồng với kênh đối tác mới",
            "Doanh thu",
            "Thu hút 5.000 khách hàng dùng thử phần mềm A",
            "Tổ chức hội thảo để tăng doanh số",
            "80% khách hàng dùng thử hài lòng với chức năng F",
            "Raise conversion",
            "Launch the portal and increase sign-ups",
            "Hold churn below 5",
            "NPS",
            "Builders trained",
        ],
    )
    def test_says_what_changes(self, title: str) -> None:
        assert verdict("s", draft(sketch(title))) == "good"

    @pytest.mark.parametrize(
        "title", ["Tăng", "HOÀN THÀNH", "Cải thiện ", "Improve", "roll out", "Hoa\u0300n tha\u0300nh"]
    )
    def test_only_a_verb(self, title: str) -> None:
        assert codes(draft(sketch(title))) == {"only_a_verb"}

    @pytest.mark.parametrize(
        ("title", "verb"),
        [
            ("Hoàn thiện chức năng F trong vòng 1 tháng", "hoàn thiện"),
            ("Phát hành phần mềm A trong quý I", "phát hành"),
            ("triển khai CRM", "triển khai"),
            ("Tổ chức 3 buổi hội thảo", "tổ chức"),
            ("Launch the new portal", "launch"),
            ("Roll out CRM to all teams", "roll out"),
            ("Hold two workshops", "hold"),
            ("  Build   an app", "build"),
        ],
    )
    def test_a_task_names_nothing_that_changes(self, title: str, verb: str) -> None:
        hint = only(coach_smart.specific(sketch(title), draft()))
        assert (hint.code, hint.terms["verb"], hint.letter) == ("output_verb", verb, "s")

    def test_no_title(self) -> None:
        assert codes(draft(sketch(" "))) == {"title_missing"}


class TestMeasurable:
    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"symbol": ""}, "metric_missing"),
            ({"target": None}, "target_missing"),
            ({"start": None}, "start_missing"),
            ({"start": Fraction(10000)}, "start_is_target"),
            ({"direction": "keep", "start": None, "target": None}, "bounds_missing"),
            ({"direction": "steps", "start": None, "target": None}, "steps_missing"),
        ],
    )
    def test_something_is_missing(self, facts: dict[str, Any], code: str) -> None:
        assert codes(draft(sketch(**facts))) == {code}

    @pytest.mark.parametrize(
        "facts",
        [
            {"symbol": "", "metric": True, "explained": True},
            {"start": None, "aggregate": "sum"},
            {"start": Fraction(0)},
            {"direction": "done", "start": None, "target": None},
            {"direction": "keep", "start": None, "target": None, "high": Fraction(5)},
            {"direction": "steps", "start": None, "target": None, "steps": 2},
            {"direction": "decrease", "start": Fraction(20), "target": Fraction(0)},
        ],
    )
    def test_everything_is_there(self, facts: dict[str, Any]) -> None:
        assert not codes(draft(sketch(**facts)))

    def test_a_kpi_may_be_a_level_without_a_start(self) -> None:
        assert not codes(draft(sketch(start=None, direction="decrease", target=Fraction(5)), kind="kpi"))


class TestAchievable:
    def past(self, *gains: int, days: int = 90) -> tuple[Past, ...]:
        return tuple(Past(Fraction(1000), Fraction(1000 + gain), days) for gain in gains)

    def test_typical_change_and_spread(self) -> None:
        # Changes 3 000 and 5 000: mean 4 000, mean distance 1 000.
        assert coach_smart.typical(sketch(past=self.past(3000, 5000))) == (4000, 1000)

    def test_one_cycle_is_no_law(self) -> None:
        assert coach_smart.typical(sketch(past=self.past(4000))) == (4000, 1000)

    @pytest.mark.parametrize(
        ("target", "code"), [(11000, ""), (11001, "target_far"), (7000, ""), (6999, "target_easy")]
    )
    def test_within_two_spreads(self, target: int, code: str) -> None:
        goal = draft(sketch(target=Fraction(target), past=self.past(3000, 5000)))
        assert codes(goal) == ({code} if code else set())
        assert verdict("a", goal) == ("look" if code else "good")

    def test_an_aspirational_goal_may_reach_further_but_not_lower(self) -> None:
        far, easy = (sketch(target=Fraction(target), past=self.past(3000, 5000)) for target in (20000, 5500))
        assert not codes(draft(far, ambition="aspirational"))
        assert codes(draft(easy, ambition="aspirational")) == {"target_easy"}

    def test_growth_is_brought_to_the_days_of_now(self) -> None:
        assert coach_smart.typical(sketch(past=self.past(8000, days=180))) == (4000, 1000)

    def test_a_level_is_not(self) -> None:
        level = sketch(start=None, aggregate="average", target=Fraction(8), past=(Past(None, Fraction(8), 360),))
        assert coach_smart.typical(level) == (8, 2)

    def test_less_is_more_where_it_is_to_fall(self) -> None:
        past = (Past(Fraction(100), Fraction(80), 90), Past(Fraction(80), Fraction(60), 90))
        falling = sketch(direction="decrease", start=Fraction(60), target=Fraction(20), past=past)
        hint = only(coach_smart.achievable(falling, draft()))
        assert hint.code == "target_far"
        assert hint.terms == {"wanted": 40, "typical": 20, "spread": 5, "cycles": 2}

    def test_a_ceiling_is_told_as_it_is_written(self) -> None:
        ceiling = sketch(direction="decrease", start=None, target=Fraction(2), past=(Past(None, Fraction(6), 90),))
        hint = only(coach_smart.achievable(ceiling, draft(kind="kpi")))
        assert (hint.code, hint.terms["wanted"], hint.terms["typical"]) == ("target_far", 2, 6)

    def test_nothing_to_compare_with(self) -> None:
        for nothing in (sketch(), sketch(past=(Past(None, Fraction(9), 90),)), sketch(target=None, past=self.past(1))):
            assert verdict("a", draft(nothing)) == "unknown"


class TestRelevant:
    def test_supports_something_or_is_the_companys(self) -> None:
        assert verdict("r", draft()) == "good"
        assert verdict("r", draft(supports=False, company=True)) == "good"

    def test_supports_nothing(self) -> None:
        assert codes(draft(supports=False)) == {"supports_nothing"}
        assert codes(draft(supports=False, kind="kpi")) == {"kpi_supports_nothing"}


class TestInTime:
    def test_inside_the_cycle(self) -> None:
        assert verdict("t", draft(sketch(span=Span(date(2026, 2, 1), date(2026, 3, 31))))) == "good"

    def test_ends_after_it_or_begins_before(self) -> None:
        day = timedelta(days=1)
        assert codes(draft(sketch(span=Span(QUARTER.first, QUARTER.last + day)))) == {"ends_after_cycle"}
        assert codes(draft(sketch(span=Span(QUARTER.first - day, QUARTER.last)))) == {"begins_before_cycle"}


class TestMistakes:
    @pytest.mark.parametrize(("count", "severity"), [(1, ""), (5, ""), (6, "hint"), (10, "hint"), (11, "refused")])
    def test_key_results_by_number(self, count: int, severity: str) -> None:
        hints = coach.count_of_key_results(draft(*[sketch()] * count))
        assert [hint.severity for hint in hints] == ([severity] if severity else [])

    @pytest.mark.parametrize(
        ("title", "number"),
        [
            ("Tăng doanh số bán hàng trực tuyến của sản phẩm Y lên 30%", "30%"),
            ("Đạt 10 tỷ doanh thu", "10 tỷ"),
            ("Ký 5 hợp đồng mới", "5 hợp đồng"),
            ("Giảm còn 6,4 %", "6,4 %"),
            ("Win 1,000 customers", "1,000 customers"),
            ("Save $500", "$500"),
            ("Thu 1.000.000 ₫", "1.000.000 ₫"),
            ("Mở 12 quầy", "12 quầy"),
        ],
    )
    def test_an_objective_with_a_number(self, title: str, number: str) -> None:
        hint = only(coach.number_in_objective(draft(sketch(symbol="quầy"), title=title)))
        assert hint.terms == {"number": number}
        assert not coach.number_in_objective(draft(title=title, kind="kpi")), "a KPI is a number"

    @pytest.mark.parametrize(
        "title",
        [
            "Trở thành công ty công nghệ số 1",
            "Tăng nhận diện trong quý 1 năm 2026",
            "Ra mắt phiên bản 2.0",
            "Be the best place to work in 2026",
            "Dẫn đầu trong 6 tháng",
            "",
        ],
    )
    def test_an_objective_without(self, title: str) -> None:
        assert not coach.number_in_objective(draft(title=title))

    def test_the_same_metric_twice(self) -> None:
        hint = only(coach.same_metric(draft(sketch(twins=("Doanh thu phòng", "Khác")))))
        assert hint.terms == {"other": "Doanh thu phòng", "more": 1}
        assert not coach.same_metric(draft())

    def test_a_metric_that_does_not_say_how_it_is_measured(self) -> None:
        assert codes(draft(sketch(metric=True))) == {"metric_unexplained"}
        assert not codes(draft(sketch(metric=True, explained=True)))

    @pytest.mark.parametrize(("target", "found"), [(7, True), (8, False), (9, False)])
    def test_a_kpis_target_below_what_it_reached(self, target: int, found: bool) -> None:
        past = (Past(None, Fraction(8), 90, "Quý IV"), Past(None, Fraction(6), 90, "Quý III"))
        level = sketch(start=None, target=Fraction(target), aggregate="average", past=past)
        hints = coach.below_what_was_reached(draft(level, kind="kpi"))
        assert [(hint.terms["reached"], hint.terms["cycle"]) for hint in hints] == ([(8, "Quý IV")] if found else [])
        assert not coach.below_what_was_reached(draft(level)), "of an OKR that is what A is for"

    def test_amounts_are_brought_to_the_days_of_now(self) -> None:
        year = (Past(None, Fraction(400), 360, "2025"),)
        kpi = [sketch(start=None, aggregate="sum", target=Fraction(target), past=year) for target in (99, 100)]
        assert [len(coach.below_what_was_reached(draft(one, kind="kpi"))) for one in kpi] == [1, 0]

    def test_less_is_better_for_a_ceiling(self) -> None:
        past = (Past(None, Fraction(4), 90),)
        ceilings = [sketch(start=None, direction="decrease", target=Fraction(target), past=past) for target in (5, 4)]
        assert [len(coach.below_what_was_reached(draft(one, kind="kpi"))) for one in ceilings] == [1, 0]

    def test_no_check_in_for_two_rhythms(self) -> None:
        quiet = [draft(around=Around(silent_days=days, rhythm_days=14)) for days in (28, 29)]
        assert [codes(goal) for goal in quiet] == [set(), {"no_check_in"}]
        assert coach.silent_since(date(2026, 1, 9), date(2026, 1, 1), None) == 8
        assert coach.silent_since(date(2026, 1, 9), date(2026, 1, 1), date(2026, 1, 8)) == 1
        assert coach.silent_since(date(2026, 1, 9), date(2026, 2, 1), None) == 0

    def test_too_many_goals_for_one_person(self) -> None:
        assert [codes(draft(around=Around(owner_goals=count))) for count in (7, 8)] == [set(), {"too_many_goals"}]

    @pytest.mark.parametrize(
        ("results", "found"),
        [
            ([[1, 1], [1]], True),
            ([[1, 1], [1], [0]], True),
            ([[1], [Fraction(99, 100)]], False),
            ([[1]], False),
            ([[1], []], False),
        ],
    )
    def test_everything_reached_two_cycles_running(self, results: list[list[Any]], found: bool) -> None:
        around = Around(results=tuple(tuple(Fraction(one) for one in cycle) for cycle in results))
        assert codes(draft(around=around)) == ({"raise_the_bar"} if found else set())

    @pytest.mark.parametrize(
        ("facts", "found"),
        [
            ({}, True),
            ({"by_head": 2}, False),
            ({"by_head": 0}, False),
            ({"unit_goals": 2, "by_head": 2}, False),
            ({"unit_people": 2}, False),
        ],
    )
    def test_nobody_but_the_head_writes_goals(self, facts: dict[str, int], found: bool) -> None:
        given: dict[str, Any] = {"unit_goals": 3, "by_head": 3, "unit_people": 3} | facts
        around = Around(**given)
        assert codes(draft(around=around)) == ({"only_the_head_writes"} if found else set())

    def test_a_kpi_behind_two_periods_running(self) -> None:
        around = Around(behind=(Fraction(1, 2), Fraction(0)))
        assert codes(draft(kind="kpi", around=around)) == {"kpi_behind"}
        assert not codes(draft(around=around))

    @pytest.mark.parametrize(
        ("ended", "found"),
        [
            ([(Fraction(1), False), (Fraction(1, 2), False), (None, True)], (0, Fraction(1, 2))),
            ([(Fraction(1, 2), False)], ()),
            ([(Fraction(1, 2), False), (Fraction(7, 10), False)], ()),
            ([(Fraction(1, 2), False), (Fraction(1, 2), False), (None, False)], (Fraction(1, 2),) * 2),
            ([], ()),
        ],
    )
    def test_the_last_two_periods(self, ended: list[tuple[Fraction | None, bool]], found: tuple[Fraction, ...]) -> None:
        assert last_two_behind(ended, Fraction(7, 10)) == found
