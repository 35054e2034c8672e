"""Signing in, as a person sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import example


class TestSignIn:
    @pytest.mark.parametrize("scheme", ("light", "dark"))
    def test_page_is_accessible(
        self, new_page: Callable[..., Page], assert_accessible: Callable[[Page], None], scheme: str
    ) -> None:
        page = new_page(color_scheme=scheme)
        page.goto("/sign-in")
        assert_accessible(page)

    @pytest.mark.parametrize("role", list(example.CAST))
    def test_each_role_gets_in(self, page: Page, sign_in: Callable[[Page, str], None], role: str) -> None:
        sign_in(page, role)
        assert page.locator("main").is_visible()

    def test_wrong_password_keeps_the_address(self, page: Page) -> None:
        page.goto("/sign-in")
        page.locator("[name=email]").fill("nobody@example.com")
        page.locator("[name=password]").fill("not the password")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        assert page.locator("[name=email]").input_value() == "nobody@example.com"
