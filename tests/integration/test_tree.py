"""The alignment tree: opened level by level, filters keep what is above, and nothing hidden shows."""

import re
from typing import Any

import pytest
from flask import Flask

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalLink, Person
from tests.cast import signed_in
from tests.integration.builders import family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

Cast = dict[str, Person]
HTMX = {"HX-Request": "true", "Accept-Language": "en"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    return family()


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return running_cycle()


@pytest.fixture
def tree(cast: Cast, cycle: Cycle) -> dict[str, Goal]:
    """company ← department ← person's, with a link from another department and a goal that supports nothing."""
    top = make_goal(cast["director"], cycle, {}, scope="unit", title="Công ty")
    middle = make_goal(cast["manager"], cycle, {}, scope="unit", parent_id=top.id, title="Phòng")
    low = make_goal(cast["report"], cycle, {}, parent_id=middle.id, title="Người")
    cross = make_goal(cast["outsider"], cycle, {}, parent_id=middle.id, title="Chéo", kind="kpi")
    alone = make_goal(cast["peer"], cycle, {}, title="Một mình")
    settle()
    return {"top": top, "middle": middle, "low": low, "cross": cross, "alone": alone}


def page_of(app: Flask, person: Person, path: str = "/tree", **headers: str) -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"} | headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def shown(text: str) -> list[str]:
    """The goals' titles in the order of the page."""
    return re.findall(r'class="t" href="/goals/\d+">([^<]+)</a>', text)


class TestShow:
    def test_an_empty_site_says_what_is_missing(self, app: Flask, cast: Cast) -> None:
        assert "No cycle yet" in page_of(app, cast["report"])

    def test_without_goals_it_says_so(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        assert "No goals in this cycle yet" in page_of(app, cast["report"])

    def test_roots_first_and_the_companys_stand_open(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"])
        assert shown(text) == ["Công ty", "Phòng", "Một mình"]
        assert "5 goals · 1 link across departments · 1 goal supports nothing" in text
        assert "2 goals below" in text

    def test_levels_open_by_the_address(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        assert shown(page_of(app, cast["report"], "/tree?open=")) == ["Công ty", "Một mình"]
        both = f"/tree?open={tree['top'].id},{tree['middle'].id}"
        text = page_of(app, cast["report"], both)
        assert shown(text) == ["Công ty", "Phòng", "Người", "Chéo", "Một mình"] or shown(text)[2:4] == ["Chéo", "Người"]
        closing = re.search(rf'id="open-{tree["middle"].id}" href="([^"]+)"', text)
        assert closing
        assert shown(page_of(app, cast["report"], closing[1].replace("&amp;", "&"))) == ["Công ty", "Phòng", "Một mình"]

    def test_links_across_departments_are_marked(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], f"/tree?open={tree['top'].id},{tree['middle'].id}")
        assert text.count("cross-link from Phòng B") == 1
        assert "cross-link from Phòng A" not in text

    def test_the_path_to_a_goal_is_opened(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], f"/tree?goal={tree['low'].id}")
        assert "Người" in shown(text)
        assert re.search(r'class="node" aria-current="true".{0,400}Người', text, re.DOTALL)

    def test_the_path_leads_into_another_cycle(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        other = make_goal(cast["peer"], running_cycle(code="ELSE"), {}, title="Khác")
        settle()
        client = signed_in(app, cast["peer"])
        client.get("/tree?cycle=NOW")
        answer = client.get(f"/tree?goal={other.id}")
        assert (answer.status_code, answer.location) == (302, f"/tree?cycle=ELSE&goal={other.id}")

    def test_another_cycle_may_be_picked_from_there(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        running_cycle(code="ELSE")
        settle()
        text = page_of(app, cast["peer"], f"/tree?goal={tree['low'].id}&cycle=ELSE")
        assert "No goals in this cycle yet" in text

    def test_a_long_level_is_paged_and_the_path_still_shows(
        self, app: Flask, cast: Cast, tree: dict[str, Goal]
    ) -> None:
        for number in range(60):
            make_goal(cast["peer"], tree["top"].cycle, {}, parent_id=tree["middle"].id, title=f"Con {number:02}")
        settle()
        last = db.session.query(Goal).filter_by(title="Con 59").one()
        opened = f"open={tree['top'].id},{tree['middle'].id}"
        assert len(shown(page_of(app, cast["report"], f"/tree?{opened}"))) == 2 + 50 + 1
        assert "Con 59" in shown(page_of(app, cast["report"], f"/tree?{opened}&goal={last.id}"))
        text = page_of(app, cast["report"], f"/tree/{tree['middle'].id}/children?page=2")
        assert len(shown(text)) == 1 + 12

    def test_filters_keep_what_is_above(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], "/tree?kind=kpi")
        assert shown(text) == ["Công ty", "Phòng", "Chéo"]
        assert text.count('class="node aside"') == 2
        assert shown(page_of(app, cast["report"], "/tree?unit=B")) == ["Công ty", "Phòng", "Chéo"]
        assert shown(page_of(app, cast["report"], "/tree?unaligned=1")) == ["Một mình"]
        assert "No such goals" in page_of(app, cast["report"], "/tree?status=done")

    def test_secondary_links_show(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        db.session.add(GoalLink(goal_id=tree["alone"].id, parent_id=tree["top"].id))
        settle()
        text = page_of(app, cast["report"])
        assert "also supports “Công ty”" in text
        assert "0 goals support nothing" in text

    def test_goals_of_shorter_cycles_stand_under_the_longer_ones(self, app: Flask, cast: Cast, cycle: Cycle) -> None:
        inner = running_cycle(code="IN", name="Tháng này", parent=cycle)
        year = make_goal(cast["director"], cycle, {}, scope="unit", title="Năm")
        make_goal(cast["manager"], inner, {}, parent_id=year.id, title="Tháng")
        settle()
        assert shown(page_of(app, cast["peer"], "/tree?cycle=NOW")) == ["Năm", "Tháng"]
        text = page_of(app, cast["peer"], "/tree?cycle=IN")
        assert shown(text) == ["Tháng"]
        assert "supports “Năm” (Quý này)" in text


class TestChildren:
    def test_a_fragment_is_the_node_open(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], f"/tree/{tree['middle'].id}/children", **HTMX)
        assert text.lstrip().startswith(f'<li id="goal-{tree["middle"].id}"')
        assert 'aria-expanded="true"' in text
        assert set(shown(text)) == {"Phòng", "Người", "Chéo"}

    def test_a_node_alone_is_closed(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], f"/tree/{tree['middle'].id}", **HTMX)
        assert shown(text) == ["Phòng"]
        assert 'aria-expanded="false"' in text

    def test_without_script_it_is_a_page_of_the_branch(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], f"/tree/{tree['middle'].id}")
        assert "<h1>Phòng</h1>" in text
        assert set(shown(text)) == {"Phòng", "Người", "Chéo"}

    def test_filters_hold_on_every_level(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        text = page_of(app, cast["report"], f"/tree/{tree['middle'].id}/children?kind=kpi", **HTMX)
        assert shown(text) == ["Phòng", "Chéo"]


class TestAccess:
    @pytest.fixture
    def hidden(self, tree: dict[str, Goal]) -> dict[str, Goal]:
        tree["middle"].visibility = "restricted"
        settle()
        return tree

    def test_a_hidden_goal_is_nowhere(self, app: Flask, cast: Cast, hidden: dict[str, Goal]) -> None:
        for path in ("/tree", "/tree?kind=okr", "/tree?text=Ph", f"/tree?goal={hidden['low'].id}"):
            text = page_of(app, cast["peer"], path)
            assert "Phòng" not in shown(text), path
            assert "goal below" not in text, path
        assert "4 goals ·" in page_of(app, cast["peer"])
        assert "5 goals ·" in page_of(app, cast["hr"])

    def test_what_supports_a_hidden_goal_still_shows(self, app: Flask, cast: Cast, hidden: dict[str, Goal]) -> None:
        assert set(shown(page_of(app, cast["peer"]))) == {"Công ty", "Người", "Chéo", "Một mình"}
        assert "cross-link" not in page_of(app, cast["peer"])

    def test_hidden_children_do_not_count(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        tree["low"].visibility = "restricted"
        text = page_of(app, cast["peer"], f"/tree/{tree['middle'].id}", **HTMX)
        assert "1 goal below" in text
        assert set(shown(page_of(app, cast["peer"], f"/tree/{tree['middle'].id}/children", **HTMX))) == {
            "Phòng",
            "Chéo",
        }

    def test_hidden_goals_are_not_named_by_links(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        db.session.add(GoalLink(goal_id=tree["alone"].id, parent_id=tree["low"].id))
        tree["low"].visibility = "restricted"
        assert "also supports" not in page_of(app, cast["peer"])
        assert "also supports" in page_of(app, cast["manager"])

    @pytest.mark.parametrize("path", ["/tree/{}", "/tree/{}/children", "/tree?goal={}"])
    def test_who_may_not_see_it_gets_not_found(
        self, app: Flask, cast: Cast, hidden: dict[str, Goal], path: str
    ) -> None:
        asked = path.format(hidden["middle"].id)
        found = {name: signed_in(app, person).get(asked).status_code for name, person in cast.items()}
        assert found == {"director": 200, "manager": 200, "hr": 200, "report": 404, "peer": 404, "outsider": 404}

    def test_drafts_do_not_stand_in_the_tree(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        tree["alone"].state = "draft"
        assert "Một mình" not in shown(page_of(app, cast["peer"]))
        assert signed_in(app, cast["peer"]).get(f"/tree/{tree['alone'].id}").status_code == 404

    @pytest.mark.parametrize(
        "path",
        [
            "/tree?open=" + ",".join(["9" * 9] * 500),
            "/tree?open=%00,-1,x,%D9%A1",
            "/tree?goal=0",
            "/tree?goal=99999999999999999999",
            "/tree?goal=%00",
            "/tree?page=-1",
            "/tree?page=9999999999",
            "/tree?unit=NONE",
            "/tree/2147483648",
            "/tree/0/children?page=x",
        ],
    )
    def test_nasty_addresses_harm_nothing(self, app: Flask, cast: Cast, tree: dict[str, Goal], path: str) -> None:
        assert signed_in(app, cast["peer"]).get(path).status_code in (200, 400, 404)


class TestQueries:
    def test_as_many_however_large_the_tree(self, app: Flask, cast: Cast, tree: dict[str, Goal]) -> None:
        for number in range(40):
            inner = make_goal(cast["peer"], tree["top"].cycle, {}, {}, parent_id=tree["middle"].id)
            make_goal(cast["outsider"], tree["top"].cycle, {}, parent_id=inner.id, title=f"Lá {number}", kind="kpi")
            make_goal(cast["report"], tree["top"].cycle, {})
        settle()
        client = signed_in(app, cast["peer"])
        client.get("/healthz")  # the first request of a day does its errands
        paths = (
            "/tree",
            f"/tree?goal={tree['low'].id}",
            "/tree?kind=kpi&unit=B",
            f"/tree?open={tree['top'].id},{tree['middle'].id}&text=x",
            f"/tree/{tree['middle'].id}/children?unit=B",
        )
        for path in paths:
            with counted(app) as sent:
                assert client.get(path).status_code == 200
            assert len(sent) <= MOST, (path, sent)
