"""What a form of a goal says so far, read with a light hand for the coach: what cannot be read yet is simply not there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from goalsite import formats
from goalsite.domain import terms
from goalsite.domain.coach_facts import Around, Draft, Past
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Measure, Step
from goalsite.domain.periods import Span
from goalsite.forms.base import UNREADABLE
from goalsite.models import Metric
from goalsite.queries import company as here
from goalsite.queries.coach import sketch_of, with_past
from goalsite.queries.coach_background import Asked, Background

MOST_MEASURES = 20
LONGEST = 500
Values = MultiDict[str, str]


@dataclass(frozen=True)
class SaidMeasure:
    """A key result as typed; `metric` is the text in its picker."""

    title: str
    metric: str
    symbol: str
    decimals: int
    direction: str
    aggregate: str
    frequency: str
    target_per: str
    start: Fraction | None
    target: Fraction | None
    low: Fraction | None
    high: Fraction | None
    starts_on: date | None
    due_on: date | None
    steps: int
    fed: bool


@dataclass(frozen=True)
class Said:
    """A goal as typed; unit and owner are the texts in their pickers."""

    kind: str
    title: str
    scope: str
    ambition: str
    cycle_id: int
    goal_id: int
    unit: str
    owner: str
    supports: bool
    starts_on: date | None
    due_on: date | None
    progress_from: str
    evaluated_by: str
    measures: tuple[SaidMeasure, ...]


def read(values: Values) -> Said:
    """The fields of the form of a goal, by their names there: title, cycle, measures-0-title…"""
    return Said(
        kind=_one_of(values, "kind", terms.GOAL_KINDS),
        title=_text(values, "title"),
        scope=_one_of(values, "scope", terms.SCOPES),
        ambition=_one_of(values, "ambition", terms.AMBITIONS),
        cycle_id=_whole(values, "cycle"),
        goal_id=_whole(values, "goal_id"),
        unit=_text(values, "unit"),
        owner=_text(values, "owner"),
        supports=any(_text(values, name) for name in values if name in ("parent", "also")),
        starts_on=_day(values, "starts_on"),
        due_on=_day(values, "due_on"),
        progress_from=_one_of(values, "progress_from", terms.PROGRESS_FROM),
        evaluated_by=_one_of(values, "evaluated_by", terms.EVALUATED_BY),
        measures=tuple(_measures(values)),
    )


def draft_of(
    said: Said,
    asked: Asked,
    metrics: Mapping[str, Metric],
    background: Background,
    past: Mapping[int, tuple[Past, ...]],
) -> Draft:
    """What the form says as the coach reads it; `metrics` by the text that names them."""
    cycle = asked.cycle
    span = Span(said.starts_on or cycle.starts_on, said.due_on or cycle.ends_on)
    sketches = []
    for place, one in enumerate(said.measures):
        metric = metrics.get(one.metric)
        explained = bool(metric and metric.how_measured.strip())
        sketch = sketch_of(
            _facts(one, said.kind, span, metric), key=place, metric=metric is not None, explained=explained
        )
        sketches.append(with_past(sketch, metric.id if metric and not one.fed else None, background, past))
    return Draft(
        kind=said.kind,
        title=said.title,
        cycle=Span(cycle.starts_on, cycle.ends_on),
        measures=tuple(sketches),
        ambition=said.ambition,
        company=said.scope == "unit" and asked.unit.parent_id is None,
        supports=said.supports,
        needs_measures=said.progress_from == "measures" and said.evaluated_by == "progress",
        around=Around(**background.around),
    )


def _facts(one: SaidMeasure, kind: str, span: Span, metric: Metric | None) -> Measure:
    own = metric or one
    return Measure(
        span=Span(one.starts_on or span.first, one.due_on or span.last),
        kind=kind,
        title=one.title or (metric.name if metric else ""),
        direction=own.direction,
        aggregate=own.aggregate,
        frequency=one.frequency,
        start=one.start,
        target=one.target,
        target_per=one.target_per,
        low=one.low,
        high=one.high,
        decimals=own.decimals,
        symbol=own.symbol,
        steps=tuple(Step(str(step), "", Fraction(1)) for step in range(one.steps)),
        calendar=here.company().calendar,
    )


def _measures(values: Values) -> Iterator[SaidMeasure]:
    for place in range(MOST_MEASURES):
        at = f"measures-{place}-"
        steps = [line for line in values.get(f"{at}steps", "").splitlines() if line.strip()]
        said = SaidMeasure(
            title=_text(values, f"{at}title"),
            metric=_text(values, f"{at}metric"),
            symbol=_text(values, f"{at}symbol")[:64],
            decimals=min(_whole(values, f"{at}decimals"), 4),
            direction=_one_of(values, f"{at}direction", terms.DIRECTIONS),
            aggregate=_one_of(values, f"{at}aggregate", terms.AGGREGATES),
            frequency=_one_of(values, f"{at}frequency", terms.FREQUENCIES),
            target_per=_one_of(values, f"{at}target_per", terms.TARGET_PERS),
            start=_number(values, f"{at}start"),
            target=_number(values, f"{at}target"),
            low=_number(values, f"{at}low"),
            high=_number(values, f"{at}high"),
            starts_on=_day(values, f"{at}starts_on"),
            due_on=_day(values, f"{at}due_on"),
            steps=len(steps),
            fed=bool(_text(values, f"{at}fed_by")),
        )
        numbers = {said.start, said.target, said.low, said.high} - {None}
        if said.title or said.metric or said.steps or said.fed or numbers:
            yield said


def _text(values: Values, name: str) -> str:
    return " ".join(UNREADABLE.sub(" ", values.get(name, "")).split())[:LONGEST]


def _one_of(values: Values, name: str, words: tuple[str, ...]) -> str:
    said = values.get(name, "")
    return said if said in words else words[0]


def _whole(values: Values, name: str) -> int:
    text = values.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _day(values: Values, name: str) -> date | None:
    try:
        return date.fromisoformat(values.get(name, ""))
    except ValueError:
        return None


def _number(values: Values, name: str) -> Fraction | None:
    text = values.get(name, "")
    try:
        return Fraction(formats.parse_number(text, str(get_locale()))) if text.strip() else None
    except RuleError:
        return None
