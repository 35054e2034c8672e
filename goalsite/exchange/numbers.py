"""Numbers as people write them: `1.000.000`, `1,000,000`, `6,4`, `6.4`, wherever there is one way to read them, and never a guess."""

import re
from decimal import Decimal

from goalsite.domain.errors import RuleError
from goalsite.extensions import EXACT_DECIMALS, LARGEST

SPACES = "\u00a0\u202f\u2009 "
SIGNED = re.compile(r"([+-]?)([0-9.,]+)")
NOT_FINITE = re.compile(r"[+-]?(nan|snan|inf|infinity|∞)", re.IGNORECASE)


def read(text: str) -> Decimal:
    """The one number the text can mean. Raises RuleError number_not_finite, number_unreadable, number_two_ways and those of `checked`."""
    if NOT_FINITE.fullmatch(text.strip()):
        raise RuleError("number_not_finite", text=text.strip())
    found = SIGNED.fullmatch(_without_spaces(text.strip().replace("−", "-")))
    readings = sorted({*_readings(found[2], ".", ","), *_readings(found[2], ",", ".")}) if found else []
    if not found or not readings:
        raise RuleError("number_unreadable", text=text.strip()[:40], example="1250.5")
    if len(readings) > 1:
        one, other = (write(reading) for reading in readings)
        raise RuleError("number_two_ways", text=text.strip(), one=one, other=other)
    return checked(-readings[0] if found[1] == "-" else readings[0])


def checked(number: Decimal) -> Decimal:
    """The number, if it is one that can be kept. Raises RuleError number_not_finite, number_too_large, number_decimals."""
    if not number.is_finite():
        raise RuleError("number_not_finite", text=str(number))
    if abs(number) > LARGEST:
        raise RuleError("number_too_large", largest=LARGEST)
    if number != round(number, EXACT_DECIMALS):
        raise RuleError("number_decimals", text=f"{number:f}"[:40], decimals=EXACT_DECIMALS)
    return number


def of_float(number: float) -> Decimal:
    """A spreadsheet's own number, to the fifteen digits a spreadsheet keeps. Raises RuleError as `checked`."""
    return checked(Decimal(f"{number:.15g}"))


def write(number: Decimal) -> str:
    """The number so that it can be read in one way only: 1.125, which might be 1 125, is written 1.1250."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text == "-0":
        return "0"
    return text + "0" if re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", text) else text


def fits_a_cell(number: Decimal) -> bool:
    """A spreadsheet's binary number holds this one digit for digit."""
    return len(number.normalize().as_tuple().digits) <= 15


def _without_spaces(text: str) -> str:
    """Spaces may stand between thousands, as in 1 000 000."""
    if re.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}([{SPACES}][0-9]{{3}})+([.,][0-9]+)?", text):
        return re.sub(f"[{SPACES}]", "", text)
    return text


def _readings(digits: str, point: str, comma: str) -> list[Decimal]:
    """What the digits mean where `point` stands before the decimals and `comma` between the thousands."""
    whole = rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{re.escape(comma)}[0-9]{{3}})+)"
    if not re.fullmatch(rf"{whole}(?:{re.escape(point)}[0-9]+)?", digits):
        return []
    return [Decimal(digits.replace(comma, "").replace(point, "."))]
