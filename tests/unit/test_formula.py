"""Formulas: what they may say, what they answer, and that they are safe (rules §2)."""

import operator
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.errors import RuleError
from goalsite.domain.formula import LONGEST, check, evaluate, translated

NUMBERS = {"value": Fraction(35), "target": Fraction(30), "start": Fraction(5)}
LARGEST = "900000000000000.1234"


def code_of(text: str) -> str:
    with pytest.raises(RuleError) as refused:
        check(text)
    assert refused.value.field == "formula"
    return refused.value.code


class TestEvaluate:
    @pytest.mark.parametrize(
        ("text", "answer"),
        (
            ("(value-target)*100/target", Fraction(50, 3)),
            ("value", 35),
            ("-value + +target", -5),
            ("start - 2 - 1", 2),
            ("2 + 3 * 4", 14),
            ("value / 10", Fraction(7, 2)),
            ("min(value, target)", 30),
            ("max(1, 2, start)", 5),
            ("abs(target - value)", 5),
            ("100 if value >= target else 0", 100),
            ("1 if value < target else 2", 2),
            ("value > target", 1),
            ("value == target", 0),
            ("value != target", 1),
            ("1 < start <= 5", 1),
            ("1 < start < 5", 0),
            ("0.1 + 0.2", Fraction(3, 10)),
            ("1_000 * 1", 1000),
            (".5 + 2.", Fraction(5, 2)),
            ("1e3", 1000),
            ("(1 +\n 2)", 3),
        ),
    )
    def test_it_answers_exactly(self, text: str, answer: Any) -> None:
        assert evaluate(text, NUMBERS) == answer

    def test_the_largest_number_keeps_every_digit(self) -> None:
        assert evaluate(f"{LARGEST} + 0", {}) == Fraction(LARGEST)
        assert evaluate("value + 0", {"value": Fraction(LARGEST)}) == Fraction(LARGEST)

    @pytest.mark.parametrize("text", ("1 / 0", "value / (value - 35)", "1 / (0 * value)"))
    def test_a_division_by_zero_cannot_be_calculated(self, text: str) -> None:
        assert evaluate(text, NUMBERS) is None

    def test_a_branch_not_taken_is_not_calculated(self) -> None:
        assert evaluate("1 if value else 1 / 0", NUMBERS) == 1

    @pytest.mark.parametrize("numbers", ({}, {"value": None}))
    def test_a_missing_number_cannot_be_calculated(self, numbers: dict[str, Fraction | None]) -> None:
        assert evaluate("value * 2", numbers) is None

    def test_a_number_too_large_cannot_be_calculated(self) -> None:
        assert evaluate("*".join(["value"] * 50), {"value": Fraction(10**14)}) is None
        assert evaluate("9" * 400, {}) is None


class TestTranslated:
    def test_base_goals_names_become_ours(self) -> None:
        assert translated(" ($value - $initial) / ($target - $initial) ") == "(value - start) / (target - start)"

    def test_others_stay_and_are_refused(self) -> None:
        assert translated("$values + $x") == "$values + $x"
        assert code_of(translated("$values")) == "formula_unreadable"


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        (
            "value.real",
            "value.__class__",
            "().__class__.__bases__[0].__subclasses__()",
            "value[0]",
            "2 ** 9",
            "value ** value",
            "5 // 2",
            "5 % 2",
            "1 << 99",
            "1 | 2",
            "~1",
            "not value",
            "value and target",
            "'a' * 9",
            '"a"',
            "b'a'",
            "f'{value}'",
            "True",
            "None",
            "...",
            "1j",
            "[1]",
            "(1, 2)",
            "{1: 2}",
            "lambda: 1",
            "(value := 3)",
            "[x for x in (1, 2)]",
            "min()",
            "abs(1, 2)",
            "min(*[1])",
            "max(1, default=2)",
            "max(1, key=abs)",
            "pow(2, 9)",
            "open(1)",
            "__import__('os')",
            "exit()",
            "min(1)(2)",
            "abs(min)(1)",
            "value in target",
            "value is target",
            "1e999",
        ),
    )
    def test_anything_else(self, text: str) -> None:
        assert code_of(text) in ("formula_not_allowed", "formula_name")

    @pytest.mark.parametrize("text", ("profit", "min", "min + 1", "__builtins__", "values"))
    def test_a_name_it_does_not_know(self, text: str) -> None:
        assert code_of(text) == "formula_name"

    @pytest.mark.parametrize(
        "text", ("", " ", "1 +", "value target", "1;2", "import os", "x = 1", "\0", "((", "\ud800", "$x")
    )
    def test_what_cannot_be_read(self, text: str) -> None:
        assert code_of(text) == "formula_unreadable"

    def test_one_too_long(self) -> None:
        assert code_of("1+" * LONGEST) == "formula_too_long"

    @pytest.mark.parametrize("text", ("-" * 499 + "1", "(" * 249 + "1" + ")" * 249, "+".join("1" * 250)))
    def test_one_too_deep(self, text: str) -> None:
        with pytest.raises(RuleError):
            check(text)

    @pytest.mark.parametrize(
        "text",
        (
            "9" * LONGEST,
            "*".join(["9" * 9] * 40),
            "1e-99999999",
            "9e99999999",
            "1." + "0" * 490 + "1",
            "*".join(["value"] * 80),
            "(((" * 160,
        ),
    )
    def test_the_greediest_take_no_time(self, text: str) -> None:
        begun = time.monotonic()
        answers(text, {"value": Fraction(10**14, 3)})
        assert time.monotonic() - begun < 0.5


def answers(text: str, numbers: Any) -> Fraction | RuleError | None:
    try:
        return evaluate(text, numbers)
    except RuleError as refused:
        return refused


class TestAnyText:
    @given(st.text() | st.text(alphabet="0123456789.eE_()+-*/<>=! ,minaxbsvlutrgef$\n'\"[]:#", max_size=60))
    def test_only_a_rule_error_ever_comes(self, text: str) -> None:
        answers(text, NUMBERS)


Tree = tuple[str, Callable[[dict[str, Fraction]], Fraction]]

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


def _name(name: str) -> Tree:
    return name, lambda numbers: numbers[name]


def _literal(text: str) -> Tree:
    return text, lambda _: Fraction(text)


def _binary(sign: str, left: Tree, right: Tree) -> Tree:
    return f"({left[0]} {sign} {right[0]})", lambda n: Fraction(OPERATORS[sign](left[1](n), right[1](n)))


def _choice(test: Tree, yes: Tree, no: Tree) -> Tree:
    return f"({yes[0]} if {test[0]} else {no[0]})", lambda n: yes[1](n) if test[1](n) else no[1](n)


def _call(name: str, terms: list[Tree]) -> Tree:
    chosen: Callable[..., Fraction] = {"min": min, "max": max}[name]
    return f"{name}({', '.join(term[0] for term in terms)})", lambda n: chosen(*[term[1](n) for term in terms])


def _unary(sign: str, term: Tree) -> Tree:
    signs: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "abs": abs}
    act = signs[sign]
    return f"{sign}({term[0]})", lambda numbers: act(term[1](numbers))


trees: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from(("value", "target", "start")).map(_name)
    | st.decimals(0, 10**6, places=4).map(lambda number: _literal(str(number)))
    | st.integers(0, 10**6).map(lambda number: _literal(str(number))),
    lambda inner: st.one_of(
        st.builds(_binary, st.sampled_from(sorted(OPERATORS)), inner, inner),
        st.builds(_choice, inner, inner, inner),
        st.builds(_call, st.sampled_from(("min", "max")), st.lists(inner, min_size=2, max_size=3)),
        st.builds(_unary, st.sampled_from(("-", "+", "abs")), inner),
    ),
    max_leaves=8,
)


class TestAgainstPython:
    @given(
        trees,
        st.fixed_dictionaries(dict.fromkeys(("value", "target", "start"), st.fractions(-99, 99, max_denominator=99))),
    )
    def test_it_agrees_on_every_expression(self, tree: Tree, numbers: dict[str, Fraction]) -> None:
        text, calculate = tree
        if len(text) > LONGEST:
            return
        try:
            answer: Fraction | None = calculate(numbers)
        except ZeroDivisionError:
            answer = None
        assert evaluate(text, numbers) == answer
