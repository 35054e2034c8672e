"""The goals of a cycle as candidates for the next one (rules §7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.queries.results import stored_result
from goalsite.queries.search_words import goal_says

AT_ONCE = 50
LONGEST_CODE = 64
LONGEST_TEXT = 100
WRITABLE = tuple(state for state, allowed in CYCLE_ALLOWS.items() if allowed.writing)
DAY = timedelta(days=1)
ONE = Fraction(1)


@dataclass(frozen=True)
class Candidate:
    """A goal that could be copied, its result (a fraction), and why not where it cannot: copied, left (its owner), archived (its unit).

    `raise_bar`: it came to 1.0 or more two cycles running.
    """

    goal: Goal
    result: Fraction | None
    raise_bar: bool
    why_not: str


@dataclass(frozen=True)
class Candidates:
    """One page of them."""

    rows: list[Candidate]
    text: str
    page: int
    pages: int
    total: int


def targets_of(cycle: Cycle) -> list[Cycle]:
    """The cycles goals can be copied into: later ones in which goals are written, the next first, of those the like in length."""
    found = db.session.scalars(
        select(Cycle).where(Cycle.id != cycle.id, Cycle.state.in_(WRITABLE), Cycle.starts_on > cycle.starts_on)
    )
    days = (cycle.ends_on - cycle.starts_on).days
    return sorted(found, key=lambda one: (abs((one.ends_on - one.starts_on).days - days) > 5, one.starts_on, one.code))


def code_in(target: Cycle, source: Cycle, code: str) -> str:
    """The code of a goal's copy: the source cycle's code at its beginning gives way to the target's."""
    return f"{target.code}-{code.removeprefix(f'{source.code}-')}"[:LONGEST_CODE]


def candidates(source: Cycle, target: Cycle, text: str, page: int) -> Candidates:
    """The source's active and closed goals whose title, code or owner holds the text."""
    text = " ".join(text.replace("\0", " ").encode("utf-8", "ignore").decode().split())[:LONGEST_TEXT]
    where = _asked(source, text)
    total = db.session.scalar(select(func.count(Goal.id)).join(Goal.owner).where(*where)) or 0
    pages = max(1, -(-total // AT_ONCE))
    page = min(max(page, 1), pages)
    found = db.session.scalars(
        select(Goal)
        .join(Goal.owner)
        .where(*where)
        .options(joinedload(Goal.owner), joinedload(Goal.unit))
        .order_by(Person.sort_key, Goal.kind, Goal.title, Goal.id)
        .limit(AT_ONCE)
        .offset((page - 1) * AT_ONCE)
    ).all()
    copied = copied_codes(target, [code_in(target, source, goal.code) for goal in found])
    twice = _reached_before(source, [goal.id for goal in found])
    rows = []
    for goal in found:
        result = stored_result(goal, source)
        why = "copied" if code_in(target, source, goal.code) in copied else why_not(goal, target)
        rows.append(Candidate(goal, result, result is not None and result >= ONE and goal.id in twice, why))
    return Candidates(rows, text, page, pages, total)


def all_candidates(source: Cycle, text: str) -> list[int]:
    """The ids of every goal that `candidates` would list."""
    found = select(Goal.id).join(Goal.owner).where(*_asked(source, text)).order_by(Goal.id)
    return list(db.session.scalars(found))


def why_not(goal: Goal, target: Cycle) -> str:
    """Why a goal cannot go on in the target: its owner has left, or its unit is archived. Empty where it can."""
    left: date | None = goal.owner.left_on
    if goal.owner.disabled_at is not None or (left is not None and left < target.starts_on):
        return "left"
    return "archived" if goal.unit.archived else ""


def copied_codes(target: Cycle, codes: list[str]) -> dict[str, int]:
    """Those of the codes that goals of the target have, with the goals' ids."""
    found = select(Goal.code, Goal.id).where(Goal.cycle_id == target.id, Goal.code.in_(codes))
    return dict(db.session.execute(found).tuples().all())


def _asked(source: Cycle, text: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Goal.cycle_id == source.id, Goal.state.in_(COUNTED_STATES)]
    if text:
        conditions.append(goal_says(text))
    return conditions


def _reached_before(source: Cycle, ids: list[int]) -> set[int]:
    """Those of the goals whose like in the cycle right before, the same owner's of the same title, came to 1.0 or more."""
    before = aliased(Goal)
    query = (
        select(Goal.id, before, Cycle)
        .join(before, (before.owner_id == Goal.owner_id) & (before.title == Goal.title) & (before.kind == Goal.kind))
        .join(Cycle, Cycle.id == before.cycle_id)
        .where(Goal.id.in_(ids), Cycle.ends_on == source.starts_on - DAY, before.state.in_(COUNTED_STATES))
    )
    reached = set()
    for goal_id, earlier, cycle in db.session.execute(query).tuples():
        result = stored_result(earlier, cycle)
        if result is not None and result >= ONE:
            reached.add(goal_id)
    return reached
