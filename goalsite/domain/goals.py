"""Goals: progress from their measures and from the goals that support them, and the alignment that must not loop (rules §3, §5)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from goalsite.domain import pace
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Entry, Measure
from goalsite.domain.standing import Standing, stand

ONE = Fraction(1)


@dataclass(frozen=True)
class Goal:
    """A goal's facts: its measures by key, the keys of the goals that primarily support it, and the approved score where there is one (a fraction)."""

    kind: str = "okr"
    weight: Fraction = ONE
    state: str = "active"
    ambition: str = "committed"
    progress_from: str = "measures"
    measures: Mapping[Hashable, Measure] = field(default_factory=dict)
    supporters: tuple[Hashable, ...] = ()
    score: Fraction | None = None

    @property
    def counts(self) -> bool:
        return self.state in ("active", "closed")


@dataclass(frozen=True)
class World:
    """What progress is computed from: goals by key, the entries that count of each measure (a fed one: its source's), the company's thresholds."""

    goals: Mapping[Hashable, Goal]
    entries: Mapping[Hashable, Sequence[Entry]]
    thresholds: pace.Thresholds = pace.Thresholds()


@dataclass(frozen=True)
class GoalStanding:
    """A goal on a day. `progress` and `expected` are fractions, None where there is nothing to compute from."""

    progress: Fraction | None
    expected: Fraction | None
    pace: Fraction | None
    status: str
    last_on: date | None
    first_due: date | None
    measures: Mapping[Hashable, Standing]
    supporters: Mapping[Hashable, "GoalStanding"]
    waits_until: date | None

    @property
    def started(self) -> bool:
        return self.last_on is not None

    @property
    def flagged(self) -> bool:
        return any(standing.flagged for standing in self.measures.values())


def weighted_mean(terms: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Σ w·x ÷ Σ w of (w, x); None without weight."""
    weights = sums = Fraction(0)
    for weight, term in terms:
        weights += weight
        sums += weight * term
    return sums / weights if weights else None


def assess(key: Hashable, world: World, day: date, known: dict[Hashable, GoalStanding] | None = None) -> GoalStanding:
    """The goal on `day`. `known` keeps what was assessed already, across calls for the same world and day."""
    known = {} if known is None else known
    if key in known:
        return known[key]
    goal = world.goals[key]
    measures = {
        name: stand(measure, world.entries.get(name, ()), day, world.thresholds)
        for name, measure in goal.measures.items()
    }
    supporters = {} if goal.progress_from == "measures" else _supporters(goal, world, day, known)
    counted = {} if goal.progress_from == "supporting" else measures
    progress = weighted_mean(
        [(goal.measures[name].weight, standing.counted or Fraction(0)) for name, standing in counted.items()]
        + [
            (world.goals[name].weight, min(standing.progress, ONE))
            for name, standing in supporters.items()
            if standing.progress is not None
        ]
    )
    expected = weighted_mean(
        [(goal.measures[name].weight, standing.expected) for name, standing in counted.items()]
        + [
            (world.goals[name].weight, min(standing.expected, ONE))
            for name, standing in supporters.items()
            if standing.expected is not None
        ]
    )
    heard = [standing.last_on for standing in counted.values()] + [standing.last_on for standing in supporters.values()]
    last_on = max((on for on in heard if on), default=None)
    firsts = [goal.measures[name].due_days[0] for name in counted] + [
        standing.first_due for standing in supporters.values() if standing.first_due
    ]
    waits = [goal.measures[name].span.last for name in counted if goal.measures[name].waits_for_end]
    # A supporter without weight is tracked and not counted: nothing waits for it.
    waits += [
        standing.waits_until
        for name, standing in supporters.items()
        if standing.waits_until and world.goals[name].weight
    ]
    known[key] = GoalStanding(
        progress=progress,
        expected=expected,
        pace=pace.pace(progress, expected),
        status=pace.status(
            progress,
            expected,
            started=last_on is not None,
            first_due=min(firsts, default=None),
            may_be_done=day >= max(waits, default=day),
            day=day,
            thresholds=world.thresholds,
        ),
        last_on=last_on,
        first_due=min(firsts, default=None),
        measures=measures,
        supporters=supporters,
        waits_until=max(waits, default=None),
    )
    return known[key]


def result(goal: Goal, progress: Fraction | None, aspirational_full: Fraction) -> Fraction | None:
    """The approved score, or until there is one the computed result: the progress, for an aspirational OKR min(1, progress ÷ `aspirational_full`) (§6)."""
    return goal.score if goal.score is not None else computed_result(goal, progress, aspirational_full)


def computed_result(goal: Goal, progress: Fraction | None, aspirational_full: Fraction) -> Fraction | None:
    """What the numbers alone give; an expected progress is turned into an expected result the same way."""
    if progress is None or goal.kind != "okr" or goal.ambition != "aspirational":
        return progress
    return min(ONE, progress / aspirational_full)


def find_loop(edges: Mapping[Hashable, Iterable[Hashable]]) -> list[Hashable]:
    """A chain that comes back to its first key, spelled out (first key at both ends); empty where nothing loops."""
    done: set[Hashable] = set()
    for root in edges:
        path: list[Hashable] = []
        on_path: set[Hashable] = set()
        stack: list[tuple[Hashable, bool]] = [(root, False)]
        while stack:
            key, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(key)
                done.add(key)
            elif key in on_path:
                return [*path[path.index(key) :], key]
            elif key not in done:
                path.append(key)
                on_path.add(key)
                stack.append((key, True))
                stack.extend((after, False) for after in edges.get(key, ()))
    return []


def refuse_loop(
    edges: Mapping[Hashable, Iterable[Hashable]], names: Mapping[Hashable, str], field_name: str = "supports"
) -> None:
    """Raises RuleError alignment_loop with the chain spelled out."""
    loop = find_loop(edges)
    if loop:
        raise RuleError("alignment_loop", field_name, chain=" → ".join(names.get(key, str(key)) for key in loop))


def _supporters(
    goal: Goal, world: World, day: date, known: dict[Hashable, GoalStanding]
) -> dict[Hashable, GoalStanding]:
    return {name: assess(name, world, day, known) for name in goal.supporters if world.goals[name].counts}
