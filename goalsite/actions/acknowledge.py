"""Marks check-ins as seen by a manager: once, for good (rules §7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from goalsite import policy
from goalsite.actions.audit import record
from goalsite.actions.inserting import inserting
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Measure, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Acknowledgement, CheckIn
from goalsite.queries.unseen import seeable

MOST = 100


@dataclass(frozen=True)
class Outcome:
    """What became of one of many: `error` says why it was refused."""

    title: str
    error: RuleError | None


def acknowledge(checkin: CheckIn, by: Person, now: datetime) -> bool:
    """Whether it had not been seen yet; where somebody was first, theirs stands. Whoever made it hears of it."""
    row = inserting(Acknowledgement).values(checkin_id=checkin.id, person_id=by.id, at=now)
    first = db.session.execute(row.on_conflict_do_nothing().returning(Acknowledgement.checkin_id)).first() is not None
    if first:
        if checkin.author_id != by.id:
            goal_id = db.session.scalar(select(Measure.goal_id).where(Measure.id == checkin.measure_id))
            said = {"kind": "acknowledged", "goal_id": goal_id, "actor_id": by.id, "at": now}
            db.session.add(Notification(person_id=checkin.author_id, **said, detail={"checkin": checkin.id}))
        record(by, "acknowledge", "checkin", checkin.id, None, {"seen_by": by.id})
    return first


def acknowledge_many(checkin_ids: Collection[int], viewer: Viewer, by: Person, now: datetime) -> list[Outcome]:
    """Each of the first hundred that the viewer may see, or why not: RuleError seen_replaced, seen_not_yours. One seen already is well."""
    outcomes = []
    for one in seeable(viewer, list(checkin_ids)[:MOST]).values():
        title = one.checkin.measure.title
        if not policy.may_acknowledge(one.to, one.checkin.author_id):
            outcomes.append(Outcome(title, RuleError("seen_not_yours")))
        elif one.is_replaced:
            outcomes.append(Outcome(title, RuleError("seen_replaced")))
        else:
            acknowledge(one.checkin, by, now)
            outcomes.append(Outcome(title, None))
    return outcomes
