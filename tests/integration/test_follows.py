"""Following a goal from its page."""

from typing import Any

from flask import Flask

from goalsite.extensions import db
from goalsite.models import Goal, GoalFollower
from goalsite.models_accounts import AuditRow
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle


def followers(goal: Goal) -> list[int]:
    return [one for (one,) in db.session.query(GoalFollower.person_id).filter_by(goal_id=goal.id)]


class TestChange:
    def test_once_and_no_more(self, app: Flask, db_session: Any) -> None:
        cast = family()
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        client = signed_in(app, cast["outsider"])
        before = db.session.query(AuditRow).count()
        assert f"/goals/{goal.id}/follow" in client.get(f"/goals/{goal.id}").text
        for _ in range(2):
            assert client.post(f"/goals/{goal.id}/follow").status_code == 303
        assert followers(goal) == [cast["outsider"].id]
        assert db.session.query(AuditRow).count() == before + 1
        assert f"/goals/{goal.id}/unfollow" in client.get(f"/goals/{goal.id}").text
        client.post(f"/goals/{goal.id}/unfollow")
        assert followers(goal) == []

    def test_a_comment_is_heard_of(self, app: Flask, db_session: Any) -> None:
        cast = family()
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        follower = signed_in(app, cast["outsider"])
        follower.post(f"/goals/{goal.id}/follow")
        signed_in(app, cast["manager"]).post(f"/goals/{goal.id}/comments", data={"body": "Tuần sau nói tiếp nhé"})
        assert goal.title in follower.get("/notifications").text

    def test_what_only_followers_see_is_left_behind(self, app: Flask, db_session: Any) -> None:
        cast = family()
        goal = make_goal(cast["report"], running_cycle(), {}, visibility="restricted", followers=[cast["outsider"]])
        settle()
        client = signed_in(app, cast["outsider"])
        answer = client.post(f"/goals/{goal.id}/unfollow")
        assert answer.headers["Location"] == "/"
        assert client.post(f"/goals/{goal.id}/follow").status_code == 404

    def test_the_owner_needs_no_button(self, app: Flask, db_session: Any) -> None:
        cast = family()
        goal = make_goal(cast["report"], running_cycle(), {})
        settle()
        assert "/follow" not in signed_in(app, cast["report"]).get(f"/goals/{goal.id}").text
