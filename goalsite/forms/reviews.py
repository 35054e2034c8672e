"""Forms of reviews: words, and HR's adjustment in percentage points."""

from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from goalsite import formats
from goalsite.actions.review import Said
from goalsite.forms.base import Form, TextField
from goalsite.forms.evaluations import LONGEST_WORDS, PercentField


class WordsForm(Form):
    """What a step says in words; `version` is the review's, 0 before there is one."""

    words = TextField(_lp("review", "In your words"), most=LONGEST_WORDS)

    def said(self) -> Said:
        """What the form says."""
        return Said(self.version.data, self.words.data or "")


class AdjustForm(WordsForm):
    """HR's adjustment of the total, with its reason."""

    adjustment = PercentField(_l("Points to add, or with a minus to take off"))
    words = TextField(_l("Reason"), most=LONGEST_WORDS)

    def begin(self, adjustment: Decimal | None, why: str) -> None:
        """What holds now, with its decimals: sent again it stays what it is."""
        if adjustment is not None:
            self.adjustment.raw_data = [formats.number(adjustment * 100, symbol="%")]
        self.words.data = why

    def said(self) -> Said:
        """What the form says."""
        points = self.adjustment.data
        return Said(self.version.data, self.words.data or "", Fraction(points) if isinstance(points, Decimal) else None)
