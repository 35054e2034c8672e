"""The words: what is committed compiled is what the sources say, and nothing is left untranslated."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parents[2] / "goalsite" / "translations"
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
LONE_PERCENT = re.compile(r"(?<!%)(?:%%)*%(?![%(])")


def catalogs() -> list[Path]:
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))


def messages(catalog: Catalog) -> dict[object, object]:
    """What a program sees of a catalogue: id and context → words; fuzzy and unfinished ones are not compiled."""
    return {
        (plain(one.id), plain(one.context)): plain(one.string)
        for one in catalog
        if one.id and one.string and not one.fuzzy
    }


def plain(words: object) -> object:
    """As the .po has it: from the .mo a plural's words come as a list, and a context as bytes."""
    if isinstance(words, bytes):
        return words.decode()
    return tuple(words) if isinstance(words, list) else words


def in_the_code() -> set[object]:
    """Every id, with its context, that script/translate would find; a plural's is a pair."""
    with (TRANSLATIONS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(["_l", "_n:1,2", "_p:1c,2", "_lp:1c,2"])}
    found = extract_from_dir(TRANSLATIONS.parent, methods, options, keywords)
    return {(message, context) for _, _, message, _, context in found}


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("source", catalogs(), ids=lambda path: path.parent.parent.name)
class TestCatalog:
    def test_compiled_file_is_up_to_date(self, source: Path) -> None:
        compiled = source.with_suffix(".mo")
        assert compiled.exists(), "run: .venv/bin/pybabel compile -d goalsite/translations"
        assert messages(read_mo(BytesIO(compiled.read_bytes()))) == messages(read(source)), "compile it again"

    def test_every_word_of_the_code_is_in_it(self, source: Path) -> None:
        assert in_the_code() - {(one.id, one.context) for one in read(source)} == set(), "run: script/translate"

    def test_every_message_has_its_words(self, source: Path) -> None:
        def unfinished(message: Message) -> bool:
            words = message.string if isinstance(message.string, tuple) else (message.string,)
            return message.fuzzy or not all(words)

        assert [one.id for one in read(source) if one.id and unfinished(one)] == []

    def test_words_have_the_message_s_places(self, source: Path) -> None:
        def places(words: object) -> set[str]:
            return {
                place
                for word in (words if isinstance(words, tuple | list) else (words,))
                for place in PLACES.findall(str(word))
            }

        # A plural may say "one" without its number; it may not name a place that is never filled.
        wrong = [one.id for one in read(source) if one.id and places(one.string) - places(one.id)]
        assert wrong == []

    def test_no_percent_sign_stands_alone(self, source: Path) -> None:
        """Templates format whatever they translate: a lone sign would stop the page."""

        def texts(words: object) -> list[str]:
            return [str(word) for word in (words if isinstance(words, tuple) else (words,))]

        everything = [text for one in read(source) if one.id for text in (*texts(one.id), *texts(one.string))]
        assert [text for text in everything if LONE_PERCENT.search(text)] == []
