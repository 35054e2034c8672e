"""What is known around a goal, for the coach: of its owner, its unit, and its metrics now and earlier, in one query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from goalsite import policy
from goalsite.domain.relations import ToGoal, Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.queries.visible import visible_goals

UNDER_WAY = ("draft", "proposed", "active")
EARLIER_CYCLES = 6
FEW_TWINS = 5
CYCLES_RUNNING = 2


@dataclass(frozen=True)
class Asked:
    """Whose goal it is, and where: what is known is looked up by these. tell_owner, tell_unit: whether the reader may be told of the owner's other goals and
    results, and of who writes the unit's goals. metrics: those it counts, where they are not stored yet."""

    cycle: Cycle
    unit: Unit
    owner_id: int
    scope: str = "person"
    goal_id: int = 0
    metrics: tuple[int, ...] | None = None
    sources: tuple[int, ...] = ()
    tell_owner: bool = False
    tell_unit: bool = False


@dataclass(frozen=True)
class Background:
    """What was found: counts for `Around`, and by metric: the titles of goals that count it too, and the earlier (measure, goal, cycle's name)."""

    around: Mapping[str, Any] = field(default_factory=dict)
    twins: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    earlier: Mapping[int, tuple[tuple[int, int, str], ...]] = field(default_factory=dict)

    @property
    def goals(self) -> set[int]:
        """The goals of earlier cycles, whose records `past_of` wants."""
        return {goal_id for found in self.earlier.values() for _, goal_id, _ in found}


def asked_of(goal: Goal, to: ToGoal, sources: Iterable[int] = ()) -> Asked:
    """What to look up for a goal that exists, fed by `sources`, and what this reader may be told."""
    return Asked(
        goal.cycle,
        goal.unit,
        goal.owner_id,
        goal.scope,
        goal.id,
        sources=tuple(sources),
        tell_owner=bool(to.columns & policy.RESULT_READERS),
        tell_unit=bool(to.columns & policy.WRITERS),
    )


def background_of(viewer: Viewer, asked: Asked) -> Background:
    """Everything in one query; goals the reader may not see are neither named nor compared with."""
    return background_from(db.session.execute(union_all(*questions(viewer, asked))).tuples())


def questions(viewer: Viewer, asked: Asked) -> list[Select[Any]]:
    """The selects that `background_from` reads the rows of: (kind, a number, another, a third, text)."""
    parts = [_twins(viewer, asked), _earlier(viewer, asked)]
    if asked.tell_owner and asked.scope == "person":
        parts += [_owners_goals(asked), _owners_results(asked)]
    if asked.tell_unit and asked.unit.head_id is not None:
        parts += [_units_goals(asked), _units_people(asked)]
    return parts


def background_from(rows: Iterable[tuple[Any, ...]]) -> Background:
    """What the rows of `questions` say, in whichever order they come."""
    around: dict[str, Any] = {}
    results: list[tuple[Fraction, ...]] = []
    twins: dict[int, list[str]] = defaultdict(list)
    earlier: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for kind, one, two, three, text in rows:
        if kind == "twin":
            twins[one].append(text)
        elif kind == "earlier":
            earlier[one].append((two, three, text))
        elif kind == "results":
            # All of them reached, or not: more is not asked.
            results.append((Fraction(one == two),))
        elif kind == "unit_goals":
            around |= {"unit_goals": one, "by_head": two or 0}
        else:
            around[kind] = one
    around["results"] = tuple(results)
    return Background(
        around,
        {key: tuple(sorted(titles)) for key, titles in twins.items()},
        {key: tuple(found) for key, found in earlier.items()},
    )


def _row(kind: str, one: Any, two: Any = None, three: Any = None, text: Any = None) -> Select[Any]:
    nothing = cast(null(), Integer)
    return select(
        literal(kind).label("kind"),
        one.label("one"),
        (nothing if two is None else two).label("two"),
        (nothing if three is None else three).label("three"),
        (literal("") if text is None else text).label("text"),
    )


def _same_place(asked: Asked) -> ColumnElement[bool]:
    """Goals of the same unit, or of the same person."""
    if asked.scope == "unit":
        return and_(Goal.scope == "unit", Goal.unit_id == asked.unit.id)
    return and_(Goal.scope == "person", Goal.owner_id == asked.owner_id)


def _counts(asked: Asked) -> ColumnElement[bool]:
    """The Measure has one of the goal's metrics."""
    own = aliased(Measure)
    stored = select(own.metric_id).where(own.goal_id == asked.goal_id, own.metric_id.is_not(None))
    return Measure.metric_id.in_(asked.metrics) if asked.metrics is not None else Measure.metric_id.in_(stored)


def _twins(viewer: Viewer, asked: Asked) -> Select[Any]:
    """Other goals of the cycle counting one of its metrics; what feeds it, or what it feeds, counts the same on purpose."""
    found = (
        select(Measure.metric_id, Goal.title)
        .join(Goal, Goal.id == Measure.goal_id)
        .where(
            Goal.cycle_id == asked.cycle.id,
            Goal.id != asked.goal_id,
            Goal.id.not_in(asked.sources),
            or_(Measure.fed_by_id.is_(None), Measure.fed_by_id != asked.goal_id),
            Goal.state.in_(UNDER_WAY),
            _counts(asked),
            _same_place(asked),
            visible_goals(viewer),
        )
        .order_by(Goal.title, Goal.id)
        .limit(FEW_TWINS)
        .subquery()
    )
    return _row("twin", found.c.metric_id, text=found.c.title)


def _earlier(viewer: Viewer, asked: Asked) -> Select[Any]:
    """The measures of the same metric in cycles that ended before this one began, the latest first."""
    place = func.row_number().over(partition_by=Measure.metric_id, order_by=(Cycle.ends_on.desc(), Measure.id.desc()))
    found = (
        select(Measure.metric_id, Measure.id, Measure.goal_id, Cycle.name, place.label("place"))
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .where(
            Cycle.ends_on < asked.cycle.starts_on,
            Goal.state.in_(COUNTED_STATES),
            _counts(asked),
            Measure.fed_by_id.is_(None),
            _same_place(asked),
            visible_goals(viewer),
        )
        .subquery()
    )
    rows = _row("earlier", found.c.metric_id, found.c.id, found.c.goal_id, found.c.name)
    return rows.where(found.c.place <= EARLIER_CYCLES)


def _owners_goals(asked: Asked) -> Select[Any]:
    return _row("owner_goals", func.count(Goal.id)).where(
        Goal.owner_id == asked.owner_id,
        Goal.scope == "person",
        Goal.cycle_id == asked.cycle.id,
        Goal.state.in_(UNDER_WAY),
    )


def _owners_results(asked: Asked) -> Select[Any]:
    """How many goals the owner had in each of the two cycles before, and how many of them came to 1.0."""
    result = case((Goal.evaluation == "approved", Goal.score), else_=Goal.progress)
    found = (
        select(
            func.count(Goal.id).label("goals"),
            func.sum(case((result >= Decimal(1), 1), else_=0)).label("full"),
            Cycle.ends_on,
        )
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .where(
            Goal.owner_id == asked.owner_id,
            Goal.scope == "person",
            Goal.state.in_(COUNTED_STATES),
            Cycle.ends_on < asked.cycle.starts_on,
        )
        .group_by(Cycle.id, Cycle.ends_on)
        .order_by(Cycle.ends_on.desc(), Cycle.id.desc())
        .limit(CYCLES_RUNNING)
        .subquery()
    )
    return _row("results", found.c.goals, found.c.full)


def _units_goals(asked: Asked) -> Select[Any]:
    by_head = func.sum(case((Goal.created_by_id == asked.unit.head_id, 1), else_=0))
    return _row("unit_goals", func.count(Goal.id), by_head).where(
        Goal.unit_id == asked.unit.id, Goal.cycle_id == asked.cycle.id, Goal.state.in_(UNDER_WAY)
    )


def _units_people(asked: Asked) -> Select[Any]:
    return _row("unit_people", func.count(Person.id)).where(
        Person.unit_id == asked.unit.id, Person.disabled_at.is_(None), Person.left_on.is_(None)
    )
