"""The goal page, as a person sees it: a check-in moves everything that hangs on it, and talk stays in place."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person
from tests import example


@pytest.fixture
def goal_id(site: Any) -> int:
    """An open OKR of the employee's, with a key result that takes a plain value."""
    with site.app.app_context():
        mine = db.session.query(Goal.id).join(Goal.owner).join(Measure, Measure.goal_id == Goal.id)
        mine = mine.filter(Person.email_key == example.CAST["employee"], Goal.state == "active", Goal.kind == "okr")
        plain = (Measure.aggregate == "last", Measure.direction == "increase", Measure.fed_by_id.is_(None))
        found: int = mine.filter(*plain, Goal.cycle.has(state="open")).order_by(Goal.id).limit(1).scalar()
        return found


class TestGoal:
    @pytest.mark.parametrize("scheme", ("light", "dark"))
    @pytest.mark.parametrize("width", (1360, 360))
    def test_page_is_accessible_and_fits(
        self,
        new_page: Callable[..., Page],
        sign_in: Callable[[Page, str], None],
        assert_accessible: Callable[[Page], None],
        goal_id: int,
        scheme: str,
        width: int,
    ) -> None:
        page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        sign_in(page, "manager")
        page.goto(f"/goals/{goal_id}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)

    def test_a_check_in_moves_progress_and_history(
        self, page: Page, sign_in: Callable[[Page, str], None], goal_id: int
    ) -> None:
        sign_in(page, "employee")
        page.goto(f"/goals/{goal_id}")
        before = page.locator("#goal-progress header").inner_text()
        count = int(page.locator("#goal-history header small").first.inner_text())
        page.locator("#goal-measures [data-checkin-open]").first.click()
        value = page.locator("form[data-checkin] .value")
        value.fill("1")
        value.press("Enter")
        expect(page.locator("#goal-history header small").first).to_have_text(str(count + 1))
        expect(page.locator("#goal-progress header")).not_to_have_text(before)
        # The other parts of the page refresh themselves meanwhile.
        page.wait_for_load_state("networkidle")
        page.locator("#goal-progress .why a").click()
        expect(page.locator("#goal-explanation table")).to_be_visible()

    def test_a_comment_appears_in_place_and_one_can_go_on_typing(
        self, page: Page, sign_in: Callable[[Page, str], None], goal_id: int
    ) -> None:
        sign_in(page, "employee")
        page.goto(f"/goals/{goal_id}")
        page.locator("#goal-conversation textarea").fill("Xong **phần một**")
        page.locator("#goal-conversation form button").click()
        expect(page.locator("#goal-conversation .body strong").last).to_have_text("phần một")
        expect(page.locator("#goal-conversation textarea")).to_be_focused()
        expect(page.locator("#goal-conversation textarea")).to_have_value("")

    def test_without_script_everything_is_said_and_done(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], goal_id: int
    ) -> None:
        page = new_page(java_script_enabled=False)
        sign_in(page, "manager")
        page.goto(f"/goals/{goal_id}")
        page.locator("#goal-conversation textarea").fill("Không cần script")
        page.locator("#goal-conversation form button").click()
        expect(page.locator("#goal-conversation .body").last).to_have_text("Không cần script")
        page.locator("#goal-progress .why a").click()
        expect(page.locator("h1")).to_be_visible()
        assert page.url.endswith("/explanation")

    def test_paper_has_no_controls(self, page: Page, sign_in: Callable[[Page, str], None], goal_id: int) -> None:
        sign_in(page, "manager")
        page.goto(f"/goals/{goal_id}")
        page.emulate_media(media="print")
        # The box of a line of the plan stays, as its mark.
        for control in page.locator("main :is(button, .btn, textarea):not(.tick-line)").all():
            assert not control.is_visible()
        assert page.locator("#goal-facts, #goal-progress, #goal-measures, #goal-history").count() == 4

    @pytest.mark.parametrize("script", (True, False))
    def test_a_line_of_the_plan_is_ticked_by_key_where_it_stands(
        self,
        new_page: Callable[..., Page],
        sign_in: Callable[[Page, str], None],
        assert_accessible: Callable[[Page], None],
        goal_id: int,
        script: bool,
    ) -> None:
        page = new_page(java_script_enabled=script)
        sign_in(page, "employee")
        page.goto(f"/goals/{goal_id}/actions/new")
        page.locator("input[name=title]").fill("Gọi mười khách cũ")
        page.locator("input[name=title]").press("Enter")
        line = page.locator("#goal-plan li", has_text="Gọi mười khách cũ")
        line.locator("button").press("Enter")
        expect(line.locator("button.good")).to_be_visible()
        if script:
            expect(line.locator("button")).to_be_focused()
        line.get_by_role("link").click()
        page.locator("input[name=title]").fill("Gọi hai mươi khách cũ")
        if script:
            assert_accessible(page)
        page.locator("input[name=title]").press("Enter")
        page.locator("#goal-plan li", has_text="hai mươi").get_by_role("link").click()
        page.locator("form[action$=remove] button").click()
        page.wait_for_url("**/goals/*#goal-plan")
        expect(page.locator("#goal-plan li", has_text="khách cũ")).to_have_count(0)

    def test_whom_one_may_name_is_offered_and_taken_by_keyboard(
        self, page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None], goal_id: int
    ) -> None:
        sign_in(page, "employee")
        page.goto(f"/goals/{goal_id}")
        field, names = page.locator("[data-mentions]"), page.locator("#mentions")
        field.press_sequentially("Nhờ chị @thu ha")
        expect(names.locator("button").first).to_contain_text("Trần Thu Hà")
        assert_accessible(page)
        field.press("Escape")
        expect(names).to_be_hidden()
        field.press("Backspace")
        expect(names).to_be_visible()
        expect(names.locator("button").first).to_contain_text("Trần Thu Hà")
        field.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(names).to_be_hidden()
        expect(field).to_be_focused()
        expect(field).to_have_value("Nhờ chị @thu.ha ")
        page.keyboard.type("xem giúp")
        page.locator("#goal-conversation form button[type=submit]").click()
        expect(page.locator("#goal-conversation a.mention").last).to_have_text("@Trần Thu Hà")
