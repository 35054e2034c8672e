"""What stands before every view, and the headers of every answer."""

import re
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from goalsite.models import Person
from tests import cast

Db = scoped_session[Session]


@pytest.fixture
def person(db_session: Db) -> Person:
    person = cast.join(password=cast.PASSWORD)
    db_session.commit()
    return person


@pytest.fixture
def inside(app: Flask, person: Person) -> FlaskClient:
    return cast.signed_in(app, person)


class TestHeaders:
    @pytest.mark.parametrize("path", ("/sign-in", "/account", "/nowhere", "/healthz", "/static/css/base.css"))
    def test_every_answer_is_guarded(self, inside: FlaskClient, path: str) -> None:
        headers = headers_of(inside, path)
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")
        assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-ID"])

    def test_private_pages_are_not_kept(self, inside: FlaskClient) -> None:
        assert [inside.get(path).headers["Cache-Control"] for path in ("/account", "/nowhere", "/sign-in")] == [
            "no-store"
        ] * 3

    def test_static_files_are_kept_under_their_digest(self, inside: FlaskClient) -> None:
        address = re.search(r'href="(/static/css/base.css\?v=[0-9a-f]{12})"', inside.get("/account").text)
        assert address
        assert headers_of(inside, address[1])["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers_of(inside, "/static/css/base.css")["Cache-Control"] == "public, no-cache"
        assert inside.get("/static/css/none.css?v=1").headers["Cache-Control"] == "no-store"

    def test_cookie_is_out_of_scripts_and_other_sites_reach(self, client: FlaskClient, person: Person) -> None:
        cookie = client.post("/sign-in", data={"email": person.email, "password": cast.PASSWORD}).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie

    def test_pages_hold_nothing_that_the_policy_forbids(self, inside: FlaskClient) -> None:
        for path in ("/sign-in", "/account", "/nowhere"):
            assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", inside.get(path).text)


class TestSecureCookies:
    @pytest.fixture
    def app_config(self) -> dict[str, Any]:
        return {"GOALSITE_SECURE_COOKIES": "true"}

    def test_https_only(self, client: FlaskClient, person: Person) -> None:
        answer = client.post("/sign-in", data={"email": person.email, "password": cast.PASSWORD})
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "max-age" in answer.headers["Strict-Transport-Security"]


class TestSecFetchSite:
    @pytest.mark.parametrize(
        "headers",
        (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ),
    )
    def test_other_sites_may_not_change_anything(self, inside: FlaskClient, headers: dict[str, str]) -> None:
        assert inside.post("/account/end-sessions", headers=headers).status_code == 403
        assert inside.get("/account", headers=headers).status_code == 200

    @pytest.mark.parametrize(
        "headers", ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {})
    )
    def test_own_pages_may(self, inside: FlaskClient, headers: dict[str, str]) -> None:
        assert inside.post("/account/end-sessions", headers=headers).status_code == 303


class TestCsrf:
    @pytest.fixture
    def app_config(self) -> dict[str, Any]:
        return {"WTF_CSRF_ENABLED": True}

    def test_form_of_this_session_is_taken(self, inside: FlaskClient) -> None:
        assert (
            inside.post("/account/end-sessions", data={"csrf_token": token(inside.get("/account"))}).status_code == 303
        )

    def test_header_serves_htmx(self, inside: FlaskClient) -> None:
        sent = {"X-CSRFToken": token(inside.get("/account"))}
        assert inside.post("/account/end-sessions", headers=sent).status_code == 303

    def test_expired_token_keeps_what_was_typed(self, inside: FlaskClient) -> None:
        typed = {
            "csrf_token": "old",
            "preferences-locale": "en",
            "note": "Dòng một\n<b>hai</b>",
            "new_password": "secret secret",
        }
        answer = inside.post("/account/save-preferences?x=1", data=typed)
        assert answer.status_code == 400
        assert "&lt;b&gt;hai&lt;/b&gt;</textarea>" in answer.text
        assert "secret secret" not in answer.text
        assert 'action="/account/save-preferences?x=1"' in answer.text
        again = {**typed, "csrf_token": token(answer), "preferences-theme": "", "preferences-time_zone": ""}
        assert inside.post("/account/save-preferences", data=again).status_code == 303

    def test_for_htmx_it_is_a_notice_and_the_form_stays(self, inside: FlaskClient) -> None:
        answer = inside.post("/account/save-preferences", data={"note": "x"}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (400, "#flash")
        assert "<html" not in answer.text

    def test_of_another_session_is_refused(self, inside: FlaskClient, client: FlaskClient) -> None:
        foreign = token(client.get("/sign-in"))
        assert inside.post("/account/end-sessions", data={"csrf_token": foreign}).status_code == 400


class TestSessionEnded:
    def test_reading_leads_to_the_sign_in(self, client: FlaskClient, person: Person) -> None:
        assert client.get("/account").location == "/sign-in?next=/account"

    def test_writing_keeps_what_was_typed(self, client: FlaskClient, person: Person) -> None:
        answer = client.post("/account/save-preferences", data={"note": "nhiều chữ", "form_key": "k" * 20})
        assert answer.status_code == 401
        assert "nhiều chữ</textarea>" in answer.text
        assert 'href="/sign-in"' in answer.text

    def test_for_htmx_it_is_a_notice(self, client: FlaskClient, person: Person) -> None:
        answer = client.post("/account/save-preferences", data={"note": "x"}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Reswap"]) == (401, "innerHTML")


class TestSize:
    def test_form_that_is_too_large(self, inside: FlaskClient) -> None:
        assert inside.post("/account/save-preferences", data={"a": "x" * (2 * 1024 * 1024 + 1)}).status_code == 413

    @pytest.mark.parametrize(
        ("kind", "megabytes"), (("multipart/form-data; boundary=x", 20), ("application/json", 2), ("", 2))
    )
    def test_upload_may_be_larger_but_not_endless(self, app: Flask, kind: str, megabytes: int) -> None:
        with app.test_request_context("/healthz", method="POST", content_type=kind):
            app.preprocess_request()
            assert request.max_content_length == megabytes * 1024 * 1024

    def test_what_announces_too_much_is_not_read(self, inside: FlaskClient) -> None:
        announced = {"CONTENT_LENGTH": str(21 * 1024 * 1024)}
        answer = inside.post(
            "/account/save-preferences", content_type="multipart/form-data; boundary=x", environ_overrides=announced
        )
        assert answer.status_code == 413

    def test_thousands_of_fields(self, inside: FlaskClient) -> None:
        assert inside.post("/account/save-preferences", data={f"f{n}": "x" for n in range(20_000)}).status_code in (
            413,
            422,
        )


class TestUnreadable:
    @pytest.mark.parametrize(
        "path",
        (
            "/account?cycle=%00",
            "/account?%00=1",
            "/account%00",
            "/members/%00",
            "/account?cycle=%ED%A0%80",
            "/account?a=" + "b" * 5000,
        ),
    )
    def test_no_address_is_a_fault(self, inside: FlaskClient, path: str) -> None:
        assert inside.get(path).status_code < 500

    def test_nul_is_refused(self, inside: FlaskClient) -> None:
        assert inside.get("/account?cycle=%00").status_code == 400


class TestRowId:
    @pytest.mark.parametrize(
        ("number", "status"),
        (("1", 200), (str(2**31 - 1), 200), (str(2**31), 404), (str(2**63), 404), ("-1", 404), ("1e3", 404)),
    )
    def test_no_larger_than_the_database_holds(self, app: Flask, number: str, status: int) -> None:
        app.view_functions["health.row"] = lambda row_id: f"{row_id}"
        app.url_map.add(app.url_rule_class("/rows/<int:row_id>", endpoint="health.row"))
        with app.test_request_context(f"/rows/{number}") as context:
            found = 200 if context.request.routing_exception is None else 404
        assert found == status


class TestHosts:
    @pytest.fixture
    def app_config(self) -> dict[str, Any]:
        return {"GOALSITE_TRUSTED_HOSTS": "goals.example, other.example"}

    @pytest.mark.parametrize(
        ("host", "status"),
        (
            ("goals.example", 200),
            ("other.example:8000", 200),
            ("evil.example", 400),
            ("", 400),
            ("goals.example.evil", 400),
        ),
    )
    def test_only_our_names(self, client: FlaskClient, host: str, status: int) -> None:
        for method in (client.get, client.post):
            answer = method("/healthz", headers={"Host": host})
            assert answer.status_code in (status, 405)


class TestProxies:
    def address(self, client: FlaskClient, app: Flask) -> str:
        seen: list[str] = []
        app.before_request(lambda: seen.append(f"{request.scheme} {request.host} {request.remote_addr}"))
        client.get(
            "/healthz",
            headers={"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "goals.example"},
        )
        return seen[0]

    def test_headers_of_strangers_are_not_believed(self, client: FlaskClient, app: Flask) -> None:
        assert self.address(client, app) == "http localhost 127.0.0.1"

    class TestConfigured:
        @pytest.fixture
        def app_config(self) -> dict[str, Any]:
            return {"GOALSITE_PROXIES": 1}

        def test_the_configured_ones_are(self, client: FlaskClient, app: Flask) -> None:
            assert TestProxies().address(client, app) == "https goals.example 10.1.1.1"

        def test_request_keeps_the_name_it_came_with(self, client: FlaskClient) -> None:
            assert (
                client.get("/healthz", headers={"X-Request-ID": "abcdef-123456"}).headers["X-Request-ID"]
                == "abcdef-123456"
            )
            assert client.get("/healthz", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


class TestPublicList:
    def test_all_else_is_refused_before_any_view(self, app: Flask, client: FlaskClient, person: Person) -> None:
        from goalsite.security import PUBLIC

        for rule in app.url_map.iter_rules():
            if rule.endpoint in PUBLIC or rule.endpoint == "auth.sign_out":
                continue
            path = re.sub(r"<any\(['\"]?(\w+)[^>]*>", r"\1", rule.rule)
            path = re.sub("<int:[^>]*>", "1", path)
            path = re.sub("<[^>]*>", "x", path)
            for method in (rule.methods or set()) - {"OPTIONS"}:
                answer = client.open(path, method=method)
                assert answer.status_code == 401 or answer.location.startswith("/sign-in?"), (method, rule.rule)


def headers_of(client: FlaskClient, path: str) -> Any:
    with client.get(path) as answer:
        return answer.headers


def token(answer: Any) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    assert found
    return found[1]
