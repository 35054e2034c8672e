"""A check-in: one reported value, kept for good (rules §1, §4, §7)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from goalsite.actions.audit import record
from goalsite.actions.standing import refresh
from goalsite.actions.tell import tell_off_track, tell_on_behalf
from goalsite.domain import reporting
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Entry
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Step
from goalsite.models_accounts import Notification
from goalsite.models_follow import Blocker, CheckIn
from goalsite.queries.records import fraction

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reported:
    """What somebody says about a measure: the value, or numerator and denominator, or the steps that are now done or undone."""

    on: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    steps: tuple[tuple[str, bool], ...] = ()
    confidence: str = "on_track"
    note: str = ""
    blocker: str = ""
    mover_id: int | None = None
    next_step: str = ""

    def entries(self, now: datetime) -> list[Entry]:
        """As the rules see it: one entry, or one a step."""
        if self.steps:
            return [
                Entry(self.on, now, fraction(Decimal(done)), step=code, confidence=self.confidence)
                for code, done in self.steps
            ]
        numbers = (fraction(self.value), fraction(self.numerator), fraction(self.denominator))
        return [Entry(self.on, now, *numbers, confidence=self.confidence)]


def check_in(
    row: Measure,
    facts: MeasureFacts,
    by: Person,
    said: Reported,
    now: datetime,
    today: date,
    instead_of: CheckIn | None = None,
) -> list[CheckIn]:
    """Keeps what was said, opens a blocker where the call is off track and says what is in the way, tells whom it concerns, and
    refreshes what it moves.

    `instead_of` is the check-in of the same measure and step that this one corrects: it stays on record, and counts no more.
    Raises RuleError, the first of `domain.reporting.faults`.
    """
    entries = said.entries(now)
    for entry in entries:
        refuse(reporting.faults(facts, entry, today))
    codes = (
        {step.code: step.id for step in db.session.scalars(select(Step).where(Step.measure_id == row.id))}
        if said.steps
        else {}
    )
    last = _last(row.id)
    # Now, or right after the last check-in of the measure where two come in the same instant: their order is kept.
    at = now if last is None or last.entered_at < now else last.entered_at + TICK
    kept = [
        CheckIn(
            measure_id=row.id,
            step_id=codes.get(entry.step),
            entered_at=at,
            on=entry.on,
            value=Decimal(entry.value == 1) if entry.step else said.value,
            numerator=said.numerator,
            denominator=said.denominator,
            confidence=said.confidence,
            note=said.note,
            author_id=by.id,
            replaces_id=instead_of.id if instead_of else None,
        )
        for entry in entries
    ]
    db.session.add_all(kept)
    told = tell_on_behalf(row, by, now, today)
    if said.confidence == "off_track" and said.blocker:
        told |= _keep_blocker(row.id, by, said, now, today)
    before = instead_of or last
    if said.confidence == "off_track" and (before is None or before.confidence != "off_track"):
        tell_off_track(row, by, now, but=told)
    goal_id = row.goal_id
    after = {
        "measure": row.id,
        "on": said.on,
        "value": said.value,
        "numerator": said.numerator,
        "denominator": said.denominator,
    }
    db.session.flush()
    refresh([goal_id], today, since=min(said.on, instead_of.on) if instead_of else said.on)
    record(
        by,
        "correct_checkin" if instead_of else "check_in",
        "goal",
        goal_id,
        {"checkin": instead_of.id, "on": instead_of.on, "value": instead_of.value} if instead_of else None,
        after | {"steps": ";".join(code for code, _ in said.steps), "confidence": said.confidence},
    )
    return kept


def refuse(faults: list[RuleError]) -> None:
    """Raises the first fault, if there is any."""
    if faults:
        raise faults[0]


def _last(measure_id: int) -> CheckIn | None:
    mine = select(CheckIn).where(CheckIn.measure_id == measure_id)
    return db.session.scalar(mine.order_by(CheckIn.entered_at.desc()).limit(1))


def _keep_blocker(measure_id: int, by: Person, said: Reported, now: datetime, today: date) -> set[int]:
    """Whoever is to move it and the manager of the goal's owner hear of it, once, never who says it; who they are."""
    same = select(Blocker).where(
        Blocker.measure_id == measure_id, Blocker.opened_on == today, Blocker.kind == said.blocker
    )
    held = db.session.scalar(same)
    if held is None:
        held = Blocker(measure_id=measure_id, opened_on=today, kind=said.blocker)
        db.session.add(held)
    held.owner_id = said.mover_id or by.id
    held.next_step = said.next_step
    held.closed_on = None
    db.session.flush()
    goal_id, boss_id = db.session.execute(
        select(Goal.id, Person.boss_id)
        .join(Goal.owner)
        .join(Measure, Measure.goal_id == Goal.id)
        .where(Measure.id == measure_id)
    ).one()
    about = {"kind": "blocker", "goal_id": goal_id, "detail": {"blocker": held.id}}
    heard = select(Notification.person_id, Notification.detail).where(
        Notification.kind == "blocker", Notification.goal_id == goal_id
    )
    known = {person_id for person_id, detail in db.session.execute(heard) if detail.get("blocker") == held.id}
    told = {held.owner_id, boss_id or by.id} - {by.id}
    db.session.add_all(Notification(person_id=one, actor_id=by.id, at=now, **about) for one in sorted(told - known))
    return told
