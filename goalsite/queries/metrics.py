"""The library of metrics, and where each is used."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from goalsite.domain.names import says
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, KpiSetItem, Measure, Metric
from goalsite.models_follow import CheckIn

AT_ONCE = 50
FIRST_FEW = 12
LONGEST_TEXT = 100


@dataclass(frozen=True)
class MetricRow:
    """A metric in the library, and how many measures have it."""

    metric: Metric
    measures: int


@dataclass(frozen=True)
class Library:
    """One page of the metrics that hold the text."""

    rows: list[MetricRow]
    text: str
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Usage:
    """Where a metric is used. `first` are some of the measures, with their goals and cycles; `reported` and `closed` count
    those with check-ins and those in closed cycles; `running` the goals under way, whose numbers a change may move, `owners` whose they are."""

    measures: int
    goals: int
    reported: int
    closed: int
    running: int
    owners: int
    positions: list[str]
    first: list[Measure]

    @property
    def fixed(self) -> bool:
        """Direction, aggregate, symbol and decimals stay as they are (rules §7)."""
        return bool(self.reported or self.closed)


def metric_by_id(metric_id: int) -> Metric | None:
    """The metric."""
    return db.session.get(Metric, metric_id)


def metric_by_code(code: str) -> Metric | None:
    """The metric of that code."""
    return db.session.scalar(select(Metric).where(Metric.code == code))


def library(text: str, page: int) -> Library:
    """The metrics whose name or code holds the text, by code."""
    text = " ".join(text.replace("\0", " ").encode("utf-8", "ignore").decode().split())[:LONGEST_TEXT]
    named = db.session.execute(select(Metric.id, Metric.name, Metric.code).order_by(Metric.code)).tuples()
    ids = [key for key, *words in named if says(text, *words)]
    pages = max(1, -(-len(ids) // AT_ONCE))
    page = min(max(page, 1), pages)
    used = select(func.count(Measure.id)).where(Measure.metric_id == Metric.id).correlate(Metric).scalar_subquery()
    shown = Metric.id.in_(ids[(page - 1) * AT_ONCE : page * AT_ONCE])
    found = select(Metric, used).where(shown).order_by(Metric.code)
    rows = [MetricRow(metric, count) for metric, count in db.session.execute(found).tuples()]
    return Library(rows, text, page, pages, len(ids))


def usage_of(metric: Metric) -> Usage:
    """Where the metric is used, the latest cycles first."""
    heard = exists().where(CheckIn.measure_id == Measure.id).correlate(Measure)
    counts = (
        select(
            func.count(Measure.id),
            func.count(Measure.goal_id.distinct()),
            func.count(Measure.id).filter(heard),
            func.count(Measure.id).filter(Cycle.state == "closed"),
            func.count(Goal.id.distinct()).filter(Goal.state == "active"),
            func.count(Goal.owner_id.distinct()).filter(Goal.state == "active"),
        )
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .where(Measure.metric_id == metric.id)
    )
    measures, goals, reported, closed, running, owners = db.session.execute(counts).tuples().one()
    positions = db.session.scalars(
        select(KpiSetItem.position).where(KpiSetItem.metric_id == metric.id).order_by(KpiSetItem.position)
    )
    first = (
        select(Measure)
        .join(Goal, Goal.id == Measure.goal_id)
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .where(Measure.metric_id == metric.id)
        .options(joinedload(Measure.goal).joinedload(Goal.cycle), joinedload(Measure.goal).joinedload(Goal.owner))
        .order_by(Cycle.starts_on.desc(), Goal.title, Measure.id)
        .limit(FIRST_FEW)
    )
    shown = list(db.session.scalars(first)) if measures else []
    return Usage(measures, goals, reported, closed, running, owners, list(positions), shown)


def goals_measured_by(metric: Metric) -> set[int]:
    """The goals with a measure of that metric."""
    return set(db.session.scalars(select(Measure.goal_id).where(Measure.metric_id == metric.id)))
