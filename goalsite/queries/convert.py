"""What the way from a KPI to an OKR shows: KPIs to choose from, where they stand, and drafts to go on with."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.measure import total_target
from goalsite.domain.relations import Viewer
from goalsite.domain.standing import current_value
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Unit
from goalsite.queries.company import company
from goalsite.queries.records import measure_facts, records_of
from goalsite.queries.visible import visible_goals

MOST_KPIS = 30
MOST_DRAFTS = 10
SHOWN_DAYS = 3
WRITTEN = ("draft", "proposed", "active")


@dataclass(frozen=True)
class Indicator:
    """A KPI that may become a key result. feeds: it may feed one, having a metric and being fed by nothing itself."""

    goal: Goal
    measure: Measure

    @property
    def feeds(self) -> bool:
        return self.measure.metric_id is not None and self.measure.fed_by_id is None


def indicators_for(viewer: Viewer, cycle_id: int) -> list[Indicator]:
    """The viewer's own KPIs of the cycle, and those of units they head; one query."""
    heads = select(Unit.id).where(Unit.head_id == viewer.id)
    mine = or_((Goal.owner_id == viewer.id), (Goal.scope == "unit") & Goal.unit_id.in_(heads))
    return _indicators(viewer, mine & (Goal.cycle_id == cycle_id))


def indicator_of(viewer: Viewer, goal_id: int) -> Indicator | None:
    """That KPI; None where it is none, or the viewer may not see it."""
    found = _indicators(viewer, Goal.id == goal_id)
    return found[0] if found else None


def drafts_of(viewer: Viewer, cycles: Collection[int]) -> list[Goal]:
    """The viewer's own drafts of OKRs in these cycles, the latest made first."""
    query = select(Goal).where(Goal.owner_id == viewer.id, Goal.kind == "okr", Goal.state == "draft")
    return list(db.session.scalars(query.where(Goal.cycle_id.in_(cycles)).order_by(Goal.id.desc()).limit(MOST_DRAFTS)))


def supported_by(viewer: Viewer, goal: Goal) -> Goal | None:
    """The goal this one supports, where the viewer may see it."""
    return db.session.scalar(select(Goal).where(Goal.id == goal.parent_id, visible_goals(viewer)))


def next_due(goal: Goal, measures: Iterable[Measure], day: date) -> dict[int, list[date]]:
    """By measure, the next days on which a check-in is due; none for those that are fed."""
    found = {}
    for row in measures:
        facts = measure_facts(row, goal, goal.cycle, company(), row.steps, row.period_targets)
        days = facts.due_days if row.fed_by_id is None else ()
        found[row.id] = [due for due in days if due >= day][:SHOWN_DAYS]
    return found


def stands_at(one: Indicator, day: date) -> tuple[Fraction | None, Fraction | None]:
    """Where the KPI stands on `day`, and its target for the whole span; three queries."""
    records = records_of([one.goal.id], day, deep=False)
    facts = records.world.goals[one.goal.id].measures[one.measure.id]
    return current_value(facts, list(records.world.entries.get(one.measure.id, ()))), total_target(facts)


def _indicators(viewer: Viewer, which: ColumnElement[bool]) -> list[Indicator]:
    query = (
        select(Goal, Measure)
        .join(Measure, Measure.goal_id == Goal.id)
        .where(which, Goal.kind == "kpi", Goal.state.in_(WRITTEN), visible_goals(viewer))
        .options(joinedload(Goal.cycle), joinedload(Goal.unit), joinedload(Measure.metric))
        .order_by(Goal.title, Goal.id, Measure.place)
        .limit(MOST_KPIS)
    )
    found: dict[int, Indicator] = {}
    for goal, measure in db.session.execute(query).tuples():
        found.setdefault(goal.id, Indicator(goal, measure))
    return list(found.values())
