"""The coach: what a goal could do better, by rules that can be read (product: "The coach"). It refuses one thing only: more than ten key results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from goalsite.domain.coach_facts import HINT, REFUSED, Draft, Hint, Sketch, about
from goalsite.domain.coach_smart import LETTERS, Letter, letter_of
from goalsite.domain.coach_words import number_with_unit

FEW, MOST = 5, 10
MANY_GOALS = 7
FEWEST_OF_UNIT = 3
FULL = Fraction(1)
ZERO = Fraction(0)


@dataclass(frozen=True)
class Advice:
    """What the coach says: the five letters, and the other mistakes."""

    smart: tuple[Letter, ...]
    hints: tuple[Hint, ...]

    @property
    def good(self) -> int:
        return sum(letter.verdict == "good" for letter in self.smart)

    @property
    def judged(self) -> int:
        return sum(letter.verdict != "unknown" for letter in self.smart)

    @property
    def refused(self) -> bool:
        return any(hint.severity == REFUSED for hint in self.hints)


def advise(goal: Draft) -> Advice:
    """Everything the coach has to say about the goal: SMART of all its key results, then the other mistakes, the refused first."""
    letters = tuple(letter_of(letter, goal) for letter in LETTERS)
    rules = (count_of_key_results, number_in_objective, same_metric, unexplained_metric, below_what_was_reached)
    found = [hint for rule in (*rules, behind_twice, silence, load_of_owner, bar, writers) for hint in rule(goal)]
    return Advice(letters, tuple(sorted(found, key=lambda hint: hint.severity != REFUSED)))


def count_of_key_results(goal: Draft) -> list[Hint]:
    """More than 5 key results (hint), or 10 (refused); none at all."""
    count = len(goal.measures)
    if not count and goal.needs_measures:
        return [Hint("no_indicator" if goal.kind == "kpi" else "no_key_results")]
    if goal.kind == "kpi" or count <= FEW:
        return []
    severity = REFUSED if count > MOST else HINT
    return [Hint("too_many_key_results", severity=severity, terms={"count": count, "few": FEW, "most": MOST})]


def number_in_objective(goal: Draft) -> list[Hint]:
    """An objective with a percentage or a number with a unit in it is a key result in disguise."""
    if goal.kind != "okr":
        return []
    found = number_with_unit(goal.title, (sketch.symbol for sketch in goal.measures))
    return [Hint("number_in_objective", terms={"number": found})] if found else []


def same_metric(goal: Draft) -> list[Hint]:
    """Two goals counting the same metric of the same unit."""
    return [
        about(sketch, "same_metric", other=sketch.twins[0], more=len(sketch.twins) - 1)
        for sketch in goal.measures
        if sketch.twins
    ]


def unexplained_metric(goal: Draft) -> list[Hint]:
    """A vague metric without "how measured"."""
    return [about(sketch, "metric_unexplained") for sketch in goal.measures if sketch.metric and not sketch.explained]


def below_what_was_reached(goal: Draft) -> list[Hint]:
    """A KPI's target below what it already reached."""
    if goal.kind != "kpi":
        return []
    return [hint for sketch in goal.measures if sketch.moves for hint in _below(sketch)]


def _below(sketch: Sketch) -> list[Hint]:
    # Amounts are brought to the days of now.
    sums = sketch.aggregate == "sum"
    reached = [
        ((past.reached - (past.start or ZERO)) * sketch.span.days / past.days if sums else past.reached, past.cycle)
        for past in sketch.past
    ]
    best = max(reached, key=lambda one: sketch.sign * one[0], default=None)
    if best is None or sketch.target is None:
        return []
    target = sketch.target - (sketch.start or ZERO) if sums else sketch.target
    better = sketch.sign * target >= sketch.sign * best[0]
    return [] if better else [about(sketch, "target_below_reached", target=target, reached=best[0], cycle=best[1])]


def behind_twice(goal: Draft) -> list[Hint]:
    """A KPI that is behind two periods running offers to become an OKR."""
    low = goal.around.behind
    return [Hint("kpi_behind", terms={"last": low[0], "before": low[1]})] if goal.kind == "kpi" and len(low) > 1 else []


def silence(goal: Draft) -> list[Hint]:
    """No check-in for two rhythms."""
    days = goal.around.silent_days
    if days is None or days <= 2 * goal.around.rhythm_days:
        return []
    return [Hint("no_check_in", terms={"days": days})]


def load_of_owner(goal: Draft) -> list[Hint]:
    """Too many goals for one person."""
    count = goal.around.owner_goals
    if count is None or count <= MANY_GOALS:
        return []
    return [Hint("too_many_goals", terms={"count": count, "most": MANY_GOALS})]


def bar(goal: Draft) -> list[Hint]:
    """All goals at 1.0 two cycles running: raise the bar."""
    last = goal.around.results[:2]
    if len(last) < 2 or not all(results and min(results) >= FULL for results in last):
        return []
    return [Hint("raise_the_bar")]


def writers(goal: Draft) -> list[Hint]:
    """Nobody but the head writes goals in a unit."""
    around = goal.around
    alone = around.unit_goals == around.by_head >= FEWEST_OF_UNIT and around.unit_people >= FEWEST_OF_UNIT
    return [Hint("only_the_head_writes", terms={"count": around.by_head})] if alone else []


def last_two_behind(ended: Sequence[tuple[Fraction | None, bool]], least: Fraction) -> tuple[Fraction, ...]:
    """The attainments of the last two ended periods, the latest first, where both are under `least`; empty otherwise.

    ended: (attainment, missed) of the periods that are over, in order; a missed one counts as 0, one not due yet as not over.
    """
    known = [(ZERO if reached is None else reached) for reached, missed in ended if reached is not None or missed]
    last = tuple(reversed(known[-2:]))
    return last if len(last) == 2 and max(last) < least else ()


def silent_since(today: date, first: date, last_on: date | None) -> int:
    """How many days nothing was heard: since the last check-in, or since the goal began."""
    return max((today - (last_on or first)).days, 0)
