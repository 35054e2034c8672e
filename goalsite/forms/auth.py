"""Signing in, the first visit, a new password."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField
from wtforms.validators import DataRequired, Length, Regexp

from goalsite.actions.accounts import LONGEST, SHORTEST
from goalsite.formats import LANGUAGES, time_zones
from goalsite.forms.base import Form, LineField, choices

EMAIL = r"[^@\s;,<>]+@[^@\s;,<>]+\Z"
NEEDED = _l("This is needed.")
NOT_AN_ADDRESS = _l("This is not an e-mail address. Write it like an.nguyen@company.vn.")


ADVICE = _l("At least %(least)s characters; several words in a row are easy to remember.", least=SHORTEST)
NEW = {"autocomplete": "new-password", "minlength": SHORTEST, "maxlength": LONGEST}


class SignIn(Form):
    email = LineField(_l("Company e-mail"), render_kw={"type": "email", "autocomplete": "username"})
    password = PasswordField(
        _l("Password"), [DataRequired(NEEDED), Length(max=LONGEST)], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(_l("Keep me signed in on this device"))


class NewPassword(Form):
    password = PasswordField(_l("New password"), [DataRequired(NEEDED)], description=ADVICE, render_kw=NEW)


class ChangePassword(NewPassword):
    current = PasswordField(
        _l("Present password"),
        [DataRequired(NEEDED), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )


class FirstVisit(Form):
    company = LineField(_l("The company's name"), render_kw={"autocomplete": "organization", "autofocus": True})
    name = LineField(_l("Your name"), render_kw={"autocomplete": "name"})
    email = LineField(
        _l("Your e-mail"),
        validators=[Regexp(EMAIL, message=NOT_AN_ADDRESS)],
        render_kw={"type": "email", "autocomplete": "username"},
    )
    password = PasswordField(_l("Password"), [DataRequired(NEEDED)], description=ADVICE, render_kw=NEW)
    locale = SelectField(_l("Language"), choices=choices(LANGUAGES))
    time_zone = SelectField(_l("The company's time zone"), choices=lambda: choices(time_zones()))


class Preferences(Form):
    locale = SelectField(_l("Language"), choices=choices([("", _l("As the browser says")), *LANGUAGES]))
    theme = SelectField(
        _l("Appearance"),
        choices=choices([("", _l("As the system says")), ("light", _l("Light")), ("dark", _l("Dark"))]),
    )
    time_zone = SelectField(
        _l("Time zone of clock times"), choices=lambda: choices([("", _l("The company's")), *time_zones()])
    )


class Notices(Form):
    """What one hears of, by the topics of `terms.TOPICS`."""

    remind = BooleanField(_l("Reminders to check in"))
    mention = BooleanField(_l("Somebody names me in a comment"))
    comment = BooleanField(_l("Comments on my goals and those I follow"))
    acknowledged = BooleanField(_l("My check-in has been seen"))
    blocker = BooleanField(_l("Something is in the way, and I may be needed"))
    goal = BooleanField(_l("Goals given, proposed, approved, returned"))
    changed = BooleanField(_l("Goals that concern me or that I follow: changed, off track, cancelled"))
    on_behalf = BooleanField(_l("Somebody checks in for me"))
    change = BooleanField(_l("Changes proposed and decided"))
    action = BooleanField(_l("Lines of an action plan given to me"))
    evaluation = BooleanField(_l("Evaluations handed in and decided"))
    review = BooleanField(_l("Reviews and results"))


class Sure(Form):
    """A button that changes something, and nothing to fill in."""
