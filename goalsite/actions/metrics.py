"""The metrics of the library, written by HR (rules §2, §7)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update

from goalsite.actions.audit import record
from goalsite.actions.standing import hold_all, refresh
from goalsite.domain import definition, formula
from goalsite.domain.errors import RuleError
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Measure, Metric, Person
from goalsite.queries import metrics as read
from goalsite.queries.metrics import Usage
from goalsite.queries.records import world_of
from goalsite.queries.slices import sliced

# What is copied to every measure of the metric, and stays as it is once there are check-ins.
FIXED = ("symbol", "direction", "aggregate", "decimals")
FORMULA = ("formula", "formula_is")


def create_metric(by: Person, facts: Mapping[str, Any]) -> Metric:
    """A new metric. Raises RuleError code_taken, formula_missing, and those of `domain.formula.check`."""
    facts = _checked(None, facts)
    metric = Metric(**facts)
    db.session.add(metric)
    db.session.flush()
    record(by, "create_metric", "metric", metric.id, None, facts)
    return metric


def change_metric(by: Person, metric: Metric, facts: Mapping[str, Any], today: date) -> None:
    """Changes what differs, copies it to the metric's measures, and refreshes what is computed from it.

    Raises RuleError metric_fixed (direction, aggregate, symbol, decimals of one with check-ins), metric_formula_closed
    (progress of closed cycles would change), metric_breaks_goals, and those of `create_metric`.
    """
    facts = _checked(metric, facts)
    changed = {name: value for name, value in facts.items() if getattr(metric, name) != value}
    if not changed:
        return
    moves = any(name in changed for name in FIXED) or _moves_progress(metric, changed)
    if moves:
        hold_all()
    _refuse_fixed(metric, changed, read.usage_of(metric))
    before = {name: getattr(metric, name) for name in changed}
    for name, value in changed.items():
        setattr(metric, name, value)
    metric.version += 1
    copies = {name: changed[name] for name in FIXED if name in changed}
    if copies:
        db.session.execute(update(Measure).where(Measure.metric_id == metric.id).values(copies))
    db.session.flush()
    if moves:
        _refresh(metric, today, copies)
    record(by, "change_metric", "metric", metric.id, before, changed)


def _checked(metric: Metric | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    taken = read.metric_by_code(facts["code"])
    if taken is not None and taken is not metric:
        raise RuleError("code_taken", "code", taken=facts["code"])
    text = formula.translated(facts["formula"])
    if text:
        formula.check(text)
    elif facts["formula_is"]:
        raise RuleError("formula_missing", "formula")
    return {**facts, "formula": text}


def _moves_progress(metric: Metric, changed: Mapping[str, Any]) -> bool:
    """A formula counts only where it gives the progress, before or after."""
    counts = metric.formula_is == "progress" or changed.get("formula_is") == "progress"
    return counts and any(name in changed for name in FORMULA)


def _refuse_fixed(metric: Metric, changed: Mapping[str, Any], usage: Usage) -> None:
    for name in FIXED:
        if name in changed and usage.fixed:
            raise RuleError("metric_fixed", name)
    if usage.closed and _moves_progress(metric, changed):
        raise RuleError("metric_formula_closed", "formula")


def _refresh(metric: Metric, today: date, copies: Mapping[str, Any]) -> None:
    for ids in sliced(read.goals_measured_by(metric)):
        db.session.expire_all()
        if copies:
            _refuse_broken(ids, today, next(iter(copies)))
        refresh(ids, today, since=date.min)


def _refuse_broken(ids: list[int], today: date, field: str) -> None:
    """A measure whose start and target no longer make sense is mended before, or has a metric of its own."""
    for goal in world_of(ids, today, deep=False).goals.values():
        for measure in goal.measures.values():
            faults = definition.faults(measure, draft=goal.state not in COUNTED_STATES)
            if faults and goal.state not in ("cancelled", "returned"):
                raise RuleError("metric_breaks_goals", field, title=measure.title)
