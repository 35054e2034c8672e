"""What was said and done about a goal: its check-ins, comments, plan, blockers, changes, evaluation steps and the points of its line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.period_plan import read_written
from goalsite.extensions import EXACT_DECIMALS, SHARE_DECIMALS, Instant, db, exact
from goalsite.models import GoalFollower, GoalUnit, Measure, Person, Unit
from goalsite.models_follow import (
    Acknowledgement,
    Action,
    Blocker,
    Change,
    CheckIn,
    Comment,
    EvaluationStep,
    GoalPoint,
    Proposal,
)

HISTORY_PAGE = 6
TALK_PAGE = 20
CHANGES = 30
COLUMNS: dict[str, Any] = {
    "id": Integer,
    "at": Instant,
    "day": Date,
    "until": Date,
    "head": String,
    "body": String,
    "old": String,
    "new": String,
    "person_id": Integer,
    "other_id": Integer,
    "measure_id": Integer,
    "number": BigInteger,
    "total": Integer,
}


@dataclass(frozen=True)
class Item:
    """One thing around a goal, of a kind; which of the other fields it has follows from that."""

    id: int | None
    at: datetime | None
    day: date | None
    until: date | None
    head: str | None
    body: str | None
    old: str | None
    new: str | None
    person: Person | None
    other: Person | None
    measure: str | None
    number: Fraction | None

    @property
    def was(self) -> Fraction | date | str:
        return _plain(self.old or "")

    @property
    def now(self) -> Fraction | date | str:
        return _plain(self.new or "")

    @property
    def periods(self) -> list[tuple[date, Fraction | None, Fraction | None]]:
        """Of targets by period those that differ: the period's first day, what it was, what it is."""
        old, new = read_written(self.old or ""), read_written(self.new or "")
        days = sorted(day for day in {*old, *new} if old.get(day) != new.get(day))
        return [(day, old.get(day), new.get(day)) for day in days]


@dataclass
class Surroundings:
    """Everything by kind, the oldest first: of comments one page and of changes the last ones. `number` of a step is its score, a fraction."""

    comments: list[Item] = field(default_factory=list)
    comments_total: int = 0
    actions: list[Item] = field(default_factory=list)
    blockers: list[Item] = field(default_factory=list)
    changes: list[Item] = field(default_factory=list)
    proposals: list[Item] = field(default_factory=list)
    steps: list[Item] = field(default_factory=list)
    followers: list[Item] = field(default_factory=list)
    units: list[Item] = field(default_factory=list)
    points: list[tuple[date, Fraction | None]] = field(default_factory=list)
    beside: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class HistoryLine:
    """A check-in. before: the value that held before it (of a `last`); replaced_by: the one that took its place."""

    row: CheckIn
    before: Decimal | None
    replaced_by: CheckIn | None


@dataclass(frozen=True)
class History:
    lines: list[HistoryLine]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(-(-self.total // HISTORY_PAGE), 1)


def surroundings_of(goal_id: int, talk_page: int = 1, beside: Iterable[Select[Any]] = ()) -> Surroundings:
    """All of it, in one query; of the comments one page, the first being the latest. beside: the coach's questions, answered with it."""
    rows = _everything(goal_id, talk_page, beside)
    person, other = aliased(Person), aliased(Person)
    query = (
        select(rows, person, other, Measure.title.label("measure"))
        .outerjoin(person, person.id == rows.c.person_id)
        .outerjoin(other, other.id == rows.c.other_id)
        .outerjoin(Measure, Measure.id == rows.c.measure_id)
        .order_by(rows.c.day, rows.c.at, rows.c.id)
    )
    found = Surroundings()
    for row in db.session.execute(query).all():
        kept = row._mapping
        number = kept["number"]
        if kept["kind"] == "points":
            found.points.append((kept["day"], None if number is None else Fraction(number, 10**SHARE_DECIMALS)))
            continue
        if kept["kind"] == "beside":
            found.beside.append((kept["head"], kept["id"], kept["total"], number, kept["body"]))
            continue
        if kept["kind"] == "comments":
            found.comments_total = kept["total"]
        names = ("id", "at", "day", "until", "head", "body", "old", "new", "measure")
        score = None if number is None else Fraction(number, 10**EXACT_DECIMALS)
        item = Item(**{name: kept[name] for name in names}, person=row[-3], other=row[-2], number=score)
        getattr(found, kept["kind"]).append(item)
    return found


def history_of(goal_id: int, page: int) -> History:
    """One page of the goal's check-ins, replaced ones too, the latest entered first."""
    later = aliased(CheckIn)
    before = func.lag(CheckIn.value, type_=exact()).over(
        partition_by=[CheckIn.measure_id, CheckIn.step_id, later.id.is_(None)],
        order_by=[CheckIn.on, CheckIn.entered_at, CheckIn.id],
    )
    query = (
        select(CheckIn, later, before, func.count().over())
        .join(Measure, Measure.id == CheckIn.measure_id)
        .outerjoin(later, later.replaces_id == CheckIn.id)
        .where(Measure.goal_id == goal_id)
        .options(
            joinedload(CheckIn.measure),
            joinedload(CheckIn.step),
            joinedload(CheckIn.author),
            joinedload(CheckIn.seen).joinedload(Acknowledgement.person),
        )
        .order_by(CheckIn.entered_at.desc(), CheckIn.id.desc())
        .limit(HISTORY_PAGE)
        .offset((page - 1) * HISTORY_PAGE)
    )
    rows = db.session.execute(query).tuples().all()
    lines = [HistoryLine(row, old, replacement) for row, replacement, old, _ in rows]
    return History(lines, rows[0][3] if rows else 0, page)


def _plain(text: str) -> Fraction | date | str:
    """What a change keeps as text: a number, a day, or words."""
    if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", text):
        return Fraction(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _everything(goal_id: int, talk_page: int, beside: Iterable[Select[Any]]) -> Subquery:
    """All kinds of rows under the same columns, what a kind does not have left empty."""
    talk = (
        select(Comment.id, Comment.entered_at, Comment.body, Comment.author_id, func.count().over().label("total"))
        .where(Comment.goal_id == goal_id)
        .order_by(Comment.entered_at.desc(), Comment.id.desc())
        .limit(TALK_PAGE)
        .offset((talk_page - 1) * TALK_PAGE)
        .subquery("talk")
    )
    changed = (
        select(Change)
        .where(Change.goal_id == goal_id)
        .order_by(Change.at.desc(), Change.id.desc())
        .limit(CHANGES)
        .subquery("changed")
    )
    branches = [
        _branch(
            "comments",
            id=talk.c.id,
            at=talk.c.entered_at,
            body=talk.c.body,
            person_id=talk.c.author_id,
            total=talk.c.total,
        ),
        _branch("changes", old=changed.c.old, other_id=changed.c.approved_by_id, **_of_change(changed.c)),
        _branch(
            "actions",
            id=Action.id,
            day=Action.due_on,
            until=Action.done_on,
            head=Action.title,
            person_id=Action.assignee_id,
            measure_id=Action.measure_id,
        ).where(Action.goal_id == goal_id),
        _branch(
            "blockers",
            id=Blocker.id,
            day=Blocker.opened_on,
            head=Blocker.kind,
            body=Blocker.next_step,
            person_id=Blocker.owner_id,
            measure_id=Blocker.measure_id,
        )
        .join(Measure, Measure.id == Blocker.measure_id)
        .where(Measure.goal_id == goal_id, Blocker.closed_on.is_(None)),
        _branch(
            "steps",
            id=EvaluationStep.id,
            at=EvaluationStep.at,
            head=EvaluationStep.step,
            body=EvaluationStep.note,
            person_id=EvaluationStep.by_id,
            number=type_coerce(EvaluationStep.score, BigInteger),
        ).where(EvaluationStep.goal_id == goal_id),
        _branch("proposals", **_of_change(Proposal)).where(Proposal.goal_id == goal_id, Proposal.state == "open"),
        _branch("followers", person_id=GoalFollower.person_id).where(GoalFollower.goal_id == goal_id),
        _branch("units", id=Unit.id, head=Unit.name)
        .join(GoalUnit, GoalUnit.unit_id == Unit.id)
        .where(GoalUnit.goal_id == goal_id),
        _branch("points", day=GoalPoint.on, number=type_coerce(GoalPoint.progress, BigInteger)).where(
            GoalPoint.goal_id == goal_id
        ),
        *(_answer(question.subquery()) for question in beside),
    ]
    return union_all(*branches).subquery("everything")


def _of_change(rows: Any) -> dict[str, Any]:
    said = {"head": rows.field, "new": rows.new, "body": rows.why}
    return said | {"id": rows.id, "at": rows.at, "person_id": rows.by_id, "measure_id": rows.measure_id}


def _answer(rows: Subquery) -> Select[Any]:
    return _branch("beside", head=rows.c.kind, id=rows.c.one, total=rows.c.two, number=rows.c.three, body=rows.c.text)


def _branch(kind: str, **given: Any) -> Select[Any]:
    columns = (given.get(name, cast(null(), of)).label(name) for name, of in COLUMNS.items())
    return select(literal(kind).label("kind"), *columns)
