"""What an address asks for, written by a link or by hand: a past day, a cycle, a calendar period; and what of it makes no sense."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from goalsite.domain.errors import RuleError
from goalsite.domain.results import calendar_period

# The one report that is also of a calendar period; the others are of a whole cycle.
BY_PERIOD = "people"
# Nothing is recorded before.
OLDEST = date(2000, 1, 1)
_BY_HAND = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


def read_day(text: str, today: date) -> date | None:
    """The past day, written like 2026-10-20 or 20/10/2026; None where nothing is written, or today.

    Raises RuleError address_day, address_day_ahead, address_day_old.
    """
    text = text.strip()
    if not text:
        return None
    day = _written(text)
    if day is None:
        raise RuleError("address_day", text=text[:64])
    if day > today:
        raise RuleError("address_day_ahead", day=day)
    if day < OLDEST:
        raise RuleError("address_day_old", day=day, oldest=OLDEST)
    return day if day < today else None


def misread(
    given: Mapping[str, str], today: date, *, goes_back: bool, cycles: Collection[str], report: str
) -> Iterator[RuleError]:
    """What is not answered as it is asked for. cycles: the codes there are, none where no cycle is asked for; report: the name of the report, if it is one."""
    try:
        if read_day(given.get("as_of", ""), today) and not goes_back:
            yield RuleError("address_day_nowhere")
    except RuleError as error:
        yield error
    cycle, period = given.get("cycle", ""), given.get("period", "")
    if cycle and cycles and cycle not in cycles:
        yield RuleError("address_cycle", text=cycle[:64])
    if period and report and report != BY_PERIOD:
        yield RuleError("address_period_nowhere")
    elif period and report:
        try:
            calendar_period(period)
        except (ValueError, OverflowError):
            yield RuleError("address_period", text=period[:64])


def _written(text: str) -> date | None:
    by_hand = _BY_HAND.fullmatch(text)
    try:
        return date(int(by_hand[3]), int(by_hand[2]), int(by_hand[1])) if by_hand else date.fromisoformat(text)
    except ValueError:
        return None
