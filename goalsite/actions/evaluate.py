"""The evaluation of a goal, step by step: handed in, approved or returned, reopened (rules §7).

Approving a goal leaves it active: it closes with its cycle.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, update

from goalsite.actions.audit import record
from goalsite.actions.signatures import void_signatures
from goalsite.actions.standing import one_at_a_time, refresh
from goalsite.domain.errors import RuleError
from goalsite.domain.evaluation import meant, most, same
from goalsite.domain.states import EVALUATION, possible
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import EvaluationStep, Review
from goalsite.queries.decisions import computed_of, goals_to_decide

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Said:
    """What somebody says with a step: the score as typed, a fraction (none with a return or a reopening), and words.

    `version` is the goal's when they looked: a step taken on what has changed since is refused.
    """

    version: int | None
    score: Fraction | None = None
    words: str = ""


def submit(goal: Goal, by: Person, said: Said, now: datetime, today: date) -> None:
    """The owner hands in their own score, and the evaluator hears of it.

    Raises RuleError move_not_possible; score_missing, score_too_low, score_above (field `score`).
    """
    _hold([goal.id])
    _take_one(_prepared(goal, "submit", said, {goal.evaluator_id}, _score(goal, said)), by, now, today)


def approve(goal: Goal, by: Person, said: Said, now: datetime, today: date) -> None:
    """The evaluator's score becomes the goal's result, and the owner hears of it.

    Raises RuleError move_not_possible; score_missing, score_too_low, score_above (field `score`); words_needed
    (field `words`): a score that is not what the numbers say is explained.
    """
    _hold([goal.id])
    _take_one(_approval(goal, said), by, now, today)


def return_(goal: Goal, by: Person, said: Said, now: datetime, today: date) -> None:
    """Back to the owner, with the reason. Raises RuleError move_not_possible; reason_missing (field `words`)."""
    _hold([goal.id])
    _take_one(_prepared(goal, "return", said, {goal.owner_id}), by, now, today)


def reopen(goal: Goal, by: Person, said: Said, now: datetime, today: date) -> None:
    """HR opens an approved evaluation again, with the reason: the signatures on the owner's review no longer stand.

    Raises RuleError move_not_possible; reason_missing (field `words`).
    """
    _hold([goal.id])
    step = _prepared(goal, "reopen", said, {goal.owner_id, goal.evaluator_id})
    if review := _review_of(goal):
        void_signatures(review)
    _take_one(step, by, now, today)


@dataclass(frozen=True)
class _Step:
    goal: Goal
    version: int | None
    before: dict[str, Any]
    to: str
    told: set[int | None]
    score: Decimal | None
    words: str


def _hold(goal_ids: Collection[int]) -> None:
    """Nobody else moves these goals from here on; they are read afresh, for what somebody wrote just before."""
    one_at_a_time(goal_ids)
    db.session.expire_all()
    goals_to_decide(goal_ids)


def _approval(goal: Goal, said: Said) -> _Step:
    score = _score(goal, said)
    step = _prepared(goal, "approve", said, {goal.owner_id}, score)
    if not said.words.strip() and not same(Fraction(score), computed_of(goal)):
        raise RuleError("words_needed", "words")
    return step


def _score(goal: Goal, said: Said) -> Decimal:
    if said.score is None:
        raise RuleError("score_missing", "score")
    return meant(said.score, computed_of(goal), most(goal.kind, Fraction(goal.cycle.kpi_cap)))


def _prepared(goal: Goal, act: str, said: Said, told: set[int | None], score: Decimal | None = None) -> _Step:
    move = possible(EVALUATION, goal.evaluation).get(act)
    if move is None or said.version != goal.version:
        raise RuleError("move_not_possible")
    if move.reason and not said.words.strip():
        raise RuleError("reason_missing", "words")
    before = {"evaluation": goal.evaluation, "score": goal.score}
    return _Step(goal, said.version, before, move.to, told, score, said.words)


def _take_one(step: _Step, by: Person, now: datetime, today: date) -> None:
    if _take([step], by, now, today):
        raise RuleError("move_not_possible")


def _take(steps: Collection[_Step], by: Person, now: datetime, today: date) -> list[Goal]:
    """Moves the goals, each by one statement that must touch it; answers those that somebody else had moved."""
    ids = [step.goal.id for step in steps]
    moved = [step for step in steps if _move(step)]
    last = _last_moments(ids)
    for step in moved:
        goal = step.goal
        at = max(now, last[goal.id] + TICK) if goal.id in last else now
        db.session.add(
            EvaluationStep(goal_id=goal.id, at=at, step=step.to, by_id=by.id, score=step.score, note=step.words)
        )
        db.session.add_all(
            Notification(person_id=person_id, kind=step.to, goal_id=goal.id, actor_id=by.id, at=at)
            for person_id in sorted(one for one in step.told if one is not None and one != by.id)
        )
    db.session.flush()
    if moved:
        refresh([step.goal.id for step in moved], today)
    for step in moved:
        after = {"evaluation": step.to, "score": step.score, "words": step.words}
        record(by, f"evaluation_{step.to}", "goal", step.goal.id, step.before, after)
    return [step.goal for step in steps if step not in moved]


def _move(step: _Step) -> bool:
    here = (Goal.id == step.goal.id, Goal.version == step.version, Goal.evaluation == step.before["evaluation"])
    moved = update(Goal).where(*here).values(evaluation=step.to, score=step.score, version=Goal.version + 1)
    answer = db.session.execute(moved.returning(Goal.id), execution_options={"synchronize_session": False})
    return answer.first() is not None


def _last_moments(goal_ids: Collection[int]) -> dict[int, datetime]:
    """When each of the goals last took a step: no two of a goal's are of the same instant."""
    steps = select(EvaluationStep.goal_id, EvaluationStep.at).where(EvaluationStep.goal_id.in_(goal_ids))
    return dict(db.session.execute(steps.order_by(EvaluationStep.at)).tuples().all())


def _review_of(goal: Goal) -> Review | None:
    mine = select(Review).where(Review.cycle_id == goal.cycle_id, Review.person_id == goal.owner_id)
    return db.session.scalar(mine.with_for_update().execution_options(populate_existing=True))
