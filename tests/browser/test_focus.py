"""By keyboard alone: the focus is never lost, and Esc gives up no more than it should."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

SignIn = Callable[[Page, str], None]


class TestDecisions:
    def test_one_is_opened_closed_and_decided(
        self, page: Page, sign_in: SignIn, assert_accessible: Callable[[Page], None]
    ) -> None:
        sign_in(page, "manager")
        page.goto("/decisions", wait_until="networkidle")
        turn = page.locator("[id^=evaluation-][id$=-turn]").first
        turn.press("Enter")
        score = page.locator("[name=score]")
        expect(score).to_be_focused()
        page.keyboard.press("Escape")
        expect(score).to_have_count(0)
        expect(turn).to_be_focused()

        # What is being typed is not thrown away.
        page.keyboard.press("Enter")
        expect(score).to_be_focused()
        words = page.locator("[name=words]").first
        words.focus()
        page.keyboard.type("Đúng như số liệu.")
        page.keyboard.press("Escape")
        expect(words).to_have_value("Đúng như số liệu.")
        expect(words).to_be_focused()

        score.press("Enter")
        said = page.locator("#flash > .notice")
        expect(said).to_contain_text("Đã duyệt")
        expect(said).to_be_focused()
        assert_accessible(page)


class TestWeekly:
    def test_esc_takes_back_what_was_typed_before_it_leaves_the_row(self, page: Page, sign_in: SignIn) -> None:
        sign_in(page, "employee")
        page.goto("/checkins", wait_until="networkidle")
        value = page.locator(".weekly .value").first
        expect(value).to_be_focused()
        page.keyboard.type("55")
        page.keyboard.press("Escape")
        expect(value).to_have_value("")
        expect(value).to_be_focused()
        page.keyboard.press("Escape")
        expect(value).not_to_be_focused()
