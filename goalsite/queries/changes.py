"""Changes of active goals as a page shows them: those made, and those that somebody proposed and nobody has decided yet."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from goalsite.domain.period_plan import written
from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_follow import Change, Proposal
from goalsite.queries.goal_talk import Item


def proposal_by_id(proposal_id: int) -> Proposal | None:
    """The proposal with who made it; None where there is none."""
    options = (joinedload(Proposal.by), joinedload(Proposal.measure))
    return db.session.scalar(select(Proposal).where(Proposal.id == proposal_id).options(*options))


def text_of(value: Any) -> str:
    """A value as changes and proposals keep it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def item_of(one: Proposal) -> Item:
    """What is asked for, from what stands now, as the goal's page shows a change."""
    return _item(one, _stands(one), None)


def changes_by_id(ids: Iterable[int]) -> dict[int, Item]:
    """Changes that were made, as the goal's page shows them. One query, none for nothing."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    options = (joinedload(Change.by), joinedload(Change.approved_by), joinedload(Change.measure))
    found = db.session.scalars(select(Change).where(Change.id.in_(wanted)).options(*options))
    return {one.id: made(one) for one in found}


def made(one: Change) -> Item:
    """A change that was made, as the goal's page shows it."""
    return _item(one, one.old, one.approved_by)


def _item(one: Proposal | Change, old: str, other: Person | None) -> Item:
    return Item(
        id=one.id,
        at=one.at,
        day=None,
        until=None,
        head=one.field,
        body=one.why,
        old=old,
        new=one.new,
        person=one.by,
        other=other,
        measure=one.measure.title if one.measure else None,
        number=None,
    )


def _stands(one: Proposal) -> str:
    if one.field == "period_targets":
        return written({each.starts_on: each.target for each in one.measure.period_targets}) if one.measure else ""
    held = getattr(one.measure or one.goal, one.field, None)
    # A measure without dates of its own has its goal's.
    return text_of(getattr(one.goal, one.field) if held is None and one.field in ("starts_on", "due_on") else held)
