"""Why a number is what it is: the terms that made it, one line a term, from the objects that computed it (rules §6)."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from goalsite.domain.goals import Goal, GoalStanding, World, computed_result
from goalsite.domain.measure import Measure, total_target
from goalsite.domain.results import Counted, totals
from goalsite.domain.standing import Standing

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True)
class Line:
    """One term. `answer` is what the line comes to; a kind sets those of the other numbers that its words need.

    Of a measure: fed (answer: the value), no_checkin, cannot_calculate, formula, steps, done, keep, keep_periods, ceiling, increase, decrease,
    capped (answer: counted; part: raw; whole: cap), floored.
    Of a goal: measure, supporter, others; of its pace: pace; of its result: score, aspirational, progress.
    Of a total: result and others with their `group` (okr, kpi), then mean for each kind, then total.
    In a weighted mean `answer` is share × value, so the answers add up to the mean.
    """

    kind: str
    answer: Fraction | None
    key: Hashable = None
    group: str = ""
    part: Fraction | None = None
    whole: Fraction | None = None
    current: Fraction | None = None
    start: Fraction | None = None
    target: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    weight: Fraction | None = None
    share: Fraction | None = None
    value: Fraction | None = None
    count: int = 1
    provisional: bool = False


def of_measure(measure: Measure, standing: Standing) -> list[Line]:
    """Why the measure's counted progress is what it is; the last line's answer is that progress (None: cannot be calculated)."""
    lines = [Line("fed", standing.current)] if measure.fed_frequency is not None and standing.last_on else []
    lines.append(_raw(measure, standing))
    raw, counted = standing.raw, standing.counted
    if raw is not None and counted is not None and raw != counted:
        lines.append(Line("capped" if raw > counted else "floored", counted, part=raw, whole=measure.cap))
    return lines


def of_goal(key: Hashable, world: World, standing: GoalStanding, hidden: Collection[Hashable] = ()) -> list[Line]:
    """The terms of the goal's progress, whose answers add up to it: its measures and its supporters, hidden ones in one line."""
    goal = world.goals[key]
    lines = [
        Line("measure", None, name, weight=goal.measures[name].weight, value=found.counted or ZERO)
        for name, found in standing.measures.items()
        if goal.progress_from != "supporting"
    ]
    lines += [
        Line("supporter", None, name, weight=world.goals[name].weight, value=min(found.progress, ONE))
        for name, found in standing.supporters.items()
        if found.progress is not None and world.goals[name].weight
    ]
    return _weighed(lines, hidden)


def of_pace(standing: Standing | GoalStanding) -> list[Line]:
    """Why the pace is what it is: progress ÷ expected; nothing where there is no pace."""
    progress = standing.counted if isinstance(standing, Standing) else standing.progress
    return [] if standing.pace is None else [Line("pace", standing.pace, part=progress, whole=standing.expected)]


def of_result(goal: Goal, progress: Fraction | None, aspirational_full: Fraction) -> list[Line]:
    """Why the goal's result is what it is: the approved score, or what the progress gives."""
    if goal.score is not None:
        return [Line("score", goal.score, part=progress)]
    answer = computed_result(goal, progress, aspirational_full)
    if progress is not None and goal.kind == "okr" and goal.ambition == "aspirational":
        return [Line("aspirational", answer, part=progress, whole=aspirational_full)]
    return [Line("progress", answer)]


def of_total(goals: Mapping[Hashable, Counted], kpi_share: Fraction, hidden: Collection[Hashable] = ()) -> list[Line]:
    """The terms of each kind's mean, that mean, and the total last (no line of it where there is none). Hidden goals are summed by kind."""
    found = totals(goals.values(), kpi_share)
    means = {"okr": (found.okr, ONE - kpi_share), "kpi": (found.kpi, kpi_share)}
    both = found.okr is not None and found.kpi is not None
    lines: list[Line] = []
    for group, (mean, share) in means.items():
        if mean is None:
            continue
        terms = [
            Line("result", None, name, group, weight=goal.weight, value=goal.result, provisional=goal.provisional)
            for name, goal in goals.items()
            if goal.kind == group and goal.weight and goal.result is not None
        ]
        share = share if both else ONE if share else ZERO
        lines += [*_weighed(terms, hidden), Line("mean", share * mean, group=group, share=share, value=mean)]
    if found.total is not None:
        lines.append(Line("total", found.total, share=kpi_share if both else None, provisional=found.provisional))
    return lines


def _raw(measure: Measure, standing: Standing) -> Line:
    line = Line("", standing.raw, current=standing.current, part=standing.part, whole=standing.whole)
    if standing.last_on is None:
        return Line("no_checkin", standing.raw)
    if standing.raw is None:
        return Line("cannot_calculate", None, current=standing.current)
    if measure.formula_is == "progress":
        return replace(line, kind="formula", part=standing.formula, whole=Fraction(100))
    if measure.direction in ("steps", "done"):
        return replace(line, kind=measure.direction)
    if measure.direction == "keep":
        kind = "keep_periods" if measure.frequency and measure.has_periods else "keep"
        return replace(line, kind=kind, low=measure.low, high=measure.high)
    if measure.is_ceiling:
        return replace(line, kind="ceiling", target=total_target(measure))
    return replace(line, kind=measure.direction, start=measure.base, target=total_target(measure))


def _weighed(lines: Iterable[Line], hidden: Collection[Hashable]) -> list[Line]:
    """The lines with the share each has of all weight and what it adds; the hidden ones in one line, last."""
    listed = [(line, line.weight or ZERO) for line in lines]
    whole = sum((weight for _, weight in listed), ZERO)
    told = [replace(line, share=w / whole, answer=w * (line.value or ZERO) / whole) for line, w in listed]
    others = [line for line in told if line.key in hidden]
    return [line for line in told if line.key not in hidden] + ([_summed(others)] if others else [])


def _summed(lines: list[Line]) -> Line:
    weight = sum((line.weight or ZERO for line in lines), ZERO)
    share = sum((line.share or ZERO for line in lines), ZERO)
    answer = sum((line.answer or ZERO for line in lines), ZERO)
    summed = Line("others", answer, group=lines[0].group, weight=weight, share=share, value=answer / share)
    return replace(summed, count=len(lines), provisional=any(line.provisional for line in lines))
