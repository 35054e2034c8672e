"""People named in a text: `@an.nguyen` is the part before the @ of an address in the writer's own domain, `@an.nguyen@company.vn` a whole one,
and `@Nguyễn Văn An` a name as it is written, each word with its capital."""

import re
from collections.abc import Container, Iterator
from unicodedata import normalize

MOST = 20
WORDS = range(5, 1, -1)
START = re.compile(r"(?<![\w@./+-])@(?=\w)")
HANDLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?(?:@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?")
NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,4}")


def named_in(text: str, writer: str) -> set[str]:
    """The keys of those who may be meant at the first MOST places: addresses, and names. `writer` is the address of whoever wrote it."""
    starts = list(START.finditer(text))[:MOST]
    return {key for start in starts for _, key in _readings(text, start.end(), writer)}


def pieces(text: str, writer: str, known: Container[str]) -> Iterator[tuple[str, str]]:
    """The text cut up: (what stands there, the key of who is named there or nothing). Only keys in `known` name anybody."""
    at = 0
    for start in START.finditer(text):
        found = next(((end, key) for end, key in _readings(text, start.end(), writer) if key in known), None)
        if found and start.start() >= at:
            yield text[at : start.start()], ""
            yield text[start.start() : found[0]], found[1]
            at = found[0]
    yield text[at:], ""


def key_of_name(name: str) -> str:
    """What names in texts are told apart by."""
    return normalize("NFC", name).casefold()


def _readings(text: str, at: int, writer: str) -> Iterator[tuple[int, str]]:
    """Where each reading of what follows the @ ends, and its key: the longest name first, an address last."""
    if words := NAME.match(text, at):
        said = words.group().split(" ")
        for count in WORDS:
            if count <= len(said) and all(word[0].isupper() for word in said[:count]):
                name = " ".join(said[:count])
                yield at + len(name), key_of_name(name)
    if handle := HANDLE.match(text, at):
        address = handle.group() if "@" in handle.group() else f"{handle.group()}@{writer.partition('@')[2]}"
        yield handle.end(), address.lower()
