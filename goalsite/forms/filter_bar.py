"""The form of the filter bar in which a goal's owner is found by typing."""

from flask_babel import lazy_gettext as _l

from goalsite.forms.base import Form
from goalsite.forms.pickers import PickField


class OwnerForm(Form):
    """Whose goals a page is narrowed to; it stands in an address, so it has no token."""

    who = PickField(_l("Owner"), "people")

    class Meta:
        csrf = False
