"""The form of a metric, with numbers to try its formula on."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Regexp

from goalsite.actions.metrics import FIXED
from goalsite.domain import formula
from goalsite.domain.errors import RuleError
from goalsite.forms.base import ExactField, Form, LineField, TextField, choices
from goalsite.messages import MESSAGES, say
from goalsite.models import Metric

CODE = r"[^\s;/]+\Z"
LONGEST_HOW = 4000
DIRECTIONS = (
    ("increase", _l("Goes up to the target")),
    ("decrease", _l("Goes down to the target, or stays below it")),
    ("keep", _l("Stays within bounds")),
    ("done", _l("Is done or not")),
    ("steps", _l("Is done in steps")),
)
AGGREGATES = (
    ("last", _l("The latest value counts")),
    ("sum", _l("Amounts add up")),
    ("average", _l("The average counts")),
    ("ratio", _l("A ratio of two totals")),
)
FORMULA_IS = (
    ("", _l("Only a number to look at, beside the value")),
    ("progress", _l("The progress, in percent")),
)


@dataclass(frozen=True)
class Trial:
    """A formula on sample numbers: its answer, or what is wrong with it. Neither where it cannot be calculated."""

    answer: Fraction | None = None
    wrong: str = ""


class MetricForm(Form):
    """A metric. The three numbers are only there to try the formula on."""

    name = LineField(_l("Name"), description=_l("What is measured, such as “Rate of returning customers”."))
    code = LineField(
        _l("Code"),
        most=64,
        validators=[Regexp(CODE, message=MESSAGES["metric_code_unreadable"])],
        description=_l("Short and lasting; files name the metric by it."),
    )
    symbol = LineField(
        _l("Symbol"),
        most=20,
        required=False,
        description=_l("What stands behind the number: %(percent)s, ₫, contracts…", percent="%"),
    )
    decimals = SelectField(
        _l("Decimals"), coerce=int, choices=choices((count, str(count)) for count in range(5)), default=0
    )
    direction = SelectField(_l("Good is when it"), choices=choices(DIRECTIONS), default="increase")
    aggregate = SelectField(_l("Several check-ins"), choices=choices(AGGREGATES), default="last")
    how_measured = TextField(
        _l("How it is measured"),
        most=LONGEST_HOW,
        description=_l(
            "From which source, by whom, what counts and what does not: so that two people get the same number."
        ),
    )
    formula = LineField(
        _l("Formula"),
        most=formula.LONGEST,
        required=False,
        description=_l(
            "With value, target and start, such as (value-target)*100/target. min, max, abs and “a if b else c” work."
        ),
    )
    formula_is = SelectField(_l("Its answer is"), choices=choices(FORMULA_IS), default="")
    try_value = ExactField(_l("value"), default=Decimal(80))
    try_target = ExactField(_l("target"), default=Decimal(100))
    try_start = ExactField(_l("start"), default=Decimal(0))

    def without_fixed(self) -> "MetricForm":
        """What can no longer be changed is not asked for."""
        for name in FIXED:
            del self[name]
        return self

    def facts(self, metric: Metric | None = None) -> dict[str, Any]:
        """What the form says; what it does not ask for is the metric's own."""
        said = {name: self[name].data for name in ("name", "code", "how_measured", "formula", "formula_is")}
        return said | {name: self[name].data if name in self else getattr(metric, name) for name in FIXED}

    def trial(self) -> Trial | None:
        """The formula on the sample numbers, once there is one."""
        text = formula.translated(self.formula.data or "")
        if not text:
            return None
        numbers = {name: self[f"try_{name}"].data for name in formula.NAMES}
        try:
            formula.check(text)
        except RuleError as error:
            return Trial(wrong=say(error))
        known = {name: None if number is None else Fraction(number) for name, number in numbers.items()}
        return Trial(formula.evaluate(text, known))
