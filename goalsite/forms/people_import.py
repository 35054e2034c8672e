"""The forms of a list of people: the list itself, and the button that saves what was looked at."""

import base64
import binascii

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, HiddenField, TextAreaField

from goalsite.forms.base import Form

# What is looked at travels with the page, and a form's fields have their limit.
MOST_BYTES = 1_200_000
XLSX = b"PK\x03\x04"


class ListForm(Form):
    file = FileField(_l("A file"), render_kw={"accept": ".csv,.xlsx"})
    text = TextAreaField(_l("Or paste rows here"), render_kw={"rows": 8, "spellcheck": "false", "wrap": "off"})

    def content(self) -> bytes:
        """The uploaded file, else what was pasted."""
        file = self.file.data
        uploaded = file.read(MOST_BYTES + 1) if isinstance(file, FileStorage) else b""
        return uploaded or (self.text.data or "").strip("\r\n").encode("utf-8", "surrogatepass")


class LookedAtForm(Form):
    """The list again, and what the preview of it said."""

    content = HiddenField()
    seen = HiddenField()

    def decoded(self) -> bytes | None:
        """The list; None where it has come back broken."""
        try:
            return base64.b64decode((self.content.data or "").encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None


def encoded(content: bytes) -> str:
    """The list as a field that travels with a page."""
    return base64.urlsafe_b64encode(content).decode()


def suffix_of(content: bytes) -> str:
    """What kind of file it is, whatever its name."""
    return ".xlsx" if content.startswith(XLSX) else ".csv"
