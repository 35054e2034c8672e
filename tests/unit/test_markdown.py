"""What people write comes out safe, and names become links."""

from html.parser import HTMLParser

import pytest

from goalsite.domain.mentions import MOST, named_in
from goalsite.markdown import TAGS, Mention, rendered

WRITER = "ha@x.vn"
ANN = {"an.nguyen@x.vn": Mention("Nguyễn Văn <An>", "/members/7")}


class Tags(HTMLParser):
    """The elements of some HTML, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, {name: value or "" for name, value in attrs}))


class TestNamedIn:
    @pytest.mark.parametrize(
        ("text", "keys"),
        (
            ("Nhờ @an.nguyen xem", {"an.nguyen@x.vn"}),
            ("@An.Nguyen, @BINH@y.vn.", {"an.nguyen@x.vn", "binh@y.vn"}),
            ("(@an)", {"an@x.vn"}),
            ("viết cho an@x.vn", set()),
            ("a/@b và @ một mình @", set()),
            ("@an- @an... @an_", {"an@x.vn"}),
            ("@Đỗ Văn Đạt nhé", {"đỗ văn đạt", "đỗ văn"}),
        ),
    )
    def test_finds_handles_addresses_and_names(self, text: str, keys: set[str]) -> None:
        assert named_in(text, WRITER) == keys

    def test_no_more_than_so_many(self) -> None:
        assert len(named_in(" ".join(f"@p{number}" for number in range(100)), WRITER)) == MOST


class TestRendered:
    def test_marks_up_the_safe_part(self) -> None:
        html = rendered("**Đậm** *nghiêng* `mã`\n\n- một\n- hai\n\n> trích")
        for piece in ("<strong>Đậm</strong>", "<em>nghiêng</em>", "<code>mã</code>", "<li>một</li>", "<blockquote>"):
            assert piece in html

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<b>)",
            "![x](http://elsewhere/pixel.png)",
            '<http://a.b/" onmouseover="x>',
            "[a](http://b/'onclick='x)",
        ],
    )
    def test_nothing_active_comes_through(self, text: str) -> None:
        found = Tags()
        found.feed(rendered(text))
        for tag, attributes in found.seen:
            assert tag in TAGS
            assert attributes.keys() <= {"href", "rel"}
            assert attributes.get("href", "http:").startswith(("http:", "https:", "mailto:"))

    def test_a_mention_is_a_link_with_the_name(self) -> None:
        html = rendered("Nhờ @an.nguyen nhé", ANN, WRITER)
        assert 'href="/members/7"' in html
        assert "@Nguyễn Văn &lt;An&gt;</a>" in html

    def test_a_name_is_a_mention_the_longest_first(self) -> None:
        known = {"lê an": Mention("Lê An", "/members/1"), "lê an bình": Mention("Lê An Bình", "/members/2")}
        assert '"/members/2"' in rendered("Chào @Lê An Bình nhé", known, WRITER)
        assert '"/members/1"' in rendered("Chào @Lê An Khang nhé", known, WRITER)

    def test_a_mention_of_nobody_stays_as_it_was_written(self) -> None:
        assert "@khong.ai" in rendered("Nhờ @khong.ai", ANN, WRITER)

    def test_code_and_links_hold_no_mention(self) -> None:
        assert "/members/7" not in rendered("`@an.nguyen` [@an.nguyen](http://a.b)", ANN, WRITER)

    def test_deep_nesting_ends(self) -> None:
        assert len(rendered(">" * 5000 + "*" * 5000)) > 0
