"""KPI sets, giving to many and the assignment sheet in a browser: they fit, are accessible, and go all the way, with script and without."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from tests.example import CAST

POSITION = "Chuyên viên chăm sóc khách hàng"
SCREENS = (
    "/setup/kpi-sets",
    "/setup/kpi-sets/edit?position=Kỹ sư phát triển",
    "/setup/kpi-sets/give?position=Kỹ sư phát triển",
    "/goals/{goal}/duplicate",
    "/members/{person}/assignment",
    "/members/assignments?position=Chuyên viên kinh doanh",
)


@pytest.fixture
def ids(site: Any) -> dict[str, int]:
    """A running KPI somebody but the employee has, and the employee."""
    with site.app.app_context():
        person = db.session.query(Person).filter_by(email_key=CAST["employee"]).one()
        running = db.session.query(Goal).join(Goal.cycle).filter(Cycle.state == "open", Goal.kind == "kpi")
        goal = running.filter(Goal.state == "active", Goal.owner_id != person.id, Goal.scope == "person").first()
        assert goal is not None
        return {"goal": goal.id, "person": person.id}


class TestScreens:
    @pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 360)])
    def test_fit_and_are_accessible(
        self,
        new_page: Callable[..., Page],
        sign_in: Callable[[Page, str], None],
        assert_accessible: Callable[[Page], None],
        ids: dict[str, int],
        scheme: str,
        width: int,
    ) -> None:
        page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        sign_in(page, "hr")
        for path in SCREENS:
            page.goto(path.format(**ids))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert_accessible(page)


class TestKpiSet:
    @pytest.mark.parametrize("script", [True, False])
    def test_is_written_and_given_but_to_whom_is_unticked(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], script: bool
    ) -> None:
        page = new_page(java_script_enabled=script)
        sign_in(page, "hr")
        page.goto(f"/setup/kpi-sets/edit?position={POSITION}")
        count = page.locator("#kpi-set-form fieldset").count()
        page.locator("[name='do'][value='add']").click()
        expect(page.locator("#kpi-set-form fieldset")).to_have_count(count + 1)
        added = page.locator("#kpi-set-form fieldset").last
        code, name = ("UNGVIEN", "Ứng viên đạt yêu cầu") if script else ("NPS", "Chỉ số sẵn lòng giới thiệu")
        added.locator("input[name$='-metric']").fill(code)
        if script:
            added.locator("input[name$='-metric']").press("Tab")
            expect(added.locator("legend")).to_contain_text(name)
        added.locator("input[name$='-target']").fill("95")
        page.get_by_role("button", name="Lưu", exact=True).last.click()
        page.wait_for_url("**/setup/kpi-sets")
        page.goto(f"/setup/kpi-sets/give?position={POSITION}")
        boxes = page.locator("[name='give']")
        people = boxes.count()
        boxes.first.uncheck()
        page.get_by_role("button", name="Giao cho những người đã chọn").click()
        expect(page.locator("#flash")).to_contain_text(f"cho {people - 1} người")
        expect(page.locator("[name='give']")).to_have_count(1)


class TestDuplicate:
    def test_from_the_goal_to_the_sheet_on_which_it_is_received(
        self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], ids: dict[str, int]
    ) -> None:
        page = new_page()
        sign_in(page, "hr")
        page.goto(f"/goals/{ids['goal']}")
        page.get_by_role("link", name="Giao cho nhiều người").click()
        page.locator("#people").fill(CAST["employee"])
        page.locator("#people").press("Enter")
        expect(page.locator("[name='give']")).to_be_checked()
        page.get_by_role("button", name="Giao cho những người đã chọn").click()
        expect(page.locator("#flash")).to_contain_text("Đã giao 1 mục tiêu")

        mine = new_page()
        sign_in(mine, "employee")
        mine.get_by_role("link", name="Phiếu giao mục tiêu").first.click()
        mine.get_by_role("button", name="Tôi đã nhận tất cả").click()
        expect(mine.locator("#flash")).to_contain_text("Đã nhận")
        expect(mine.locator(".assignment .received")).to_contain_text("Đã xác nhận nhận trên Goalsite")
