"""What the frame around every page shows: how much waits for me, and the cycles to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure
from goalsite.models_accounts import Notification
from goalsite.queries.duties import reported_by
from goalsite.queries.notifications import concerning
from goalsite.queries.waiting import how_many, waiting


@dataclass(frozen=True)
class Waiting:
    """Measures I owe a check-in, decisions that are mine to make by kind, notifications I have not read; and those `hidden` of goals I may not see."""

    due: int
    unread: int
    by_kind: Mapping[str, int]
    hidden: int = 0

    @property
    def decisions(self) -> int:
        """The decisions of all kinds."""
        return sum(self.by_kind.values())


def waiting_for(viewer: Viewer, today: date) -> Waiting:
    """All the counts, in one query. What the bell counts is what it shows."""
    person_id, is_hr = viewer.id, viewer.is_hr
    due = (
        select(func.count(Measure.id))
        .join(Goal, Measure.goal_id == Goal.id)
        .join(Cycle, Goal.cycle_id == Cycle.id)
        .where(Goal.state == "active", Cycle.state == "open", Measure.due_from <= today, *reported_by(person_id))
    )
    seen, wanted = concerning(viewer)
    mine = (Notification.person_id == person_id, Notification.read_at.is_(None), wanted)
    unread, hidden = (
        select(func.count(Notification.id)).outerjoin(Notification.goal).where(*mine, some) for some in (seen, ~seen)
    )
    counts = (*(count.scalar_subquery() for count in (due, unread, hidden)), *how_many(person_id, is_hr, today))
    owed, news, unseen, *decisions = db.session.execute(select(*counts)).one()
    return Waiting(owed, news, dict(zip(waiting(person_id, is_hr, today), decisions, strict=True)), unseen)


def all_cycles() -> list[Cycle]:
    """Every cycle, the latest first; of those that start together the longest first."""
    return list(db.session.scalars(select(Cycle).order_by(Cycle.starts_on.desc(), Cycle.ends_on.desc(), Cycle.code)))


def running_cycle(cycles: list[Cycle], today: date) -> Cycle | None:
    """The one a page is about unless another is asked for: open and running with the shortest span, else the last that has begun, else the next."""
    running = [cycle for cycle in cycles if cycle.state == "open" and cycle.starts_on <= today <= cycle.ends_on]
    if running:
        return min(running, key=lambda cycle: cycle.ends_on - cycle.starts_on)
    begun = [cycle for cycle in cycles if cycle.starts_on <= today]
    if begun:
        return max(begun, key=lambda cycle: (cycle.ends_on, cycle.starts_on))
    return min(cycles, key=lambda cycle: (cycle.starts_on, cycle.ends_on), default=None)
