"""The form that names who decides on a goal."""

from flask_babel import lazy_gettext as _l

from goalsite.forms.base import Form, TextField
from goalsite.forms.moves import LONGEST_REASON
from goalsite.forms.pickers import PickField


class EvaluatorForm(Form):
    """Somebody, and why where it is passed on."""

    person = PickField(_l("Evaluator"), "people", required=True)
    reason = TextField(_l("Reason"), most=LONGEST_REASON)
