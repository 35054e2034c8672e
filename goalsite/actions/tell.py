"""Tells those whom a goal concerns what becomes of it: never whoever does it, each once for each act (rules §7)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import Select, select, union

from goalsite.extensions import db
from goalsite.models import Goal, GoalFollower, Measure, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Change
from goalsite.queries import company as here


def concerned(goal: Goal) -> set[int]:
    """Its owner, evaluator, the owner's manager, who reports for one of its key results, and who follows it: they may all see it."""
    reporting = select(Measure.assignee_id).where(Measure.goal_id == goal.id, Measure.assignee_id.is_not(None))
    others = set(db.session.scalars(union(_following(goal), reporting)))
    return others | {one for one in (goal.owner_id, goal.owner.boss_id, goal.evaluator_id) if one}


def followers(goal: Goal) -> set[int]:
    """Who follows it."""
    return set(db.session.scalars(_following(goal)))


def tell_changed(goal: Goal, kept: Sequence[Change], whom: set[int], by: Person, now: datetime) -> None:
    """Tells these people what `kept` says was changed."""
    db.session.flush()
    _tell(goal, "changed", whom - {by.id}, by, now, changes=[one.id for one in kept])


def tell_off_track(row: Measure, by: Person, now: datetime, but: Collection[int | None] = ()) -> None:
    """Tells its owner, their manager and its followers that a measure has gone off track, all but those of `but`."""
    goal = row.goal
    told = (followers(goal) | {goal.owner_id, goal.owner.boss_id or by.id}) - {by.id, *but}
    _tell(goal, "off_track", told, by, now, measures=[row.title])


def tell_on_behalf(row: Measure, by: Person, now: datetime, today: date) -> set[int]:
    """Tells the owner, and who reports the measure, that somebody else did so; who they are. What they have not read of a day,
    about the same goal and from the same person, is one line."""
    goal = row.goal
    theirs = {goal.owner_id, row.assignee_id or goal.owner_id}
    if by.id in theirs:
        return set()
    held = {one.person_id: one for one in _unread("on_behalf", goal, theirs, by, today)}
    for one in held.values():
        titles = dict.fromkeys([*one.detail["measures"], row.title])
        one.at, one.detail = now, {"times": one.detail["times"] + 1, "measures": list(titles)}
    _tell(goal, "on_behalf", theirs - held.keys(), by, now, times=1, measures=[row.title])
    return theirs


def _following(goal: Goal) -> Select[int]:
    return select(GoalFollower.person_id).where(GoalFollower.goal_id == goal.id)


def _unread(kind: str, goal: Goal, told: Iterable[int], by: Person, today: date) -> list[Notification]:
    since = here.company().moment(today, time())
    mine = (Notification.person_id.in_(sorted(told)), Notification.read_at.is_(None), Notification.at >= since)
    same = (Notification.kind == kind, Notification.goal_id == goal.id, Notification.actor_id == by.id)
    return list(db.session.scalars(select(Notification).where(*mine, *same)))


def _tell(goal: Goal, kind: str, told: Iterable[int], by: Person, now: datetime, **detail: object) -> None:
    db.session.add_all(
        Notification(person_id=one, kind=kind, goal_id=goal.id, actor_id=by.id, at=now, detail=detail)
        for one in sorted(told)
    )
