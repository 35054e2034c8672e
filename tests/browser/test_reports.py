"""Reports on paper and for everybody: the unit report printed on A4, and every report looked at by axe."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import func

from goalsite.extensions import db
from goalsite.models import Cycle, Measure, Metric, Unit
from tests.browser.conftest import Site

SignIn = Callable[[Page, str], None]
PATHS = (
    "/reports",
    "/reports/people",
    "/reports/units",
    "/reports/goals",
    "/reports/discipline",
    "/reports/forecast",
    "/reports/distribution",
    "/reports/compare",
    "/reports/year?of=units",
    "/reports/year?cycle={year}&of=units",
    "/reports/compare?cycle={cycle}&of=units",
    "/reports/metric",
    "/reports/metric?metric={metric}",
    "/reports/goals?all=1&cycle={cycle}",
)
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


def printed(page: Page, folder: Path) -> list[tuple[float, float, str]]:
    """The printed pages: width and height in points, and what `pdftotext -bbox` says stands on each."""
    page.emulate_media(media="print")
    page.pdf(path=folder / "page.pdf", prefer_css_page_size=True)
    said = subprocess.run(["pdftotext", "-bbox", folder / "page.pdf", "-"], capture_output=True, check=True, text=True)
    found = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', said.stdout, re.DOTALL)
    return [(float(width), float(height), body) for width, height, body in found]


class TestUnits:
    def test_prints_on_two_landscape_pages_with_nothing_cut_off(
        self, page: Page, site: Site, sign_in: SignIn, tmp_path: Path
    ) -> None:
        with site.app.app_context():
            names = [name for (name,) in db.session.query(Unit.name)]
        sign_in(page, "hr")
        page.goto("/reports/units")
        pages = printed(page, tmp_path)
        assert len(pages) == 2
        text = ""
        for width, height, body in pages:
            assert (round(width), round(height)) == (842, 595), "A4, landscape"
            words = WORD.findall(body)
            assert all(float(left) >= 20 and float(right) <= width - 20 for left, _, right, _, _ in words)
            assert all(float(bottom) <= height - 8 for *_, bottom, _ in words)
            said = " ".join(word for *_, word in words)
            assert "Trung bình thành viên" in said, "the header row stands on every page"
            text += " " + said
        assert [name for name in names if name not in text] == []
        assert "Excel" not in text


class TestEverybody:
    def test_finds_its_way_in_every_report(
        self, new_page: Callable[..., Page], site: Site, sign_in: SignIn, assert_accessible: Callable[[Page], None]
    ) -> None:
        with site.app.app_context():
            inner = db.session.query(Cycle).filter(Cycle.parent_id.is_not(None), Cycle.state == "open").first()
            measured = db.session.query(Metric).join(Measure).group_by(Metric.id).order_by(func.count().desc()).first()
            assert inner is not None
            assert measured is not None
            year = db.session.get_one(Cycle, inner.parent_id)
            named = {"cycle": inner.code, "year": year.code, "metric": measured.code}
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 360, "height": 780}}):
            page = new_page(**options)
            sign_in(page, "hr")
            for path in PATHS:
                page.goto(path.format(**named))
                assert_accessible(page)
                assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
