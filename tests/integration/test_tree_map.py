"""The drawn map: who supports whom, by level, as far as the reader may see it (rules §3, §8)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Goal, GoalLink, Person
from goalsite.views import tree_map
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle


class TestShow:
    @pytest.fixture(autouse=True)
    def _goals(self, app: Flask, db_session: Any) -> None:
        self.app, self.cast = app, family()
        for person in self.cast.values():
            person.locale = "en"
        self.cycle = running_cycle()
        self.top = self._goal("director", "Dẫn đầu ngành", scope="unit")
        self.middle = self._goal("manager", "Bán được nhiều hơn", parent=self.top, scope="unit")
        self.low = self._goal("report", "Gọi điện mỗi ngày", parent=self.middle)
        self.alone = self._goal("peer", "Không gắn với ai")

    def _goal(self, who: str, title: str, parent: Goal | None = None, **facts: Any) -> Goal:
        said = {"title": title, "parent_id": parent.id if parent else None} | facts
        return make_goal(self.cast[who], self.cycle, {"target": Decimal(100)}, **said)

    def _page(self, who: str = "director", path: str = "/tree/map") -> str:
        settle()
        answer = signed_in(self.app, self.cast[who]).get(path)
        assert answer.status_code == 200
        return answer.text

    def test_draws_what_hangs_together_and_leaves_out_what_stands_alone(self) -> None:
        page = self._page()
        assert page.count('class="box"') == 3
        assert page.count('class="own') == 2 + 2  # two lines, and two in the legend
        assert self.alone.title not in page

    @pytest.mark.parametrize("asked", ["unaligned=1", "text=khong gan", "status=not_started"])
    def test_draws_what_stands_alone_where_goals_are_asked_for(self, asked: str) -> None:
        settle()
        self.alone.status = "not_started"
        db.session.commit()
        answer = signed_in(self.app, self.cast["director"]).get(f"/tree/map?{asked}")
        page = answer.text
        assert self.alone.title in page
        assert "Goals that support nothing</text>" in page
        count = int(page.split('class="card statbar"')[1].split("<b>")[1].split("<")[0])
        assert page.count('class="box"') == 1 <= count
        assert "Nothing to draw" not in page

    def test_those_that_stand_alone_lie_in_rows_beside_each_other(self) -> None:
        for number in range(5):
            self._goal("peer", f"Một mình {number}")
        places = [
            tuple(float(number) for number in box)
            for box in re.findall(r'class="box" x="([\d.]+)" y="([\d.]+)"', self._page(path="/tree/map?unaligned=1"))
        ]
        assert len(places) == len(set(places)) == 6
        assert len({x for x, _ in places}) == 4
        assert len({y for _, y in places}) == 2

    def test_a_level_closes_what_is_below_and_says_how_many(self) -> None:
        page = self._page(path="/tree/map?levels=2")
        assert page.count('class="box"') == 2
        assert ">+1</text>" in page
        assert f"goal={self.middle.id}" in page.split('class="more')[1]

    def test_what_a_page_of_paper_cannot_show_is_printed_with_fewer_levels(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "printonly" not in self._page().split("mapcard")[1]
        monkeypatch.setattr(tree_map, "PAGE", 1)
        screen, paper = "pad map-scroll noprint", "pad printonly"
        page = self._page(path="/tree/map?levels=3").split("mapcard")[1]
        assert page.split(paper)[1].split(screen)[0].count('class="box"') == 1
        assert page.split(screen)[1].count('class="box"') == 3

    def test_a_branch_by_itself(self) -> None:
        page = self._page(path=f"/tree/map?goal={self.middle.id}")
        assert page.count('class="box"') == 2
        assert f"<title>{self.top.title}" not in page

    def test_a_goal_that_also_supports_another_is_joined_by_a_dashed_line(self) -> None:
        db.session.add(GoalLink(goal_id=self.low.id, parent_id=self.top.id))
        assert self._page().count('class="crosslink"') == 1 + 1

    def test_what_may_not_be_seen_is_not_drawn(self) -> None:
        self.middle.visibility = self.low.visibility = "restricted"
        page = self._page("outsider")
        assert self.middle.title not in page
        assert self.low.title not in page
        settle()
        client = signed_in(self.app, self.cast["outsider"])
        assert client.get(f"/tree/map?goal={self.middle.id}").status_code == 404

    def test_a_link_into_another_department_is_marked(self) -> None:
        self._goal("outsider", "Từ phòng khác", parent=self.middle)
        assert self._page().count('class="own crossing"') == 1 + 1

    def test_a_very_long_title_stays_in_its_box(self) -> None:
        self.low.title = "Dài " * 60
        box = self._page().split(f"<title>{self.low.title.strip()[:40]}")[1].split("</a>")[0]
        assert box.count('class="ttl"') == 3

    def test_nothing_to_draw_says_so(self) -> None:
        for goal in (self.middle, self.low):
            goal.parent_id = None
        self.top.state = "draft"
        assert "Nothing to draw" in self._page()


def test_a_goal_that_supports_nothing(app: Flask, db_session: Any) -> None:
    """It is drawn alone when it is asked for."""
    cast: dict[str, Person] = family()
    goal = make_goal(cast["report"], running_cycle(), {"target": Decimal(1)})
    settle()
    page = signed_in(app, cast["report"]).get(f"/tree/map?goal={goal.id}").text
    assert page.count('class="box"') == 1
