"""The company's own settings, changed by an administrator."""

from collections.abc import Mapping
from hashlib import sha256
from operator import itemgetter

from sqlalchemy import select

from goalsite.actions.audit import record
from goalsite.actions.results import refresh_all_results
from goalsite.actions.standing import hold_all, refresh_everything
from goalsite.domain.company import DEFAULTS, read_company
from goalsite.extensions import db
from goalsite.models import Person, Setting
from goalsite.queries.company import forget_company, today

# What standings, and what only results, are worked out from.
MOVES_STANDINGS = frozenset({"time_zone", "workdays", "holidays", "on_track", "at_risk"})
MOVES_RESULTS = frozenset({"rating_bands"})


def stored_settings() -> dict[str, str]:
    """Every setting as it is stored, or its default."""
    held = dict(db.session.execute(select(Setting.key, Setting.value)).tuples().all())
    return {key: held.get(key) or default for key, default in DEFAULTS.items()}


def version_of(settings: Mapping[str, str]) -> int:
    """A number that tells these settings from others, as settings count no changes."""
    said = "\n".join(f"{key}={value}" for key, value in sorted(settings.items(), key=itemgetter(0)))
    return int.from_bytes(sha256(said.encode()).digest()[:8]) % 10**9


def change_company(by: Person, settings: Mapping[str, str]) -> bool:
    """Writes the settings that differ, and refreshes everything that is worked out from them; whether any did.

    Raises RuleError, those of `domain.company.read_company`.
    """
    read_company(settings)
    before = stored_settings()
    changed = {key: value for key, value in settings.items() if before[key] != value}
    if not changed:
        return False
    moves = (MOVES_STANDINGS | MOVES_RESULTS) & changed.keys()
    if moves:
        hold_all()
    for key, value in changed.items():
        db.session.merge(Setting(key=key, value=value))
    db.session.flush()
    forget_company()
    if MOVES_STANDINGS & moves:
        refresh_everything(today())
    elif moves:
        refresh_all_results(today())
    record(by, "change_company", "company", 1, {key: before[key] for key in changed}, changed)
    return True
