"""The words of e-mails, each in the language of whoever gets it. Links begin with the address that the settings fix, never with
what a browser calls this site."""

from datetime import datetime

from flask import current_app
from flask_babel import force_locale, gettext, ngettext

from goalsite.actions.accounts import LINK_LIFE, make_link
from goalsite.actions.mails import Letter, put
from goalsite.config import SETTINGS
from goalsite.models import Person
from goalsite.queries.company import company


def may_mail() -> bool:
    """Whether e-mails can be sent at all."""
    return bool(current_app.config["GOALSITE_SMTP_HOST"])


def may_mail_links() -> bool:
    """Whether they may hold links too: the site's address must have been set, or they would lead nowhere."""
    return may_mail() and current_app.config["GOALSITE_URL"] != SETTINGS["GOALSITE_URL"][0]


def home() -> str:
    """The site's address, without a slash at its end."""
    return str(current_app.config["GOALSITE_URL"]).rstrip("/")


def send_link(by: Person | None, person: Person, now: datetime) -> str:
    """A new one-time link for that person, with an e-mail to them where links may be mailed; answers its address."""
    purpose = "reset" if person.password_hash else "invite"
    link = f"{home()}/welcome/{make_link(by, person, purpose, now)}"
    if may_mail_links():
        put(person, _of_link(person, purpose, link, now), now)
    return link


def trial(person: Person) -> Letter:
    """What an administrator sends themselves to see whether e-mail works."""
    with force_locale(_locale(person)):
        subject = gettext("%(company)s: e-mail from the goal site works", company=_company())
        parts = (_greeting(person), gettext("You asked for this e-mail to see whether Goalsite can send any. It can."))
        return Letter("trial", _locale(person), subject, _text(*parts))


def _of_link(person: Person, purpose: str, link: str, now: datetime) -> Letter:
    life = LINK_LIFE[purpose]
    with force_locale(_locale(person)):
        once = ngettext("It works once, for %(num)s day.", "It works once, for %(num)s days.", life.days)
        only = gettext("It is meant for you alone: whoever has it can set your password.")
        if purpose == "invite":
            subject = gettext("%(company)s: come and set your goals", company=_company())
            about = gettext(
                "%(company)s keeps its goals on Goalsite, and you have an account now. Choose your password here:",
                company=_company(),
            )
        else:
            subject = gettext("%(company)s: set a new password", company=_company())
            about = gettext(
                "Here you set a new password for your account on %(company)s's goal site:", company=_company()
            )
        after = gettext("From then on you sign in at %(site)s as %(email)s.", site=home(), email=person.email)
        body = _text(_greeting(person), about, link, f"{once} {only}", after)
        return Letter(purpose, _locale(person), subject, body, now + life)


def _greeting(person: Person) -> str:
    return gettext("Hello %(name)s,", name=" ".join(person.name.split()))


def _text(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _locale(person: Person) -> str:
    return person.locale or company().locale


def _company() -> str:
    return " ".join(company().name.split()) or "Goalsite"
