"""The example's people and units: who belongs where, and who manages whom."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from goalsite.domain.periods import DAY
from goalsite.example.spans import Cycle

DATA = Path(__file__).parent / "data"
DOMAIN = "annhien.example"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True)
class Person:
    """A row of `data/people.csv`. `habit` is the weekday of their check-ins; `silent` for how many weeks, this one included, they have
    sent none; `evals` how far the evaluation of their last quarter's goals is, `review` the state of its review."""

    key: str
    name: str
    unit: str
    manager: str
    joined_on: date
    left_on: date | None
    habit: int
    silent: int
    evals: str
    review: str
    row: dict[str, str]


def email(key: str) -> str:
    return f"{key}@{DOMAIN}" if key else ""


def emails(keys: str) -> str:
    return ";".join(email(key) for key in keys.split(";") if key)


@lru_cache(maxsize=8)
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a file of `data/`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def units() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in table("units")}


def people(today: date, cycles: list[Cycle]) -> dict[str, Person]:
    """Everybody by the first part of their address, as things stand today."""
    now = next(cycle.span for cycle in cycles if cycle.role == "c")
    days = {"mid": now.first + DAY * ((today - now.first).days // 2), "left": now.first - DAY * 10}
    return {row["email"]: _person(row, today, days) for row in table("people")}


def _person(row: dict[str, str], today: date, days: dict[str, date]) -> Person:
    left_on = days.get(row["left_on"])
    joined_on = days.get(row["joined_on"]) or _years_ago(row["joined_on"], today)
    return Person(
        key=row["email"],
        name=row["name"],
        unit=row["unit"],
        manager=row["manager"] or _head_above(row["email"], row["unit"]),
        joined_on=joined_on,
        left_on=left_on,
        habit=WEEKDAYS.index(row["habit"]),
        silent=int(row["silent"]),
        evals=row["evals"],
        review=row["review"],
        row=row,
    )


def _years_ago(token: str, today: date) -> date:
    """y-3-02-20: the 20th of February three years ago."""
    _, years, month, day = token.split("-")
    return date(today.year - int(years), int(month), int(day))


def _head_above(key: str, unit: str) -> str:
    """The nearest head, from the unit up, who is somebody else."""
    all_units = units()
    while unit:
        row = all_units[unit]
        if row["head"] != key:
            return row["head"]
        unit = row["parent"]
    return ""
