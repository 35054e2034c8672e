"""One person's page: goals of the cycle, result, months, cycles before (rules §4, §6)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.explain import Line, of_total
from goalsite.domain.goals import computed_result
from goalsite.domain.periods import DAY, Span, whole_period
from goalsite.domain.relations import Viewer
from goalsite.domain.results import Counted, Totals, attainment_in, totals
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import EvaluationStep, Result, Review
from goalsite.queries.cards import GoalCard, cards_of
from goalsite.queries.records import fraction
from goalsite.queries.visible import people_with_visible_results, visible_goals

CYCLES = 8


@dataclass(frozen=True)
class Member:
    """The person, and whether the reader may see their results."""

    person: Person
    may_see_results: bool


@dataclass(frozen=True)
class Outcome:
    """Their result in the cycle and why, the months of their KPIs, and the cycles before. Fractions."""

    now: Totals
    total: Fraction | None
    expected: Fraction | None
    rating: str
    lines: list[Line]
    months: list[tuple[Span, Fraction | None]]
    before: list[Result]
    review: Review | None
    own_scores: dict[int, Fraction | None]


def member_by_id(viewer: Viewer, person_id: int) -> Member | None:
    """Everybody signed in may see that a colleague is there."""
    query = select(Person, people_with_visible_results(viewer).label("seen")).where(Person.id == person_id)
    row = db.session.execute(query.options(joinedload(Person.unit), joinedload(Person.boss))).tuples().first()
    return None if row is None else Member(row[0], bool(row[1]))


def cards_seen(viewer: Viewer, person: Person, cycle: Cycle, today: date) -> list[GoalCard]:
    """Their active and closed goals of the cycle that the reader may see: KPIs first, then by code."""
    chosen = select(Goal.id).where(
        Goal.owner_id == person.id, Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES), visible_goals(viewer)
    )
    cards = cards_of(chosen, today, options=[joinedload(Goal.unit), joinedload(Goal.owner)])
    return sorted(cards, key=lambda card: (card.row.kind != "kpi", card.row.code))


def outcome_of(person: Person, cycle: Cycle, cards: Sequence[GoalCard], today: date) -> Outcome:
    """For who may see results: they see every goal of that person, so the cards are all there is."""
    counting = [card for card in cards if counts(card.row, person, cycle)]
    full, share = Fraction(cycle.aspirational_full), Fraction(cycle.kpi_share)
    counted: dict[Hashable, Counted] = {card.row.id: _counted(card, card.result) for card in counting}
    due = [_counted(card, computed_result(card.facts, card.standing.expected, full)) for card in counting]
    here, before, review = _results(person, cycle)
    now = totals(counted.values(), share)
    if here is not None and here.frozen_at is not None:
        now = Totals(fraction(here.okr), fraction(here.kpi), fraction(here.total), here.provisional, here.goals)
    adjusted = fraction(here.adjusted) if here is not None else None
    return Outcome(
        now=now,
        total=adjusted if adjusted is not None else now.total,
        expected=totals(due, share).total,
        rating=here.rating if here is not None else "",
        lines=of_total(counted, share),
        months=_months(counting, cycle, today),
        before=before,
        review=review,
        own_scores=_own_scores([card.row.id for card in cards]),
    )


def counts(goal: Goal, person: Person, cycle: Cycle) -> bool:
    """Whether the goal counts in its owner's result."""
    return goal.scope == "person" or (cycle.head_counts_unit and goal.unit.head_id == person.id)


def _counted(card: GoalCard, result: Fraction | None) -> Counted:
    return Counted(card.row.kind, card.facts.weight, result, card.facts.score is None)


def _results(person: Person, cycle: Cycle) -> tuple[Result | None, list[Result], Review | None]:
    query = (
        select(Result, Review)
        .join(Result.cycle)
        .outerjoin(Review, and_(Review.cycle_id == Result.cycle_id, Review.person_id == Result.person_id))
        .where(Result.person_id == person.id, Cycle.starts_on <= cycle.starts_on)
        .options(joinedload(Result.cycle))
        .order_by(Cycle.starts_on.desc(), Cycle.ends_on.desc())
        .limit(CYCLES)
    )
    rows = db.session.execute(query).tuples().all()
    here = next((row for row in rows if row[0].cycle_id == cycle.id), None)
    before = [result for result, _ in rows if result.cycle_id != cycle.id and result.cycle.ends_on < cycle.starts_on]
    return (here[0] if here else None), before, (here[1] if here else None)


def _months(cards: Sequence[GoalCard], cycle: Cycle, today: date) -> list[tuple[Span, Fraction | None]]:
    """The KPI figure of each month of the cycle that has begun: Σ w · attainment ÷ Σ w over KPIs by month or finer."""
    months: list[tuple[Span, Fraction | None]] = []
    day = cycle.starts_on
    while day <= min(today, cycle.ends_on):
        month = whole_period("month", day)
        reached = [
            Counted("kpi", card.facts.weight, found)
            for card in cards
            for measure in card.measures
            if card.row.kind == "kpi"
            and (found := attainment_in(measure.facts, measure.entries, "month", month, today)) is not None
        ]
        months.append((month, totals(reached, Fraction(1)).kpi))
        day = month.last + DAY
    return months if any(figure is not None for _, figure in months) else []


def _own_scores(goal_ids: Sequence[int]) -> dict[int, Fraction | None]:
    """The owner's own score of each goal, as last handed in."""
    query = select(EvaluationStep.goal_id, EvaluationStep.score).where(
        EvaluationStep.goal_id.in_(goal_ids), EvaluationStep.step == "submitted"
    )
    return {
        goal_id: fraction(score) for goal_id, score in db.session.execute(query.order_by(EvaluationStep.at)).tuples()
    }
