"""Small builders for measures, check-ins and goals, and random ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from goalsite.domain.definition import faults
from goalsite.domain.measure import Entry, Measure, Step
from goalsite.domain.pace import Thresholds
from goalsite.domain.periods import Calendar, Rhythm, Span
from goalsite.domain.standing import Standing, stand

NUMBERS = ("start", "target", "low", "high", "weight", "cap")
KPI_CAP = Fraction("1.2")


def on(text: str) -> date:
    return date.fromisoformat(text)


def number(given: Any) -> Fraction:
    return Fraction(given)


def span(first: str, last: str) -> Span:
    return Span(on(first), on(last))


def entry(
    day: str | date, value: Any = None, *, ratio: tuple[Any, Any] | None = None, hour: int = 12, **given: Any
) -> Entry:
    """A check-in at that hour of its own day; ratio: numerator and denominator."""
    day = on(day) if isinstance(day, str) else day
    above, below = (number(ratio[0]), number(ratio[1])) if ratio else (None, None)
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Entry(day, at, None if value is None else number(value), above, below, **given)


def kr(first: str = "2026-01-01", last: str = "2026-03-31", **given: Any) -> Measure:
    """A key result over those days."""
    for name in NUMBERS:
        if given.get(name) is not None:
            given[name] = number(given[name])
    given["period_targets"] = {on(day): number(target) for day, target in given.get("period_targets", {}).items()}
    return Measure(span(first, last), **given)


def kpi(first: str = "2026-01-01", last: str = "2026-03-31", **given: Any) -> Measure:
    """An indicator over those days."""
    return kr(first, last, **{"kind": "kpi", "cap": KPI_CAP, **given})


def at(measure: Measure, entries: Sequence[Entry], day: str | date) -> Standing:
    """The measure on that day."""
    return stand(measure, entries, on(day) if isinstance(day, str) else day, Thresholds())


def after(value: Any, **given: Any) -> Standing:
    """A measure with one check-in, at the end of its span."""
    return at(kr(**given), [entry("2026-03-31", value)], "2026-03-31")


rhythms = st.builds(
    Rhythm,
    st.sampled_from(("week", "two_weeks", "month")),
    st.integers(0, 6),
    st.dates(date(2025, 12, 1), date(2026, 1, 1)),
)
calendars = st.builds(
    Calendar,
    st.frozensets(st.integers(0, 6), min_size=1).map(frozenset),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 4, 30)), max_size=5),
)
spans = st.tuples(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(0, 75)).map(
    lambda drawn: Span(drawn[0], drawn[0] + timedelta(days=drawn[1]))
)
amounts = st.integers(-50, 300).map(Fraction)
fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=100)


@st.composite
def measures(draw: Any, **fixed: Any) -> Measure:
    """Any measure that may be active."""
    direction = draw(st.sampled_from(("increase", "decrease", "keep", "done", "steps")))
    given: dict[str, Any] = {
        "span": draw(spans),
        "kind": draw(st.sampled_from(("okr", "kpi"))),
        "direction": direction,
        "aggregate": draw(st.sampled_from(("last", "sum", "average", "ratio"))),
        "frequency": draw(st.sampled_from(("", "day", "week", "month", "quarter"))),
        "rhythm": draw(rhythms),
        "calendar": draw(calendars),
        "start": draw(st.none() | amounts),
        "target": draw(amounts),
        "low": draw(st.integers(0, 20).map(Fraction)),
        "high": draw(st.integers(20, 200).map(Fraction)),
        "weight": draw(st.integers(1, 5).map(Fraction)),
        "steps": tuple(Step(str(place), "", Fraction(place)) for place in range(1, draw(st.integers(2, 4)))),
        "target_per": draw(st.sampled_from(("span", "period"))),
        "fed_frequency": draw(st.sampled_from((None, None, None, "", "week"))),
        **fixed,
    }
    if given["kind"] == "kpi":
        given |= {"cap": KPI_CAP, "fed_frequency": None}
    measure = Measure(**_valid(given))
    if direction in ("increase", "decrease") and draw(st.booleans()):
        measure = Measure(**{**vars(measure), "period_targets": draw(_overrides(measure))})
    return measure


def _valid(given: dict[str, Any]) -> dict[str, Any]:
    start, target = given["start"], given["target"]
    if given["direction"] == "increase" and target <= (start or 0):
        given["target"] = (start or 0) + abs(target) + 1
    if given["direction"] == "decrease" and given["aggregate"] == "sum":
        given |= {"kind": "kpi", "cap": KPI_CAP, "start": None, "fed_frequency": None}
    elif given["direction"] == "decrease" and (start is not None or given["kind"] == "okr"):
        given["start"] = max(start or 0, target + 1)
    if given["direction"] == "decrease" and given["start"] is None:
        given["target"] = abs(target) + 1
    measure = Measure(**given)
    if given["target_per"] == "period" and faults(measure):
        given["target_per"] = "span"
    return given


def _overrides(measure: Measure) -> st.SearchStrategy[Mapping[date, Fraction]]:
    if not measure.has_periods:
        return st.just({})
    return st.dictionaries(st.sampled_from([period.first for period in measure.periods]), amounts, max_size=4)


@st.composite
def check_ins(draw: Any, measure: Measure, until: date | None = None) -> list[Entry]:
    """Check-ins of the measure, each at its own moment, up to a day."""
    days = (min(until or measure.span.last, measure.span.last) - measure.span.first).days
    if days < 0:
        return []
    found = []
    for place in range(draw(st.integers(0, 6))):
        day = measure.span.first + timedelta(days=draw(st.integers(0, days)))
        binary = measure.direction in ("done", "steps")
        value = Fraction(draw(st.integers(0, 1))) if binary else draw(amounts)
        found.append(
            Entry(
                day,
                datetime(day.year, day.month, day.day, place, tzinfo=UTC),
                value,
                draw(amounts),
                draw(st.integers(0, 50).map(Fraction)),
                draw(st.sampled_from([step.code for step in measure.steps])) if measure.direction == "steps" else "",
                draw(st.sampled_from(("on_track", "at_risk", "off_track"))),
            )
        )
    return found
