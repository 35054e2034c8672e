"""The bell: mine alone, about goals I may see, read when I say so."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import goalsite
from goalsite.actions.acknowledge import acknowledge
from goalsite.actions.check_in import Reported, check_in
from goalsite.actions.comment import comment
from goalsite.domain.terms import TOPICS
from goalsite.extensions import db
from goalsite.forms.auth import Notices
from goalsite.models import GoalFollower, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import CheckIn
from goalsite.queries.company import company, now, today
from goalsite.queries.records import measure_facts
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


class TestHears:
    """Who is told of what."""

    def test_a_goal_that_is_hidden_by_now_is_not_counted_either(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, title="Việc kín")
        settle()
        tell(cast["outsider"], goal_id=goal.id, actor_id=cast["manager"].id)
        browser = signed_in(app, cast["outsider"])
        assert "Notifications, 1 unread" in browser.get("/account", headers=ENGLISH).text
        goal.visibility = "restricted"
        db.session.commit()
        page = browser.get("/account", headers=ENGLISH).text
        assert "unread" not in page
        assert 'class="dot"' not in page

    def test_who_is_to_move_what_is_in_the_way_and_the_manager(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, title="Việc vướng")
        settle()
        measure = goal.measures[0]
        mover = cast["peer"]
        facts = measure_facts(measure, goal, goal.cycle, company(), (), ())
        said = Reported(
            today(), Decimal(5), confidence="off_track", blocker="resource", mover_id=mover.id, next_step="Gọi khách"
        )
        check_in(measure, facts, cast["report"], said, now(), today())
        db.session.commit()
        check_in(measure, facts, cast["report"], said, now(), today())
        db.session.commit()
        heard = db.session.query(Notification).filter_by(kind="blocker").all()
        assert sorted(one.person_id for one in heard) == sorted([mover.id, cast["manager"].id])
        page = signed_in(app, mover).get("/notifications", headers=ENGLISH).text
        assert "Nguyễn Minh Anh says what is in the way of a goal" in page

    def test_followers_of_a_comment_and_whose_check_in_was_seen(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, title="Việc theo dõi")
        db.session.add_all(GoalFollower(goal_id=goal.id, person_id=cast[who].id) for who in ("outsider", "peer"))
        settle()
        comment(goal, cast["peer"], "Xong rồi", now())
        one = CheckIn(
            measure_id=goal.measures[0].id, entered_at=now(), on=today(), value=Decimal(1), author_id=cast["report"].id
        )
        db.session.add(one)
        db.session.flush()
        assert acknowledge(one, cast["manager"], now())
        assert not acknowledge(one, cast["director"], now())
        db.session.commit()
        kinds = sorted((note.kind, note.person_id) for note in db.session.query(Notification))
        report = cast["report"].id
        assert kinds == [("acknowledged", report), ("comment", report), ("follow", cast["outsider"].id)]
        page = signed_in(app, cast["report"]).get("/notifications", headers=ENGLISH).text
        assert "Trần Thu Hà has seen your check-in" in page

    def test_every_kind_there_are_words_for_can_be_switched_off(self) -> None:
        words = (Path(goalsite.__file__).parent / "templates/notifications/show.html").read_text("utf-8")
        named = set(re.findall(r'one\.kind == "(\w+)"', words))
        assert named == {kind for kinds in TOPICS.values() for kind in kinds}
        assert set(TOPICS) <= set(Notices.__dict__)


class TestSwitches:
    def test_a_topic_switched_off_neither_shows_nor_counts(self, app: Flask, cast: dict[str, Person]) -> None:
        tell(cast["report"], actor_id=cast["manager"].id)
        browser = signed_in(app, cast["report"])
        page = browser.get("/account", headers=ENGLISH).text
        assert "Notifications, 1 unread" in page
        assert page.count('name="notices-') == page.count("checked ") + 2
        on = {f"notices-{topic}": "y" for topic in TOPICS if topic != "mention"}
        assert browser.post("/account/save-notices", data=on).status_code == 303
        page = browser.get("/notifications", headers=ENGLISH).text
        assert "named you" not in page
        assert "unread" not in page
        row = db.session.query(AuditRow).filter_by(action="save_notices").one()
        assert (row.before, row.after) == ({"off": []}, {"off": ["mention"]})
        browser.post("/account/save-notices", data=on)
        assert db.session.query(AuditRow).filter_by(action="save_notices").count() == 1
        browser.post("/account/save-notices", data=on | {"notices-mention": "y"})
        assert "Trần Thu Hà named you" in browser.get("/notifications", headers=ENGLISH).text

    def test_others_are_not_concerned(self, app: Flask, cast: dict[str, Person]) -> None:
        tell(cast["peer"], actor_id=cast["manager"].id)
        signed_in(app, cast["report"]).post("/account/save-notices", data={})
        assert "named you" in signed_in(app, cast["peer"]).get("/notifications", headers=ENGLISH).text
