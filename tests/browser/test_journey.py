"""The main job, as people do it: check in by keyboard, see the score change, hand in, decide, look from above, print."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.models_follow import CheckIn
from tests.browser.conftest import Site

SignIn = Callable[[Page, str], None]


def percent(text: str) -> float:
    """The first percentage in a text as a Vietnamese page writes it."""
    found = re.search(r"(-?[\d.]+(?:,\d+)?)\s*%", text)
    assert found, text
    return float(found[1].replace(".", "").replace(",", "."))


class TestEmployee:
    def test_three_measures_by_keyboard_alone(self, page: Page, site: Site, sign_in: SignIn) -> None:
        began = datetime.now(UTC)
        sign_in(page, "employee")
        result = page.locator("#my-standing .tile").first
        before = result.inner_text()
        page.keyboard.press("c")
        for number, value in enumerate(("9500", "6,9", "1")):
            expect(page.locator("form[data-checkin] input.value")).to_be_focused()
            page.keyboard.type(value)
            expect(page.locator(".preview")).to_contain_text("%")
            page.keyboard.press("Enter")
            expect(page.locator("form[data-checkin]")).to_have_count(0)
            if number < 2:
                # The focus stands on the next row that waits.
                page.keyboard.press("Enter")
        expect(result).not_to_have_text(before, use_inner_text=True)
        assert percent(result.inner_text()) > percent(before)
        with site.app.app_context():
            kept = db.session.query(CheckIn).filter(CheckIn.entered_at >= began).order_by(CheckIn.id).all()
            assert [str(checkin.value) for checkin in kept] == ["9500.0000", "6.9000", "1.0000"]

    def test_the_explanation_changes_with_the_score(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "employee")
        page.get_by_role("link", name=re.compile("sản phẩm Y trong quý")).first.click()
        why = page.locator(".why").first
        before = why.inner_text()
        page.keyboard.press("c")
        expect(page.locator("form[data-checkin] input.value")).to_be_focused()
        page.keyboard.type("9900")
        page.keyboard.press("Enter")
        expect(why).not_to_have_text(before, use_inner_text=True)
        assert percent(why.inner_text()) > percent(before)

    def test_escape_closes_and_keeps_nothing(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "employee")
        page.keyboard.press("c")
        expect(page.locator("form[data-checkin] input.value")).to_be_focused()
        page.keyboard.type("1")
        page.keyboard.press("Escape")
        expect(page.locator("form[data-checkin]")).to_have_count(0)
        expect(page.locator("[data-checkin-open]").first).to_be_focused()

    def test_a_wrong_number_stays_with_what_is_wrong(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "employee")
        page.keyboard.press("c")
        expect(page.locator("form[data-checkin] input.value")).to_be_focused()
        page.keyboard.type("chín nghìn")
        page.keyboard.press("Enter")
        wrong = page.locator("form[data-checkin] input[aria-invalid=true]")
        expect(wrong).to_be_focused()
        expect(wrong).to_have_value("chín nghìn")


class TestPrint:
    def test_the_goal_page_goes_on_paper(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "employee")
        with site.app.app_context():
            goal_id = db.session.query(Goal.id).filter(Goal.code.like("%-SPY"), Goal.state == "active").order_by(Goal.id).first()
        assert goal_id
        page.goto(f"/goals/{goal_id[0]}")
        paper = page.pdf(prefer_css_page_size=True)
        assert paper.startswith(b"%PDF")
        assert io.BytesIO(paper).getbuffer().nbytes > 20_000
