"""A company from an empty site, by mouse and keyboard only; and the same numbers as when it comes as a workbook."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from goalsite.exchange.load import load_path
from goalsite.extensions import db
from goalsite.queries.company import today as company_today
from tests import databases
from tests.browser.conftest import Site, serving
from tests.browser.founded import (
    COMPANY,
    GOALS,
    KPI,
    MEASURES,
    METRICS,
    OBJECTIVES,
    PEOPLE,
    UNITS,
    quarter,
    write_workbook,
)
from tests.browser.founding import PASSWORD, Hand

Open = Callable[[], Hand]


@pytest.fixture
def site() -> Iterator[Site]:
    """A server with the tables and nothing in them."""
    with serving("nothing", databases.migrate) as made:
        yield made


@pytest.fixture
def today(site: Site) -> date:
    with site.app.app_context():
        return company_today()


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def open_browser(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Open:
    """Another person at another browser, with or without script."""
    scripted = bool(request.param)
    return lambda: Hand(new_page(java_script_enabled=scripted), scripted)


class TestCompanyFromNothing:
    def test_is_set_up_and_set_its_goals(self, open_browser: Open, site: Site, today: date, tmp_path: Path) -> None:
        links = found_the_company(open_browser(), today)
        hands = {who: come_in(open_browser(), link) for who, link in links.items() if who != "hr"}
        hands["director"] = sign_in(open_browser(), "director")
        addresses = write_the_goals(hands, today)
        for code in addresses:
            report_values(hands[GOALS[code]["owner"]], code, addresses[code])
        report_values(hands["seller"], "OKR-5", convert_the_kpi(hands["seller"]))
        typed, loaded = numbers(site.app, today), numbers_of_the_workbook(tmp_path, today)
        assert [pair for pair in zip(typed, loaded, strict=True) if pair[0] != pair[1]] == []


def found_the_company(hand: Hand, today: date) -> dict[str, str]:
    """The first visit, then the steps of the checklist; answers the links by which people set their passwords."""
    page, (name, email, _, _) = hand.page, PEOPLE["director"]
    hand.go("/")
    who = {"company": COMPANY, "name": name, "email": email, "password": PASSWORD}
    hand.type("main form", {**who, "locale": "vi"})
    hand.press("Bắt đầu")
    expect(page.locator("main h1")).to_contain_text(COMPANY)
    for code, name, kind, parent, _ in UNITS:
        hand.go("/setup/units/new")
        hand.type("main form", {"name": name, "code": code, "parent": parent, "kind": kind})
        hand.press("Lưu")
    links = {}
    for who_else, (name, email, unit, position) in PEOPLE.items():
        if who_else != "director":
            hand.go("/setup/people/new")
            hand.type("main form", {"name": name, "email": email, "unit": unit, "position": position})
            if who_else == "hr":
                page.locator("[name=is_hr]").check()
            hand.press("Lưu")
            hand.press("Tạo đường dẫn mời")
            links[who_else] = page.locator("#link").input_value()
    for code, head in [("company", "director"), *((code, head) for code, _, _, _, head in UNITS if head)]:
        hand.go("/setup/units")
        page.locator("tr").filter(has_text=code).get_by_role("link").first.click()
        hand.type("main form", {"head": PEOPLE[head][1]})
        hand.press("Lưu")
    for metric in METRICS:
        hand.go("/setup/metrics/new")
        hand.type("main form", metric)
        hand.press("Lưu")
    hand.go("/setup/cycles/plan")
    hand.type("main form", {"year": str(today.year)})
    hand.press("Tạo các chu kỳ")
    for code in (str(today.year), quarter(today)[0]):
        hand.go("/setup/cycles")
        page.locator("tr").filter(has=page.get_by_text(code, exact=True)).get_by_role("link", name="Mở").click()
        hand.press("Mở chu kỳ")
    hand.go("/setup")
    expect(page.locator("main")).to_contain_text("5 / 6")
    return links


def come_in(hand: Hand, link: str) -> Hand:
    """Sets the password by the link that was shown."""
    hand.go(link[link.index("/welcome") :])
    hand.type("main form", {"password": PASSWORD})
    hand.press("Đặt mật khẩu và đăng nhập")
    return hand


def sign_in(hand: Hand, who: str) -> Hand:
    hand.go("/sign-in")
    hand.type("main form", {"email": PEOPLE[who][1], "password": PASSWORD})
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_url(lambda url: "/sign-in" not in url)
    return hand


def write_the_goals(hands: dict[str, Hand], today: date) -> dict[str, str]:
    """The company's objective, the department's that supports it, a person's that supports that, and a KPI beside; where each is."""
    addresses = {}
    for code in ("OKR-1", "OKR-2", "OKR-3", "KPI-4"):
        goal = GOALS[code]
        hand = hands[goal["owner"]]
        said: dict[str, Any] = {"kind": "kpi"} if goal["kind"] == "kpi" else {}
        said |= {"title": goal["title"], "scope": goal["scope"]}
        if code == "OKR-1":
            said["cycle"] = f"Năm {today.year}"
        if goal["scope"] == "unit":
            said["unit"] = goal["unit"]
        if "supports" in goal:
            above, _, key = goal["supports"].partition("/")
            said |= {"parent": above, "parent_measure": MEASURES[above][int(key[-1]) - 1][0]["title"]}
        if "also_supports" in goal:
            said["also"] = goal["also_supports"]
        addresses[code] = hand.write_goal(said, *(measure for measure, _ in MEASURES[code]))
        hand.activate()
    return addresses


def convert_the_kpi(hand: Hand) -> str:
    """The article's four steps, each saved; answers where the OKR is."""
    page, (fed, *own) = hand.page, [said for said, _ in MEASURES["OKR-5"]]
    hand.go("/convert")
    hand.type("main form", {"title": OBJECTIVES["converted"], "description": "Bán giỏi hơn thôi thì chưa đủ."})
    hand.press("Lưu, chọn kết quả then chốt")
    page.get_by_label(KPI).select_option("fed")
    for place, said in enumerate(own):
        counts = said.get("aggregate", "last")
        row = {"title": said["title"], "symbol": said["symbol"], "counts": counts}
        hand.type("main form", {f"{name}_{place}": value for name, value in row.items()})
    hand.press("Lưu, tinh chỉnh theo SMART")
    expect(page.locator("[name='measures-0-start']")).to_have_value(fed["start"])
    for place, said in enumerate(own, start=1):
        numbers = {name: said[name] for name in ("start", "target") if name in said}
        hand.type("main form", {f"measures-{place}-{name}": value for name, value in numbers.items()})
    hand.press("Lưu, đặt nhịp check-in")
    page.get_by_label(own[0]["title"]).select_option(own[0]["frequency"])
    hand.press("Lưu, xem lại OKR")
    address = page.url
    hand.activate()
    return address


def report_values(hand: Hand, code: str, address: str) -> None:
    """Every value of the goal, in a check-in each."""
    for said, values in MEASURES[code]:
        for value in values:
            hand.check_in(address, said["title"], value)


def numbers(app: Flask, today: date) -> list[str]:
    """What the reports say, line by line, for the year and the quarter."""
    runner = app.test_cli_runner()
    found = []
    for cycle in (str(today.year), quarter(today)[0]):
        for kind in ("goals", "measures", "people", "units"):
            answer = runner.invoke(args=["report", kind, "--cycle", cycle])
            assert answer.exit_code == 0, answer.output
            found += [f"{kind} {cycle}: {line}" for line in answer.output.splitlines()]
    return found


def numbers_of_the_workbook(folder: Path, today: date) -> list[str]:
    """The same of the company that was loaded."""
    write_workbook(folder, today)
    with (
        databases.fresh("sqlite", "nothing", databases.migrate) as url,
        databases.closing_app(databases.make_app(url)) as app,
    ):
        with app.app_context():
            report = load_path(folder, today=today)
            assert report.faults == []
            db.session.commit()
        return numbers(app, today)
