"""Each print, made into PDF by the browser: the expected pages, nothing cut off, left out or over something else."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.results import refresh_results_of
from goalsite.actions.standing import refresh_new
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.models_follow import Review
from goalsite.queries.company import today
from tests import example
from tests.browser.conftest import PATIENCE, Site, serving
from tests.browser.papers import A4, LANDSCAPE, Leaf, on_paper, plain
from tests.cast import join
from tests.integration.builders import make_goal

Print = Callable[..., list[Leaf]]
TITLE = "Nâng tỷ lệ khách hàng doanh nghiệp gia hạn hợp đồng đúng hạn của sản phẩm Y ở khu vực phía Nam, kể cả đại lý"
RESULT = (
    "Rút ngắn thời gian phản hồi trung bình cho yêu cầu hỗ trợ kỹ thuật mức nghiêm trọng, tính cả ngày lễ và cuối tuần"
)
WORDS = (
    "Việc gia hạn chậm ở tháng đầu vì thiếu người, từ tháng thứ hai đã kịp nhờ lịch gọi mới và mẫu báo giá chung. " * 6
)
FULL = "full@annhien.example"
WHY = (
    "Hai khách hàng lớn dời ngày ký sang kỳ sau vì lý do của họ, không do người phụ trách; ban giám đốc đã xem và đồng ý. "
    * 2
)
# The lines of the drawn map that run into the mark of their goal's status.
OVER_ITS_MARK = """() => [...document.querySelectorAll(".map g")].flatMap(goal => {
  const mark = goal.querySelector(".st").getBoundingClientRect()
  return [...goal.querySelectorAll(".ttl, .sub")].filter(line => {
    const box = line.getBoundingClientRect()
    return box.right > mark.left && box.top < mark.bottom && box.bottom > mark.top
  }).map(line => line.textContent)
})"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The example company, where one person's review is as full as a review gets; only read here."""
    with serving("example", example.fill) as made:
        with made.app.app_context():
            _fill_a_review()
        yield made


@pytest.fixture(scope="module")
def pages(browser: Browser, site: Site, sign_in: Callable[[Page, str], None]) -> Iterator[dict[str, Page]]:
    """HR's, who sees all of it, in either language."""
    contexts = {name: browser.new_context(base_url=site.url, locale=name) for name in ("vi", "en")}
    pages = {name: context.new_page() for name, context in contexts.items()}
    for page in pages.values():
        page.set_default_timeout(PATIENCE)
        sign_in(page, "hr")
    yield pages
    for context in contexts.values():
        context.close()


@pytest.fixture
def printed(pages: dict[str, Page], tmp_path: Path) -> Print:
    """Prints the page at that address, in that language."""

    def take(path: str, size: tuple[int, int] = A4, language: str = "vi") -> list[Leaf]:
        page = pages[language]
        page.emulate_media(media="screen")
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        return on_paper(page, tmp_path / "page.pdf", size)

    return take


def _fill_a_review() -> None:
    """Four KPIs and three OKRs with three key results each, long titles, many words, an adjustment and its reason."""
    unit = db.session.query(Unit).filter_by(code="SP-Y").one()
    cycle = db.session.query(Cycle).filter_by(state="reviewing").one()
    person = join(
        "Nguyễn Hoàng Phương Quỳnh Anh",
        unit=unit,
        email=FULL,
        title="Chuyên viên cao cấp chăm sóc khách hàng doanh nghiệp",
        joined_on=date(2020, 1, 1),
    )
    rebuild_organisation(today())
    db.session.add(
        Review(
            cycle=cycle,
            person=person,
            state="discussed",
            person_words=WORDS,
            manager_words=WORDS,
            adjustment=Decimal("0.05"),
            adjustment_why=WHY,
        )
    )
    numbers = {"title": RESULT, "start": Decimal(0), "target": Decimal(1_234_567_890), "symbol": "đồng"}
    goals = [
        make_goal(
            person,
            cycle,
            *[numbers] * (1 if kind == "kpi" else 3),
            title=f"{TITLE} {place}",
            kind=kind,
            weight=Decimal("2.5"),
            evaluation="approved",
            score=Decimal("0.8"),
        )
        for place, kind in enumerate(["kpi"] * 4 + ["okr"] * 3)
    ]
    refresh_new([goal.id for goal in goals], today())
    refresh_results_of([goal.id for goal in goals])
    db.session.commit()


def _reviewed(site: Site) -> tuple[str, list[str]]:
    """The code of the cycle under review, and who of one unit has goals in it."""
    with site.app.app_context():
        cycle = db.session.query(Cycle).filter_by(state="reviewing").one()
        people = db.session.query(Person).join(Person.unit).filter(Unit.code == "SP-Y")
        mine = db.session.query(Goal.owner_id).filter(Goal.cycle == cycle, Goal.state.in_(COUNTED_STATES))
        return cycle.code, [person.name for person in people.filter(Person.id.in_(mine))]


def _full(site: Site) -> int:
    with site.app.app_context():
        return db.session.query(Person).filter_by(email=FULL).one().id


def _running(site: Site) -> dict[str, Any]:
    """For addresses: the running quarter, a goal of it with all there is, a department."""
    with site.app.app_context():
        query = db.session.query(Goal).join(Goal.cycle).filter(Goal.code.like("%-SPY"), Goal.state == "active")
        goal = query.order_by(Cycle.starts_on.desc()).first()
        assert goal is not None
        return {"cycle": goal.cycle.code, "goal": goal.id, "unit": db.session.query(Unit).filter_by(code="SP").one().id}


class TestReview:
    @pytest.mark.parametrize("language", ["vi", "en"])
    def test_as_full_as_it_gets_it_is_one_page_with_the_signatures(
        self, site: Site, printed: Print, language: str
    ) -> None:
        (leaf,) = printed(f"/reviews/{_reviewed(site)[0]}/{_full(site)}", language=language)
        for words in ("85,0 %", "80,0 %", WHY, WORDS) if language == "vi" else ("85.0 %", "80.0 %", WHY, WORDS):
            assert plain(words) in plain(leaf.text)
        signed = [word for word in leaf.body if word.text == "……"]
        assert len(signed) >= 3
        assert min(word.top for word in signed) > leaf.height * 0.8

    def test_those_of_a_unit_are_a_page_each(self, site: Site, printed: Print) -> None:
        code, names = _reviewed(site)
        assert len(names) > 2
        leaves = printed(f"/reviews/sheets?unit=SP-Y&cycle={code}")
        found = [name for leaf in leaves for name in names if plain(name) in plain(leaf.text)[:200]]
        assert sorted(found) == sorted(names)
        assert len(leaves) == len(names)


def test_assignments_of_a_unit_are_a_page_each(site: Site, printed: Print) -> None:
    leaves = printed("/members/assignments?unit=SP-Y&cycle={cycle}".format(**_running(site)))
    assert len({leaf.text[:120] for leaf in leaves}) == len(leaves) > 2
    assert all("………" in leaf.text for leaf in leaves)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/goals/{goal}", 2),
        ("/units/{unit}/meeting?cycle={cycle}", 4),
        ("/?cycle={cycle}", 2),
        ("/overview?unit=CTY&cycle={cycle}", 3),
        ("/members?cycle={cycle}", 2),
        ("/tree?cycle={cycle}", 3),
    ],
)
def test_a_page_on_paper(site: Site, printed: Print, path: str, most: int, language: str) -> None:
    leaves = printed(path.format(**_running(site)), language=language)
    assert len(leaves) <= most


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/reports/compare?cycle={cycle}&of=units", "Chênh lệch"),
        ("/reports/year?cycle={year}&of=units", "Kết quả riêng"),
        ("/reports/forecast?cycle={cycle}&all=1", "mục tiêu đạt chỉ tiêu"),
    ],
)
def test_what_is_drawn_of_a_report_stands_on_its_first_page(site: Site, printed: Print, path: str, words: str) -> None:
    with site.app.app_context():
        inner = db.session.query(Cycle).filter_by(code=_running(site)["cycle"]).one()
        year = db.session.get_one(Cycle, inner.parent_id).code
    leaves = printed(path.format(year=year, **_running(site)), LANDSCAPE)
    first = leaves[0].text
    assert "100 %" in first
    assert plain(words) in plain(" ".join(leaf.text for leaf in leaves))
    assert len([word for word in leaves[0].body if word.top > leaves[0].height * 0.5]) > 10


@pytest.mark.parametrize(
    "path", ["/tree/map?cycle={cycle}", "/tree/map?cycle={cycle}&levels=5", "/tree/map?cycle={cycle}&goal={goal}"]
)
def test_the_map_is_one_page_across(site: Site, printed: Print, pages: dict[str, Page], path: str) -> None:
    (leaf,) = printed(path.format(**_running(site)), LANDSCAPE)
    assert pages["vi"].locator(".map .box").count() > 2
    assert pages["vi"].evaluate(OVER_ITS_MARK) == []
    assert "Bản vẽ liên kết mục tiêu" in leaf.text


def test_the_goal_page_names_its_own_cycle(site: Site, printed: Print) -> None:
    """Whatever cycle the reader looked at before."""
    with site.app.app_context():
        name = db.session.get_one(Goal, _running(site)["goal"]).cycle.name
    printed(f"/members?cycle={_reviewed(site)[0]}")
    leaves = printed("/goals/{goal}".format(**_running(site)))
    assert all(f" · {name} · " in leaf.footer for leaf in leaves)


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        ("<p style='width: 3em; overflow: hidden; white-space: nowrap'>Một tiêu đề dài", "cut off by p"),
        ("<p style='width: 3em; white-space: nowrap'>Một tiêu đề dài", "wider than its place"),
        ("<p style='margin-left: -4em'>Một tiêu đề dài", "off the paper"),
        ("<p>Một tiêu đề dài<p style='position: relative; top: -2.1em'>Một câu khác hẳn", "over one another on page 1"),
        ("<p style='position: absolute; left: -8cm; clip-path: inset(99%)'>Một tiêu đề dài", "left out"),
        ("<p>Một tiêu đề dài", "page 1 is not numbered"),
        ("<style>@page { size: A5 }</style><p>Một tiêu đề dài", "page 1 is (420, 595)"),
    ],
)
def test_what_is_wrong_on_paper_is_found(browser: Browser, tmp_path: Path, inside: str, complaint: str) -> None:
    page = browser.new_page()
    page.set_content(f"<style>@page {{ size: A4; margin: 12mm }}</style>{inside}")
    with pytest.raises(AssertionError) as wrong:
        on_paper(page, tmp_path / "page.pdf")
    page.close()
    assert complaint in str(wrong.value)
