"""The worked examples of docs/rules.md as a company workbook, loaded through `load` like any other."""

import csv
from pathlib import Path
from typing import Any

SETTINGS = [{"key": "company_name", "value": "Ví dụ"}]
UNITS = [
    {"code": "CO", "name": "Công ty", "kind": "company"},
    {"code": "A", "name": "Phòng A", "kind": "department", "parent": "CO"},
]
PEOPLE = [{"email": f"{name}@x.example", "name": name.title(), "unit": "A"} for name in ("an", "binh", "chi", "dung")]
CYCLES = [
    {"code": "2026", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "state": "open"},
    {
        "code": "SHARE",
        "name": "Q1",
        "starts_on": "2026-01-01",
        "ends_on": "2026-03-31",
        "state": "reviewing",
        "kpi_share": "0.6",
    },
]
METRICS = [
    {
        "code": "LIMIT",
        "name": "Chi phí",
        "symbol": "₫",
        "direction": "decrease",
        "formula": "(value-target)*100/target",
    },
]

goals: list[dict[str, Any]] = []
measures: list[dict[str, Any]] = []
steps: list[dict[str, Any]] = []
period_targets: list[dict[str, Any]] = []
checkins: list[dict[str, Any]] = []


def goal(code: str, owner: str = "an", **facts: Any) -> None:
    """An active goal of the year, unless said otherwise."""
    goals.append(
        {
            "code": code,
            "kind": "okr",
            "title": code,
            "cycle": "2026",
            "unit": "A",
            "owner": f"{owner}@x.example",
            "state": "active",
        }
        | facts
    )


def measure(goal_code: str, code: str, *said: tuple[str, Any], **facts: Any) -> None:
    """A measure of it, and its check-ins: (date, value)."""
    measures.append({"goal": goal_code, "code": code, "title": code, "decimals": 0} | facts)
    for on, value in said:
        row = {"goal": goal_code, "measure": code, "on": on, "author": "an@x.example"}
        checkins.append(row | (value if isinstance(value, dict) else {"value": value}))


def _progress() -> None:
    """§2: one measure's progress."""
    goal("P")
    rows = [
        ("DEC80", "decrease", 100, 60, 80),
        ("DEC70", "decrease", 100, 60, 70),
        ("DEC50", "decrease", 100, 60, 50),
        ("INC", "increase", 15, 35, 20),
        ("DEBT", "increase", 1, "1.5", "1.35"),
        ("COST", "decrease", 500000, 400000, 420000),
        ("THIRD", "increase", 15, 45, 16),
        ("RATE", "increase", 5, 8, "6.4"),
        ("BELOW", "increase", 5000, 10000, 4000),
    ]
    for code, direction, start, target, value in rows:
        measure("P", code, ("2026-02-02", value), direction=direction, start=start, target=target, decimals=2)
    for code, value in (("OVER", 6), ("UNDER", 4)):
        goal(f"CEIL-{code}", kind="kpi")
        measure(f"CEIL-{code}", code, ("2026-02-02", value), direction="decrease", target=5)
    goal("STEPS")
    measure("STEPS", "S", ("2026-02-02", {"step": "one", "value": 1}), direction="steps")
    steps.extend(
        {"goal": "STEPS", "measure": "S", "step": step, "title": step, "weight": weight}
        for step, weight in (("one", 30), ("two", 70))
    )
    goal("FORM", kind="kpi")
    measure("FORM", "F", ("2026-02-02", 35000000), metric="LIMIT", target=30000000)


def _goals() -> None:
    """§3: goals from measures, from supporting goals, from both."""
    goal("W")
    measure("W", "A", ("2026-02-02", 40), target=100, weight=2)
    measure("W", "B", ("2026-02-02", 20), target=100, weight=3)
    goal("N")
    for code, value in (("A", 100), ("B", 0), ("C", -50)):
        measure("N", code, ("2026-02-02", value), target=100)
    goal("SUP", progress_from="supporting")
    for code, value in (("SUP-1", 85), ("SUP-2", 60)):
        goal(code, supports="SUP")
        measure(code, "A", ("2026-02-02", value), target=100)
    goal("BOTH", progress_from="both")
    measure("BOTH", "A", ("2026-02-02", 27), target=100)
    measure("BOTH", "B", ("2026-02-02", 18), target=100)
    goal("BOTH-1", supports="BOTH", progress_from="supporting")
    for code, value in (("BOTH-85", 85), ("BOTH-60", 60)):
        goal(code, supports="BOTH-1")
        measure(code, "A", ("2026-02-02", value), target=100)


def _periods() -> None:
    """§4: aggregation, targets by period, to date, make-up."""
    goal("AGG")
    measure("AGG", "LAST", ("2026-01-20", 7900), ("2026-02-02", 8350), start=5000, target=10000)
    measure("AGG", "SUM", ("2026-01-20", 3), ("2026-02-02", 2), aggregate="sum", target=10)
    for code, facts, said in (
        (
            "AVG",
            {"aggregate": "average", "frequency": "month", "target": 800},
            [("2026-01-20", 800), ("2026-02-02", 750)],
        ),
        (
            "RATIO",
            {"aggregate": "ratio", "frequency": "month", "target": 5, "symbol": "%", "decimals": 3},
            [("2026-01-20", {"numerator": 2, "denominator": 4}), ("2026-02-02", {"numerator": 2, "denominator": 100})],
        ),
    ):
        goal(code, kind="kpi")
        measure(code, "K", *said, **facts)
    goal("EVEN", kind="kpi")
    measure("EVEN", "K", aggregate="sum", frequency="quarter", target=1000000)
    goal("CLIP", kind="kpi", starts_on="2026-01-01", due_on="2026-01-14")
    measure("CLIP", "K", aggregate="sum", frequency="week", target=100)
    ends = ("2026-03-31", "2026-06-30", "2026-09-30")
    goal("PLAN", kind="kpi")
    measure("PLAN", "K", *zip(ends, (220, 240, 200), strict=True), aggregate="sum", frequency="quarter", target=1000)
    goal("LINE", kind="kpi")
    measure("LINE", "K", *zip(ends, (220, 480, 710), strict=True), frequency="quarter", target=1000)
    starts = ("2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01")
    for starts_on, target in zip(starts, (250, 500, 750, 1000), strict=True):
        period_targets.append({"goal": "LINE", "measure": "K", "starts_on": starts_on, "target": target})
    goal("MAKEUP", kind="kpi", starts_on="2026-01-05", due_on="2026-03-29")
    weeks = (("2026-01-09", 18), ("2026-01-16", 25), ("2026-01-23", 14))
    measure("MAKEUP", "K", *weeks, aggregate="sum", frequency="week", target=20, target_per="period")


def _pace() -> None:
    """§5: time, pace, status."""
    goal("UP", starts_on="2026-01-05", due_on="2026-03-05")
    measure("UP", "K", ("2026-01-12", 15), target=50)
    goal("DOWN", starts_on="2026-02-05", due_on="2026-03-05")
    measure("DOWN", "K", ("2026-02-20", 10), direction="decrease", start=20, target=0)
    goal("APRIL", starts_on="2026-04-01", due_on="2026-04-30")
    measure("APRIL", "K", ("2026-04-15", 1), target=100)
    # 40 % of 1 January – 11 January has gone on 5 January.
    for code, value in (("AT15", 15), ("AT50", 50), ("AT30", 30)):
        goal(code, starts_on="2026-01-01", due_on="2026-01-11")
        measure(code, "K", ("2026-01-05", value), target=100)


def _results() -> None:
    """§6: a person's total, and a total rounded before it is rated."""
    for owner, kpi, okr in (("binh", 72, 53), ("chi", "84.96", "84.96"), ("dung", 95, None)):
        goal(f"{owner}-KPI", owner, kind="kpi", cycle="SHARE")
        measure(f"{owner}-KPI", "K", ("2026-02-02", kpi), target=100, decimals=2)
        if okr is not None:
            goal(f"{owner}-OKR", owner, cycle="SHARE")
            measure(f"{owner}-OKR", "K", ("2026-02-02", okr), target=100, decimals=2)


for _section in (_progress, _goals, _periods, _pace, _results):
    _section()


def write(folder: Path) -> Path:
    """The workbook, as a folder of CSV files."""
    sheets = {
        "settings": SETTINGS,
        "units": UNITS,
        "people": PEOPLE,
        "cycles": CYCLES,
        "metrics": METRICS,
        "goals": goals,
        "measures": measures,
        "steps": steps,
        "period_targets": period_targets,
        "checkins": checkins,
    }
    for name, rows in sheets.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder
