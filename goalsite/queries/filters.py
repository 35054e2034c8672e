"""The filters that overview, tree and members share: read from an address, written into one, and as conditions on goals."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select

from goalsite.domain import terms
from goalsite.models import Cycle, Goal, GoalLink, Unit, UnitAncestor
from goalsite.queries.organisation import ancestry
from goalsite.queries.search_words import goal_says

LARGEST_ID = 2**31 - 1
LONGEST_TEXT = 100
NEEDS_A_LOOK = ("at_risk", "behind")


@dataclass(frozen=True)
class Filters:
    """What a reader narrowed a page to. `unit` is a unit's code, with the units below it unless `below` is off; `owner` a person's id.

    An address holds each by its own name, and only those that narrow anything.
    """

    unit: str = ""
    below: bool = True
    kind: str = ""
    status: str = ""
    owner: int = 0
    stale: bool = False
    unaligned: bool = False
    text: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The arguments of an address that asks for the same."""
        said: dict[str, str] = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if value != part.default:
                said[part.name] = str(int(value)) if isinstance(value, bool) else str(value)
        return said

    def but(self, **changes: str | int | bool) -> "Filters":
        """The same with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def narrows_goals(self) -> bool:
        """Whether anything but the unit is asked for."""
        return self.but(unit="", below=True).narrows

    @property
    def asks_how_they_stand(self) -> bool:
        """Whether a status, staleness or alignment is asked for."""
        return self != self.in_any_state

    @property
    def narrows(self) -> bool:
        """Whether anything at all is asked for."""
        return self != Filters()

    @property
    def in_any_state(self) -> "Filters":
        """The same, however the goals stand."""
        return self.but(status="", stale=False, unaligned=False)


def read_filters(given: Mapping[str, str]) -> Filters:
    """The filters an address asks for; what makes no sense narrows nothing."""
    kind, status, owner = given.get("kind", ""), given.get("status", ""), given.get("owner", "")
    return Filters(
        unit=given.get("unit", "").replace("\0", "")[:64],
        below=given.get("below") != "0",
        kind=kind if kind in terms.GOAL_KINDS else "",
        status=status if status in terms.STATUSES else "",
        owner=as_id(owner) or 0,
        stale=given.get("stale") == "1",
        unaligned=given.get("unaligned") == "1",
        text=clean(given.get("text", "")),
    )


def clean(text: str) -> str:
    """What was typed to look for: spaces single, nothing no database takes, cut where it is too long."""
    single = " ".join(text.replace("\0", " ").split())
    return single.encode("utf-8", "ignore").decode()[:LONGEST_TEXT]


def as_id(text: str) -> int | None:
    """The id that text writes; None where it cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))):
        return None
    return int(text) if 0 < int(text) <= LARGEST_ID else None


def narrowed(filters: Filters, today: date, goal: type[Goal] = Goal) -> list[ColumnElement[bool]]:
    """The conditions of all filters but the unit's. `goal` may be an alias."""
    return [*asked_for(filters, goal), *standing_so(filters, today, goal)]


def asked_for(filters: Filters, goal: type[Goal] = Goal) -> list[ColumnElement[bool]]:
    """The conditions that do not ask how a goal stands: kind, owner, text."""
    conditions: list[ColumnElement[bool]] = []
    if filters.kind:
        conditions.append(goal.kind == filters.kind)
    if filters.owner:
        conditions.append(goal.owner_id == filters.owner)
    if filters.text:
        conditions.append(goal_says(filters.text, goal))
    return conditions


def standing_so(filters: Filters, today: date, goal: type[Goal] = Goal) -> list[ColumnElement[bool]]:
    """The conditions that ask how a goal stands: status, stale, unaligned."""
    asked = {filters.status: True, "stale": filters.stale, "unaligned": filters.unaligned}
    return [state for name, state in states(today, goal).items() if asked.get(name)]


def states(today: date, goal: type[Goal] = Goal) -> dict[str, ColumnElement[bool]]:
    """How goals stand, by name: of each status, stale, unaligned."""
    by_status = {status: goal.status == status for status in terms.STATUSES}
    return {**by_status, "stale": is_stale(today, goal), "unaligned": is_unaligned(goal)}


def in_unit(
    unit: Unit | None, below: bool, goal: type[Goal] = Goal, cycle: Cycle | None = None
) -> list[ColumnElement[bool]]:
    """The goal belongs to the unit, or to one below it, as they were in the cycle where one is given; no unit, no condition."""
    if unit is None:
        return []
    if not below:
        return [goal.unit_id == unit.id]
    above = ancestry(cycle).c if cycle else UnitAncestor
    return [goal.unit_id.in_(select(above.unit_id).where(above.ancestor_id == unit.id))]


def is_stale(today: date, goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """Its last due check-in, and the grace after it, are past."""
    return and_(goal.stale_from.is_not(None), goal.stale_from <= today)


def is_unaligned(goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """It supports nothing, and is not the company's own."""
    linked = exists().where(GoalLink.goal_id == goal.id).correlate_except(GoalLink)
    company = exists().where(Unit.id == goal.unit_id, Unit.parent_id.is_(None)).correlate_except(Unit)
    return and_(goal.parent_id.is_(None), ~linked, ~and_(company, goal.scope == "unit"))


def needs_a_look(today: date, goal: type[Goal] = Goal) -> ColumnElement[bool]:
    """At risk, behind, or long without an update."""
    return or_(goal.status.in_(NEEDS_A_LOOK), is_stale(today, goal))
