"""Talking about a goal: who may, who hears of it, and that nothing is said twice."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.search_words import refresh_words
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import AuditRow, Notification
from goalsite.models_follow import Comment
from goalsite.queries.company import now, today
from tests.cast import join, signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

HTMX = {"HX-Request": "true", "Accept-Language": "en"}
KEY = "k" * 24


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    people = family()
    for name, person in people.items():
        person.email = person.email_key = f"{name}@x.vn"
    return people


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    made = make_goal(cast["report"], running_cycle(), {}, visibility="restricted")
    settle()
    return made


def say(app: Flask, person: Person, goal: Goal, body: str, key: str = "", **headers: str) -> Any:
    data = {"body": body, "form_key": key}
    return signed_in(app, person).post(f"/goals/{goal.id}/comments", data=data, headers=headers)


def told() -> set[tuple[int, str]]:
    return {(row.person_id, row.kind) for row in db.session.query(Notification)}


class TestCreate:
    def test_without_script_it_leads_back_to_the_comment(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = say(app, cast["manager"], goal, " Cố lên!\r\nNhé. ")
        kept = db.session.query(Comment).one()
        assert answer.status_code == 303
        assert answer.location == f"/goals/{goal.id}#comment-{kept.id}"
        assert (kept.body, kept.author_id) == ("Cố lên!\nNhé.", cast["manager"].id)
        assert [row.action for row in db.session.query(AuditRow)] == ["comment"]

    def test_with_htmx_the_conversation_comes_back_with_an_empty_form(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        text = say(app, cast["report"], goal, "Đã **xong** <b>rồi</b>", **HTMX).text
        assert 'id="goal-conversation"' in text
        assert "<html" not in text
        assert "Đã <strong>xong</strong> &lt;b&gt;rồi&lt;/b&gt;" in text
        assert text.count("xong") == 1

    def test_the_owner_and_those_named_hear_of_it(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        say(app, cast["manager"], goal, "@hr@x.vn @director @report @manager @outsider @peer @nobody xem giúp")
        seers = {(cast[name].id, "mention") for name in ("hr", "director", "report")}
        assert told() == seers, "the owner once, the author never, nobody who may not see the goal"

    def test_a_name_written_out_names_its_only_bearer(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = say(app, cast["report"], goal, "@Trần Thu Hà ơi, @Lê Quang Vinh và @Bùi Thanh Tâm", **HTMX).text
        assert told() == {(cast["manager"].id, "mention"), (cast["director"].id, "mention")}
        assert "@Trần Thu Hà</" in text
        join("Trần Thu Hà", email="ha2@x.vn")
        db.session.commit()
        say(app, cast["report"], goal, "@Trần Thu Hà nào?")
        assert len(db.session.query(Notification).all()) == 2

    def test_who_may_not_see_the_goal_is_words_and_the_author_is_told(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        text = say(
            app, cast["manager"], goal, "@outsider và @Võ Khánh Linh, @director, @outsider xem giúp", **HTMX
        ).text
        assert "Bùi Thanh Tâm, Võ Khánh Linh may not see this goal and were not told." in text
        assert "@outsider và @Võ Khánh Linh, <" in text
        assert text.count('class="mention"') == 1
        assert told() == {(cast["director"].id, "mention"), (cast["report"].id, "comment")}
        assert "were not told" not in signed_in(app, cast["director"]).get(f"/goals/{goal.id}", headers=HTMX).text
        client = signed_in(app, cast["manager"])
        client.post(f"/goals/{goal.id}/comments", data={"body": "@peer nhé"})
        assert "Võ Khánh Linh không xem được mục tiêu này" in client.get(f"/goals/{goal.id}").text

    def test_the_longest_name_that_is_known_is_the_one_meant(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        other = join("Trần Thu", email="tt@x.vn", unit=cast["manager"].unit)
        goal.visibility = "public"
        db.session.commit()
        say(app, cast["report"], goal, "@Trần Thu Hà ơi")
        assert told() == {(cast["manager"].id, "mention")}
        assert other.id not in {who for who, _ in told()}

    def test_the_owner_hears_of_any_comment_but_their_own(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        say(app, cast["report"], goal, "Tự nhủ")
        assert told() == set()
        say(app, cast["manager"], goal, "Cố lên")
        assert told() == {(cast["report"].id, "comment")}

    def test_sent_twice_it_is_said_once(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        first = say(app, cast["manager"], goal, "Một lần", KEY)
        again = say(app, cast["manager"], goal, "Một lần", KEY)
        assert first.location == again.location
        assert db.session.query(Comment).count() == 1
        assert len(told()) == 1

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_what_cannot_be_kept_comes_back(
        self, app: Flask, cast: dict[str, Person], goal: Goal, headers: dict[str, str]
    ) -> None:
        for body in ("   ", "dài " * 2000, "có \x00 trong"):
            answer = say(app, cast["manager"], goal, body, **headers)
            assert answer.status_code == 422
            assert 'aria-invalid="true"' in answer.text
            assert body.strip("\x00 ")[:20].split("\x00")[0].strip() in answer.text
        assert db.session.query(Comment).count() == 0

    def test_who_may_not_see_the_goal_finds_nothing(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        for who in ("peer", "outsider"):
            assert say(app, cast[who], goal, "x").status_code == 404
        assert db.session.query(Comment).count() == 0

    def test_a_closed_cycle_is_silent(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.cycle.state = "closed"
        db.session.commit()
        assert say(app, cast["report"], goal, "x").status_code == 403
        assert "<textarea" not in signed_in(app, cast["report"]).get(f"/goals/{goal.id}").text

    @pytest.mark.parametrize(
        "body",
        [
            "'; DROP TABLE comments; --",
            "{{ 7*7 }}",
            "%s %(x)s %%",
            "\u202eđảo",
            "😀" * 50,
            "@" * 500,
            "[" * 2000,
            "\\" * 99,
        ],
    )
    def test_nasty_text_is_kept_as_it_is(self, app: Flask, cast: dict[str, Person], goal: Goal, body: str) -> None:
        assert say(app, cast["report"], goal, body).status_code == 303
        assert db.session.query(Comment).one().body == body
        assert signed_in(app, cast["report"]).get(f"/goals/{goal.id}").status_code == 200


class TestMentions:
    """Whom one may name, offered while one types."""

    @pytest.fixture(autouse=True)
    def words(self, cast: dict[str, Person]) -> None:
        refresh_words("person", [person.id for person in cast.values()])
        db.session.commit()

    def offered(self, app: Flask, person: Person, goal: Goal, typed: str) -> list[str]:
        there = f"/goals/{goal.id}/mentions"
        return re.findall(
            'data-mention="([^"]*)"', signed_in(app, person).get(there, query_string={"typed": typed}).text
        )

    def test_by_any_words_of_the_name_without_accents(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        goal.visibility = "public"
        cast["peer"].email_key = "linh@other.vn"
        db.session.commit()
        assert self.offered(app, cast["report"], goal, "ha tr") == ["manager"]
        assert self.offered(app, cast["report"], goal, "Khánh li") == ["linh@other.vn"]
        cast["hr"].title = cast["director"].title = "Thư ký"
        db.session.commit()
        found = self.offered(app, cast["report"], goal, "thu")
        assert found == ["manager", "hr", "director"], "the name before the position"
        assert self.offered(app, cast["report"], goal, "nguyen") == [], "never oneself"
        for nothing in ("", "   ", "%", "xyz", "đ" * 5000):
            assert self.offered(app, cast["report"], goal, nothing) == []

    def test_only_who_may_see_the_goal_and_is_still_here(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert self.offered(app, cast["report"], goal, "t") == ["manager", "hr"]
        goal.visibility = "internal"
        db.session.commit()
        assert self.offered(app, cast["report"], goal, "v") == ["peer", "director"]
        cast["peer"].left_on, cast["director"].disabled_at = today() - timedelta(days=1), now()
        db.session.commit()
        assert self.offered(app, cast["report"], goal, "v") == []

    def test_is_not_found_by_who_may_not_see_it(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert signed_in(app, cast["outsider"]).get(f"/goals/{goal.id}/mentions?typed=a").status_code == 404
