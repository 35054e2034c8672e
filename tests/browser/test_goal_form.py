"""The form of a goal: targets by period that keep their sum while one types; and what one typed is still there later."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


class TestPeriods:
    def test_the_rest_follows_while_one_types_on(
        self,
        new_page: Callable[..., Page],
        sign_in: Callable[[Page, str], None],
        assert_accessible: Callable[[Page], None],
    ) -> None:
        page = new_page(viewport={"width": 360, "height": 900})
        sign_in(page, "employee")
        page.goto("/goals/new")
        page.locator("input[name=kind][value=kpi]").check()
        expect(page.locator("#goal-form-measures h2")).to_have_text("Chỉ tiêu")
        page.locator("#measures-0-aggregate").select_option("sum")
        page.locator("#measures-0-frequency").select_option("month")
        page.locator("#measures-0-target").fill("90")
        page.keyboard.press("Tab")
        cells = page.locator(".period-cells input")
        expect(cells.first).to_have_attribute("placeholder", "30")
        cells.first.click()
        page.keyboard.type("50")
        page.keyboard.press("Tab")
        # The answer comes while the next one is being typed: neither text nor place is lost.
        page.keyboard.type("2")
        expect(cells.nth(2)).to_have_attribute("placeholder", "20")
        expect(cells.nth(1)).to_be_focused()
        page.keyboard.type("5")
        expect(cells.nth(1)).to_have_value("25")
        page.keyboard.press("Tab")
        expect(cells.nth(2)).to_have_attribute("placeholder", "15")
        page.keyboard.type("5")
        page.keyboard.press("Tab")
        summary = page.locator("#measures-0-periods")
        expect(summary).to_contain_text("80")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
        summary.locator("button[value=total-0]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#measures-0-target")).to_have_value("80")
        expect(summary).to_be_focused()
        page.locator("input[name=title]").fill("Gọi lại khách")
        page.locator(".goal-form .acts button[value=save]").last.click()
        page.wait_for_url(re.compile(r"/goals/[0-9]+$"))


class TestTyped:
    def test_what_was_typed_is_there_after_leaving_in_the_middle_of_a_word(
        self, page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None]
    ) -> None:
        sign_in(page, "employee")
        page.goto("/goals/new")
        title = page.locator("input[name=title]")
        title.click()
        page.keyboard.type("Khách quay lại")
        expect(page.locator("#typed-kept")).to_contain_text("Đã giữ lúc")
        expect(title).to_be_focused()
        page.locator("#measures-0-title").click()
        page.keyboard.type("Tỷ lệ")
        page.goto("/")
        page.get_by_role("link", name="Bạn đang viết dở một mục tiêu").click()
        expect(page.locator("#measures-0-title")).to_have_value("Tỷ lệ")
        expect(title).to_have_value("Khách quay lại")
        assert_accessible(page)
        page.locator("#measures-0-target").fill("5")
        page.locator(".goal-form .acts button[value=save]").last.click()
        page.wait_for_url(re.compile(r"/goals/[0-9]+$"))
        page.goto("/goals/new")
        expect(page.locator("input[name=title]")).to_have_value("")
        page.locator("input[name=title]").fill("Hai")
        expect(page.locator("#typed-kept")).to_contain_text("Đã giữ lúc")
        page.reload()
        page.get_by_role("button", name="Viết lại từ đầu").click()
        expect(page.locator("input[name=title]")).to_have_value("")
