"""The outlines made into goals of a cycle: their days, their evaluator, and their measures as the rules see them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from goalsite.domain.measure import Measure, Step
from goalsite.domain.periods import DAY, Rhythm, Span, cut
from goalsite.example.outline import GoalOutline, MeasureOutline, read
from goalsite.example.people import DATA, Person, table
from goalsite.example.spans import ROMAN, Cycle, calendar, resolve, within

KPI_CAP = "1.2"
# What the past of a planned, refused or unstarted goal cannot have: check-ins.
WITHOUT_PAST = ("draft", "suggested", "proposed", "returned")


@dataclass
class MadeMeasure:
    outline: MeasureOutline
    rule: Measure
    # Whose check-ins these are.
    by: Person

    @property
    def options(self) -> dict[str, str]:
        return self.outline.options


@dataclass
class MadeGoal:
    code: str
    outline: GoalOutline
    cycle: Cycle
    span: Span
    owner: Person
    evaluator: str
    state: str
    measures: list[MadeMeasure] = field(default_factory=list)

    @property
    def options(self) -> dict[str, str]:
        return self.outline.options

    @property
    def is_first(self) -> bool:
        """Comments, changes and actions of an outline belong to the latest cycle it stands in only."""
        return self.cycle.role == self.options["in"][0]

    def filled(self, text: str) -> str:
        """The text with the quarter and the year written in."""
        quarter = ROMAN[self.cycle.number - 1] if self.cycle.number else ""
        return text.replace("{q}", quarter).replace("{y}", str(self.cycle.span.first.year))


@dataclass(frozen=True)
class Company:
    """Everything the sheets are made from."""

    today: date
    cycles: list[Cycle]
    people: dict[str, Person]
    goals: dict[str, MadeGoal]

    def cycle(self, role: str) -> Cycle | None:
        return next((cycle for cycle in self.cycles if cycle.role == role), None)


def make(today: date, cycles: list[Cycle], people: dict[str, Person]) -> Company:
    company = Company(today, cycles, people, {})
    for outline in read(DATA):
        for cycle in cycles:
            if cycle.role and cycle.role in outline.options["in"]:
                goal = _goal(outline, cycle, company)
                company.goals[goal.code] = goal
    return company


def supported(goal: MadeGoal, name: str, company: Company) -> str:
    """The code of the goal, or of the key result after a slash, that `name` stands for; empty where it does not stand in that cycle."""
    code, _, measure = name.lstrip("@").partition("/")
    prefix = goal.cycle.parent if name.startswith("@") else goal.cycle.prefix
    target = company.goals.get(f"{prefix}-{code}")
    if target is None:
        return ""
    if measure and measure not in [made.outline.code for made in target.measures]:
        raise ValueError(f"{goal.code}: {name}")
    return f"{target.code}/{measure}" if measure else target.code


def _goal(outline: GoalOutline, cycle: Cycle, company: Company) -> MadeGoal:
    owner = company.people[outline.owner]
    state = outline.options.get("state", "active")
    if cycle.state == "closed" or (owner.left_on and state == "active"):
        state = "closed"
    span = _span(outline.options, cycle.span, owner, company.today)
    evaluator = ""
    if state in ("active", "closed"):
        evaluator = outline.options.get("evaluator", owner.manager).strip("-")
    goal = MadeGoal(f"{cycle.prefix}-{outline.code}", outline, cycle, span, owner, evaluator, state)
    goal.measures = list(_measures(goal, company))
    return goal


def _span(options: dict[str, str], whole: Span, owner: Person, today: date) -> Span:
    """From `starts` to `due` within `whole`, where they say something, and while the owner is there."""
    first, last = whole.first, whole.last
    if options.get("starts") == "join":
        first = owner.joined_on
    elif "starts" in options:
        first = resolve(options["starts"], whole, today)
    if "due" in options:
        last = resolve(options["due"], whole, today)
    if owner.left_on:
        last = min(last, owner.left_on)
    first = within(first, whole)
    return Span(first, max(first, within(last, whole)))


def _measures(goal: MadeGoal, company: Company) -> Iterator[MadeMeasure]:
    metrics = {row["code"]: row for row in table("metrics")}
    for outline in goal.outline.measures:
        options = outline.options
        metric = metrics[outline.metric] if outline.metric else {"direction": "increase", "aggregate": "last"} | options
        span = goal.span
        if "starts" in options or "due" in options:
            span = _span(options, goal.span, goal.owner, company.today)
        rule = Measure(
            span=span,
            kind=goal.outline.kind,
            title=outline.title,
            direction=metric["direction"],
            aggregate=metric["aggregate"],
            frequency="week" if "weekly20" in options else options.get("freq", ""),
            start=number(options.get("start")),
            target=number(options.get("target")),
            target_per=options.get("per", "span"),
            low=number(options.get("low")),
            high=number(options.get("high")),
            decimals=int(metric.get("decimals") or 0),
            symbol=metric.get("symbol") or "",
            cap=Fraction(KPI_CAP) if goal.outline.kind == "kpi" else Fraction(1),
            steps=tuple(Step(line.words[0], line.words[1], Fraction(line.words[2])) for line in outline.steps),
            fed_frequency="" if "fed" in options else None,
            formula=metric.get("formula") or "",
            formula_is=metric.get("formula_is") or "",
            rhythm=Rhythm("month" if goal.cycle.role in "yz" else "week", 4, goal.cycle.span.first),
            calendar=calendar(span.first.year),
        )
        by = company.people[options.get("assignee", goal.owner.key)]
        yield MadeMeasure(outline, with_period_targets(rule, options), by)


def with_period_targets(rule: Measure, options: dict[str, str]) -> Measure:
    """The measure with the targets by period its outline gives: `periods`, or twenty for each week (`weekly20`)."""
    if "weekly20" in options:
        first = rule.span.first
        if first.weekday() > 4:
            first += DAY * (7 - first.weekday())
        span = Span(first, rule.span.last)
        periods = cut("week", span, rule.calendar)
        fixed = {period.first: Fraction(20) for period in periods}
        return replace(rule, span=span, target=Fraction(20 * len(periods)), period_targets=fixed)
    if "periods" in options:
        given = [Fraction(text) for text in options["periods"].split(",")]
        fixed = {period.first: target for period, target in zip(rule.periods, given, strict=False)}
        return replace(rule, period_targets=fixed)
    return rule


def number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
