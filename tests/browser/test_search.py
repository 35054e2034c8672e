"""Search by keyboard as one types, and by the plain form without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


class TestSearch:
    def test_what_is_typed_is_offered_and_opened_without_a_mouse(
        self, page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None]
    ) -> None:
        sign_in(page, "employee")
        page.goto("/overview", wait_until="networkidle")
        page.keyboard.press("/")
        page.keyboard.type("khach hang")
        offered = page.locator("#suggestions")
        expect(offered.get_by_role("link").first).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("ArrowDown")
        expect(offered.get_by_role("link").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(offered).to_be_hidden()
        expect(page.locator(".search [data-search]")).to_be_focused()
        page.keyboard.type(" truong hoc")
        expect(offered.get_by_role("link")).to_have_count(2)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Mở nhóm khách hàng trường học")

    def test_the_page_follows_what_is_typed_and_keeps_the_place(
        self, page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None]
    ) -> None:
        sign_in(page, "employee")
        page.goto("/search", wait_until="networkidle")
        expect(page.locator("#q")).to_be_focused()
        assert_accessible(page)
        page.keyboard.type("muc tieu khong co that")
        expect(page.locator("#found")).to_contain_text("Không tìm thấy gì")
        page.locator("#q").fill("khach hang")
        expect(page.locator("#found .list").first).to_be_visible()
        expect(page.locator("#q")).to_be_focused()
        expect(page).to_have_url(re.compile("q=khach"))
        assert_accessible(page)


class TestWithoutScript:
    @pytest.mark.parametrize("path", ["/overview"])
    def test_the_box_searches(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], path: str
    ) -> None:
        page = new_page(java_script_enabled=False)
        sign_in(page, "employee")
        page.goto(path)
        page.locator(".search [data-search]").fill("khach hang")
        page.keyboard.press("Enter")
        expect(page.locator("#found")).to_contain_text("Mở nhóm khách hàng trường học")
