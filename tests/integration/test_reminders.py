"""One click reminds who owes a check-in: by those who may, once a day, never oneself."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.queries.meeting import find
from goalsite.queries.viewer import viewer_for
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    """The report and the outsider owe a check-in; the peer and the director do too, of goals of their own."""
    cast = family()
    cycle = running_cycle()
    for who in ("report", "peer", "outsider", "director"):
        make_goal(cast[who], cycle, {}, title=f"Việc của {who}")
    settle()
    return cast


def told() -> list[tuple[int, int | None]]:
    return sorted((one.person_id, one.actor_id) for one in db.session.query(Notification).filter_by(kind="remind"))


def said(app: Flask, by: Person, path: str) -> str:
    browser = signed_in(app, by)
    answer = browser.post(path, headers=ENGLISH)
    assert answer.status_code == 303, answer.status_code
    return str(browser.get(answer.location, headers=ENGLISH).text)


class TestOne:
    def test_is_told_by_whom_and_where_to_check_in(self, app: Flask, cast: dict[str, Person]) -> None:
        report, manager = cast["report"], cast["manager"]
        assert "Nguyễn Minh Anh is reminded." in said(app, manager, f"/members/{report.id}/remind")
        assert told() == [(report.id, manager.id)]
        page = signed_in(app, report).get("/notifications", headers=ENGLISH).text
        assert "Trần Thu Hà reminds you to check in" in page
        assert "/checkins?cycle=NOW" in page
        row = db.session.query(AuditRow).filter_by(action="remind").one()
        assert row.after == {"people": [report.email]}

    def test_once_a_day_and_says_so(self, app: Flask, cast: dict[str, Person]) -> None:
        report, manager = cast["report"], cast["manager"]
        path = f"/members/{report.id}/remind"
        said(app, manager, path)
        assert "You have reminded Nguyễn Minh Anh today already." in said(app, manager, path)
        said(app, cast["hr"], path)
        assert told() == sorted([(report.id, manager.id), (report.id, cast["hr"].id)])
        assert db.session.query(AuditRow).filter_by(action="remind").count() == 2
        for one in db.session.query(Notification):
            one.at -= timedelta(days=1)
        assert "is reminded" in said(app, manager, path)

    @pytest.mark.parametrize(
        ("by", "whom", "status"),
        [
            ("report", "peer", 403),
            ("outsider", "report", 403),
            ("report", "report", 403),
            ("director", "director", 403),
            ("hr", "hr", 403),
            ("report", "manager", 403),
            ("director", "report", 303),
            ("hr", "outsider", 303),
        ],
    )
    def test_only_by_those_who_may(self, app: Flask, cast: dict[str, Person], by: str, whom: str, status: int) -> None:
        assert signed_in(app, cast[by]).post(f"/members/{cast[whom].id}/remind").status_code == status
        assert len(told()) == (status == 303)

    def test_nobody_there(self, app: Flask, cast: dict[str, Person]) -> None:
        assert signed_in(app, cast["hr"]).post("/members/9999/remind").status_code == 404

    def test_who_owes_nothing_is_left_alone(self, app: Flask, cast: dict[str, Person]) -> None:
        assert "owes no check-in now" in said(app, cast["director"], f"/members/{cast['manager'].id}/remind")
        db.session.query(Cycle).update({"state": "closed"})
        assert "owes no check-in now" in said(app, cast["hr"], f"/members/{cast['report'].id}/remind")
        assert told() == []

    def test_goes_back_to_this_site_only(self, app: Flask, cast: dict[str, Person]) -> None:
        browser = signed_in(app, cast["hr"])
        path = f"/members/{cast['report'].id}/remind?next="
        assert browser.post(f"{path}/members?page=2").location == "/members?page=2"
        assert browser.post(f"{path}https://elsewhere.example/").location == "/"


class TestAll:
    def test_of_the_unit_whom_one_may_and_who_has_not_been(self, app: Flask, cast: dict[str, Person]) -> None:
        manager, unit = cast["manager"], cast["report"].unit
        assert unit is not None
        said(app, manager, f"/members/{cast['peer'].id}/remind")
        assert "1 person is reminded." in said(app, manager, f"/units/{unit.id}/remind")
        assert told() == sorted((cast[who].id, manager.id) for who in ("peer", "report"))
        assert "Nobody is left to remind" in said(app, manager, f"/units/{unit.id}/remind")

    def test_the_units_below_count_and_oneself_never(self, app: Flask, cast: dict[str, Person]) -> None:
        director = cast["director"]
        assert director.unit is not None
        path = f"/units/{director.unit.id}/remind"
        assert "Nobody is left" in said(app, director, f"{path}?below=0")
        assert "3 people are reminded." in said(app, director, path)
        assert (director.id, director.id) not in told()
        row = db.session.query(AuditRow).filter_by(action="remind").one()
        assert sorted(row.after["people"]) == sorted(cast[who].email for who in ("report", "peer", "outsider"))  # type: ignore[index]

    def test_not_where_one_may_remind_nobody(self, app: Flask, cast: dict[str, Person]) -> None:
        other = cast["outsider"].unit
        assert other is not None
        assert signed_in(app, cast["manager"]).post(f"/units/{other.id}/remind").status_code == 403
        assert signed_in(app, cast["report"]).post(f"/units/{cast['report'].unit_id}/remind").status_code == 403
        assert signed_in(app, cast["hr"]).post("/units/9999/remind").status_code == 404
        assert told() == []
        assert find(viewer_for(cast["hr"]), other.id) is not None


class TestButtons:
    @pytest.mark.parametrize("path", ["/overview", "/members"])
    def test_are_there_for_those_who_may(self, app: Flask, cast: dict[str, Person], path: str) -> None:
        page = signed_in(app, cast["manager"]).get(path, headers=ENGLISH).text
        assert page.count("/members/") >= 2
        assert f"/members/{cast['report'].id}/remind" in page
        assert f"/members/{cast['outsider'].id}/remind" not in page
        assert "Remind all 2 people" in page
        assert "/remind" not in signed_in(app, cast["report"]).get(path, headers=ENGLISH).text
        signed_in(app, cast["manager"]).post(f"/members/{cast['report'].id}/remind")
        page = signed_in(app, cast["manager"]).get(path, headers=ENGLISH).text
        assert "reminded today" in page
        assert f"/members/{cast['report'].id}/remind" not in page
