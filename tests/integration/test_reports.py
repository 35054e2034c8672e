"""The reports' pages: who sees which numbers, every state in the address, and what a page does not work out."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from goalsite.actions.check_in import Reported, check_in
from goalsite.actions.freeze import freeze_results
from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.queries import report_goals, report_measures, report_people, report_units
from goalsite.queries.company import now, today
from goalsite.queries.records import world_of
from goalsite.queries.reports import measure_lines, record_of
from tests.cast import join, signed_in
from tests.integration.builders import days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

HIDDEN = "would tell of one or two people"


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    return family()


@pytest.fixture
def cycle(cast: dict[str, Person]) -> Cycle:
    return running_cycle(kpi_share=Decimal("0.6"))


@pytest.fixture
def goals(cast: dict[str, Person], cycle: Cycle) -> list[Goal]:
    """A report with a KPI at 72 % and an OKR at 53 % (64.4 % in all); the manager with one at 31 %; department A's own at 47 %."""
    me, manager = cast["report"], cast["manager"]
    made = [
        make_goal(me, cycle, {}, kind="kpi", title="Chỉ tiêu mở"),
        make_goal(me, cycle, {}, title="Mục tiêu kín", visibility="restricted"),
        make_goal(manager, cycle, {}, title="Của quản lý"),
        make_goal(manager, cycle, {}, title="Của phòng A", scope="unit"),
    ]
    settle()
    for goal, value in zip(made, (72, 53, 31, 47), strict=True):
        facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
        check_in(goal.measures[0], facts, goal.owner, Reported(today(), Decimal(value)), now(), today())
    db.session.commit()
    return made


def page_of(app: Flask, person: Person, path: str, status: int = 200) -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def cells(text: str, row: str) -> list[str]:
    """What the cells of the row that holds this text say."""
    found = next(one for one in re.findall(r"<tr\b[^>]*>.*?</tr>", text, re.DOTALL) if row in one)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[dh].*?</t[dh]>", found, re.DOTALL)
    ]


class TestPeople:
    @pytest.mark.parametrize("role", ("report", "manager", "director", "hr"))
    def test_a_result_is_for_oneself_ones_managers_and_hr(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str
    ) -> None:
        row = cells(page_of(app, cast[role], "/reports/people"), "Nguyễn Minh Anh")
        assert (row[1], row[4], row[5]) == ("64.4 % provisional", "72.0 %", "53.0 %")

    @pytest.mark.parametrize("role", ("peer", "outsider"))
    @pytest.mark.parametrize("path", ("/reports/people", "/reports/people.csv", "/reports/people.xlsx"))
    def test_and_for_nobody_else(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str, path: str
    ) -> None:
        client = signed_in(app, cast[role])
        for more in ("", f"?as_of={days_ago(1)}", f"?period={today():%Y-%m}", "?unit=A", "?sort=total&page=2"):
            answer = client.get(path + more)
            assert answer.status_code == 200
            assert "Nguyễn Minh Anh" not in answer.get_data(as_text=False).decode("utf-8", "replace")
        assert "0.644" not in client.get("/reports/people.csv").text

    def test_sorted_by_what_the_address_says(self, app: Flask, cast: dict[str, Person], goals: list[Goal]) -> None:
        down = page_of(app, cast["hr"], "/reports/people?sort=total&dir=desc")
        up = page_of(app, cast["hr"], "/reports/people?sort=total&dir=asc")
        mine, theirs = "Nguyễn Minh Anh</a>", "Trần Thu Hà</a>"
        assert down.index(mine) < down.index(theirs)
        assert up.index(mine) > up.index(theirs)
        for text in (down, up):
            assert text.index("Võ Khánh Linh</a>") > max(text.index(mine), text.index(theirs)), "without a result: last"

    def test_a_past_day_leaves_out_what_came_later(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal]
    ) -> None:
        text = page_of(app, cast["hr"], f"/reports/people?as_of={days_ago(1)}&sort=total")
        assert f"As of {days_ago(1):%d/%m/%Y}" in text
        assert "64.4 %" not in text
        assert cells(text, "Nguyễn Minh Anh")[1].startswith("0.0 %")
        assert f"as_of={days_ago(1)}" in re.search(r'href="(/reports/people.xlsx[^"]*)"', text)[1]  # type: ignore[index]

    @pytest.mark.parametrize("told", ("tomorrow", "2999-01-01", "0001-01-01", "2026-13-01", "%27", "٢٠٢٦-٠١-٠١"))
    def test_what_makes_no_sense_asks_for_today(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], told: str
    ) -> None:
        for name in ("as_of", "period", "sort", "dir", "page"):
            assert "64.4 %" in page_of(app, cast["hr"], f"/reports/people?{name}={told}") or name == "period"
        page_of(app, cast["hr"], f"/reports/people?unit=nowhere{told}", 404)

    def test_is_paged_and_takes_as_many_queries_however_many_people(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal]
    ) -> None:
        for number in range(60):
            make_goal(join(f"Người {number:02}", email=f"n{number}@x.vn"), cycle, {})
        settle()
        client = signed_in(app, cast["hr"])
        client.get("/reports/people")
        for kind in ("people", "units", "goals", "measures"):
            for more in ("", "?page=2&sort=name&dir=desc", f"?as_of={days_ago(3)}", f"?period={today():%Y-%m}&page=2"):
                with counted(app) as sent:
                    assert client.get(f"/reports/{kind}{more}").status_code == 200
                assert len(sent) <= MOST, "\n".join(sent)
        assert "50 of 66 people" in page_of(app, cast["hr"], "/reports/people")
        assert "16 of 66 people" in page_of(app, cast["hr"], "/reports/people?page=2")

    def test_a_past_day_of_too_many_is_left_to_the_file(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (report_people, report_units, report_goals, report_measures):
            monkeypatch.setattr(module, "MOST_REPLAYED", 2)
        for kind in ("people", "units", "goals", "measures"):
            text = page_of(app, cast["hr"], f"/reports/{kind}?as_of={days_ago(1)}")
            assert "Too many to work out at once" in text
            assert page_of(app, cast["hr"], f"/reports/{kind}.csv?as_of={days_ago(1)}").count("\n") > 2
            # Of people nobody but HR and managers sees so many.
            refused = page_of(app, cast["manager"], f"/reports/{kind}.csv?as_of={days_ago(1)}", 403)
            assert "which is for HR alone" in refused
            page_of(app, cast["manager"], f"/reports/{kind}.csv?as_of={days_ago(1)}&unit=B")
        for path in ("goals.csv", "measures.xlsx", "forecast.csv"):
            page_of(app, cast["peer"], f"/reports/{path}", 403)
            signed_in(app, cast["hr"]).get(f"/reports/{path}")
        assert "Too many" not in page_of(app, cast["hr"], "/reports/people")


class TestUnits:
    def test_own_goals_and_the_peoples_mean_stand_apart(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal]
    ) -> None:
        row = cells(page_of(app, cast["hr"], "/reports/units"), "Phòng A")
        # The manager heads A, so that its goal counts for them too: (31 + 47) / 2 = 39; with 64.4 the mean is 51.7.
        assert row[1] == "47.0 % provisional"
        assert row[6:8] == ["51.7 %", "2"]

    @pytest.mark.parametrize("more", ("", "as_of={day}"))
    def test_a_mean_of_two_is_for_those_who_see_both(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], more: str
    ) -> None:
        path = "/reports/units?" + more.format(day=days_ago(1))
        for role in ("hr", "director"):
            assert HIDDEN not in cells(page_of(app, cast[role], path), "Phòng A")[6]
        for role in ("report", "peer", "outsider"):
            assert cells(page_of(app, cast[role], path), "Phòng A")[6] == HIDDEN
            lines = page_of(app, cast[role], path.replace("units?", "units.csv?")).splitlines()
            assert next(line for line in lines if "Phòng A" in line).split(",")[6] == ""

    @pytest.mark.parametrize("closed", (False, True))
    def test_the_mean_less_those_below_tells_of_nobody(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal], closed: bool
    ) -> None:
        """Department A: its head, one of its people who has a result, and a team of three; department B: three, and the director above all."""
        department = cast["manager"].unit
        team = Unit(code="T", name="Nhóm T", kind="team", parent=department)
        db.session.add(team)
        others = [
            cast["director"],
            cast["outsider"],
            *(join(f"Người B{at}", unit=cast["outsider"].unit) for at in (1, 2)),
        ]
        for one in [*others, *(join(f"Người T{at}", unit=team) for at in (1, 2, 3))]:
            make_goal(one, cycle, {})
        rebuild_organisation(today())
        settle()
        if closed:
            freeze_results(cycle, today(), now())
            cycle.state = "closed"
            db.session.commit()
        names = {"C": "company", "A": "Phòng A", "B": "Phòng B", "T": "Nhóm T"}
        # The peer sees nobody of them: the head and the report remain of A, and with the director of the company.
        expected = {
            "peer": "A",
            # Of A the report misses its head alone; with the director two of the company.
            "report": "AC",
            # The manager sees A and the team; of the company the director remains.
            "manager": "C",
            # Of B the outsider misses two, who remain with three of the others.
            "outsider": "AB",
            "hr": "",
            "director": "",
        }
        for role, hidden in expected.items():
            for more in ("", f"as_of={today()}"):
                lines = page_of(app, cast[role], f"/reports/units.csv?{more}").splitlines()
                means = {line.split(",")[0].lstrip("\ufeff"): line.split(",")[6] for line in lines[1:]}
                assert {code for code in names if not means[code]} == set(hidden), (role, more)
            for code in names:
                text = (
                    page_of(app, cast[role], f"/overview?unit={code}")
                    .partition('id="terms"')[2]
                    .partition("</footer>")[0]
                )
                assert ("one or two of them" in text) is (code in hidden), (role, code)
                assert ("Mean of the results" in text) is (code not in hidden), (role, code)

    def test_a_hidden_mean_does_not_order_the_page(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle, goals: list[Goal]
    ) -> None:
        make_goal(cast["outsider"], cycle, {})
        settle()
        orders = [page_of(app, cast["peer"], f"/reports/units?sort=mean&dir={way}") for way in ("asc", "desc")]
        first, second = (re.findall(r"Phòng [AB]</a>", text) for text in orders)
        assert first == second


class TestGoals:
    @pytest.mark.parametrize("role", ("peer", "outsider"))
    def test_only_those_that_may_be_seen(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str
    ) -> None:
        for path in (
            "/reports/goals",
            f"/reports/goals?as_of={days_ago(1)}",
            "/reports/goals.csv",
            "/reports/goals?sort=progress",
        ):
            text = page_of(app, cast[role], path)
            assert "Chỉ tiêu mở" in text
            assert "Mục tiêu kín" not in text
        assert "Mục tiêu kín" in page_of(app, cast["manager"], "/reports/goals")

    def test_what_an_evaluation_came_to_is_for_those_who_may_see_it(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal]
    ) -> None:
        goals[0].evaluation, goals[0].score = "approved", Decimal("0.99")
        db.session.commit()
        assert "99.0 %" in page_of(app, cast["manager"], "/reports/goals")
        assert ",0.99,no," in page_of(app, cast["manager"], "/reports/goals.csv")
        for path in ("/reports/goals", "/reports/goals.csv"):
            assert "99" not in re.sub(
                r"\d{4}-\d\d-\d\d", "", "".join(page_of(app, cast["peer"], path).partition("Chỉ tiêu mở")[2][:900])
            )


class TestMeasures:
    def test_says_what_each_stands_at_and_what_its_period_needs(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        whole = {"aggregate": "sum", "frequency": "month", "target": Decimal(3), "target_per": "period"}
        goal = make_goal(cast["report"], cycle, whole | {"title": "Ký hợp đồng"}, kind="kpi")
        settle()
        facts = world_of([goal.id], today()).goals[goal.id].measures[goal.measures[0].id]
        check_in(goal.measures[0], facts, goal.owner, Reported(today(), Decimal(2)), now(), today())
        db.session.commit()
        row = cells(page_of(app, cast["hr"], "/reports/measures"), "Ký hợp đồng")
        line = measure_lines(record_of(cycle, today()))[0]
        assert line.period is not None
        begun = f"{line.period.period.first:%d/%m/%Y}"
        assert row[1:3] == ["2", "3 a month"]
        assert (row[7:10], row[14]) == ([begun, "2", "3"], f"{today():%d/%m/%Y}")

    @pytest.mark.parametrize("role", ("peer", "outsider"))
    @pytest.mark.parametrize("path", ("/reports/measures", "/reports/measures.csv"))
    def test_only_of_goals_that_may_be_seen(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], role: str, path: str
    ) -> None:
        goals[1].measures[0].title = "Kết quả kín"
        db.session.commit()
        for more in ("", f"?as_of={days_ago(1)}", "?sort=progress", "?unit=A"):
            text = page_of(app, cast[role], path + more)
            assert "Kết quả 0" in text
            assert "Kết quả kín" not in text
            assert "Kết quả kín" in page_of(app, cast["manager"], path + more)

    @pytest.mark.parametrize("sort", report_measures.SORTS)
    def test_sorted_by_any_column(self, app: Flask, cast: dict[str, Person], goals: list[Goal], sort: str) -> None:
        orders = []
        for way in ("asc", "desc"):
            text = page_of(app, cast["hr"], f"/reports/measures?sort={sort}&dir={way}")
            orders.append(re.findall(r">(\d\d\.0) %<", text))
        assert sorted(orders[0]) == sorted(orders[1])
        if sort == "progress":
            assert orders[0] == orders[1][::-1]


class TestShow:
    def test_says_what_each_answers_and_stands_in_the_navigation(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal]
    ) -> None:
        text = page_of(app, cast["peer"], "/reports")
        for kind in ("people", "units", "goals", "measures"):
            assert f'href="/reports/{kind}?cycle=NOW"' in text
            page_of(app, cast["peer"], f"/reports/{kind}?cycle=NOW")
        for path in ("", "/people", "/discipline", "/forecast", "/compare", "/metric"):
            assert 'aria-current="page" data-go="r"' in page_of(app, cast["peer"], f"/reports{path}"), path

    def test_a_file_has_a_name_whatever_the_code_of_the_cycle(
        self, app: Flask, cast: dict[str, Person], cycle: Cycle
    ) -> None:
        cycle.code = 'Quý "IV"; đ/2026'
        db.session.commit()
        answer = signed_in(app, cast["hr"]).get("/reports/people.csv")
        assert answer.status_code == 200
        name = answer.headers["Content-Disposition"]
        assert name == f'attachment; filename="goalsite-people-Qu-IV-2026-{today()}.csv"'

    def test_without_a_cycle_says_so(self, app: Flask, cast: dict[str, Person]) -> None:
        for kind in ("people", "units", "goals", "measures"):
            assert "No cycle yet" in page_of(app, cast["hr"], f"/reports/{kind}")

    @pytest.mark.parametrize("name", ["people", "units", "goals", "measures"])
    def test_of_a_closed_cycle_it_bears_the_head_of_the_audit_log(
        self, app: Flask, cast: dict[str, Person], goals: list[Goal], name: str
    ) -> None:
        cycle = goals[0].cycle
        client = signed_in(app, cast["hr"])
        assert "Audit log at closing" not in client.get(f"/reports/{name}", headers={"Accept-Language": "en"}).text
        cycle.closed_at, cycle.audit_seq, cycle.audit_hash = now(), 12, "a1b2c3" * 10
        cycle.state = "closed"
        db.session.commit()
        page = client.get(f"/reports/{name}?cycle={cycle.code}", headers={"Accept-Language": "en"}).text
        assert f"row 12, {cycle.audit_hash}" in page
