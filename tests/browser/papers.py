"""A page as it comes out of the printer: its words and where they stand, and what its reader would complain of."""

import re
import subprocess
import unicodedata
from dataclasses import dataclass
from html import unescape
from itertools import combinations
from pathlib import Path

from playwright.sync_api import Page

A4 = (595, 842)  # points
LANDSCAPE = (842, 595)
# The narrowest margin of print.css, beside and above what is printed, and the room for the footer, in points.
BESIDE, ABOVE, FOOTER = 22, 22, 36
# How wide what stands between the margins is, in the browser's pixels.
CONTENT = {A4: 703, LANDSCAPE: 1047}
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
# What a reader of the page sees of its text; and which of it a box cuts off, or runs over the side of the paper.
SEEN = """() => {
  const texts = [], cut = [], wide = document.documentElement.clientWidth
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement, range = document.createRange()
    if (!node.data.trim() || parent.closest("title, script, style, .sr")) continue
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
    range.selectNodeContents(node)
    const rects = [...range.getClientRects()].filter(rect => rect.width && rect.height)
    if (!rects.length) continue
    texts.push(node.data)
    if (parent.clientWidth && parent.scrollWidth > parent.clientWidth + 1) cut.push("wider than its place: " + node.data)
    if (rects.some(rect => rect.left < -1 || rect.right > wide + 1)) cut.push("off the paper: " + node.data)
    for (let box = parent; box; box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible" || box.localName === "svg") continue
      const frame = box.getBoundingClientRect()
      if (rects.some(rect => rect.left < frame.left - 1 || rect.right > frame.right + 1 || rect.top < frame.top - 1 || rect.bottom > frame.bottom + 1))
        cut.push(`cut off by ${box.localName}.${box.className}: ${node.data}`)
    }
  }
  return [texts, cut]
}"""


@dataclass(frozen=True)
class Word:
    """A word and its box, in points from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Leaf:
    """One page of paper."""

    width: float
    height: float
    words: list[Word]

    @property
    def size(self) -> tuple[int, int]:
        return round(self.width), round(self.height)

    @property
    def body(self) -> list[Word]:
        return [word for word in self.words if word.top < self.height - FOOTER]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.body)

    @property
    def footer(self) -> str:
        return " ".join(word.text for word in self.words if word.top >= self.height - FOOTER)


def on_paper(page: Page, file: Path, size: tuple[int, int] = A4) -> list[Leaf]:
    """The pages that printing gives. Fails where one has another size, a text is cut off, left out, off the paper or over another, or a footer is missing."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": CONTENT[size], "height": 1000})
    texts, cut = page.evaluate(SEEN)
    page.pdf(path=file, prefer_css_page_size=True)
    leaves = _read(file)
    printed = plain("".join(word.text for leaf in leaves for word in leaf.body))
    wrong = [*cut, *(f"left out: {text.strip()}" for text in texts if plain(text) not in printed)]
    for number, leaf in enumerate(leaves, 1):
        if leaf.size != size:
            wrong.append(f"page {number} is {leaf.size}")
        if not leaf.body:
            wrong.append(f"page {number} is empty")
        if not re.search(rf"(Trang|Page) {number} (/|of) {len(leaves)}\b", leaf.footer):
            wrong.append(f"page {number} is not numbered: {leaf.footer}")
        wrong += [f"beyond the margin of page {number}: {word.text}" for word in leaf.words if _beyond(word, leaf)]
        wrong += [
            f"over one another on page {number}: {one.text}, {other.text}"
            for one, other in combinations(leaf.words, 2)
            if _meet(one, other)
        ]
    # Every page of it at once, so that all can be mended at once.
    assert not wrong, "\n".join(wrong)
    return leaves


def plain(text: str) -> str:
    """The text without its spaces and its case, as a line may break anywhere."""
    return re.sub(r"[\s\u00ad]+", "", unicodedata.normalize("NFKC", text)).lower()


def _read(file: Path) -> list[Leaf]:
    found = subprocess.run(["pdftotext", "-bbox", "-raw", file, "-"], capture_output=True, check=True, text=True).stdout
    return [
        Leaf(
            float(width),
            float(height),
            [Word(unescape(text), *(float(at) for at in box)) for *box, text in WORD.findall(inside)],
        )
        for width, height, inside in PAGE.findall(found)
    ]


def _beyond(word: Word, leaf: Leaf) -> bool:
    return word.left < BESIDE or word.right > leaf.width - BESIDE or word.top < ABOVE or word.bottom > leaf.height - 8


def _meet(one: Word, other: Word) -> bool:
    """Whether they share a part of their boxes, by more than the room above and below letters."""
    across = min(one.right, other.right) - max(one.left, other.left)
    apart = abs((one.top + one.bottom) - (other.top + other.bottom)) / 2
    return one.text != other.text and across > 2 and apart < min(one.bottom - one.top, other.bottom - other.top) * 0.45
