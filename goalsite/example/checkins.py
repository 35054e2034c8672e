"""The numbers people reported: how each measure's check-ins went, through yesterday.

A measure's outline says how: `pace` (1 keeps up with time, 0.5 is half as fast), `den` (a ratio's usual denominator), `values` (week by
week, - for a gap), `out` (the weeks a keep was outside), `done` (when), `gap` (every fourth week is missed), `quiet` (none at all),
`weekly` or `monthly` (how often, where not as often as the measure asks), `says` and `note` (the latest ones' confidence and words).
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from math import floor, log10

from goalsite.domain.measure import Entry, total_target
from goalsite.domain.periods import DAY, Calendar, Period, cut
from goalsite.example.goals import WITHOUT_PAST, MadeGoal, MadeMeasure
from goalsite.example.notes import note
from goalsite.example.spans import calendar, day_in, weeks

ONE = Fraction(1)
# Who keeps up with time is, on the day of a check-in, as far as time will be in the middle of the week after it.
AHEAD = DAY * 5
# Good weeks and bad ones of a weekly twenty; the last three leave three to make up.
BALANCED = (20, 22, 18, 21, 19, 20)
SHORT_BY_THREE = {0: (), 1: (17,), 2: (23, 14), 3: (18, 25, 14)}


@dataclass(frozen=True)
class Report:
    """One check-in: what was reported, and how it stood against the plan (`pace`, 1 is on plan)."""

    on: date
    pace: Fraction
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    step: str = ""
    confidence: str = "on_track"
    note: str = ""

    @property
    def entry(self) -> Entry:
        at = datetime.combine(self.on, time(10), UTC)
        return Entry(self.on, at, self.value, self.numerator, self.denominator, self.step)


def noise(*names: object) -> Fraction:
    """A number within [-1, 1] that is always the same for the same names."""
    return Fraction(zlib.crc32("/".join(map(str, names)).encode()) % 2001 - 1000, 1000)


def reports(goal: MadeGoal, made: MadeMeasure, today: date) -> list[Report]:
    """All check-ins of the measure in the order of their days, none later than yesterday."""
    if "quiet" in made.options or "fed" in made.options or goal.state in WITHOUT_PAST:
        return []
    days = [(place, period, on) for place, period, on in _days(goal, made) if _spoke(goal, made, place, on, today)]
    found = list(_numbers(goal, made, days, today))
    return _worded(goal, made, found)


def _numbers(goal: MadeGoal, made: MadeMeasure, days: list[tuple[int, Period, date]], today: date) -> Iterator[Report]:
    rule = made.rule
    if rule.direction in ("done", "steps"):
        return _ticks(made, days)
    if "values" in made.options:
        return _given(made, days)
    if "weekly20" in made.options and goal.cycle.role == "c":
        return _twenties(days, today)
    if rule.direction == "keep":
        return _kept(goal, made, days)
    if rule.aggregate == "sum":
        return _amounts(goal, made, days)
    return _levels(goal, made, days)


def _days(goal: MadeGoal, made: MadeMeasure) -> Iterator[tuple[int, Period, date]]:
    """The periods in which the measure is reported, counted from 1, and the day on which its owner does."""
    rule, options = made.rule, made.options
    if "weekly" in options or (not rule.frequency and goal.cycle.role not in "yz"):
        every = "week"
    else:
        every = "month" if "monthly" in options or not rule.frequency else rule.frequency
    # Contracts are signed in the week of Tết too: the weekly twenty has no week without a number.
    works = Calendar(frozenset(range(7))).works if "weekly20" in options else calendar(rule.span.first.year).works
    periods = weeks(rule.span) if every == "week" else cut(every, rule.span, rule.calendar)
    for place, period in enumerate(periods, start=1):
        on = day_in(period, made.by.habit, works)
        if on:
            yield place, period, on


def _spoke(goal: MadeGoal, made: MadeMeasure, place: int, on: date, today: date) -> bool:
    """The check-in was made: before today, not in the person's silent weeks, and not forgotten."""
    by = made.by
    silent_from = today - DAY * today.weekday() - DAY * 7 * (by.silent - 1)
    if not made.rule.frequency and silent_from + DAY * 4 > goal.cycle.span.last:
        # The quarter ends before this week's Friday: what is due is last Friday's.
        silent_from -= DAY * 7
    if on >= today or (by.left_on and on > by.left_on) or (by.silent and goal.cycle.role == "c" and on >= silent_from):
        return False
    if "values" in made.options or "weekly20" in made.options or made.rule.frequency == "day":
        return True
    if "gap" in made.options:
        return place % 4 != 0
    # Closed quarters are told in fewer words; elsewhere a week is forgotten now and then.
    if goal.cycle.role in "ab" and not made.rule.frequency:
        return place % 2 == 1
    return noise(by.key, on.isocalendar().week, "forgot") > Fraction(-88, 100)


def _ticks(made: MadeMeasure, days: list[tuple[int, Period, date]]) -> Iterator[Report]:
    """Steps ticked when the outline says so, and until then that the next is not done; likewise for a done."""
    steps = made.outline.steps
    plan = [(line.words[0], line.options.get("done", "")) for line in steps] or [("", made.options.get("done", ""))]
    waiting = list(plan)
    for place, _period, on in days:
        while waiting and waiting[0][1] and place >= _week(waiting[0][1]):
            yield Report(on, ONE, ONE, step=waiting.pop(0)[0])
        if not waiting:
            return
        late = bool(waiting[0][1]) and place >= _week(waiting[0][1])
        yield Report(on, Fraction(8, 10) if late else ONE, Fraction(0), step=waiting[0][0])


def _given(made: MadeMeasure, days: list[tuple[int, Period, date]]) -> Iterator[Report]:
    values = made.options["values"].split(",")
    rule = made.rule
    so_far = rule.base
    for place, period, on in days:
        text = values[min(place, len(values)) - 1]
        if text == "-":
            continue
        if "/" in text:
            numerator, denominator = (Fraction(part) for part in text.split("/"))
            share = numerator / denominator * 100 / (rule.target or ONE)
            yield Report(on, share, numerator=numerator, denominator=denominator)
            continue
        value = Fraction(text)
        so_far = so_far + value if rule.aggregate == "sum" else value
        gone = rule.span.elapsed(period.last) or ONE
        total = (rule.target or ONE) - rule.base
        yield Report(on, (so_far - rule.base) / total / gone, value)


def _twenties(days: list[tuple[int, Period, date]], today: date) -> Iterator[Report]:
    """The weeks before this one: together three short of twenty each."""
    before = [(period, on) for _, period, on in days if period.last < today - DAY * today.weekday()]
    last = SHORT_BY_THREE[min(len(before), 3)]
    earlier = len(before) - len(last)
    pattern = [20] * (earlier % 2) + list(BALANCED[1:3] * 9)[: earlier - earlier % 2]
    if earlier >= 4:
        pattern[-2:] = [21, 19]
    for (_period, on), amount in zip(before, [*pattern, *last], strict=True):
        yield Report(on, Fraction(amount, 20), Fraction(amount))


def _kept(goal: MadeGoal, made: MadeMeasure, days: list[tuple[int, Period, date]]) -> Iterator[Report]:
    rule = made.rule
    outside = {int(week) for week in made.options.get("out", "0").split(",")}
    low, high = rule.low, rule.high
    if low is not None and high is not None:
        middle, reach = (low + high) / 2, (high - low) / 2
    elif low is not None:
        middle, reach = (low + 100) / 2, (100 - low) / 2
    else:
        middle, reach = (high or ONE) * Fraction(6, 10), (high or ONE) * Fraction(4, 10)
    for place, _period, on in days:
        away = Fraction(14, 10) if place in outside else noise(goal.code, place) * Fraction(7, 10)
        sign = -1 if low is not None and high is None else 1
        value = _rounded(middle + sign * away * reach, rule.decimals, 0)
        yield Report(on, Fraction(8, 10) if place in outside else ONE, value)


def _amounts(goal: MadeGoal, made: MadeMeasure, days: list[tuple[int, Period, date]]) -> Iterator[Report]:
    """A sum's amounts: the span's total by the days of each period, faster or slower as the pace says. What is not reported in a week
    comes with the next."""
    rule = made.rule
    total = (total_target(rule) or ONE) - rule.base
    pace = _pace(goal, made)
    if rule.direction == "decrease":
        pace = 2 - pace
    every = len(weeks(rule.span))
    magnitude = total / every
    owed, reported, since = Fraction(0), Fraction(0), rule.span.first - AHEAD
    for _place, period, on in days:
        share = Fraction((period.last - since).days + 1, rule.span.days)
        since = period.last + DAY
        owed += total * share * pace * (1 + noise(goal.code, made.outline.code, on) * Fraction(22, 100))
        amount = max(_rounded(owed - reported, rule.decimals, magnitude), Fraction(0))
        reported += amount
        gone = Fraction((period.last - rule.span.first).days + 1, rule.span.days)
        done = reported / total / gone
        yield Report(on, 2 - done if rule.direction == "decrease" else done, amount)


def _levels(goal: MadeGoal, made: MadeMeasure, days: list[tuple[int, Period, date]]) -> Iterator[Report]:
    """A value that moves from the start to the target, or one that is held near the target."""
    rule = made.rule
    target = rule.target or ONE
    moves = rule.start is not None and not (rule.start == 0 and rule.aggregate in ("average", "ratio"))
    pace = _pace(goal, made)
    every_week = "weekly" in made.options or rule.frequency in ("", "week")
    for _place, period, on in days:
        wave = noise(goal.code, made.outline.code, on)
        if moves or (rule.aggregate == "last" and rule.direction == "increase"):
            gone = rule.span.elapsed(on + AHEAD if every_week else period.last)
            way = min(gone * pace * (1 + wave * Fraction(6, 100)), Fraction(106, 100))
            value = rule.base + (target - rule.base) * way
            kept_up = way / gone if gone else ONE
            magnitude = abs(target - rule.base)
        else:
            kept_up = pace * (1 + wave * Fraction(4, 100))
            value = target * (2 - kept_up if rule.direction == "decrease" else kept_up)
            magnitude = target
        if rule.symbol == "%":
            value = min(value, Fraction(100))
        if rule.aggregate == "ratio":
            yield _ratio(goal, made, on, value, kept_up)
        else:
            yield Report(on, kept_up, _rounded(value, rule.decimals, magnitude))


def _ratio(goal: MadeGoal, made: MadeMeasure, on: date, value: Fraction, kept_up: Fraction) -> Report:
    usual = Fraction(made.options["den"])
    wave = noise(goal.code, made.outline.code, on, "of") * Fraction(15, 100)
    of = max(_rounded(usual * (1 + wave), 0, 0), ONE)
    return Report(on, kept_up, numerator=min(_rounded(of * value / 100, 0, 0), of), denominator=of)


def _pace(goal: MadeGoal, made: MadeMeasure) -> Fraction:
    """The outline's pace; in earlier quarters a little more or less."""
    pace = Fraction(made.options.get("pace", "1"))
    return pace if goal.is_first else pace * (1 + noise(goal.code, made.outline.code) * Fraction(9, 100))


def _rounded(value: Fraction, decimals: int, magnitude: Fraction | int) -> Fraction:
    """To the metric's decimals, or three digits of what is usual where that is coarser: 4 620 000 000, 61.5, 18."""
    places = decimals if not magnitude else min(decimals, 2 - floor(log10(abs(magnitude))))
    unit = Fraction(10) ** -places
    return floor(value / unit + Fraction(1, 2)) * unit


def _week(token: str) -> int:
    """w3 is the third period; of a year's measures m3 the third month."""
    return int(token[1:])


def _worded(goal: MadeGoal, made: MadeMeasure, found: list[Report]) -> list[Report]:
    """With the owner's call and a note."""
    worded = []
    for place, report in enumerate(found):
        confidence = (
            "on_track"
            if report.pace >= Fraction(9, 10)
            else "at_risk"
            if report.pace >= Fraction(7, 10)
            else "off_track"
        )
        latest = len(found) - place
        if place == 0 and made.rule.span.elapsed(report.on) < Fraction(1, 10):
            confidence = "on_track"
        if latest <= 3 and goal.is_first:
            confidence = made.options.get("says", confidence)
        said = made.options.get("note", "") if latest == 1 and goal.is_first else ""
        wants = noise(goal.code, made.outline.code, report.on, "note") > Fraction(35, 100) or confidence == "off_track"
        if not said and wants and not report.step:
            said = note(confidence, f"{goal.code}/{made.outline.code}/{report.on}")
        worded.append(replace(report, confidence=confidence, note=said))
    return worded
