"""The goal page: everything about one goal, to those who may see it, and to nobody else."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalFollower, GoalLink, Measure, Person, Step
from goalsite.models_follow import Action, Change, CheckIn, Comment, EvaluationStep
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

ENGLISH = {"Accept-Language": "en"}
PIECES = ("", "/head", "/progress", "/periods", "/explanation", "/history", "/conversation")


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle()


def report(measure: Measure, by: Person, **said: Any) -> CheckIn:
    facts = world_of([measure.goal_id], today()).goals[measure.goal_id].measures[measure.id]
    given = {"on": today()} | said
    return check_in(measure, facts, by, Reported(**given), now(), today())[0]


def read(app: Flask, person: Person, path: str, *, htmx: bool = False) -> str:
    headers = ENGLISH | ({"HX-Request": "true"} if htmx else {})
    answer = signed_in(app, person).get(path, headers=headers)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def crowded(cast: dict[str, Person], cycle: Cycle) -> Goal:
    """A goal with everything a goal can have around it."""
    owner, manager = cast["report"], cast["manager"]
    top = make_goal(cast["director"], cycle, {}, title="Mục tiêu công ty")
    above = make_goal(manager, cycle, {}, title="Mục tiêu phòng", parent=top)
    source = make_goal(owner, cycle, {"aggregate": "sum", "frequency": "week"}, kind="kpi", title="KPI nguồn")
    goal = make_goal(
        owner,
        cycle,
        {"title": "Tăng"},
        {"title": "Bước", "direction": "steps", "start": None, "target": None},
        {"title": "Từ KPI", "aggregate": "sum", "fed_by_id": source.id},
        title="Việc đông đúc",
        parent=above,
        parent_measure=above.measures[0],
        progress_from="both",
        description="**Vì sao** làm",
    )
    tick = Step(measure_id=goal.measures[1].id, code="a", title="Bước một")
    follower = GoalFollower(goal_id=goal.id, person_id=cast["peer"].id)
    db.session.add_all([tick, GoalLink(goal_id=goal.id, parent_id=top.id), follower])
    for number in range(4):
        make_goal(cast["peer"], cycle, {"frequency": "week"}, title=f"Hỗ trợ {number}", parent=goal)
    settle()
    report(goal.measures[0], owner, value=Decimal(40), confidence="off_track", note="Đang kẹt", blocker="resource")
    report(goal.measures[1], owner, steps=(("a", True),))
    report(source.measures[0], owner, value=Decimal(7))
    db.session.add_all(
        [
            Action(goal_id=goal.id, title="Gọi khách", assignee_id=owner.id, due_on=days_ago(2)),
            Change(
                goal_id=goal.id, at=now(), field="weight", old="1", new="2.5", why="Quan trọng hơn", by_id=manager.id
            ),
            EvaluationStep(
                goal_id=goal.id, at=now(), step="submitted", by_id=owner.id, score=Decimal("0.61"), note="Tự thấy ổn"
            ),
            *(
                Comment(goal_id=goal.id, entered_at=now(), author_id=one.id, body="Xem nhé @linh")
                for one in (owner, manager)
            ),
        ]
    )
    cast["peer"].email = cast["peer"].email_key = "linh@x.vn"
    db.session.commit()
    return goal


class TestShow:
    def test_everything_is_there_in_twelve_queries(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        address = f"/goals/{crowded(cast, cycle).id}"
        browser = signed_in(app, cast["manager"])
        browser.get("/")  # the first request of a day settles
        with counted(app) as sent:
            answer = browser.get(address, headers=ENGLISH)
        text = answer.get_data(as_text=True).replace("\u00a0", " ")
        assert len(sent) <= MOST, "\n".join(sent)
        for words in (
            "Mục tiêu công ty", "Mục tiêu phòng", "key result: Kết quả 0", "Also supports", "Fed by", "KPI nguồn", "Hỗ trợ 3", "Võ Khánh Linh",
            "<strong>Vì sao</strong>", "Đang kẹt", "Gọi khách", "Overdue", "People, money or tools", "Quan trọng hơn", "2.5", "61.0 %",
            "Tự thấy ổn", "Bước một", "Mark as seen",
        ):  # fmt: skip
            assert words in text, words

    def test_the_number_is_that_of_the_report_and_explained(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["report"], cycle, {"start": Decimal(15), "target": Decimal(35)}, {"weight": Decimal(3)})
        settle()
        report(goal.measures[0], cast["report"], value=Decimal(20))
        db.session.commit()
        text = read(app, cast["report"], f"/goals/{goal.id}")
        assert "Why 6 %?" in text
        assert "(25.0 % × 1 + 0.0 % × 3) ÷ 4 = 6.3 %" in text
        why = read(app, cast["report"], f"/goals/{goal.id}/explanation")
        assert "(20 − 15) ÷ (35 − 15) = 25.0 %" in why
        assert "1 of 4 = 25 %" in why
        assert "No check-in yet: counts as 0 %" in why
        said = app.test_cli_runner().invoke(args=["report", "goals", "--cycle", "NOW"]).output
        assert ",0.0625," in said

    def test_more_than_the_target_counts_up_to_the_cap(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {"target": Decimal(80)}, kind="kpi")
        settle()
        report(goal.measures[0], cast["report"], value=Decimal(100))
        db.session.commit()
        assert "125.0 % of target, counted as 120.0 %" in read(app, cast["report"], f"/goals/{goal.id}/explanation")

    def test_make_up_is_said_in_words(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        indicator = {"aggregate": "sum", "frequency": "week", "target": Decimal(10), "target_per": "period"}
        goal = make_goal(cast["report"], cycle, indicator, kind="kpi")
        settle()
        text = read(app, cast["report"], f"/goals/{goal.id}/periods", htmx=True)
        assert "to make up" in text
        assert "From now on," in text
        assert "missed" in text

    def test_a_draft_without_measures_says_what_to_do(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, state="draft")
        settle()
        text = read(app, cast["report"], f"/goals/{goal.id}")
        assert "No key results yet" in text
        assert "Draft" in text

    def test_weight_is_a_share_to_those_who_see_results(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["report"], cycle, {}, weight=Decimal(2))
        make_goal(cast["report"], cycle, {}, weight=Decimal(3), visibility="restricted")
        settle()
        for who in ("report", "manager", "director", "hr"):
            assert "2 of 5 = 40 %" in read(app, cast[who], f"/goals/{goal.id}"), who
        for who in ("peer", "outsider"):
            assert "Weight 2<" in read(app, cast[who], f"/goals/{goal.id}"), who


class TestAccess:
    @pytest.mark.parametrize("piece", PIECES)
    def test_who_may_not_see_it_finds_nothing(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, piece: str
    ) -> None:
        goal = make_goal(cast["report"], cycle, {}, visibility="restricted", title="Việc kín")
        settle()
        for who, code in {
            "report": 200,
            "manager": 200,
            "director": 200,
            "hr": 200,
            "peer": 404,
            "outsider": 404,
        }.items():
            for headers in ({}, {"HX-Request": "true"}):
                answer = signed_in(app, cast[who]).get(f"/goals/{goal.id}{piece}", headers=headers)
                assert answer.status_code in (code, 302 if code == 200 else code), (who, piece)
                assert code == 200 or "Việc kín" not in answer.text
        assert app.test_client().get(f"/goals/{goal.id}{piece}").status_code in (303, 401)

    def test_an_internal_goal_is_seen_inside(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, visibility="internal")
        settle()
        assert signed_in(app, cast["peer"]).get(f"/goals/{goal.id}").status_code == 200
        assert signed_in(app, cast["outsider"]).get(f"/goals/{goal.id}").status_code == 404

    def test_what_it_is_linked_to_does_not_leak(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        hidden = {"visibility": "restricted"}
        above = make_goal(cast["manager"], cycle, {"title": "KR kín"}, title="Trên kín", **hidden)
        source = make_goal(cast["manager"], cycle, {}, title="Nguồn kín", kind="kpi", **hidden)
        goal = make_goal(
            cast["report"],
            cycle,
            {"fed_by_id": source.id},
            parent=above,
            parent_measure=above.measures[0],
            progress_from="both",
        )
        make_goal(cast["manager"], cycle, {}, title="Dưới kín", parent=goal, **hidden)
        db.session.add(GoalLink(goal_id=goal.id, parent_id=source.id))
        settle()
        for piece in PIECES:
            answer = signed_in(app, cast["outsider"]).get(
                f"/goals/{goal.id}{piece}", headers=ENGLISH | {"HX-Request": "true"}
            )
            assert answer.status_code in (200, 302)
            assert "kín" not in answer.text, piece
        text = read(app, cast["outsider"], f"/goals/{goal.id}")
        assert "a goal you may not see" in text
        assert "1 other goal" in text
        assert "Trên kín" in read(app, cast["hr"], f"/goals/{goal.id}")

    def test_an_evaluation_is_for_self_managers_and_hr(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {}, evaluation="approved", score=Decimal("0.83"))
        step = {"goal_id": goal.id, "step": "approved", "by_id": cast["manager"].id}
        db.session.add(EvaluationStep(**step, at=now(), score=Decimal("0.83"), note="Làm tốt"))
        settle()
        for who in ("report", "manager", "director", "hr"):
            assert "Làm tốt" in read(app, cast[who], f"/goals/{goal.id}"), who
        for who in ("peer", "outsider"):
            for piece in ("", "/explanation"):
                text = read(app, cast[who], f"/goals/{goal.id}{piece}")
                assert "Làm tốt" not in text
                assert "83.0 %" not in text, who
                assert "83 %" not in text, who


class TestPieces:
    def test_without_htmx_they_lead_to_the_page(self, app: Flask, cast: dict[str, Person], cycle: Cycle) -> None:
        goal = make_goal(cast["report"], cycle, {})
        settle()
        for piece in ("head", "progress", "periods"):
            assert signed_in(app, cast["peer"]).get(f"/goals/{goal.id}/{piece}").location == f"/goals/{goal.id}"
        for piece in ("explanation", "history", "conversation"):
            assert "<html" in read(app, cast["peer"], f"/goals/{goal.id}/{piece}")

    def test_with_htmx_each_is_one_element_that_refreshes_itself(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["report"], cycle, {})
        settle()
        for piece in ("head", "progress", "periods", "history"):
            text = read(app, cast["peer"], f"/goals/{goal.id}/{piece}", htmx=True)
            assert "<html" not in text
            assert f'hx-trigger="checked-in-{goal.id} from:body"' in text
            assert f'id="goal-{piece}"' in text

    def test_history_tells_old_and_new_and_on_whose_behalf(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        goal = make_goal(cast["report"], cycle, {})
        settle()
        report(goal.measures[0], cast["report"], value=Decimal(11), on=days_ago(9))
        report(goal.measures[0], cast["report"], value=Decimal(99), on=days_ago(2))
        report(goal.measures[0], cast["manager"], value=Decimal(13), on=days_ago(2))
        db.session.commit()
        text = read(app, cast["report"], f"/goals/{goal.id}/history", htmx=True)
        assert "on behalf of the owner" in text
        assert "11 →" in text
        assert "99 →" in text

    @pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "99999999999999999999", "٣"])
    def test_no_such_page(self, app: Flask, cast: dict[str, Person], cycle: Cycle, page: str) -> None:
        goal = make_goal(cast["report"], cycle, {})
        settle()
        assert signed_in(app, cast["report"]).get(f"/goals/{goal.id}/history?page={page}").status_code == 404

    def test_no_such_goal(self, app: Flask, cast: dict[str, Person]) -> None:
        assert signed_in(app, cast["hr"]).get("/goals/999999").status_code == 404
