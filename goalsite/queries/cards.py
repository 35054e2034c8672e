"""A goal and its measures as pages show them: the rows, and how they stand on a day (rules §2–§5)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.sql.base import ExecutableOption

from goalsite.domain.cadence import Asked, asked
from goalsite.domain.goals import Goal as GoalFacts
from goalsite.domain.goals import GoalStanding, assess
from goalsite.domain.goals import result as result_of
from goalsite.domain.measure import Entry
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.standing import Standing, ticked
from goalsite.domain.strip import PeriodStanding, strip_of
from goalsite.models import Goal, Measure
from goalsite.queries.records import Ids, Records, records_of


@dataclass(frozen=True)
class MeasureCard:
    """One measure. `owes` says it waits for a check-in, `asked` then about what; `late` that one was skipped past its grace."""

    row: Measure
    facts: MeasureFacts
    standing: Standing
    strip: list[PeriodStanding]
    entries: Sequence[Entry]
    owes: bool
    asked: Asked | None
    late: bool

    @property
    def period(self) -> PeriodStanding | None:
        """The current period."""
        return next((line for line in self.strip if line.state == "current"), None)

    @property
    def done_steps(self) -> set[str]:
        """The codes of the steps that stand ticked."""
        return {code for code, is_done in ticked(self.entries).items() if is_done}


@dataclass(frozen=True)
class GoalCard:
    """One goal with its measures. `result` is the fraction its owner's total counts."""

    row: Goal
    facts: GoalFacts
    standing: GoalStanding
    result: Fraction | None
    measures: list[MeasureCard]


def cards_of(ids: Ids, day: date, *, as_of: bool = False, options: Sequence[ExecutableOption] = ()) -> list[GoalCard]:
    """The goals' cards, by id: at most five queries, however many goals. `options` says what to load along with the goals."""
    records = records_of(ids, day, as_of=as_of, options=options)
    known: dict[Hashable, GoalStanding] = {}
    return [card_of(goal, records, known, day) for goal in records.goals]


def card_of(goal: Goal, records: Records, known: dict[Hashable, GoalStanding], day: date) -> GoalCard:
    """One goal's card; `known` keeps what was assessed already."""
    standing = assess(goal.id, records.world, day, known)
    facts = records.world.goals[goal.id]
    measures = [
        measure_card(row, facts.measures[row.id], records.world.entries[row.id], standing, day)
        for row in records.measures.get(goal.id, ())
    ]
    result = result_of(facts, standing.progress, Fraction(goal.cycle.aspirational_full))
    return GoalCard(goal, facts, standing, result, measures)


def measure_card(
    row: Measure, facts: MeasureFacts, entries: Sequence[Entry], standing: GoalStanding, day: date
) -> MeasureCard:
    """One measure's card, from what its goal was assessed from."""
    owes = row.due_from is not None and row.due_from <= day
    return MeasureCard(
        row=row,
        facts=facts,
        standing=standing.measures[row.id],
        strip=strip_of(facts, entries, day),
        entries=entries,
        owes=owes,
        asked=asked(facts, row.last_on, day) if owes else None,
        late=row.stale_from is not None and row.stale_from <= day,
    )
