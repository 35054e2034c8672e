"""Vietnamese alphabetical order, as keys of digits that any database sorts alike, whatever its collation (rules §1)."""

import re
import unicodedata

KEY_LENGTH = 600
WORD_LENGTH = 40
LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Level, falling, asking, tumbling, rising, heavy: ngang, huyền, hỏi, ngã, sắc, nặng.
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_MARKS = "\u0306\u0302\u031b"  # of ă, of â ê ô, of ơ ư: they make another letter
_CODES = {letter: f"{place:02}" for place, letter in enumerate(LETTERS, start=10)}
_FOREIGN = "99"
_AFTER_AT = re.compile(r"@\S+")


def text_key(text: str) -> str:
    """A key that sorts units, titles, metrics: word by word, within a word by its letters, then by its tone."""
    return "".join(_word_key(word) for word in _words(text))[:KEY_LENGTH]


def name_key(name: str) -> str:
    """A key that sorts people as Vietnamese lists do: by the given name, which stands last, then by the rest."""
    words = _words(name)
    return "".join(_word_key(word) for word in words[-1:] + words[:-1])[:KEY_LENGTH]


def folded_words(text: str) -> list[str]:
    """The words of the text, each once, as search compares them: no accents, no case, d for đ; of an e-mail address what stands before the @."""
    apart = unicodedata.normalize("NFKD", _AFTER_AT.sub(" ", text).casefold()).replace("đ", "d")
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return list(dict.fromkeys(word[:WORD_LENGTH] for word in _words(plain)))


def says(text: str, *texts: str) -> bool:
    """Whether the texts have every word of `text`, in any order, the last one as far as it is typed; accents and case say nothing."""
    own, words = folded_words(" ".join(texts)), folded_words(text)
    begun = words[-1:] and any(word.startswith(words[-1]) for word in own)
    return not text.strip() or (bool(begun) and set(words[:-1]) <= set(own))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())


def _word_key(word: str) -> str:
    """Two digits a letter, then "0" and the tone, below any letter: so an < án < anh."""
    tone, letters = 0, []
    for letter in word:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        tone = next((TONES.index(mark) for mark in marks if mark in TONES), tone)
        shaped = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark in _MARKS))
        letters.append(_CODES.get(shaped) or _CODES.get(base, _FOREIGN))
    return "".join(letters) + f"0{tone}"
