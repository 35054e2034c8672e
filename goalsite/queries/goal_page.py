"""One goal's page: the goal with what it is linked to, how it stands, and its line over time (rules §3, §5, §8)."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased, contains_eager, joinedload

from goalsite import policy
from goalsite.domain.explain import Line, of_goal, of_measure, of_pace, of_result
from goalsite.domain.goals import GoalStanding, weighted_mean
from goalsite.domain.periods import Span
from goalsite.domain.relations import ToGoal, Viewer
from goalsite.domain.results import grade, grade_colour
from goalsite.domain.standing import expected_progress
from goalsite.domain.terms import CONFIDENCES, COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Measure, Unit
from goalsite.queries.cards import GoalCard, MeasureCard, card_of
from goalsite.queries.records import Records, records_of
from goalsite.queries.supporters import stored_standing
from goalsite.queries.viewer import as_relation, relation_columns

SHOWN_SUPPORTERS = 12
DEEPEST = 20
SAMPLES = 26
DAY = timedelta(days=1)
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Linked:
    """A goal this one is linked to. `to`: what the reader is to it; `measure`: the title of the key result that the link names."""

    row: Goal
    to: ToGoal
    measure: str | None

    @property
    def visible(self) -> bool:
        return policy.may_see_goal(self.to, self.row)


@dataclass(frozen=True)
class Found:
    """A goal the reader may see, with what is linked to it by kind of link, whether the reader may see that or not.

    weights: what the weights of the goals it is counted with come to, its own among them.
    path: the goals it supports, the nearest first; also: its secondary links; supporters, also_by: who supports it so;
    sources: the KPIs that feed its key results; feeds: the goals it feeds; continues, goes_on: what it was before and after it
    was handed over.
    """

    row: Goal
    to: ToGoal
    weights: Fraction
    links: Mapping[str, list[Linked]] = field(default_factory=dict)

    @property
    def share(self) -> Fraction | None:
        """The part its weight is of them."""
        return Fraction(self.row.weight) / self.weights if self.weights else None

    def seen(self, kind: str) -> list[Linked]:
        """Those the reader may see."""
        return [linked for linked in self.links.get(kind, []) if linked.visible]


@dataclass(frozen=True)
class Supporter:
    row: Goal
    standing: GoalStanding
    measure: str | None


@dataclass(frozen=True)
class Page:
    """How the goal stands. supporters: those to show; unseen: how many more count in its progress.

    lines: why its progress is what it is; of_measures: the same for each measure, by its id; expected: (day, fraction) over its dates.
    """

    card: GoalCard
    supporters: list[Supporter]
    unseen: int
    more: int
    lines: list[Line]
    pace: list[Line]
    result: list[Line]
    of_measures: dict[int, list[Line]]
    names: dict[Hashable, str]
    expected: list[tuple[date, Fraction]]
    records: Records

    @property
    def call(self) -> str | None:
        """The worst of the calls that came with the measures' last check-ins."""
        calls = [measure.standing.confidence for measure in self.card.measures if measure.standing.confidence]
        return min(calls, key=lambda call: -CONFIDENCES.index(call), default=None)

    @property
    def grade(self) -> Fraction | None:
        """An OKR's grade."""
        progress = self.card.standing.progress
        return grade(progress) if self.card.row.kind == "okr" and progress is not None else None

    @property
    def grade_tone(self) -> str:
        return "" if self.grade is None else grade_colour(self.grade)

    @property
    def weight(self) -> Fraction:
        """What the weights of its terms come to."""
        return sum((line.weight or ZERO for line in self.lines), ZERO)


def find(viewer: Viewer, goal_id: int) -> Found | None:
    """The goal with everything it is linked to, in one query; None where there is none or the reader may not see it."""
    links = _links(goal_id)
    query = (
        select(
            links.c.kind,
            Goal,
            Measure.title.label("measure"),
            case((links.c.kind == "self", _weights())).label("weights"),
            *relation_columns(viewer),
        )
        .select_from(links)
        .join(Goal, Goal.id == links.c.goal_id)
        .join(Goal.cycle)
        .join(Goal.unit)
        .outerjoin(Measure, Measure.id == links.c.measure_id)
        .options(
            contains_eager(Goal.cycle),
            contains_eager(Goal.unit),
            joinedload(Goal.owner),
            joinedload(Goal.evaluator),
            joinedload(Goal.created_by),
        )
        .order_by(links.c.depth, Goal.weight.desc(), Goal.id)
    )
    found: dict[str, list[Linked]] = {}
    weights = ZERO
    for row in db.session.execute(query).mappings():
        weights = Fraction(row["weights"] or 0) if row["kind"] == "self" else weights
        found.setdefault(row["kind"], []).append(Linked(row["Goal"], as_relation(viewer, row), row["measure"]))
    if "self" not in found or not found["self"][0].visible:
        return None
    own = found.pop("self")[0]
    return Found(own.row, own.to, weights, found)


def _links(goal_id: int) -> Subquery:
    """(kind, goal, how far up, the key result named) of everything linked to the goal, itself included."""
    nothing = cast(null(), Integer)
    upper = aliased(Goal)
    start = select(
        Goal.parent_id.label("goal_id"), Goal.parent_measure_id.label("measure_id"), literal(1).label("depth")
    )
    above = start.where(Goal.id == goal_id, Goal.parent_id.is_not(None)).cte("above", recursive=True)
    above = above.union_all(
        select(upper.parent_id, upper.parent_measure_id, above.c.depth + 1)
        .join(above, upper.id == above.c.goal_id)
        .where(upper.parent_id.is_not(None), above.c.depth < DEEPEST)
    )
    low = literal(0)
    counted = Goal.state.in_(COUNTED_STATES)
    linker = aliased(Goal)
    return union_all(
        select(
            literal("self").label("kind"),
            Goal.id.label("goal_id"),
            literal(0).label("depth"),
            nothing.label("measure_id"),
        ).where(Goal.id == goal_id),
        select(literal("path"), above.c.goal_id, above.c.depth, above.c.measure_id),
        select(literal("supporters"), Goal.id, low, Goal.parent_measure_id).where(Goal.parent_id == goal_id, counted),
        select(literal("also"), GoalLink.parent_id, low, GoalLink.parent_measure_id).where(GoalLink.goal_id == goal_id),
        select(literal("also_by"), GoalLink.goal_id, low, GoalLink.parent_measure_id)
        .join(linker, linker.id == GoalLink.goal_id)
        .where(GoalLink.parent_id == goal_id, linker.state.in_(COUNTED_STATES)),
        select(literal("sources"), Measure.fed_by_id, low, Measure.id).where(
            Measure.goal_id == goal_id, Measure.fed_by_id.is_not(None)
        ),
        select(literal("continues"), Goal.continues_id, low, nothing).where(
            Goal.id == goal_id, Goal.continues_id.is_not(None)
        ),
        select(literal("goes_on"), Goal.id, low, nothing).where(Goal.continues_id == goal_id),
        select(literal("feeds"), Measure.goal_id, low, Measure.id).where(Measure.fed_by_id == goal_id),
    ).subquery("links")


def _weights() -> ColumnElement[Any]:
    """What the weights of the goals that are counted together with a Goal come to (rules §6)."""
    one, unit = aliased(Goal), aliased(Unit)
    counted = (one.cycle_id == Goal.cycle_id, one.kind == Goal.kind, one.state.in_(COUNTED_STATES))
    heads = and_(one.scope == "unit", unit.head_id == Goal.owner_id, Cycle.head_counts_unit)
    total = select(func.sum(one.weight)).where(*counted)
    # Two sums, each by an index of its own: one with OR would look through the whole cycle.
    persons = total.join(unit, unit.id == one.unit_id).where(
        one.owner_id == Goal.owner_id, or_(one.scope == "person", heads)
    )
    units = total.where(one.scope == "unit", one.unit_id == Goal.unit_id)
    return case(
        (Goal.scope == "person", persons.correlate(Goal, Cycle).scalar_subquery()),
        else_=units.correlate(Goal).scalar_subquery(),
    )


def page_of(found: Found, day: date, earlier: Collection[int] = ()) -> Page:
    """How the goal and those that support it stand on `day`, in three queries; of what is below the supporters, what is stored.

    earlier: goals of earlier cycles whose records the coach wants along with them.
    """
    goal = found.row
    counts = goal.progress_from != "measures"
    shown = found.seen("supporters")[:SHOWN_SUPPORTERS]
    kept = found.links.get("supporters", []) if counts else shown
    ids = {goal.id, *(one.row.id for one in kept), *earlier}
    records = _with_supporters(records_of(ids, day, deep=False), goal, kept)
    known: dict[Hashable, GoalStanding] = {
        one.row.id: stored_standing(one.row, day) for one in kept if one.row.progress_from != "measures"
    }
    card = card_of(goal, records, known, day)
    below: dict[Hashable, GoalCard] = {
        one.row.id: card_of(one.row, records, known, day) for one in kept if one.row.id not in known
    }
    standings = known | {key: card.standing for key, card in below.items()}
    hidden = [one.row.id for one in kept if not one.visible]
    names: dict[Hashable, str] = {measure.row.id: measure.row.title for measure in card.measures}
    return Page(
        card=card,
        supporters=[Supporter(one.row, standings[one.row.id], one.measure) for one in shown],
        unseen=len(hidden),
        more=len(found.seen("supporters")) - len(shown),
        lines=of_goal(goal.id, records.world, card.standing, hidden),
        pace=of_pace(card.standing),
        result=of_result(card.facts, card.standing.progress, Fraction(goal.cycle.aspirational_full)),
        of_measures={measure.row.id: of_measure(measure.facts, measure.standing) for measure in card.measures},
        names=names | {one.row.id: one.row.title for one in kept if one.visible},
        expected=_expected_line(card, {one.row: below.get(one.row.id) for one in kept} if counts else {}),
        records=records,
    )


def _with_supporters(records: Records, goal: Goal, kept: Iterable[Linked]) -> Records:
    """The records, the goal taking progress from these supporters, and they from nobody: below them what is stored holds."""
    goals = dict(records.world.goals)
    if goal.progress_from != "measures":
        goals[goal.id] = replace(goals[goal.id], supporters=tuple(one.row.id for one in kept))
    return replace(records, world=replace(records.world, goals=goals))


def _expected_line(card: GoalCard, supporters: Mapping[Goal, GoalCard | None]) -> list[tuple[date, Fraction]]:
    """What was and will be expected over the goal's dates."""
    days = _sample(card.row.starts_on, card.row.due_on)
    return [(day, mean) for day in days if (mean := _expected(card, supporters, day)) is not None]


def _expected(card: GoalCard, supporters: Mapping[Goal, GoalCard | None], day: date) -> Fraction | None:
    terms = [
        (measure.facts.weight, expected_progress(measure.facts, day, _began(measure, day)))
        for measure in card.measures
        if card.row.progress_from != "supporting"
    ]
    for row, below in supporters.items():
        # Of a supporter that takes its own progress from others only the dates are at hand.
        expected = _expected(below, {}, day) if below else Span(row.starts_on, row.due_on).elapsed(day)
        if expected is not None:
            terms.append((Fraction(row.weight), min(expected, ONE)))
    return weighted_mean(terms)


def _began(measure: MeasureCard, day: date) -> bool:
    return any(entry.on <= day for entry in measure.entries)


def _sample(first: date, last: date) -> list[date]:
    """The first day, the last, and evenly spread ones between."""
    step = max((last - first).days // SAMPLES, 1)
    return [*(first + DAY * at for at in range(0, (last - first).days, step)), last]
