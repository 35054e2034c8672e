"""A real browser on a real server: each test on a site of its own with the example company.

A test fails on anything the browser's console complains of, violations of the Content-Security-Policy among it.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright
from werkzeug.serving import make_server

from tests import databases, example
from tests.conftest import NO_BROWSER

# A busy machine is slow, not wrong: in milliseconds.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # A page that asks another host for anything is at fault, and shall not get it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# The browser's own remark on an answer that is meant: a refused form, a page not found, a sign-in needed.
MEANT = re.compile(r"Failed to load resource: the server responded with a status of (401|403|404|409|422|429)")


@dataclass
class Site:
    """A running Goalsite: where it is, and the application, for tests that arrange or look behind the scenes."""

    url: str
    app: Flask


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    named = os.environ.get("GOALSITE_CHROMIUM")
    found = named or next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if not found:
        must = os.environ.get("CI") or os.environ.get("GOALSITE_REQUIRE_BROWSER") == "1"
        (pytest.fail if must else pytest.skip)(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def serving(template: str, fill: Callable[[str], None]) -> Iterator[Site]:
    """A server on a database of its own, as `fill(url)` left the template of that name."""
    with (
        databases.fresh("sqlite", template, fill) as url,
        databases.closing_app(databases.make_app(url, WTF_CSRF_ENABLED=True)) as app,
    ):
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.port}", app)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    """A server with the example company, whose data are the test's to change."""
    with serving("example", example.fill) as made:
        yield made


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Makes pages, each a person of its own: `new_page(color_scheme="dark", java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not MEANT.match(message.text):
            faults.append(f"{message.type}: {message.text}")

    def response(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            faults.append(f"{response.status} {response.url}")

    def make(**options: object) -> Page:
        options = {"base_url": site.url, "locale": "vi-VN", "viewport": {"width": 1360, "height": 900}, **options}
        context = browser.new_context(**options)  # type: ignore[arg-type]  # Playwright's own options, by name
        context.set_default_timeout(PATIENCE)
        context.on("console", console)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("response", response)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A wide window, in Vietnamese, light."""
    return new_page()


@pytest.fixture(scope="session")
def sign_in() -> Callable[[Page, str], None]:
    """Signs one of the example's cast in, through the form: `sign_in(page, "manager")`."""

    def enter(page: Page, role: str) -> None:
        page.goto("/sign-in")
        page.locator("[name=email]").fill(example.CAST[role])
        page.locator("[name=password]").fill(example.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return enter


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fails unless axe finds nothing on the page as it is now."""

    def check(page: Page) -> None:
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {node['html']} ({one['help']})" for one in found for node in one["nodes"]] == []

    return check
