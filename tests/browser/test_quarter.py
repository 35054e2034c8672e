"""A whole quarter of the example company: checked in week by week, a week missed and made up, evaluated, reviewed, closed;
and the report stays what it was."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import select

from goalsite.domain.periods import Span
from goalsite.domain.terms import COUNTED_STATES
from goalsite.example.spans import weeks
from goalsite.exchange.load import load_path
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.models_follow import CheckIn, Review
from goalsite.queries.cards import cards_of
from goalsite.queries.company import today as company_today
from tests.browser.conftest import Site
from tests.browser.founding import Hand
from tests.example import CAST, PASSWORD

# The people department, seen through the browser: its head, and two whose manager she is, one of them HR too.
CALLS, SPEED, HAPPY, HIRING = "Phỏng vấn ứng viên", "Số ngày tuyển một vị trí", "Nhân viên hài lòng", "Vị trí đã tuyển"
MISSED, MADE_UP = 5, 6
# Script has to have run before a form is sent by it.
Numbers = dict[str, str]


class Quarter:
    """The quarter after today's: the clock of the server, its goals, and everybody's hand."""

    def __init__(self, site: Site, clock: Any, new_page: Callable[..., Page], folder: Path) -> None:
        self.site, self.clock, self.folder = site, clock, folder
        with site.app.app_context():
            cycle = db.session.scalars(
                select(Cycle).where(Cycle.state == "planning", Cycle.parent_id.is_not(None)).order_by(Cycle.starts_on)
            ).first()
            assert cycle is not None
            self.code, self.cycle_id, self.span = cycle.code, cycle.id, Span(cycle.starts_on, cycle.ends_on)
            head = db.session.query(Person).filter_by(email_key=CAST["hr"]).one()
            members = db.session.scalars(select(Person).where(Person.boss_id == head.id).order_by(Person.is_hr)).all()
            self.people = {"member": members[0].email, "second": members[1].email, "head": head.email}
            assert members[1].is_hr
            assert head.boss is not None
            self.people["director"] = head.boss.email
            self.ids = {role: self._id(email) for role, email in self.people.items()}
        self.hands = {role: Hand(new_page(), True) for role in self.people}

    @staticmethod
    def _id(email: str) -> int:
        return db.session.query(Person.id).filter_by(email=email).scalar()

    def on(self, day: date) -> None:
        """It is ten in the morning of that day, and nobody has signed in yet."""
        self.clock.move_to(datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
        for hand in self.hands.values():
            hand.page.context.clear_cookies()

    def hand(self, role: str) -> Hand:
        """The hand of that person, signed in."""
        hand = self.hands[role]
        if not hand.page.context.cookies():
            hand.page.goto("/sign-in")
            hand.page.locator("[name=email]").fill(self.people[role])
            hand.page.locator("[name=password]").fill(PASSWORD)
            hand.page.keyboard.press("Enter")
            hand.page.wait_for_url(lambda url: "/sign-in" not in url)
        return hand

    def load(self, name: str, **sheets: list[dict[str, Any]]) -> None:
        """Rows of the workbook, as HR would bring them along."""
        folder = self.folder / name
        folder.mkdir()
        for sheet, rows in sheets.items():
            with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
                writer.writeheader()
                writer.writerows(rows)
        with self.site.app.app_context():
            assert load_path(folder, today=company_today()).faults == []
            db.session.commit()

    def goals(self) -> dict[str, int]:
        with self.site.app.app_context():
            return dict(db.session.query(Goal.code, Goal.id).filter(Goal.cycle_id == self.cycle_id).all())

    def report(self) -> dict[str, str]:
        runner, found = self.site.app.test_cli_runner(), {}
        for kind in ("goals", "measures", "people", "units"):
            answer = runner.invoke(args=["report", kind, "--cycle", self.code])
            assert answer.exit_code == 0, answer.output
            found[kind] = answer.output
        return found


@pytest.fixture
def quarter(site: Site, new_page: Callable[..., Page], tmp_path: Path) -> Any:
    with site.app.app_context():
        today = company_today()
    with time_machine.travel(datetime(today.year, today.month, today.day, 3, tzinfo=UTC), tick=True) as clock:
        made = Quarter(site, clock, new_page, tmp_path)
        made.on(made.span.first)
        yield made


class TestQuarter:
    def test_from_its_first_week_to_a_record_that_stands(self, quarter: Quarter) -> None:
        plan(quarter)
        fridays = [
            min(week.first - timedelta(days=week.first.weekday() - 4), week.last) for week in weeks(quarter.span)
        ]
        open_it(quarter)
        for number, day in enumerate((max(day, quarter.span.first) for day in fridays), start=1):
            quarter.on(day)
            check_in(quarter, number)
        quarter.on(quarter.span.last + timedelta(days=5))
        bring_the_others(quarter, fridays)
        evaluate(quarter)
        review(quarter)
        before = quarter.report()
        close(quarter)
        assert quarter.report() == before
        move_a_department(quarter)
        assert quarter.report() == before
        assert_everybody_is_evaluated(before["people"])


def plan(quarter: Quarter) -> None:
    """Two goals for each of the three, one for everybody else who has a manager; earlier cycles are no longer checked in on."""
    member, second, head = (quarter.people[role] for role in ("member", "second", "head"))
    own = {"cycle": quarter.code, "state": "active"}
    goals = [
        own | {"code": "N-CALLS", "kind": "kpi", "title": CALLS, "owner": member},
        own | {"code": "N-SPEED", "kind": "okr", "title": "Tuyển nhanh hơn", "owner": member},
        own | {"code": "N-HAPPY", "kind": "kpi", "title": HAPPY, "owner": second},
        own | {"code": "N-HIRING", "kind": "okr", "title": "Đủ người cho năm mới", "owner": head},
    ]
    measures = [
        {"goal": "N-CALLS", "code": "I", "title": CALLS, "aggregate": "sum", "target": 260, "frequency": "week"},
        {"goal": "N-SPEED", "code": "KR1", "title": SPEED, "direction": "decrease", "start": 60, "target": 34},
        {"goal": "N-HAPPY", "code": "I", "title": HAPPY, "aggregate": "average", "target": 80, "frequency": "week"},
        {"goal": "N-HIRING", "code": "KR1", "title": HIRING, "start": 0, "target": 13},
    ]
    with quarter.site.app.app_context():
        busy = [*quarter.people.values()]
        for person in db.session.scalars(select(Person).where(Person.boss_id.is_not(None), Person.email.not_in(busy))):
            goals.append(own | {"code": f"N-{person.id}", "kind": "kpi", "title": "Việc chính", "owner": person.email})
            measures.append({"goal": f"N-{person.id}", "code": "I", "title": "Việc chính", "target": 100})
        db.session.query(Cycle).filter(Cycle.state == "open").update({Cycle.state: "reviewing"})
        db.session.commit()
    quarter.load("plan", goals=goals, measures=measures)


def open_it(quarter: Quarter) -> None:
    hand = quarter.hand("second")
    hand.go(f"/setup/cycles/{quarter.cycle_id}/open")
    hand.press("Mở chu kỳ")
    expect(hand.page.get_by_role("status").first).to_be_visible()


def check_in(quarter: Quarter, week: int) -> None:
    """Everybody's weekly page; one does not look at it in the fifth week, and finds in the sixth what is to be made up."""
    goals = quarter.goals()
    with quarter.site.app.app_context():
        card = cards_of([goals["N-CALLS"]], company_today())[0].measures[0]
        assert card.period is not None
        plan, needed = int(card.period.target or 0), int(card.period.needed or 0)
    if week != MISSED:
        hand = quarter.hand("member")
        hand.go("/checkins")
        if week == MADE_UP:
            row = hand.page.locator("tbody").filter(has_text=CALLS)
            expect(row).to_contain_text(f"cần {needed} = {plan} + {needed - plan} bù")
            assert needed - plan == plan
        report(hand, CALLS, str(needed))
        report(hand, SPEED, str(60 - 2 * week))
    second, head = quarter.hand("second"), quarter.hand("head")
    second.go("/checkins")
    report(second, HAPPY, str(70 + week))
    head.go("/checkins")
    report(head, HIRING, str(week))


def report(hand: Hand, title: str, value: str) -> None:
    """Types the value into the measure's row, and Enter."""
    row = hand.page.locator("table.weekly tbody").filter(has_text=title)
    box = row.locator("input.value")
    if box.count() == 0:
        # In the clipped last week what has reached its target is not due.
        expect(row.locator("tr.saved").or_(hand.page.get_by_role("status"))).not_to_have_count(0)
        return
    box.first.fill(value)
    box.first.press("Enter")
    expect(hand.page.locator("table.weekly tbody").filter(has_text=title).locator("tr.saved")).to_have_count(1)


def bring_the_others(quarter: Quarter, fridays: list[date]) -> None:
    """What everybody else reported and how their own managers evaluated them, once the cycle is under review."""
    with quarter.site.app.app_context():
        of_cycle = select(Measure.id).join(Measure.goal).where(Goal.cycle_id == quarter.cycle_id)
        made = db.session.query(CheckIn).filter(CheckIn.measure_id.in_(of_cycle)).count()
    # Each of four measures in each whole week but the one that was missed, of two; the clipped last week may have nothing due.
    assert made >= (len(fridays) - 1) * 4 - 2
    hand = quarter.hand("second")
    hand.go(f"/setup/cycles/{quarter.cycle_id}/review")
    hand.press("Bắt đầu đánh giá")
    checkins, evaluations = [], []
    with quarter.site.app.app_context():
        others = db.session.scalars(
            select(Goal).where(Goal.cycle_id == quarter.cycle_id, Goal.title == "Việc chính")
        ).all()
        for goal in others:
            checkins += [
                {"goal": goal.code, "measure": "I", "on": day, "value": 7 * number, "author": goal.owner.email}
                for number, day in enumerate(fridays, start=1)
                if day >= quarter.span.first
            ]
            boss = goal.owner.boss
            assert boss is not None
            at = quarter.span.last + timedelta(days=3)
            evaluations += [
                {"goal": goal.code, "at": f"{at} 09:00", "step": "submitted", "by": goal.owner.email, "score": "0.9"},
                {"goal": goal.code, "at": f"{at} 10:00", "step": "approved", "by": boss.email, "score": "0.85"},
            ]
    quarter.load("others", checkins=checkins, evaluations=evaluations)


def evaluate(quarter: Quarter) -> None:
    """Each hands in; one is returned and handed in again, the head approves several at once, and HR reopens one that is decided anew."""
    goals = quarter.goals()
    for role, codes in (("member", ("N-CALLS", "N-SPEED")), ("second", ("N-HAPPY",)), ("head", ("N-HIRING",))):
        for code in codes:
            hand_in(quarter.hand(role), goals[code])
    head = quarter.hand("head")
    head.go(f"/evaluations/{goals['N-SPEED']}")
    head.put(f"#evaluation-{goals['N-SPEED']}-words", "Nói rõ hơn điều gì đã giúp tuyển nhanh.")
    head.press("Trả lại")
    hand_in(quarter.hand("member"), goals["N-SPEED"])
    approve(head, [CALLS, "Tuyển nhanh hơn", HAPPY])
    approve(quarter.hand("director"), ["Đủ người cho năm mới"])
    second = quarter.hand("second")
    second.go(f"/evaluations/{goals['N-CALLS']}")
    second.page.locator("summary").filter(has_text="Mở lại đánh giá này").click()
    second.put(f"#evaluation-{goals['N-CALLS']}-words", "Thiếu một buổi phỏng vấn chưa ghi.")
    second.press("Mở lại")
    hand_in(quarter.hand("member"), goals["N-CALLS"])
    approve(head, [CALLS])
    with quarter.site.app.app_context():
        counted = (Goal.cycle_id == quarter.cycle_id, Goal.state.in_(COUNTED_STATES))
        left = db.session.execute(select(Goal.title, Goal.evaluation).where(*counted, Goal.evaluation != "approved"))
    assert left.all() == []


def hand_in(hand: Hand, goal_id: int) -> None:
    hand.go(f"/evaluations/{goal_id}/submit")
    hand.press("Gửi đánh giá", within="#submission")
    expect(hand.page.locator(".notice.bad, .error")).to_have_count(0)


def approve(hand: Hand, titles: list[str]) -> None:
    """Ticks these in the queue and approves them together."""
    hand.go("/decisions?kind=evaluation")
    for title in titles:
        hand.page.get_by_label(f"Chọn {title}", exact=True).check()
    if len(titles) > 1 or hand.page.locator("#bulk").count():
        hand.press("Duyệt", within="#bulk")
    else:
        hand.page.locator("tbody").filter(has_text=titles[0]).get_by_role("link", name="Xem").click()
        hand.press("Duyệt", within="#queue")
    for title in titles:
        expect(hand.page.get_by_label(f"Chọn {title}", exact=True)).to_have_count(0)


def review(quarter: Quarter) -> None:
    """The three reviews: prepared by both, talked about, signed by the manager and then by the person."""
    for role, manager in (("member", "head"), ("second", "head"), ("head", "director")):
        address = f"/reviews/{quarter.code}/{quarter.ids[role]}"
        for who, words in ((role, "Em học được nhiều."), (manager, "Một quý chắc tay.")):
            hand = quarter.hand(who)
            hand.go(address)
            hand.put("#review-words", words)
            hand.press("Lưu")
        for who, step in ((manager, "discuss"), (manager, "sign_as_manager"), (role, "sign_as_person")):
            hand = quarter.hand(who)
            hand.go(address)
            hand.page.locator(f"form[action$='/{step}'] button").click()
            hand.settle()
    with quarter.site.app.app_context():
        signed = select(Review).where(Review.cycle_id == quarter.cycle_id, Review.person_signed_at.is_not(None))
        assert len(db.session.scalars(signed).all()) == 3


def close(quarter: Quarter) -> None:
    hand = quarter.hand("second")
    hand.go(f"/setup/cycles/{quarter.cycle_id}/close")
    hand.press("Đóng chu kỳ")
    with quarter.site.app.app_context():
        assert db.session.get_one(Cycle, quarter.cycle_id).state == "closed"


def move_a_department(quarter: Quarter) -> None:
    """Marketing goes below operations, by HR on its form."""
    with quarter.site.app.app_context():
        moved = db.session.query(Unit).filter_by(code="MKT").one().id
    hand = quarter.hand("second")
    hand.go(f"/setup/units/{moved}/edit")
    hand.type("main form", {"parent": "VH"})
    hand.press("Lưu")
    with quarter.site.app.app_context():
        parent = db.session.get_one(Unit, moved).parent
        assert parent is not None
        assert parent.code == "VH"


def assert_everybody_is_evaluated(people: str) -> None:
    rows = [row for row in csv.DictReader(people.splitlines()) if row["goals"] != "0"]
    assert len(rows) > 35
    assert {row["provisional"] for row in rows} == {"no"}
    assert all(row["rating"] for row in rows)
