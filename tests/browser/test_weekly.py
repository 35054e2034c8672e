"""The weekly check-in by keyboard alone, and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect


def waiting(page: Page) -> int:
    return page.locator("form[data-checkin=next]").count()


def form_in_hand(page: Page) -> Locator:
    """The form whose row has the focus; it is gone once it is saved, though its measure may wait for another week."""
    key = page.locator("tbody:focus-within [name=form_key]").get_attribute("value")
    return page.locator(f'[name=form_key][value="{key}"]')


class TestWeekly:
    def test_every_row_is_reported_without_a_mouse(
        self, page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None]
    ) -> None:
        sign_in(page, "employee")
        page.goto("/checkins", wait_until="networkidle")
        rows = waiting(page)
        assert rows >= 5
        assert_accessible(page)
        focused = page.locator(":focus")
        expect(focused).to_have_class("value")

        focused.press_sequentially("9000")
        expect(page.locator("tbody:focus-within .preview")).to_contain_text("9.000")
        page.keyboard.press("Alt+2")
        expect(page.locator("tbody:focus-within [value=at_risk]")).to_be_checked()
        saved = form_in_hand(page)
        page.locator("tbody:focus-within .value").first.press("Enter")
        expect(saved).to_have_count(0)

        # Nothing changed, in one key; then down a row and up again.
        expect(page.locator(":focus")).to_have_class("value")
        saved = form_in_hand(page)
        page.keyboard.press("=")
        expect(saved).to_have_count(0)
        here = page.locator(":focus").get_attribute("id")
        page.keyboard.press("ArrowDown")
        expect(page.locator(":focus")).not_to_have_id(str(here))
        page.keyboard.press("ArrowUp")
        expect(page.locator(":focus")).to_have_id(str(here))

        done = page.locator("#weekly-done")
        while not done.is_visible():
            expect(page.locator("tbody:focus-within")).to_have_count(1)
            row, saved = page.locator("tbody:focus-within"), form_in_hand(page)
            if row.locator(".frac").count():
                page.keyboard.type("12")
                page.keyboard.press("Tab")
                page.keyboard.type("15")
            else:
                page.keyboard.type("4")
            page.keyboard.press("Enter")
            expect(saved).to_have_count(0)
            expect(page.locator("tbody:focus-within, #weekly-done:focus")).to_have_count(1)
        expect(done).to_be_focused()
        assert waiting(page) == 0
        expect(page.locator("#weekly-meter")).to_contain_text(f"{rows} / {rows}")
        page.reload(wait_until="networkidle")
        expect(page.get_by_role("status")).to_contain_text("Xong cả rồi")
        assert_accessible(page)

    def test_a_mistake_is_told_where_it_was_made(self, page: Page, sign_in: Callable[[Page, str], None]) -> None:
        sign_in(page, "employee")
        page.goto("/checkins", wait_until="networkidle")
        rows = waiting(page)
        page.keyboard.type("chín nghìn")
        page.keyboard.press("Enter")
        wrong = page.locator("[aria-invalid=true]")
        expect(wrong).to_have_value("chín nghìn")
        expect(wrong).to_be_focused()
        assert waiting(page) == rows

    @pytest.mark.parametrize("width", (360, 1360))
    def test_works_without_script(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], width: int
    ) -> None:
        page = new_page(java_script_enabled=False, viewport={"width": width, "height": 800})
        sign_in(page, "employee")
        page.goto("/checkins")
        meter = page.locator("#weekly-meter").inner_text()
        page.locator(".weekly .value").first.fill("9000")
        page.locator(".weekly .value").first.press("Enter")
        page.wait_for_url(lambda url: "#measure-" in url)
        assert page.locator("#weekly-meter").inner_text() != meter
        expect(page.get_by_text("9.000").first).to_be_visible()
