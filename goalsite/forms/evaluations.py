"""Forms of evaluations: a score as a percentage, and words."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import Field as AnyField

from goalsite import formats
from goalsite.actions.evaluate import Said
from goalsite.domain.rounding import half_up
from goalsite.forms.base import ExactField, Form, LineField, TextField

LONGEST_WORDS = 4000
HUNDRED = Decimal(100)


class PercentField(ExactField):
    """A fraction of 1, shown and typed as a percentage: `60 %`, `60`, `62,5`."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, decimals=2, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([text.replace("%", " ") for text in valuelist])
        if self.data is not None:
            self.data /= HUNDRED

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else written(self.data)


class EvaluationForm(Form):
    """What every step of an evaluation says; `version` is the goal's."""

    words = TextField(_lp("evaluation", "Comment"), most=LONGEST_WORDS)

    def begin(self, score: Fraction | None, version: int) -> None:
        """What the form shows before anything is typed."""
        self.version.data = version
        if "score" in self:
            self["score"].data = score

    def said(self) -> Said:
        """What the form says; a score only where it asks for a number."""
        score = self["score"].data if "score" in self else None
        return Said(self.version.data, Fraction(score) if isinstance(score, Decimal) else None, self.words.data or "")


class SubmitForm(EvaluationForm):
    """The owner's own score, and what they say about it."""

    score = PercentField(_l("Your own score"))
    words = TextField(_l("What you want to say about it"), most=LONGEST_WORDS)


class DecideForm(EvaluationForm):
    """The evaluator's score, and what they say about it."""

    score: AnyField = PercentField(_l("Score"))
    words = TextField(
        _lp("evaluation", "Comment"),
        most=LONGEST_WORDS,
        description=_l("Needed when the score is not what the numbers say, and when you return it."),
    )


class ReturnForm(DecideForm):
    """The same form, sent back: whatever stands in the score is kept, and does not matter."""

    score: AnyField = LineField(_l("Score"), required=False)


class ReopenForm(EvaluationForm):
    """Why an approved evaluation is opened again."""

    words = TextField(_l("Reason"), most=LONGEST_WORDS)


def written(score: Decimal | Fraction | None) -> str:
    """The score as the field shows it, rounded as everywhere to one decimal."""
    return "" if score is None else formats.number(half_up(Fraction(score) * 100, 1), symbol="%")
