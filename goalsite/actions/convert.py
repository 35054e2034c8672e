"""From a KPI to an OKR: a KPI's indicator as a key result, and a draft as it stands (product: "KPI → OKR"). `write_goal` keeps it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from goalsite.actions.write_goal import FROM_METRIC, PLAIN, GoalDraft, MeasureDraft
from goalsite.domain.giving import narrower
from goalsite.domain.rounding import as_decimal
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.queries.convert import Indicator, stands_at
from goalsite.queries.drafts import Parts


def key_result_of(one: Indicator, day: date, *, fed: bool) -> MeasureDraft:
    """The KPI's indicator as a key result: from where it stands today to the KPI's target, where that lies ahead.

    fed: it takes the KPI's check-ins; else it has its own.
    """
    row = one.measure
    current, total = stands_at(one, day)
    moves = row.direction in ("increase", "decrease")
    # A sum begins at nothing again.
    start = current if moves and row.aggregate != "sum" else None
    ahead = total if moves and _lies_ahead(row, start, total) else None
    return MeasureDraft(
        title=one.goal.title,
        metric=row.metric,
        start=_exact(start, row.decimals),
        target=_exact(ahead, row.decimals),
        low=row.low,
        high=row.high,
        fed_by=one.goal if fed else None,
        fed_frequency=row.frequency,
        frequency="" if fed else row.frequency,
        steps=tuple((step.title, step.weight) for step in row.steps) if row.direction == "steps" else (),
        **{name: getattr(row, name) for name in FROM_METRIC},
    )


def beginning(
    owner: Person,
    unit: Unit,
    scope: str,
    cycle: Cycle,
    words: tuple[str, str],
    kpi: Indicator | None,
    parent: Goal | None,
    day: date,
) -> GoalDraft:
    """The OKR as it begins: title and description, and the KPI as its first key result, feeding it where it can."""
    title, description = words
    return GoalDraft(
        kind="okr",
        scope=scope,
        title=title,
        cycle=cycle,
        unit=unit,
        owner=owner,
        starts_on=cycle.starts_on,
        due_on=cycle.ends_on,
        # What few may see as a KPI is not shown to more as a key result, unless whoever writes it says so.
        visibility=narrower(unit.okr_visibility, kpi.goal.visibility) if kpi else unit.okr_visibility,
        parent=parent,
        description=description,
        measures=(key_result_of(kpi, day, fed=kpi.feeds),) if kpi else (),
    )


def said_of(goal: Goal, parts: Parts) -> GoalDraft:
    """What a draft says, as it is written."""
    same = ("kind", "scope", "title", "starts_on", "due_on", "visibility", "weight", "ambition", "progress_from")
    return GoalDraft(
        **{name: getattr(goal, name) for name in (*same, "evaluated_by", "description", "parent_measure_id")},
        cycle=goal.cycle,
        unit=goal.unit,
        owner=goal.owner,
        parent=parts.parent,
        also=tuple(parts.also),
        followers=tuple(goal.followers),
        visible_to=tuple(goal.visible_to),
        measures=tuple(_said(row, parts) for row in parts.measures),
    )


def _said(row: Measure, parts: Parts) -> MeasureDraft:
    indicators = parts.rows.indicators.get(row.fed_by_id or 0, [])
    return MeasureDraft(
        id=row.id,
        metric=row.metric,
        assignee=row.assignee,
        fed_by=row.fed_by,
        fed_frequency=indicators[0].frequency if indicators else "",
        steps=tuple((step.title, step.weight) for step in row.steps),
        period_targets={target.starts_on: target.target for target in row.period_targets},
        **{name: getattr(row, name) for name in (*PLAIN, *FROM_METRIC)},
    )


def _lies_ahead(row: Measure, start: Fraction | None, total: Fraction | None) -> bool:
    if total is None:
        return False
    return total > (start or 0) if row.direction == "increase" else start is not None and total < start


def _exact(value: Fraction | None, decimals: int) -> Decimal | None:
    return None if value is None else as_decimal(value, decimals)
