"""A goal moves through its states: activated, proposed, approved, returned, suggested again, accepted, cancelled (rules §7)."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import update

from goalsite.actions.audit import record
from goalsite.actions.standing import refresh
from goalsite.actions.tell import concerned
from goalsite.domain import drafts as rules
from goalsite.domain.drafts import Fault
from goalsite.domain.periods import Span
from goalsite.domain.states import GOAL, move
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Change, Comment, Proposal
from goalsite.queries import company as here
from goalsite.queries import drafts as read
from goalsite.queries.records import fraction, measure_facts

# What each act is called where somebody hears of it.
HEARD = {
    "accept": "goal_accepted",
    "receive": "goal_accepted",
    "suggest_again": "goal_suggested",
    "activate": "goal_activated",
    "approve": "goal_approved",
    "propose": "goal_proposed",
    "return": "goal_returned",
    "cancel": "goal_cancelled",
}


def faults_to_activate(goal: Goal) -> list[tuple[Measure | None, Fault]]:
    """Everything that keeps the goal from becoming active, each with the measure it concerns (rules §3)."""
    rows = read.measures_with_parts(goal.id)
    sources = read.indicators_of(row.fed_by_id for row in rows if row.fed_by_id)
    cycle = goal.cycle
    facts = [
        measure_facts(row, goal, cycle, here.company(), row.steps, row.period_targets, _frequency(row, sources))
        for row in rows
    ]
    plan = rules.Plan(
        goal.kind,
        Span(goal.starts_on, goal.due_on),
        Span(cycle.starts_on, cycle.ends_on),
        cycle.name,
        goal.title,
        facts,
        goal.progress_from,
        goal.evaluated_by,
    )
    found = rules.faults(plan, draft=False)
    if cycle.weights_to_100 and goal.scope == "person":
        weight = fraction(goal.weight) or read.NOTHING
        # What was given together counts together: the first to be received does not lack the others.
        given = goal.state == "suggested"
        beside = read.weights_beside(goal.owner_id, goal.cycle_id, goal.kind, goal.id, with_assigned=given)
        short = rules.weights_fault(beside + weight, goal.owner.name)
        found += [(None, short)] if short else []
    return [(None if place is None else rows[place], (place, error)) for place, error in found]


def move_goal(
    goal: Goal, act: str, by: Person, facts: Collection[str], reason: str, now: datetime, today: date
) -> None:
    """Does `act` of states.GOAL; `facts` are `policy.goal_facts`. The goal must be held, see `write_goal.hold`.

    A goal that becomes active while its cycle is open gets its evaluator, unless one is named: its owner's manager.
    Raises RuleError move_not_possible, reason_missing, and the first of `faults_to_activate`.
    """
    before, why = goal.state, reason.strip()
    to = move(GOAL, before, act, why, facts)
    if to == "active":
        for _measure, (_place, error) in faults_to_activate(goal):
            raise error
        if goal.evaluator_id is None and goal.cycle.state == "open":
            goal.evaluator_id = goal.owner.boss_id
    goal.state = to
    keep_state(goal, before, by, why, now)
    goal.version += 1
    if act == "receive":
        goal.received_at = now
    if to == "cancelled":
        return_proposals(goal.id, by, why, now)
    goal.cancel_reason = why if to in ("cancelled", "returned") else ""
    if why and to != "cancelled":
        # What comes back keeps the reason where people talk about it, however often it goes round.
        db.session.add(Comment(goal_id=goal.id, entered_at=now, author_id=by.id, body=why))
    _tell(goal, act, before, by, now)
    refresh([goal.id], today)
    record(by, f"{act}_goal", "goal", goal.id, {"state": before}, {"state": to} | ({"why": why} if why else {}))


def keep_state(goal: Goal, before: str, by: Person, why: str, now: datetime) -> None:
    """What begins or ceases to count stands in the goal's history, so that a day before is answered as before."""
    if (before in COUNTED_STATES) != (goal.state in COUNTED_STATES):
        said = {"goal_id": goal.id, "at": now, "field": "state", "old": before, "new": goal.state}
        db.session.add(Change(**said, why=why, by_id=by.id))


def return_proposals(goal_id: int, by: Person, answer: str, now: datetime) -> None:
    """The changes that were asked for concerned the goal as it was, which is no more."""
    asked = update(Proposal).where(Proposal.goal_id == goal_id, Proposal.state == "open")
    decided = {"state": "returned", "decided_by_id": by.id, "decided_at": now, "answer": answer}
    db.session.execute(asked.values(**decided).execution_options(synchronize_session=False))


def _tell(goal: Goal, act: str, before: str, by: Person, now: datetime) -> None:
    told = {goal.owner_id, goal.created_by_id}
    if act == "propose" and goal.owner.boss_id:
        told.add(goal.owner.boss_id)
    if before == "active":
        told |= concerned(goal)
    db.session.add_all(
        Notification(person_id=one, kind=HEARD[act], goal_id=goal.id, actor_id=by.id, at=now)
        for one in sorted(told - {by.id})
    )


def _frequency(row: Measure, sources: dict[int, list[Measure]]) -> str:
    found = sources.get(row.fed_by_id or 0, [])
    return found[0].frequency if found else ""
