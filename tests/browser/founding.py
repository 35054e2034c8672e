"""What people do to set up a company and its goals, by mouse and keyboard, with and without script."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

PASSWORD = "bon chu cai that dai"
# Of the goal form: what fills in other fields once it is chosen.
FILLS_IN = re.compile(r"(kind|cycle|owner|unit|parent|metric|direction|aggregate|frequency|target_per)$")


@dataclass
class Hand:
    """One person at one browser."""

    page: Page
    scripted: bool

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Waits for the parts of the page that fetch themselves."""
        if self.scripted:
            self.page.wait_for_load_state("load")
            expect(self.page.locator(".htmx-request")).to_have_count(0)

    def type(self, form: str, said: dict[str, Any]) -> None:
        """Fills in the fields of the form, by name, in this order."""
        for name, value in said.items():
            self.put(f"{form} [name='{name}']", value)

    def put(self, place: str, value: Any) -> None:
        """One control: typed into, chosen from, or ticked."""
        field = self.page.locator(f"{place}:not([type=hidden])")
        kind = field.first.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            (self.page.locator(f"{place}[value='{value}']") if kind == "radio" else field).check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)

    def press(self, words: str, within: str = "main") -> None:
        """The button or link with these words; waits for the page it leads to."""
        button = self.page.locator(within).get_by_role("button", name=words, exact=True)
        link = self.page.locator(within).get_by_role("link", name=words, exact=True)
        button.or_(link).first.click()
        self.settle()

    def option(self, name: str, words: str) -> str:
        """The value of the choice of the goal form that has these words."""
        found = self.page.locator(f"#goal-form select[name='{name}'] option").filter(has_text=words)
        return found.get_attribute("value") or ""

    def write_goal(self, said: dict[str, Any], *measures: dict[str, Any]) -> str:
        """A new goal as a draft; answers its address."""
        self.go("/goals/new")
        for name, value in said.items():
            self._say(name, self.option(name, value) if name in ("cycle", "parent_measure") else value)
        for place, measure in enumerate(measures):
            if self.page.locator(f"#goal-form [name='measures-{place}-title']").count() == 0:
                self._do("Thêm kết quả then chốt")
            for name, value in measure.items():
                self._say(f"measures-{place}-{name}", value)
        self.page.locator("#goal-form").get_by_role("button", name="Lưu bản nháp").last.click()
        refused = self.page.locator("#goal-form .notice.bad")
        expect(refused.or_(self.page.locator("#goal-head"))).to_be_visible()
        assert refused.count() == 0, refused.inner_text()
        self.settle()
        return self.page.url

    def activate(self) -> None:
        """The goal whose page is open becomes active."""
        self.press("Bắt đầu thực hiện")
        expect(self.page.locator("h1")).to_be_visible()
        assert self.page.locator(".notice.bad").count() == 0, self.page.locator("main").inner_text()
        expect(self.page.locator("#goal-head")).not_to_contain_text("Bản nháp")

    def check_in(self, address: str, title: str, said: dict[str, Any]) -> None:
        """A value of that measure, on its goal's page."""
        self.go(address)
        row = self.page.locator("table.measures tbody").filter(has_text=title)
        row.locator("[data-checkin-open]").click()
        self.settle()
        form = self.page.locator("form[data-checkin]")
        for name, value in said.items():
            self.put(f"form[data-checkin] [name='{name}']", value)
        form.get_by_role("button", name="Lưu").click()
        expect(self.page.locator("form[data-checkin]")).to_have_count(0)
        self.settle()

    def _say(self, name: str, value: Any) -> None:
        place = f"#goal-form [name='{name}']"
        if not (self.scripted and FILLS_IN.search(name)):
            self.put(place, value)
            # Without script what follows from a choice is asked for by a button.
            if not self.scripted and name in ("kind", "parent"):
                self._do("Điền các mục theo lựa chọn")
            return
        with self.page.expect_response(lambda answer: answer.request.method == "POST" and "/coach" not in answer.url):
            self.put(place, value)
            if self.page.locator(place).first.evaluate("one => one.type") == "text":
                self.page.keyboard.press("Tab")
        self.settle()

    def _do(self, words: str) -> None:
        self.page.locator("#goal-form").get_by_role("button", name=words).first.click()
        self.settle()
