"""Tables of the organisation, its cycles and its goals. No queries, no formatting, no permissions."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from goalsite.domain import terms
from goalsite.extensions import Base, share

CODE = String(64)
NAME = String(300)
# Sorted by its signs, so that the words that begin alike stand side by side on any engine.
FOLDED = String(40).with_variant(String(40, collation="C"), "postgresql")
WORD = String(20)


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """The column holds one of the model's fixed words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Setting(Base):
    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(CODE, primary_key=True)
    value: Mapped[str]


class Unit(Base):
    __tablename__ = "units"
    __table_args__ = (
        one_of("kind", terms.UNIT_KINDS),
        one_of("okr_visibility", terms.VISIBILITIES),
        one_of("kpi_visibility", terms.VISIBILITIES),
        one_of("evaluation_visibility", terms.VISIBILITIES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(CODE, unique=True)
    name: Mapped[str] = mapped_column(NAME)
    sort_key: Mapped[str] = mapped_column(String(600), default="")
    kind: Mapped[str] = mapped_column(WORD, default="team")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", use_alter=True), index=True)
    archived: Mapped[bool] = mapped_column(default=False)
    supervisors_edit_goals: Mapped[bool] = mapped_column(default=True)
    owners_edit_goals: Mapped[bool] = mapped_column(default=True)
    owners_edit_measures: Mapped[bool] = mapped_column(default=True)
    okr_visibility: Mapped[str] = mapped_column(WORD, default="public")
    kpi_visibility: Mapped[str] = mapped_column(WORD, default="public")
    evaluation_visibility: Mapped[str] = mapped_column(WORD, default="restricted")
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[parent_id])
    head: Mapped["Person | None"] = relationship(foreign_keys=[head_id], post_update=True)
    supervisors: Mapped[list["Person"]] = relationship(secondary="unit_supervisors", order_by="Person.email_key")


class UnitAncestor(Base):
    """Every unit with itself (depth 0) and each unit above it; kept by `actions.organisation`."""

    __tablename__ = "unit_ancestors"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True, index=True)
    depth: Mapped[int]


class UnitSupervisor(Base):
    __tablename__ = "unit_supervisors"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)


class UnitMember(Base):
    """A team somebody belongs to besides their home unit."""

    __tablename__ = "unit_members"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)


class Person(Base):
    """An account. `manager_id` is the named manager; `boss_id` the one in force (named, or the nearest head above)."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_unit_id_sort_key", "unit_id", "sort_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(NAME)
    email_key: Mapped[str] = mapped_column(NAME, unique=True)
    name: Mapped[str] = mapped_column(NAME)
    sort_key: Mapped[str] = mapped_column(String(600), default="", index=True)
    title: Mapped[str] = mapped_column(NAME, default="")
    position: Mapped[str] = mapped_column(NAME, default="", index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    is_hr: Mapped[bool] = mapped_column(default=False)
    is_admin: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(5), default="")
    time_zone: Mapped[str] = mapped_column(CODE, default="")
    theme: Mapped[str] = mapped_column(String(5), default="")
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    password_hash: Mapped[str | None] = mapped_column(String(300))
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    manager: Mapped["Person | None"] = relationship(remote_side=[id], foreign_keys=[manager_id])
    boss: Mapped["Person | None"] = relationship(remote_side=[id], foreign_keys=[boss_id])
    teams: Mapped[list[Unit]] = relationship(secondary="unit_members", order_by=Unit.code)


class Management(Base):
    """Everybody's managers, direct (depth 1) and further up; kept by `actions.organisation`."""

    __tablename__ = "management"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    depth: Mapped[int]


class Cycle(Base):
    __tablename__ = "cycles"
    __table_args__ = (
        one_of("state", terms.CYCLE_STATES),
        one_of("checkin_every", terms.RHYTHMS),
        one_of("checkin_weekday", terms.WEEKDAYS),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(CODE, unique=True)
    name: Mapped[str] = mapped_column(NAME)
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    state: Mapped[str] = mapped_column(WORD, default="planning")
    checkin_every: Mapped[str] = mapped_column(WORD, default="week")
    checkin_weekday: Mapped[str] = mapped_column(WORD, default="friday")
    kpi_share: Mapped[Decimal] = mapped_column(default=Decimal("0.5"))
    kpi_cap: Mapped[Decimal] = mapped_column(default=Decimal("1.2"))
    aspirational_full: Mapped[Decimal] = mapped_column(default=Decimal(1))
    head_counts_unit: Mapped[bool] = mapped_column(default=True)
    goals_need_approval: Mapped[bool] = mapped_column(default=False)
    weights_to_100: Mapped[bool] = mapped_column(default=False)
    mid_review_on: Mapped[date | None]
    evaluate_by: Mapped[date | None]
    review_by: Mapped[date | None]
    # Of a closed cycle: when, with which bands, and how long the audit log was and what it ended with.
    closed_at: Mapped[datetime | None]
    rating_bands: Mapped[str | None]
    audit_seq: Mapped[int | None]
    audit_hash: Mapped[str | None] = mapped_column(CODE)
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped["Cycle | None"] = relationship(remote_side=[id])


class Metric(Base):
    __tablename__ = "metrics"
    __table_args__ = (
        one_of("direction", terms.DIRECTIONS),
        one_of("aggregate", terms.AGGREGATES),
        one_of("formula_is", terms.FORMULA_IS),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(CODE, unique=True)
    name: Mapped[str] = mapped_column(NAME)
    symbol: Mapped[str] = mapped_column(CODE, default="")
    direction: Mapped[str] = mapped_column(WORD, default="increase")
    aggregate: Mapped[str] = mapped_column(WORD, default="last")
    decimals: Mapped[int] = mapped_column(default=0)
    how_measured: Mapped[str] = mapped_column(default="")
    formula: Mapped[str] = mapped_column(String(500), default="")
    formula_is: Mapped[str] = mapped_column(WORD, default="")
    version: Mapped[int] = mapped_column(default=1)


class KpiSetItem(Base):
    """One metric of the KPI set of a position."""

    __tablename__ = "kpi_set_items"
    __table_args__ = (
        UniqueConstraint("position", "metric_id"),
        one_of("target_per", terms.TARGET_PERS),
        one_of("frequency", terms.FREQUENCIES),
        CheckConstraint("weight > 0", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[str] = mapped_column(NAME)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"), index=True)
    title: Mapped[str] = mapped_column(NAME, default="")
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    target: Mapped[Decimal | None]
    target_per: Mapped[str] = mapped_column(WORD, default="span")
    frequency: Mapped[str] = mapped_column(WORD, default="")
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]

    metric: Mapped[Metric] = relationship()


class Goal(Base):
    """An OKR or a KPI. The columns under "standing" are what `actions.standing` last computed."""

    __tablename__ = "goals"
    __table_args__ = (
        one_of("kind", terms.GOAL_KINDS),
        one_of("scope", terms.SCOPES),
        one_of("ambition", terms.AMBITIONS),
        one_of("state", terms.GOAL_STATES),
        one_of("visibility", terms.VISIBILITIES),
        one_of("progress_from", terms.PROGRESS_FROM),
        one_of("evaluated_by", terms.EVALUATED_BY),
        one_of("status", terms.STATUSES),
        CheckConstraint("weight >= 0", name="weight"),
        # Dates of a draft may break the nesting, but never run backwards.
        CheckConstraint("due_on >= starts_on", name="dates"),
        ForeignKeyConstraint(["parent_measure_id"], ["measures.id"], use_alter=True),
        Index("ix_goals_owner_cycle", "owner_id", "cycle_id", "state"),
        Index("ix_goals_cycle_unit", "cycle_id", "unit_id", "state"),
        Index("ix_goals_cycle_status", "cycle_id", "state", "status"),
        Index("ix_goals_turns_on", "turns_on"),
        Index("ix_goals_created_by_id", "created_by_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(CODE, unique=True)
    kind: Mapped[str] = mapped_column(WORD, default="okr")
    scope: Mapped[str] = mapped_column(WORD, default="person")
    title: Mapped[str] = mapped_column(NAME)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    starts_on: Mapped[date]
    due_on: Mapped[date]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goals.id"), index=True)
    parent_measure_id: Mapped[int | None] = mapped_column()
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    ambition: Mapped[str] = mapped_column(WORD, default="committed")
    state: Mapped[str] = mapped_column(WORD, default="draft")
    cancel_reason: Mapped[str] = mapped_column(default="")
    visibility: Mapped[str] = mapped_column(WORD, default="public")
    progress_from: Mapped[str] = mapped_column(WORD, default="measures")
    evaluated_by: Mapped[str] = mapped_column(WORD, default="progress")
    evaluator_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    description: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime | None]
    # The goal it took over from, when that was handed over.
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("goals.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    # Standing
    progress: Mapped[Decimal | None] = mapped_column(share())
    expected: Mapped[Decimal | None] = mapped_column(share())
    status: Mapped[str] = mapped_column(WORD, default="not_started")
    turns_on: Mapped[date | None]
    stale_from: Mapped[date | None]
    last_checkin_on: Mapped[date | None]
    first_due: Mapped[date | None]
    waits_until: Mapped[date | None]
    flagged: Mapped[bool] = mapped_column(default=False)
    evaluation: Mapped[str] = mapped_column(WORD, default="")
    score: Mapped[Decimal | None] = mapped_column(share())

    cycle: Mapped[Cycle] = relationship()
    unit: Mapped[Unit] = relationship()
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
    evaluator: Mapped[Person | None] = relationship(foreign_keys=[evaluator_id])
    parent: Mapped["Goal | None"] = relationship(remote_side=[id], foreign_keys=[parent_id])
    continues: Mapped["Goal | None"] = relationship(remote_side=[id], foreign_keys=[continues_id])
    parent_measure: Mapped["Measure | None"] = relationship(foreign_keys=[parent_measure_id], post_update=True)
    measures: Mapped[list["Measure"]] = relationship(
        back_populates="goal", foreign_keys="Measure.goal_id", order_by="Measure.place, Measure.id"
    )
    followers: Mapped[list[Person]] = relationship(secondary="goal_followers", order_by=Person.email_key)
    visible_to: Mapped[list[Unit]] = relationship(secondary="goal_units", order_by=Unit.code)


class GoalLink(Base):
    """A secondary "also supports" link; it changes no number."""

    __tablename__ = "goal_links"
    __table_args__ = (UniqueConstraint("goal_id", "parent_id", "parent_measure_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("goals.id"), index=True)
    parent_measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id"))

    goal: Mapped[Goal] = relationship(foreign_keys=[goal_id])
    parent: Mapped[Goal] = relationship(foreign_keys=[parent_id])
    parent_measure: Mapped["Measure | None"] = relationship()


class GoalFollower(Base):
    __tablename__ = "goal_followers"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class GoalUnit(Base):
    """A unit an internal goal is shown to besides its own."""

    __tablename__ = "goal_units"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)


class Measure(Base):
    """A key result of an OKR, or the indicator of a KPI. Where a metric is named its symbol, decimals, direction and aggregate are copied from it."""

    __tablename__ = "measures"
    __table_args__ = (
        UniqueConstraint("goal_id", "code"),
        one_of("direction", terms.DIRECTIONS),
        one_of("aggregate", terms.AGGREGATES),
        one_of("frequency", terms.FREQUENCIES),
        one_of("target_per", terms.TARGET_PERS),
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals"),
        Index("ix_measures_due_from", "due_from"),
        Index("ix_measures_assignee_id", "assignee_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"))
    code: Mapped[str] = mapped_column(CODE)
    place: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(NAME)
    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metrics.id"), index=True)
    symbol: Mapped[str] = mapped_column(CODE, default="")
    decimals: Mapped[int] = mapped_column(default=0)
    direction: Mapped[str] = mapped_column(WORD, default="increase")
    aggregate: Mapped[str] = mapped_column(WORD, default="last")
    frequency: Mapped[str] = mapped_column(WORD, default="")
    start: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    target_per: Mapped[str] = mapped_column(WORD, default="span")
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    fed_by_id: Mapped[int | None] = mapped_column(ForeignKey("goals.id", use_alter=True), index=True)

    # Standing: the last check-in, the one that finished it, the day from which another is owed (none: never again) and by which, and from which its
    # silence is stale
    last_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    due_from: Mapped[date | None]
    due_by: Mapped[date | None]
    stale_from: Mapped[date | None]

    goal: Mapped[Goal] = relationship(back_populates="measures", foreign_keys=[goal_id])
    metric: Mapped[Metric | None] = relationship()
    assignee: Mapped[Person | None] = relationship()
    fed_by: Mapped[Goal | None] = relationship(foreign_keys=[fed_by_id], post_update=True)
    steps: Mapped[list["Step"]] = relationship(order_by="Step.place, Step.id")
    period_targets: Mapped[list["PeriodTarget"]] = relationship(order_by="PeriodTarget.starts_on")


class Step(Base):
    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("measure_id", "code"), CheckConstraint("weight > 0", name="weight"))

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(CODE)
    place: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(NAME)
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))


class PeriodTarget(Base):
    __tablename__ = "period_targets"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    target: Mapped[Decimal]


class SearchWord(Base):
    """A word of what search finds, folded: of a goal, measure, person or unit, whose id is `thing_id`; kept by `actions.search_words`."""

    __tablename__ = "search_words"
    __table_args__ = (
        one_of("kind", terms.SEARCHED),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[str] = mapped_column(WORD, primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(FOLDED, primary_key=True)


# A word's things are read the latest first.
Index("ix_search_words_kind_word", SearchWord.kind, SearchWord.word, SearchWord.thing_id.desc())
