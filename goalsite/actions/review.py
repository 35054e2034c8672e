"""A person's review of the cycle: words, the talk, HR's adjustment, the signatures, an appeal and its answer (rules §7)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import CursorResult, select, update

from goalsite.actions.audit import record
from goalsite.actions.results import refresh_results
from goalsite.domain.errors import RuleError
from goalsite.domain.states import CYCLE_ALLOWS, REVIEW, possible
from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Review
from goalsite.queries.company import company
from goalsite.queries.reviews import review_of

ANSWERS = ("note_refusal", "uphold", "reopen")


@dataclass(frozen=True)
class Said:
    """What somebody says with a step: words, and the adjustment as a fraction. `version` is the review's when they looked, 0 before there was one."""

    version: int | None
    words: str = ""
    adjustment: Fraction | None = None


def write_words(cycle: Cycle, person: Person, by: Person, said: Said) -> Review:
    """The person's own words, or their manager's, before the review is signed. Raises RuleError move_not_possible."""
    review = _hold(cycle, person, said.version)
    if review.state not in ("preparation", "discussed") or not CYCLE_ALLOWS[cycle.state].words:
        raise RuleError("move_not_possible")
    name = "person_words" if by.id == person.id else "manager_words"
    before = getattr(review, name)
    if before == said.words:
        return review
    _write(review, {name: said.words})
    record(by, "write_review", "review", review.id, {name: before}, {name: said.words})
    return review


def take_step(cycle: Cycle, person: Person, by: Person, act: str, said: Said, now: datetime) -> Review:
    """Takes the review a step of states.REVIEW on, and tells whom it concerns.

    Raises RuleError move_not_possible; reason_missing (field `words`); adjustment_missing, adjustment_too_large (field `adjustment`).
    """
    review = _hold(cycle, person, said.version)
    step = possible(REVIEW, review.state).get(act)
    if step is None or act in ("close", "void") or not CYCLE_ALLOWS[cycle.state].signing:
        raise RuleError("move_not_possible")
    if step.reason and not said.words.strip():
        raise RuleError("reason_missing", "words")
    values = _values(review, act, said, now)
    before = {name: getattr(review, name) for name in values} | {"state": review.state}
    _write(review, values | {"state": step.to})
    if act == "adjust":
        refresh_results(cycle, [person.id], [])
    _tell(cycle, person, by, act, now)
    record(by, f"review_{act}", "review", review.id, before, values | {"state": step.to, "words": said.words})
    return review


def _values(review: Review, act: str, said: Said, now: datetime) -> dict[str, Any]:
    """What the step writes besides the state."""
    if act == "adjust":
        if said.adjustment is None:
            raise RuleError("adjustment_missing", "adjustment")
        if abs(said.adjustment) > company().max_adjust:
            raise RuleError("adjustment_too_large", "adjustment", most=company().max_adjust)
        exact = Decimal(said.adjustment.numerator) / said.adjustment.denominator
        return {"adjustment": exact or None, "adjustment_why": said.words if exact else ""}
    if act == "sign_as_manager":
        return {"manager_signed_at": now}
    if act == "sign_as_person":
        return {"person_signed_at": now, "agrees": True}
    if act == "appeal":
        return {"person_signed_at": now, "agrees": False, "person_words": _added(review.person_words, said.words)}
    if act == "reopen":
        signatures = {"manager_signed_at": None, "person_signed_at": None, "agrees": None}
        return signatures | {"appeal_outcome": said.words}
    return {"appeal_outcome": said.words} if act in ANSWERS else {}


def _added(text: str, more: str) -> str:
    return f"{text}\n\n{more}" if text else more


def _hold(cycle: Cycle, person: Person, version: int | None) -> Review:
    """The review, begun where nobody has yet; until the transaction ends nobody else writes a review of this cycle."""
    held = select(Cycle).where(Cycle.id == cycle.id).with_for_update().execution_options(populate_existing=True)
    db.session.scalars(held).one()
    review = review_of(cycle.id, person.id)
    if review is None:
        review = Review(cycle_id=cycle.id, person_id=person.id, state="preparation", version=0)
        db.session.add(review)
        db.session.flush()
    db.session.refresh(review)
    if version != review.version:
        raise RuleError("move_not_possible")
    return review


def _write(review: Review, values: dict[str, Any]) -> None:
    here = update(Review).where(Review.id == review.id, Review.version == review.version, Review.state == review.state)
    done = db.session.execute(
        here.values(version=Review.version + 1, **values), execution_options={"synchronize_session": False}
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise RuleError("move_not_possible")
    db.session.refresh(review)


def _tell(cycle: Cycle, person: Person, by: Person, act: str, now: datetime) -> None:
    told = {person.id, person.boss_id}
    if act == "appeal":
        here = (Person.is_hr.is_(True), Person.disabled_at.is_(None), Person.id != person.id)
        told |= set(db.session.scalars(select(Person.id).where(*here)))
    detail = {"cycle": cycle.code, "person": person.id}
    db.session.add_all(
        Notification(person_id=one, kind=f"review_{act}", actor_id=by.id, at=now, detail=detail)
        for one in sorted(one for one in told if one is not None and one != by.id)
    )
    db.session.flush()
