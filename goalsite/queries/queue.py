"""The queue of decisions, page by page: each thing that waits, with what it is judged by (rules §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Proposal, Result, Review
from goalsite.queries.changes import item_of
from goalsite.queries.company import company
from goalsite.queries.decisions import Line, line, results_before, with_own_score
from goalsite.queries.goal_talk import Item
from goalsite.queries.records import measure_facts
from goalsite.queries.visible import assigned
from goalsite.queries.waiting import Key, Keys, keys_of

HEARD = {"proposed": "goal_proposed", "suggested": "goal_suggested"}


@dataclass(frozen=True)
class Aim:
    """A measure of a goal that is not agreed yet, as far as its aim goes."""

    row: Measure
    facts: MeasureFacts


@dataclass(frozen=True)
class Thing:
    """One thing that waits. `version` is the goal's, or the review's, that is looked at.

    line: of an evaluation; aims: of a goal; received: a suggestion that whoever made it could assign; asked: what was asked for at once; review and
    result: of a review or an appeal.
    """

    key: Key
    whose: Person
    cycle: Cycle
    version: int
    goal: Goal | None = None
    since: datetime | None = None
    line: Line | None = None
    received: bool = False
    aims: Sequence[Aim] = ()
    asked: Sequence[Item] = ()
    review: Review | None = None
    result: Result | None = None

    @property
    def name(self) -> str:
        """What it is called in the page, and in the address."""
        return f"{self.key.kind}-{self.key.id}"

    @property
    def ticked(self) -> str:
        """What its box says: kind, id, version."""
        return f"{self.key.kind}:{self.key.id}:{self.version}"


@dataclass(frozen=True)
class Queue:
    """One page of the queue."""

    things: list[Thing] = field(default_factory=list)
    in_all: int = 0
    people: int = 0


def queue_of(viewer: Viewer, today: date, *, kind: str = "", whose: int = 0, sort: str = "", page: int = 1) -> Queue:
    """A page of what waits for the viewer: seven queries at most."""
    found = keys_of(viewer.id, viewer.is_hr, today, kind=kind, whose=whose, sort=sort, page=page)
    known = _goals(viewer, found) | _changes(found) | _reviews(found)
    return Queue([known[key] for key in found.keys if key in known], found.in_all, found.people)


def _of(found: Keys, *kinds: str) -> list[Key]:
    return [key for key in found.keys if key.kind in kinds]


def _goals(viewer: Viewer, found: Keys) -> dict[Key, Thing]:
    keys = _of(found, "evaluation", "goal", "suggestion", "evaluator")
    if not keys:
        return {}
    heard = case(HEARD, value=Goal.state, else_="submitted")
    since = select(func.max(Notification.at)).where(Notification.goal_id == Goal.id, Notification.kind == heard)
    options = (
        joinedload(Goal.created_by),
        joinedload(Goal.evaluator),
        selectinload(Goal.measures).joinedload(Measure.metric),
    )
    query = with_own_score(assigned(), since.correlate(Goal).scalar_subquery()).options(*options)
    rows = {row[0].id: row for row in db.session.execute(query.where(Goal.id.in_({key.id for key in keys}))).all()}
    judged = [key.id for key in keys if key.kind == "evaluation"]
    before = results_before(viewer, judged)
    return {key: _thing(key, rows[key.id], before) for key in keys if key.id in rows}


def _thing(key: Key, row: Any, before: Mapping[int, Any]) -> Thing:
    goal, own, received, since = row
    shown = line(goal, own, dict(before)) if key.kind == "evaluation" else None
    firm = company()
    aims = [Aim(one, measure_facts(one, goal, goal.cycle, firm)) for one in goal.measures] if not shown else []
    return Thing(
        key, goal.owner, goal.cycle, goal.version, goal, since=since, line=shown, received=bool(received), aims=aims
    )


def _changes(found: Keys) -> dict[Key, Thing]:
    keys = {key.id: key for key in _of(found, "change")}
    if not keys:
        return {}
    goals = select(Proposal.goal_id).where(Proposal.id.in_(keys))
    query = (
        select(Proposal)
        .join(Proposal.goal)
        .join(Goal.cycle)
        .join(Goal.owner)
        .where(Proposal.goal_id.in_(goals), Proposal.state == "open")
        .options(
            contains_eager(Proposal.goal).options(contains_eager(Goal.cycle), contains_eager(Goal.owner)),
            joinedload(Proposal.by),
            joinedload(Proposal.measure).selectinload(Measure.period_targets),
        )
        .order_by(Proposal.id)
    )
    groups: dict[tuple[int, int, datetime], list[Proposal]] = {}
    for one in db.session.scalars(query):
        groups.setdefault((one.goal_id, one.by_id, one.at), []).append(one)
    things = {}
    for first, *others in groups.values():
        if first.id in keys:
            goal = first.goal
            asked = [item_of(one) for one in (first, *others)]
            things[keys[first.id]] = Thing(
                keys[first.id], goal.owner, goal.cycle, goal.version, goal, since=first.at, asked=asked
            )
    return things


def _reviews(found: Keys) -> dict[Key, Thing]:
    keys = _of(found, "review", "appeal")
    if not keys:
        return {}
    then: ColumnElement[bool] = and_(Result.person_id == Review.person_id, Result.cycle_id == Review.cycle_id)
    query = (
        select(Review, Result)
        .join(Review.person)
        .join(Review.cycle)
        .outerjoin(Result, then)
        .options(contains_eager(Review.person), contains_eager(Review.cycle))
    )
    rows = {row[0].id: row for row in db.session.execute(query.where(Review.id.in_({key.id for key in keys}))).all()}
    return {
        key: Thing(
            key,
            rows[key.id][0].person,
            rows[key.id][0].cycle,
            rows[key.id][0].version,
            since=_signed_at(rows[key.id][0]),
            review=rows[key.id][0],
            result=rows[key.id][1],
        )
        for key in keys
        if key.id in rows
    }


def _signed_at(review: Review) -> datetime | None:
    return review.person_signed_at if review.state == "appealed" else review.manager_signed_at
