"""A unit's meeting: what it speaks about, who may look and write, and that nobody writes over another's words."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Action, Blocker, Change, CheckIn, Note
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    """A goal of the report's, reported three days ago, far behind."""
    goal = make_goal(cast["report"], running_cycle(), {}, title="Mục tiêu chậm")
    said = {"on": days_ago(3), "entered_at": now() - timedelta(days=3), "value": Decimal(5)}
    db.session.add(CheckIn(measure_id=goal.measures[0].id, author_id=goal.owner_id, **said))
    settle()
    return goal


def address(goal: Goal, **asked: str) -> str:
    words = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/units/{goal.unit_id}/meeting" + (f"?{words}" if words else "")


def page(client: FlaskClient, goal: Goal, **asked: str) -> str:
    answer = client.get(address(goal, **asked))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def part(text: str, title: str) -> str:
    """The section of the page under that title."""
    return text[text.index(f"<h2>{title}") :].split("</section>")[0]


def form_of(text: str) -> dict[str, str]:
    form = text[text.index('id="notes"') :]
    return dict(re.findall(r'name="(form_key|version|was)"[^>]*value="([^"]*)"', form)) | {"held_on": str(today())}


class TestShow:
    def test_names_what_is_behind_and_what_has_moved(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = page(signed_in(app, cast["manager"]), goal)
        assert goal.title in part(text, "Có rủi ro hoặc chậm")
        moved = part(text, "Đã thay đổi từ")
        assert goal.title in moved
        assert "+5" in moved

    def test_says_by_how_many_points_since_the_day_asked_for(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        said = {"on": days_ago(1), "entered_at": now() - timedelta(days=1), "value": Decimal(9)}
        db.session.add(CheckIn(measure_id=goal.measures[0].id, author_id=goal.owner_id, **said))
        settle()
        moved = part(page(signed_in(app, cast["manager"]), goal, since=str(days_ago(2))), "Đã thay đổi từ")
        assert "+4" in moved

    def test_a_day_before_all_records_is_no_fault(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        for day in ("0001-01-01", "9999-12-31"):
            assert signed_in(app, cast["manager"]).get(f"/units/{goal.unit_id}/meeting?since={day}").status_code == 200

    def test_what_moved_before_the_last_meeting_is_left_out(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        db.session.add(Note(unit_id=goal.unit_id, held_on=days_ago(1), body="Họp nhanh"))
        db.session.commit()
        text = page(signed_in(app, cast["manager"]), goal)
        assert goal.title not in part(text, "Đã thay đổi từ")
        assert goal.title in part(page(signed_in(app, cast["manager"]), goal, since=str(days_ago(5))), "Đã thay đổi từ")

    def test_what_came_on_the_day_of_the_meeting_counts(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        db.session.add(Note(unit_id=goal.unit_id, held_on=days_ago(3), body="Họp sáng, số liệu đến chiều"))
        db.session.commit()
        moved = part(page(signed_in(app, cast["manager"]), goal), "Đã thay đổi từ")
        assert goal.title in moved
        assert "+5" in moved

    def test_names_what_is_in_the_way_and_what_is_to_be_done(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        row = {"measure_id": goal.measures[0].id, "opened_on": days_ago(4), "kind": "dependency"}
        soon, later = today() + timedelta(days=2), today() + timedelta(days=20)
        db.session.add_all(
            [
                Blocker(next_step="Hỏi phòng B", owner_id=cast["manager"].id, **row),
                Blocker(**row | {"kind": "clarity", "next_step": "Chuyện đã gỡ", "closed_on": days_ago(1)}),
                Action(goal_id=goal.id, title="Việc quá hạn", due_on=days_ago(2)),
                Action(goal_id=goal.id, title="Việc sắp tới", due_on=soon, assignee_id=cast["peer"].id),
                Action(goal_id=goal.id, title="Việc tháng sau", due_on=later),
                Action(goal_id=goal.id, title="Việc đã xong", due_on=soon, done_on=today()),
            ]
        )
        db.session.commit()
        text = page(signed_in(app, cast["report"]), goal)
        assert [words in text for words in ("Hỏi phòng B", "Việc quá hạn", "Việc sắp tới")] == [True] * 3
        assert [words in text for words in ("Chuyện đã gỡ", "Việc tháng sau", "Việc đã xong")] == [False] * 3

    def test_names_what_says_on_track_but_is_not(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert goal.flagged
        assert goal.title in part(page(signed_in(app, cast["manager"]), goal), "Báo tốt nhưng số liệu không như vậy")

    def test_says_which_key_result_says_so_and_its_numbers(self, app: Flask, cast: dict[str, Person]) -> None:
        slow, fine = {"title": "Doanh thu"}, {"title": "Khách mới"}
        goal = make_goal(cast["report"], running_cycle(), slow, fine, title="Hai việc")
        for measure, value in zip(goal.measures, (5, 90), strict=True):
            said = {"on": days_ago(3), "entered_at": now() - timedelta(days=3), "value": Decimal(value)}
            db.session.add(CheckIn(measure_id=measure.id, author_id=goal.owner_id, **said))
        settle()
        flagged = part(page(signed_in(app, cast["manager"]), goal), "Báo tốt nhưng số liệu không như vậy")
        words = "Doanh thu: báo “Tốt”; đang ở 5 (Ít nhất 100), đạt 5 % trong khi lẽ ra phải"
        assert words in flagged.replace("\xa0", " ")
        assert "Khách mới" not in flagged

    def test_lists_what_was_changed_since_with_its_reason(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        said = {"goal_id": goal.id, "by_id": cast["report"].id, "why": "Thị trường khác đi"}
        old = Change(at=now() - timedelta(days=30), field="weight", old="1", new="2", **said | {"why": "Chuyện cũ"})
        new = Change(at=now(), field="target", old="10", new="8", measure_id=goal.measures[0].id, **said)
        decided = Change(at=now(), field="evaluator", old="", new="Ai đó", **said)
        db.session.add_all([old, new, decided])
        db.session.commit()
        text = page(signed_in(app, cast["manager"]), goal)
        changed = part(text, "Số liệu và thời hạn đã sửa từ")
        assert '<s class="quiet">10</s> → <b>8</b>' in changed
        assert "Thị trường khác đi" in changed
        assert "Chuyện cũ" not in changed
        assert "Ai đó" not in changed
        goal.visibility = "restricted"
        db.session.commit()
        assert "Thị trường khác đi" not in page(signed_in(app, cast["peer"]), goal)

    def test_offers_to_remind_who_is_silent(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        make_goal(cast["peer"], goal.cycle, {}, title="Im lặng")
        settle()
        client = signed_in(app, cast["manager"])
        silent = part(page(client, goal), "Lâu chưa báo")
        there = re.search(rf'action="(/members/{cast["peer"].id}/remind[^"]*)"', silent)
        assert there
        answer = client.post(there[1].replace("&amp;", "&"))
        assert (answer.status_code, answer.location.split("?")[0]) == (303, f"/units/{goal.unit_id}/meeting")
        assert "đã nhắc hôm nay" in part(page(client, goal), "Lâu chưa báo")
        assert "/remind" not in page(signed_in(app, cast["report"]), goal)

    def test_on_paper_and_with_all_nothing_is_left_out(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        for count in range(17):
            make_goal(cast["peer"], goal.cycle, {}, title=f"Im lặng {count:02}")
        settle()
        client = signed_in(app, cast["manager"])
        silent = part(page(client, goal), "Lâu chưa báo")
        assert silent.count("Im lặng") == 17
        assert silent.count('<tr class="rest">') == 2
        there = re.search(r'<footer class="noprint"><a class="link" href="([^"]*)">Xem cả 17', silent)
        assert there
        everything = part(client.get(there[1].replace("&amp;", "&")).text, "Lâu chưa báo")
        assert everything.count("Im lặng") == 17
        assert "rest" not in everything
        assert "Xem cả" not in everything

    def test_is_not_found_by_who_does_not_belong(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert signed_in(app, cast["outsider"]).get(address(goal)).status_code == 404

    def test_shows_no_goal_that_may_not_be_seen(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.visibility = "restricted"
        db.session.commit()
        assert goal.title not in page(signed_in(app, cast["peer"]), goal)
        assert goal.title in page(signed_in(app, cast["manager"]), goal)

    def test_the_unit_above_sees_the_units_below(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = signed_in(app, cast["director"]).get(f"/units/{cast['director'].unit_id}/meeting")
        assert goal.title in answer.get_data(as_text=True)


class TestNote:
    def test_is_kept_with_its_day(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["manager"])
        sent = form_of(page(client, goal)) | {"body": "- **Hà** gọi phòng B"}
        assert client.post(address(goal), data=sent).status_code == 303
        assert "<strong>Hà</strong> gọi phòng B" in page(client, goal)
        assert [(row.action, row.object_id) for row in db.session.query(AuditRow)] == [
            ("note_meeting", str(goal.unit_id))
        ]

    def test_a_form_sent_twice_notes_once(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["manager"])
        sent = form_of(page(client, goal)) | {"body": "Một"}
        assert [client.post(address(goal), data=sent).status_code for _ in range(2)] == [303, 303]
        assert db.session.query(AuditRow).count() == 1

    def test_somebody_elses_words_are_not_written_over(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        first, second = signed_in(app, cast["manager"]), signed_in(app, cast["hr"])
        mine, theirs = form_of(page(first, goal)), form_of(page(second, goal))
        assert first.post(address(goal), data=mine | {"body": "Của Hà"}).status_code == 303
        answer = second.post(address(goal), data=theirs | {"body": "Của Nhung"})
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "Của Hà" in text
        assert "Của Nhung" in text
        # Seen, and meant all the same.
        assert second.post(address(goal), data=form_of(text) | {"body": "Của Nhung"}).status_code == 303
        assert db.session.query(Note).one().body == "Của Nhung"

    def test_of_a_day_to_come_is_refused_in_words(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["manager"])
        sent = form_of(page(client, goal)) | {"body": "x", "held_on": str(today() + timedelta(days=1))}
        answer = client.post(address(goal), data=sent)
        assert answer.status_code == 422
        assert "chưa diễn ra" in answer.get_data(as_text=True)

    def test_a_member_may_read_and_not_write(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["report"])
        assert '<form class="pad fields noprint"' not in page(client, goal)
        assert client.post(address(goal), data={"body": "x", "held_on": str(today())}).status_code == 403
