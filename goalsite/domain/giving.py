"""Goals given to many at once: who cannot get them, from which day to which they run, who sees them (rules §7, §8)."""

from datetime import date

from goalsite.domain.periods import Span

# From the fewest readers to all.
WIDTHS = ("restricted", "internal", "public")


def why_not(
    cycle: Span, today: date, *, joined_on: date | None, left_on: date | None, closed: bool, unit: str | None
) -> str:
    """Why somebody cannot get a goal of the cycle: left, later (joins when it is over), closed (their account), no_unit or
    archived. Empty where they can. unit: what the goal's unit is, "in_use" or "archived", None without one."""
    if left_on is not None and (left_on < today or left_on < cycle.first):
        return "left"
    if joined_on is not None and joined_on > cycle.last:
        return "later"
    if closed:
        return "closed"
    return {None: "no_unit", "archived": "archived"}.get(unit, "")


def days_there(span: Span, joined_on: date | None, left_on: date | None) -> Span:
    """The span while somebody is there; the whole of it where they never are."""
    first = max(span.first, joined_on or span.first)
    last = min(span.last, left_on or span.last)
    return Span(first, last) if first <= last else span


def narrower(one: str, other: str) -> str:
    """Of two visibilities the one with fewer readers."""
    return min(one, other, key=WIDTHS.index)
