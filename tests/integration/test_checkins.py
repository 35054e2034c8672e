"""Checking in: what is kept, what is refused, who may, and what is not done twice."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Step
from goalsite.models_accounts import AuditRow
from goalsite.models_follow import Blocker, CheckIn, GoalPoint, Result
from goalsite.queries.company import today
from tests.cast import signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def goal(cast: dict[str, Person]) -> Goal:
    goal = make_goal(cast["report"], running_cycle(), {"decimals": 1}, {})
    settle()
    return goal


def form_of(client: FlaskClient, measure: Measure) -> dict[str, str]:
    """The hidden fields of a freshly opened form, and the day it proposes."""
    page = client.get(f"/measures/{measure.id}/check-in", headers=HTMX).get_data(as_text=True)
    fields = dict(re.findall(r'name="(form_key|version)"[^>]*value="([^"]*)"', page))
    return fields | {"on": today().isoformat(), "confidence": "on_track"}


def send(client: FlaskClient, measure: Measure, **typed: str) -> Any:
    return client.post(f"/measures/{measure.id}/check-in", data=form_of(client, measure) | typed, headers=HTMX)


def kept(measure: Measure) -> list[CheckIn]:
    return db.session.query(CheckIn).filter_by(measure_id=measure.id).order_by(CheckIn.id).all()


class TestCreate:
    def test_the_value_is_kept_and_everything_follows(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        first, _ = goal.measures
        answer = send(signed_in(app, cast["report"]), first, value="40,5", note="Xong đợt một")
        assert answer.status_code == 200
        assert f"checked-in-{goal.id}" in answer.headers["HX-Trigger"]
        (checkin,) = kept(first)
        assert (checkin.value, checkin.note, checkin.author_id) == (Decimal("40.5"), "Xong đợt một", cast["report"].id)
        assert goal.progress == Decimal("0.2025")
        assert goal.last_checkin_on == today()
        assert db.session.query(Result).filter_by(person_id=cast["report"].id).one().total == Decimal("0.2025")
        assert db.session.get_one(GoalPoint, (goal.id, today())).progress == Decimal("0.2025")

    def test_it_leaves_one_audit_row(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        send(signed_in(app, cast["report"]), goal.measures[0], value="40")
        rows = db.session.query(AuditRow).all()
        assert [(row.action, row.object_id, row.actor_id) for row in rows] == [
            ("check_in", str(goal.id), cast["report"].id)
        ]

    def test_without_script_it_leads_back_to_the_row(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, first = signed_in(app, cast["report"]), goal.measures[0]
        answer = client.post(f"/measures/{first.id}/check-in?from=my", data=form_of(client, first) | {"value": "40"})
        assert (answer.status_code, answer.location) == (303, f"/#measure-{first.id}")
        assert len(kept(first)) == 1

    def test_a_form_sent_twice_counts_once(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        client, first = signed_in(app, cast["report"]), goal.measures[0]
        sent = form_of(client, first) | {"value": "40"}
        answers = [client.post(f"/measures/{first.id}/check-in", data=sent, headers=HTMX) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].data == answers[1].data
        assert len(kept(first)) == 1

    def test_a_form_made_before_somebody_elses_checkin_is_refused_with_the_text_kept(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        first = goal.measures[0]
        mine, theirs = signed_in(app, cast["report"]), signed_in(app, cast["manager"])
        stale = form_of(mine, first) | {"value": "40", "note": "của tôi"}
        send(theirs, first, value="55")
        answer = mine.post(f"/measures/{first.id}/check-in", data=stale, headers=HTMX)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert 'value="40"' in text
        assert "của tôi" in text
        assert "55" in text
        assert len(kept(first)) == 1
        again = dict(re.findall(r'name="(form_key|version)"[^>]*value="([^"]*)"', text)) | {"value": "40"}
        assert mine.post(f"/measures/{first.id}/check-in", data=stale | again, headers=HTMX).status_code == 200
        assert len(kept(first)) == 2

    @pytest.mark.parametrize(
        "typed", ("", "abc", "NaN", "Infinity", "1e400", "9223372036854775808", "1_000", "٣", "1.2.3", "\x00")
    )
    def test_what_is_no_number_is_refused_at_its_field(
        self, app: Flask, cast: dict[str, Person], goal: Goal, typed: str
    ) -> None:
        answer = send(signed_in(app, cast["report"]), goal.measures[0], value=typed)
        assert answer.status_code == 422
        assert "aria-invalid" in answer.get_data(as_text=True)
        assert kept(goal.measures[0]) == []

    @pytest.mark.parametrize("days", (-1, 400))
    def test_a_day_that_is_to_come_or_outside_the_span_is_refused(
        self, app: Flask, cast: dict[str, Person], goal: Goal, days: int
    ) -> None:
        answer = send(signed_in(app, cast["report"]), goal.measures[0], value="40", on=days_ago(days).isoformat())
        assert answer.status_code == 422
        assert 'value="40"' in answer.get_data(as_text=True)
        assert kept(goal.measures[0]) == []

    def test_an_off_track_call_keeps_what_is_in_the_way(self, app: Flask, cast: dict[str, Person], goal: Goal) -> None:
        said = {"confidence": "off_track", "blocker": "dependency", "next_step": "Gọi đội hạ tầng"}
        send(signed_in(app, cast["report"]), goal.measures[0], value="5", **said)
        (blocker,) = db.session.query(Blocker).all()
        assert (blocker.kind, blocker.next_step, blocker.owner_id) == (
            "dependency",
            "Gọi đội hạ tầng",
            cast["report"].id,
        )


class TestKinds:
    def test_a_ratio_takes_two_numbers(self, app: Flask, cast: dict[str, Person]) -> None:
        facts = {"aggregate": "ratio", "symbol": "%", "target": Decimal(5)}
        goal = make_goal(cast["report"], running_cycle(), facts, kind="kpi")
        settle()
        client, (measure,) = signed_in(app, cast["report"]), goal.measures
        assert send(client, measure, numerator="2", denominator="0").status_code == 422
        assert send(client, measure, numerator="2", denominator="100").status_code == 200
        assert goal.progress == Decimal("0.4")

    def test_steps_are_ticked(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {"direction": "steps", "target": None, "start": None})
        (measure,) = goal.measures
        db.session.add_all(
            Step(measure_id=measure.id, code=code, title=code, weight=weight) for code, weight in (("a", 30), ("b", 70))
        )
        settle()
        assert send(signed_in(app, cast["report"]), measure, steps="a").status_code == 200
        assert goal.progress == Decimal("0.3")

    def test_done_is_yes_or_no(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(), {"direction": "done", "target": None, "start": None})
        settle()
        client, (measure,) = signed_in(app, cast["report"]), goal.measures
        assert send(client, measure, value="7").status_code == 422
        assert send(client, measure, value="1").status_code == 200
        assert (goal.progress, goal.status) == (Decimal(1), "done")

    def test_what_a_kpi_feeds_takes_none(self, app: Flask, cast: dict[str, Person]) -> None:
        cycle = running_cycle()
        source = make_goal(cast["manager"], cycle, {}, kind="kpi")
        goal = make_goal(cast["report"], cycle, {"fed_by_id": source.id})
        settle()
        assert send(signed_in(app, cast["report"]), goal.measures[0], value="7").status_code == 422
        assert send(signed_in(app, cast["manager"]), source.measures[0], value="50").status_code == 200
        assert goal.progress == Decimal("0.5")


class TestAccess:
    @pytest.mark.parametrize(
        ("role", "status"),
        (("report", 200), ("manager", 200), ("director", 200), ("hr", 200), ("peer", 403), ("outsider", 403)),
    )
    def test_of_a_public_goal(self, app: Flask, cast: dict[str, Person], goal: Goal, role: str, status: int) -> None:
        client, measure = signed_in(app, cast[role]), goal.measures[0]
        sent = {"value": "5", "on": today().isoformat(), "confidence": "on_track", "version": "0"}
        assert client.get(f"/measures/{measure.id}/check-in").status_code == status
        assert client.get(f"/measures/{measure.id}/preview?value=5").status_code == status
        assert client.post(f"/measures/{measure.id}/check-in", data=sent, headers=HTMX).status_code == status
        assert len(kept(measure)) == (status == 200)

    @pytest.mark.parametrize("role", ("peer", "outsider"))
    def test_a_restricted_goal_is_not_there(self, app: Flask, cast: dict[str, Person], role: str) -> None:
        goal = make_goal(cast["report"], running_cycle(), {}, visibility="restricted")
        settle()
        client, measure = signed_in(app, cast[role]), goal.measures[0]
        for path in ("", "/check-in", "/preview?value=5"):
            assert client.get(f"/measures/{measure.id}{path}").status_code == 404
        assert client.post(f"/measures/{measure.id}/check-in", data={"value": "5"}).status_code == 404

    @pytest.mark.parametrize(("role", "status"), (("report", 403), ("manager", 200)))
    def test_while_reviewing_only_managers_report_late(
        self, app: Flask, cast: dict[str, Person], role: str, status: int
    ) -> None:
        goal = make_goal(cast["report"], running_cycle(state="reviewing"), {})
        settle()
        assert signed_in(app, cast[role]).get(f"/measures/{goal.measures[0].id}/check-in").status_code == status

    def test_a_closed_cycle_takes_nothing(self, app: Flask, cast: dict[str, Person]) -> None:
        goal = make_goal(cast["report"], running_cycle(state="closed"), {})
        settle()
        sent = {"value": "5", "on": today().isoformat(), "confidence": "on_track"}
        client = signed_in(app, cast["manager"])
        assert client.post(f"/measures/{goal.measures[0].id}/check-in", data=sent).status_code == 403


class TestPreview:
    def test_it_says_what_the_value_would_do_and_keeps_nothing(
        self, app: Flask, cast: dict[str, Person], goal: Goal
    ) -> None:
        first = goal.measures[0]
        text = (
            signed_in(app, cast["report"])
            .get(f"/measures/{first.id}/preview?value=40", headers=HTMX)
            .get_data(as_text=True)
        )
        assert "40" in text
        assert "20" in text
        assert kept(first) == []


class TestQueries:
    @pytest.mark.parametrize("path", ("/measures/{id}", "/measures/{id}/check-in", "/measures/{id}/preview?value=5"))
    def test_few(self, app: Flask, cast: dict[str, Person], goal: Goal, path: str) -> None:
        client, address = signed_in(app, cast["report"]), path.format(id=goal.measures[0].id)
        client.get(address)
        with counted(app) as sent:
            assert client.get(address, headers=HTMX).status_code == 200
        assert len(sent) <= MOST, sent
