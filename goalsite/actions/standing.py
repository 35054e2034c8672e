"""Keeps what is stored about goals in step with their records: progress, status, the days on which they change, their history (rules §5)."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import aliased

from goalsite.actions.counts import recount_all, refresh_counts_of
from goalsite.actions.results import refresh_all_results, refresh_results_of
from goalsite.domain.cadence import next_turn, owed
from goalsite.domain.goals import Goal as GoalFacts
from goalsite.domain.goals import GoalStanding, World, assess
from goalsite.domain.periods import GRACE
from goalsite.domain.rounding import as_decimal
from goalsite.extensions import SHARE_DECIMALS, db
from goalsite.models import Cycle, Goal, Measure
from goalsite.models_follow import GoalPoint
from goalsite.queries.company import company
from goalsite.queries.records import world_of
from goalsite.queries.slices import sliced
from goalsite.queries.supporters import Known, points_of, with_stored_supporters

DAY = timedelta(days=1)
# Targets by period far above the total can make any multiple of it expected.
MOST = Fraction(1000)


def refresh(goal_ids: Collection[int], day: date, *, since: date | None = None) -> None:
    """After a write to these goals: their standing, that of everything above which takes progress from them, and the results they count in.

    `since` is the earliest day whose past the write changed; None: nothing before `day`.
    """
    touched = one_at_a_time(goal_ids)
    _refresh_in_order(touched, day, since or day)
    refresh_results_of(touched)
    refresh_counts_of(touched)


def refresh_new(goal_ids: Collection[int], day: date) -> None:
    """As `refresh`, for drafts and suggestions just made that support nothing: no other goal and no result knows of them yet. Their cycle must be held."""
    _refresh_in_order(goal_ids, day, day)


def refresh_past(goal_ids: Collection[int], late: Collection[int], day: date) -> None:
    """As of a past day, in tables that stand before the real ones: the standing of these goals, and the whole history of
    those whose past was written later."""
    _refresh_in_order(goal_ids, day, day, ahead=False)
    _refresh_in_order(_and_above(set(late) | _fed_by(late)) & set(goal_ids), day, date.min, ahead=False)


def one_at_a_time(goal_ids: Collection[int]) -> set[int]:
    """The goals a write to these moves: they, those they feed, and everything above. Until the transaction ends nobody else moves a goal of their cycles."""
    moved = _and_above(set(goal_ids) | _fed_by(goal_ids))
    _hold_cycles(select(Goal.cycle_id).where(Goal.id.in_(moved)))
    return moved


def hold_all() -> None:
    """Until the transaction ends nobody else moves any goal."""
    _hold_cycles(select(Cycle.id))


def refresh_everything(day: date, *, loaded: bool = False) -> None:
    """The standing of every goal, its whole history, and every result; `loaded` as of `refresh_all_results`."""
    hold_all()
    closed = select(Cycle).where(Cycle.state == "closed", Cycle.closed_at.is_not(None)).order_by(Cycle.ends_on)
    stands = [(cycle.id, company().today(cycle.closed_at)) for cycle in db.session.scalars(closed) if cycle.closed_at]
    # What is closed stands as it did that day, and no other day turns it.
    for cycle_id, last in stands:
        goals = db.session.scalars(select(Goal.id).where(Goal.cycle_id == cycle_id)).all()
        _refresh_in_order(goals, min(day, last), date.min)
    ids = [cycle_id for cycle_id, _ in stands]
    _refresh_in_order(db.session.scalars(select(Goal.id).where(Goal.cycle_id.not_in(ids))).all(), day, date.min)
    refresh_all_results(day, loaded=loaded)
    still = update(Goal).where(Goal.cycle_id.in_(select(Cycle.id).where(Cycle.state == "closed"))).values(turns_on=None)
    db.session.execute(still.execution_options(synchronize_session=False))
    recount_all()
    db.session.expire_all()


def settle(day: date) -> int:
    """Brings the goals whose turn has come up to date; how many they were. Once a day is enough, more does no harm."""
    hold_all()
    turned = _and_above(set(db.session.scalars(select(Goal.id).where(Goal.turns_on <= day))))
    _refresh_in_order(turned, day, day)
    if turned:
        refresh_results_of(turned)
        refresh_counts_of(turned)
    return len(turned)


def _hold_cycles(ids: Select[Any]) -> None:
    db.session.flush()
    cycles = select(Cycle.id).where(Cycle.id.in_(ids)).order_by(Cycle.id)
    db.session.execute(cycles.with_for_update(key_share=True)).all()


def _refresh_in_order(ids: Iterable[int], day: date, since: date, *, ahead: bool = True) -> None:
    """Each goal after those it takes progress from. ahead: and when each turns next."""
    # Whoever had to wait reads afresh what the one before wrote.
    db.session.expire_all()
    waiting, above = set(ids), aliased(Goal)
    taking = select(Goal.id, above.id).join(above, above.id == Goal.parent_id).where(above.progress_from != "measures")
    parents: dict[int, int] = {}
    for some in sliced(waiting):
        parents |= dict(db.session.execute(taking.where(Goal.id.in_(some))).tuples().all())
    while waiting:
        ready = waiting - {parents[goal_id] for goal_id in waiting if goal_id in parents}
        for some in sliced(ready):
            _refresh_level(some, day, since, ahead)
        waiting -= ready


def _and_above(goal_ids: set[int]) -> set[int]:
    """The goals, and all above that take progress from them."""
    found = level = goal_ids
    while level:
        level = _taking_from(level) - found
        found = found | level
    return found


def _fed_by(goal_ids: Collection[int]) -> set[int]:
    """The goals with a key result fed by one of these KPIs, or by one that goes on with it."""
    going_on = select(Goal.id).where(Goal.id.in_(goal_ids)).cte("going_on", recursive=True)
    going_on = going_on.union(select(Goal.id).join(going_on, Goal.continues_id == going_on.c.id))
    return set(db.session.scalars(select(Measure.goal_id).where(Measure.fed_by_id.in_(select(going_on.c.id)))))


def _taking_from(goal_ids: Collection[int]) -> set[int]:
    """The goals above that take progress from these."""
    found: set[int] = set()
    for ids in sliced(goal_ids):
        above = select(Goal.parent_id).where(Goal.id.in_(ids))
        found.update(db.session.scalars(select(Goal.id).where(Goal.id.in_(above), Goal.progress_from != "measures")))
    return found


def _refresh_level(ids: Collection[int], day: date, since: date, ahead: bool) -> None:
    db.session.flush()
    world, known = with_stored_supporters(world_of(ids, day, deep=False), ids, day)
    rows = {key: assess(key, world, day, known) for key in ids}
    points = points_of([name for key in ids for name in world.goals[key].supporters])
    db.session.execute(update(Goal), [_goal_row(key, world, standing, day, ahead) for key, standing in rows.items()])
    owing = [row for key, standing in rows.items() for row in _measure_rows(world.goals[key], standing)]
    if owing:
        db.session.execute(update(Measure), owing)
    db.session.execute(delete(GoalPoint).where(GoalPoint.goal_id.in_(ids), GoalPoint.on >= since))
    history = [row for key in ids for row in _history(key, world, known, points, since, day)]
    if history:
        db.session.execute(insert(GoalPoint), history)
    db.session.expire_all()


def _goal_row(key: int, world: World, standing: GoalStanding, day: date, ahead: bool) -> dict[str, Any]:
    goal = world.goals[key]
    stale = [row["stale_from"] for row in _measure_rows(goal, standing) if row["stale_from"]]
    return {
        "id": key,
        "progress": stored(standing.progress),
        "expected": stored(standing.expected),
        "status": standing.status,
        "turns_on": _turns_on(key, world, day) if ahead else None,
        "stale_from": min(stale, default=None) if goal.state == "active" else None,
        "last_checkin_on": standing.last_on,
        "first_due": standing.first_due,
        "waits_until": standing.waits_until,
        "flagged": standing.flagged,
    }


def _turns_on(key: int, world: World, day: date) -> date | None:
    goal = world.goals[key]
    if not goal.counts:
        return None
    if goal.supporters or goal.progress_from == "supporting":
        return day + DAY
    end = max((measure.span.last for measure in goal.measures.values()), default=day) + GRACE + DAY

    def look(later: date) -> tuple[str, Fraction | None]:
        then = assess(key, world, later)
        return then.status, then.progress

    bends = (period.last for measure in goal.measures.values() if measure.period_targets for period in measure.periods)
    return next_turn(look, day, end, bends)


def _measure_rows(goal: GoalFacts, standing: GoalStanding) -> list[dict[str, Any]]:
    rows = []
    for name, measure in goal.measures.items():
        stand = standing.measures[name]
        duty = owed(measure, stand.last_on, finished=goal.state != "active" or stand.status == "done")
        rows.append(
            {
                "id": name,
                "last_on": stand.last_on,
                "finished_on": stand.finished_on,
                "due_from": duty.due_from,
                "due_by": duty.due_on,
                "stale_from": duty.stale_from,
            }
        )
    return rows


def _history(
    key: int, world: World, known: Known, points: dict[int, list[tuple[date, Fraction | None]]], since: date, day: date
) -> Iterable[dict[str, Any]]:
    """The goal's progress at the end of each day from `since` on which something moved it."""
    goal = world.goals[key]
    days = {entry.on for name in goal.measures for entry in world.entries.get(name, ())}
    days |= {on for name in goal.supporters for on, _ in points.get(_id(name), ())}
    for on in sorted(moved for moved in days if since <= moved <= day):
        entries = {name: [entry for entry in world.entries.get(name, ()) if entry.on <= on] for name in goal.measures}
        then: Known = {
            name: replace(known[name], progress=_at(points.get(_id(name), ()), on)) for name in goal.supporters
        }
        yield {
            "goal_id": key,
            "on": on,
            "progress": stored(assess(key, World(world.goals, entries, world.thresholds), on, then).progress),
        }


def _at(points: Sequence[tuple[date, Fraction | None]], day: date) -> Fraction | None:
    return next((progress for on, progress in reversed(points) if on <= day), None)


def _id(key: Hashable) -> int:
    assert isinstance(key, int)
    return key


def stored(number: Fraction | None) -> Decimal | None:
    """A computed fraction as it is stored, at fifteen decimals, and never beyond what such a number holds."""
    return None if number is None else as_decimal(min(number, MOST), SHARE_DECIMALS)
