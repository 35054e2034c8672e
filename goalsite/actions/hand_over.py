"""People move or leave: on a day their goals end for them, and go on as copies for others (rules §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, update

from goalsite.actions.audit import record
from goalsite.actions.change_goal import PERIODS, Wish, keep_changes
from goalsite.actions.counts import refresh_duties
from goalsite.actions.move_goal import faults_to_activate, return_proposals
from goalsite.actions.results import refresh_results
from goalsite.actions.standing import refresh
from goalsite.actions.tell import followers, tell_changed
from goalsite.actions.write_goal import FROM_METRIC, free_code, passing_code
from goalsite.domain.errors import RuleError
from goalsite.domain.handover import LEAST, up_to
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.period_plan import written
from goalsite.domain.periods import DAY
from goalsite.domain.rounding import as_decimal
from goalsite.domain.states import GOAL, move
from goalsite.extensions import EXACT_DECIMALS, db
from goalsite.models import Cycle, Goal, GoalLink, Measure, PeriodTarget, Person, Step
from goalsite.models_accounts import Notification
from goalsite.models_follow import Action, Blocker, Change
from goalsite.queries.cards import MeasureCard
from goalsite.queries.handover import Handed

SAME = ("kind", "scope", "title", "cycle_id", "unit_id", "due_on", "parent_id", "parent_measure_id", "weight")
ALSO_SAME = ("ambition", "visibility", "progress_from", "evaluated_by", "description")


@dataclass(frozen=True)
class HandOver:
    """The act: of whom, on which day (the last they answer for), why, by whom, when and on which day it is recorded."""

    person: Person
    day: date
    why: str
    by: Person
    now: datetime
    today: date


def hand_over(act: HandOver, handed: Sequence[tuple[Handed, Person]], rest_to: Person | None = None) -> None:
    """Each of these goals ends on the day for the person and goes on for that successor, or none does. What is left of them
    elsewhere (measures they report for others, open actions, what is in the way) goes to `rest_to`.

    The goals and every cycle must be held. Raises RuleError hand_over_day, hand_over_to_self, hand_over_to_left, hand_over_checkins.
    """
    _refuse(act, handed)
    if rest_to is not None:
        _refuse_absent(act, rest_to)
    copies: dict[int, Goal] = {}
    for one, to in handed:
        goal = one.card.row
        if one.whole:
            _pass_on(act, goal, to)
            continue
        copy = None if one.over else _copy(act, one, to)
        kept = _end(act, one, shares=copy is not None)
        if copy is not None:
            copies[goal.id] = copy
            _activate(act, goal, copy)
        _tell(act, goal, copy, to, kept)
    db.session.flush()
    _feed_on(copies)
    if rest_to is not None:
        _pass_rest(act.person, rest_to)
    db.session.expire_all()
    goals = [one.card.row for one, _ in handed]
    refresh([goal.id for goal in (*goals, *copies.values())], act.today)
    people = {act.person.id, *(to.id for _, to in handed), *([rest_to.id] if rest_to else [])}
    refresh_duties(people, db.session.scalars(select(Cycle.id)).all())
    for cycle in {goal.cycle_id: goal.cycle for goal in goals}.values():
        refresh_results(cycle, [act.person.id], [])
    went = {key: copy.code for key, copy in copies.items()}
    said = {one.card.row.code: [to.email, went.get(one.card.row.id, "")] for one, to in handed}
    facts = {"on": act.day, "why": act.why, "goals": said, "rest": rest_to.email if rest_to else ""}
    record(act.by, "hand_over", "person", act.person.id, None, facts)


def _refuse(act: HandOver, handed: Sequence[tuple[Handed, Person]]) -> None:
    if act.day > act.today:
        raise RuleError("hand_over_day", "day", today=act.today)
    for one, to in handed:
        goal = one.card.row
        if to.id == act.person.id:
            raise RuleError("hand_over_to_self", "to", title=goal.title)
        _refuse_absent(act, to)
        last = one.last_checkin_on
        if not one.whole and last and last > act.day:
            raise RuleError("hand_over_checkins", "day", title=goal.title, last=last)


def _refuse_absent(act: HandOver, to: Person) -> None:
    gone = to.disabled_at is not None or (to.left_on is not None and to.left_on < act.today)
    if gone or (to.joined_on is not None and to.joined_on > act.today):
        raise RuleError("hand_over_to_left", "to", name=to.name)


def _pass_on(act: HandOver, goal: Goal, to: Person) -> None:
    """The goal goes over as it is, with another owner."""
    said = {"goal_id": goal.id, "at": act.now, "field": "owner", "old": goal.owner.email, "new": to.email}
    kept = Change(**said, why=act.why, by_id=act.by.id)
    db.session.add(kept)
    goal.evaluator_id = _evaluator(goal, act.person, to)
    goal.owner_id = to.id
    _pass_work(goal, act.person, to)
    goal.version += 1
    return_proposals(goal.id, act.by, act.why, act.now)
    db.session.flush()
    db.session.expire(goal, ["owner"])
    _tell(act, goal, goal, to, [kept])


def _copy(act: HandOver, one: Handed, to: Person) -> Goal:
    goal = one.card.row
    copy = Goal(
        **{name: getattr(goal, name) for name in (*SAME, *ALSO_SAME)},
        code=passing_code(),
        owner_id=to.id,
        created_by_id=act.by.id,
        starts_on=act.day + DAY,
        state="draft",
        continues_id=goal.id,
    )
    if goal.scope == "person" and to.unit_id:
        copy.unit_id = to.unit_id
    copy.followers = [follower for follower in goal.followers if follower.id not in (to.id, act.person.id)]
    copy.visible_to = list(goal.visible_to)
    db.session.add(copy)
    db.session.flush()
    copy.code = free_code(copy)
    if _counts_twice(goal):
        copy.weight = goal.weight - _own_part(goal, act.day)
    db.session.add_all(
        GoalLink(goal_id=copy.id, parent_id=link.parent_id, parent_measure_id=link.parent_measure_id)
        for link in db.session.scalars(select(GoalLink).where(GoalLink.goal_id == goal.id))
    )
    made = {card.row.id: _copy_measure(act, copy, card, facts, to) for card, facts in one.rest if facts is not None}
    db.session.flush()
    _relink(goal, copy, {old: new.id for old, new in made.items()}, act.person, to)
    return copy


def _copy_measure(act: HandOver, copy: Goal, card: MeasureCard, facts: MeasureFacts, to: Person) -> Measure:
    row = card.row
    same = ("code", "place", "title", "metric_id", "frequency", "fed_by_id", *FROM_METRIC)
    new = Measure(goal_id=copy.id, **{name: getattr(row, name) for name in same}, **_numbers(facts))
    new.low, new.high = row.low, row.high
    new.starts_on = row.starts_on if row.starts_on and row.starts_on > act.day else None
    new.due_on = row.due_on if row.due_on and row.due_on < copy.due_on else None
    new.assignee_id = None if row.assignee_id in (act.person.id, to.id) else row.assignee_id
    db.session.add(new)
    db.session.flush()
    db.session.add_all(
        Step(measure_id=new.id, code=step.code, place=place, title=step.title, weight=_exact(step.weight))
        for place, step in enumerate(facts.steps)
    )
    db.session.add_all(
        PeriodTarget(measure_id=new.id, starts_on=first, target=_exact(target))
        for first, target in facts.period_targets.items()
    )
    return new


def _end(act: HandOver, one: Handed, *, shares: bool) -> list[Change]:
    """The goal ends on the day, measured against its plan to that day; every number that changes stands in its history: these."""
    goal = one.card.row
    wishes = [wish for card, _ in one.rest for wish in _ended(card, up_to(card.facts, card.entries, act.day))]
    if shares and _counts_twice(goal):
        wishes.append(Wish(None, "weight", _own_part(goal, act.day)))
    closed = move(GOAL, goal.state, "hand_over")
    goal.evaluator_id = goal.evaluator_id or _evaluator(goal, act.person, act.person)
    wishes += [Wish(None, "due_on", act.day), Wish(None, "state", closed)]
    kept = keep_changes(goal, wishes, act.by, act.why, act.now)
    goal.version += 1
    return_proposals(goal.id, act.by, act.why, act.now)
    return kept


def _ended(card: MeasureCard, ended: MeasureFacts) -> list[Wish]:
    row, new, old = card.row, _numbers(ended), _numbers(card.facts)
    wishes = [Wish(row, name, new[name]) for name in new if new[name] != old[name]]
    days = (("starts_on", ended.span.first, card.facts.span.first), ("due_on", ended.span.last, card.facts.span.last))
    wishes += [Wish(row, name, day) for name, day, was in days if getattr(row, name) is not None and day != was]
    if dict(ended.period_targets) != dict(card.facts.period_targets):
        wishes.append(Wish(row, PERIODS, written(ended.period_targets)))
    return wishes


def _activate(act: HandOver, goal: Goal, copy: Goal) -> None:
    db.session.flush()
    db.session.expire(copy)
    for _measure, (_place, error) in faults_to_activate(copy):
        if error.code != "weights_not_100":
            raise error
    keep_changes(copy, [Wish(None, "state", "active")], act.by, act.why, act.now)
    copy.evaluator_id = _evaluator(goal, act.person, copy.owner)


def _evaluator(goal: Goal, person: Person, to: Person) -> int | None:
    """Whoever is named and not merely the former owner's manager; else, as when a goal becomes active, the manager of the one
    it goes to, at the earliest when the cycle opens."""
    if goal.evaluator_id not in (None, to.id, person.boss_id):
        return goal.evaluator_id
    return to.boss_id if goal.cycle.state == "open" else None


def _pass_work(goal: Goal, person: Person, to: Person) -> None:
    """Of a goal that goes over as it is: what its former owner reports, has still to do, and is to move."""
    measures = select(Measure.id).where(Measure.goal_id == goal.id)
    reports = update(Measure).where(Measure.goal_id == goal.id, Measure.assignee_id == person.id)
    acts = update(Action).where(Action.goal_id == goal.id, Action.assignee_id == person.id, Action.done_on.is_(None))
    ways = update(Blocker).where(
        Blocker.measure_id.in_(measures), Blocker.owner_id == person.id, Blocker.closed_on.is_(None)
    )
    for statement in (reports.values(assignee_id=None), acts.values(assignee_id=to.id), ways.values(owner_id=to.id)):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _relink(goal: Goal, copy: Goal, measures: Mapping[int, int], person: Person, to: Person) -> None:
    """What supports the goal supports the copy from now on, and what is open of its plan goes along: it changes no number."""
    alive = Goal.state.in_(("draft", "suggested", "proposed", "active", "returned"))
    for child in db.session.scalars(select(Goal).where(Goal.parent_id == goal.id, alive)):
        child.parent_id, child.parent_measure_id = copy.id, measures.get(child.parent_measure_id or 0)
    for link in db.session.scalars(select(GoalLink).where(GoalLink.parent_id == goal.id)):
        link.parent_id, link.parent_measure_id = copy.id, measures.get(link.parent_measure_id or 0)
    for action in db.session.scalars(select(Action).where(Action.goal_id == goal.id, Action.done_on.is_(None))):
        action.goal_id, action.measure_id = copy.id, measures.get(action.measure_id or 0)
        action.assignee_id = to.id if action.assignee_id == person.id else action.assignee_id
    for blocker in db.session.scalars(
        select(Blocker).where(Blocker.measure_id.in_(measures), Blocker.closed_on.is_(None))
    ):
        blocker.measure_id = measures[blocker.measure_id]
        blocker.owner_id = to.id if blocker.owner_id == person.id else blocker.owner_id


def _feed_on(copies: Mapping[int, Goal]) -> None:
    """The key results fed by a KPI that was handed over are fed by its copy, and keep what it gave before."""
    for key, copy in copies.items():
        closed = select(Goal.id).where(Goal.state.in_(("closed", "cancelled")))
        feeds = update(Measure).where(Measure.fed_by_id == key, Measure.goal_id.not_in(closed))
        db.session.execute(feeds.values(fed_by_id=copy.id).execution_options(synchronize_session=False))


def _pass_rest(person: Person, to: Person) -> None:
    others = select(Goal.id).where(Goal.owner_id != person.id)
    active = others.where(Goal.state == "active")
    of_others = select(Measure.id).where(Measure.goal_id.in_(others))
    reports = update(Measure).where(Measure.assignee_id == person.id, Measure.goal_id.in_(active))
    acts = update(Action).where(Action.assignee_id == person.id, Action.done_on.is_(None), Action.goal_id.in_(others))
    ways = update(Blocker).where(
        Blocker.owner_id == person.id, Blocker.closed_on.is_(None), Blocker.measure_id.in_(of_others)
    )
    for statement in (reports.values(assignee_id=to.id), acts.values(assignee_id=to.id), ways.values(owner_id=to.id)):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _tell(act: HandOver, goal: Goal, copy: Goal | None, to: Person, kept: Sequence[Change]) -> None:
    """Both of them, and its followers; those who lead them have agreed to it with HR."""
    tell_changed(goal, kept, followers(goal) - {act.person.id, to.id}, act.by, act.now)
    told = [(act.person.id, "goal_handed_on", goal)] + ([(to.id, "goal_handed_over", copy)] if copy is not None else [])
    db.session.add_all(
        Notification(person_id=whom, kind=kind, goal_id=which.id, actor_id=act.by.id, at=act.now)
        for whom, kind, which in told
        if whom != act.by.id
    )


def _counts_twice(goal: Goal) -> bool:
    """Both parts count in one sum, the unit's or that of the goal they support: they share the weight by days."""
    return goal.weight > 0 and (
        goal.scope == "unit" or (goal.parent is not None and goal.parent.progress_from != "measures")
    )


def _own_part(goal: Goal, day: date) -> Decimal:
    share = Fraction((day - goal.starts_on).days + 1, (goal.due_on - goal.starts_on).days + 1)
    part = _exact(Fraction(goal.weight) * share)
    least = _exact(LEAST)
    return min(max(part, least), max(goal.weight - least, least))


def _numbers(facts: MeasureFacts) -> dict[str, Any]:
    plain = {
        name: None if (held := getattr(facts, name)) is None else _exact(held) for name in ("start", "target", "weight")
    }
    return plain | {"target_per": facts.target_per}


def _exact(number: Fraction) -> Decimal:
    return as_decimal(number, EXACT_DECIMALS)
