"""Cycles: what their days must satisfy, and the patterns a year is cut into (rules §1, §7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from goalsite.domain.errors import RuleError
from goalsite.domain.periods import Span

DAY = timedelta(days=1)
# What a pattern makes inside the year: (kind, months), the longest first; each lies inside the shortest before it that holds it.
PATTERNS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "quarters": (("quarter", 3),),
    "halves": (("half", 6),),
    "months": (("month", 1),),
    "halves_quarters": (("half", 6), ("quarter", 3)),
    "quarters_months": (("quarter", 3), ("month", 1)),
    "year": (),
}
MARKS = {"half": "H", "quarter": "Q", "month": "M"}
FIRST_YEAR, LAST_YEAR = 1990, 2200
DEADLINES = ("mid_review_on", "evaluate_by", "review_by")


@dataclass(frozen=True)
class Planned:
    """A cycle that a pattern would make. `kind` is year, half, quarter or month; `number` counts within the year from 1."""

    code: str
    kind: str
    number: int
    year: int
    span: Span
    parent: str = ""


def plan(pattern: str, year: int, first_month: int) -> list[Planned]:
    """The fiscal year that begins in `first_month` of `year`, and what the pattern cuts it into, each after what it lies in."""
    whole = Planned(
        str(year), "year", 1, year, Span(_first_day(year, first_month, 0), _first_day(year, first_month, 12) - DAY)
    )
    made = [whole]
    for kind, months in PATTERNS[pattern]:
        above = list(made)
        for number in range(1, 12 // months + 1):
            first = _first_day(year, first_month, (number - 1) * months)
            span = Span(first, _first_day(year, first_month, number * months) - DAY)
            parent = min((one for one in above if span.first in one.span), key=lambda one: one.span.days)
            code = f"{year}-{MARKS[kind]}{number:0{2 if kind == 'month' else 1}}"
            made.append(Planned(code, kind, number, year, span, parent.code))
    return made


def faults(span: Span, parent: tuple[str, Span] | None, deadlines: Mapping[str, date | None]) -> list[RuleError]:
    """What is wrong with a cycle's days: reversed, outside the longer cycle it lies in (its name and span), or out of order."""
    if span.last < span.first:
        return [RuleError("dates_reversed", "ends_on", first=span.first, last=span.last)]
    found: list[RuleError] = []
    if parent is not None:
        what, around = parent
        for name, day in (("starts_on", span.first), ("ends_on", span.last)):
            if day not in around:
                found.append(RuleError("span_outside", name, day=day, what=what, first=around.first, last=around.last))
    middle = deadlines.get("mid_review_on")
    if middle is not None and middle not in span:
        found.append(RuleError("mid_review_outside", "mid_review_on", day=middle, first=span.first, last=span.last))
    evaluate, review = deadlines.get("evaluate_by"), deadlines.get("review_by")
    for name in ("evaluate_by", "review_by"):
        due = deadlines.get(name)
        if due is not None and due < span.first:
            found.append(RuleError("deadline_before_cycle", name, day=due, first=span.first))
    if evaluate is not None and review is not None and review < evaluate:
        found.append(RuleError("review_before_evaluation", "review_by", day=review, evaluate_by=evaluate))
    return found


def _first_day(year: int, first_month: int, months: int) -> date:
    years, month = divmod(first_month - 1 + months, 12)
    return date(year + years, month + 1, 1)
