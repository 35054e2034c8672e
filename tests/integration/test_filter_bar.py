"""The filter bar: the same choices over overview, members, tree and map, carried from one to the other, counting what the reader may see."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from goalsite.models import Cycle, Goal, Person
from tests.cast import join, signed_in
from tests.integration.builders import count, days_ago, family, make_goal, running_cycle, settle
from tests.queries import MOST, counted

Cast = dict[str, Person]
PAGES = ("/overview", "/members", "/tree", "/tree/map")
NAMES = ("Overview", "Members", "Tree", "Map")


@pytest.fixture
def cast(app: Flask, db_session: Any) -> Cast:
    return family()


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return running_cycle()


@pytest.fixture
def goals(cast: Cast, cycle: Cycle) -> dict[str, Goal]:
    """A company goal that a person's KPI (behind) supports; of others an OKR at risk and stale, and one that is restricted and done."""
    top = make_goal(cast["director"], cycle, {}, scope="unit", title="Công ty")
    low = make_goal(cast["report"], cycle, {}, parent_id=top.id, title="Bán hàng", kind="kpi")
    other = make_goal(cast["report"], cycle, {}, parent_id=top.id, title="Học nghề")
    quiet = make_goal(cast["peer"], cycle, {}, title="Lặng lẽ")
    hidden = make_goal(cast["outsider"], cycle, {}, title="Kín đáo", visibility="restricted")
    settle()
    low.status, quiet.status, hidden.status, top.status, other.status = (
        "behind",
        "at_risk",
        "done",
        "on_track",
        "on_track",
    )
    for goal in (top, low, other, quiet, hidden):
        goal.stale_from = days_ago(1) if goal is quiet else None
    count()
    return {"top": top, "low": low, "other": other, "quiet": quiet, "hidden": hidden}


def page_of(app: Flask, person: Person, path: str) -> str:
    answer = signed_in(app, person).get(path, headers={"Accept-Language": "en"}, follow_redirects=True)
    assert answer.status_code == 200, path
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def bar_of(text: str) -> str:
    return text[text.index('class="filters filter-bar"') : text.index('class="card statbar"')]


def counts(text: str) -> dict[str, int]:
    return {word: int(number) for word, number, _ in _states(text)}


def hrefs(text: str) -> dict[str, str]:
    """The addresses the counts lead to."""
    return {word: href for word, _, href in _states(text)}


def _states(text: str) -> list[tuple[str, str, str]]:
    bar = text[text.index('class="card statbar"') :]
    found = re.findall(r'href="([^"]+)"[^>]*><b>(\d+)</b><span>(?:<svg.*?</svg>)?([^<]+)<', bar[: bar.index("</nav>")])
    return [(word, number, href) for href, number, word in found]


def views(text: str) -> dict[str, str]:
    """The way to the other pages."""
    nav = text[text.index('class="views"') :]
    return {
        word: href
        for href, word in re.findall(r'href="([^"]+)"[^>]*><svg.*?</svg>([^<]+)<', nav[: nav.index("</nav>")])
    }


def people(text: str) -> set[str]:
    """Who stands in the table of members."""
    return set(re.findall(r'href="/members/\d+[^"]*">([^<]+)</a>', text))


def removes(text: str) -> str:
    found = re.search(r'href="([^"]+)"[^>]*><svg[^>]*><use[^>]*></svg>Remove the filters', bar_of(text))
    assert found
    return found[1]


class TestChoices:
    def test_the_same_ones_in_the_same_order_on_every_page(
        self, app: Flask, cast: Cast, goals: dict[str, Goal]
    ) -> None:
        asked = "unit=A&kind=kpi&status=behind"
        said = [
            (
                re.findall(r'<summary aria-label="([^"]+)"', bar_of(text)),
                re.findall(r'name="(?:who|text)"', bar_of(text)),
                list(counts(text))[1:],
            )
            for text in (page_of(app, cast["hr"], f"{page}?{asked}") for page in PAGES)
        ]
        assert said[0][0] == ["Unit: Phòng A", "Kind: KPI only", "Owner: Every owner"]
        assert said[0][1] == ['name="who"', 'name="text"']
        assert said == [said[0]] * 4

    def test_what_was_chosen_leads_on_from_page_to_page(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        owner = cast["report"].id
        asked = f"unit=A&below=0&kind=kpi&status=behind&owner={owner}&stale=1&unaligned=1&text=b%C3%A1n&cycle=NOW"
        for page in PAGES:
            found = views(page_of(app, cast["hr"], f"{page}?{asked}"))
            assert [href.partition("?")[0] for href in found.values()] == list(PAGES)
            assert tuple(found) == NAMES
            for href in found.values():
                assert sorted(href.partition("?")[2].split("&")) == sorted(asked.split("&")), page

    def test_all_of_it_is_taken_away_in_one_click(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        for page in PAGES:
            plain = page_of(app, cast["hr"], page)
            assert "Remove the filters" not in bar_of(plain)
            text = page_of(app, cast["hr"], f"{page}?below=0&kind=kpi&text=x&stale=1")
            assert removes(text) == f"{page}?cycle=NOW"
            assert counts(page_of(app, cast["hr"], removes(text))) == counts(plain)
        assert removes(page_of(app, cast["hr"], "/members?kind=kpi&sort=name")) == "/members?cycle=NOW&sort=name"

    def test_a_past_day_stays_on_every_way(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        day = days_ago(1).isoformat()
        for page in PAGES:
            text = page_of(app, cast["hr"], f"{page}?as_of={day}&kind=okr")
            assert bar_of(text).count(f'type="hidden" name="as_of" value="{day}"') == 2, page
            assert all(f"as_of={day}" in href for href in (*views(text).values(), *hrefs(text).values(), removes(text)))

    def test_the_companys_own_goals_alone(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        for page in ("/overview", "/tree", "/tree/map"):
            assert counts(page_of(app, cast["hr"], f"{page}?below=0"))["All goals"] == 1, page


class TestOwner:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_found_by_name_or_address(self, app: Flask, cast: Cast, goals: dict[str, Goal], page: str) -> None:
        me = cast["report"]
        for typed in (me.name, me.email, f"{me.name} · {me.email}"):
            text = page_of(app, cast["peer"], f"{page}?who={typed}&kind=kpi")
            assert f'aria-label="Owner: {me.name}"' in bar_of(text)
            assert all(f"owner={me.id}" in href for href in views(text).values())
            assert counts(text)["Behind"] == 1
            assert counts(text)["At risk"] == 0

    @pytest.mark.parametrize("page", PAGES)
    def test_who_is_unknown_is_told_so_and_narrows_nothing(
        self, app: Flask, cast: Cast, goals: dict[str, Goal], page: str
    ) -> None:
        text = page_of(app, cast["hr"], f"{page}?who=Minh+Anhh&kind=okr")
        assert "Minh Anhh" in text[: text.index('class="views"')]
        assert "Owner: Every owner" in bar_of(text)
        assert counts(text) == counts(page_of(app, cast["hr"], f"{page}?kind=okr"))

    def test_the_address_says_who_it_is_once_found(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        day = days_ago(1).isoformat()
        asked = f"/members?unit=A&sort=name&as_of={day}&cycle=NOW&owner=1&page=2&who={cast['report'].email}"
        answer = signed_in(app, cast["peer"]).get(asked)
        assert answer.status_code == 302
        assert answer.location == f"/members?unit=A&sort=name&as_of={day}&cycle=NOW&owner={cast['report'].id}"

    def test_an_empty_field_shows_everybody_again(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        text = page_of(app, cast["hr"], f"/tree?who=&kind=okr&owner={cast['report'].id}")
        assert "Owner: Every owner" in text
        assert "Kind: OKR only" in text

    def test_a_number_in_an_address_names_nobody_who_is_not_to_be_seen_anyway(
        self, app: Flask, cast: Cast, goals: dict[str, Goal]
    ) -> None:
        left = join("Người Đã Nghỉ", left_on=days_ago(300))
        for page in PAGES:
            text = page_of(app, cast["peer"], f"{page}?owner={left.id}")
            assert "Owner: One person's goals" in text
            assert "Người Đã Nghỉ" not in text
        kept = make_goal(left, goals["top"].cycle, {}, visibility="restricted")
        assert "Người Đã Nghỉ" not in page_of(app, cast["peer"], f"/tree?owner={left.id}")
        kept.visibility = "public"
        assert "Owner: Người Đã Nghỉ" in page_of(app, cast["peer"], f"/tree?owner={left.id}")

    @pytest.mark.parametrize("typed", ["%00", "%ED%A0%80", "x" * 5000, "'\"<script>alert(1)</script>", "%D9%A1", "%25"])
    def test_nasty_words_harm_nothing(self, app: Flask, cast: Cast, goals: dict[str, Goal], typed: str) -> None:
        for page in PAGES:
            answer = signed_in(app, cast["peer"]).get(f"{page}?who={typed}&_external=1", follow_redirects=True)
            assert answer.status_code in (200, 400)
            assert b"<script>alert" not in answer.data


class TestText:
    def test_finds_goals_by_their_owners_name(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        for page in ("/overview", "/tree", "/tree/map"):
            assert counts(page_of(app, cast["hr"], f"{page}?text=Minh+Anh"))["All goals"] == 2, page

    def test_finds_members_by_the_goals_they_own(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        text = page_of(app, cast["peer"], "/members?text=bán")
        assert people(text) == {cast["report"].name}
        assert "<small>1 KPI</small>" in text
        assert "<small>1 KPI, 1 OKR</small>" in page_of(app, cast["peer"], "/members?text=Minh+Anh")
        assert people(page_of(app, cast["peer"], "/members?text=Minh+Anh&status=behind")) == {cast["report"].name}
        assert people(page_of(app, cast["peer"], "/members?text=Kín+đáo")) == set()


class TestMembers:
    @pytest.mark.parametrize(
        ("asked", "who", "says"),
        [
            ("kind=kpi", "report", "<small>1 KPI</small>"),
            ("stale=1", "peer", "<small>1 OKR</small>"),
            ("unaligned=1", "peer", "<small>1 OKR</small>"),
            ("status=behind", "report", "<small>1 KPI</small>"),
            ("status=on_track&unit=A", "report", "<small>1 OKR</small>"),
        ],
    )
    def test_are_those_who_have_such_goals_and_only_these_count(
        self, app: Flask, cast: Cast, goals: dict[str, Goal], asked: str, who: str, says: str
    ) -> None:
        text = page_of(app, cast["manager"], f"/members?{asked}")
        assert people(text) == {cast[who].name}
        assert says in text

    def test_a_persons_result_stays_that_of_all_their_goals(
        self, app: Flask, cast: Cast, goals: dict[str, Goal]
    ) -> None:
        result = r'<td class="num r"><b>([^<]+)</b></td>'
        whole, part = (
            re.findall(result, page_of(app, cast["hr"], f"/members?owner={cast['report'].id}{more}"))
            for more in ("", "&kind=kpi")
        )
        assert whole == part != []

    @pytest.mark.parametrize("who", ["hr", "peer"])
    def test_each_count_leads_to_as_many_people(self, app: Flask, cast: Cast, goals: dict[str, Goal], who: str) -> None:
        text = page_of(app, cast[who], "/members")
        assert counts(text)["Everybody"] == len(cast)
        assert counts(text)["Done"] == (1 if who == "hr" else 0)
        for word, href in hrefs(text).items():
            assert len(people(page_of(app, cast[who], href))) == counts(text)[word], word

    def test_counts_follow_the_other_filters(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        found = counts(page_of(app, cast["hr"], "/members?unit=A&kind=okr&status=at_risk"))
        assert found["Behind"] == 0
        assert found | {"Everybody": 2, "On track": 1, "At risk": 1, "Not updated lately": 1} == found


class TestTree:
    @pytest.mark.parametrize("page", ["/tree", "/tree/map"])
    @pytest.mark.parametrize("who", ["hr", "peer"])
    def test_counts_are_those_of_the_overview(
        self, app: Flask, cast: Cast, goals: dict[str, Goal], who: str, page: str
    ) -> None:
        for asked in ("", "?status=behind", "?kind=okr&stale=1", "?unit=A", f"?owner={cast['report'].id}"):
            assert counts(page_of(app, cast[who], page + asked)) == counts(page_of(app, cast[who], "/overview" + asked))

    def test_hidden_goals_are_in_no_count(self, app: Flask, cast: Cast, goals: dict[str, Goal]) -> None:
        seen = {who: counts(page_of(app, cast[who], "/tree"))["Done"] for who in cast}
        assert seen == dict.fromkeys(cast, 0) | {"hr": 1, "outsider": 1, "director": 1}


class TestQueries:
    def test_as_many_with_every_filter_however_large_the_company(
        self, app: Flask, cast: Cast, goals: dict[str, Goal]
    ) -> None:
        for number in range(40):
            owner = join(f"Người {number}", email=f"n{number}@x.vn")
            make_goal(owner, goals["top"].cycle, {}, parent_id=goals["top"].id, title=f"Bán {number}")
        settle()
        client = signed_in(app, cast["peer"])
        client.get("/healthz")  # the first request of a day does its errands
        every = f"?unit=A&below=0&kind=kpi&status=behind&owner={cast['report'].id}&text=b&stale=1&unaligned=1"
        for page in PAGES:
            for asked in ("?text=B%C3%A1n", f"?owner={cast['report'].id}", every):
                with counted(app) as sent:
                    assert client.get(page + asked).status_code == 200
                assert len(sent) <= MOST, (page, asked, sent)
