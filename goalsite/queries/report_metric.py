"""A metric over the cycles: every measure of it that the reader may see, cycle by cycle (rules §2, §8)."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from goalsite.domain.goals import GoalStanding
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, Unit, UnitAncestor
from goalsite.queries.cards import GoalCard, MeasureCard, card_of
from goalsite.queries.records import records_of
from goalsite.queries.report_people import allow_file
from goalsite.queries.slices import every_page
from goalsite.queries.visible import visible_goals

AT_ONCE = 50
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


def _seen(viewer: Viewer, unit: Unit) -> list[Any]:
    inside = select(UnitAncestor.unit_id).where(UnitAncestor.ancestor_id == unit.id)
    return [Goal.state.in_(COUNTED_STATES), Goal.unit_id.in_(inside), visible_goals(viewer)]


def _page(query: Any, page: int, at_once: int) -> Any:
    return query.limit(at_once).offset((page - 1) * at_once)
