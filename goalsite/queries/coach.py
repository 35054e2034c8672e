"""The coach on goals that exist: their facts as the coach reads them (product: "The coach")."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from goalsite.domain.coach import Advice, advise, last_two_behind, silent_since
from goalsite.domain.coach_facts import Around, Draft, Past, Sketch
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.measure import total_target
from goalsite.domain.periods import LENGTHS, Span
from goalsite.domain.standing import current_value
from goalsite.models import Goal, Measure
from goalsite.queries.cards import GoalCard
from goalsite.queries.coach_background import Background
from goalsite.queries.company import company
from goalsite.queries.records import Records, measure_facts


def past_of(background: Background, records: Records) -> dict[int, tuple[Past, ...]]:
    """By metric, what it did in earlier cycles."""
    found: dict[int, tuple[Past, ...]] = {}
    for metric_id, rows in background.earlier.items():
        lived = []
        for measure_id, goal_id, cycle in rows:
            facts = records.world.goals[goal_id].measures[measure_id]
            inside = [entry for entry in records.world.entries.get(measure_id, ()) if entry.on in facts.span]
            reached = current_value(facts, inside)
            if reached is not None:
                lived.append(Past(facts.start, reached, facts.span.days, cycle))
        found[metric_id] = tuple(lived)
    return found


def advice_on(
    card: GoalCard,
    background: Background,
    past: Mapping[int, tuple[Past, ...]],
    day: date,
    *,
    supports: bool,
    least: Fraction,
) -> Advice:
    """The coach on a goal that exists. supports: it is linked to another goal; least: the pace under which it is behind."""
    goal = card.row
    sketches = []
    for one in card.measures:
        metric = one.row.metric
        explained = bool(metric and metric.how_measured.strip())
        sketch = sketch_of(one.facts, key=one.row.id, metric=metric is not None, explained=explained)
        fed = one.row.fed_by_id is not None
        sketches.append(with_past(sketch, None if fed else one.row.metric_id, background, past))
    around = Around(**background.around, **_quiet(card, day), behind=behind_of(card, least))
    return advise(_draft(goal, tuple(sketches), supports, around))


def advice_on_draft(
    goal: Goal,
    measures: Iterable[Measure],
    background: Background,
    past: Mapping[int, tuple[Past, ...]],
    *,
    supports: bool,
) -> Advice:
    """The coach on a draft whose measures are at hand without their check-ins, which it has none of."""
    sketches = []
    for row in measures:
        facts = measure_facts(row, goal, goal.cycle, company(), row.steps, row.period_targets)
        explained = bool(row.metric and row.metric.how_measured.strip())
        sketch = sketch_of(facts, key=row.id, metric=row.metric is not None, explained=explained)
        sketches.append(with_past(sketch, None if row.fed_by_id else row.metric_id, background, past))
    return advise(_draft(goal, tuple(sketches), supports, Around(**background.around)))


def sketch_of(facts: MeasureFacts, *, key: int, metric: bool = False, explained: bool = False) -> Sketch:
    """A measure as the coach reads it."""
    same = ("title", "span", "direction", "aggregate", "symbol", "decimals", "start", "low", "high")
    given: dict[str, Any] = {name: getattr(facts, name) for name in same}
    return Sketch(
        key=key, target=total_target(facts), steps=len(facts.steps), metric=metric, explained=explained, **given
    )


def _draft(goal: Goal, sketches: tuple[Sketch, ...], supports: bool, around: Around) -> Draft:
    return Draft(
        kind=goal.kind,
        title=goal.title,
        cycle=Span(goal.cycle.starts_on, goal.cycle.ends_on),
        measures=sketches,
        ambition=goal.ambition,
        company=goal.scope == "unit" and goal.unit.parent_id is None,
        supports=supports,
        needs_measures=goal.progress_from == "measures" and goal.evaluated_by == "progress",
        around=around,
    )


def behind_of(card: GoalCard, least: Fraction) -> tuple[Fraction, ...]:
    """The attainments of a KPI's last two periods, where it was behind in both."""
    if card.row.kind != "kpi" or card.row.state != "active" or not card.measures:
        return ()
    ended = [(line.attainment, line.missed) for line in card.measures[0].strip if line.state == "past"]
    return last_two_behind(ended, least)


def with_past(
    sketch: Sketch, metric_id: int | None, background: Background, past: Mapping[int, tuple[Past, ...]]
) -> Sketch:
    """The sketch with what its metric did earlier, and who else counts it; one that is fed counts what it is fed, and has no metric here."""
    if metric_id is None:
        return sketch
    return replace(sketch, past=past.get(metric_id, ()), twins=background.twins.get(metric_id, ()))


def _quiet(card: GoalCard, day: date) -> dict[str, Any]:
    """Since when nothing was heard of an active goal that is under way, and how often it should be."""
    goal = card.row
    own = [one.facts for one in card.measures if one.row.fed_by_id is None and one.standing.status != "done"]
    if goal.state != "active" or not own or not goal.starts_on <= day <= goal.due_on:
        return {}
    every = min(max(LENGTHS.get(one.frequency, 0), LENGTHS[one.rhythm.every]) for one in own)
    return {"silent_days": silent_since(day, goal.starts_on, card.standing.last_on), "rhythm_days": every}
