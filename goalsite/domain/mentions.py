"""People named in a text: `@an.nguyen` is the part before the @ of an address in the writer's own domain, `@an.nguyen@company.vn` a whole one."""

import re
from collections.abc import Iterator

MOST = 20
MENTION = re.compile(
    r"(?<![\w@./+-])@([A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?(?:@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?)"
)


def pieces(text: str, writer: str) -> Iterator[tuple[str, str]]:
    """The text cut up: (what stands there, the key of the address it names or nothing). `writer` is the address of whoever wrote it."""
    at = 0
    for found in MENTION.finditer(text):
        yield text[at : found.start()], ""
        yield found.group(), key_of(found.group(1), writer)
        at = found.end()
    yield text[at:], ""


def named_in(text: str, writer: str) -> set[str]:
    """The keys of the addresses named, the first MOST of them."""
    keys = dict.fromkeys(key for _, key in pieces(text, writer) if key)
    return set(list(keys)[:MOST])


def key_of(handle: str, writer: str) -> str:
    """What addresses are told apart by."""
    return (handle if "@" in handle else f"{handle}@{writer.partition('@')[2]}").lower()
