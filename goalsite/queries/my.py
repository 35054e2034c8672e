"""My page: my goals in the cycle, what waits for me, my plan, and the talk about my goals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.goals import computed_result
from goalsite.domain.relations import ToGoal, Viewer
from goalsite.domain.results import Counted, Totals, totals
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import Action, Comment, Result
from goalsite.queries.cards import GoalCard, cards_of
from goalsite.queries.organisation import heads_then
from goalsite.queries.records import fraction
from goalsite.queries.typed import latest_typed
from goalsite.queries.unseen import count_unseen

TALK = 5


@dataclass(frozen=True)
class Waits:
    """How much waits for me besides check-ins and decisions: evaluations to hand in, check-ins of my people to see, goals I suggested that came back;
    where the first of the goals is; and which form I typed into without saving."""

    to_submit: int
    unseen: int
    returned: int
    first_to_submit: int | None
    first_returned: int | None
    typed_place: str | None
    typed_title: str | None


@dataclass(frozen=True)
class Standing:
    """My result in the cycle so far, and what it should be by now: fractions."""

    now: Totals
    expected: Fraction | None


def my_cards(person: Person, cycle: Cycle, today: date) -> list[GoalCard]:
    """The goals I own in the cycle, and those with a measure that is mine to report: OKRs first, then by code."""
    states = (*COUNTED_STATES, "draft", "proposed", "suggested")
    held = select(Goal.id).where(Goal.cycle_id == cycle.id, Goal.state.in_(states))
    # Each half by an index of its own: one condition with OR would look through the whole cycle.
    own = held.where(Goal.owner_id == person.id)
    assigned = held.join(Measure, Measure.goal_id == Goal.id).where(Measure.assignee_id == person.id)
    chosen = db.session.scalars(own.union(assigned)).all()
    cards = cards_of(chosen, today, options=[joinedload(Goal.unit), joinedload(Goal.owner)])
    return sorted(cards, key=lambda card: (card.row.owner_id != person.id, card.row.kind != "okr", card.row.code))


def my_relation(person: Person, card: GoalCard) -> ToGoal:
    """What I am to a goal of my own page, from what the page has loaded anyway."""
    goal = card.row
    return ToGoal(
        viewer=Viewer(person.id, person.is_hr, person.is_admin),
        own=goal.owner_id == person.id,
        evaluator=goal.evaluator_id == person.id,
        assignee=any(measure.row.assignee_id == person.id for measure in card.measures),
        cycle_state=goal.cycle.state,
        goals_need_approval=goal.cycle.goals_need_approval,
        owners_edit_goals=goal.unit.owners_edit_goals,
        owners_edit_measures=goal.unit.owners_edit_measures,
        supervisors_edit_goals=goal.unit.supervisors_edit_goals,
        evaluation_visibility=goal.unit.evaluation_visibility,
    )


def my_standing(person: Person, cycle: Cycle, cards: list[GoalCard]) -> Standing:
    """My totals from these cards (rules §6): my own goals, and my unit's that I own as its head where the cycle counts them.

    Where HR adjusted my total it is the adjusted one; those of a closed cycle are what was stored then: one query, once the cycle is reviewing.
    """
    heads = heads_then(cycle)
    counting = [
        card
        for card in cards
        if card.row.owner_id == person.id
        and card.row.state in COUNTED_STATES
        and (card.row.scope == "person" or (cycle.head_counts_unit and _head(card, heads) == person.id))
    ]
    share = Fraction(cycle.kpi_share)
    now = [Counted(card.row.kind, card.facts.weight, card.result, card.facts.score is None) for card in counting]
    full = Fraction(cycle.aspirational_full)
    due = [
        Counted(card.row.kind, card.facts.weight, computed_result(card.facts, card.standing.expected, full))
        for card in counting
    ]
    found = totals(now, share)
    if cycle.state not in ("reviewing", "closed"):
        return Standing(found, totals(due, share).total)
    held = db.session.scalar(select(Result).where(Result.cycle_id == cycle.id, Result.person_id == person.id))
    if held is not None and held.frozen_at is not None:
        okr, kpi, total = (fraction(number) for number in (held.okr, held.kpi, held.total))
        found = Totals(okr, kpi, total, held.provisional, held.goals)
    if held is not None and held.adjusted is not None:
        found = replace(found, total=fraction(held.adjusted))
    return Standing(found, totals(due, share).total)


def _head(card: GoalCard, heads: Mapping[int, int | None] | None) -> int | None:
    return card.row.unit.head_id if heads is None else heads.get(card.row.unit_id)


def my_waits(person: Person, today: date, now: datetime) -> Waits:
    """The counts, in one query."""
    to_submit = (
        select(func.count(Goal.id))
        .join(Goal.cycle)
        .where(
            Goal.owner_id == person.id,
            Goal.state.in_(COUNTED_STATES),
            Goal.evaluation.in_(("", "returned", "reopened")),
            or_(Cycle.state == "reviewing", and_(Cycle.state == "open", Goal.due_on < today)),
        )
    )
    unseen = count_unseen(person.id, today)
    returned = (
        select(func.count(Goal.id))
        .join(Goal.cycle)
        .where(Goal.created_by_id == person.id, Goal.state == "returned", Cycle.state.in_(("planning", "open")))
    )
    firsts = (count.with_only_columns(func.min(Goal.id)) for count in (to_submit, returned))
    counts = (to_submit, unseen, returned, *firsts)
    columns = [*(count.scalar_subquery() for count in counts), *latest_typed(person.id, now)]
    return Waits(*db.session.execute(select(*columns)).one())


def my_actions(person: Person, cycle: Cycle) -> list[Action]:
    """My lines of the action plans of the cycle's goals: open ones first, the earliest due first."""
    query = select(Action).join(Action.goal).where(Action.assignee_id == person.id, Goal.cycle_id == cycle.id)
    query = query.where(Goal.state.in_(COUNTED_STATES)).options(joinedload(Action.goal))
    return sorted(
        db.session.scalars(query), key=lambda action: (action.done_on is not None, action.due_on or date.max, action.id)
    )


def my_talk(person: Person, cycle: Cycle) -> list[Comment]:
    """The latest comments on my goals."""
    query = select(Comment).join(Comment.goal).where(Goal.owner_id == person.id, Goal.cycle_id == cycle.id)
    query = query.options(joinedload(Comment.author), joinedload(Comment.goal)).order_by(
        Comment.entered_at.desc(), Comment.id.desc()
    )
    return list(db.session.scalars(query.limit(TALK)))
