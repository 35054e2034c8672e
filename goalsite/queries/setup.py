"""How far the company is set up, by counting."""

from dataclasses import dataclass

from sqlalchemy import func, select

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Metric, Person, Unit


@dataclass(frozen=True)
class Counts:
    """How many there are of each; `below`: units below the company."""

    departments: int
    teams: int
    people: int
    without_password: int
    metrics: int
    cycles: int
    goals: int

    @property
    def below(self) -> int:
        return self.departments + self.teams


def counts() -> Counts:
    """All of them, in one query."""
    units = select(func.count()).select_from(Unit).where(Unit.archived.is_(False))
    people = select(func.count()).select_from(Person)
    asked = (
        units.where(Unit.kind == "department"),
        units.where(Unit.kind == "team"),
        people,
        people.where(Person.password_hash.is_(None)),
        select(func.count()).select_from(Metric),
        select(func.count()).select_from(Cycle),
        select(func.count()).select_from(Goal).where(Goal.state.not_in(("cancelled", "returned"))),
    )
    return Counts(*db.session.execute(select(*(one.scalar_subquery() for one in asked))).one())
