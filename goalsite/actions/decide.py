"""Many decisions at once, of every kind: each is taken whole or refused with the reason, and none stands in another's way (rules §7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from goalsite import policy
from goalsite.actions import evaluate
from goalsite.actions.change_goal import decide_change
from goalsite.actions.move_goal import move_goal
from goalsite.actions.review import Said, take_step
from goalsite.actions.write_goal import hold_goals
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal, ToPerson, Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import Proposal, Review
from goalsite.queries.viewer import relations_to, relations_to_people

MOST = 100
ON_GOALS = ("evaluation", "goal", "suggestion")
ON_REVIEWS = ("review", "appeal")


@dataclass(frozen=True)
class Ticked:
    """One thing to decide: its kind, the id of its goal, its first proposal or its review, and the version that was looked at."""

    kind: str
    id: int
    version: int


@dataclass(frozen=True)
class Decision:
    """What is decided, `agree` or `return`; by whom, with which words, and when."""

    act: str
    viewer: Viewer
    by: Person
    words: str
    now: datetime
    today: date


@dataclass(frozen=True)
class Outcome:
    """What became of one: `error` says why it was refused."""

    ticked: Ticked
    title: str
    error: RuleError | None


def decide_many(ticked: Sequence[Ticked], said: Decision) -> list[Outcome]:
    """Decides each of the first hundred, or says why not: RuleError decide_changed, decide_not_yours, decide_no_return, and those of each act.

    Each is all or nothing: one that is refused leaves no trace, and the others stand. What may not be seen is as if it had not been ticked.
    One audit row for each.
    """
    asked = list(dict.fromkeys(ticked))[:MOST]
    goals, proposals, reviews = _goals(asked), _proposals(asked), _reviews(asked)
    about = {one.goal.id: one.goal for one in proposals.values()} | goals
    _hold(about, {goal.cycle_id for goal in about.values()} | {one.cycle_id for one in reviews.values()})
    relations = relations_to(said.viewer, about)
    people = relations_to_people(said.viewer, {one.person_id for one in reviews.values()})
    outcomes = []
    for one in asked:
        if one.kind in ON_REVIEWS and (review := reviews.get(one.id)):
            to_person, title = people[review.person_id], f"{review.person.name} · {review.cycle.name}"
            if policy.may_see_results(to_person):
                outcomes.append(Outcome(one, title, _tried(one, review, to_person, said)))
        elif goal := goals.get(one.id) if one.kind in ON_GOALS else None:
            if _sees(relations[goal.id], goal):
                outcomes.append(Outcome(one, goal.title, _tried(one, goal, relations[goal.id], said)))
        elif (proposal := proposals.get(one.id)) and _sees(relations[proposal.goal_id], proposal.goal):
            outcomes.append(Outcome(one, proposal.goal.title, _tried(one, proposal, relations[proposal.goal_id], said)))
    return outcomes


def _tried(one: Ticked, about: Goal | Proposal | Review, to: ToGoal | ToPerson, said: Decision) -> RuleError | None:
    nested = db.session.begin_nested()
    try:
        if isinstance(about, Review) and isinstance(to, ToPerson):
            _decide_review(one, about, to, said)
        elif isinstance(about, Proposal) and isinstance(to, ToGoal):
            _decide_change(one, about, to, said)
        elif isinstance(about, Goal) and isinstance(to, ToGoal):
            _decide_goal(one, about, to, said)
        nested.commit()
    except RuleError as error:
        nested.rollback()
        return error
    return None


def _decide_goal(one: Ticked, goal: Goal, to: ToGoal, said: Decision) -> None:
    _same(one, goal.version)
    if one.kind == "evaluation":
        _allow(policy.may_decide_evaluation(to, goal, said.today))
        act = evaluate.approve if said.act == "agree" else evaluate.return_
        score = None if goal.score is None else Fraction(goal.score)
        act(goal, said.by, evaluate.Said(one.version, score, said.words), said.now, said.today)
        return
    acts = ("return",) if said.act == "return" else ("approve",) if one.kind == "goal" else ("receive", "accept")
    act_now = next((each for each in acts if policy.may_move(to, goal, each)), None)
    _allow(act_now is not None)
    why = said.words if said.act == "return" else ""
    move_goal(goal, str(act_now), said.by, policy.goal_facts(to, goal), why, said.now, said.today)


def _decide_change(one: Ticked, proposal: Proposal, to: ToGoal, said: Decision) -> None:
    _same(one, proposal.goal.version if proposal.state == "open" else None)
    _allow(policy.may_decide_change(to, proposal.goal))
    act = "apply" if said.act == "agree" else "return"
    decide_change(proposal, act, said.by, said.words, said.now, said.today)


def _decide_review(one: Ticked, review: Review, to: ToPerson, said: Decision) -> None:
    _same(one, review.version)
    if one.kind == "appeal":
        act = "uphold" if said.act == "agree" else "reopen"
    elif said.act == "agree":
        act = "sign_as_person" if to.own else "sign_as_manager"
    elif to.own:
        act = "appeal"
    else:
        raise RuleError("decide_no_return")
    _allow(policy.may_review(to, act, review.state, review.cycle.state))
    words = "" if act.startswith("sign") else said.words
    take_step(review.cycle, review.person, said.by, act, Said(one.version, words), said.now)


def _same(one: Ticked, version: int | None) -> None:
    if one.version != version:
        raise RuleError("decide_changed")


def _allow(may: bool) -> None:
    if not may:
        raise RuleError("decide_not_yours")


def _sees(to: ToGoal, goal: Goal) -> bool:
    return policy.may_see_goal(to, goal) or policy.may_see_evaluation(to, goal)


def _hold(goal_ids: Collection[int], cycle_ids: Collection[int]) -> None:
    """Nobody else moves these goals and reviews from here on; they are read afresh, for what somebody wrote just before."""
    hold_goals(goal_ids)
    cycles = select(Cycle.id).where(Cycle.id.in_(sorted(cycle_ids))).order_by(Cycle.id).with_for_update()
    db.session.scalars(cycles).all()
    db.session.expire_all()


def _ids(asked: Sequence[Ticked], *kinds: str) -> list[int]:
    return sorted({one.id for one in asked if one.kind in kinds})


def _goals(asked: Sequence[Ticked]) -> dict[int, Goal]:
    query = select(Goal).where(Goal.id.in_(_ids(asked, *ON_GOALS))).join(Goal.cycle).options(contains_eager(Goal.cycle))
    return {goal.id: goal for goal in db.session.scalars(query)}


def _proposals(asked: Sequence[Ticked]) -> dict[int, Proposal]:
    query = select(Proposal).where(Proposal.id.in_(_ids(asked, "change")))
    return {one.id: one for one in db.session.scalars(query.join(Proposal.goal).options(contains_eager(Proposal.goal)))}


def _reviews(asked: Sequence[Ticked]) -> dict[int, Review]:
    query = select(Review).where(Review.id.in_(_ids(asked, *ON_REVIEWS)))
    query = query.join(Review.person).join(Review.cycle)
    loaded = query.options(contains_eager(Review.person), contains_eager(Review.cycle))
    return {one.id: one for one in db.session.scalars(loaded)}
