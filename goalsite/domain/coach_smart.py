"""SMART, letter by letter, per key result (product: "The coach")."""

from dataclasses import dataclass
from fractions import Fraction

from goalsite.domain.coach_facts import Draft, Hint, Sketch, about
from goalsite.domain.coach_words import begins_with_output, only_verbs

LETTERS = "smart"
ZERO = Fraction(0)
SPREADS = 2
LEAST_SPREAD = Fraction(1, 4)


@dataclass(frozen=True)
class Letter:
    """One letter of SMART over the whole goal: good, look (with its hints), or unknown where there is nothing to judge by."""

    letter: str
    verdict: str
    hints: tuple[Hint, ...] = ()


def letter_of(letter: str, goal: Draft) -> Letter:
    """One letter over all key results; where there is nothing to judge by, it is unknown."""
    if letter == "r":
        hints = tuple(relevant(goal))
        return Letter(letter, "look" if hints else "good", hints)
    judge = {"s": specific, "m": measurable, "a": achievable, "t": in_time}[letter]
    judged = [sketch for sketch in goal.measures if letter != "a" or typical(sketch)]
    hints = tuple(hint for sketch in judged for hint in judge(sketch, goal))
    return Letter(letter, "unknown" if not judged else "look" if hints else "good", hints)


def specific(sketch: Sketch, goal: Draft) -> list[Hint]:
    """S: the title says what changes, not only a verb or a task."""
    if not sketch.title.strip():
        return [about(sketch, "title_missing", "s")]
    if only_verbs(sketch.title):
        return [about(sketch, "only_a_verb", "s")]
    verb = begins_with_output(sketch.title)
    return [about(sketch, "output_verb", "s", verb=verb)] if verb else []


def measurable(sketch: Sketch, goal: Draft) -> list[Hint]:
    """M: metric, start and target are there and differ."""
    if sketch.direction == "done":
        return []
    if sketch.direction == "steps":
        return [] if sketch.steps else [about(sketch, "steps_missing", "m")]
    found = [] if sketch.metric or sketch.symbol.strip() else [about(sketch, "metric_missing", "m")]
    if sketch.direction == "keep":
        bounded = sketch.low is not None or sketch.high is not None
        return found if bounded else [*found, about(sketch, "bounds_missing", "m")]
    if sketch.target is None:
        return [*found, about(sketch, "target_missing", "m")]
    # An amount begins at nothing, and an indicator may be a level to hold.
    if sketch.start is None and goal.kind == "okr" and sketch.aggregate != "sum":
        return [*found, about(sketch, "start_missing", "m")]
    if sketch.start is not None and sketch.start == sketch.target:
        return [*found, about(sketch, "start_is_target", "m", target=sketch.target)]
    return found


def achievable(sketch: Sketch, goal: Draft) -> list[Hint]:
    """A: the target against what this metric did in earlier cycles, typical change ± spread. An aspirational goal may reach further."""
    usual = typical(sketch)
    wanted = gain(sketch)
    if usual is None or wanted is None:
        return []
    change, spread = usual
    side = sketch.sign if sketch.is_level else 1
    said: dict[str, object] = {
        "wanted": side * wanted,
        "typical": side * change,
        "spread": spread,
        "cycles": len(_comparable(sketch)),
    }
    if wanted > change + SPREADS * spread and goal.ambition != "aspirational":
        return [Hint("target_far", "a", sketch, terms=said)]
    return [Hint("target_easy", "a", sketch, terms=said)] if wanted < change - SPREADS * spread else []


def relevant(goal: Draft) -> list[Hint]:
    """R: it supports something, or is a company goal."""
    if goal.company or goal.supports:
        return []
    return [Hint("kpi_supports_nothing" if goal.kind == "kpi" else "supports_nothing", "r")]


def in_time(sketch: Sketch, goal: Draft) -> list[Hint]:
    """T: it ends inside the cycle."""
    if sketch.span.last > goal.cycle.last:
        return [about(sketch, "ends_after_cycle", "t", due_on=sketch.span.last, ends_on=goal.cycle.last)]
    if sketch.span.first < goal.cycle.first:
        return [about(sketch, "begins_before_cycle", "t", starts_on=sketch.span.first, first=goal.cycle.first)]
    return []


def gain(sketch: Sketch) -> Fraction | None:
    """How far the target lies from where it begins, counted the way that is wanted; of a level without a start, the level itself."""
    if not sketch.moves or sketch.target is None:
        return None
    return sketch.sign * (sketch.target - (sketch.start or ZERO))


def typical(sketch: Sketch) -> tuple[Fraction, Fraction] | None:
    """(mean, spread) of what the metric gained in earlier cycles, for as many days as now; None where nothing compares.

    The spread is the mean distance from the mean, and at least a quarter of it: one earlier cycle is no law.
    """
    changes = _comparable(sketch)
    if not changes or gain(sketch) is None:
        return None
    mean = sum(changes, ZERO) / len(changes)
    spread = sum((abs(change - mean) for change in changes), ZERO) / len(changes)
    return mean, max(spread, abs(mean) * LEAST_SPREAD)


def _comparable(sketch: Sketch) -> list[Fraction]:
    """What it gained each time. Growth and amounts take time and are brought to the days of now; a level is a level."""
    found = []
    for past in sketch.past:
        if sketch.aggregate != "sum" and (past.start is None) != (sketch.start is None):
            continue
        change = sketch.sign * (past.reached - (past.start or ZERO))
        found.append(change * sketch.span.days / past.days if not sketch.is_level else change)
    return found
