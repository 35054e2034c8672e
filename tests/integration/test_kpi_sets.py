"""The KPI sets of positions in the browser: found, written as a whole, and never such that a KPI could not become active."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import KpiSetItem, Person
from goalsite.models_accounts import AuditRow
from goalsite.queries.kpi_sets import set_of
from tests.cast import signed_in
from tests.integration.builders import family
from tests.integration.giving import ENGLISH, KEY, POSITION, holder, kpi_set, metric, text_of

PATH = f"/setup/kpi-sets/edit?position={POSITION}"
ROW = {"metric": "A", "title": "", "weight": "1", "target": "10", "target_per": "span", "frequency": "month"}


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def hr(app: Flask, cast: dict[str, Person]) -> FlaskClient:
    return signed_in(app, cast["hr"])


def post(client: FlaskClient, *rows: dict[str, str], do: str = "save", **more: str) -> Any:
    said = {f"items-{place}-{name}": text for place, row in enumerate(rows) for name, text in (ROW | row).items()}
    version = str(set_of(POSITION).version)
    return client.post(PATH, data={**said, "do": do, "version": version, **more}, headers=ENGLISH)


def stored() -> list[tuple[str, Decimal, Decimal | None]]:
    return [(one.metric.code, one.weight, one.target) for one in set_of(POSITION).items]


class TestListPositions:
    def test_shows_each_position_with_its_people_and_its_set(self, hr: FlaskClient) -> None:
        kpi_set({"weight": Decimal(60)}, {"weight": Decimal(30)})
        holder("Phạm Hoài An")
        holder("Lý Thị Bình", position="Kế toán")
        text = text_of(hr.get("/setup/kpi-sets", headers=ENGLISH))
        row = text.split(POSITION)[1].split("</tr>")[0]
        assert "2 KPIs" in text
        assert "weights come to 90" in text
        assert row
        assert "Make a set for Kế toán" in text
        found = text_of(hr.get("/setup/kpi-sets?text=KẾ toán", headers=ENGLISH))
        assert "Kế toán" in found
        assert f">{POSITION}</a>" not in found

    def test_offers_a_set_for_a_position_nobody_has_yet(self, hr: FlaskClient) -> None:
        assert "Make a set for “Thợ hàn”" in text_of(hr.get("/setup/kpi-sets?text=Thợ hàn", headers=ENGLISH))

    def test_is_for_hr_alone(self, app: Flask, cast: dict[str, Person]) -> None:
        director = signed_in(app, cast["director"])
        assert [director.get(path).status_code for path in ("/setup/kpi-sets", PATH)] == [403, 403]
        assert "/setup/kpi-sets" not in text_of(director.get("/"))


class TestChange:
    def test_keeps_the_rows_in_their_order(self, hr: FlaskClient) -> None:
        for code in "AB":
            metric(code)
        assert (
            post(hr, {"metric": "B", "weight": "70"}, {"metric": "A", "weight": "30", "target": "5"}).status_code == 303
        )
        assert stored() == [("B", 70, 10), ("A", 30, 5)]
        post(hr, {"metric": "A", "weight": "30", "target": "5"}, {"metric": "B", "weight": "70"})
        assert [code for code, *_ in stored()] == ["A", "B"]
        assert [row.action for row in db.session.query(AuditRow)] == ["save_kpi_set"] * 2

    def test_moves_adds_and_removes_in_place_without_saving(self, hr: FlaskClient) -> None:
        for code in "AB":
            metric(code)
        text = text_of(post(hr, {"metric": "A"}, {"metric": "B"}, do="down-0"))
        assert text.index("Chỉ số B") < text.index("Chỉ số A")
        assert "items-2-metric" in text_of(post(hr, {"metric": "A"}, {"metric": "B"}, do="add"))
        assert "items-1-metric" not in text_of(post(hr, {"metric": "A"}, {"metric": "B"}, do="remove-0"))
        assert stored() == []

    @pytest.mark.parametrize(
        ("facts", "row", "words"),
        [
            ({}, {"target": ""}, "A target is needed."),
            ({}, {"target": "0"}, "An increase needs a target above its start"),
            ({"direction": "decrease"}, {"target": "0"}, "A decrease without a start needs a target above 0"),
            ({"direction": "keep"}, {}, "needs a low one, a high one, or both"),
            ({"direction": "keep"}, {"low": "9", "high": "3"}, "The low bound, 9, is above the high one, 3"),
            ({"direction": "steps"}, {}, "cannot stand in a set"),
            ({}, {"weight": "0"}, "The weight must be above 0."),
            ({}, {"weight": "NaN"}, "is not a number"),
            ({}, {"metric": "không có"}, "There is no “không có” here"),
        ],
    )
    def test_refuses_what_could_never_become_active(
        self, hr: FlaskClient, facts: dict[str, Any], row: dict[str, str], words: str
    ) -> None:
        metric("A", **facts)
        answer = post(hr, row)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert stored() == []

    def test_refuses_a_metric_twice(self, hr: FlaskClient) -> None:
        metric("A")
        answer = post(hr, {}, {})
        assert answer.status_code == 422
        assert "This metric is in the set already" in text_of(answer)

    def test_a_target_for_each_period_is_kept_for_sums_alone(self, hr: FlaskClient) -> None:
        metric("A", aggregate="sum")
        metric("B", aggregate="average")
        post(hr, {"target_per": "period"}, {"metric": "B", "target_per": "period"})
        assert [one.target_per for one in set_of(POSITION).items] == ["period", "span"]

    def test_a_keep_has_bounds_and_no_target(self, hr: FlaskClient) -> None:
        metric("A", direction="keep")
        assert post(hr, {"low": "20", "high": "35"}).status_code == 303
        (item,) = set_of(POSITION).items
        assert (item.low, item.high, item.target, item.frequency) == (20, 35, None, "month")

    def test_somebody_elses_change_is_not_overwritten(self, hr: FlaskClient) -> None:
        metric("A")
        (other,) = kpi_set({"target": Decimal(7)})
        answer = post(hr, {}, version="1")
        assert answer.status_code == 409
        assert "Somebody changed this set meanwhile" in text_of(answer)
        assert stored() == [(other.code, 1, 7)]

    def test_sent_twice_has_one_effect(self, hr: FlaskClient) -> None:
        metric("A")
        version = str(set_of(POSITION).version)
        assert [post(hr, {}, version=version, form_key=KEY).status_code for _ in range(2)] == [303, 303]
        assert db.session.query(KpiSetItem).count() == 1

    def test_without_rows_there_is_no_set(self, hr: FlaskClient) -> None:
        kpi_set({})
        assert post(hr).status_code == 303
        assert stored() == []

    def test_a_position_that_cannot_be_one_is_not_found(self, hr: FlaskClient) -> None:
        assert hr.get("/setup/kpi-sets/edit?position=").status_code == 404
        assert hr.get(f"/setup/kpi-sets/edit?position={'x' * 301}").status_code == 404
