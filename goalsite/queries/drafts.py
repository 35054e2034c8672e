"""What the form of a goal needs to know: what it says so far, the cycles it may lie in, circles, and weights (rules §3)."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from goalsite.domain.errors import RuleError
from goalsite.domain.goals import refuse_loop
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Goal, GoalLink, Measure, Metric, PeriodTarget, Person, Step, Unit, UnitMember
from goalsite.queries.records import fraction
from goalsite.queries.visible import assigned, visible_goals

NOTHING = Fraction(0)
PLANNED_STATES = ("draft", "proposed", "active", "closed")


@dataclass(frozen=True)
class Rows:
    """What the form's pickers name, by id; `indicators` are the measures of the goals among them."""

    people: Mapping[int, Person]
    units: Mapping[int, Unit]
    goals: Mapping[int, Goal]
    metrics: Mapping[int, Metric]
    indicators: Mapping[int, list[Measure]]


def rows_of(named: Iterable[tuple[str, int]]) -> Rows:
    """The rows of (people, units, goals or metrics; id), a query for each kind."""
    wanted: dict[str, set[int]] = {"people": set(), "units": set(), "goals": set(), "metrics": set()}
    for kind, key in named:
        wanted[kind].add(key)
    return Rows(
        people=_by_id(Person, wanted["people"], joinedload(Person.unit)),
        units=_by_id(Unit, wanted["units"]),
        goals=_by_id(Goal, wanted["goals"], joinedload(Goal.cycle)),
        metrics=_by_id(Metric, wanted["metrics"]),
        indicators=indicators_of(wanted["goals"]),
    )


def _by_id(model: Any, ids: set[int], *options: Any) -> dict[int, Any]:
    if not ids:
        return {}
    return {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(ids)).options(*options))}


@dataclass(frozen=True)
class Parts:
    """What a goal consists of besides its own row; `rows` are those its form names, but for what the viewer may not see."""

    parent: Goal | None
    also: list[Goal]
    measures: list[Measure]
    hidden: frozenset[int]
    rows: Rows


def parts_of(viewer: Viewer, goal: Goal) -> Parts:
    """The goal it supports, its secondary links, and its measures, with everything its form shows. Three queries."""
    measures = measures_with_parts(goal.id)
    db.session.scalars(
        select(Goal).where(Goal.id == goal.id).options(joinedload(Goal.followers), joinedload(Goal.visible_to))
    ).unique().one()
    linked = exists().where(GoalLink.goal_id == goal.id, GoalLink.parent_id == Goal.id).correlate(Goal)
    fed_by = {one.fed_by_id for one in measures if one.fed_by_id}
    query = (
        select(Goal, Measure, linked, visible_goals(viewer))
        .outerjoin(Measure, Measure.goal_id == Goal.id)
        .where(or_(Goal.id == goal.parent_id, Goal.id.in_(fed_by), linked))
        .options(joinedload(Goal.cycle))
        .order_by(Goal.id, Measure.place, Measure.id)
    )
    goals: dict[int, Goal] = {}
    also: dict[int, Goal] = {}
    hidden: set[int] = set()
    indicators: dict[int, list[Measure]] = {}
    for row, measure, is_linked, seen in db.session.execute(query):
        goals[row.id] = row
        if is_linked:
            also[row.id] = row
        if not seen:
            hidden.add(row.id)
        if measure is not None:
            indicators.setdefault(row.id, []).append(measure)
    people = [goal.owner, *goal.followers, *(one.assignee for one in measures if one.assignee)]
    rows = Rows(
        people={one.id: one for one in people},
        units={one.id: one for one in (goal.unit, *goal.visible_to)},
        goals={key: one for key, one in goals.items() if key not in hidden},
        metrics={one.metric.id: one.metric for one in measures if one.metric},
        indicators=indicators,
    )
    return Parts(goals.get(goal.parent_id or 0), list(also.values()), measures, frozenset(hidden), rows)


def measures_with_parts(goal_id: int) -> list[Measure]:
    """The goal's measures in order, with metric, assignee, the KPI that feeds each, steps and targets by period. One query."""
    query = (
        select(Measure, Step, PeriodTarget)
        .outerjoin(Step, Step.measure_id == Measure.id)
        .outerjoin(PeriodTarget, PeriodTarget.measure_id == Measure.id)
        .where(Measure.goal_id == goal_id)
        .options(joinedload(Measure.metric), joinedload(Measure.assignee), joinedload(Measure.fed_by))
        .order_by(Measure.place, Measure.id, Step.place, Step.id, PeriodTarget.starts_on)
    )
    steps: dict[Measure, dict[int, Step]] = {}
    targets: dict[Measure, dict[date, PeriodTarget]] = {}
    for row, step, target in db.session.execute(query):
        steps.setdefault(row, {})
        targets.setdefault(row, {})
        if step is not None:
            steps[row][step.id] = step
        if target is not None:
            targets[row][target.starts_on] = target
    for row in steps:
        set_committed_value(row, "steps", list(steps[row].values()))
        set_committed_value(row, "period_targets", list(targets[row].values()))
    return list(steps)


def indicators_of(goal_ids: Iterable[int]) -> dict[int, list[Measure]]:
    """The measures of these KPIs with their metrics, by goal."""
    wanted = set(goal_ids)
    found: dict[int, list[Measure]] = {}
    if wanted:
        query = select(Measure).where(Measure.goal_id.in_(wanted)).options(joinedload(Measure.metric))
        query = query.order_by(Measure.place, Measure.id)
        for one in db.session.scalars(query):
            found.setdefault(one.goal_id, []).append(one)
    return found


def feeds_metric(goal_id: int) -> set[int | None]:
    """The metrics of the key results this goal feeds; empty where it feeds none."""
    return set(db.session.scalars(select(Measure.metric_id).where(Measure.fed_by_id == goal_id)))


def units_of(person_id: int) -> set[int]:
    """The teams somebody belongs to besides their home unit."""
    return set(db.session.scalars(select(UnitMember.unit_id).where(UnitMember.person_id == person_id)))


def refuse_circle(viewer: Viewer, goal_id: int, title: str, parent: Goal | None, sources: Iterable[Goal]) -> None:
    """Raises RuleError alignment_loop where this goal, supporting `parent` and fed by `sources`, would come back to itself.

    The chain names goals the viewer may not see only by a mark.
    """
    feeds = set(db.session.scalars(select(Measure.goal_id).where(Measure.fed_by_id == goal_id)))
    fed_by = list(sources)
    edges: dict[Hashable, set[Hashable]] = {}
    for lower, upper in _edges_above({*feeds, *([parent.id] if parent else [])}):
        edges.setdefault(lower, set()).add(upper)
    # What is stored of the goal itself may be what is changed: only what it will say counts.
    edges[goal_id] = {*feeds, *([parent.id] if parent else [])}
    for source in fed_by:
        edges.setdefault(source.id, set()).add(goal_id)
    ids = {key for key in {*edges, *(upper for uppers in edges.values() for upper in uppers)} if isinstance(key, int)}
    seen = select(Goal.id, Goal.title).where(Goal.id.in_(ids), visible_goals(viewer))
    names: dict[Hashable, str] = dict.fromkeys(ids, "…")
    names.update(db.session.execute(seen).tuples().all())
    refuse_loop({key: sorted(uppers, key=str) for key, uppers in edges.items()}, names | {goal_id: title}, "parent")


def _edges_above(starts: set[int]) -> list[tuple[int, int]]:
    """(lower, upper) of every link on the ways up from these goals, by support and by feeding."""
    if not starts:
        return []
    edges = union_all(
        select(Goal.id.label("lower"), Goal.parent_id.label("upper")).where(Goal.parent_id.is_not(None)),
        select(Measure.fed_by_id, Measure.goal_id).where(Measure.fed_by_id.is_not(None)),
    ).subquery("edges")
    tree = select(Goal.id).where(Goal.id.in_(starts)).cte("above", recursive=True)
    tree = tree.union(select(edges.c.upper).join(tree, edges.c.lower == tree.c.id))
    found = select(edges.c.lower, edges.c.upper).where(edges.c.lower.in_(select(tree.c.id)))
    return [(lower, upper) for lower, upper in db.session.execute(found).tuples()]


def weights_beside(
    owner_id: int, cycle_id: int, kind: str, goal_id: int = 0, *, with_assigned: bool = False
) -> Fraction:
    """What the weights of the person's other goals of that kind in the cycle come to, planned ones too.

    with_assigned: and those that were assigned to them and wait to be received.
    """
    counted: ColumnElement[bool] = Goal.state.in_(PLANNED_STATES)
    if with_assigned:
        counted = or_(counted, and_(Goal.state == "suggested", assigned()))
    query = select(func.sum(Goal.weight)).where(
        Goal.owner_id == owner_id,
        Goal.cycle_id == cycle_id,
        Goal.kind == kind,
        Goal.scope == "person",
        counted,
        Goal.id != goal_id,
    )
    return fraction(db.session.scalar(query)) or NOTHING


def kept_unseen(viewer: Viewer, goal: Goal) -> tuple[Goal | None, list[Goal], dict[int, Goal]]:
    """What the goal is linked to that the viewer may not see, and so cannot have taken away: the goal it supports, its
    secondary links, and the KPIs that feed its key results, by key result."""
    parts = parts_of(viewer, goal)
    return (
        parts.parent if parts.parent and parts.parent.id in parts.hidden else None,
        [one for one in parts.also if one.id in parts.hidden],
        {one.id: one.fed_by for one in parts.measures if one.fed_by and one.fed_by_id in parts.hidden},
    )


def refuse_unfeeding(goal_id: int, kind: str, metrics: Iterable[int | None]) -> None:
    """Raises RuleError feeds_others where a KPI that feeds key results would no longer have their metric."""
    fed = feeds_metric(goal_id)
    if fed and (kind != "kpi" or set(metrics) - fed):
        raise RuleError("feeds_others", "kind")
