"""One person's page: their goals, their result and how it came about, by month, and over the cycles (rules §4, §6)."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased, joinedload

from goalsite.domain.explain import Line, of_total
from goalsite.domain.goals import GoalStanding
from goalsite.domain.paper import Sheet, size_of
from goalsite.domain.periods import DAY, Span, whole_period
from goalsite.domain.relations import Viewer
from goalsite.domain.results import Counted, Totals
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import EvaluationStep, Result, Review
from goalsite.queries.cards import GoalCard, card_of
from goalsite.queries.decisions import computed_of
from goalsite.queries.organisation import Who, heads_then, who_of
from goalsite.queries.records import fraction, records_of
from goalsite.queries.reports import CycleRecord, period_totals
from goalsite.queries.results import tally
from goalsite.queries.taken_back import Before
from goalsite.queries.visible import people_with_visible_results, visible_goals

CYCLES = 12


@dataclass(frozen=True)
class Found:
    """Somebody, and whether the reader may see their results."""

    person: Person
    may_see_results: bool


@dataclass(frozen=True)
class Group:
    """The goals of one kind that count: a line each, the weight of all, and the mean (a fraction)."""

    kind: str
    lines: list[Line]
    weight: Fraction
    mean: Fraction | None


@dataclass(frozen=True)
class Whole:
    """Somebody's result in the cycle, as the report gives it. Fractions.

    total: the adjusted one where HR adjusted it. computed, own: by goal, what the numbers say and what the owner last handed in.
    months: the first day of each month begun with its KPI figure. size: how its sheet is set to be one page (domain.paper).
    """

    totals: Totals
    total: Fraction | None
    expected: Fraction | None
    rating: str
    adjustment: Fraction | None
    groups: list[Group]
    computed: Mapping[int, Fraction | None]
    own: Mapping[int, Fraction | None]
    months: list[tuple[date, Fraction | None]]
    history: list[Result]
    review: Review | None
    who: Who
    size: int


@dataclass(frozen=True)
class Member:
    """The goals that may be seen, OKRs first, and the result where that may be seen too."""

    cards: list[GoalCard]
    whole: Whole | None


def find(viewer: Viewer, person_id: int) -> Found | None:
    """The person with unit and manager, in one query; everybody may look anybody up."""
    query = select(Person, people_with_visible_results(viewer)).where(Person.id == person_id)
    row = db.session.execute(query.options(joinedload(Person.unit), joinedload(Person.boss))).tuples().first()
    return None if row is None else Found(*row)


def member_of(viewer: Viewer, found: Found, cycle: Cycle, today: date) -> Member:
    """What the page shows of the person in the cycle, in five queries."""
    return members_of(viewer, [found], cycle, today)[0]


def members_of(viewer: Viewer, found: Sequence[Found], cycle: Cycle, today: date) -> list[Member]:
    """The same of several people, in their order, in as many queries."""
    ids = [one.person.id for one in found]
    mine = (Goal.owner_id.in_(ids), Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
    chosen = select(Goal.id).where(*mine, visible_goals(viewer))
    options = [joinedload(Goal.unit), joinedload(Goal.owner), joinedload(Goal.evaluator)]
    records = records_of(chosen, today, options=options)
    known: dict[Hashable, GoalStanding] = {}
    cards: dict[int, list[GoalCard]] = defaultdict(list)
    for goal in sorted(records.goals, key=lambda goal: (goal.kind != "okr", goal.code)):
        cards[goal.owner_id].append(card_of(goal, records, known, today))
    shown = {one.person.id for one in found if one.may_see_results}
    if not shown:
        return [Member(cards[key], None) for key in ids]
    record = CycleRecord(cycle, Before(cycle.state), today, records.goals, records.world, known=known)
    histories, heads = _histories(shown), heads_then(cycle)
    own = _own_scores([goal.id for goal in records.goals if goal.owner_id in shown])
    return [
        Member(
            cards[one.person.id],
            _whole(record, one.person, cards[one.person.id], histories[one.person.id], own, heads)
            if one.person.id in shown
            else None,
        )
        for one in found
    ]


def _whole(
    record: CycleRecord,
    person: Person,
    cards: list[GoalCard],
    history: list[tuple[Result, Review | None]],
    own: Mapping[int, Fraction | None],
    heads: Mapping[int, int | None] | None,
) -> Whole:
    cycle, goals = record.cycle, [goal for goal in record.goals if goal.owner_id == person.id]
    counting = tally(goals, cycle, heads).people.get(person.id, [])
    counted: dict[Hashable, Counted] = {
        goal.id: Counted(goal.kind, Fraction(goal.weight), record.result(goal), record.is_provisional(goal))
        for goal in counting
    }
    held, review = next(((result, review) for result, review in history if result.cycle_id == cycle.id), (None, None))
    sums = record.totals(counting)
    if held is not None and held.frozen_at is not None:
        sums = Totals(fraction(held.okr), fraction(held.kpi), fraction(held.total), held.provisional, held.goals)
    adjusted = fraction(held.adjusted) if held else None
    return Whole(
        totals=sums,
        total=adjusted if adjusted is not None else sums.total,
        expected=fraction(held.expected)
        if held is not None and held.frozen_at is not None and held.expected is not None
        else record.expected_total(counting),
        rating=held.rating if held else "",
        adjustment=adjusted - sums.total if adjusted is not None and sums.total is not None else None,
        groups=_groups(of_total(counted, Fraction(cycle.kpi_share)), sums),
        computed={goal.id: computed_of(goal) for goal in goals},
        own=own,
        months=[
            (span.first, period_totals(record, counting, "month", span).total)
            for span in months_begun(cycle, record.day)
        ],
        history=[result for result, _ in history if result.goals],
        review=review,
        who=who_of(person, held),
        size=_size([card for card in cards if card.row.id in counted], review),
    )


def _size(cards: list[GoalCard], review: Review | None) -> int:
    objectives = [card for card in cards if card.row.kind == "okr"]
    return size_of(
        Sheet(
            kpis=[card.row.title for card in cards if card.row.kind == "kpi"],
            objectives=[card.row.title for card in objectives],
            key_results=[measure.row.title for card in objectives for measure in card.measures],
            said=[review.person_words, review.manager_words] if review else [],
            remarks=[text for text in (review.adjustment_why, review.appeal_outcome) if text] if review else [],
        )
    )


def _groups(lines: list[Line], sums: Totals) -> list[Group]:
    found = []
    for kind, mean in (("kpi", sums.kpi), ("okr", sums.okr)):
        terms = [line for line in lines if line.kind == "result" and line.group == kind]
        if terms:
            found.append(Group(kind, terms, sum((line.weight or Fraction(0) for line in terms), Fraction(0)), mean))
    return found


def months_begun(cycle: Cycle, today: date) -> list[Span]:
    """The calendar months of the cycle that have begun."""
    spans = [whole_period("month", cycle.starts_on)]
    while spans[-1].last < cycle.ends_on:
        spans.append(whole_period("month", spans[-1].last + DAY))
    return [span for span in spans if span.first <= today]


def _histories(people: Collection[int]) -> dict[int, list[tuple[Result, Review | None]]]:
    """Each person's results, the latest cycle first, each with the review of that cycle."""
    query = (
        select(Result, Review)
        .join(Result.cycle)
        .outerjoin(Review, and_(Review.cycle_id == Result.cycle_id, Review.person_id == Result.person_id))
        .where(Result.person_id.in_(people))
        .options(joinedload(Result.cycle))
        .order_by(Cycle.ends_on.desc(), Cycle.starts_on.desc())
    )
    found: dict[int, list[tuple[Result, Review | None]]] = defaultdict(list)
    for result, review in db.session.execute(query).tuples():
        if result.person_id and len(found[result.person_id]) < CYCLES:
            found[result.person_id].append((result, review))
    return found


def _own_scores(goal_ids: list[int]) -> dict[int, Fraction | None]:
    """What the owner last handed in, by goal."""
    later = aliased(EvaluationStep)
    last = (
        select(func.max(later.at))
        .where(later.goal_id == EvaluationStep.goal_id, later.step == "submitted")
        .correlate(EvaluationStep)
        .scalar_subquery()
    )
    query = select(EvaluationStep.goal_id, EvaluationStep.score).where(
        EvaluationStep.goal_id.in_(goal_ids), EvaluationStep.step == "submitted", EvaluationStep.at == last
    )
    return {goal_id: fraction(score) for goal_id, score in db.session.execute(query).tuples()}
