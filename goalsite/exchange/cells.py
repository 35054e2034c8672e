"""One cell: what is read from it, and how it is written. Whatever cannot be read in one way is refused with a RuleError."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from goalsite.actions.accounts import email_key
from goalsite.domain.errors import RuleError
from goalsite.exchange import numbers
from goalsite.exchange.columns import Column
from goalsite.exchange.sheets import BY_NAME

LONGEST = {"code": 64, "part": 64, "symbol": 64, "ref": 300, "name": 300, "email": 300, "text": 100_000}
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
MOMENT = re.compile(
    r"(\S+)[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?) ?(Z|[+-][0-9]{2}:?[0-9]{2}(?::[0-9]{2})?)?"
)
YEARS = range(1900, 2201)
YES = ("yes", "true", "1", "có", "x")
NO = ("no", "false", "0", "không")
EMAIL = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+")


@dataclass(frozen=True)
class Odd:
    """A spreadsheet's cell that holds no plain value: an error such as #N/A, or a number shown as a percentage."""

    what: str
    value: Any


def read(column: Column, raw: Any, zone: ZoneInfo) -> Any:
    """What the cell says; None for an empty one. Raises RuleError."""
    if isinstance(raw, Odd):
        raw = _odd(column, raw)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    value = READERS[column.kind](column, raw, zone)
    if column.least is not None and value < column.least:
        raise RuleError("number_too_small", least=numbers.write(column.least))
    if column.most is not None and value > column.most:
        raise RuleError("number_too_great", most=numbers.write(column.most))
    if column.above is not None and value <= column.above:
        raise RuleError("number_not_above", above=numbers.write(column.above))
    return value


def write(column: Column, value: Any, zone: ZoneInfo) -> Any:
    """The value as a spreadsheet's cell: text, a Decimal, a date, or None for nothing."""
    if value is None or value == "" or value == ():
        return None
    match column.kind:
        case "boolean":
            return "yes" if value else "no"
        case "instant":
            return written_instant(value, zone)
        case "refs" | "words":
            return ";".join(value)
        case "target":
            return written_target(value)
        case "targets":
            return ";".join(written_target(target) for target in value)
        case _:
            return value


def as_text(cell: Any) -> str:
    """A written cell for CSV."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return numbers.write(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def written_instant(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).isoformat()


def written_target(target: tuple[str, str]) -> str:
    return "/".join(part for part in target if part)


def changed_value(field: str, text: str, zone: ZoneInfo) -> str:
    """What a field was changed from, or to: a number, a date or a fixed word of a goal or a measure is written in one way. Raises RuleError."""
    column = next(
        (BY_NAME[name].column(field) for name in ("measures", "goals") if field in BY_NAME[name].places), None
    )
    if column is None or column.kind not in ("number", "whole", "date", "word") or not text.strip():
        return text
    return as_text(READERS[column.kind](column, text, zone))


def _odd(column: Column, odd: Odd) -> Any:
    if odd.what == "error":
        raise RuleError("cell_error", text=str(odd.value))
    # Only a fraction of 1 means the same when it is shown as a percentage; 6.4 % of a metric in percent is 6.4.
    if column.kind in ("share", "text", "name", "code", "symbol"):
        return odd.value
    raise RuleError("cell_percent", text=f"{numbers.write(numbers.of_float(odd.value * 100))} %")


def _text(column: Column, raw: Any, _zone: ZoneInfo) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, int | float):
        return f"{raw:.15g}" if isinstance(raw, float) else str(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time.min else raw.isoformat(" ")
    text = str(raw)
    if "\x00" in text:
        raise RuleError("text_nul")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RuleError("text_not_unicode")
    longest = LONGEST.get(column.kind, LONGEST["text"])
    if len(text) > longest:
        raise RuleError("text_too_long", longest=longest, length=len(text))
    return text


def _name(column: Column, raw: Any, zone: ZoneInfo) -> str:
    return _text(column, raw, zone).strip()


def _code(column: Column, raw: Any, zone: ZoneInfo) -> str:
    code = unicodedata.normalize("NFC", _name(column, raw, zone))
    # A semicolon tells codes apart in lists, a slash a goal from its measure in `supports`.
    for sign in ";/" if column.kind == "part" else ";":
        if sign in code:
            raise RuleError("code_sign", sign=sign)
    if any(unicodedata.category(letter) == "Cc" for letter in code):
        raise RuleError("code_sign", sign="↵")
    return code


def _ref(column: Column, raw: Any, zone: ZoneInfo) -> str:
    code = unicodedata.normalize("NFC", _name(column, raw, zone))
    return email_key(code) if column.to == "people" else code


def _email(column: Column, raw: Any, zone: ZoneInfo) -> str:
    email = unicodedata.normalize("NFC", _name(column, raw, zone))
    if not EMAIL.fullmatch(email):
        raise RuleError("email_unreadable", text=email)
    return email


def parts(column: Column, raw: Any, zone: ZoneInfo) -> list[str]:
    """The items of a list."""
    return [item for part in _text(column, raw, zone).split(";") if (item := part.strip())]


def _refs(column: Column, raw: Any, zone: ZoneInfo) -> tuple[str, ...]:
    return tuple(sorted({_ref(column, part, zone) for part in parts(column, raw, zone)}))


def _target(column: Column, raw: Any, zone: ZoneInfo) -> tuple[str, str]:
    goal, _, measure = _ref(column, raw, zone).partition("/")
    return goal.strip(), measure.strip()


def _targets(column: Column, raw: Any, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({_target(column, part, zone) for part in parts(column, raw, zone)}))


def _word(column: Column, raw: Any, zone: ZoneInfo) -> str:
    word = _name(column, raw, zone).lower()
    if word not in column.words:
        raise RuleError("word_unknown", text=word[:40], words=", ".join(word for word in column.words if word))
    return word


def _words(column: Column, raw: Any, zone: ZoneInfo) -> tuple[str, ...]:
    found = {_word(column, part, zone) for part in parts(column, raw, zone)}
    return tuple(word for word in column.words if word in found)


def _boolean(column: Column, raw: Any, zone: ZoneInfo) -> bool:
    text = _name(column, raw, zone).lower()
    if text not in YES and text not in NO:
        raise RuleError("boolean_unreadable", text=text[:40])
    return text in YES


def read_number(column: Column, raw: Any, zone: ZoneInfo) -> Decimal:
    if isinstance(raw, float):
        return numbers.of_float(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return numbers.checked(Decimal(raw))
    if isinstance(raw, Decimal):
        return numbers.checked(raw)
    if not isinstance(raw, str):
        raise RuleError("number_unreadable", text=_text(column, raw, zone)[:40], example="1250.5")
    return numbers.read(raw)


def _whole(column: Column, raw: Any, zone: ZoneInfo) -> int:
    number = read_number(column, raw, zone)
    if number != number.to_integral_value():
        raise RuleError("number_not_whole", text=numbers.write(number))
    return int(number)


def read_date(column: Column, raw: Any, zone: ZoneInfo) -> date:
    if isinstance(raw, datetime):
        if raw.time() != time.min:
            raise RuleError("date_with_time", text=raw.isoformat(" "))
        return raw.date()
    text = _text(column, raw, zone).strip()
    if found := ISO_DATE.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise RuleError("date_unreadable", text=text[:40])
    if year not in YEARS:
        raise RuleError("date_year", text=text, first=str(YEARS[0]), last=str(YEARS[-1]))
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleError("date_impossible", text=text) from None


def _instant(column: Column, raw: Any, zone: ZoneInfo) -> datetime:
    """A moment in UTC; without a zone it is the company's, without a time the day's first moment."""
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=zone).astimezone(UTC)
    text = _text(column, raw, zone).strip()
    found = MOMENT.fullmatch(text)
    day = read_date(column, found[1] if found else text, zone)
    if not found:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    try:
        moment = time.fromisoformat(found[2].zfill(5) if len(found[2]) < 6 else found[2].rjust(8, "0"))
        offset = _offset(found[3])
        return datetime.combine(day, moment, offset or zone).astimezone(UTC)
    except ValueError:
        raise RuleError("date_impossible", text=text) from None


def _offset(text: str | None) -> Any:
    if not text or text == "Z":
        return UTC if text else None
    return datetime.strptime(text, "%z").tzinfo


def seventeen(day: date, zone: ZoneInfo) -> datetime:
    """17:00 of the day in the company's time zone: when a check-in without a time was entered."""
    return (datetime.combine(day, time.min) + timedelta(hours=17)).replace(tzinfo=zone).astimezone(UTC)


READERS: dict[str, Callable[[Column, Any, ZoneInfo], Any]] = {
    "text": _text,
    "name": _name,
    "code": _code,
    "part": _code,
    "symbol": _name,
    "ref": _ref,
    "refs": _refs,
    "email": _email,
    "target": _target,
    "targets": _targets,
    "word": _word,
    "words": _words,
    "boolean": _boolean,
    "number": read_number,
    "share": read_number,
    "whole": _whole,
    "date": read_date,
    "instant": _instant,
}
