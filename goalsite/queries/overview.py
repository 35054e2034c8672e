"""The overview: a unit against time, the units side by side, and what needs a look (rules §5, §6)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain import pace
from goalsite.domain.goals import computed_result
from goalsite.domain.relations import Viewer
from goalsite.domain.results import Counted, Totals, totals
from goalsite.domain.terms import COUNTED_STATES, STATUSES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Result
from goalsite.queries.company import company
from goalsite.queries.filters import Filters, asked_for, in_unit, is_stale, is_unaligned, narrowed, needs_a_look
from goalsite.queries.organisation import ancestry
from goalsite.queries.records import fraction, goal_facts
from goalsite.queries.supporters import expected_of, with_measures
from goalsite.queries.visible import visible_goals

UNITS_AT_ONCE = 50
GOALS_AT_ONCE = 10
# The most pressing first.
PRESSING = ("behind", "at_risk", "not_started", "on_track", "done")


@dataclass(frozen=True)
class Place:
    """The unit a page is about: the units above it from the root down, itself, and a page of the units right below it; and whose goals it is
    narrowed to, if anybody's."""

    path: list[Unit]
    unit: Unit
    children: list[Unit]
    children_in_all: int
    results: dict[int, Result]
    owner: Person | None = None

    def name(self, unit: Unit) -> str:
        """The unit's name: of then, where the cycle is closed."""
        held = self.results.get(unit.id)
        return held.name_then if held is not None and held.frozen_at is not None else unit.name

    def head(self, unit: Unit) -> str:
        """The name of its head, likewise; empty without one."""
        held = self.results.get(unit.id)
        if held is not None and held.frozen_at is not None:
            return held.manager_then
        return unit.head.name if unit.head else ""


@dataclass
class Tally:
    """Goals that may be seen, by status; and how many of them are stale, support nothing, or need a look."""

    by_status: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    stale: int = 0
    unaligned: int = 0
    to_look_at: int = 0

    @property
    def goals(self) -> int:
        return sum(self.by_status.values())

    @property
    def by_state(self) -> dict[str, int]:
        """The goals by status, stale and unaligned, and under "" in all."""
        found = {status: self.by_status[status] for status in STATUSES}
        return {"": self.goals, **found, "stale": self.stale, "unaligned": self.unaligned}


@dataclass(frozen=True)
class GoalLine:
    """A goal with the progress expected of it, a fraction."""

    goal: Goal
    expected: Fraction | None
    stale: bool


@dataclass(frozen=True)
class UnitGoals:
    """The goals of a page: each shown unit's own (whoever looks), those of them the reader may see, and the lines of the list, `in_all` so many."""

    own: dict[int, list[Goal]]
    seen: set[int]
    lines: list[GoalLine]
    in_all: int


@dataclass(frozen=True)
class Standing:
    """A unit's own result, what it should be by now, and its status. Fractions."""

    now: Totals
    expected: Fraction | None
    status: str | None


def place_of(code: str, cycle: Cycle, page: int = 1, whose: Sequence[ColumnElement[bool]] = (false(),)) -> Place | None:
    """The unit of that code, the root where none is named, and the one Person that `whose` tells; None where there is no such unit. One query."""
    chosen = select(Unit.id).where(Unit.code == code if code else Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)
    unit_id = chosen.scalar_subquery()
    kept = or_(Unit.archived.is_(False), _has_result(cycle))
    lies = ancestry(cycle)
    under = select(Unit.id).join(lies, lies.c.unit_id == Unit.id)
    under = under.where(lies.c.ancestor_id == unit_id, lies.c.depth == 1, kept)
    shown = under.order_by(Unit.sort_key, Unit.id).limit(UNITS_AT_ONCE).offset((page - 1) * UNITS_AT_ONCE)
    up = ancestry(cycle)
    # A unit made since the cycle was closed stands alone.
    depth = case((Unit.id == unit_id, 0), else_=up.c.depth)
    query = (
        select(Unit, depth, Result, select(func.count()).select_from(under.subquery()).scalar_subquery(), Person)
        .outerjoin(up, and_(up.c.ancestor_id == Unit.id, up.c.unit_id == unit_id))
        .outerjoin(Result, and_(Result.unit_id == Unit.id, Result.cycle_id == cycle.id))
        .outerjoin(Person, and_(*whose))
        .where(or_(depth.is_not(None), Unit.id.in_(select(shown.subquery().c.id))))
        .options(joinedload(Unit.head))
        .order_by(depth.desc(), Unit.sort_key, Unit.id)
    )
    rows = db.session.execute(query).tuples().all()
    above = sorted(((depth, unit) for unit, depth, *_ in rows if depth is not None), key=lambda row: -row[0])
    if not above:
        return None
    children = [unit for unit, depth, *_ in rows if depth is None]
    results = {unit.id: result for unit, _, result, *_ in rows if result is not None}
    return Place([unit for _, unit in above[:-1]], above[-1][1], children, rows[0][3], results, rows[0][4])


def tallies(viewer: Viewer, cycle: Cycle, unit: Unit, filters: Filters, today: date) -> dict[int | None, Tally]:
    """The goals that may be seen by the unit right below `unit` that holds them, None for its own. One query, one row a unit and status."""
    held_in, step_in = ancestry(cycle), ancestry(cycle)
    held, step = held_in.c, step_in.c
    stale, unaligned, pressing = (_how_many(found) for found in (is_stale(today), is_unaligned(), needs_a_look(today)))
    query = (
        select(step.ancestor_id, Goal.status, func.count(), stale, unaligned, pressing)
        .join(held_in, and_(held.unit_id == Goal.unit_id, held.ancestor_id == unit.id))
        .outerjoin(step_in, and_(step.unit_id == Goal.unit_id, step.depth == held.depth - 1))
        .where(*_counted_in(cycle), *asked_for(filters), visible_goals(viewer))
        .group_by(step.ancestor_id, Goal.status)
    )
    found: dict[int | None, Tally] = defaultdict(Tally)
    for below, status, goals, *also in db.session.execute(query):
        tally = found[below]
        tally.by_status[status] += goals
        tally.stale += also[0]
        tally.unaligned += also[1]
        tally.to_look_at += also[2]
    return found


def together(parts: Sequence[Tally]) -> Tally:
    """The tallies of several units as one."""
    whole = Tally(stale=sum(part.stale for part in parts), unaligned=sum(part.unaligned for part in parts))
    whole.to_look_at = sum(part.to_look_at for part in parts)
    for part in parts:
        for status, goals in part.by_status.items():
            whole.by_status[status] += goals
    return whole


def goals_of(viewer: Viewer, cycle: Cycle, place: Place, filters: Filters, today: date, page: int = 1) -> UnitGoals:
    """The own goals of the units of the page, and a page of the goals the filters ask for: where they ask for none in particular, those that need
    a look. One query."""
    asks = filters.status or filters.stale or filters.unaligned
    wanted = narrowed(filters, today) if asks else [*asked_for(filters), needs_a_look(today)]
    order = case({status: at for at, status in enumerate(PRESSING)}, value=Goal.status)
    listed = (
        select(Goal.id, func.count().over().label("in_all"))
        .where(*_counted_in(cycle), *wanted, *in_unit(place.unit, filters.below, Goal, cycle), visible_goals(viewer))
        .order_by(order, Goal.progress, Goal.code)
        .limit(GOALS_AT_ONCE)
        .offset((page - 1) * GOALS_AT_ONCE)
        .subquery()
    )
    units = [place.unit.id, *(unit.id for unit in place.children)]
    own = and_(*_counted_in(cycle), Goal.unit_id.in_(units), Goal.scope == "unit")
    query = (
        select(Goal, own.label("own"), listed.c.in_all, visible_goals(viewer).label("seen"))
        .outerjoin(listed, listed.c.id == Goal.id)
        .where(or_(own, listed.c.id.is_not(None)))
        .options(*with_measures(), joinedload(Goal.owner), joinedload(Goal.unit), joinedload(Goal.cycle))
        .order_by(order, Goal.progress, Goal.code)
    )
    held: dict[int, list[Goal]] = defaultdict(list)
    seen: set[int] = set()
    lines, in_all = [], 0
    for goal, is_own, listed_in_all, may_see in db.session.execute(query).unique().tuples():
        if is_own:
            held[goal.unit_id].append(goal)
        if may_see:
            seen.add(goal.id)
        if listed_in_all:
            lines.append(line_of(goal, today))
            in_all = listed_in_all
    return UnitGoals(held, seen, lines, in_all)


def standing_of(result: Result | None, goals: Sequence[Goal], cycle: Cycle, today: date) -> Standing:
    """The unit's stored result beside what its own goals are expected to give; its status is that of the two, by the rule for goals."""
    full, share = Fraction(cycle.aspirational_full), Fraction(cycle.kpi_share)
    due = [
        Counted(
            goal.kind,
            Fraction(goal.weight),
            computed_result(goal_facts(goal, {}, ()), expected_today(goal, today), full),
        )
        for goal in goals
    ]
    expected = totals(due, share).total
    if result is not None and result.frozen_at is not None and result.expected is not None:
        expected = fraction(result.expected)
    if result is None or not goals:
        return Standing(Totals(None, None, None, True, 0), expected, None)
    now = Totals(fraction(result.okr), fraction(result.kpi), fraction(result.total), result.provisional, result.goals)
    status = pace.status(
        now.total,
        expected,
        started=any(goal.last_checkin_on for goal in goals),
        first_due=min((goal.first_due for goal in goals if goal.first_due), default=None),
        may_be_done=all(goal.status == "done" for goal in goals),
        day=today,
        thresholds=company().thresholds,
    )
    return Standing(now, expected, status if now.total is not None else None)


def line_of(goal: Goal, today: date) -> GoalLine:
    """The goal as a line of a list."""
    stale = goal.stale_from is not None and goal.stale_from <= today
    return GoalLine(goal, expected_today(goal, today), stale)


def expected_today(goal: Goal, today: date) -> Fraction | None:
    """The goal's expected progress, a fraction: from its own measures, which must be loaded, or as last stored where others give it progress."""
    return expected_of(goal, today) if goal.progress_from == "measures" else fraction(goal.expected)


def _counted_in(cycle: Cycle) -> list[ColumnElement[bool]]:
    return [Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES)]


def _has_result(cycle: Cycle) -> ColumnElement[bool]:
    counts = or_(Result.goals > 0, Result.people > 0)
    return exists().where(Result.unit_id == Unit.id, Result.cycle_id == cycle.id, counts).correlate_except(Result)


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
