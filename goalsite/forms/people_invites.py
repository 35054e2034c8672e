"""The forms of invitations to many."""

from wtforms import TextAreaField
from wtforms.validators import Length

from goalsite.forms.base import Form
from goalsite.queries.people import INVITED_AT_ONCE

# A line of a name, an address and a link.
LONGEST_LINE = 1000


class LinksForm(Form):
    """The links as they were shown, sent back to be had as a file: they are kept nowhere."""

    lines = TextAreaField(validators=[Length(max=INVITED_AT_ONCE * LONGEST_LINE)])

    def rows(self) -> list[list[str]]:
        """Name, e-mail and link of each."""
        return [line.split("\t") for line in (self.lines.data or "").splitlines() if line.strip()]
