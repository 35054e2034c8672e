"""Forms: one effect however often they are sent, a stale one noticed, and everything typed kept."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy.orm import Session, scoped_session
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField

from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import (
    ExactField,
    Form,
    LineField,
    TextField,
    add_error,
    answer_of,
    choices,
    first_time,
    is_stale,
    keep_answer,
    renew,
)
from goalsite.models import Metric
from goalsite.respond import go_to
from tests import cast

Db = scoped_session[Session]
KEY = "k" * 24


class Sample(Form):
    name = LineField("Name")
    note = TextField("Note")
    value = ExactField("Value")
    kind = SelectField("Kind", choices=choices([("a", "A"), ("b", "B")]), default="a")
    count = IntegerField("Count", default=0)


def sample(**typed: Any) -> Sample:
    data = {"name": "x", "kind": "a", "count": "1"} | typed
    return Sample(MultiDict([(name, text) for name, text in data.items()]))


@pytest.fixture
def reading(app: Flask) -> Any:
    """A request of somebody who reads Vietnamese."""
    with app.test_request_context(method="POST", headers={"Accept-Language": "vi"}) as context:
        yield context


@pytest.mark.usefixtures("reading")
class TestFields:
    @pytest.mark.parametrize("field", ("name", "note", "value", "kind", "count"))
    @pytest.mark.parametrize("text", ("\x00", "a\x00b", "\ud800", "a\udfffb", "\x1b[31m", "\x7f", "x" * 1_000_000))
    def test_what_cannot_be_kept_is_an_error_at_its_field(self, field: str, text: str) -> None:
        form = sample(**{field: text})
        assert not form.validate()
        assert list(form.errors) == [field]

    @pytest.mark.parametrize(
        "text",
        (
            "Nguyễn Thị Ánh", "'; DROP TABLE goals; --", '<script>alert("x")</script>', "{{ 7*7 }}", "=1+1", "%s%n", "../../etc", "😀👩‍👩‍👧", "\u202eabc",
            "a\u0301", "ﷺ", "０１２", "null", "None", "-1", "\u200b", "𝕏", "&amp;", "\\u0000", "$(id)",
        ),
    )  # fmt: skip
    def test_any_other_text_comes_back_as_it_was(self, text: str) -> None:
        form = sample(name=text, note=f"{text}\r\n\t{text}")
        assert form.validate(), form.errors
        assert (form.name.data, form.note.data) == (text, f"{text}\n\t{text}")
        assert str(escape(text)) in str(form.name())

    def test_a_line_is_one_line(self) -> None:
        assert sample(name="  a\r\nb\n ").name.data == "a b"

    def test_needed_line_is_needed(self) -> None:
        form = sample(name="  \t ")
        assert not form.validate()
        assert list(form.errors) == ["name"]

    def test_too_long_says_how_long(self) -> None:
        form = sample(name="x" * 301)
        assert not form.validate()
        assert "300" in form.errors["name"][0]

    @pytest.mark.parametrize(
        ("text", "value"), (("1.000.000", 1_000_000), ("6,4", Decimal("6.4")), ("", None), ("  ", None))
    )
    def test_number_is_read_as_this_reader_writes_it(self, text: str, value: Decimal | None) -> None:
        form = sample(value=text)
        assert form.validate()
        assert form.value.data == value

    @pytest.mark.parametrize("text", ("abc", "NaN", "Infinity", "1e400", str(2**63), "1_000", "٣", "6.4", "1,23456"))
    def test_number_that_cannot_be_read_stays_as_typed(self, text: str) -> None:
        form = sample(value=text)
        assert not form.validate()
        assert form.value.data is None
        assert f'value="{text}"' in form.value()
        assert 'inputmode="decimal"' in form.value()

    def test_stored_number_shows_without_needless_zeros(self) -> None:
        assert 'value="1.500,5"' in Sample(formdata=None, data={"value": Decimal("1500.5000")}).value()

    def test_rule_shows_at_its_field_or_at_the_head(self) -> None:
        form = sample()
        form.validate()
        add_error(form, RuleError("password_short", "name", least=10))
        add_error(form, RuleError("password_common", "elsewhere"))
        assert "10" in form.name.errors[0]
        assert len(form.form_errors) == 1


@pytest.mark.usefixtures("reading")
class TestVersion:
    @pytest.mark.parametrize(
        ("sent", "stale"), (("3", False), ("2", True), ("", True), ("abc", True), ("٣", True), ("9" * 30, True))
    )
    def test_is_stale(self, sent: str, stale: bool) -> None:
        form = sample(version=sent)
        assert form.validate()
        assert is_stale(form, Metric(version=3)) is stale
        assert 'value="3"' in form.version()


@pytest.mark.usefixtures("reading")
class TestRenew:
    def test_shown_again_after_its_effect_it_has_another_key(self) -> None:
        form = sample(form_key=KEY)
        assert KEY in form.form_key()
        assert KEY not in renew(form).form_key()


class TestFirstTime:
    @pytest.fixture
    def inside(self, app: Flask, db_session: Db) -> FlaskClient:
        """A view that makes a metric, as any view makes something."""

        def make() -> Response:
            form = Sample()
            if not form.validate_on_submit():
                return Response("", 422)
            if not first_time(form):
                return go_to(answer_of(form, "/default"))
            metric = Metric(code=form.name.data, name="m")
            db.session.add(metric)
            db.session.flush()
            if form.note.data == "fails":
                raise RuleError("link_gone")
            keep_answer(form, f"/metrics/{metric.id}")
            db.session.commit()
            return go_to(f"/metrics/{metric.id}")

        app.add_url_rule("/make", "make", make, methods=["POST"])
        return cast.signed_in(app, cast.join())

    def send(self, client: FlaskClient, **typed: Any) -> Any:
        return client.post("/make", data={"name": "M", "kind": "a", "count": "1", "form_key": KEY, **typed})

    def made(self) -> int:
        return db.session.query(Metric).count()

    def test_sent_twice_has_one_effect_and_one_answer(self, inside: FlaskClient) -> None:
        assert [self.send(inside).location for _ in range(3)] == ["/metrics/1"] * 3
        assert self.made() == 1

    def test_at_once_too(self, inside: FlaskClient, app: Flask, db_session: Db) -> None:
        db_session.commit()
        cookie = inside.get_cookie("goalsite")
        assert cookie is not None

        def send(_: int) -> str:
            client = app.test_client()
            client.set_cookie("goalsite", cookie.value)
            return str(Context().run(self.send, client).location)

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(send, range(8))) == {"/metrics/1"}
        assert self.made() == 1

    def test_what_was_refused_can_be_sent_again(self, inside: FlaskClient) -> None:
        assert self.send(inside, name="").status_code == 422
        assert self.send(inside, note="fails").status_code == 422
        assert self.made() == 0
        assert self.send(inside).location.startswith("/metrics/")

    def test_another_persons_form_is_another(self, inside: FlaskClient, app: Flask) -> None:
        self.send(inside)
        other = cast.signed_in(app, cast.join("Bình"))
        self.send(other, name="N")
        assert self.made() == 2

    @pytest.mark.parametrize("key", ("", "short", "x" * 65, "ké" * 10, "a b" * 8))
    def test_without_a_key_each_sending_counts(self, inside: FlaskClient, key: str) -> None:
        self.send(inside, name="A", form_key=key)
        self.send(inside, name="B", form_key=key)
        assert self.made() == 2
