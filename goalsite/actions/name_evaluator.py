"""HR names who decides on a goal, or passes it on to somebody else; kept in the goal's history (rules §7)."""

from datetime import date, datetime

from goalsite.actions.audit import record
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Change


def name_evaluator(goal: Goal, person: Person, by: Person, why: str, now: datetime, today: date) -> None:
    """From now on that person decides; they, the owner and whoever did before hear of it. The goal must be held, see `write_goal.hold`.

    Raises RuleError evaluation_of_own, evaluator_gone, evaluator_same (field `person`); reason_missing (field `reason`) where it is passed on.
    """
    former = goal.evaluator
    if person.id == goal.owner_id:
        raise RuleError("evaluation_of_own", "person")
    if person.disabled_at is not None or (person.left_on is not None and person.left_on < today):
        raise RuleError("evaluator_gone", "person", name=person.name)
    if former is not None and former.id == person.id:
        raise RuleError("evaluator_same", "person", name=person.name)
    if former is not None and not why.strip():
        raise RuleError("reason_missing", "reason")
    kept = {"at": now, "field": "evaluator", "old": former.name if former else "", "new": person.name}
    db.session.add(Change(goal_id=goal.id, by_id=by.id, why=why.strip(), **kept))
    goal.evaluator_id = person.id
    goal.version += 1
    told = {person.id: "evaluator_named", goal.owner_id: "evaluator_changed"}
    if former is not None:
        told.setdefault(former.id, "evaluator_changed")
    db.session.add_all(
        Notification(person_id=one, kind=kind, goal_id=goal.id, actor_id=by.id, at=now)
        for one, kind in sorted(told.items())
        if one != by.id
    )
    db.session.flush()
    before = {"evaluator": former.id if former else None}
    record(by, "name_evaluator", "goal", goal.id, before, {"evaluator": person.id, "why": why.strip()})
