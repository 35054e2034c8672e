"""The form of the company's settings."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from goalsite import formats
from goalsite.domain.company import DAYS, Company
from goalsite.domain.errors import RuleError
from goalsite.domain.rounding import as_decimal
from goalsite.forms.base import ExactField, Form, LineField, TextField, choices
from goalsite.forms.cycle_plans import month_choices
from goalsite.forms.cycles import HUNDRED, WEEKDAYS, Between
from goalsite.messages import say

BANDS = ("excellent", "good", "fair", "average")
MOST_HOLIDAYS = 1000


def percentage(label: Any, least: int, most: int, **kwargs: Any) -> ExactField:
    """A fraction of 1, typed in percent with two decimals at most."""
    return ExactField(label, decimals=2, required=True, validators=[Between(least, most)], **kwargs)


class DaysField(TextField):
    """Days, one a line, as 30/04/2026 or 2026-04-30."""

    def days(self) -> list[date]:
        """The days in order, each once. Raises RuleError date_unreadable, date_impossible."""
        return sorted({_day(text) for text in re.split(r"[\s;,]+", self.data or "") if text})

    def pre_validate(self, form: Any) -> None:
        try:
            if len(self.days()) > MOST_HOLIDAYS:
                raise ValidationError(say(RuleError("too_many_holidays", most=MOST_HOLIDAYS)))
        except RuleError as error:
            raise ValidationError(say(error)) from None


class CompanyForm(Form):
    """What holds for the whole company."""

    company_name = LineField(
        _l("The company's name"),
        description=_l("It stands on every page and every print. The unit at the top has a name of its own."),
    )
    time_zone = SelectField(
        _l("Time zone"),
        choices=lambda: choices(formats.time_zones()),
        description=_l("It says when a day begins, for check-ins and deadlines."),
    )
    locale = SelectField(
        _l("Language"), choices=choices(formats.LANGUAGES), description=_l("For those who have chosen none.")
    )
    fiscal_start_month = SelectField(_l("The fiscal year begins in"), coerce=int, choices=month_choices)
    workdays = SelectMultipleField(
        _l("Working days"),
        choices=choices(WEEKDAYS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    holidays = DaysField(
        _l("Holidays"), description=_l("One day a line, such as 30/04/2026. Daily measures are not due on them.")
    )
    on_track = percentage(_l("On track from, in percent of what is expected"), 1, 1000)
    at_risk = percentage(_l("At risk from, in percent of what is expected"), 1, 1000)
    excellent = percentage(_l("Excellent from, in percent"), 0, 1000)
    good = percentage(_l("Good from, in percent"), 0, 1000)
    fair = percentage(_l("Fair from, in percent"), 0, 1000)
    average = percentage(_l("Average from, in percent"), 0, 1000)
    max_adjust = percentage(
        _l("HR may adjust a total by at most, in percentage points"),
        0,
        100,
        description=_l("Up or down, with a reason that is printed."),
    )

    def validate_workdays(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(say(RuleError("workdays_missing")))

    def validate_at_risk(self, field: Any) -> None:
        if None not in (field.data, self.on_track.data) and field.data >= self.on_track.data:
            raise ValidationError(say(RuleError("thresholds_descend")))

    def validate_good(self, field: Any) -> None:
        self._descends("excellent", field)

    def validate_fair(self, field: Any) -> None:
        self._descends("good", field)

    def validate_average(self, field: Any) -> None:
        self._descends("fair", field)

    def _descends(self, above: str, field: Any) -> None:
        if None not in (field.data, self[above].data) and field.data >= self[above].data:
            raise ValidationError(say(RuleError("bands_descend", above=self[above].data)))

    def show(self, company: Company) -> "CompanyForm":
        """The settings in force, as the fields have them."""
        for name, value in shown(company).items():
            self[name].data = value
        return self

    def settings(self) -> dict[str, str]:
        """What the form says, as settings are stored."""
        return {
            "company_name": self.company_name.data or "",
            "time_zone": self.time_zone.data,
            "locale": self.locale.data,
            "fiscal_start_month": str(self.fiscal_start_month.data),
            "workdays": ";".join(day for day in DAYS if day in (self.workdays.data or ())),
            "holidays": ";".join(day.isoformat() for day in self.holidays.days()),
            "on_track": _share(self.on_track.data),
            "at_risk": _share(self.at_risk.data),
            "rating_bands": ";".join(f"{name}:{_share(self[name].data)}" for name in BANDS),
            "max_adjust": _share(self.max_adjust.data),
        }


def shown(company: Company) -> dict[str, Any]:
    """The company's settings as the form's fields have them."""
    bands: Mapping[str, Fraction] = dict(company.bands)
    shares = {
        "on_track": company.thresholds.on_track,
        "at_risk": company.thresholds.at_risk,
        **{name: bands[name] for name in BANDS},
        "max_adjust": company.max_adjust,
    }
    return {
        "company_name": company.name,
        "time_zone": company.time_zone,
        "locale": company.locale,
        "fiscal_start_month": company.fiscal_start_month,
        "workdays": [DAYS[day] for day in sorted(company.calendar.workdays)],
        "holidays": "\n".join(formats.day(day) for day in sorted(company.calendar.holidays)),
        **{name: as_decimal(share * 100, 2) for name, share in shares.items()},
    }


def _share(percent: Decimal | None) -> str:
    return f"{((percent or Decimal(0)) / HUNDRED).normalize():f}"


def _day(text: str) -> date:
    form = "%Y-%m-%d" if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", text) else "%d/%m/%Y"
    if form == "%d/%m/%Y" and not re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", text):
        raise RuleError("date_unreadable", text=text[:40])
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise RuleError("date_impossible", text=text) from None
