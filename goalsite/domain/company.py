"""The company's own settings, as the rules need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from goalsite.domain import terms
from goalsite.domain.errors import RuleError
from goalsite.domain.pace import Thresholds
from goalsite.domain.periods import Calendar
from goalsite.domain.results import DEFAULT_BANDS
from goalsite.domain.rounding import as_decimal

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def bands_as_text(bands: Sequence[tuple[str, Fraction]]) -> str:
    """Bands from the highest down, as the setting `rating_bands` writes them: the last, which begins at nothing, is left out."""
    return ";".join(f"{name}:{as_decimal(least, 4).normalize():f}" for name, least in bands[:-1])


def read_bands(text: str) -> tuple[tuple[str, Fraction], ...]:
    """The bands from the highest down. Raises RuleError setting_wrong."""
    return _bands({"rating_bands": text})


DEFAULTS = {
    "company_name": "",
    "time_zone": "Asia/Ho_Chi_Minh",
    "locale": "vi",
    "workdays": "monday;tuesday;wednesday;thursday;friday",
    "holidays": "",
    "on_track": "0.9",
    "at_risk": "0.7",
    "rating_bands": bands_as_text(DEFAULT_BANDS),
    "max_adjust": "0.1",
    "fiscal_start_month": "1",
}


@dataclass(frozen=True)
class Company:
    """Fractions for thresholds, bands and the largest adjustment; `bands` descend."""

    name: str = ""
    time_zone: str = "Asia/Ho_Chi_Minh"
    locale: str = "vi"
    calendar: Calendar = Calendar()
    thresholds: Thresholds = Thresholds()
    bands: tuple[tuple[str, Fraction], ...] = DEFAULT_BANDS
    max_adjust: Fraction = Fraction(1, 10)
    fiscal_start_month: int = 1

    def today(self, now: datetime) -> date:
        """The company's day at that moment."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def moment(self, day: date, clock: time) -> datetime:
        """That day and clock time in the company's zone."""
        return datetime.combine(day, clock, ZoneInfo(self.time_zone))

    def end_of(self, day: date) -> datetime:
        """The first moment after that day."""
        return self.moment(day + timedelta(days=1), time())


def read_company(given: Mapping[str, str]) -> Company:
    """The settings checked. Raises RuleError setting_unknown or setting_wrong, whose field is the setting's key."""
    for key in given:
        if key not in DEFAULTS:
            raise RuleError("setting_unknown", key, key=key, known=", ".join(DEFAULTS))
    said = {key: given.get(key) or default for key, default in DEFAULTS.items()}
    thresholds = Thresholds(_fraction(said, "on_track"), _fraction(said, "at_risk"))
    if not thresholds.on_track > thresholds.at_risk > 0:
        raise RuleError("thresholds_not_descending", "at_risk")
    if said["time_zone"] not in time_zones():
        raise _wrong(said, "time_zone", "Asia/Ho_Chi_Minh")
    if said["locale"] not in terms.LOCALES:
        raise _wrong(said, "locale", "vi")
    month = said["fiscal_start_month"]
    if not month.isdecimal() or not 1 <= int(month) <= 12:
        raise _wrong(said, "fiscal_start_month", "1")
    return Company(
        said["company_name"],
        said["time_zone"],
        said["locale"],
        Calendar(frozenset(_weekdays(said)), frozenset(_holidays(said))),
        thresholds,
        _bands(said),
        _fraction(said, "max_adjust"),
        int(month),
    )


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones; looked for on the disk once."""
    return frozenset(available_timezones())


def _wrong(said: Mapping[str, str], key: str, example: str) -> RuleError:
    return RuleError("setting_wrong", key, key=key, value=said[key], example=example)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _fraction(said: Mapping[str, str], key: str) -> Fraction:
    try:
        number = Decimal(said[key].replace(",", "."))
    except InvalidOperation:
        raise _wrong(said, key, DEFAULTS[key]) from None
    if not number.is_finite() or not 0 <= number <= 10:
        raise _wrong(said, key, DEFAULTS[key])
    return Fraction(number)


def _weekdays(said: Mapping[str, str]) -> list[int]:
    words = [word.lower() for word in _listed(said["workdays"])]
    if not words or any(word not in DAYS for word in words):
        raise _wrong(said, "workdays", DEFAULTS["workdays"])
    return [DAYS.index(word) for word in words]


def _holidays(said: Mapping[str, str]) -> list[date]:
    try:
        return [date.fromisoformat(word) for word in _listed(said["holidays"])]
    except ValueError:
        raise _wrong(said, "holidays", "2026-01-01;2026-04-30") from None


def _bands(said: Mapping[str, str]) -> tuple[tuple[str, Fraction], ...]:
    least = {}
    for part in _listed(said["rating_bands"].replace("=", ":")):
        name, _, number = part.partition(":")
        least[name.strip()] = _fraction({"rating_bands": number.strip()}, "rating_bands")
    if list(least) not in (list(terms.RATINGS), list(terms.RATINGS[:-1])) or sorted(
        least.values(), reverse=True
    ) != list(least.values()):
        raise _wrong(said, "rating_bands", DEFAULTS["rating_bands"])
    return tuple((least | {"poor": Fraction(0)}).items())
