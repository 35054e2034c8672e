"""One measure as its row and its check-in form need it, and what a value would do (rules §2–§4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from goalsite.domain.goals import assess
from goalsite.domain.measure import Entry
from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.models_follow import CheckIn
from goalsite.queries.cards import GoalCard, MeasureCard, cards_of
from goalsite.queries.records import world_of


@dataclass(frozen=True)
class Preview:
    """What a check-in would make of the measure and of its goal: values in the metric's unit, progress as fractions."""

    before: Fraction | None
    after: Fraction | None
    measure: Fraction | None
    goal: Fraction | None


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


def preview_of(goal: Goal, measure_id: int, entries: Sequence[Entry], day: date) -> Preview:
    """What these entries would do, by the rules that will count them."""
    world = world_of([goal.id], day)
    before = assess(goal.id, world, day)
    heard = {**world.entries, measure_id: [*world.entries[measure_id], *entries]}
    after = assess(goal.id, replace(world, entries=heard), day)
    standing = after.measures[measure_id]
    return Preview(before.measures[measure_id].current, standing.current, standing.counted, after.progress)


def checkin_by_id(checkin_id: int) -> CheckIn | None:
    """The check-in with that id."""
    return db.session.get(CheckIn, checkin_id)


def is_replaced(checkin: CheckIn) -> bool:
    """Whether a later one stands in its place."""
    return db.session.scalar(select(CheckIn.id).where(CheckIn.replaces_id == checkin.id)) is not None
