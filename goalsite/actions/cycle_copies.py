"""Goals copied into the next cycle, with last results as the new baselines (rules §7)."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from goalsite.actions.audit import record
from goalsite.actions.standing import refresh
from goalsite.domain.errors import RuleError
from goalsite.domain.rounding import as_decimal
from goalsite.domain.standing import stand
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import EXACT_DECIMALS, db
from goalsite.models import Cycle, Goal, Measure, Person, Step
from goalsite.queries.cycle_copies import code_in, copied_codes, why_not
from goalsite.queries.records import world_of
from goalsite.queries.slices import sliced

MOST = 2000
GOAL = (
    "kind",
    "scope",
    "title",
    "unit_id",
    "owner_id",
    "created_by_id",
    "weight",
    "ambition",
    "visibility",
    "progress_from",
    "evaluated_by",
    "description",
)
MEASURE = (
    "code",
    "place",
    "title",
    "metric_id",
    "symbol",
    "decimals",
    "direction",
    "aggregate",
    "frequency",
    "start",
    "target",
    "target_per",
    "low",
    "high",
    "weight",
    "assignee_id",
)


def copy_goals(by: Person, source: Cycle, target: Cycle, goal_ids: Collection[int], today: date) -> int:
    """Drafts of these goals in the target; how many they are. Those copied before, and those that cannot go on, are left out.

    Links among the copied goals come along. Raises RuleError copy_not_possible, copy_nothing, copy_too_many.
    """
    if not CYCLE_ALLOWS[target.state].writing or target.id == source.id:
        raise RuleError("copy_not_possible", name=target.name)
    if not goal_ids:
        raise RuleError("copy_nothing")
    if len(goal_ids) > MOST:
        raise RuleError("copy_too_many", most=MOST, count=len(goal_ids))
    made: dict[int, Goal] = {}
    for ids in sliced(set(goal_ids)):
        made |= _copy_slice(source, target, ids, today)
    db.session.flush()
    _link(source, target, made)
    db.session.flush()
    ids = [goal.id for goal in made.values()]
    if ids:
        codes = sorted(goal.code for goal in made.values())
        refresh(ids, today)
        record(by, "copy_goals", "cycle", target.id, None, {"from": source.code, "goals": len(ids), "codes": codes})
    return len(ids)


def _copy_slice(source: Cycle, target: Cycle, ids: list[int], today: date) -> dict[int, Goal]:
    found = db.session.scalars(
        select(Goal)
        .where(Goal.id.in_(ids), Goal.cycle_id == source.id, Goal.state.in_(COUNTED_STATES))
        .options(
            joinedload(Goal.owner),
            joinedload(Goal.unit),
            selectinload(Goal.measures).selectinload(Measure.steps),
            selectinload(Goal.followers),
            selectinload(Goal.visible_to),
        )
        .order_by(Goal.id)
    ).all()
    codes = {goal.id: code_in(target, source, goal.code) for goal in found}
    held = copied_codes(target, list(codes.values()))
    elsewhere = set(db.session.scalars(select(Goal.code).where(Goal.code.in_(codes.values()))))
    world = world_of([goal.id for goal in found], today, deep=False)
    made = {}
    for goal in found:
        if codes[goal.id] in held or why_not(goal, target):
            continue
        if codes[goal.id] in elsewhere:
            raise RuleError("copy_code_taken", taken=codes[goal.id], title=goal.title)
        copy = Goal(
            **{name: getattr(goal, name) for name in GOAL},
            code=codes[goal.id],
            cycle_id=target.id,
            state="draft",
            starts_on=target.starts_on,
            due_on=target.ends_on,
            followers=list(goal.followers),
            visible_to=list(goal.visible_to),
        )
        facts = world.goals[goal.id].measures
        for measure in goal.measures:
            current = stand(facts[measure.id], world.entries.get(measure.id, ()), today, world.thresholds).current
            copy.measures.append(_copy_measure(goal, measure, current))
        db.session.add(copy)
        made[goal.id] = copy
    return made


def _copy_measure(goal: Goal, measure: Measure, current: Fraction | None) -> Measure:
    copy = Measure(**{name: getattr(measure, name) for name in MEASURE})
    copy.steps = [
        Step(code=step.code, place=step.place, title=step.title, weight=step.weight) for step in measure.steps
    ]
    baseline = _baseline(goal, measure, current)
    if baseline is not None:
        copy.start = baseline
        if copy.target is not None and not _leads_on(measure.direction, baseline, copy.target):
            # What was reached already is no target any more.
            copy.target = None
    return copy


def _baseline(goal: Goal, measure: Measure, current: Fraction | None) -> Decimal | None:
    """The last value, for what goes from a start to a target. A sum begins anew, and a KPI without a start holds its standard."""
    goes_on = measure.direction in ("increase", "decrease") and measure.aggregate != "sum"
    if current is None or not goes_on or (goal.kind == "kpi" and measure.start is None):
        return None
    return as_decimal(current, EXACT_DECIMALS)


def _leads_on(direction: str, start: Decimal, target: Decimal) -> bool:
    return target > start if direction == "increase" else target < start


def _link(source: Cycle, target: Cycle, made: dict[int, Goal]) -> None:
    """What a copy supports, and what feeds it: the copies of those of its own cycle, the very goals of a longer one that goes on."""
    originals = {goal.id: goal for goal in _rows(list(made))}
    wanted = {goal.parent_id for goal in originals.values() if goal.parent_id}
    fed: dict[int, list[Measure]] = {key: list(goal.measures) for key, goal in originals.items()}
    wanted |= {measure.fed_by_id for measures in fed.values() for measure in measures if measure.fed_by_id}
    others = {goal.id: goal for goal in _rows(list(wanted))}
    codes = {code_in(target, source, goal.code): key for key, goal in others.items() if goal.cycle_id == source.id}
    copies = {codes[code]: new for code, new in copied_codes(target, list(codes)).items()}
    going_on = {key: key for key, goal in others.items() if goal.cycle_id != source.id and _holds(goal.cycle, target)}
    heirs = copies | going_on
    measures = {
        (measure.goal_id, measure.code): measure.id for goal in _rows(list(heirs.values())) for measure in goal.measures
    }
    named = {measure.id: measure.code for goal in others.values() for measure in goal.measures}
    for key, copy in made.items():
        goal = originals[key]
        copy.parent_id = heirs.get(goal.parent_id or 0)
        if copy.parent_id and goal.parent_measure_id:
            copy.parent_measure_id = measures.get((copy.parent_id, named.get(goal.parent_measure_id, "")))
        for old, new in zip(fed[key], copy.measures, strict=True):
            new.fed_by_id = heirs.get(old.fed_by_id or 0)


def _rows(ids: list[int]) -> list[Goal]:
    rows: list[Goal] = []
    for some in sliced(ids):
        found = select(Goal).where(Goal.id.in_(some)).options(selectinload(Goal.measures), joinedload(Goal.cycle))
        rows += db.session.scalars(found)
    return rows


def _holds(longer: Cycle, cycle: Cycle) -> bool:
    """The longer cycle still goes on while the other runs."""
    spans = longer.starts_on <= cycle.starts_on and cycle.ends_on <= longer.ends_on
    return spans and CYCLE_ALLOWS[longer.state].writing
