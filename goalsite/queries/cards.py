"""A goal and its measures as pages show them: the rows, and how they stand on a day (rules §2–§5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from goalsite.domain.goals import GoalStanding, World, assess
from goalsite.domain.goals import result as result_of
from goalsite.domain.measure import Entry
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.standing import Standing
from goalsite.domain.strip import PeriodStanding, strip_of
from goalsite.models import Goal, Measure
from goalsite.queries.records import world_of


@dataclass(frozen=True)
class MeasureCard:
    """One measure. `owes` says a check-in is due in the interval that holds the day, `late` that an earlier one was skipped past its grace."""

    row: Measure
    facts: MeasureFacts
    standing: Standing
    strip: list[PeriodStanding]
    entries: Sequence[Entry]
    owes: bool
    late: bool

    @property
    def period(self) -> PeriodStanding | None:
        """The current period."""
        return next((line for line in self.strip if line.state == "current"), None)


@dataclass(frozen=True)
class GoalCard:
    """One goal with its measures. `result` is the fraction its owner's total counts."""

    row: Goal
    standing: GoalStanding
    result: Fraction | None
    measures: list[MeasureCard]
    world: World


def cards_of(goals: Sequence[Goal], day: date, *, as_of: bool = False) -> list[GoalCard]:
    """The goals' cards, in the order given. The goals come with their cycles loaded."""
    world = world_of([goal.id for goal in goals], day, as_of=as_of)
    known: dict[object, GoalStanding] = {}
    return [_card(goal, world, known, day) for goal in goals]


def _card(goal: Goal, world: World, known: dict[object, GoalStanding], day: date) -> GoalCard:
    standing = assess(goal.id, world, day, known)
    facts = world.goals[goal.id]
    measures = [
        _measure_card(row, facts.measures[row.id], world.entries.get(row.id, ()), standing, day)
        for row in goal.measures
    ]
    return GoalCard(
        goal, standing, result_of(facts, standing.progress, Fraction(goal.cycle.aspirational_full)), measures, world
    )


def _measure_card(
    row: Measure, facts: MeasureFacts, entries: Sequence[Entry], standing: GoalStanding, day: date
) -> MeasureCard:
    return MeasureCard(
        row=row,
        facts=facts,
        standing=standing.measures[row.id],
        strip=strip_of(facts, entries, day),
        entries=entries,
        owes=row.due_from is not None and row.due_from <= day,
        late=row.stale_from is not None and row.stale_from <= day,
    )
