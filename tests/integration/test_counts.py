"""What is counted on writing equals what is there, after any write; and to each reader it comes to what counting goal by goal comes to."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from goalsite.actions import standing
from goalsite.actions.cycles import move_cycle
from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalFollower, GoalLink, GoalUnit, Person, Unit
from goalsite.models_counts import Duty
from goalsite.queries import forest, tallies
from goalsite.queries.check import differences
from goalsite.queries.company import today
from goalsite.queries.duties import duties
from goalsite.queries.filters import Filters
from goalsite.queries.forest import Forest
from goalsite.queries.overview import place_of
from goalsite.queries.viewer import viewer_for
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.test_standing import say

ASKED = (Filters(), Filters(below=False, kind="kpi"), Filters(status="behind", unaligned=True))
READERS = ("manager", "report", "outsider")
SEEDS = range(2)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def company(cast: dict[str, Person]) -> dict[str, Person]:
    """Goals of every visibility, some supporting others, some given to others, some followed or shown to another unit."""
    top, below = cast["director"].unit, Unit(code="A1", name="Nhóm A1", parent=cast["manager"].unit)
    assert top is not None
    db.session.add(below)
    db.session.flush()
    cast["peer"].unit = below
    rebuild_organisation(today())
    cycle, chance = running_cycle(), Random(1)
    people = list(cast.values())
    goals: list[Goal] = []
    for number in range(30):
        owner = chance.choice(people)
        scope = "unit" if owner is cast["director"] and number % 2 else "person"
        facts = {
            "kind": chance.choice(("okr", "kpi")),
            "visibility": chance.choice(("public", "internal", "restricted")),
        }
        parent = chance.choice([None, *goals])
        measure = {"assignee_id": chance.choice([None, None, chance.choice(people).id])}
        goal = make_goal(owner, cycle, measure, parent_id=parent.id if parent else None, scope=scope, **facts)
        goals.append(goal)
        if number % 7 == 0 and goals[0] is not goal:
            db.session.add(GoalLink(goal_id=goal.id, parent_id=goals[0].id))
        if number % 5 == 0:
            db.session.add(GoalFollower(goal_id=goal.id, person_id=chance.choice(people).id))
            db.session.add(GoalUnit(goal_id=goal.id, unit_id=chance.choice([top, below]).id))
    settle()
    return cast


def stored_wrong(day: int = 0) -> list[str]:
    db.session.commit()
    return [f"{one.what}: {one.stored}, {one.replayed}" for one in differences(today() + timedelta(days=day))]


def each_view(cast: dict[str, Person]) -> Iterator[tuple[str, Any]]:
    """What each reader finds of each unit."""
    cycle = db.session.scalars(select(Cycle)).one()
    for who in READERS:
        viewer = viewer_for(cast[who])
        for unit in db.session.scalars(select(Unit).order_by(Unit.id)).all():
            place = place_of(unit.code, cycle)
            assert place is not None
            owed = duties(viewer, cycle).c
            by_person = (owed.person_id, func.min(owed.due_from), func.max(owed.last_on))
            rows = db.session.execute(select(*by_person).group_by(owed.person_id).order_by(owed.person_id)).all()
            yield f"{who} {unit.code} owed", rows
            for asked in ASKED:
                found = tallies.tallies(viewer, cycle, place, asked, today())
                shown = {key: +one.counts for key, one in found.below.items() if +one.counts}
                yield f"{who} {unit.code} {asked}", (+found.whole.counts, +found.own.counts, shown)
                of_tree = Forest([cycle], viewer, asked.but(unit=unit.code if unit.parent_id else ""), place, today())
                yield f"{who} {unit.code} {asked} tree", forest.count(of_tree)


def write_something(chance: Random, cast: dict[str, Person]) -> str:
    """One write of those that move what is counted."""
    goal = chance.choice(db.session.scalars(select(Goal).where(Goal.state == "active").order_by(Goal.id)).all())
    act = chance.choice(("check in", "cancel", "hide", "link", "move unit", "move person", "settle"))
    if act == "check in":
        say(goal, goal.owner, chance.randrange(100))
    elif act in ("cancel", "hide", "link"):
        if act == "cancel":
            goal.state = "cancelled"
        elif act == "hide":
            goal.visibility = chance.choice(("public", "internal", "restricted"))
        else:
            goal.parent_id = None
        standing.refresh([goal.id], today())
    elif act == "move unit":
        lower, a, b = (db.session.scalars(select(Unit).where(Unit.code == code)).one() for code in ("A1", "A", "B"))
        lower.parent = chance.choice((a, b))
        rebuild_organisation(today())
    elif act == "move person":
        cast["report"].unit = chance.choice((cast["manager"].unit, cast["outsider"].unit))
        rebuild_organisation(today())
    else:
        standing.settle(today())
    return act


class TestCounts:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_after_any_writes_they_are_what_a_count_from_nothing_gives(
        self, company: dict[str, Person], seed: int
    ) -> None:
        chance, done = Random(seed), []
        for _ in range(12):
            done.append(write_something(chance, company))
            assert stored_wrong() == [], done

    def test_days_that_pass_are_counted_in(self, company: dict[str, Person]) -> None:
        for day in (3, 9, 30):
            standing.settle(today() + timedelta(days=day))
            assert stored_wrong(day) == []

    def test_a_closed_cycle_keeps_the_units_of_then_and_follows_them_again_once_reopened(
        self, company: dict[str, Person]
    ) -> None:
        cycle = db.session.scalars(select(Cycle)).one()
        lower, other = (db.session.scalars(select(Unit).where(Unit.code == code)).one() for code in ("A1", "B"))
        for act in ("review", "close"):
            move_cycle(company["hr"], cycle, act, "", today())
        lower.parent = other
        rebuild_organisation(today())
        assert stored_wrong() == []
        move_cycle(company["hr"], cycle, "reopen", "sai số", today())
        assert stored_wrong() == []

    def test_what_is_wrong_is_named(self, company: dict[str, Person]) -> None:
        goal = db.session.scalars(select(Goal).where(Goal.kind == "okr")).first()
        assert goal is not None
        goal.kind = "kpi"
        db.session.execute(delete(Duty))
        found = "\n".join(stored_wrong())
        assert "goals of unit" in found
        assert "check-ins owed" in found


class TestReaders:
    def test_each_finds_what_counting_goal_by_goal_gives(
        self, company: dict[str, Person], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Whoever leads the unit of those who report on it may not see this one.
        cycle = db.session.scalars(select(Cycle)).one()
        measure = {"assignee_id": company["report"].id}
        make_goal(company["outsider"], cycle, measure, visibility="restricted", evaluator_id=None)
        settle()
        kept = dict(each_view(company))
        direct: Callable[..., bool] = lambda *_: False  # noqa: E731
        monkeypatch.setattr(tallies, "are_stored", direct)
        monkeypatch.setattr(forest, "are_stored", direct)
        monkeypatch.setattr("goalsite.queries.duties.is_stored", direct)
        assert dict(each_view(company)) == kept
