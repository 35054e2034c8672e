"""Tables of what happens to goals: check-ins, changes, talk, evaluations, reviews, results."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from goalsite.domain import terms
from goalsite.extensions import Base, share
from goalsite.models import CODE, NAME, WORD, Cycle, Goal, Measure, Person, Step, Unit, one_of


class CheckIn(Base):
    """One reported value. Append-only: a later one may replace it."""

    __tablename__ = "checkins"
    __table_args__ = (
        UniqueConstraint("measure_id", "step_id", "entered_at"),
        one_of("confidence", terms.CONFIDENCES),
        Index("ix_checkins_measure_id_on", "measure_id", "on"),
        Index("ix_checkins_entered_at", "entered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id"))
    entered_at: Mapped[datetime]
    on: Mapped[date]
    value: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    confidence: Mapped[str] = mapped_column(WORD, default="on_track")
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("checkins.id"), unique=True)

    measure: Mapped[Measure] = relationship()
    step: Mapped[Step | None] = relationship()
    author: Mapped[Person] = relationship()
    replaces: Mapped["CheckIn | None"] = relationship(remote_side=[id])
    seen: Mapped["Acknowledgement | None"] = relationship(back_populates="checkin")


class Acknowledgement(Base):
    """A manager has seen a check-in."""

    __tablename__ = "acknowledgements"

    checkin_id: Mapped[int] = mapped_column(ForeignKey("checkins.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]

    checkin: Mapped[CheckIn] = relationship(back_populates="seen")
    person: Mapped[Person] = relationship()


class Change(Base):
    """A change of an active goal, kept: what, from, to, why, by whom. Append-only."""

    __tablename__ = "changes"
    __table_args__ = (UniqueConstraint("goal_id", "measure_id", "at", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id"))
    at: Mapped[datetime]
    field: Mapped[str] = mapped_column(CODE)
    old: Mapped[str] = mapped_column(default="")
    new: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    goal: Mapped[Goal] = relationship()
    measure: Mapped[Measure | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])


class Proposal(Base):
    """A change somebody asks for who may not make it; the manager applies or returns it."""

    __tablename__ = "proposals"
    __table_args__ = (one_of("state", ("open", "applied", "returned")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id"))
    at: Mapped[datetime]
    field: Mapped[str] = mapped_column(CODE)
    new: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(WORD, default="open")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")

    goal: Mapped[Goal] = relationship()
    measure: Mapped[Measure | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class Blocker(Base):
    """What is in the way of an off-track measure, who moves it, and the next step."""

    __tablename__ = "blockers"
    __table_args__ = (UniqueConstraint("measure_id", "opened_on", "kind"), one_of("kind", terms.BLOCKER_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id"))
    opened_on: Mapped[date]
    kind: Mapped[str] = mapped_column(WORD)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    next_step: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]

    measure: Mapped[Measure] = relationship()
    owner: Mapped[Person | None] = relationship()


class Action(Base):
    """A line of a goal's action plan."""

    __tablename__ = "actions"
    __table_args__ = (UniqueConstraint("goal_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"))
    title: Mapped[str] = mapped_column(NAME)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]

    goal: Mapped[Goal] = relationship()
    measure: Mapped[Measure | None] = relationship()
    assignee: Mapped[Person | None] = relationship()


class Comment(Base):
    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("goal_id", "entered_at", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"))
    entered_at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    body: Mapped[str]

    goal: Mapped[Goal] = relationship()
    author: Mapped[Person] = relationship()


class EvaluationStep(Base):
    """One step of a goal's evaluation. Append-only; the goal keeps the last in `evaluation` and `score`."""

    __tablename__ = "evaluations"
    __table_args__ = (UniqueConstraint("goal_id", "at"), one_of("step", terms.EVALUATION_STEPS))

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"))
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(WORD)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    score: Mapped[Decimal | None]
    note: Mapped[str] = mapped_column(default="")

    goal: Mapped[Goal] = relationship()
    by: Mapped[Person] = relationship()


class Review(Base):
    """One person's whole cycle, signed by both."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("cycle_id", "person_id"), one_of("state", terms.REVIEW_STATES))

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[str] = mapped_column(WORD, default="preparation")
    manager_words: Mapped[str] = mapped_column(default="")
    person_words: Mapped[str] = mapped_column(default="")
    adjustment: Mapped[Decimal | None]
    adjustment_why: Mapped[str] = mapped_column(default="")
    manager_signed_at: Mapped[datetime | None]
    person_signed_at: Mapped[datetime | None]
    agrees: Mapped[bool | None]
    appeal_outcome: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    cycle: Mapped[Cycle] = relationship()
    person: Mapped[Person] = relationship()


class Result(Base):
    """A person's or a unit's result in a cycle, kept current by `actions.standing`; frozen, with the organisation as it was, when the cycle closes."""

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("cycle_id", "person_id"),
        UniqueConstraint("cycle_id", "unit_id"),
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="whose"),
        Index("ix_results_cycle_id_total", "cycle_id", "total"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    okr: Mapped[Decimal | None] = mapped_column(share())
    kpi: Mapped[Decimal | None] = mapped_column(share())
    total: Mapped[Decimal | None] = mapped_column(share())
    adjusted: Mapped[Decimal | None] = mapped_column(share())
    rating: Mapped[str] = mapped_column(WORD, default="")
    provisional: Mapped[bool] = mapped_column(default=True)
    goals: Mapped[int] = mapped_column(default=0)
    people_mean: Mapped[Decimal | None] = mapped_column(share())
    people: Mapped[int | None]
    last_checkin_on: Mapped[date | None]
    frozen_at: Mapped[datetime | None]
    name_then: Mapped[str] = mapped_column(NAME, default="")
    unit_then: Mapped[str] = mapped_column(NAME, default="")
    manager_then: Mapped[str] = mapped_column(NAME, default="")
    # Of a person their home unit and manager, of a unit the one above and the head.
    unit_then_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    manager_then_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    title_then: Mapped[str | None] = mapped_column(NAME)
    position_then: Mapped[str | None] = mapped_column(NAME)
    kind_then: Mapped[str | None] = mapped_column(WORD)
    expected: Mapped[Decimal | None] = mapped_column(share())

    cycle: Mapped[Cycle] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])


class UnitAncestorThen(Base):
    """As UnitAncestor, when the cycle was closed."""

    __tablename__ = "unit_ancestors_then"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    depth: Mapped[int]


class GoalPoint(Base):
    """A goal's progress at the end of a day on which it moved: the line of its charts."""

    __tablename__ = "goal_points"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    progress: Mapped[Decimal | None] = mapped_column(share())


class Note(Base):
    """What a unit's meeting noted."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("unit_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    held_on: Mapped[date]
    body: Mapped[str] = mapped_column(default="")

    unit: Mapped[Unit] = relationship()
