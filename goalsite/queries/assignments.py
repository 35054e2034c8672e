"""The assignment sheet: what somebody is to reach in a cycle, as it was given to them and received (rules §3, §7)."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.goals import GoalStanding
from goalsite.domain.measure import targets, total_target
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.queries.cards import GoalCard, MeasureCard, card_of
from goalsite.queries.organisation import heads_then
from goalsite.queries.records import records_of
from goalsite.queries.results import counts_for_owner
from goalsite.queries.visible import assigned, people_with_visible_results, visible_goals

# So many are printed at once; more are printed in parts.
AT_ONCE = 200
STATES = ("proposed", "active", "closed")


@dataclass(frozen=True)
class Aim:
    """What a measure is to reach: in all, and in each whole period where it has targets by period (each once, the lowest first)."""

    measure: MeasureCard
    total: Fraction | None
    each: list[Fraction]


@dataclass(frozen=True)
class SheetLine:
    """A goal of the sheet. counts: its weight is one of those in the person's result. share: the part it is of its kind's (a
    fraction), None where that is not for the reader. given: somebody else made it. waits: its owner has still to mark it received."""

    card: GoalCard
    aims: list[Aim]
    counts: bool
    share: Fraction | None
    given: bool
    waits: bool


@dataclass(frozen=True)
class Sheet:
    """Somebody's sheet: KPIs and OKRs, each with what the weights come to."""

    person: Person
    kpis: list[SheetLine]
    okrs: list[SheetLine]

    @property
    def waiting(self) -> list[int]:
        """The goals still to be received, by id."""
        return [line.card.row.id for line in (*self.kpis, *self.okrs) if line.waits]

    @property
    def received(self) -> datetime | None:
        """When the last of them was received, once none waits."""
        moments = [line.card.row.received_at for line in (*self.kpis, *self.okrs) if line.card.row.received_at]
        return max(moments) if moments and not self.waiting else None

    def weight(self, kind: str) -> Fraction:
        """What the weights of a kind come to that count."""
        lines = self.kpis if kind == "kpi" else self.okrs
        return sum((Fraction(line.card.row.weight) for line in lines if line.counts), Fraction(0))


@dataclass(frozen=True)
class Sheets:
    """One page of the sheets of many: those who have something on theirs."""

    sheets: list[Sheet]
    page: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first of them."""
        return (self.page - 1) * AT_ONCE + 1


def sheet_of(viewer: Viewer, person: Person, cycle: Cycle, today: date, *, shares: bool) -> Sheet:
    """The person's sheet, with the goals the viewer may see. `shares`: the viewer may see the person's results. Five queries, of a closed cycle one more."""
    return _sheets(viewer, [person], cycle, today, shares={person.id} if shares else set())[0]


def sheets_of(viewer: Viewer, chosen: ColumnElement[bool], cycle: Cycle, today: date, page: int) -> Sheets:
    """The sheets of those of the people who have something on theirs, by name; seven queries, of a closed cycle one more."""
    has = select(Goal.owner_id).where(*_on_a_sheet(cycle), visible_goals(viewer))
    who = (chosen, Person.id.in_(has))
    total = db.session.scalar(select(func.count(Person.id)).where(*who)) or 0
    pages = max(1, -(-total // AT_ONCE))
    page = min(max(page, 1), pages)
    query = select(Person, people_with_visible_results(viewer)).where(*who)
    query = query.options(joinedload(Person.unit), joinedload(Person.boss)).order_by(Person.sort_key, Person.id)
    rows = db.session.execute(query.limit(AT_ONCE).offset((page - 1) * AT_ONCE)).tuples().all()
    shares = {person.id for person, may_see in rows if may_see}
    return Sheets(_sheets(viewer, [person for person, _ in rows], cycle, today, shares=shares), page, pages, total)


def _on_a_sheet(cycle: Cycle) -> list[ColumnElement[bool]]:
    """Agreed goals, and those assigned that wait to be received; no drafts, and no suggestions."""
    return [Goal.cycle_id == cycle.id, or_(Goal.state.in_(STATES), and_(Goal.state == "suggested", assigned()))]


def _sheets(viewer: Viewer, people: list[Person], cycle: Cycle, today: date, *, shares: set[int]) -> list[Sheet]:
    ids = [person.id for person in people]
    chosen = select(Goal.id).where(*_on_a_sheet(cycle), Goal.owner_id.in_(ids), visible_goals(viewer))
    records = records_of(chosen, today, deep=False, options=[joinedload(Goal.unit), joinedload(Goal.created_by)])
    known: dict[Hashable, GoalStanding] = {}
    cards: dict[int, list[GoalCard]] = {key: [] for key in ids}
    for goal in records.goals:
        cards[goal.owner_id].append(card_of(goal, records, known, today))
    heads = heads_then(cycle)
    counting = {goal.id for goal in records.goals if counts_for_owner(goal, cycle, heads)}
    return [_sheet(person, cards[person.id], counting, person.id in shares) for person in people]


def _sheet(person: Person, cards: list[GoalCard], counting: set[int], shares: bool) -> Sheet:
    def lines(kind: str) -> list[SheetLine]:
        mine = [card for card in cards if card.row.kind == kind]
        whole = sum((Fraction(card.row.weight) for card in mine if card.row.id in counting), Fraction(0))
        return [
            SheetLine(
                card,
                [_aim(measure) for measure in card.measures],
                card.row.id in counting,
                Fraction(card.row.weight) / whole if shares and whole and card.row.id in counting else None,
                card.row.created_by_id != card.row.owner_id,
                card.row.state == "suggested",
            )
            for card in mine
        ]

    return Sheet(person, lines("kpi"), lines("okr"))


def _aim(measure: MeasureCard) -> Aim:
    facts = measure.facts
    by_period = bool(facts.frequency) and (facts.aggregate == "sum" or bool(facts.period_targets))
    pairs = zip(facts.periods, targets(facts), strict=True) if by_period and facts.has_periods else ()
    each = {target for period, target in pairs if target is not None and period.share == 1}
    return Aim(measure, total_target(facts), sorted(each))
