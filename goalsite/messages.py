"""The words for what the rules refuse, by code. Each says what is wrong and what would be right."""

from flask_babel import lazy_gettext as _l

from goalsite.domain.errors import RuleError

MESSAGES = {
    "target_missing": _l("A target is needed."),
    "target_not_above_start": _l("An increase needs a target above its start. Start is %(start)s and target is %(target)s: change one of the two, or the direction."),
    "target_not_below_start": _l("A decrease needs a target below its start. Start is %(start)s and target is %(target)s: change one of the two, or the direction."),
    "number_unreadable": _l("“%(text)s” is not a number. Write it like %(example)s."),
    "number_other_style": _l("“%(text)s” can be read in two ways here. If %(right)s is meant, write it so."),
    "number_too_large": _l("Numbers go up to %(largest)s."),
    "number_decimals": _l("“%(text)s” has too many decimals: %(decimals)s at most."),
    "password_short": _l("A password needs at least %(least)s characters. Several words in a row are easy to remember."),
    "password_long": _l("A password has at most %(most)s characters."),
    "password_common": _l("This password is one of those tried first. Choose another, such as several words in a row."),
    "password_is_name": _l("A password must not be your own name or e-mail address."),
    "password_wrong": _l("This is not your present password."),
    "sign_in_refused": _l("E-mail address and password do not match, or the account is not open. Check both and try again."),
    "sign_in_throttled": _l("Too many attempts. Wait five minutes, then try again."),
    "site_taken": _l("This site has been set up already. Sign in instead."),
    "link_gone": _l("This link has been used already or is too old. Ask whoever sent it for a new one."),
    "email_unreadable": _l("“%(text)s” is not an e-mail address. Write it like an.nguyen@company.vn."),
}


def say(error: RuleError) -> str:
    """The error in the reader's language."""
    from goalsite.formats import plain

    return str(MESSAGES[error.code]) % {name: plain(term) for name, term in error.terms.items()}
