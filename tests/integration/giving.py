"""A position with a KPI set and people who hold it, and what their preview says, for the tests of giving."""

import re
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from goalsite.extensions import db
from goalsite.models import Goal, KpiSetItem, Metric, Person
from tests.cast import join

POSITION = "Chuyên viên kinh doanh"
ENGLISH = {"Accept-Language": "en"}
KEY = "a-form-key-of-this-test"


def metric(code: str, **facts: Any) -> Metric:
    made = Metric(code=code, **{"name": f"Chỉ số {code}", "how_measured": f"Đo {code}"} | facts)
    db.session.add(made)
    db.session.flush()
    return made


def kpi_set(*items: dict[str, Any], position: str = POSITION) -> list[Metric]:
    """A set of increasing metrics, each with a target of 100 and these facts; the metrics."""
    made = [metric(f"M{place}") for place in range(len(items))]
    for one, facts in zip(made, items, strict=True):
        given = {"target": Decimal(100), "frequency": "month"} | facts
        db.session.add(KpiSetItem(position=position, metric_id=one.id, **given))
        db.session.flush()
    return made


def holder(name: str, **facts: Any) -> Person:
    return join(name, **{"position": POSITION} | facts)


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True)).replace("\u00a0", " ")


def form_of(text: str) -> dict[str, Any]:
    """What the form of the preview carries, with everybody ticked who is."""
    names = ("form_key", "version", "ids", "group", "page", "skip")
    said: dict[str, Any] = {name: re.findall(rf'name="{name}" value="([^"]*)"', text)[0] for name in names}
    boxes = re.findall(r'<input type="checkbox" name="give" value="(\d+)"[^>]*>', text)
    ticked = [one for one in boxes if re.search(rf'name="give" value="{one}"[^>]* checked', text)]
    return said | {"give": ticked}


def look(client: FlaskClient, path: str) -> tuple[str, dict[str, Any]]:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return text_of(answer), form_of(text_of(answer))


def send(client: FlaskClient, path: str, said: dict[str, Any], do: str = "give", **more: Any) -> Any:
    return client.post(path, data={**said, "do": do, **more}, headers=ENGLISH)


def goals_of(person: Person, **facts: Any) -> list[Goal]:
    return db.session.query(Goal).filter_by(owner_id=person.id, **facts).order_by(Goal.id).all()
