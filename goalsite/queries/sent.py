"""What somebody has sent and waits for: since when, and with whom it lies (rules §7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import EvaluationStep, Proposal, Review
from goalsite.queries.decisions import DECIDED, decided_by
from goalsite.queries.visible import visible_goals
from goalsite.queries.waiting import AT_ONCE, TALKING, first_asked


@dataclass(frozen=True)
class Sent:
    """One thing that waits for somebody else: `lies_with` is that person, or None for HR. kind: evaluation, goal, change, suggestion, review, appeal."""

    kind: str
    since: datetime | None
    lies_with: Person | None
    cycle: Cycle
    goal: Goal | None = None
    review: Review | None = None


def counts_of(viewer: Viewer) -> dict[str, int]:
    """How much waits for somebody else, and how many evaluations that person returned and approved. One query."""
    found = {"sent": select(func.count()).select_from(_sent(viewer))}
    found |= {tab: select(func.count(Goal.id)).where(*decided_by(viewer.id, tab)) for tab in DECIDED}
    counts = db.session.execute(select(*(count.scalar_subquery() for count in found.values()))).one()
    return dict(zip(found, counts, strict=True))


def sent_by(viewer: Viewer, page: int = 1) -> tuple[list[Sent], int]:
    """A page of what waits for somebody else, the longest waiting first, and how many there are. Three queries."""
    rows = _sent(viewer)
    query = select(rows.c.kind, rows.c.id, rows.c.since, func.count().over())
    query = query.order_by(rows.c.since.is_(None), rows.c.since, rows.c.kind, rows.c.id)
    keys = db.session.execute(query.limit(AT_ONCE).offset((page - 1) * AT_ONCE)).tuples().all()
    goals = _goals({key for kind, key, _since, _all in keys if kind not in ("review", "appeal")})
    reviews = _reviews({key for kind, key, _since, _all in keys if kind in ("review", "appeal")})
    lines = []
    for kind, key, since, _all in keys:
        if kind in ("review", "appeal") and (review := reviews.get(key)):
            lies_with = review.person if kind == "review" else None
            lines.append(Sent(kind, since, lies_with, review.cycle, review=review))
        elif goal := goals.get(key):
            lines.append(Sent(kind, since, _with(kind, goal), goal.cycle, goal=goal))
    return lines, keys[0][3] if keys else 0


def _with(kind: str, goal: Goal) -> Person | None:
    if kind == "evaluation":
        return goal.evaluator
    if kind == "suggestion":
        return goal.owner
    return None if kind == "change" and goal.cycle.state == "reviewing" else goal.owner.boss


def _goals(goal_ids: set[int]) -> dict[int, Goal]:
    if not goal_ids:
        return {}
    query = select(Goal).where(Goal.id.in_(goal_ids)).join(Goal.cycle)
    options = (contains_eager(Goal.cycle), joinedload(Goal.evaluator), joinedload(Goal.owner).joinedload(Person.boss))
    return {goal.id: goal for goal in db.session.scalars(query.options(*options))}


def _reviews(review_ids: set[int]) -> dict[int, Review]:
    if not review_ids:
        return {}
    query = select(Review).where(Review.id.in_(review_ids)).options(joinedload(Review.person), joinedload(Review.cycle))
    return {review.id: review for review in db.session.scalars(query)}


def _sent(viewer: Viewer) -> Any:
    """(kind, id, since), the id being the goal's or the review's. A change asked for of a goal one may no longer see is left out."""
    person_id = viewer.id
    told = _last_told
    mine = (Goal.owner_id == person_id, Goal.state == "proposed")
    handed_in = select(func.max(EvaluationStep.at)).where(
        EvaluationStep.goal_id == Goal.id, EvaluationStep.step == "submitted"
    )
    submitted = (Goal.owner_id == person_id, Goal.evaluation == "submitted", Goal.state.in_(COUNTED_STATES))
    suggested = (Goal.created_by_id == person_id, Goal.owner_id != person_id, Goal.state == "suggested")
    asked = select(literal("change").label("kind"), Goal.id.label("id"), Proposal.at.label("since"))
    asked = asked.select_from(Proposal).join(Proposal.goal).join(Goal.cycle)
    signed = and_(Person.boss_id == person_id, Review.person_id != person_id, Review.state == "manager_signed")
    return union_all(
        _of_goals("goal", told("goal_proposed"), *mine),
        _of_goals("evaluation", handed_in.correlate(Goal).scalar_subquery(), *submitted),
        _of_goals("suggestion", told("goal_suggested"), *suggested),
        asked.where(first_asked(), Proposal.by_id == person_id, Cycle.state.in_(TALKING), visible_goals(viewer)),
        _of_reviews("appeal", Review.person_signed_at, and_(Review.person_id == person_id, Review.state == "appealed")),
        _of_reviews("review", Review.manager_signed_at, signed),
    ).subquery("sent")


def _last_told(kind: str) -> ColumnElement[Any]:
    told = select(func.max(Notification.at)).where(Notification.goal_id == Goal.id, Notification.kind == kind)
    return told.correlate(Goal).scalar_subquery()


def _of_goals(kind: str, since: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    query = select(literal(kind).label("kind"), Goal.id.label("id"), since.label("since")).select_from(Goal)
    return query.join(Goal.cycle).where(Cycle.state.in_(TALKING), *conditions)


def _of_reviews(kind: str, since: Any, condition: ColumnElement[bool]) -> Select[Any]:
    query = select(literal(kind).label("kind"), Review.id.label("id"), since.label("since")).select_from(Review)
    return query.join(Review.cycle).join(Review.person).where(Cycle.state == "reviewing", condition)
