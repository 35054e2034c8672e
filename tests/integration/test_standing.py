"""What is stored about goals equals a replay: after days have passed, wherever goals hang together, and whoever writes at the same time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from goalsite.actions import standing
from goalsite.actions.check_in import Reported, check_in
from goalsite.actions.write_goal import hold_goals
from goalsite.extensions import db
from goalsite.models import Goal, Metric, PeriodTarget, Person
from goalsite.models_follow import CheckIn
from goalsite.queries.check import differences
from goalsite.queries.checkins import card_with
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.integration.test_checkins import HTMX, form_of

# As long as somebody who has to wait is given to get as far as that.
MEANWHILE = 0.5


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


def say(goal: Goal, by: Person, value: int) -> None:
    """A check-in today on the goal's first measure, not committed yet."""
    _, measure = card_with(goal, goal.measures[0].id, today())
    check_in(measure.row, measure.facts, by, Reported(today(), Decimal(value)), now(), today())


def wrong(in_days: int = 0) -> list[tuple[str, object, object]]:
    db.session.commit()
    db.session.expire_all()
    return [(one.what, one.stored, one.replayed) for one in differences(today() + timedelta(days=in_days))]


def pass_days(days: int) -> dict[int, Any]:
    """Settles day after day; what is wrong by then."""
    found = {}
    for day in range(1, days + 1):
        standing.settle(today() + timedelta(days=day))
        found[day] = wrong(day)
    return {day: some for day, some in found.items() if some}


class TestRefresh:
    def test_a_kpi_that_feeds_the_objective_it_supports(self, cast: dict[str, Person]) -> None:
        cycle, metric = running_cycle(), Metric(code="M", name="Doanh thu")
        db.session.add(metric)
        db.session.flush()
        objective = make_goal(cast["manager"], cycle, {"metric_id": metric.id}, {}, progress_from="both")
        kpi = make_goal(cast["report"], cycle, {"metric_id": metric.id}, kind="kpi", parent_id=objective.id)
        objective.measures[0].fed_by_id = kpi.id
        settle()
        say(kpi, cast["report"], 50)
        assert wrong() == []
        assert kpi.progress == Decimal("0.5")
        assert objective.progress == Decimal("0.333333333333333")

    def test_more_is_expected_than_a_number_holds(self, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {"aggregate": "last", "frequency": "month"}, kind="kpi")
        first = goal.measures[0]
        first.period_targets = [PeriodTarget(starts_on=goal.starts_on, target=Decimal(10**9))]
        settle()
        assert goal.expected is not None
        assert goal.status == "behind"


class TestSettle:
    def test_goals_above_goals_above_goals(self, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        top = make_goal(cast["director"], cycle, progress_from="supporting")
        middle = make_goal(cast["manager"], cycle, progress_from="supporting", parent_id=top.id)
        low = make_goal(cast["report"], cycle, {}, parent_id=middle.id)
        settle()
        say(low, cast["report"], 70)
        assert pass_days(25) == {}
        assert {goal.status for goal in (top, middle, low)} == {"at_risk"}

    def test_a_goal_that_was_closed_early(self, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        say(goal, cast["report"], 70)
        goal.state = "closed"
        standing.refresh([goal.id], today())
        assert pass_days(25) == {}

    def test_a_draft_is_no_fault(self, cast: dict[str, Person]) -> None:
        make_goal(
            cast["report"], running_cycle(starts_on=today(), ends_on=today() + timedelta(days=60)), {}, state="draft"
        )
        settle()
        assert pass_days(8) == {}


class TestTogether:
    """Two write at the same time. SQLite lets them in one by one; there is no waiting to be tried there."""

    @pytest.fixture
    def engine(self) -> str:
        return "postgresql"

    def meanwhile(self, work: Callable[[], Any]) -> Any:
        """Runs the work while the test's own transaction is still open, then commits it; the work's answer."""
        with ThreadPoolExecutor(1) as pool:
            answer: Future[Any] = pool.submit(work)
            sleep(MEANWHILE)
            db.session.commit()
            return answer.result(20)

    def test_supporters_in_two_cycles(self, app: Flask, cast: dict[str, Person]) -> None:
        parent = make_goal(cast["manager"], running_cycle(code="Y"), progress_from="supporting")
        one, other = (make_goal(cast["report"], running_cycle(code=code), {}, parent_id=parent.id) for code in "AB")
        settle()
        assert self.meanwhile(self.sending(app, one, other, cast["report"])) == 200
        assert wrong() == []

    def test_a_goal_and_what_it_takes_progress_from(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        parent = make_goal(cast["manager"], cycle, {}, progress_from="both")
        one = make_goal(cast["report"], cycle, {}, parent_id=parent.id)
        settle()
        assert self.meanwhile(self.sending(app, one, parent, cast["manager"])) == 200
        assert wrong() == []

    def test_the_day_is_settled_meanwhile(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        goal.turns_on = today()
        db.session.commit()

        def work() -> None:
            with app.app_context():
                standing.settle(today())
                db.session.commit()

        say(goal, cast["report"], 40)
        self.meanwhile(work)
        assert wrong() == []

    def test_of_two_forms_of_the_same_state_one_is_refused(self, app: Flask, cast: dict[str, Person]) -> None:
        measure = make_goal(cast["report"], running_cycle(), {}).measures[0]
        settle()
        clients = [signed_in(app, cast[who]) for who in ("report", "manager")]
        address, barrier = f"/measures/{measure.id}/check-in", Barrier(2)
        forms = [form_of(client, measure) | {"value": "40"} for client in clients]
        db.session.commit()

        def send(which: int) -> int:
            barrier.wait()
            return clients[which].post(address, data=forms[which], headers=HTMX).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(send, range(2))) == [200, 409]

    def test_a_goal_that_ends_meanwhile_takes_no_more(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        client, measure = signed_in(app, cast["report"]), goal.measures[0]
        form, address = form_of(client, measure) | {"value": "60"}, f"/measures/{measure.id}/check-in"
        db.session.commit()
        hold_goals([goal.id])
        goal.state = "closed"
        db.session.flush()
        assert self.meanwhile(lambda: client.post(address, data=form, headers=HTMX).status_code) == 403
        assert db.session.scalars(select(CheckIn)).all() == []

    def sending(self, app: Flask, first: Goal, then: Goal, by: Person) -> Callable[[], int]:
        """Checks in on the first goal, uncommitted; what sends a check-in on the other one."""
        client, measure = signed_in(app, by), then.measures[0]
        form, address = form_of(client, measure) | {"value": "60"}, f"/measures/{measure.id}/check-in"
        db.session.commit()
        say(first, first.owner, 40)
        return lambda: client.post(address, data=form, headers=HTMX).status_code
