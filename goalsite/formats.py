"""How values read in the reader's language, and how what that reader types is read. Jinja filters bear the functions' names."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from zoneinfo import available_timezones

from babel.dates import format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from flask import Flask
from flask_babel import get_locale, get_timezone
from jinja2 import pass_context

from goalsite.domain.errors import RuleError
from goalsite.domain.rounding import as_decimal, half_up
from goalsite.extensions import EXACT_DECIMALS, LARGEST

Number = Decimal | Fraction | int
NOTHING = "–"
NO_BREAK = "\u00a0"
MINUS = "−"
LONGEST_NUMBER = 40
# language → (between thousands, before the decimals)
SEPARATORS = {"vi": (".", ","), "en": (",", ".")}
# Each in its own words, for those who cannot read the other.
LANGUAGES = (("vi", "Tiếng Việt"), ("en", "English"))


def init_app(app: Flask) -> None:
    """Gives templates the filters."""
    for function in (percent, number, compact, day, daymonth, clock, moment, ago):
        app.jinja_env.filters[function.__name__] = _for_each_reader(function)


def _for_each_reader(function: Callable[..., str]) -> Callable[..., str]:
    """The filter as one that Jinja asks anew for each page: it would work out `1|number` once for all languages."""

    @pass_context
    def write(_context: object, *args: object, **kwargs: object) -> str:
        return function(*args, **kwargs)

    return write


def percent(fraction: Number | None, digits: int = 0) -> str:
    """A fraction of 1 as `64 %`, rounded half up; a dash when it cannot be said."""
    return NOTHING if fraction is None else f"{_written(Fraction(fraction) * 100, digits, fixed=True)}{NO_BREAK}%"


def number(value: Number | None, decimals: int | None = None, symbol: str = "") -> str:
    """`1.000.000 ₫`: with exactly `decimals`, rounded half up, or with as many as the number has."""
    if value is None:
        return NOTHING
    written = _written(Fraction(value), EXACT_DECIMALS if decimals is None else decimals, fixed=decimals is not None)
    return f"{written}{NO_BREAK}{symbol}" if symbol else written


def compact(value: Number | None, symbol: str = "") -> str:
    """A large number in words, `10 tỷ`, for where there is no room; with at most one decimal."""
    if value is None:
        return NOTHING
    exact = Fraction(value)
    thousands = max(0, (len(str(abs(int(exact)))) - 1) // 3)
    # Rounded before the word is chosen, or 999 999 would read "1000 thousand".
    rounded = half_up(exact / 1000**thousands, 1) * 1000**thousands
    locale = get_locale()
    written = format_compact_decimal(as_decimal(rounded, 1), locale=locale, format_type="long", fraction_digits=1)
    return f"{written}{NO_BREAK}{symbol}" if symbol else written


def day(value: date | datetime | None) -> str:
    """`05/03/2026`; a moment's day is that of the reader's time zone."""
    return NOTHING if value is None else f"{_local(value):%d/%m/%Y}"


def daymonth(value: date | datetime | None) -> str:
    """`05/03`, where the year goes without saying."""
    return NOTHING if value is None else f"{_local(value):%d/%m}"


def clock(value: datetime | None) -> str:
    """`17:05` in the reader's time zone."""
    return NOTHING if value is None else f"{_local(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """`05/03/2026 17:05` in the reader's time zone."""
    return NOTHING if value is None else f"{_local(value):%d/%m/%Y %H:%M}"


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """`3 ngày trước`; the date itself once that is clearer."""
    if value is None:
        return NOTHING
    passed = (now or datetime.now(UTC)) - value
    if passed > timedelta(days=30):
        return day(value)
    return format_timedelta(-max(passed, timedelta(seconds=1)), add_direction=True, locale=get_locale())


def plain(term: object) -> str:
    """A term of a message as the reader would write it."""
    if isinstance(term, bool | str):
        return str(term)
    if isinstance(term, Decimal | Fraction | int):
        return number(term)
    if isinstance(term, datetime):
        return moment(term)
    if isinstance(term, date):
        return day(term)
    if isinstance(term, Iterable):
        return ", ".join(plain(part) for part in term)
    return str(term)


@cache
def time_zones() -> list[tuple[str, str]]:
    """Choices: the zones of places, as a list to pick from."""
    return [
        (name, name.replace("_", " "))
        for name in sorted(available_timezones())
        if name == "UTC" or "/" in name and not name.startswith("Etc/")
    ]


def parse_number(text: str, locale: str, decimals: int = EXACT_DECIMALS) -> Decimal:
    """What a reader of that language typed: `1.000.000` and `6,4` in vi, `1,000,000` and `6.4` in en.

    Raises RuleError: number_unreadable (`text`, `example`); number_other_style (`text`, and `right`, what this reader
    would write); number_decimals (`text`, `decimals`); number_too_large (`largest`).
    """
    thousands, point = SEPARATORS[locale]
    typed = text.strip().replace(NO_BREAK, "").replace(MINUS, "-")
    if len(typed) <= LONGEST_NUMBER:
        if _is_number(typed, thousands, point) and not _looks_grouped(typed, point):
            return _checked(typed.replace(thousands, "").replace(point, "."), typed, decimals)
        if _is_number(typed, point, thousands):
            meant = Decimal(typed.replace(point, "").replace(thousands, "."))
            raise RuleError("number_other_style", text=typed, right=_localised(meant, locale))
    raise RuleError("number_unreadable", text=typed[:LONGEST_NUMBER], example=_localised(Decimal("1250.5"), locale))


def _is_number(typed: str, thousands: str, point: str) -> bool:
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+)"
    return re.fullmatch(rf"[+-]?{whole}(?:{re.escape(point)}[0-9]+)?", typed) is not None


def _looks_grouped(typed: str, point: str) -> bool:
    """`1,500` in Vietnamese: one and a half, or fifteen hundred? Nobody writes the last zero of a decimal."""
    return re.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}{re.escape(point)}[0-9]{{2}}0", typed) is not None


def _checked(plain_digits: str, typed: str, decimals: int) -> Decimal:
    value = Decimal(plain_digits)
    if abs(value) > LARGEST:
        raise RuleError("number_too_large", largest=LARGEST)
    if len(plain_digits.partition(".")[2]) > decimals:
        raise RuleError("number_decimals", text=typed, decimals=decimals)
    return value


def _localised(value: Decimal, locale: str) -> str:
    thousands, point = SEPARATORS[locale]
    whole, _, part = f"{value:,f}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", thousands) + (point + part if part else "")


def _written(value: Fraction, decimals: int, *, fixed: bool) -> str:
    pattern = "#,##0" + ("." + ("0" if fixed else "#") * decimals if decimals else "")
    return format_decimal(as_decimal(value, decimals), format=pattern, locale=get_locale(), decimal_quantization=False)


def _local(value: date | datetime) -> date | datetime:
    return value.astimezone(get_timezone()) if isinstance(value, datetime) else value
