"""What somebody has in hand that others take over when they leave or move (rules §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import joinedload

from goalsite.domain.handover import goes_on, has_begun
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Unit
from goalsite.models_follow import Action, Blocker, CheckIn
from goalsite.queries.cards import GoalCard, MeasureCard, cards_of
from goalsite.queries.company import company, now

WRITING = [state for state, allowed in CYCLE_ALLOWS.items() if allowed.writing]


@dataclass(frozen=True)
class Handed:
    """One goal in hand: how it stands, and what becomes of it on the day. `rest`: each of its measures with what goes on
    of it, or None; `whole`: it goes over as it is; `over`: nothing is left of it to do; `last_checkin_on`: whenever that was."""

    card: GoalCard
    rest: list[tuple[MeasureCard, MeasureFacts | None]]
    whole: bool
    last_checkin_on: date | None

    @property
    def shown(self) -> list[tuple[MeasureCard, MeasureCard | None]]:
        """Each measure as it stands, and as it goes on."""
        return [(card, replace(card, facts=facts) if facts else None) for card, facts in self.rest]

    @property
    def over(self) -> bool:
        return not self.whole and bool(self.rest) and all(facts is None for _, facts in self.rest)


def goals_in_hand(person_id: int, day: date) -> list[Handed]:
    """The active goals they own that end after `day`, in cycles whose goals can still be written, as they stand on it. At most six queries."""
    reported = select(func.max(CheckIn.on)).join(Measure, Measure.id == CheckIn.measure_id)
    last = reported.where(Measure.goal_id == Goal.id).correlate(Goal).scalar_subquery()
    found = db.session.execute(
        select(Goal.id, last)
        .join(Goal.cycle)
        .where(Goal.owner_id == person_id, Goal.state == "active", Goal.due_on > day, Cycle.state.in_(WRITING))
        .where(Goal.due_on >= company().today(now()), Goal.evaluation.not_in(("submitted", "approved")))
    )
    days: dict[int, date | None] = dict(found.tuples().all())
    if not days:
        return []
    options = (joinedload(Goal.unit), joinedload(Goal.owner), joinedload(Goal.parent))
    cards = cards_of(list(days), day, options=options)
    handed = [Handed(card, _rest(card, day), goes_over_whole(card, day), days[card.row.id]) for card in cards]
    return sorted(handed, key=lambda one: (one.card.row.cycle.starts_on, one.card.row.kind, one.card.row.id))


def count_in_hand(person_id: int) -> int:
    """How many active goals they own in cycles whose goals can still be written."""
    mine = (Goal.owner_id == person_id, Goal.state == "active", Cycle.state.in_(WRITING))
    return db.session.scalar(select(func.count(Goal.id)).join(Goal.cycle).where(*mine)) or 0


def goes_over_whole(card: GoalCard, day: date) -> bool:
    """What takes its progress from the goals that support it has no value of its own to part, nor has what begins later."""
    facts = card.facts
    begun = card.row.starts_on <= day and has_begun(facts.measures.values(), day)
    return facts.progress_from != "measures" or not begun


def _rest(card: GoalCard, day: date) -> list[tuple[MeasureCard, MeasureFacts | None]]:
    return [(one, goes_on(one.facts, one.entries, day)) for one in card.measures]


@dataclass(frozen=True)
class Stamped:
    """What a form was made from, as one number: another once one of the goals has changed."""

    handed: Sequence[Handed]

    @property
    def version(self) -> int:
        return sum(one.card.row.id * 31 + one.card.row.version for one in self.handed) % 10**9


@dataclass(frozen=True)
class Rest:
    """What else they have to do with, by kind: how many measures of others they report, open actions and what is in the way of
    others; goals being written, goals whose days are over, evaluations they decide; and the units they head (id, name)."""

    counts: Mapping[str, int]
    units: list[tuple[int, str]]

    @property
    def to_pass_on(self) -> int:
        """What goes to the successor along with the goals."""
        return sum(self.counts.get(kind, 0) for kind in ("measures", "actions", "blockers"))


def what_else(person_id: int) -> Rest:
    """One query."""
    mine = Goal.owner_id == person_id
    none = literal("")
    open_cycle = select(Cycle.id).where(Cycle.state != "closed")
    counts = union_all(
        select(literal("measures").label("kind"), func.count().label("number"), none)
        .select_from(Measure)
        .join(Goal, Goal.id == Measure.goal_id)
        .where(Measure.assignee_id == person_id, ~mine, Goal.state == "active"),
        select(literal("actions"), func.count(), none)
        .select_from(Action)
        .join(Goal, Goal.id == Action.goal_id)
        .where(Action.assignee_id == person_id, Action.done_on.is_(None), ~mine),
        select(literal("blockers"), func.count(), none)
        .select_from(Blocker)
        .join(Measure, Measure.id == Blocker.measure_id)
        .join(Goal, Goal.id == Measure.goal_id)
        .where(Blocker.owner_id == person_id, Blocker.closed_on.is_(None), ~mine),
        select(literal("written"), func.count(), none).where(
            mine, Goal.state.in_(("draft", "suggested", "proposed", "returned")), Goal.cycle_id.in_(open_cycle)
        ),
        select(literal("evaluations"), func.count(), none).where(
            Goal.evaluator_id == person_id,
            Goal.state.in_(("active", "closed")),
            Goal.evaluation != "approved",
            Goal.cycle_id.in_(open_cycle),
        ),
        select(literal("heads"), Unit.id, Unit.name).where(Unit.head_id == person_id, Unit.archived.is_(False)),
    )
    rows = db.session.execute(counts).tuples().all()
    heads = [(number, name) for kind, number, name in rows if kind == "heads"]
    return Rest({kind: number for kind, number, _ in rows if kind != "heads"}, sorted(heads, key=lambda unit: unit[1]))
