"""Tables of what is counted when goals are written, so that no page has to count it; kept by `actions.counts`."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from goalsite.extensions import Base
from goalsite.models import WORD


class GoalCount(Base):
    """How many goals that count a unit has in a cycle, by how they stand and who sees them: its `own`, and those `below` with its own.
    stale_from: NEVER where they do not turn stale."""

    __tablename__ = "goal_counts"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(WORD, primary_key=True)
    visibility: Mapped[str] = mapped_column(WORD, primary_key=True)
    status: Mapped[str] = mapped_column(WORD, primary_key=True)
    unaligned: Mapped[bool] = mapped_column(primary_key=True)
    stale_from: Mapped[date] = mapped_column(primary_key=True)
    own: Mapped[int]
    below: Mapped[int]


class Duty(Base):
    """Who reports in a cycle on active goals, those that everybody sees (`public`) and the others apart: from which day the next check-in is owed, and
    when the last one was."""

    __tablename__ = "duties"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    public: Mapped[bool] = mapped_column(primary_key=True)
    due_from: Mapped[date]
    last_on: Mapped[date | None]
