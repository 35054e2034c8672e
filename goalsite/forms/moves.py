"""The form that moves a goal through its states."""

from flask_babel import lazy_gettext as _l

from goalsite.forms.base import Form, TextField

LONGEST_REASON = 2000


class MoveForm(Form):
    """A reason, where one is asked for."""

    reason = TextField(_l("Reason"), most=LONGEST_REASON)
