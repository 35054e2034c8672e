"""What waits for decisions, made in a line; and the queue asked for and sent."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import EvaluationStep, Proposal, Review
from tests.cast import signed_in
from tests.integration.builders import make_goal

AT = datetime(2026, 1, 5, tzinfo=UTC)
ENGLISH = {"Accept-Language": "en"}


def handed_in(owner: Person, cycle: Cycle, score: str = "0", **facts: Any) -> Goal:
    """A goal at 0 % whose owner says `score`."""
    goal = make_goal(owner, cycle, {}, **({"evaluation": "submitted", "score": Decimal(score)} | facts))
    db.session.add(
        EvaluationStep(goal_id=goal.id, at=AT, step="submitted", by_id=owner.id, score=Decimal(score), note="")
    )
    return goal


def asked(goal: Goal, new: str = "200", **facts: Any) -> Proposal:
    """Its owner asks for another target."""
    given = {
        "measure_id": goal.measures[0].id,
        "field": "target",
        "new": new,
        "why": "Thị trường đổi",
        "at": AT,
    } | facts
    proposal = Proposal(goal_id=goal.id, by_id=goal.owner_id, **given)
    db.session.add(proposal)
    db.session.flush()
    return proposal


def reviewed(person: Person, cycle: Cycle, state: str, **facts: Any) -> Review:
    review = Review(cycle=cycle, person=person, state=state, **facts)
    db.session.add(review)
    db.session.flush()
    return review


def page_of(app: Flask, person: Person, path: str = "/decisions") -> str:
    answer = signed_in(app, person).get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def decide(app: Flask, person: Person, *things: str, act: str = "agree", words: str = "", **more: Any) -> Any:
    data = {"things": list(things), "act": act, "words": words} | more
    return signed_in(app, person).post("/decisions/decide", data=data, headers=ENGLISH)


def told(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditRow.action == action)) or 0
