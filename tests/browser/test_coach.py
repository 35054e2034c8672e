"""The coach beside a form while one types, and the way from a KPI to an OKR by keyboard alone, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


class TestCoach:
    def test_speaks_while_one_types_and_leaves_the_focus_where_it_is(
        self, page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None]
    ) -> None:
        sign_in(page, "employee")
        page.goto("/goals/new")
        coach = page.locator("#goal-coach")
        expect(coach).to_contain_text("SMART")
        title = page.locator("input[name=title]")
        title.click()
        page.keyboard.type("Đạt 10 tỷ doanh thu")
        expect(coach).to_contain_text("10 tỷ")
        expect(title).to_be_focused()
        expect(title).to_have_value("Đạt 10 tỷ doanh thu")
        assert_accessible(page)


class TestConvert:
    @pytest.mark.parametrize("script", (True, False))
    def test_the_example_is_walked_through_by_keyboard(
        self,
        new_page: Callable[..., Page],
        sign_in: Callable[[Page, str], None],
        assert_accessible: Callable[[Page], None],
        script: bool,
    ) -> None:
        page = new_page(java_script_enabled=script, viewport={"width": 360, "height": 900})
        sign_in(page, "employee")
        page.goto("/convert?example=1")
        for step in ("key-results", "smart", "rhythm"):
            self.look(page, script, assert_accessible)
            page.locator("main form.card button[type=submit]").last.focus()
            page.keyboard.press("Enter")
            page.wait_for_url(f"**/{step}?example=1")
        self.look(page, script, assert_accessible)
        page.locator("main form.card button[type=submit]").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/goals/*")
        expect(page.locator("#goal-measures tbody")).to_have_count(3)
        expect(page.locator("#goal-coach")).to_contain_text("3 / 4")

    def look(self, page: Page, script: bool, assert_accessible: Callable[[Page], None]) -> None:
        if script:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert_accessible(page)
