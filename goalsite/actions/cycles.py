"""Cycles made, changed, and moved through their states, by HR (rules §7)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import CursorResult, String, and_, case, cast, delete, exists, func, or_, select, update

from goalsite.actions import audit
from goalsite.actions.audit import record
from goalsite.actions.counts import recount
from goalsite.actions.freeze import freeze_results, thaw_results
from goalsite.actions.results import refresh_results_in, results_signed
from goalsite.actions.signatures import result_moved
from goalsite.actions.standing import hold_all, refresh
from goalsite.domain import cycles as rules
from goalsite.domain.cycles import Planned
from goalsite.domain.errors import RuleError
from goalsite.domain.periods import Span
from goalsite.domain.states import CYCLE, move
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_counts import Duty
from goalsite.models_follow import Review
from goalsite.queries import company as here
from goalsite.queries import cycles as read
from goalsite.queries.slices import sliced

# What the numbers of the goals, and what their results, are computed from.
MOVES_GOALS = frozenset({"starts_on", "ends_on", "checkin_every", "checkin_weekday", "kpi_cap"})
MOVES_RESULTS = frozenset({"kpi_share", "aspirational_full", "head_counts_unit"})


def create_cycle(by: Person, facts: Mapping[str, Any]) -> Cycle:
    """A new cycle, in planning. Raises RuleError code_taken and those of `domain.cycles.faults`."""
    _check(None, facts)
    cycle = Cycle(**facts)
    db.session.add(cycle)
    db.session.flush()
    record(by, "create_cycle", "cycle", cycle.id, None, dict(facts))
    return cycle


def create_planned(by: Person, planned: Iterable[tuple[Planned, str]], settings: Mapping[str, Any]) -> list[Cycle]:
    """The cycles of a pattern, each with its name and all with the same settings; one that exists already stays as it is.

    Raises RuleError cycle_pattern_taken where the code of one belongs to other days.
    """
    held = {cycle.code: cycle for cycle in db.session.scalars(select(Cycle))}
    made: list[Cycle] = []
    for one, name in planned:
        found = held.get(one.code)
        if found is not None:
            if (found.starts_on, found.ends_on) != (one.span.first, one.span.last):
                raise RuleError(
                    "cycle_pattern_taken", "year", taken=one.code, first=found.starts_on, last=found.ends_on
                )
            continue
        parent = held.get(one.parent)
        cycle = Cycle(
            code=one.code,
            name=name,
            starts_on=one.span.first,
            ends_on=one.span.last,
            parent_id=parent.id if parent else None,
            **settings,
        )
        db.session.add(cycle)
        db.session.flush()
        held[one.code] = cycle
        made.append(cycle)
    if made:
        record(by, "create_cycles", "cycle", made[0].id, None, {"codes": [cycle.code for cycle in made], **settings})
    return made


def change_cycle(by: Person, cycle: Cycle, facts: Mapping[str, Any], today: date) -> None:
    """Changes what differs, and refreshes the numbers that follow from it.

    Raises RuleError move_not_possible where the cycle is closed, code_taken, cycle_holds_goals, cycle_holds_cycles, and
    those of `domain.cycles.faults`.
    """
    if cycle.state == "closed":
        raise RuleError("move_not_possible")
    changed = {name: value for name, value in facts.items() if getattr(cycle, name) != value}
    if not changed:
        return
    if (MOVES_GOALS | MOVES_RESULTS) & changed.keys():
        hold_all()
    _check(cycle, facts)
    before = {name: getattr(cycle, name) for name in changed}
    for name, value in changed.items():
        setattr(cycle, name, value)
    cycle.version += 1
    db.session.flush()
    if MOVES_GOALS & changed.keys():
        _refresh_goals(cycle, today)
    if (MOVES_GOALS | MOVES_RESULTS) & changed.keys():
        refresh_results_in(cycle)
    record(by, "change_cycle", "cycle", cycle.id, before, changed)


def move_cycle(by: Person, cycle: Cycle, act: str, reason: str, today: date) -> None:
    """Opens the cycle, puts it under review, closes it, or takes it back from closed with a reason (rules §7).

    On opening, the evaluators of its active goals are fixed; on closing, its goals and reviews are closed and every result
    is kept as it is. Raises RuleError move_not_possible, reason_missing, cycle_appeals.
    """
    state, version = cycle.state, cycle.version
    to = move(CYCLE, state, act, reason)
    hold_all()
    moved = db.session.execute(
        update(Cycle)
        .where(Cycle.id == cycle.id, Cycle.state == state, Cycle.version == version)
        .values(state=to, version=version + 1)
    )
    if not isinstance(moved, CursorResult) or moved.rowcount != 1:
        raise RuleError("move_not_possible")
    db.session.refresh(cycle)
    after: dict[str, Any] = {"state": to}
    if act == "open":
        after["evaluators_fixed"] = fix_evaluators(cycle)
    elif act == "review":
        refresh_results_in(cycle)
    elif act == "close":
        after |= _close(cycle, today)
    else:
        _reopen(cycle)
    record(
        by,
        f"{act}_cycle",
        "cycle",
        cycle.id,
        {"state": state},
        after | ({"why": reason.strip()} if reason.strip() else {}),
    )
    if act == "close":
        cycle.audit_seq, cycle.audit_hash = audit.head()


def fix_evaluators(cycle: Cycle) -> int:
    """Gives each active goal without an evaluator its owner's manager, as of now; how many got one. A named one stays."""
    boss = select(Person.boss_id).where(Person.id == Goal.owner_id).scalar_subquery()
    lacking = (Goal.cycle_id == cycle.id, Goal.state == "active", Goal.evaluator_id.is_(None))
    has_boss = exists().where(Person.id == Goal.owner_id, Person.boss_id.is_not(None))
    count = db.session.scalar(select(func.count(Goal.id)).where(*lacking, has_boss)) or 0
    if count:
        db.session.execute(
            update(Goal)
            .where(*lacking, has_boss)
            .values(evaluator_id=boss, version=Goal.version + 1)
            .execution_options(synchronize_session=False)
        )
        db.session.expire_all()
    return count


def _close(cycle: Cycle, today: date) -> dict[str, Any]:
    appeals = read.open_appeals(cycle)
    if appeals:
        raise RuleError("cycle_appeals", count=appeals)
    active = (Goal.cycle_id == cycle.id, Goal.state == "active")
    owing = update(Measure).where(Measure.goal_id.in_(select(Goal.id).where(*active)))
    goals = db.session.scalar(select(func.count(Goal.id)).where(*active)) or 0
    off: dict[str, Any] = {"synchronize_session": False}
    # A closed goal owes nothing, and nothing of it turns any more.
    db.session.execute(owing.values(due_from=None, due_by=None, stale_from=None).execution_options(**off))
    closed = (
        update(Goal).where(*active).values(state="closed", turns_on=None, stale_from=None, version=Goal.version + 1)
    )
    db.session.execute(closed.execution_options(**off))
    reviews = update(Review).where(Review.cycle_id == cycle.id, Review.state.not_in(("closed", "appealed")))
    db.session.execute(reviews.values(state="closed", version=Review.version + 1).execution_options(**off))
    db.session.expire_all()
    db.session.execute(delete(Duty).where(Duty.cycle_id == cycle.id).execution_options(**off))
    freeze_results(cycle, today, here.now())
    recount(cycle)
    return {"goals_closed": goals}


def _reopen(cycle: Cycle) -> None:
    """Results follow the goals again; each review is gone on with where its signatures say it was, and one nobody would sign stays closed."""
    off: dict[str, Any] = {"synchronize_session": False}
    signed = results_signed(cycle)
    thaw_results(cycle)
    talked = exists().where(AuditRow.action == "review_discuss", AuditRow.object_id == cast(Review.id, String))
    state = case(
        (Review.person_signed_at.is_not(None), "person_signed"),
        (Review.manager_signed_at.is_not(None), "manager_signed"),
        (or_(talked, Review.adjustment.is_not(None)), "discussed"),
        else_="preparation",
    )
    refused = exists().where(AuditRow.action == "review_note_refusal", AuditRow.object_id == cast(Review.id, String))
    stays = and_(refused, Review.manager_signed_at.is_not(None), Review.person_signed_at.is_(None))
    closed = update(Review).where(Review.cycle_id == cycle.id, Review.state == "closed", ~stays)
    db.session.execute(closed.values(state=state, version=Review.version + 1).execution_options(**off))
    db.session.expire_all()
    refresh_results_in(cycle)
    now = results_signed(cycle)
    result_moved(cycle, [person for person, was in signed.items() if now.get(person) != was], here.now())
    recount(cycle)


def _refresh_goals(cycle: Cycle, today: date) -> None:
    for ids in sliced(db.session.scalars(select(Goal.id).where(Goal.cycle_id == cycle.id))):
        refresh(ids, today, since=date.min)


def _check(cycle: Cycle | None, facts: Mapping[str, Any]) -> None:
    taken = read.cycle_by_code(facts["code"])
    if taken is not None and taken is not cycle:
        raise RuleError("code_taken", "code", taken=facts["code"])
    parent = read.cycle_by_id(facts["parent_id"]) if facts.get("parent_id") else None
    around = (parent.name, Span(parent.starts_on, parent.ends_on)) if parent else None
    span = Span(facts["starts_on"], facts["ends_on"])
    for fault in rules.faults(span, around, {name: facts.get(name) for name in rules.DEADLINES}):
        raise fault
    if cycle is not None:
        _check_contents(cycle, span)


def _check_contents(cycle: Cycle, span: Span) -> None:
    for inner in read.cycles_in(cycle):
        if inner.starts_on not in span or inner.ends_on not in span:
            field = "starts_on" if inner.starts_on not in span else "ends_on"
            raise RuleError("cycle_holds_cycles", field, name=inner.name, first=inner.starts_on, last=inner.ends_on)
    count, goal = read.goals_outside(cycle, span)
    if goal is not None:
        field = "starts_on" if goal.starts_on < span.first else "ends_on"
        raise RuleError(
            "cycle_holds_goals", field, count=count, title=goal.title, first=goal.starts_on, last=goal.due_on
        )
