"""The words for what the rules refuse, by code. Each says what is wrong and what would be right."""

from flask_babel import lazy_gettext as _l

from goalsite.domain.errors import RuleError

MESSAGES = {
    "target_missing": _l("A target is needed."),
    "target_not_above_start": _l("An increase needs a target above its start. Start is %(start)s and target is %(target)s: change one of the two, or the direction."),
    "target_not_below_start": _l("A decrease needs a target below its start. Start is %(start)s and target is %(target)s: change one of the two, or the direction."),
}


def say(error: RuleError) -> str:
    """The error in the reader's language."""
    from goalsite.formats import plain

    return str(MESSAGES[error.code]) % {name: plain(term) for name, term in error.terms.items()}
