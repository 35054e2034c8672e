"""The cycles as those who run them see them: on a line of time, with what is in each, and what is unfinished before a move."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, union_all

from goalsite.domain.periods import Span
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import Result, Review
from goalsite.queries.navigation import all_cycles
from goalsite.queries.waiting import change_asked, nobody_decides

AT_ONCE = 24
FIRST_FEW = 8
SIGNED = ("person_signed", "closed")
UNWRITTEN = ("draft", "suggested", "proposed")
# What is looked for before each move, in the order it is listed.
LOOKED_FOR: Mapping[str, tuple[str, ...]] = {
    "open": (*UNWRITTEN, "without_evaluator", "without_goals"),
    "review": (*UNWRITTEN, "change_asked", "nobody_decides", "without_check_in", "stale"),
    "close": ("appealed", *UNWRITTEN, "change_asked", "nobody_decides", "not_submitted", "submitted", "unsigned"),
    "reopen": (),
}


@dataclass(frozen=True)
class CycleRow:
    """A cycle in the list: how deep it lies in longer ones, how many goals it has by state, and where it stands on the
    line of time (fractions of its width)."""

    cycle: Cycle
    depth: int
    goals: Mapping[str, int]
    left: Fraction
    width: Fraction

    @property
    def running(self) -> int:
        """The goals that count."""
        return sum(self.goals.get(state, 0) for state in COUNTED_STATES)

    @property
    def unwritten(self) -> int:
        """Those still being written or agreed."""
        return sum(self.goals.get(state, 0) for state in UNWRITTEN)


@dataclass(frozen=True)
class Timeline:
    """One page of cycles; `now` is where today stands on the line, if it does."""

    rows: list[CycleRow]
    span: Span | None
    now: Fraction | None
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Case:
    """One of the unfinished goals or people: its id, its title or name, and whose it is."""

    id: int
    title: str
    owner: str


@dataclass(frozen=True)
class Unfinished:
    """Something a move leaves behind; `first` are some of the cases. One that `blocks` has to be settled before."""

    kind: str
    count: int
    first: list[Case]

    @property
    def blocks(self) -> bool:
        return self.kind == "appealed"


def cycle_by_id(cycle_id: int) -> Cycle | None:
    """The cycle."""
    return db.session.get(Cycle, cycle_id)


def cycle_by_code(code: str) -> Cycle | None:
    """The cycle of that code."""
    return db.session.scalar(select(Cycle).where(Cycle.code == code))


def timeline(page: int, today: date) -> Timeline:
    """The cycles, the latest first, each followed by those that lie in it."""
    found = _nested(all_cycles())
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * AT_ONCE : page * AT_ONCE]
    if not shown:
        return Timeline([], None, None, 1, 1, 0)
    span = Span(min(cycle.starts_on for cycle, _ in shown), max(cycle.ends_on for cycle, _ in shown))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    ids = [cycle.id for cycle, _ in shown]
    grouped = select(Goal.cycle_id, Goal.state, func.count()).where(Goal.cycle_id.in_(ids))
    for cycle_id, state, count in db.session.execute(grouped.group_by(Goal.cycle_id, Goal.state)).tuples():
        counts[cycle_id][state] = count
    rows = [
        CycleRow(
            cycle,
            depth,
            counts[cycle.id],
            Fraction((cycle.starts_on - span.first).days, span.days),
            Fraction((cycle.ends_on - cycle.starts_on).days + 1, span.days),
        )
        for cycle, depth in shown
    ]
    now = Fraction((today - span.first).days, span.days) if today in span else None
    return Timeline(rows, span, now, page, pages, len(found))


def unfinished(cycle: Cycle, act: str, today: date) -> list[Unfinished]:
    """What moving the cycle leaves unfinished (rules §7), with the first few cases of each; kinds without a case are left out."""
    kinds = LOOKED_FOR[act]
    goals = {kind: found for kind, found in _goals(today).items() if kind in kinds}
    people = {kind: found for kind, found in _people(cycle).items() if kind in kinds}
    if not goals and not people:
        return []
    in_it = Goal.cycle_id == cycle.id
    counts = [
        select(func.count(Goal.id)).join(Goal.owner).where(in_it, found).scalar_subquery() for found in goals.values()
    ]
    counts += [select(func.count(Person.id)).where(found).scalar_subquery() for found in people.values()]
    said = dict(zip([*goals, *people], db.session.execute(select(*counts)).one(), strict=True))
    few = [
        select(literal(kind).label("kind"), Goal.id, Goal.title, Person.name.label("owner"))
        .join(Goal.owner)
        .where(in_it, found)
        .order_by(Goal.title, Goal.id)
        .limit(FIRST_FEW)
        .subquery()
        for kind, found in goals.items()
        if said[kind]
    ]
    few += [
        select(literal(kind).label("kind"), Person.id, Person.name.label("title"), literal("").label("owner"))
        .where(found)
        .order_by(Person.sort_key, Person.id)
        .limit(FIRST_FEW)
        .subquery()
        for kind, found in people.items()
        if said[kind]
    ]
    cases: dict[str, list[Case]] = defaultdict(list)
    if few:
        for kind, id_, title, owner in db.session.execute(union_all(*(select(one) for one in few))):
            cases[kind].append(Case(id_, title, owner))
    return [Unfinished(kind, said[kind], cases[kind]) for kind in kinds if said[kind]]


def open_appeals(cycle: Cycle) -> int:
    """How many reviews of the cycle wait for HR's answer to an appeal."""
    appealed = select(func.count(Review.id)).where(Review.cycle_id == cycle.id, Review.state == "appealed")
    return db.session.scalar(appealed) or 0


def goals_outside(cycle: Cycle, span: Span) -> tuple[int, Goal | None]:
    """How many of its active and closed goals would lie outside the span, and one of them."""
    outside = (
        Goal.cycle_id == cycle.id,
        Goal.state.in_(COUNTED_STATES),
        or_(Goal.starts_on < span.first, Goal.due_on > span.last),
    )
    count = db.session.scalar(select(func.count(Goal.id)).where(*outside)) or 0
    return count, db.session.scalar(select(Goal).where(*outside).order_by(Goal.id).limit(1)) if count else None


def cycles_in(cycle: Cycle) -> list[Cycle]:
    """The cycles that lie in it directly."""
    return list(
        db.session.scalars(select(Cycle).where(Cycle.parent_id == cycle.id).order_by(Cycle.starts_on, Cycle.id))
    )


def cycles_to_lie_in(cycle: Cycle | None) -> list[Cycle]:
    """Those a cycle may lie in: all but itself and what lies in it."""
    every = all_cycles()
    if cycle is None:
        return every
    below = {cycle.id}
    while grown := {one.id for one in every if one.parent_id in below} - below:
        below |= grown
    return [one for one in every if one.id not in below]


def _nested(cycles: list[Cycle]) -> list[tuple[Cycle, int]]:
    """Each cycle after the one it lies in, with its depth; those inside one another in the order of time."""
    inside: dict[int | None, list[Cycle]] = defaultdict(list)
    known = {cycle.id for cycle in cycles}
    for cycle in cycles:
        inside[cycle.parent_id if cycle.parent_id in known else None].append(cycle)
    found: list[tuple[Cycle, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        listed = inside.get(parent, [])
        for cycle in listed if depth == 0 else sorted(listed, key=lambda one: (one.starts_on, one.code)):
            found.append((cycle, depth))
            walk(cycle.id, depth + 1)

    walk(None, 0)
    return found


def _goals(today: date) -> dict[str, ColumnElement[bool]]:
    counted = Goal.state.in_(COUNTED_STATES)
    measured = exists().where(Measure.goal_id == Goal.id).correlate(Goal)
    return {
        "draft": Goal.state == "draft",
        "suggested": Goal.state == "suggested",
        "proposed": Goal.state == "proposed",
        "without_evaluator": and_(Goal.state == "active", Goal.evaluator_id.is_(None), Person.boss_id.is_(None)),
        "change_asked": change_asked(),
        "nobody_decides": nobody_decides(today),
        "without_check_in": and_(Goal.state == "active", Goal.last_checkin_on.is_(None), measured),
        "stale": and_(Goal.state == "active", Goal.last_checkin_on.is_not(None), Goal.stale_from <= today),
        "not_submitted": and_(counted, Goal.evaluation.in_(("", "returned", "reopened"))),
        "submitted": and_(counted, Goal.evaluation == "submitted"),
    }


def _people(cycle: Cycle) -> dict[str, ColumnElement[bool]]:
    here = and_(
        Person.disabled_at.is_(None),
        or_(Person.joined_on.is_(None), Person.joined_on <= cycle.ends_on),
        or_(Person.left_on.is_(None), Person.left_on >= cycle.starts_on),
    )
    owned = exists().where(
        Goal.owner_id == Person.id, Goal.cycle_id == cycle.id, Goal.state.not_in(("cancelled", "returned"))
    )
    reviews = select(Review.id).where(Review.person_id == Person.id, Review.cycle_id == cycle.id)
    rated = exists().where(Result.person_id == Person.id, Result.cycle_id == cycle.id, Result.goals > 0)
    return {
        "without_goals": and_(here, ~owned.correlate(Person)),
        "appealed": reviews.where(Review.state == "appealed").correlate(Person).exists(),
        "unsigned": and_(
            rated.correlate(Person), ~reviews.where(Review.state.in_((*SIGNED, "appealed"))).correlate(Person).exists()
        ),
    }


def known_codes(codes: list[str]) -> set[str]:
    """Those of the codes that cycles have."""
    return set(db.session.scalars(select(Cycle.code).where(Cycle.code.in_(codes))))
