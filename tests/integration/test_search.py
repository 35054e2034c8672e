"""Search: by words without accents, in any order, and never what the reader may not see."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

from goalsite.actions.search_words import refresh_words
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, SearchWord, Unit
from goalsite.queries.check import differences
from goalsite.queries.company import today
from goalsite.queries.search import FEW, MOST, PAGE, Found, search
from goalsite.queries.search_words import stale_words
from goalsite.queries.viewer import viewer_for
from tests.cast import join, signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle

ENGLISH = {"Accept-Language": "en"}
PIECE = {"HX-Request": "true", **ENGLISH}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


def titles(found: Found, kind: str) -> list[str]:
    return [row.title for hits in found.hits if hits.kind == kind for row in hits.rows]


def goals_for(person: Person, text: str) -> list[str]:
    return titles(search(viewer_for(person), text), "goal")


class TestWords:
    @pytest.mark.parametrize("text", ["muc tieu", "MỤC TIÊU", "tieu muc", "doanh tieu", "tiêu do", "tieu tieu dOANh"])
    def test_all_occur_whatever_accents_case_and_order(self, cast: dict[str, Person], text: str) -> None:
        make_goal(cast["report"], running_cycle(), title="Mục tiêu doanh thu")
        assert goals_for(cast["report"], text) == ["Mục tiêu doanh thu"]

    @pytest.mark.parametrize("text", ["muc tieu quy", "mu doanh", "oanh", "muctieu", "%", "mục_"])
    def test_one_that_does_not_occur_finds_nothing(self, cast: dict[str, Person], text: str) -> None:
        make_goal(cast["report"], running_cycle(), title="Doanh thu, mục tiêu")
        expected = ["Doanh thu, mục tiêu"] if text == "mục_" else []
        assert goals_for(cast["report"], text) == expected

    def test_whole_words_come_first_then_the_latest(self, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        for title in ("Thu trước", "Thuê nhà", "Thu sau"):
            make_goal(cast["report"], cycle, title=title)
        assert goals_for(cast["report"], "thu") == ["Thu sau", "Thu trước", "Thuê nhà"]

    def test_a_thing_with_several_such_words_stands_there_once(self, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], running_cycle(), title="Thu thuê thuế thư")
        assert goals_for(cast["report"], "thu") == ["Thu thuê thuế thư"]

    def test_each_kind_is_found(self, cast: dict[str, Person]) -> None:
        make_goal(cast["report"], running_cycle(), {"title": "Số đơn hàng A"}, title="Việc A", code="VIEC-7")
        found = search(viewer_for(cast["report"]), "a")
        assert found.too_short
        db.session.add(Unit(code="DON", name="Đơn vị bán lẻ", parent=cast["report"].unit))
        join("Lý Thị Đơn", title="Nhân viên", email="don.ly@x.vn")
        found = search(viewer_for(cast["report"]), "don")
        assert [(hits.kind, hits.in_all) for hits in found.hits] == [("measure", 1), ("person", 1), ("unit", 1)]
        assert goals_for(cast["report"], "viec 7") == ["Việc A"]
        assert [hits.kind for hits in search(viewer_for(cast["report"]), "don.ly@x.vn").hits] == ["person"]


class TestRights:
    def test_what_may_not_be_seen_is_neither_found_nor_counted(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        make_goal(cast["report"], cycle, {"title": "Lương thưởng riêng"}, title="Lương kín", visibility="restricted")
        make_goal(cast["report"], cycle, title="Lương chung")
        settle()
        assert goals_for(cast["outsider"], "luong") == ["Lương chung"]
        page = signed_in(app, cast["outsider"]).get("/search?q=luong", headers=ENGLISH).text
        assert "Lương kín" not in page
        assert "Lương thưởng" not in page
        assert '<small class="end num">1</small>' in page
        assert '<small class="end num">2</small>' in signed_in(app, cast["manager"]).get("/search?q=luong").text
        piece = signed_in(app, cast["outsider"]).get("/search/suggestions?q=luong", headers=PIECE).text
        assert "Lương chung" in piece
        assert "Lương kín" not in piece
        assert "Lương thưởng" not in piece


class TestShow:
    def test_a_few_of_each_and_all_in_pages(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        for number in range(PAGE + 3):
            make_goal(cast["report"], cycle, title=f"Việc {number}")
        settle()
        browser = signed_in(app, cast["peer"])
        page = browser.get("/search?q=viec", headers=ENGLISH).text
        assert page.count("/goals/") == FEW
        assert f"All {PAGE + 3} goals" in page
        second = browser.get("/search?q=viec&kind=goal&page=2", headers=ENGLISH).text
        assert second.count("/goals/") == 3
        assert "Page 2 of 2" in second
        assert browser.get("/search?q=viec&kind=goal&page=99", headers=ENGLISH).text.count("/goals/") == 3

    def test_more_than_pages_are_good_for_says_so(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        goal = make_goal(cast["report"], cycle)
        for number in range(MOST + 5):
            db.session.add(Measure(goal_id=goal.id, code=f"X{number}", title=f"Bước {number}", place=number))
        settle()
        page = signed_in(app, cast["peer"]).get("/search?q=buoc&kind=measure&page=10", headers=ENGLISH).text
        assert f"more than {MOST}" in page
        assert "There are more. Add a word" in page

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ("", "What are you looking for?"),
            ("?q=x", "Two letters at least"),
            ("?q=%20@", "Two letters at least"),
            ("?q=kh%C3%B4ng+c%C3%B3", "Nothing found for “không có”"),
            ("?q=%ED%A0%80abc", "Nothing found"),
            ("?q=%27%22%3Cb%3E&kind=x&page=-1", "Two letters at least"),
            ("?q=" + "x" * 5000, "Nothing found"),
            ("?q=" + "+".join(["ab", "cd", "ef", "gh"] * 20), "Nothing found"),
        ],
    )
    def test_nothing_says_why(self, app: Flask, cast: dict[str, Person], asked: str, said: str) -> None:
        answer = signed_in(app, cast["report"]).get(f"/search{asked}", headers=ENGLISH)
        assert (answer.status_code, said in answer.text) == (200, True)

    def test_a_piece_for_htmx_and_the_page_for_a_browser(self, app: Flask, cast: dict[str, Person]) -> None:
        browser = signed_in(app, cast["report"])
        assert "<html" not in browser.get("/search?q=phong", headers=PIECE).text
        assert browser.get("/search/suggestions?q=phong").location == "/search?q=phong"
        assert "Phòng A" in browser.get("/search/suggestions?q=phong", headers=PIECE).text


class TestInStep:
    """What a thing was called finds it no longer, in the same transaction."""

    def test_with_what_is_renamed_or_deleted(self, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), title="Tên cũ")
        goal.title = "Danh xưng"
        db.session.flush()
        assert goals_for(cast["report"], "ten cu") == []
        assert goals_for(cast["report"], "danh xung") == ["Danh xưng"]
        measure = Measure(goal_id=goal.id, code="M9", title="Tạm bợ", place=9)
        db.session.add(measure)
        db.session.flush()
        assert titles(search(viewer_for(cast["report"]), "tam bo"), "measure") == ["Tạm bợ"]
        db.session.delete(measure)
        db.session.flush()
        assert db.session.query(SearchWord).filter_by(kind="measure", thing_id=measure.id).count() == 0
        db.session.rollback()
        assert goals_for(cast["report"], "danh xung") == []

    def test_with_a_person_changed(self, cast: dict[str, Person]) -> None:
        person = join("Phan Văn Cũ")
        person.name = "Phan Văn Mới"
        db.session.flush()
        found = search(viewer_for(cast["report"]), "phan moi").hits
        assert [row.name for row in found[0].rows] == ["Phan Văn Mới"]
        assert search(viewer_for(cast["report"]), "phan cu").hits == []

    def test_check_names_what_differs(self, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), title="Đúng tên")
        settle()
        assert list(differences(today())) == []
        db.session.execute(update(Goal).where(Goal.id == goal.id).values(title="Sai tên"))
        db.session.execute(delete(SearchWord).where(SearchWord.kind == "unit", SearchWord.word == "b"))
        db.session.add(SearchWord(kind="person", thing_id=99_999, word="ai"))
        db.session.flush()
        said = {(one.what, str(one.stored), str(one.replayed)) for one in differences(today())}
        assert (f"goal {goal.id} words", "['dung']", "['sai']") in said
        assert ("person 99999 words", "['ai']", "[]") in said
        assert len(said) == 3
        refresh_words("goal", [goal.id])
        assert [one.thing_id for one in stale_words("goal")] == []
