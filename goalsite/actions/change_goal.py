"""Active goals are changed: with a reason, kept in their history; or the change is proposed to whoever may make it (rules §7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, select

from goalsite.actions.audit import record
from goalsite.actions.move_goal import faults_to_activate
from goalsite.actions.standing import refresh
from goalsite.actions.tell import concerned, tell_changed
from goalsite.domain.drafts import Fault
from goalsite.domain.errors import RuleError
from goalsite.domain.period_plan import read_written, written
from goalsite.domain.rounding import as_decimal
from goalsite.domain.states import PROPOSAL, move
from goalsite.extensions import EXACT_DECIMALS, db
from goalsite.models import Goal, Measure, PeriodTarget, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Change, CheckIn, Proposal
from goalsite.queries.changes import text_of

GOAL_FIELDS = ("weight", "starts_on", "due_on")
MEASURE_FIELDS = ("direction", "start", "target", "target_per", "low", "high", "weight", "starts_on", "due_on")
# All the targets by period of a measure at once, as `period_plan.written` writes them.
PERIODS = "period_targets"
DATES = ("starts_on", "due_on")
Value = Decimal | date | str | None


@dataclass(frozen=True)
class Wish:
    """One field that is to be something else, of the goal or of one of its measures."""

    measure: Measure | None
    field: str
    new: Value


def change_goal(
    goal: Goal,
    wishes: Sequence[Wish],
    by: Person,
    why: str,
    now: datetime,
    today: date,
    approved_by: Person | None = None,
) -> None:
    """Makes the changes, keeps each with who, when, from, to and why, tells whom they concern, and refreshes what they move.
    The goal must be held.

    Raises RuleError, the first of `faults_of`.
    """
    for _measure, (_place, error) in faults_of(goal, wishes):
        raise error
    before = {_name(wish): text_of(_now(goal, wish)) for wish in wishes}
    kept = keep_changes(goal, wishes, by, why, now, approved_by)
    tell_changed(goal, kept, concerned(goal) - {by.id}, approved_by or by, now)
    goal.version += 1
    refresh([goal.id], today)
    after = {_name(wish): text_of(wish.new) for wish in wishes}
    record(approved_by or by, "change_goal", "goal", goal.id, before, after | {"why": why, "by": by.id})


def keep_changes(
    goal: Goal, wishes: Sequence[Wish], by: Person, why: str, now: datetime, approved_by: Person | None = None
) -> list[Change]:
    """Makes the changes and keeps each in the goal's history, and nothing else; whoever calls this sees to the rest."""
    kept = [
        Change(
            goal_id=goal.id,
            measure_id=wish.measure.id if wish.measure else None,
            at=now,
            field=wish.field,
            old=text_of(_now(goal, wish)),
            new=text_of(wish.new) or text_of(_default(goal, wish)),
            why=why,
            by_id=by.id,
            approved_by_id=approved_by.id if approved_by else None,
        )
        for wish in wishes
    ]
    _set(goal, wishes)
    db.session.add_all(kept)
    return kept


def propose_change(goal: Goal, wishes: Sequence[Wish], by: Person, why: str, now: datetime) -> list[Proposal]:
    """Asks the owner's manager to make the changes; the goal stays as it is. Raises RuleError, the first of `faults_of`."""
    for _measure, (_place, error) in faults_of(goal, wishes):
        raise error
    kept = [
        Proposal(
            goal_id=goal.id,
            measure_id=wish.measure.id if wish.measure else None,
            at=now,
            field=wish.field,
            new=text_of(wish.new) or text_of(_default(goal, wish)),
            why=why,
            by_id=by.id,
        )
        for wish in wishes
    ]
    db.session.add_all(kept)
    boss = goal.owner.boss_id
    if boss and boss != by.id:
        db.session.add(Notification(person_id=boss, kind="change_proposed", goal_id=goal.id, actor_id=by.id, at=now))
    after = {_name(wish): text_of(wish.new) for wish in wishes}
    record(by, "propose_change", "goal", goal.id, None, after | {"why": why})
    return kept


def decide_change(proposal: Proposal, act: str, by: Person, answer: str, now: datetime, today: date) -> None:
    """Applies or returns a proposed change, with what was proposed along with it: one may not hold without the other.

    Raises RuleError move_not_possible, reason_missing, and those of `change_goal`.
    """
    goal = proposal.goal
    asked = together(proposal)
    for one in asked:
        one.state = move(PROPOSAL, one.state, act, answer)
        one.decided_by_id, one.decided_at, one.answer = by.id, now, answer.strip()
    if proposal.by_id != by.id:
        kind = f"change_{proposal.state}"
        db.session.add(Notification(person_id=proposal.by_id, kind=kind, goal_id=goal.id, actor_id=by.id, at=now))
    if act == "apply":
        wishes = [Wish(one.measure, one.field, read_value(one.field, one.new)) for one in asked]
        change_goal(goal, wishes, proposal.by, proposal.why, now, today, approved_by=by)
    else:
        said = {"proposal": [one.id for one in asked], "answer": proposal.answer}
        record(by, "return_change", "goal", goal.id, None, said)


def together(proposal: Proposal) -> list[Proposal]:
    """The proposal, and those still open that were made with it; an old one that is decided stands alone."""
    if proposal.state != "open":
        return [proposal]
    same = (Proposal.goal_id == proposal.goal_id, Proposal.by_id == proposal.by_id, Proposal.at == proposal.at)
    return list(db.session.scalars(select(Proposal).where(*same, Proposal.state == "open").order_by(Proposal.id)))


def faults_of(goal: Goal, wishes: Sequence[Wish]) -> list[tuple[Measure | None, Fault]]:
    """What would be wrong with the goal as wished, each with the measure it concerns; nothing stays changed."""
    nested = db.session.begin_nested()
    try:
        _set(goal, wishes)
        db.session.flush()
        found = [one for one in faults_to_activate(goal) if one[1][1].code != "weights_not_100"]
        found += _against_checkins(goal, wishes)
    finally:
        nested.rollback()
        for held in (goal, *(wish.measure for wish in wishes if wish.measure)):
            db.session.expire(held)
    return found


def read_value(field: str, text: str) -> Value:
    """A value as changes and proposals keep it."""
    if field in ("direction", "target_per", PERIODS):
        return text
    if not text:
        return None
    return date.fromisoformat(text) if field in DATES else Decimal(text)


def checked_in(goal_id: int) -> dict[int, tuple[date, date]]:
    """The first and last day of the check-ins of each of the goal's measures that has some."""
    query = (
        select(CheckIn.measure_id, func.min(CheckIn.on), func.max(CheckIn.on))
        .join(CheckIn.measure)
        .where(Measure.goal_id == goal_id)
        .group_by(CheckIn.measure_id)
    )
    return {key: (first, last) for key, first, last in db.session.execute(query).tuples()}


def _against_checkins(goal: Goal, wishes: Iterable[Wish]) -> list[tuple[Measure | None, Fault]]:
    days = checked_in(goal.id)
    fixed = {wish.measure.id for wish in wishes if wish.measure and wish.field == "direction"}
    found: list[tuple[Measure | None, Fault]] = []
    rows = db.session.scalars(select(Measure).where(Measure.goal_id == goal.id)).all()
    for place, row in enumerate(row for row in rows if row.id in days):
        first, last = days[row.id]
        if row.id in fixed:
            found.append((row, (place, RuleError("measure_has_checkins", "direction"))))
        if first < (row.starts_on or goal.starts_on) or last > (row.due_on or goal.due_on):
            field = "starts_on" if first < (row.starts_on or goal.starts_on) else "due_on"
            where = row if getattr(row, field) else None
            error = RuleError("checkins_would_lie_outside", field, first=first, last=last)
            found.append((where, (place if where else None, error)))
    return found


def _set(goal: Goal, wishes: Iterable[Wish]) -> None:
    for wish in wishes:
        if wish.field == PERIODS and wish.measure:
            db.session.execute(delete(PeriodTarget).where(PeriodTarget.measure_id == wish.measure.id))
            db.session.add_all(
                PeriodTarget(measure_id=wish.measure.id, starts_on=day, target=as_decimal(number, EXACT_DECIMALS))
                for day, number in read_written(str(wish.new or "")).items()
            )
            db.session.flush()
            db.session.expire(wish.measure, [PERIODS])
        else:
            setattr(wish.measure or goal, wish.field, wish.new)


def _now(goal: Goal, wish: Wish) -> Value:
    if wish.field == PERIODS and wish.measure:
        return written({one.starts_on: one.target for one in wish.measure.period_targets})
    held: Value = getattr(wish.measure or goal, wish.field)
    return _default(goal, wish) if held is None else held


def _default(goal: Goal, wish: Wish) -> Value:
    """A measure without dates of its own has its goal's."""
    held: Value = getattr(goal, wish.field) if wish.measure and wish.field in DATES else None
    return held


def _name(wish: Wish) -> str:
    return f"{wish.measure.code}.{wish.field}" if wish.measure else wish.field
