"""Everything assigned to somebody in a cycle is received at once (rules §7)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from goalsite.actions.audit import record
from goalsite.actions.move_goal import faults_to_activate, keep_state
from goalsite.actions.standing import refresh
from goalsite.domain.errors import RuleError
from goalsite.domain.states import GOAL, goal_facts, move
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import Notification


class NotReady(RuleError):
    """One of the goals cannot become active yet; `title` says which."""

    def __init__(self, title: str, error: RuleError) -> None:
        super().__init__(error.code, error.field, **error.terms)
        self.title = title


def receive_goals(by: Person, cycle: Cycle, goal_ids: Sequence[int], now: datetime, today: date) -> int:
    """Each of these goals of theirs becomes active, or none does; how many they are. Whoever made them hears of it once.

    Raises RuleError receive_nothing and move_not_possible, and NotReady with the first fault that keeps one from becoming active.
    """
    if not goal_ids:
        raise RuleError("receive_nothing")
    held = select(Goal).where(Goal.id.in_(goal_ids)).order_by(Goal.id).with_for_update(of=Goal)
    goals = list(db.session.scalars(held.execution_options(populate_existing=True)))
    facts = goal_facts(needs_approval=cycle.goals_need_approval, assigned=True)
    for goal in goals:
        to = move(GOAL, goal.state, "receive", facts=facts)
        for _measure, (_place, error) in faults_to_activate(goal):
            raise NotReady(goal.title, error)
        before = goal.state
        goal.state, goal.received_at = to, now
        keep_state(goal, before, by, "", now)
        goal.version += 1
        if goal.evaluator_id is None and cycle.state == "open":
            goal.evaluator_id = by.boss_id
        db.session.flush()
    makers = {goal.created_by_id: goal.id for goal in reversed(goals)}
    db.session.add_all(
        Notification(person_id=maker, kind="goal_accepted", goal_id=goal_id, actor_id=by.id, at=now)
        for maker, goal_id in sorted(makers.items())
        if maker != by.id
    )
    refresh([goal.id for goal in goals], today)
    record(by, "receive_goals", "cycle", cycle.id, {"state": "suggested"}, {"state": "active", "goals": list(goal_ids)})
    return len(goals)
