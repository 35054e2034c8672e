"""The people of the company, for those who set it up: lists, one person, what may stand in the way of a change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from goalsite.domain import names
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person, Unit, UnitAncestor, UnitMember
from goalsite.models_accounts import OneTimeLink
from goalsite.queries.handover import WRITING
from goalsite.queries.search_words import says

PAGE = 50
AT_ONCE = 400
INVITED_AT_ONCE = 2000
STATES = ("here", "uninvited", "closed", "left", "all")
ROLES = ("", "hr", "admin", "heads")
LONGEST_TEXT = 100


@dataclass(frozen=True)
class PeopleFilters:
    """What a list of people is narrowed to. `unit` is a unit's code, with the units below it."""

    text: str = ""
    unit: str = ""
    role: str = ""
    state: str = "here"

    @property
    def address(self) -> dict[str, str]:
        """The arguments of an address that asks for the same."""
        return {
            part.name: getattr(self, part.name) for part in fields(self) if getattr(self, part.name) != part.default
        }

    def but(self, **changes: str) -> "PeopleFilters":
        return replace(self, **changes)


@dataclass(frozen=True)
class Listed:
    """A person of the list. `invited`: they have a link with which they can set their password."""

    person: Person
    account: str
    invited: bool


@dataclass(frozen=True)
class People:
    """One page of the list; `counts` says how many there are of each state, whatever state was asked for; `to_invite`: of the
    state asked for, who has no password; `still_open`: by person of the page who left, how many goals wait for somebody to take
    them over."""

    rows: list[Listed]
    counts: Mapping[str, int]
    page: int
    pages: int
    to_invite: int
    still_open: Mapping[int, int]


@dataclass(frozen=True)
class Invited:
    """Whom an invitation to many goes to, at most two thousand; `count`: all of them; `with_link`: who has a link already."""

    people: list[Person]
    count: int
    with_link: int


def read_people_filters(given: Mapping[str, str]) -> PeopleFilters:
    """The filters an address asks for; what makes no sense narrows nothing."""
    role, state = given.get("role", ""), given.get("state", "")
    return PeopleFilters(
        text=" ".join(given.get("text", "").split())[:LONGEST_TEXT],
        unit=given.get("unit", "").strip()[:64],
        role=role if role in ROLES else "",
        state=state if state in STATES else "here",
    )


def people_like(filters: PeopleFilters, unit: Unit | None, page: int, today: date, now: datetime) -> People:
    """Those who fit, by given name, fifty a page; two queries, however large the company."""
    states = _states(today)
    asked = _asked(filters, unit)
    wanted = [*(states[name] for name in STATES), and_(states[filters.state], states["uninvited"])]
    *each, to_invite = db.session.execute(
        select(*(func.count().filter(one) for one in wanted)).select_from(Person).where(*asked)
    ).one()
    counts = dict(zip(STATES, each, strict=True))
    pages = max(-(-counts[filters.state] // PAGE), 1)
    page = min(page, pages)
    query = (
        select(Person, _has_link(now))
        .where(*asked, states[filters.state])
        .options(joinedload(Person.unit), joinedload(Person.boss))
        .order_by(Person.sort_key, Person.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows = [Listed(person, account_of(person, today), invited) for person, invited in db.session.execute(query)]
    left = [one.person.id for one in rows if one.account == "left"]
    return People(rows, counts, page, pages, to_invite, _still_open(left) if left else {})


def people_to_invite(
    filters: PeopleFilters, unit: Unit | None, today: date, now: datetime, *, again: bool, admins: bool
) -> Invited:
    """Of a list of people those who work here, may sign in and have no password; without those who have a link that can still
    be used, unless `again`, and without administrators, whose accounts are not everybody's to touch, unless `admins`."""
    states = _states(today)
    asked = [*_asked(filters, unit), states[filters.state], states["uninvited"]]
    if not admins:
        asked.append(Person.is_admin.is_(False))
    link = _has_link(now)
    in_all, with_link = db.session.execute(
        select(func.count(), func.count().filter(link)).select_from(Person).where(*asked)
    ).one()
    query = select(Person).where(*asked).order_by(Person.sort_key, Person.id).limit(INVITED_AT_ONCE)
    people = list(db.session.scalars(query if again else query.where(~link)))
    return Invited(people, in_all if again else in_all - with_link, with_link)


def account_of(person: Person, today: date) -> str:
    """left, closed, uninvited (without a password yet) or open."""
    if person.left_on is not None and person.left_on < today:
        return "left"
    if person.disabled_at is not None:
        return "closed"
    return "open" if person.password_hash else "uninvited"


def person_by_id(person_id: int, *, to_change: bool = False) -> Person | None:
    """The person with their unit, teams and manager; `to_change`: nobody else changes them until this transaction ends."""
    query = select(Person).where(Person.id == person_id)
    if to_change:
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
        query = query.execution_options(populate_existing=True)
    return db.session.scalar(
        query.options(joinedload(Person.unit), joinedload(Person.manager), selectinload(Person.teams))
    )


def has_link(person_id: int, now: datetime) -> bool:
    """Whether the person has a one-time link that can still be used."""
    return bool(db.session.scalar(select(_has_link(now)).where(Person.id == person_id)))


def named_by_email(email_key: str, *, but: int = 0) -> Person | None:
    """Who else has that address."""
    return db.session.scalar(select(Person).where(Person.email_key == email_key, Person.id != but))


def other_admin_exists(person_id: int, today: date) -> bool:
    """Whether another administrator can sign in."""
    here = or_(Person.left_on.is_(None), Person.left_on >= today)
    others = (
        Person.is_admin.is_(True),
        Person.id != person_id,
        Person.disabled_at.is_(None),
        here,
        Person.password_hash.is_not(None),
    )
    return db.session.scalar(select(Person.id).where(*others).limit(1)) is not None


def units_by_id(ids: list[int]) -> list[Unit]:
    """These units, by code."""
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.code)))


def unit_by_code(code: str) -> Unit | None:
    """The unit of that code."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


def _asked(filters: PeopleFilters, unit: Unit | None) -> list[ColumnElement[bool]]:
    roles = {
        "hr": Person.is_hr.is_(True),
        "admin": Person.is_admin.is_(True),
        "heads": exists().where(Unit.head_id == Person.id, Unit.archived.is_(False)).correlate_except(Unit),
    }
    conditions: list[ColumnElement[bool]] = []
    if filters.text:
        held = db.session.scalars(select(Person.position).where(Person.position != "").distinct())
        positions = [one for one in held if names.says(filters.text, one)]
        conditions.append(or_(says(filters.text, "person", Person.id), Person.position.in_(positions)))
    if filters.role:
        conditions.append(roles[filters.role])
    if filters.unit and unit is None:
        conditions.append(false())
    if unit is not None:
        below = select(UnitAncestor.unit_id).where(UnitAncestor.ancestor_id == unit.id)
        team = (
            exists()
            .where(UnitMember.person_id == Person.id, UnitMember.unit_id.in_(below))
            .correlate_except(UnitMember)
        )
        conditions.append(or_(Person.unit_id.in_(below), team))
    return conditions


def _states(today: date) -> dict[str, ColumnElement[bool]]:
    left = and_(Person.left_on.is_not(None), Person.left_on < today)
    here = ~left
    return {
        "here": and_(here, Person.disabled_at.is_(None)),
        "uninvited": and_(here, Person.disabled_at.is_(None), Person.password_hash.is_(None)),
        "closed": and_(here, Person.disabled_at.is_not(None)),
        "left": left,
        "all": true(),
    }


def _has_link(now: datetime) -> ColumnElement[bool]:
    usable = (OneTimeLink.person_id == Person.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
    return exists().where(*usable).correlate_except(OneTimeLink)


def _still_open(ids: list[int]) -> dict[int, int]:
    query = (
        select(Goal.owner_id, func.count())
        .join(Cycle, Cycle.id == Goal.cycle_id)
        .where(Goal.owner_id.in_(ids), Goal.state == "active", Cycle.state.in_(WRITING))
        .group_by(Goal.owner_id)
    )
    return dict(db.session.execute(query).tuples().all())


def people_by_id(ids: Collection[int]) -> list[Person]:
    """These people."""
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids))))


def people_by_key(keys: list[str]) -> list[Person]:
    """The people with these addresses, in slices a statement can take."""
    slices = (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))
    return [
        person for some in slices for person in db.session.scalars(select(Person).where(Person.email_key.in_(some)))
    ]
