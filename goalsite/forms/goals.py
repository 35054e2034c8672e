"""Forms of the goal page."""

from flask_babel import lazy_gettext as _l

from goalsite.forms.base import Form, TextField

LONGEST_COMMENT = 4000


class CommentForm(Form):
    """Something to say about a goal."""

    body = TextField(
        _l("Comment"),
        most=LONGEST_COMMENT,
        required=True,
        description=_l(
            "Name somebody with @ and the first part of their e-mail address. **Bold**, *italic* and lists work."
        ),
    )
