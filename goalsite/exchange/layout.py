"""How a sheet's columns lie in its table: one description, read when rows are fetched and when they are written."""

from dataclasses import dataclass, field
from typing import Any

from goalsite import models, models_follow
from goalsite.exchange.columns import Sheet


@dataclass(frozen=True)
class Layout:
    """`names`: columns whose attribute bears another name; None: it is kept elsewhere, and handled by name.

    `lists`: columns kept in a table of pairs: the table, its column for the row itself, and for the other.
    `late`: columns that may refer to rows written after theirs.
    """

    model: Any
    names: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, tuple[Any, str, str]] = field(default_factory=dict)
    late: tuple[str, ...] = ()


OF_MEASURE: dict[str, str | None] = {"goal": None, "measure": "measure_id"}

LAYOUTS = {
    "settings": Layout(models.Setting),
    "units": Layout(
        models.Unit,
        lists={"supervisors": (models.UnitSupervisor, "unit_id", "person_id")},
        late=("parent", "head"),
    ),
    "people": Layout(
        models.Person,
        names={"roles": None},
        lists={"teams": (models.UnitMember, "person_id", "unit_id")},
        late=("manager",),
    ),
    "cycles": Layout(models.Cycle, late=("parent",)),
    "metrics": Layout(models.Metric),
    "kpi_sets": Layout(models.KpiSetItem),
    "goals": Layout(
        models.Goal,
        names={"supports": None, "also_supports": None},
        lists={
            "visible_to": (models.GoalUnit, "goal_id", "unit_id"),
            "followers": (models.GoalFollower, "goal_id", "person_id"),
        },
        late=("supports", "also_supports", "continues"),
    ),
    "measures": Layout(models.Measure),
    "steps": Layout(models.Step, names={**OF_MEASURE, "step": "code"}),
    "period_targets": Layout(models.PeriodTarget, names=OF_MEASURE),
    "checkins": Layout(models_follow.CheckIn, names={**OF_MEASURE, "replaces": None, "seen_by": None, "seen_at": None}),
    "changes": Layout(models_follow.Change, names={"from": "old", "to": "new"}),
    "blockers": Layout(models_follow.Blocker, names=OF_MEASURE),
    "actions": Layout(models_follow.Action),
    "comments": Layout(models_follow.Comment),
    "evaluations": Layout(models_follow.EvaluationStep),
    "reviews": Layout(models_follow.Review),
    "notes": Layout(models_follow.Note),
}


def attribute(sheet: Sheet, column: str) -> str | None:
    """The table's attribute that holds the column; None where it is kept elsewhere."""
    layout = LAYOUTS[sheet.name]
    if column in layout.lists:
        return None
    if column in layout.names:
        return layout.names[column]
    return f"{column}_id" if sheet.column(column).kind == "ref" else column
