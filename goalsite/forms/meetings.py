"""The form of what a meeting noted."""

import zlib

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField
from wtforms.validators import InputRequired

from goalsite.forms.base import Form, TextField


class NoteForm(Form):
    """What was decided on a day. `was` is the print of what stood there when the form was made, so that nobody writes over another's words."""

    held_on = DateField(
        _l("Day of the meeting"), validators=[InputRequired(_l("A day is needed, such as 31/03/2026."))]
    )
    body = TextField(_l("Decided and noted"))
    was = HiddenField()


def print_of(body: str) -> str:
    """A short print of what is noted; of nothing, of an empty note."""
    return f"{zlib.crc32(body.encode()):08x}"
