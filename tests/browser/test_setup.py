"""Cycles, metrics and the company's settings in a browser: they fit, are accessible, answer as one types, and work without script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from goalsite.extensions import db
from goalsite.models import Cycle, Metric, Unit

SCREENS = {
    "hr": (
        "/setup/cycles",
        "/setup/cycles/new",
        "/setup/cycles/plan",
        "/setup/cycles/{cycle}/edit",
        "/setup/cycles/{cycle}/review",
        "/setup/cycles/{cycle}/copy",
        "/setup/metrics",
        "/setup/metrics/new",
        "/setup/metrics/{metric}/edit",
        "/setup/units/{unit}/people",
        "/setup/people/invite",
    ),
    "administrator": ("/setup/company", "/setup"),
}


@pytest.fixture
def ids(site: Any) -> dict[str, int]:
    """The running cycle that goals are in, a metric in use, and a team."""
    with site.app.app_context():
        cycle = db.session.query(Cycle).filter_by(state="open").order_by(Cycle.starts_on.desc()).first()
        metric = db.session.query(Metric).order_by(Metric.id).first()
        assert cycle is not None
        assert metric is not None
        team = db.session.query(Unit).filter_by(kind="team").first()
        assert team is not None
        return {"cycle": cycle.id, "metric": metric.id, "unit": team.id}


class TestScreens:
    @pytest.mark.parametrize("role", SCREENS)
    @pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 360)])
    def test_fit_and_are_accessible(
        self,
        new_page: Callable[..., Page],
        sign_in: Callable[[Page, str], None],
        assert_accessible: Callable[[Page], None],
        ids: dict[str, int],
        role: str,
        scheme: str,
        width: int,
    ) -> None:
        page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        sign_in(page, role)
        for path in SCREENS[role]:
            page.goto(path.format(**ids))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert_accessible(page)


class TestMetrics:
    def test_formula_answers_as_one_types(self, page: Page, sign_in: Callable[[Page, str], None]) -> None:
        sign_in(page, "hr")
        page.goto("/setup/metrics/new")
        answer = page.locator("#formula-trial")
        page.locator("#try_value").fill("21")
        page.locator("#formula").fill("value * 2")
        expect(answer).to_contain_text("42")
        page.locator("#formula").fill("value * 2 / start")
        expect(answer).not_to_contain_text("42")
        expect(page.locator("#formula")).to_be_focused()

    def test_enter_saves_rather_than_tries(self, page: Page, sign_in: Callable[[Page, str], None]) -> None:
        sign_in(page, "hr")
        page.goto("/setup/metrics/new")
        page.locator("#name").fill("Số hợp đồng gia hạn")
        page.locator("#code").fill("GIAHAN")
        page.locator("#code").press("Enter")
        page.wait_for_url("**/setup/metrics")
        expect(page.locator("main")).to_contain_text("Số hợp đồng gia hạn")

    def test_without_script_a_button_tries_it(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
    ) -> None:
        page = new_page(java_script_enabled=False)
        sign_in(page, "hr")
        page.goto("/setup/metrics/new")
        page.locator("#formula").fill("value + 2")
        page.locator("#try_value").fill("40")
        page.locator("button[name=try]").click()
        expect(page.locator("#formula-trial")).to_contain_text("42")
        expect(page.locator("#formula")).to_have_value("value + 2")


class TestCycles:
    def test_a_year_is_shown_before_it_is_made(self, page: Page, sign_in: Callable[[Page, str], None]) -> None:
        sign_in(page, "hr")
        page.goto("/setup/cycles/plan")
        page.locator("#year").fill("2041")
        expect(page.locator("#cycle-plan")).to_contain_text("2041-Q4")
        page.locator("#pattern").select_option("halves")
        expect(page.locator("#cycle-plan")).to_contain_text("2041-H2")
        page.locator("main form .btn.primary").click()
        page.wait_for_url("**/setup/cycles")
        expect(page.locator("main")).to_contain_text("2041-H2")

    def test_without_script_it_is_moved_after_a_look_at_what_is_unfinished(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], ids: dict[str, int], site: Any
    ) -> None:
        page = new_page(java_script_enabled=False)
        sign_in(page, "hr")
        page.goto(f"/setup/cycles/{ids['cycle']}/review")
        page.locator("main form .btn.primary").click()
        page.wait_for_url("**/setup/cycles")
        with site.app.app_context():
            assert db.session.get_one(Cycle, ids["cycle"]).state == "reviewing"
