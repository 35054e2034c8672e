"""One measure as its row and its check-in form need it, and what a value would do (rules §2–§4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from goalsite.domain.goals import assess
from goalsite.domain.measure import Entry, total_target
from goalsite.domain.strip import period_on
from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.models_follow import CheckIn
from goalsite.queries.cards import GoalCard, MeasureCard, cards_of
from goalsite.queries.records import world_of


@dataclass(frozen=True)
class Preview:
    """What a check-in would make of the measure and of its goal: values in the metric's unit, progress as fractions.

    `total` is the target of the whole span, `left` what the current period of a sum would still need; `was` and `becomes`
    are the statuses before and after.
    """

    before: Fraction | None
    after: Fraction | None
    measure: Fraction | None
    goal: Fraction | None
    expected: Fraction | None
    total: Fraction | None
    left: Fraction | None
    was: str
    becomes: str


def card_with(goal: Goal, measure_id: int, day: date) -> tuple[GoalCard, MeasureCard]:
    """The goal's card and that measure's in it."""
    card = cards_of([goal.id], day)[0]
    return card, next(measure for measure in card.measures if measure.row.id == measure_id)


def last_checkin(measure_id: int) -> CheckIn | None:
    """The check-in entered last."""
    return db.session.scalar(
        select(CheckIn)
        .where(CheckIn.measure_id == measure_id)
        .order_by(CheckIn.entered_at.desc(), CheckIn.id.desc())
        .limit(1)
    )


def preview_of(
    goal: Goal, measure_id: int, entries: Sequence[Entry], day: date, instead_of: CheckIn | None = None
) -> Preview:
    """What these entries would do, by the rules that will count them; `instead_of` is the check-in they would replace."""
    world = world_of([goal.id], day)
    facts = world.goals[goal.id].measures[measure_id]
    before = assess(goal.id, world, day)
    kept = [entry for entry in world.entries[measure_id] if not _is_of(entry, instead_of)]
    heard = {**world.entries, measure_id: [*kept, *entries]}
    after = assess(goal.id, replace(world, entries=heard), day)
    was, standing = before.measures[measure_id], after.measures[measure_id]
    period = period_on(facts, heard[measure_id], day)
    return Preview(
        before=was.current,
        after=standing.current,
        measure=standing.counted,
        goal=after.progress,
        expected=standing.expected,
        total=total_target(facts),
        left=period.left if period and facts.frequency and not facts.is_ceiling else None,
        was=was.status,
        becomes=standing.status,
    )


def still_counts(checkin: CheckIn, measure: MeasureCard) -> bool:
    """Whether no later check-in stands in the place of this one; by what the card has loaded anyway."""
    return any(_is_of(entry, checkin) for entry in measure.entries)


def _is_of(entry: Entry, checkin: CheckIn | None) -> bool:
    if checkin is None:
        return False
    return entry.at == checkin.entered_at and entry.step == (checkin.step.code if checkin.step else "")


def checkin_by_id(checkin_id: int) -> CheckIn | None:
    """The check-in with that id, its author, measure and step."""
    along = [joinedload(CheckIn.author), joinedload(CheckIn.measure), joinedload(CheckIn.step)]
    return db.session.get(CheckIn, checkin_id, options=along)


def is_replaced(checkin: CheckIn) -> bool:
    """Whether a later one stands in its place."""
    return db.session.scalar(select(CheckIn.id).where(CheckIn.replaces_id == checkin.id)) is not None
