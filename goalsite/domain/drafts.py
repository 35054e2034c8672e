"""What a goal that is being written must satisfy, as a draft and to become active (rules §1, §3, §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from goalsite.domain import definition
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Measure
from goalsite.domain.periods import Span

MOST_KEY_RESULTS = 10
HUNDRED = Fraction(100)
# A fault, and the place of the measure it concerns, or None for the goal.
Fault = tuple[int | None, RuleError]


@dataclass(frozen=True)
class Plan:
    """A goal as it is written: its dates, its cycle's, and its measures in order."""

    kind: str
    span: Span
    cycle: Span
    cycle_name: str
    title: str
    measures: Sequence[Measure]
    progress_from: str = "measures"
    evaluated_by: str = "progress"


def faults(plan: Plan, *, draft: bool) -> list[Fault]:
    """Everything that is wrong with it. A draft may lack things and its spans need not lie inside one another; it may not contradict itself."""
    found: list[Fault] = []
    if plan.kind == "kpi" and plan.progress_from != "measures":
        found.append((None, RuleError("kpi_progress_from", "progress_from")))
    if plan.span.last < plan.span.first:
        found.append((None, RuleError("dates_reversed", "due_on", first=plan.span.first, last=plan.span.last)))
        return found
    for place, measure in enumerate(plan.measures):
        fed = measure.fed_frequency is not None and measure.direction == "steps"
        found += [(place, error) for error in definition.faults(measure, draft=draft) if not fed]
    if len(plan.measures) > MOST_KEY_RESULTS and plan.kind == "okr":
        found.append((None, _too_many(plan)))
    return found if draft else [*found, *_to_activate(plan)]


def weights_fault(total: Fraction, owner: str) -> RuleError | None:
    """Where the cycle wants it, the weights of a person's goals of one kind come to 100 (rules §3)."""
    return None if total == HUNDRED else RuleError("weights_not_100", "weight", total=total, owner=owner)


def _to_activate(plan: Plan) -> list[Fault]:
    found: list[Fault] = []
    count = len(plan.measures)
    if plan.kind == "kpi" and count != 1:
        found.append((None, RuleError("kpi_needs_one_measure", "", count=str(count))))
    elif not count and plan.progress_from == "measures" and plan.evaluated_by != "manager":
        found.append((None, RuleError("okr_needs_measures")))
    for name, day in (("starts_on", plan.span.first), ("due_on", plan.span.last)):
        if day not in plan.cycle:
            found.append((None, _outside(name, day, plan.cycle, plan.cycle_name)))
    for place, measure in enumerate(plan.measures):
        for name, day in (("starts_on", measure.span.first), ("due_on", measure.span.last)):
            if day not in plan.span:
                found.append((place, _outside(name, day, plan.span, plan.title)))
    return found


def _too_many(plan: Plan) -> RuleError:
    return RuleError("okr_too_many_measures", "", count=str(len(plan.measures)), most=str(MOST_KEY_RESULTS))


def _outside(name: str, day: object, span: Span, what: str) -> RuleError:
    return RuleError("span_outside", name, day=day, first=span.first, last=span.last, what=what)
