"""The bell: mine alone, about goals I may see, read when I say so."""

from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Person
from goalsite.models_accounts import Notification
from goalsite.queries.company import now
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


def tell(person: Person, **facts: Any) -> Notification:
    one = Notification(person_id=person.id, **{"kind": "mention", "at": now(), "detail": {}, **facts})
    db.session.add(one)
    db.session.commit()
    return one


class TestShow:
    def test_mine_and_nobody_elses(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, title="Việc chung")
        settle()
        tell(cast["report"], goal_id=goal.id, actor_id=cast["manager"].id)
        assert "Trần Thu Hà named you" in signed_in(app, cast["report"]).get("/notifications", headers=ENGLISH).text
        assert "Việc chung" not in signed_in(app, cast["peer"]).get("/notifications", headers=ENGLISH).text

    def test_a_goal_that_may_no_longer_be_seen_is_gone(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, title="Việc kín", visibility="restricted")
        settle()
        tell(cast["outsider"], goal_id=goal.id, actor_id=cast["manager"].id)
        assert "Việc kín" not in signed_in(app, cast["outsider"]).get("/notifications").text


class TestRead:
    def test_it_reads_mine_only(self, app: Flask, cast: dict[str, Person]) -> None:
        mine, other = tell(cast["report"]), tell(cast["peer"])
        assert signed_in(app, cast["report"]).post("/notifications/read").status_code == 303
        assert db.session.get_one(Notification, mine.id).read_at is not None
        assert db.session.get_one(Notification, other.id).read_at is None
