"""Goals are written: a draft made, changed, or suggested to somebody else (rules §3, §7, §8)."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, exists, select, update

from goalsite.actions.audit import record
from goalsite.actions.search_words import refresh_words
from goalsite.actions.standing import one_at_a_time, refresh
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.measure import Step as StepFacts
from goalsite.domain.periods import Span
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Measure, Metric, PeriodTarget, Person, Step, Unit
from goalsite.models_accounts import Notification
from goalsite.models_follow import Action, Blocker, Change, CheckIn, Proposal
from goalsite.queries import company as here
from goalsite.queries.records import fraction, rhythm_of

FROM_METRIC = ("symbol", "decimals", "direction", "aggregate")
PLAIN = ("title", "frequency", "start", "target", "target_per", "low", "high", "weight", "starts_on", "due_on")


@dataclass(frozen=True, kw_only=True)
class MeasureDraft:
    """A measure as it is written. `steps`: (title, weight); `id` where it stands already."""

    id: int | None = None
    title: str = ""
    metric: Metric | None = None
    symbol: str = ""
    decimals: int = 0
    direction: str = "increase"
    aggregate: str = "last"
    frequency: str = ""
    start: Decimal | None = None
    target: Decimal | None = None
    target_per: str = "span"
    low: Decimal | None = None
    high: Decimal | None = None
    weight: Decimal = Decimal(1)
    starts_on: date | None = None
    due_on: date | None = None
    assignee: Person | None = None
    fed_by: Goal | None = None
    fed_frequency: str = ""
    steps: tuple[tuple[str, Decimal], ...] = ()
    period_targets: Mapping[date, Decimal] = field(default_factory=dict)

    def facts(self, kind: str, span: Span, cycle: Cycle) -> MeasureFacts:
        """As the rules want it, within a goal of that kind and span."""
        return MeasureFacts(
            span=Span(self.starts_on or span.first, self.due_on or span.last),
            kind=kind,
            title=self.title,
            frequency=self.frequency,
            start=fraction(self.start),
            target=fraction(self.target),
            target_per=self.target_per,
            low=fraction(self.low),
            high=fraction(self.high),
            weight=fraction(self.weight) or fraction(Decimal(0)),  # type: ignore[arg-type]
            steps=tuple(StepFacts(title, title, fraction(weight) or 0) for title, weight in self.steps),  # type: ignore[arg-type]
            period_targets={day: fraction(number) or 0 for day, number in self.period_targets.items()},  # type: ignore[misc]
            fed_frequency=self.fed_frequency if self.fed_by else None,
            rhythm=rhythm_of(cycle),
            calendar=here.company().calendar,
            **{name: getattr(self.metric or self, name) for name in FROM_METRIC},
        )


@dataclass(frozen=True, kw_only=True)
class GoalDraft:
    """A goal as it is written."""

    kind: str
    scope: str
    title: str
    cycle: Cycle
    unit: Unit
    owner: Person
    starts_on: date
    due_on: date
    visibility: str
    parent: Goal | None = None
    parent_measure_id: int | None = None
    also: tuple[Goal, ...] = ()
    weight: Decimal = Decimal(1)
    ambition: str = "committed"
    progress_from: str = "measures"
    evaluated_by: str = "progress"
    description: str = ""
    followers: tuple[Person, ...] = ()
    visible_to: tuple[Unit, ...] = ()
    measures: tuple[MeasureDraft, ...] = ()


def create_goal(by: Person, said: GoalDraft, today: date) -> Goal:
    """A new draft; suggested where it is made for somebody else, who hears of it."""
    goal = Goal(
        code=passing_code(),
        created_by_id=by.id,
        state="draft" if said.owner.id == by.id else "suggested",
        **plain_facts(said),
    )
    db.session.add(goal)
    db.session.flush()
    goal.code = free_code(goal)
    _write_parts(goal, said)
    if goal.state == "suggested":
        told = {"person_id": goal.owner_id, "kind": "goal_suggested", "goal_id": goal.id, "actor_id": by.id}
        db.session.add(Notification(at=here.now(), **told))
    refresh([goal.id], today)
    record(by, "create_goal", "goal", goal.id, None, snapshot(goal))
    return goal


def update_goal(goal: Goal, by: Person, said: GoalDraft, today: date) -> None:
    """The draft says this now; a suggestion that came back becomes one's own draft where one takes it oneself. A goal that
    was changed meanwhile is for the caller to notice: see `hold`.

    Raises RuleError measure_has_checkins where a measure or its steps would go that something was recorded of.
    """
    before = snapshot(goal)
    for name, value in plain_facts(said).items():
        setattr(goal, name, value)
    if goal.state == "returned" and said.owner.id == by.id:
        goal.state, goal.cancel_reason = "draft", ""
    _write_parts(goal, said)
    goal.version += 1
    refresh([goal.id], today)
    after = snapshot(goal)
    changed = {name for name in after if before.get(name) != after[name]}
    record(
        by,
        "update_goal",
        "goal",
        goal.id,
        {name: before.get(name) for name in sorted(changed)},
        {name: after[name] for name in sorted(changed)},
    )


def hold(goal: Goal) -> None:
    """Reads the goal afresh and keeps others from changing it until the transaction ends."""
    hold_goals([goal.id])


def hold_goals(ids: Iterable[int]) -> None:
    """The same of several. Their cycles first, in the order in which whoever checks in holds them."""
    one_at_a_time(held := sorted(ids))
    query = select(Goal).where(Goal.id.in_(held)).order_by(Goal.id).with_for_update(of=Goal)
    db.session.scalars(query.execution_options(populate_existing=True)).all()


def snapshot(goal: Goal) -> dict[str, Any]:
    """What the audit log keeps of a goal's definition, as plain values."""
    names = ("code", "kind", "scope", "title", "cycle_id", "unit_id", "owner_id", "starts_on", "due_on", "parent_id")
    more = ("parent_measure_id", "weight", "ambition", "state", "visibility", "progress_from", "evaluated_by")
    said = {name: getattr(goal, name) for name in (*names, *more, "description")}
    measures = [
        {name: getattr(one, name) for name in ("code", *PLAIN, *FROM_METRIC, "metric_id", "fed_by_id")}
        | {"steps": [[step.title, step.weight] for step in one.steps]}
        | {"period_targets": [[target.starts_on, target.target] for target in one.period_targets]}
        for one in goal.measures
    ]
    return said | {
        "measures": measures,
        "followers": [one.email for one in goal.followers],
        "visible_to": [one.code for one in goal.visible_to],
    }


def plain_facts(said: GoalDraft) -> dict[str, Any]:
    """What the goal's own row says, by column."""
    same = ("kind", "scope", "title", "starts_on", "due_on", "visibility", "weight", "ambition", "progress_from")
    return {name: getattr(said, name) for name in (*same, "evaluated_by", "description", "parent_measure_id")} | {
        "cycle_id": said.cycle.id,
        "unit_id": said.unit.id,
        "owner_id": said.owner.id,
        "parent_id": said.parent.id if said.parent else None,
    }


def _write_parts(goal: Goal, said: GoalDraft) -> None:
    goal.followers = list(dict.fromkeys(said.followers))
    goal.visible_to = list(dict.fromkeys(said.visible_to))
    _write_links(goal, said.also)
    _write_measures(goal, said.measures)
    db.session.flush()
    db.session.expire(goal)


def _write_links(goal: Goal, also: Iterable[Goal]) -> None:
    wanted = {one.id for one in also}
    kept = set(db.session.scalars(select(GoalLink.parent_id).where(GoalLink.goal_id == goal.id)))
    db.session.execute(delete(GoalLink).where(GoalLink.goal_id == goal.id, GoalLink.parent_id.not_in(wanted)))
    db.session.add_all(GoalLink(goal_id=goal.id, parent_id=one) for one in sorted(wanted - kept))


def _write_measures(goal: Goal, said: Iterable[MeasureDraft]) -> None:
    db.session.flush()
    held = {one.id: one for one in db.session.scalars(select(Measure).where(Measure.goal_id == goal.id))}
    drafts = list(said)
    _forget(set(held) - {draft.id for draft in drafts if draft.id is not None})
    codes = {one.code for one in held.values()}
    for place, draft in enumerate(drafts):
        row = held.get(draft.id or 0) or Measure(goal_id=goal.id, code=_free_measure_code(goal.kind, codes))
        _write_measure(row, place, draft)


def append_measure(goal: Goal, draft: MeasureDraft) -> Measure:
    """One more measure, after those there are."""
    codes, places = set(), [-1]
    for code, place in db.session.execute(
        select(Measure.code, Measure.place).where(Measure.goal_id == goal.id)
    ).tuples():
        codes.add(code)
        places.append(place)
    row = Measure(goal_id=goal.id, code=_free_measure_code(goal.kind, codes))
    _write_measure(row, max(places) + 1, draft)
    db.session.flush()
    return row


def _write_measure(row: Measure, place: int, draft: MeasureDraft) -> None:
    db.session.add(row)
    row.place = place
    for name in PLAIN:
        setattr(row, name, getattr(draft, name))
    for name in FROM_METRIC:
        setattr(row, name, getattr(draft.metric or draft, name))
    row.metric_id = draft.metric.id if draft.metric else None
    row.assignee_id = draft.assignee.id if draft.assignee else None
    row.fed_by_id = draft.fed_by.id if draft.fed_by else None
    db.session.flush()
    _write_steps(row, draft)
    db.session.execute(delete(PeriodTarget).where(PeriodTarget.measure_id == row.id))
    db.session.add_all(
        PeriodTarget(measure_id=row.id, starts_on=day, target=number) for day, number in draft.period_targets.items()
    )


def _write_steps(row: Measure, draft: MeasureDraft) -> None:
    wanted = draft.steps if row.direction == "steps" else ()
    held = list(db.session.scalars(select(Step).where(Step.measure_id == row.id).order_by(Step.place, Step.id)))
    if [(step.title, step.weight) for step in held] == list(wanted):
        return
    if held and _is_kept(CheckIn, {row.id}):
        raise RuleError("measure_has_checkins")
    db.session.execute(delete(Step).where(Step.measure_id == row.id))
    db.session.add_all(
        Step(measure_id=row.id, code=f"S{place}", place=place, title=title, weight=weight)
        for place, (title, weight) in enumerate(wanted, start=1)
    )


def _forget(ids: set[int]) -> None:
    """Takes measures away that never had a check-in; what named one of them names its goal alone."""
    if not ids:
        return
    if any(_is_kept(model, ids) for model in (CheckIn, Change, Blocker, Proposal)):
        raise RuleError("measure_has_checkins")
    db.session.execute(update(Goal).where(Goal.parent_measure_id.in_(ids)).values(parent_measure_id=None))
    db.session.execute(update(GoalLink).where(GoalLink.parent_measure_id.in_(ids)).values(parent_measure_id=None))
    db.session.execute(update(Action).where(Action.measure_id.in_(ids)).values(measure_id=None))
    db.session.execute(delete(Step).where(Step.measure_id.in_(ids)))
    db.session.execute(delete(PeriodTarget).where(PeriodTarget.measure_id.in_(ids)))
    db.session.execute(delete(Measure).where(Measure.id.in_(ids)))
    refresh_words("measure", ids)


def _is_kept(model: Any, ids: set[int]) -> bool:
    return bool(db.session.scalar(select(exists().where(model.measure_id.in_(ids)))))


def passing_code() -> str:
    """A code for a goal that has no id yet to be named by."""
    return f"new-{secrets.token_hex(8)}"


def free_code(goal: Goal) -> str:
    """The code of a goal made here: its kind and its id."""
    code = f"{goal.kind.upper()}-{goal.id}"
    return (
        code if not db.session.scalar(select(exists().where(Goal.code == code))) else f"{code}-{secrets.token_hex(3)}"
    )


def _free_measure_code(kind: str, taken: set[str]) -> str:
    stem = "I" if kind == "kpi" else "KR"
    code = next(f"{stem}{count}" for count in range(1, len(taken) + 2) if f"{stem}{count}" not in taken)
    taken.add(code)
    return code
