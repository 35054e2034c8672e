"""The check-ins of somebody's people which nobody has marked as seen: how many, the latest, and a page of all of them (rules §7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from goalsite.domain.relations import ToGoal, Viewer
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import Acknowledgement, CheckIn
from goalsite.queries.viewer import as_relation, relation_columns
from goalsite.queries.visible import visible_goals

# What is older has been talked about, or never will be.
UNSEEN_DAYS = timedelta(days=14)
AT_ONCE = 30
TALKING = tuple(state for state, allowed in CYCLE_ALLOWS.items() if allowed.talking)


@dataclass(frozen=True)
class Unseen:
    """A page of them, by the owner's name and the latest first; how many there are, and of how many people."""

    checkins: list[CheckIn] = field(default_factory=list)
    in_all: int = 0
    people: int = 0

    @property
    def by_owner(self) -> list[tuple[Person, list[CheckIn]]]:
        """Those of each person, in order."""
        grouped = groupby(self.checkins, key=lambda one: one.measure.goal.owner)
        return [(owner, list(checkins)) for owner, checkins in grouped]


@dataclass(frozen=True)
class Seeable:
    """A check-in somebody wants to mark as seen: what they are to its goal, and whether another stands in its place."""

    checkin: CheckIn
    to: ToGoal
    is_replaced: bool


def count_unseen(person_id: int, today: date) -> Select[int]:
    """How many there are, as a query."""
    query: Select[int] = _of(select(func.count(CheckIn.id)), person_id, today)
    return query


def latest_unseen(person_id: int, today: date, most: int) -> list[CheckIn]:
    """The latest of them, with their measures, goals and authors."""
    query = _with_goal(_of(select(CheckIn), person_id, today)).order_by(CheckIn.entered_at.desc(), CheckIn.id.desc())
    return list(db.session.scalars(query.limit(most)))


def page_of_unseen(person_id: int, today: date, page: int) -> Unseen:
    """One page of them. Two queries."""
    counts = _of(select(func.count(CheckIn.id), func.count(Goal.owner_id.distinct())), person_id, today)
    in_all, people = db.session.execute(counts).one()
    query = _with_goal(_of(select(CheckIn), person_id, today)).order_by(
        Person.sort_key, Person.id, CheckIn.entered_at.desc(), CheckIn.id.desc()
    )
    query = query.options(joinedload(CheckIn.step)).limit(AT_ONCE).offset((page - 1) * AT_ONCE)
    return Unseen(list(db.session.scalars(query)), in_all, people)


def seeable(viewer: Viewer, checkin_ids: Collection[int]) -> Mapping[int, Seeable]:
    """Of these check-ins those of goals the viewer may see, by id, in the order they were made. One query."""
    later = aliased(CheckIn)
    query: Select[Any] = (
        select(CheckIn, exists().where(later.replaces_id == CheckIn.id).label("is_replaced"), *relation_columns(viewer))
        .join(CheckIn.measure)
        .join(Measure.goal)
        .join(Goal.cycle)
        .join(Goal.unit)
        .where(CheckIn.id.in_(sorted(checkin_ids)), visible_goals(viewer))
        .options(contains_eager(CheckIn.measure).contains_eager(Measure.goal))
        .order_by(CheckIn.entered_at, CheckIn.id)
    )
    rows = db.session.execute(query).mappings()
    return {row[CheckIn].id: Seeable(row[CheckIn], as_relation(viewer, row), row["is_replaced"]) for row in rows}


def _of(query: Any, person_id: int, today: date) -> Any:
    """Of whoever this person manages, by somebody else; what was corrected since, or lies in a closed cycle, is past being seen."""
    later = aliased(CheckIn)
    said: list[ColumnElement[bool]] = [
        Person.boss_id == person_id,
        CheckIn.author_id != person_id,
        CheckIn.on > today - UNSEEN_DAYS,
        Acknowledgement.checkin_id.is_(None),
        Cycle.state.in_(TALKING),
        ~exists().where(later.replaces_id == CheckIn.id),
    ]
    return (
        query.select_from(CheckIn)
        .join(CheckIn.measure)
        .join(Measure.goal)
        .join(Goal.owner)
        .join(Goal.cycle)
        .outerjoin(Acknowledgement, Acknowledgement.checkin_id == CheckIn.id)
        .where(*said)
    )


def _with_goal(query: Any) -> Any:
    goal = contains_eager(CheckIn.measure).contains_eager(Measure.goal)
    return query.options(goal.contains_eager(Goal.owner), joinedload(CheckIn.author))
