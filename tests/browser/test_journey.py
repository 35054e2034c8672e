"""The main job, as people do it: check in by keyboard, see the score change, hand in, decide, look from above, print."""

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import CheckIn, EvaluationStep
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
        # Keys are listened to once the page has loaded.
        page.wait_for_url(re.compile("/goals/"))
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

    def test_a_goal_is_handed_in_for_evaluation(self, page: Page, site: Site, sign_in: SignIn) -> None:
        goal_id = goal_of(site, "%-MA-Y2")
        sign_in(page, "employee")
        page.goto(f"/goals/{goal_id}")
        page.get_by_role("link", name="Gửi đánh giá").first.click()
        page.locator("[name=score]").fill("88")
        page.locator("[name=words]").fill("Đã xong phần chính, còn một việc chờ đối tác.")
        page.locator("#submission button[type=submit]").click()
        page.wait_for_url(re.compile(rf"#goal-{goal_id}$"))
        with site.app.app_context():
            goal = db.session.get_one(Goal, goal_id)
            assert goal.evaluation == "submitted"
            step = (
                db.session.query(EvaluationStep).filter_by(goal_id=goal_id).order_by(EvaluationStep.at.desc()).first()
            )
            assert step is not None
            assert (step.step, str(step.score)) == ("submitted", "0.8800")


class TestManager:
    def test_one_is_approved_and_one_returned_with_a_reason(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "manager")
        page.goto("/decisions")
        rows = page.locator("tbody[id^=evaluation-]")
        first, second = (
            int((rows.nth(index).get_attribute("id") or "").removeprefix("evaluation-")) for index in (0, 1)
        )
        approved = page.locator(f"#evaluation-{first}")
        approved.locator("a.btn.small").click()
        approved.locator("[name=score]").fill("90")
        approved.locator("[name=words]").fill("Kết quả tốt, số liệu rõ ràng.")
        approved.locator("button[type=submit]").first.click()
        expect(page.locator(f"#evaluation-{first} form")).to_have_count(0)
        returned = page.locator(f"#evaluation-{second}")
        returned.locator("a.btn.small").click()
        returned.locator("[name=words]").fill("Cần thêm số liệu của tháng cuối.")
        returned.locator("button[formaction]").click()
        expect(page.locator(f"#evaluation-{second} form")).to_have_count(0)
        with site.app.app_context():
            assert [db.session.get_one(Goal, key).evaluation for key in (first, second)] == ["approved", "returned"]
            assert str(db.session.get_one(Goal, first).score) == "0.900000000000000"

    def test_returning_without_a_reason_is_refused_at_the_field(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "manager")
        page.goto("/decisions")
        row = page.locator("tbody[id^=evaluation-]").first
        row.locator("a.btn.small").click()
        row.locator("button[formaction]").click()
        expect(page.locator("[name=words][aria-invalid=true]")).to_be_visible()

    def test_those_that_match_the_numbers_are_approved_together(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "manager")
        page.goto("/decisions?kind=evaluation")
        before = page.locator("[data-tick]").count()
        page.locator("[data-tick-agreeing]").click()
        chosen = page.locator("[data-tick]:checked").count()
        assert 0 < chosen < before
        page.locator("#bulk button[value=agree]").click()
        expect(page.locator("#queue .said")).to_contain_text(f"Đã xử lý {chosen} việc.")
        expect(page.locator("#queue .said")).to_be_focused()
        expect(page.locator("[data-tick]")).to_have_count(before - chosen)
        expect(page.locator("#bulk button[value=agree]")).to_be_disabled()


class TestDirector:
    def test_from_the_company_to_a_number_in_three_clicks(self, page: Page, site: Site, sign_in: SignIn) -> None:
        sign_in(page, "director")
        page.get_by_role("link", name="Tổng quan").first.click()
        page.locator("#units").get_by_role("link", name="Phòng Sản phẩm").click()
        page.locator("#goals").get_by_role("link").first.click()
        expect(page.locator("#goal-progress")).to_be_visible()
        expect(page.locator("table.measures").first).to_contain_text("%")


class TestWithoutScript:
    def test_a_measure_is_checked_in_by_plain_pages(
        self, new_page: Callable[..., Page], site: Site, sign_in: SignIn
    ) -> None:
        page = new_page(java_script_enabled=False)
        sign_in(page, "employee")
        page.locator("[data-checkin-open]").first.click()
        page.locator("input[name=value]").fill("9600")
        page.locator("form[data-checkin] button[type=submit]").click()
        expect(page.locator("#flash")).to_contain_text("Đã lưu")
        expect(page.locator("tbody[id^=measure-]").first).to_contain_text("9.600")


class TestLooks:
    def test_every_screen_is_accessible(
        self, new_page: Callable[..., Page], site: Site, sign_in: SignIn, assert_accessible: Callable[[Page], None]
    ) -> None:
        goal_id = goal_of(site, "%-SPY")
        paths = (
            "/",
            "/overview",
            "/members",
            "/tree",
            f"/goals/{goal_id}",
            "/decisions",
            "/members/7",
            "/notifications",
            "/account",
            "/tree/map",
            "/units/2/meeting",
            "/reviews",
            "/search?q=khach",
        )
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 360, "height": 780}}):
            page = new_page(**options)
            sign_in(page, "manager")
            for path in paths:
                page.goto(path)
                assert_accessible(page)


class TestPrint:
    def test_the_goal_page_goes_on_paper(self, page: Page, site: Site, sign_in: SignIn, tmp_path: Path) -> None:
        sign_in(page, "employee")
        page.goto(f"/goals/{goal_of(site, '%-SPY')}")
        text = on_paper(page, tmp_path)
        assert "sản phẩm Y" in text
        assert "Trang 1" in text
        assert "Cập nhật" not in text

    def test_a_sheet_of_seven_goals_is_one_page(self, page: Page, site: Site, sign_in: SignIn, tmp_path: Path) -> None:
        with site.app.app_context():
            huy = db.session.query(Person).filter(Person.email_key.startswith("duc.huy@")).one().id
            before = (
                db.session.query(Goal)
                .filter(Goal.owner_id == huy, Goal.evaluation == "approved")
                .join(Goal.cycle)
                .filter(Cycle.state == "reviewing")
                .first()
            )
            assert before is not None
            code = before.cycle.code
        sign_in(page, "hr")
        page.goto(f"/members/{huy}?cycle={code}")
        text = on_paper(page, tmp_path)
        assert "Trang 1 / 1" in re.sub(r"\s+", " ", text)


def goal_of(site: Site, code: str) -> int:
    """The id of the active goal of the latest cycle whose code is like that."""
    with site.app.app_context():
        goal = (
            db.session.query(Goal)
            .join(Goal.cycle)
            .filter(Goal.code.like(code), Goal.state == "active")
            .order_by(Cycle.starts_on.desc())
            .first()
        )
        assert goal is not None
        return goal.id


def on_paper(page: Page, folder: Path) -> str:
    """The text of the page as printed on A4."""
    page.emulate_media(media="print")
    page.pdf(path=folder / "page.pdf", prefer_css_page_size=True)
    return subprocess.run(
        ["pdftotext", "-layout", folder / "page.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
