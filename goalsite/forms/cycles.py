"""Forms of the cycles: their settings, and moving them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional, Regexp

from goalsite.domain.errors import RuleError
from goalsite.forms.base import ExactField, Form, LineField, TextField, choices
from goalsite.messages import MESSAGES, say
from goalsite.models import Cycle

CODE = r"[A-Za-z0-9][A-Za-z0-9._-]*\Z"
LONGEST_REASON = 2000
HUNDRED = Decimal(100)
RHYTHMS = (("week", _l("Every week")), ("two_weeks", _l("Every two weeks")), ("month", _l("Every month")))
WEEKDAYS = (
    ("monday", _l("Monday")),
    ("tuesday", _l("Tuesday")),
    ("wednesday", _l("Wednesday")),
    ("thursday", _l("Thursday")),
    ("friday", _l("Friday")),
    ("saturday", _l("Saturday")),
    ("sunday", _l("Sunday")),
)
# Kept as fractions of 1, typed as percentages.
PERCENTAGES = ("kpi_share", "kpi_cap", "aspirational_full")
A_DAY = _l("A day is needed, such as 31/03/2026.")


class Between:
    """The number lies within the two, both allowed."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = Decimal(least), Decimal(most)

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is not None and field.data < self.least:
            raise ValidationError(say(RuleError("number_too_small", least=self.least)))
        if field.data is not None and field.data > self.most:
            raise ValidationError(say(RuleError("number_too_great", most=self.most)))


class CycleSettings(Form):
    """How a cycle runs."""

    checkin_every = SelectField(
        _l("Check in"),
        choices=choices(RHYTHMS),
        default="week",
        description=_l(
            "How often people are asked for their numbers. A measure that is counted less often is asked for less often."
        ),
    )
    checkin_weekday = SelectField(
        _l("On"),
        choices=choices(WEEKDAYS),
        default="friday",
        description=_l("The day it is due; three days later what is missing counts as late."),
    )
    kpi_share = ExactField(
        _l("Share of the KPIs in a person's total, in percent"),
        decimals=2,
        required=True,
        validators=[Between(0, 100)],
        default=Decimal(50),
        description=_l("The OKRs have the rest: with 60, KPIs count 0.6 and OKRs 0.4."),
    )
    kpi_cap = ExactField(
        _l("A KPI counts up to, in percent"),
        decimals=2,
        required=True,
        validators=[Between(100, 1000)],
        default=Decimal(120),
        description=_l("Above this, more is shown but does not count."),
    )
    aspirational_full = ExactField(
        _l("An aspirational objective is fully met at, in percent"),
        decimals=2,
        required=True,
        validators=[Between(10, 100)],
        default=Decimal(100),
        description=_l("70 means that 0.7 of an aspirational objective counts as the whole result."),
    )
    head_counts_unit = BooleanField(
        _l("The unit's goals count in its head's own result"),
        default=True,
        description=_l("Without it, a head's result is made of personal goals alone."),
    )
    goals_need_approval = BooleanField(
        _l("A manager approves each goal before it becomes active"),
        description=_l("Without it, people make their own goals active at once."),
    )
    weights_to_100 = BooleanField(
        _l("A person's weights come to 100 for each kind before a goal becomes active"),
        description=_l("Without it, weights are shares of whatever they add up to, and the form only points it out."),
    )

    def settings(self) -> dict[str, Any]:
        """What the form says, as a cycle keeps it."""
        shares = {name: self[name].data / HUNDRED for name in PERCENTAGES}
        names = ("checkin_every", "checkin_weekday", "head_counts_unit", "goals_need_approval", "weights_to_100")
        return {name: self[name].data for name in names} | shares


class CycleForm(CycleSettings):
    """A cycle."""

    name = LineField(_l("Name"), description=_l("As it is read everywhere, such as “Quarter 1 2026”."))
    code = LineField(
        _l("Code"),
        most=64,
        validators=[Regexp(CODE, message=MESSAGES["code_unreadable"])],
        description=_l("Short and lasting, such as 2026-Q1; files and addresses name the cycle by it."),
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(A_DAY)])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(A_DAY)])
    parent = SelectField(_l("Lies in"), coerce=int, default=0)
    mid_review_on = DateField(
        _l("Mid-cycle review"),
        validators=[Optional()],
        description=_l("When managers and people look at the goals halfway."),
    )
    evaluate_by = DateField(
        _l("Evaluations by"),
        validators=[Optional()],
        description=_l("Until when goals are evaluated, once the review has begun."),
    )
    review_by = DateField(
        _l("Reviews signed by"),
        validators=[Optional()],
        description=_l("Until when both have signed; not before the evaluations."),
    )

    def offer(self, cycles: Iterable[Cycle]) -> "CycleForm":
        """The cycles it may lie in."""
        self.parent.choices = choices([(0, _l("No longer cycle")), *((one.id, one.name) for one in cycles)])
        return self

    def facts(self) -> dict[str, Any]:
        """What the form says, as a cycle keeps it."""
        names = ("name", "code", "starts_on", "ends_on", "mid_review_on", "evaluate_by", "review_by")
        return {name: self[name].data for name in names} | {"parent_id": self.parent.data or None} | self.settings()


class MoveForm(Form):
    """Moving a cycle on; the reason is asked for where the move needs one."""

    reason = TextField(_l("Reason"), most=LONGEST_REASON)


def shown(cycle: Cycle) -> dict[str, Any]:
    """A cycle's columns as the form's fields have them."""
    return {name: getattr(cycle, name) * HUNDRED for name in PERCENTAGES} | {"parent": cycle.parent_id or 0}
