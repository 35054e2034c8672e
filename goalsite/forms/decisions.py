"""The form that decides: one thing of the queue, or several at once."""

from flask_babel import lazy_gettext as _l
from wtforms import Field as AnyField
from wtforms import StringField
from wtforms.validators import AnyOf

from goalsite.actions.decide import Ticked
from goalsite.forms.base import Form, TextField
from goalsite.forms.moves import LONGEST_REASON
from goalsite.queries.waiting import KINDS

ACTS = ("agree", "return")


class QueueForm(Form):
    """What is ticked, each as its kind, its id and the version that was looked at, `goal:12:3`; and what is decided, with words."""

    things = AnyField()
    act = StringField(validators=[AnyOf(ACTS)])
    words = TextField(_l("Reason"), most=LONGEST_REASON)

    def ticked(self) -> list[Ticked]:
        """What is ticked; what cannot be read is left out."""
        found = []
        for text in self.things.raw_data or ():
            kind, _, rest = str(text).partition(":")
            key, _, version = rest.partition(":")
            if kind in KINDS and all(part.isascii() and part.isdigit() and len(part) <= 9 for part in (key, version)):
                found.append(Ticked(kind, int(key), int(version)))
        return found
