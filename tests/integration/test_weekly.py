"""The weekly page: what waits, in one flow; nothing changed in one key; filling in, reporting for others, and correcting."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Step
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Blocker, CheckIn
from goalsite.queries.company import now, today
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    """A KPI by week, a level and a ratio, of the report."""
    goal = make_goal(
        cast["report"],
        running_cycle(),
        {"title": "Hợp đồng", "aggregate": "sum", "frequency": "week", "target": Decimal(130)},
        {"title": "Lượt xem"},
        {"title": "Tỷ lệ", "aggregate": "ratio", "symbol": "%"},
    )
    settle()
    return goal


def reported(measure: Measure, value: int, days: int = 0, **facts: Any) -> CheckIn:
    """A check-in of some days ago."""
    said = {"author_id": measure.goal.owner_id, "entered_at": now() - timedelta(days=days)} | facts
    checkin = CheckIn(measure_id=measure.id, on=days_ago(days), value=Decimal(value), **said)
    db.session.add(checkin)
    settle()
    return checkin


def page(client: FlaskClient, address: str = "/checkins") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def form_of(text: str, measure: Measure) -> dict[str, str]:
    """The hidden fields of that measure's form on the page."""
    form = text[text.index(f'<form id="measure-{measure.id}-form"') :]
    fields = dict(re.findall(r'name="(form_key|version)"[^>]*value="([^"]*)"', form[: form.index("</form>")]))
    return fields | {"on": today().isoformat(), "confidence": "on_track"}


def send(client: FlaskClient, measure: Measure, **typed: str) -> Any:
    sent = form_of(page(client), measure) | typed
    return client.post(f"/measures/{measure.id}/check-in?from=week", data=sent, headers=HTMX)


def values(measure: Measure) -> list[Decimal | None]:
    rows = db.session.query(CheckIn).filter_by(measure_id=measure.id).order_by(CheckIn.id)
    return [row.value for row in rows]


class TestShow:
    def test_has_a_form_for_each_measure_that_waits(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = page(signed_in(app, cast["report"]))
        assert [one.id for one in goal.measures] == [int(key) for key in re.findall(r'id="measure-(\d+)-form"', text)]
        assert text.count("data-start") == 1

    def test_what_is_reported_stays_with_a_way_to_correct_it(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        first = goal.measures[1]
        last = reported(first, 40)
        text = page(signed_in(app, cast["report"]))
        assert f'id="measure-{first.id}-form"' not in text
        assert f"/checkins/{last.id}/correct" in text
        assert "1 / 3" in text

    def test_what_was_reported_long_ago_and_is_not_due_is_left_out(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        goal.cycle.checkin_every = "month"
        reported(goal.measures[1], 40, days=8)
        row = goal.measures[1]
        row.due_from = today() + timedelta(days=5)
        db.session.commit()
        assert f'id="measure-{row.id}"' not in page(signed_in(app, cast["report"]))

    def test_a_measure_given_to_somebody_else_is_on_their_page(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        given = goal.measures[1]
        given.assignee_id = cast["peer"].id
        db.session.commit()
        assert f'id="measure-{given.id}"' in page(signed_in(app, cast["peer"]))
        assert f'id="measure-{given.id}"' not in page(signed_in(app, cast["report"]))

    def test_says_when_all_is_reported(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        for measure in goal.measures:
            reported(measure, 10, numerator=1 if measure.aggregate == "ratio" else None) if (
                measure.aggregate != "ratio"
            ) else db.session.add(
                CheckIn(
                    measure_id=measure.id,
                    on=today(),
                    entered_at=now(),
                    numerator=Decimal(1),
                    denominator=Decimal(4),
                    author_id=goal.owner_id,
                )
            )
        settle()
        assert "Xong cả rồi" in page(signed_in(app, cast["report"]))

    def test_somebody_without_goals_is_told_so(self, app: Flask, cast: dict[str, Person]) -> None:
        assert "Không có gì cần check-in" in page(signed_in(app, cast["outsider"]))

    def test_takes_few_queries(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["manager"])
        page(client)
        with counted(app) as sent:
            page(client, f"/checkins?person={cast['report'].id}")
        assert len(sent) <= MOST


class TestNothingChanged:
    def test_says_the_last_value_again(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        level = goal.measures[1]
        reported(level, 40, days=9)
        assert send(signed_in(app, cast["report"]), level, same="1", value="").status_code == 200
        assert values(level) == [Decimal(40), Decimal(40)]

    def test_of_a_sum_nothing_is_added(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        amounts = goal.measures[0]
        reported(amounts, 12, days=9)
        assert send(signed_in(app, cast["report"]), amounts, same="1").status_code == 200
        assert values(amounts) == [Decimal(12), Decimal(0)]

    def test_before_the_first_value_it_says_nothing(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        level = goal.measures[1]
        answer = send(signed_in(app, cast["report"]), level, same="1")
        assert answer.status_code == 422
        assert "Cần nhập một số" in answer.get_data(as_text=True)
        assert values(level) == []

    def test_is_not_offered_for_a_ratio(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        form = page(signed_in(app, cast["report"]))
        ratio = goal.measures[2]
        form = form[form.index(f'<form id="measure-{ratio.id}-form"') :]
        assert 'name="same"' not in form[: form.index("</form>")]


class TestSaving:
    def test_answers_with_the_row_as_it_is_now(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = send(signed_in(app, cast["report"]), goal.measures[1], value="40").get_data(as_text=True)
        assert f'<tbody id="measure-{goal.measures[1].id}">' in text
        assert "Sửa lại" in text

    def test_without_script_it_leads_back_to_the_page(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, level = signed_in(app, cast["report"]), goal.measures[1]
        sent = form_of(page(client), level) | {"value": "40"}
        answer = client.post(f"/measures/{level.id}/check-in?from=week", data=sent)
        assert (answer.status_code, answer.location) == (303, f"/checkins#measure-{level.id}")

    def test_what_cannot_be_read_stays_with_its_error(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        answer = send(signed_in(app, cast["report"]), goal.measures[1], value="bốn mươi")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'value="bốn mươi"' in text
        assert 'aria-invalid="true"' in text

    def test_a_preview_of_an_amount_shows_the_total(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        amounts = goal.measures[0]
        reported(amounts, 12, days=9)
        client = signed_in(app, cast["report"])
        text = client.get(f"/measures/{amounts.id}/preview?value=8", headers=HTMX).get_data(as_text=True)
        assert "12 + 8 = 20 trên 130" in text


class TestFillingIn:
    def test_periods_without_a_value_are_named_and_can_be_filled_in(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        client, amounts = signed_in(app, cast["report"]), goal.measures[0]
        text = page(client)
        days = re.findall(rf"/measures/{amounts.id}/check-in\?on=([\d-]+)", text)
        assert len(set(days)) == 3
        form = client.get(f"/measures/{amounts.id}/check-in?from=week&on={days[0]}", headers=HTMX).get_data(
            as_text=True
        )
        assert f'value="{days[0]}"' in form
        sent = form_of(form, amounts) | {"on": days[0], "value": "9"}
        client.post(f"/measures/{amounts.id}/check-in?from=week", data=sent, headers=HTMX)
        assert days[0] not in page(client)
        assert db.session.query(CheckIn).one().on.isoformat() == days[0]


class TestOnBehalf:
    def test_a_manager_reports_for_a_report(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        text = page(signed_in(app, cast["manager"]), f"/checkins?person={cast['report'].id}")
        assert f'id="measure-{goal.measures[0].id}-form"' in text
        assert "Bạn đang báo thay Nguyễn Minh Anh" in text

    def test_people_with_check_ins_owed_are_offered(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        assert f"/checkins?person={cast['report'].id}" in page(signed_in(app, cast["manager"]))

    def test_a_colleague_is_refused(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client = signed_in(app, cast["peer"])
        assert client.get(f"/checkins?person={cast['report'].id}").status_code == 403

    def test_nobody_is_not_found(self, app: Flask, cast: dict[str, Person]) -> None:
        assert signed_in(app, cast["hr"]).get("/checkins?person=999999").status_code == 404


class TestCorrect:
    def correct(self, client: FlaskClient, checkin: CheckIn, **typed: str) -> Any:
        address = f"/checkins/{checkin.id}/correct"
        fields = dict(re.findall(r'name="(form_key|version)"[^>]*value="([^"]*)"', page(client, address)))
        said = {"on": checkin.on.isoformat(), "confidence": "on_track"}
        return client.post(address, data=fields | said | typed)

    def test_the_new_value_counts_and_both_are_shown(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, amounts = signed_in(app, cast["report"]), goal.measures[0]
        wrong = reported(amounts, 120, days=2)
        assert self.correct(client, wrong, value="12", note="Gõ thừa số 0").status_code == 303
        latest = db.session.query(CheckIn).filter_by(replaces_id=wrong.id).one()
        assert (latest.value, latest.on) == (Decimal(12), wrong.on)
        text = page(client, f"/goals/{goal.id}/history")
        assert "120" in text
        assert "Gõ thừa số 0" in text
        assert [row.action for row in db.session.query(AuditRow)] == ["correct_checkin"]
        assert "12 trên 130" not in text

    def test_one_corrected_already_is_refused(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, amounts = signed_in(app, cast["report"]), goal.measures[0]
        wrong = reported(amounts, 120, days=2)
        sent = {"on": wrong.on.isoformat(), "confidence": "on_track", "value": "12"}
        assert client.post(f"/checkins/{wrong.id}/correct", data=sent).status_code == 303
        assert client.post(f"/checkins/{wrong.id}/correct", data=sent | {"value": "13"}).status_code == 409
        assert client.get(f"/checkins/{wrong.id}/correct").status_code == 409

    def test_of_a_step_the_answer_is_yes_or_no(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        row = goal.measures[1]
        row.direction = "steps"
        step = Step(measure_id=row.id, code="S1", place=1, title="Ký")
        db.session.add(step)
        db.session.flush()
        ticked = reported(row, 1, days=1, step_id=step.id)
        assert self.correct(signed_in(app, cast["report"]), ticked, value="0").status_code == 303
        assert db.session.query(CheckIn).filter_by(replaces_id=ticked.id, step_id=step.id).one().value == 0

    def test_a_day_outside_is_refused_in_words(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        wrong = reported(goal.measures[1], 4, days=2)
        late = (today() + timedelta(days=1)).isoformat()
        answer = self.correct(signed_in(app, cast["report"]), wrong, value="5", on=late)
        assert answer.status_code == 422
        assert "aria-invalid" in answer.get_data(as_text=True)


class TestBlockers:
    def test_who_moves_it_is_kept_and_it_can_be_solved(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, level = signed_in(app, cast["report"]), goal.measures[1]
        typed = {"value": "3", "confidence": "off_track", "blocker": "dependency", "next_step": "Hỏi phòng B"}
        assert send(client, level, mover=cast["manager"].email, **typed).status_code == 200
        blocker = db.session.query(Blocker).one()
        assert (blocker.owner_id, blocker.next_step) == (cast["manager"].id, "Hỏi phòng B")
        assert client.post(f"/blockers/{blocker.id}/close").status_code == 303
        assert blocker.closed_on == today()
        assert "Hỏi phòng B" not in page(client, f"/goals/{goal.id}")

    def test_without_a_name_it_is_whoever_reports(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        send(signed_in(app, cast["report"]), goal.measures[1], value="3", confidence="off_track", blocker="clarity")
        assert db.session.query(Blocker).one().owner_id == cast["report"].id
