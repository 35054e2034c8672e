"""Where a sign-in leads afterwards: on this site, whatever the address says."""

import pytest

from goalsite.security import safe_next

HOSTILE = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example", "http://evil.example", "https://evil.example", "HTTPS://evil.example",
    "http:evil.example", "https:/evil.example", "http:///evil.example", "javascript:x", "JaVaScRiPt:x", "java\tscript:x", "data:x",
    "vbscript:x", "file:///etc/passwd", "mailto:a@x", "ftp://evil.example", "evil.example", "@evil.example", ":80/x", "?next=//evil", "#x",
    "../x", "/\x00/evil.example", "/x\r\nSet-Cookie: a=b", "/\u2028/evil.example", "/／evil.example", "//x@evil.example", "/\\/evil.example", "/x\\..\\evil",
    "\u00a0//evil.example", "/é", "\ud800", "", None,
)  # fmt: skip


class TestSafeNext:
    @pytest.mark.parametrize("target", HOSTILE)
    def test_elsewhere_is_the_first_page(self, target: str | None) -> None:
        assert safe_next(target) == "/"

    @pytest.mark.parametrize(
        "target", ("/", "/goals/12", "/members?unit=S&q=a%20b", "/goals/12#c3", "/a//b", "/x?next=//evil.example")
    )
    def test_here_stays(self, target: str) -> None:
        assert safe_next(target) == target
