"""A small company with one running cycle, made in a few lines."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from goalsite.actions.counts import recount_all
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.standing import refresh_everything
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.queries.company import today
from tests.cast import company, join

WEEK = timedelta(days=7)


def running_cycle(**facts: Any) -> Cycle:
    """A cycle that began eight weeks ago and ends in five."""
    first = today() - WEEK * 8
    given = {
        "code": "NOW",
        "name": "Quý này",
        "starts_on": first,
        "ends_on": today() + WEEK * 5,
        "state": "open",
    } | facts
    cycle = Cycle(**given)
    db.session.add(cycle)
    db.session.flush()
    return cycle


def make_goal(owner: Person, cycle: Cycle, *measures: dict[str, Any], **facts: Any) -> Goal:
    """An active public OKR over the whole cycle, with these measures."""
    count = db.session.query(Goal).count()
    given = {
        "code": f"G{count}",
        "title": f"Mục tiêu {count}",
        "state": "active",
        "unit": owner.unit,
        "starts_on": cycle.starts_on,
        "due_on": cycle.ends_on,
        "evaluator_id": owner.boss_id,
    } | facts
    goal = Goal(cycle=cycle, owner=owner, created_by=owner, **given)
    db.session.add(goal)
    db.session.flush()
    for place, said in enumerate(measures):
        numbers = {"title": f"Kết quả {place}", "start": Decimal(0), "target": Decimal(100)} | said
        db.session.add(Measure(goal_id=goal.id, code=f"M{place}", place=place, **numbers))
    db.session.flush()
    db.session.refresh(goal)
    return goal


def family() -> dict[str, Person]:
    """A director above a manager above two reports, and an outsider of another department."""
    top = company()
    mine, other = (
        Unit(code="A", name="Phòng A", kind="department", parent=top),
        Unit(code="B", name="Phòng B", kind="department", parent=top),
    )
    db.session.add_all([mine, other])
    cast = {
        "director": join("Lê Quang Vinh", unit=top),
        "manager": join("Trần Thu Hà", unit=mine),
        "report": join("Nguyễn Minh Anh", unit=mine),
        "peer": join("Võ Khánh Linh", unit=mine),
        "outsider": join("Bùi Thanh Tâm", unit=other),
        "hr": join("Trịnh Hồng Nhung", unit=other, is_hr=True),
    }
    top.head, mine.head = cast["director"], cast["manager"]
    rebuild_organisation(today())
    return cast


def count() -> None:
    """Counts goals as they stand now, however they came to, and commits."""
    db.session.flush()
    recount_all()
    db.session.commit()


def settle() -> None:
    """Computes what is stored, and commits."""
    refresh_everything(today())
    db.session.commit()


def days_ago(count: int) -> date:
    return today() - timedelta(days=count)
