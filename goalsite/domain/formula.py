"""A metric's formula: arithmetic over `value`, `target` and `start`, evaluated exactly and safely (rules §2)."""

import ast
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import inf

from goalsite.domain.errors import RuleError

NAMES = ("value", "target", "start")
LONGEST = 500
LARGEST_BITS = 512
DEEPEST = 100
BASE_GOAL_NAMES = {"$value": "value", "$target": "target", "$initial": "start"}

_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARE = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_FUNCTIONS = {"min": min, "max": max, "abs": abs}


def translated(text: str) -> str:
    """Base Goal's `$value`, `$target`, `$initial` written as ours."""
    return re.sub(r"\$(value|target|initial)\b", lambda found: BASE_GOAL_NAMES[found[0]], text).strip()


def check(text: str) -> None:
    """Refuses a formula that cannot be read. Raises RuleError formula_unreadable, formula_too_long, formula_name, formula_not_allowed."""
    _parsed(text)


def evaluate(text: str, numbers: Mapping[str, Fraction | None]) -> Fraction | None:
    """The formula's answer; none where it cannot be calculated: a division by zero, a missing number, or a number too large."""
    try:
        answer = _value(_parsed(text), numbers)
    except (ZeroDivisionError, _CannotSay):
        return None
    return Fraction(answer)


class _CannotSay(Exception):
    """Nothing to compute from, or out of bounds."""


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise RuleError("formula_too_long", "formula", longest=LONGEST)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise RuleError("formula_unreadable", "formula") from None
    _refuse_foreign(tree, DEEPEST)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = _literal(text.strip(), node)
    return tree


def _literal(text: str, node: ast.Constant) -> str:
    """The number as it is written, since a float keeps some 16 digits only; as Python reads it where it is no plain decimal."""
    written = (ast.get_source_segment(text, node) or "").replace("_", "")
    return written if re.fullmatch(r"[0-9]+\.[0-9]*|\.[0-9]+", written) else str(node.value)


def _refuse_foreign(node: ast.expr, deepest: int) -> None:
    if not deepest:
        raise RuleError("formula_not_allowed", "formula")
    match node:
        case ast.Constant(value=bool() | str() | bytes() | None) | ast.Constant(value=complex()):
            raise RuleError("formula_not_allowed", "formula")
        case ast.Constant(value=int() | float() as number) if abs(number) != inf:
            children: list[ast.expr] = []
        case ast.Name(id=name):
            if name not in NAMES:
                raise RuleError("formula_name", "formula", name=name)
            children = []
        case ast.BinOp(op=op) if isinstance(op, _BINARY):
            children = [node.left, node.right]
        case ast.UnaryOp(op=ast.UAdd() | ast.USub()):
            children = [node.operand]
        case ast.Compare(ops=ops) if all(isinstance(op, _COMPARE) for op in ops):
            children = [node.left, *node.comparators]
        case ast.IfExp():
            children = [node.test, node.body, node.orelse]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS and arguments:
            if name == "abs" and len(arguments) != 1:
                raise RuleError("formula_not_allowed", "formula")
            children = arguments
        case _:
            raise RuleError("formula_not_allowed", "formula")
    for child in children:
        _refuse_foreign(child, deepest - 1)


def _value(node: ast.expr, numbers: Mapping[str, Fraction | None]) -> Fraction:
    match node:
        case ast.Constant(kind=str() as written):
            return _bounded(Fraction(written))
        case ast.Name(id=name):
            said = numbers.get(name)
            if said is None:
                raise _CannotSay
            return _bounded(said)
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_binary(op, _value(left, numbers), _value(right, numbers)))
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, numbers)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            terms = [_value(left, numbers), *(_value(term, numbers) for term in comparators)]
            return Fraction(
                all(_compare(op, *pair) for op, pair in zip(ops, zip(terms, terms[1:], strict=False), strict=True))
            )
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, numbers) else orelse, numbers)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            terms = [_value(argument, numbers) for argument in arguments]
            return abs(terms[0]) if name == "abs" else (min(terms) if name == "min" else max(terms))
    raise _CannotSay


def _binary(op: ast.operator, left: Fraction, right: Fraction) -> Fraction:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case _:
            return left / right


def _compare(op: ast.cmpop, left: Fraction, right: Fraction) -> bool:
    match op:
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case ast.Eq():
            return left == right
        case _:
            return left != right


def _bounded(number: Fraction) -> Fraction:
    if number.numerator.bit_length() > LARGEST_BITS or number.denominator.bit_length() > LARGEST_BITS:
        raise _CannotSay
    return number
