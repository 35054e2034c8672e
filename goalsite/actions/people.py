"""People added, changed, let out and in again. Nobody is ever deleted."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from goalsite.actions.accounts import email_key, forget_sessions
from goalsite.actions.audit import record
from goalsite.actions.organisation import rebuild_organisation, set_sort_key
from goalsite.actions.results import refresh_results
from goalsite.domain.errors import RuleError
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.models_follow import Result
from goalsite.queries import people as read
from goalsite.queries.slices import sliced

# What the days somebody was here decide: whether they are rated.
MOVES_RESULTS = frozenset({"joined_on", "left_on"})
MOVES_ORGANISATION = frozenset({"unit_id", "manager_id", "left_on"})
# What gives or takes the power over other accounts.
ADMINS_ALONE = frozenset({"is_hr", "is_admin"})
OF_AN_ADMIN = frozenset({"email", "left_on"})


@dataclass(frozen=True)
class Facts:
    """What is known of somebody; `teams` besides their home unit, by id."""

    email: str
    name: str
    title: str = ""
    position: str = ""
    unit_id: int | None = None
    manager_id: int | None = None
    joined_on: date | None = None
    left_on: date | None = None
    locale: str = ""
    is_hr: bool = False
    is_admin: bool = False
    teams: tuple[int, ...] = ()


def facts_of(person: Person) -> Facts:
    """What is known of them now."""
    known = {name: getattr(person, name) for name in Facts.__dataclass_fields__ if name != "teams"}
    return Facts(**known, teams=tuple(sorted(team.id for team in person.teams)))


def add_person(by: Person, facts: Facts, today: date) -> Person:
    """A new account, without a password until they use their invitation.

    Raises RuleError email_taken, dates_reversed, admin_only, manager_loop.
    """
    if (facts.is_hr or facts.is_admin) and not by.is_admin:
        raise RuleError("admin_only", "is_hr")
    _check(0, facts)
    person = Person(email=facts.email, email_key=email_key(facts.email), name=facts.name)
    _write(person, facts)
    db.session.add(person)
    db.session.flush()
    rebuild_organisation(today)
    record(by, "add_person", "person", person.id, None, asdict(facts))
    return person


def change_person(by: Person, person: Person, facts: Facts, today: date) -> None:
    """Changes what differs; a role that changes ends their sessions.

    Raises RuleError email_taken, dates_reversed, own_manager, admin_only, last_admin, manager_loop.
    """
    before, after = asdict(facts_of(person)), asdict(facts)
    changed = {name for name, value in after.items() if before[name] != value}
    if not changed:
        return
    _check(person.id, facts)
    if not by.is_admin and (changed & ADMINS_ALONE or (person.is_admin and changed & OF_AN_ADMIN)):
        raise RuleError("admin_only", min(changed & (ADMINS_ALONE | OF_AN_ADMIN)))
    gone = facts.left_on is not None and facts.left_on < today
    leaves = "left_on" in changed and facts.left_on is not None
    if person.is_admin and (leaves or not facts.is_admin) and not read.other_admin_exists(person.id, today):
        raise RuleError("last_admin", "is_admin" if not facts.is_admin else "left_on")
    _write(person, facts)
    person.version += 1
    db.session.flush()
    if changed & MOVES_ORGANISATION:
        rebuild_organisation(today)
    if changed & MOVES_RESULTS:
        refresh_results_of_people([person.id])
    if changed & ADMINS_ALONE or gone:
        forget_sessions(person)
    record(by, "change_person", "person", person.id, _part(before, changed), _part(after, changed))


def close_account(by: Person, person: Person, now: datetime, today: date) -> None:
    """They cannot sign in any more, and are signed out everywhere; all they did stays. Raises RuleError disable_self, admin_only, last_admin."""
    if person.id == by.id:
        raise RuleError("disable_self")
    if person.is_admin and not by.is_admin:
        raise RuleError("admin_only")
    if person.disabled_at is not None:
        return
    if person.is_admin and not read.other_admin_exists(person.id, today):
        raise RuleError("last_admin")
    person.disabled_at = now
    person.version += 1
    forget_sessions(person)
    record(by, "close_account", "person", person.id)


def open_account(by: Person, person: Person) -> None:
    """They can sign in again. Raises RuleError admin_only."""
    if person.is_admin and not by.is_admin:
        raise RuleError("admin_only")
    if person.disabled_at is None:
        return
    person.disabled_at = None
    person.version += 1
    record(by, "open_account", "person", person.id)


def refresh_results_of_people(ids: Collection[int]) -> None:
    """Their results in the cycles that are not closed, where they have any, or goals that count."""
    cycles = db.session.scalars(select(Cycle).where(Cycle.state != "closed").order_by(Cycle.id)).all()
    for cycle in cycles:
        for some in sliced(ids):
            owning = select(Goal.owner_id).where(Goal.cycle_id == cycle.id, Goal.state.in_(COUNTED_STATES))
            held = select(Result.person_id).where(Result.cycle_id == cycle.id)
            query = select(Person.id).where(Person.id.in_(some), or_(Person.id.in_(owning), Person.id.in_(held)))
            found = db.session.scalars(query).all()
            if found:
                refresh_results(cycle, found, [])


def _check(person_id: int, facts: Facts) -> None:
    other = read.named_by_email(email_key(facts.email), but=person_id)
    if other is not None:
        raise RuleError("email_taken", "email", name=other.name)
    if facts.joined_on and facts.left_on and facts.left_on < facts.joined_on:
        raise RuleError("dates_reversed", "left_on", first=facts.joined_on, last=facts.left_on)
    if facts.manager_id is not None and facts.manager_id == person_id:
        raise RuleError("own_manager", "manager")


def _write(person: Person, facts: Facts) -> None:
    for name, value in asdict(facts).items():
        if name != "teams":
            setattr(person, name, value)
    person.email_key = email_key(facts.email)
    set_sort_key(person)
    person.teams = read.units_by_id(list(facts.teams))


def _part(facts: dict[str, object], names: set[str]) -> dict[str, object]:
    return {name: facts[name] for name in sorted(names)}
