"""Writes check-ins, what was seen of them, and what a goal keeps of its evaluation and its evaluator."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from goalsite.domain.terms import COUNTED_STATES
from goalsite.exchange.rows import Company, Progress, Row
from goalsite.exchange.write import AT_ONCE, Ids
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import Acknowledgement, CheckIn, EvaluationStep

PLAIN = ("entered_at", "on", "value", "numerator", "denominator", "confidence", "note")


def write_checkins(company: Company, ids: Ids, progress: Progress) -> None:
    """New check-ins, each after the one it replaces, since none can be changed once it is written."""
    rows = [row for row in company["checkins"].values() if row.is_new]
    waiting = [row for row in rows if row["replaces"] is not None]
    _insert([row for row in rows if row["replaces"] is None], {}, ids, progress, len(rows))
    unwritten = {row.key for row in waiting}
    while waiting:
        ready = [row for row in waiting if _replaced_key(row) not in unwritten]
        _insert(ready, _ids_of(ready, ids), ids, progress, len(rows))
        unwritten -= {row.key for row in ready}
        waiting = [row for row in waiting if row.key in unwritten]
    _write_seen(
        [row for row in company["checkins"].values() if row["seen_by"] and (row.is_new or "seen_by" in row.changed)],
        ids,
    )


def _insert(rows: list[Row], replaced: dict[Any, int], ids: Ids, progress: Progress, total: int) -> None:
    for at in range(0, len(rows), AT_ONCE):
        chunk = [
            {name: row[name] for name in PLAIN}
            | {
                "measure_id": ids.measures[row["goal"], row["measure"]],
                "step_id": ids.of(row, "step", "steps"),
                "author_id": ids.people[row["author"]],
                "replaces_id": replaced.get(_replaced_key(row)),
            }
            for row in rows[at : at + AT_ONCE]
        ]
        db.session.execute(insert(CheckIn), chunk)
        progress("checkins", at + len(chunk), total)


def _replaced_key(row: Row) -> Any:
    return row["goal"], row["measure"], row["replaces"], row["step"]


def _ids_of(rows: list[Row], ids: Ids) -> dict[Any, int]:
    """The ids of the check-ins that these replace."""
    measures = {ids.measures[row["goal"], row["measure"]]: (row["goal"], row["measure"]) for row in rows}
    return _found(measures, {_replaced_key(row) for row in rows}, ids)


def _found(measures: dict[int, tuple[str, str]], wanted: Collection[Any], ids: Ids) -> dict[Any, int]:
    steps = {id_: key[2] for key, id_ in ids.steps.items()}
    found = {}
    chosen = list(measures)
    for at in range(0, len(chosen), AT_ONCE):
        query = select(CheckIn.id, CheckIn.measure_id, CheckIn.entered_at, CheckIn.step_id)
        for id_, measure, entered_at, step in db.session.execute(
            query.where(CheckIn.measure_id.in_(chosen[at : at + AT_ONCE]))
        ).tuples():
            key = (*measures[measure], entered_at, steps[step] if step else "")
            if key in wanted:
                found[key] = id_
    return found


def _write_seen(rows: list[Row], ids: Ids) -> None:
    if not rows:
        return
    measures = {ids.measures[row["goal"], row["measure"]]: (row["goal"], row["measure"]) for row in rows}
    found = _found(measures, {row.key for row in rows}, ids)
    seen = [
        {"checkin_id": found[row.key], "person_id": ids.people[row["seen_by"]], "at": row["seen_at"]} for row in rows
    ]
    for at in range(0, len(seen), AT_ONCE):
        db.session.execute(insert(Acknowledgement), seen[at : at + AT_ONCE])


def keep_last_evaluations(company: Company, ids: Ids) -> None:
    """A goal keeps the last step of its evaluation, and that step's score."""
    goals = {ids.goals[row["goal"]] for row in company["evaluations"].values() if row.is_new}
    last: dict[int, tuple[str, Any]] = {}
    for at in range(0, len(goals), AT_ONCE):
        chosen = EvaluationStep.goal_id.in_(sorted(goals)[at : at + AT_ONCE])
        query = select(EvaluationStep.goal_id, EvaluationStep.step, EvaluationStep.score).where(chosen)
        for goal_id, step, score in db.session.execute(query.order_by(EvaluationStep.at, EvaluationStep.id)).tuples():
            last[goal_id] = (step, score)
    if last:
        table: Any = Goal.__table__
        statement = (
            update(table)
            .where(table.c.id == bindparam("its_id"))
            .values(evaluation=bindparam("step"), score=bindparam("last_score"))
        )
        rows = [{"its_id": id_, "step": step, "last_score": score} for id_, (step, score) in last.items()]
        db.session.connection().execute(statement, rows)


def fix_evaluators(company: Company, ids: Ids) -> None:
    """The evaluator of a goal that is active, in a cycle that is open or later, is fixed: the one named, or else the owner's manager now."""
    moved = {key for key, row in company["cycles"].items() if row.differs}
    waiting = [row for row in company["goals"].values() if not row["evaluator"] and row["state"] in COUNTED_STATES]
    goals = sorted(ids.goals[row["code"]] for row in waiting if row.differs or row["cycle"] in moved)
    begun = select(Cycle.id).where(Cycle.state != "planning")
    boss = select(Person.boss_id).where(Person.id == Goal.owner_id).scalar_subquery()
    for at in range(0, len(goals), AT_ONCE):
        chosen = Goal.id.in_(goals[at : at + AT_ONCE])
        db.session.execute(
            update(Goal).where(chosen, Goal.cycle_id.in_(begun), Goal.evaluator_id.is_(None)).values(evaluator_id=boss),
            execution_options={"synchronize_session": False},
        )
