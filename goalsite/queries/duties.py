"""Who reports in a cycle, and from which day they owe a check-in: what should be stored, and as a reader finds it (rules §5, §8)."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, union, union_all

from goalsite.domain.relations import Viewer
from goalsite.models import Cycle, Goal, Measure
from goalsite.models_counts import Duty
from goalsite.queries.counts import seen_apart
from goalsite.queries.visible import visible_goals


def duties_meant(people: Collection[int] | None = None, cycle_ids: Collection[int] = ()) -> Select[Any]:
    """The rows of Duty that there should be, of everybody, or of these people in these cycles."""
    public = (Goal.visibility == "public").label("public")
    columns = (Goal.cycle_id, public, Measure.due_from, Measure.last_on)
    # Two reads, each by an index of its own; that of assignees is none to find those by who have none.
    owned = [func.coalesce(Measure.assignee_id, Goal.owner_id) == Goal.owner_id]
    given = [Measure.assignee_id.is_not(None)]
    if people is not None:
        owned += [Goal.owner_id.in_(people), Goal.cycle_id.in_(cycle_ids)]
        given += [Measure.assignee_id.in_(people), Goal.cycle_id.in_(cycle_ids)]
    rows = union_all(
        _owing(*owned).with_only_columns(Goal.owner_id.label("person_id"), *columns),
        _owing(*given).with_only_columns(Measure.assignee_id, *columns),
    ).subquery()
    key = (rows.c.cycle_id, rows.c.person_id, rows.c.public)
    return select(*key, func.min(rows.c.due_from), func.max(rows.c.last_on)).group_by(*key)


def duties(viewer: Viewer, cycle: Cycle) -> Subquery:
    """(person_id, due_from, last_on), several rows a person, of goals that may be seen: who leads a unit may not see all that its people report on."""
    apart: Sequence[ColumnElement[bool]] = ()
    parts: list[Any] = []
    if is_stored(viewer):
        kept = select(Duty.person_id, Duty.due_from, Duty.last_on).where(Duty.cycle_id == cycle.id)
        if viewer.is_hr:
            return kept.subquery()
        parts, apart = [kept.where(Duty.public.is_(True))], seen_apart(viewer, [cycle])
    who = func.coalesce(Measure.assignee_id, Goal.owner_id).label("person_id")
    seen = _owing(Goal.cycle_id == cycle.id, *apart, visible_goals(viewer))
    return union_all(*parts, seen.with_only_columns(who, Measure.due_from, Measure.last_on)).subquery()


def is_stored(viewer: Viewer) -> bool:
    """Whether it is known from writing: not for a past day."""
    return not viewer.only_reads


def reported_by(person_id: int) -> tuple[ColumnElement[bool], ...]:
    """The Measure is that person's to report: of their own goals, unless given to somebody else, or given to them; and fed by nothing."""
    owned = select(Measure.id).join(Goal, Goal.id == Measure.goal_id).where(Goal.owner_id == person_id)
    owned = owned.where(func.coalesce(Measure.assignee_id, person_id) == person_id)
    return is_fed_by_nothing(), Measure.id.in_(union(owned, select(Measure.id).where(Measure.assignee_id == person_id)))


def is_fed_by_nothing() -> ColumnElement[bool]:
    """Asked so that no index answers: nearly all measures are fed by nothing."""
    return func.coalesce(Measure.fed_by_id, 0) == 0


def _owing(*conditions: ColumnElement[bool]) -> Select[Any]:
    query = select(Measure.id).join(Goal, Goal.id == Measure.goal_id)
    return query.where(Goal.state == "active", Measure.due_from.is_not(None), *conditions)
