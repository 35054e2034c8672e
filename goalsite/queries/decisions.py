"""Evaluations as the queue of decisions shows them, with the numbers each is judged by; and those somebody has decided on (rules §6, §7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from goalsite.domain import evaluation
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import EvaluationStep
from goalsite.queries.records import fraction, goal_facts
from goalsite.queries.results import stored_result
from goalsite.queries.visible import visible_evaluations
from goalsite.queries.waiting import AT_ONCE

DECIDED = ("returned", "approved")


@dataclass(frozen=True)
class Line:
    """One evaluation as the queue shows it. Fractions: what the numbers say, what the owner handed in last, what was decided, and what a goal like
    it came to before; each None where there is none."""

    goal: Goal
    computed: Fraction | None
    own: Fraction | None
    decided: Fraction | None
    before: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        """In percentage points."""
        return evaluation.difference(self.own, self.computed)

    @property
    def agrees(self) -> bool:
        """The owner says what the numbers say."""
        return evaluation.same(self.own, self.computed)


@dataclass(frozen=True)
class Queue:
    """One page of evaluations, and how many there are in all."""

    lines: list[Line]
    in_all: int


def computed_of(goal: Goal) -> Fraction | None:
    """What both scores start at, from what is stored of the goal, whose cycle must be loaded."""
    facts = goal_facts(goal, {}, ())
    return evaluation.beginning(
        facts, goal.evaluated_by, fraction(goal.progress), Fraction(goal.cycle.aspirational_full)
    )


def decided_by(person_id: int, tab: str) -> list[ColumnElement[bool]]:
    """The evaluations whose last step, `returned` or `approved`, is that evaluator's, as conditions on Goal."""
    return [Goal.evaluator_id == person_id, Goal.owner_id != person_id, Goal.evaluation == tab]


def decided(viewer: Viewer, tab: str, *, sort: str = "deadline", page: int = 1) -> Queue:
    """A page of those the viewer decided: the latest cycle first, or by person. Two queries."""
    chosen = decided_by(viewer.id, tab)
    in_all = select(func.count(Goal.id)).where(*chosen).scalar_subquery()
    order: list[Any] = [Cycle.ends_on.desc(), Person.sort_key]
    query = with_own_score(in_all).where(*chosen).order_by(*(reversed(order) if sort == "person" else order), Goal.code)
    rows = db.session.execute(query.limit(AT_ONCE).offset((page - 1) * AT_ONCE)).all()
    before = results_before(viewer, [row[0].id for row in rows])
    return Queue([line(row[0], row[1], before) for row in rows], rows[0][2] if rows else 0)


def line_of(viewer: Viewer, goal: Goal, steps: Sequence[EvaluationStep]) -> Line:
    """One goal's line, from its steps, the oldest first. One query."""
    own = next((step.score for step in reversed(steps) if step.step == "submitted"), None)
    return line(goal, own, results_before(viewer, [goal.id]))


def steps_of(goal_id: int) -> list[EvaluationStep]:
    """The evaluation's log, the oldest step first, with who took each."""
    query = select(EvaluationStep).where(EvaluationStep.goal_id == goal_id).options(joinedload(EvaluationStep.by))
    return list(db.session.scalars(query.order_by(EvaluationStep.at, EvaluationStep.id)))


def goals_to_decide(goal_ids: Collection[int]) -> list[Goal]:
    """Those goals with their cycles, in the order of their codes."""
    query = select(Goal).where(Goal.id.in_(sorted(set(goal_ids)))).join(Goal.cycle).options(contains_eager(Goal.cycle))
    return list(db.session.scalars(query.order_by(Goal.code)))


def results_before(viewer: Viewer, goal_ids: Collection[int]) -> dict[int, Fraction | None]:
    """What the same owner's goal of the same name came to in the last cycle that had one, or the KPI of the same metric; where the viewer may see that
    score. One query."""
    if not goal_ids:
        return {}
    former, then = aliased(Goal), aliased(Cycle)
    mine, theirs = aliased(Measure), aliased(Measure)
    same_metric = exists().where(
        mine.goal_id == Goal.id,
        theirs.goal_id == former.id,
        mine.metric_id.is_not(None),
        mine.metric_id == theirs.metric_id,
    )
    query = (
        select(Goal.id, former, then)
        .join(Goal.cycle)
        .join(former, and_(former.owner_id == Goal.owner_id, former.kind == Goal.kind, former.scope == Goal.scope))
        .join(then, then.id == former.cycle_id)
        .where(
            Goal.id.in_(goal_ids),
            former.state.in_(COUNTED_STATES),
            then.ends_on < Cycle.starts_on,
            or_(former.title == Goal.title, and_(Goal.kind == "kpi", same_metric)),
            visible_evaluations(viewer, former),
        )
        .order_by(then.ends_on, former.code)
    )
    return {goal_id: stored_result(goal, cycle) for goal_id, goal, cycle in db.session.execute(query).tuples()}


def with_own_score(*columns: ColumnElement[Any]) -> Select[Any]:
    """Goals with cycle and owner, and the score last handed in."""
    step = aliased(EvaluationStep)
    last = (
        select(func.max(step.at))
        .where(step.goal_id == Goal.id, step.step == "submitted")
        .correlate(Goal)
        .scalar_subquery()
    )
    return (
        select(Goal, EvaluationStep.score, *columns)
        .join(Goal.cycle)
        .join(Goal.owner)
        .outerjoin(EvaluationStep, and_(EvaluationStep.goal_id == Goal.id, EvaluationStep.at == last))
        .options(contains_eager(Goal.cycle), contains_eager(Goal.owner))
    )


def line(goal: Goal, own: Decimal | None, before: dict[int, Fraction | None]) -> Line:
    """The line of a goal, whose cycle must be loaded, from what `with_own_score` and `results_before` found."""
    decided = fraction(goal.score) if goal.evaluation == "approved" else None
    return Line(goal, computed_of(goal), fraction(own), decided, before.get(goal.id))
