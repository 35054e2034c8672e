"""Forms that make several things of a cycle at once: a year from a pattern, goals copied into the next."""

from typing import Any

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from goalsite.domain.cycles import FIRST_YEAR, LAST_YEAR, Planned, plan
from goalsite.forms.base import Form, choices
from goalsite.forms.cycles import CycleSettings
from goalsite.queries.company import company

ROMAN = ("", "I", "II", "III", "IV")
PATTERN_NAMES = (
    ("quarters", _l("A year with its quarters")),
    ("halves", _l("A year with its halves")),
    ("months", _l("A year with its months")),
    ("halves_quarters", _l("A year with halves and quarters")),
    ("quarters_months", _l("A year with quarters and months")),
    ("year", _l("A year alone")),
)
MONTHS = (
    _l("January"),
    _l("February"),
    _l("March"),
    _l("April"),
    _l("May"),
    _l("June"),
    _l("July"),
    _l("August"),
    _l("September"),
    _l("October"),
    _l("November"),
    _l("December"),
)
A_YEAR = _l("A year is needed, from %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)


def month_choices() -> Any:
    """The months by their numbers."""
    return choices(list(enumerate(MONTHS, start=1)))


class PlanForm(CycleSettings):
    """A year cut into cycles, all with the same settings."""

    pattern = SelectField(_l("Pattern"), choices=choices(PATTERN_NAMES), default="quarters")
    year = IntegerField(
        _l("Year"),
        validators=[InputRequired(A_YEAR), NumberRange(FIRST_YEAR, LAST_YEAR, A_YEAR)],
        render_kw={"inputmode": "numeric"},
    )
    first_month = SelectField(_l("It begins in"), coerce=int, choices=month_choices, default=1)

    def planned(self) -> list[tuple[Planned, str]]:
        """The cycles it would make, with their names in the company's language; none while the year cannot be read."""
        year, known = self.year.data, dict(PATTERN_NAMES).keys()
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return []
        if self.pattern.data not in known or self.first_month.data not in range(1, 13):
            return []
        with force_locale(company().locale):
            made = plan(self.pattern.data, year, self.first_month.data)
            return [(one, name_of(one, self.first_month.data)) for one in made]


class CopyForm(Form):
    """Goals chosen for the next cycle; `everything` means all that the search finds."""

    goals = SelectMultipleField(_l("Goals"), coerce=int, validate_choice=False)
    everything = BooleanField(_l("Everything found"))


def name_of(planned: Planned, first_month: int) -> str:
    """What the cycle is called, in the language in force."""
    years = str(planned.year) if first_month == 1 else f"{planned.year}–{planned.year + 1}"
    if planned.kind == "year":
        return gettext("Year %(years)s", years=years)
    if planned.kind == "half":
        return gettext("Half %(number)s %(years)s", number=ROMAN[planned.number], years=years)
    if planned.kind == "quarter":
        return gettext("Quarter %(number)s %(years)s", number=ROMAN[planned.number], years=years)
    first = planned.span.first
    return gettext("Month %(month)s/%(year)s", month=first.month, year=first.year)
