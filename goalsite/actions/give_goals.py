"""Goals given to many people at once: all of them or none (rules §7)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import insert, select, update

from goalsite.actions.audit import record
from goalsite.actions.giving import Recipient
from goalsite.actions.search_words import refresh_words
from goalsite.actions.standing import refresh, refresh_new
from goalsite.actions.write_goal import FROM_METRIC, PLAIN, GoalDraft, MeasureDraft, plain_facts
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Measure, PeriodTarget, Person, Step
from goalsite.models_accounts import Notification
from goalsite.queries import company as here

MOST = 12_000
AT_ONCE = 1000
T = TypeVar("T")


def hold_cycle(cycle: Cycle) -> None:
    """Until the transaction ends nobody else gives goals in the cycle; whoever waited reads afresh."""
    query = select(Cycle).where(Cycle.id == cycle.id).with_for_update(key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def give_goals(by: Person, cycle: Cycle, recipients: Sequence[Recipient], source: str, today: date) -> int:
    """Makes what the recipients are to get, and tells each of them once; how many goals they are.

    One's own is a draft, others' are suggested. source: what they are copies of, for the audit log. The cycle must be held.
    Raises RuleError give_nothing, give_too_many.
    """
    drafts = [draft for one in recipients for draft in one.new]
    if not drafts:
        raise RuleError("give_nothing")
    if len(drafts) > MOST:
        raise RuleError("give_too_many", most=MOST, count=len(drafts))
    ids: list[int] = []
    for some in _batches(drafts):
        ids += _make(by, some)
    made = iter(ids)
    told = [(one, [next(made) for _draft in one.new]) for one in recipients]
    notes = list(_notes(by, cycle, told))
    if notes:
        db.session.execute(insert(Notification), notes)
    refresh_words("goal", ids)
    refresh_words("measure", db.session.scalars(select(Measure.id).where(Measure.goal_id.in_(ids))).all())
    facts = {"from": source, "people": [one.person.email for one in recipients], "goals": ids}
    if any(draft.parent for draft in drafts):
        refresh(ids, today)
    else:
        refresh_new(ids, today)
    record(by, "give_goals", "cycle", cycle.id, None, facts)
    return len(ids)


def _make(by: Person, drafts: Sequence[GoalDraft]) -> list[int]:
    rows = [
        plain_facts(draft)
        | {
            "code": f"new-{by.id}-{place}",
            "created_by_id": by.id,
            "state": "draft" if draft.owner.id == by.id else "suggested",
        }
        for place, draft in enumerate(drafts)
    ]
    ids = _inserted(Goal, rows)
    db.session.execute(
        update(Goal), [{"id": key, "code": code} for key, code in zip(ids, _codes(ids, drafts), strict=True)]
    )
    links = [{"goal_id": key, "parent_id": up.id} for key, draft in zip(ids, drafts, strict=True) for up in draft.also]
    if links:
        db.session.execute(insert(GoalLink), links)
    _make_measures(
        [
            (key, draft, place, one)
            for key, draft in zip(ids, drafts, strict=True)
            for place, one in enumerate(draft.measures)
        ]
    )
    return ids


def _codes(ids: Sequence[int], drafts: Sequence[GoalDraft]) -> list[str]:
    """KPI-12; with a mark where somebody has given another goal that code."""
    wanted = [f"{draft.kind.upper()}-{key}" for key, draft in zip(ids, drafts, strict=True)]
    taken = set(db.session.scalars(select(Goal.code).where(Goal.code.in_(wanted))))
    return [f"{code}-{key}" if code in taken else code for code, key in zip(wanted, ids, strict=True)]


def _make_measures(said: Sequence[tuple[int, GoalDraft, int, MeasureDraft]]) -> None:
    rows = [
        {name: getattr(one, name) for name in PLAIN}
        | {name: getattr(one.metric or one, name) for name in FROM_METRIC}
        | {"goal_id": goal_id, "place": place, "code": f"{'I' if draft.kind == 'kpi' else 'KR'}{place + 1}"}
        | {"metric_id": one.metric.id if one.metric else None, "fed_by_id": one.fed_by.id if one.fed_by else None}
        for goal_id, draft, place, one in said
    ]
    if not rows:
        return
    ids = _inserted(Measure, rows)
    parts = [one for _goal, _draft, _place, one in said]
    _add_each(Step, zip(ids, parts, strict=True), _steps)
    _add_each(PeriodTarget, zip(ids, parts, strict=True), _targets)


def _steps(measure: MeasureDraft) -> list[dict[str, Any]]:
    said = enumerate(measure.steps, start=1)
    return [{"code": f"S{place}", "place": place, "title": title, "weight": weight} for place, (title, weight) in said]


def _targets(measure: MeasureDraft) -> list[dict[str, Any]]:
    return [{"starts_on": day, "target": number} for day, number in measure.period_targets.items()]


def _add_each(
    model: Any, measures: Iterable[tuple[int, MeasureDraft]], parts: Callable[[MeasureDraft], list[dict[str, Any]]]
) -> None:
    rows = [{"measure_id": key, **part} for key, one in measures for part in parts(one)]
    if rows:
        db.session.execute(insert(model), rows)


def _inserted(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The ids of the rows, in their order."""
    return list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _notes(by: Person, cycle: Cycle, told: Iterable[tuple[Recipient, list[int]]]) -> Iterable[dict[str, Any]]:
    at = here.now()
    for one, ids in told:
        if one.person.id != by.id:
            facts = {
                "person_id": one.person.id,
                "kind": "goal_suggested",
                "goal_id": ids[0],
                "actor_id": by.id,
                "at": at,
            }
            yield facts | {"detail": {"count": len(ids), "cycle": cycle.code}}


def _batches(things: Sequence[T]) -> Iterable[Sequence[T]]:
    return (things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE))
