"""A metric over the cycles: every measure of it that the reader may see, cycle by cycle (rules §2, §8)."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.goals import GoalStanding
from goalsite.domain.measure import total_target
from goalsite.domain.relations import Viewer
from goalsite.domain.series import Measured, Value, axis, length_of, standing_for, together
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, Unit, UnitAncestor
from goalsite.queries.cards import GoalCard, MeasureCard, card_of
from goalsite.queries.records import records_of
from goalsite.queries.report_people import allow_file
from goalsite.queries.slices import every_page
from goalsite.queries.visible import visible_goals

AT_ONCE = 50
# So many of the last cycles of a length are set side by side.
MOST_CYCLES = 8
MOST_MEASURES = 1000
NO_NUMBER = ("done", "steps")
# In a file: of so many at once, and for all but HR no more than so many.
SLICE = 2000
MOST_IN_FILE = 3000


@dataclass(frozen=True)
class Choice:
    """A metric to choose, and how many measures of it the reader may see."""

    metric: Metric
    measures: int


@dataclass(frozen=True)
class Line:
    """One measure of the metric, with its goal."""

    goal: GoalCard
    measure: MeasureCard


@dataclass(frozen=True)
class Page:
    """One page of choices or of lines, and how many there are in all."""

    rows: Sequence[Choice | Line]
    in_all: int


@dataclass(frozen=True)
class Point:
    """What the metric came to in a cycle, by the measures that stand for the unit. value: None where they are several that do not add up."""

    cycle: Cycle
    measures: list[MeasureCard]
    value: Value | None
    is_running: bool

    @property
    def apart(self) -> list[Fraction]:
        """The values of several that do not add up, the lowest first."""
        known = [] if self.value else [one.standing.current for one in self.measures]
        return sorted(one for one in known if one is not None)

    @property
    def bounds(self) -> list[Fraction]:
        """The bounds of one that is to be kept, or the target."""
        if self.value is None:
            return []
        facts = self.measures[0].facts
        held = [facts.low, facts.high] if facts.direction == "keep" and len(self.measures) == 1 else [self.value.target]
        return [one for one in held if one is not None]


@dataclass(frozen=True)
class Series:
    """Cycles of a length, the earliest first."""

    length: str
    points: list[Point]

    @property
    def axis(self) -> list[Fraction]:
        """Round numbers around all that is drawn."""
        values = [one.value.current for one in self.points if one.value and one.value.current is not None]
        return axis([*values, *(number for one in self.points for number in (*one.apart, *one.bounds))])


def metric_by_code(code: str) -> Metric | None:
    """The metric."""
    return db.session.scalar(select(Metric).where(Metric.code == code))


def page_of(viewer: Viewer, unit: Unit, metric: Metric | None, today: date, page: int, at_once: int = AT_ONCE) -> Page:
    """A page of the measures of the metric, or of the metrics to choose from."""
    if metric is None:
        return metrics_in(viewer, unit, page, at_once)
    return lines_of(viewer, unit, metric, today, page, at_once)


def metrics_in(viewer: Viewer, unit: Unit, page: int, at_once: int) -> Page:
    """The metrics of measures that the reader may see in the unit and those below, by name. One query."""
    query = (
        select(Metric, func.count(), func.count().over())
        .join(Measure, Measure.metric_id == Metric.id)
        .join(Goal, Goal.id == Measure.goal_id)
        .where(*_seen(viewer, unit))
        .group_by(Metric.id)
        .order_by(Metric.name, Metric.id)
    )
    rows = db.session.execute(_page(query, page, at_once)).tuples().all()
    return Page([Choice(metric, count) for metric, count, _ in rows], rows[0][2] if rows else 0)


def lines_of(viewer: Viewer, unit: Unit, metric: Metric, today: date, page: int, at_once: int = AT_ONCE) -> Page:
    """The measures of the metric that the reader may see in the unit and those below, the latest cycle first, then by unit. Four queries."""
    query = (
        select(Measure.id, Goal.id, func.count().over())
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .join(Unit, Unit.id == Goal.unit_id)
        .where(Measure.metric_id == metric.id, *_seen(viewer, unit))
        .order_by(
            Cycle.starts_on.desc(), Cycle.ends_on.desc(), Goal.scope.desc(), Unit.sort_key, Goal.code, Measure.place
        )
    )
    rows = db.session.execute(_page(query, page, at_once)).tuples().all()
    along = [joinedload(Goal.owner), joinedload(Goal.unit)]
    # How the measures stand is asked, not their goals: nothing below is looked at.
    records = records_of({row[1] for row in rows}, today, deep=False, options=along)
    known: dict[Hashable, GoalStanding] = {}
    cards = {goal.id: card_of(goal, records, known, today) for goal in records.goals}
    lines = [
        Line(cards[goal_id], measure)
        for measure_id, goal_id, _ in rows
        for measure in cards[goal_id].measures
        if measure.row.id == measure_id
    ]
    return Page(lines, rows[0][2] if rows else 0)


def all_of(viewer: Viewer, unit: Unit, metric: Metric | None, today: date) -> Iterator[Choice | Line]:
    """The same, all pages of them. RuleError as `allow_file`."""

    def rows_of(page: int) -> Sequence[Choice | Line]:
        found = page_of(viewer, unit, metric, today, page, SLICE)
        allow_file(viewer, found.in_all, MOST_IN_FILE)
        return found.rows

    return every_page(rows_of, SLICE)


def series_of(viewer: Viewer, unit: Unit, metric: Metric, cycles: Iterable[Cycle], day: date) -> list[Series] | None:
    """What the metric came to for the unit in the last of the cycles begun by the day, by their length, the length with most of them first;
    None where more measures stand for it than are looked at here. At most six queries."""
    lengths: dict[str, list[Cycle]] = defaultdict(list)
    for cycle in sorted(cycles, key=lambda one: (one.starts_on, one.ends_on)):
        if cycle.starts_on <= day:
            lengths[length_of((cycle.ends_on - cycle.starts_on).days + 1)].append(cycle)
    chosen = {cycle.id: cycle for some in lengths.values() for cycle in some[-MOST_CYCLES:]}
    found = _standing_for(viewer, unit, metric, chosen)
    if len(found) > MOST_MEASURES:
        return None
    records = records_of({one.goal for one in found}, day, deep=False)
    known: dict[Hashable, GoalStanding] = {}
    cards = {goal.id: card_of(goal, records, known, day) for goal in records.goals}
    points: dict[str, list[Point]] = defaultdict(list)
    for length, some in lengths.items():
        for cycle in some[-MOST_CYCLES:]:
            goals = {one.measure: cards[one.goal] for one in found if cards[one.goal].row.cycle_id == cycle.id}
            measures = [one for card in goals.values() for one in card.measures if one.row.id in goals]
            if measures:
                value = together([_value(one) for one in measures], metric.aggregate)
                points[length].append(Point(cycle, measures, value, cycle.ends_on >= day))
    return sorted((Series(length, some) for length, some in points.items()), key=lambda one: -len(one.points))


def _standing_for(viewer: Viewer, unit: Unit, metric: Metric, cycles: Collection[int]) -> list[Measured]:
    columns = (
        Measure.id,
        Goal.id,
        Goal.kind,
        Goal.scope,
        Goal.unit_id,
        Goal.owner_id,
        Goal.parent_id,
        Measure.fed_by_id,
    )
    query = select(Goal.cycle_id, *columns).join(Goal, Goal.id == Measure.goal_id)
    query = query.where(Measure.metric_id == metric.id, Measure.direction.not_in(NO_NUMBER), Goal.cycle_id.in_(cycles))
    rows = db.session.execute(query.where(*_seen(viewer, unit)).order_by(Goal.code, Measure.place)).tuples().all()
    by_cycle: dict[int, list[Measured]] = defaultdict(list)
    for row in rows:
        by_cycle[row[0]].append(Measured(*row[1:]))
    above: dict[int, set[int]] = defaultdict(set)
    lies, inside = aliased(UnitAncestor), select(UnitAncestor.unit_id).where(UnitAncestor.ancestor_id == unit.id)
    for key, ancestor in db.session.execute(
        select(lies.unit_id, lies.ancestor_id).where(lies.unit_id.in_(inside))
    ).tuples():
        above[key].add(ancestor)
    return [one for found in by_cycle.values() for one in standing_for(found, above)]


def _value(measure: MeasureCard) -> Value:
    facts, standing = measure.facts, measure.standing
    return Value(standing.current, facts.base, total_target(facts), standing.raw)


def _seen(viewer: Viewer, unit: Unit) -> list[Any]:
    inside = select(UnitAncestor.unit_id).where(UnitAncestor.ancestor_id == unit.id)
    return [Goal.state.in_(COUNTED_STATES), Goal.unit_id.in_(inside), visible_goals(viewer)]


def _page(query: Any, page: int, at_once: int) -> Any:
    return query.limit(at_once).offset((page - 1) * at_once)
