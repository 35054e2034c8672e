"""The goals of the bench's company: measures of every kind, check-ins every Friday, talk and plans."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from bench.bulk import WEEK, Place, put
from bench.measures import INDICATORS, KEY_RESULTS, STEPS, reported
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, PeriodTarget, Step
from goalsite.models_follow import Action, CheckIn, Comment, EvaluationStep

GOALS_EACH = 3
KEY_RESULTS_EACH = 4
MEASURES_EACH = 2 * KEY_RESULTS_EACH + 1


def make_goals(places: list[Place], cycle: Cycle, day: date, year: bool, chance: Random) -> None:
    goals, measures, steps, targets, handed_in = [], [], [], [], []
    put(Metric, [{"id": 1, "code": "contracts", "name": "Hợp đồng", "symbol": "hợp đồng", "aggregate": "sum"}])
    for place in places:
        ended = place.person % 20 == 7
        for number in range(GOALS_EACH):
            goal = (place.person - 1) * GOALS_EACH + number + 1
            kpi = number == GOALS_EACH - 1
            over = kpi and ended
            goals.append(
                {
                    "id": goal,
                    "code": f"G{goal}",
                    "kind": "kpi" if kpi else "okr",
                    "scope": "unit" if place.heads else "person",
                    "title": f"{'Giữ vững' if kpi else 'Nâng cao'} kết quả {number + 1} của đơn vị {place.unit}",
                    "cycle_id": cycle.id,
                    "unit_id": place.unit,
                    "owner_id": place.person,
                    "created_by_id": place.person,
                    "starts_on": cycle.starts_on,
                    "due_on": day - WEEK if over else cycle.ends_on,
                    # First goals support those of the head above, up to the company's; a few cross departments.
                    "parent_id": None if place.person == 1 or number else (place.above - 1) * GOALS_EACH + 1,
                    "progress_from": "both" if place.heads and not number and place.person % 3 else "measures",
                    "weight": Decimal(1 + goal % 3),
                    "ambition": "aspirational" if number == 1 else "committed",
                    "state": "proposed" if number == 1 and place.person % 25 == 3 else "active",
                    "visibility": "restricted" if goal % 20 == 5 else "internal" if goal % 10 == 3 else "public",
                    "evaluator_id": place.above if place.above != place.person else None,
                    "description": "Vì khách hàng, **từng tuần một**.\n\n- nói với nhau sớm\n- giữ lời",
                    "evaluation": "submitted" if over else "",
                }
            )
            if over:
                at = _moment(day - timedelta(3))
                handed_in.append(
                    {"goal_id": goal, "at": at, "step": "submitted", "by_id": place.person, "score": Decimal("0.8")}
                )
            for measure, facts, by_period in _measures(place, goal, number, year):
                measures.append(facts)
                if facts["direction"] == "steps":
                    steps += [
                        {"id": measure * 10 + at, "measure_id": measure, "place": at, **step} for at, step in STEPS
                    ]
                if by_period and not over and place.person % 2:
                    first = {"measure_id": measure, "starts_on": cycle.starts_on}
                    targets.append({**first, "target": Decimal(chance.randint(2, 9))})
    for model, rows in ((Goal, goals), (Measure, measures), (Step, steps), (PeriodTarget, targets)):
        put(model, rows)
    put(EvaluationStep, handed_in)


def _measures(place: Place, goal: int, number: int, year: bool) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """The goal's measures: id, columns, and whether it has a target by period."""
    indicator = INDICATORS[place.person % len(INDICATORS)]
    turn = place.person + number * KEY_RESULTS_EACH
    kinds = [KEY_RESULTS[(turn + slot) % len(KEY_RESULTS)] for slot in range(KEY_RESULTS_EACH)]
    for slot, kind in enumerate([indicator] if number == GOALS_EACH - 1 else kinds):
        measure = (place.person - 1) * MEASURES_EACH + number * KEY_RESULTS_EACH + slot + 1
        # The second goal's first key result takes the KPI's contracts where there is such a KPI.
        fed = number == 1 and slot == 0 and indicator.metric
        facts = {**indicator.facts, "frequency": ""} if fed else dict(kind.facts)
        if year and facts["aggregate"] == "sum":
            facts["target"] *= 4
        facts |= {"id": measure, "goal_id": goal, "code": f"M{slot}", "place": slot, "title": kind.title}
        facts |= {"metric_id": 1 if fed or kind.metric else None, "fed_by_id": goal + 1 if fed else None}
        yield measure, facts, kind.by_period and not fed


def make_check_ins(cycle: Cycle, day: date, since: date, chance: Random) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        measures = db.session.execute(
            select(Measure.id, Measure.direction, Measure.aggregate, Goal.due_on, Goal.owner_id)
            .join(Goal, Goal.id == Measure.goal_id)
            .where(Measure.fed_by_id.is_(None), Goal.state == "active")
            .order_by(Measure.id)
        ).all()
        in_all = (cycle.ends_on - cycle.starts_on) / WEEK
        for measure, direction, aggregate, due_on, owner in measures:
            for number, on in enumerate(_fridays(max(since, cycle.starts_on), min(day, due_on))):
                # Now and then somebody forgets, and a few never begin.
                if (measure + number) % 9 == 4 or owner % 31 == 30:
                    continue
                gone = (on - cycle.starts_on) / WEEK / in_all
                yield {
                    "measure_id": measure,
                    "entered_at": _moment(on),
                    "on": on,
                    "author_id": owner,
                    "confidence": ("on_track", "on_track", "at_risk", "off_track")[(measure + number) % 4],
                    "note": "Đang theo kế hoạch." if number % 3 == 0 else "",
                    **reported(direction, aggregate, measure, gone, chance),
                }

    put(CheckIn, rows())


def make_talk(places: list[Place], day: date) -> None:
    first = [(place.person - 1) * GOALS_EACH + 1 for place in places]
    put(
        Comment,
        (
            {
                "goal_id": goal,
                "author_id": place.above if number % 2 else place.person,
                "entered_at": _moment(day - timedelta(number + 1)),
                "body": "Cả nhà xem giúp **con số tuần này** nhé.",
            }
            for goal, place in zip(first, places, strict=True)
            for number in range(place.person % 4)
        ),
    )
    put(
        Action,
        (
            {"goal_id": goal, "title": "Gọi lại cho khách cũ", "assignee_id": place.person, "due_on": day + WEEK}
            for goal, place in zip(first, places, strict=True)
            if place.person % 3 == 0
        ),
    )


def _fridays(first: date, last: date) -> Iterator[date]:
    day = first + timedelta((4 - first.weekday()) % 7)
    while day <= last:
        yield day
        day += WEEK


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)
