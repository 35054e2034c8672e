"""What people write: a safe part of Markdown (emphasis, lists, links, quotes, code), and mentions as links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from goalsite.domain.mentions import pieces

RULES = ("emphasis", "list", "link", "autolink", "backticks", "fence", "escape", "entity", "newline", "blockquote")
TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "code", "pre", "blockquote"}
ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True)
class Mention:
    """Whom a mention means: the name to show, and the address of their page, or nothing. `unheard`: they may not see what it
    stands in, and what was written stays words."""

    name: str
    href: str = ""
    unheard: bool = False


def rendered(text: str, mentions: Mapping[str, Mention] | None = None, writer: str = "") -> Markup:
    """The text as HTML that is safe to show. mentions: by the keys of `domain.mentions`; what is not among them stays as it was written."""
    parser = MarkdownIt("zero", {"breaks": True}).enable(list(RULES))
    tokens = parser.parse(text)
    if mentions:
        for token in tokens:
            token.children = _with_mentions(token.children, mentions, writer) if token.children else token.children
    html = parser.renderer.render(tokens, parser.options, {})
    return Markup(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow"))  # noqa: S704 (cleaned)


def _with_mentions(tokens: Sequence[Token], mentions: Mapping[str, Mention], writer: str) -> list[Token]:
    found: list[Token] = []
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "text" or inside:
            found.append(token)
            continue
        for words, key in pieces(token.content, writer, mentions):
            meant = mentions[key] if key else None
            plain = meant is None or meant.unheard
            found.extend([Token("text", "", 0, content=words)] if plain else _mention(mentions[key]))
    return found


def _mention(who: Mention) -> list[Token]:
    name = Token("text", "", 0, content=f"@{who.name}")
    if who.href:
        return [
            Token("link_open", "a", 1, attrs={"href": who.href, "class": "mention"}),
            name,
            Token("link_close", "a", -1),
        ]
    return [Token("strong_open", "strong", 1), name, Token("strong_close", "strong", -1)]
