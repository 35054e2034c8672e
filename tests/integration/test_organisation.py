"""What follows from people and units is kept, on both engines, however it changes."""

import random
from collections.abc import Iterable
from datetime import date

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from goalsite.actions.organisation import rebuild_organisation, set_sort_key
from goalsite.domain import organisation
from goalsite.domain.errors import RuleError
from goalsite.models import Management, Person, Unit, UnitAncestor

TODAY = date(2026, 2, 16)
COMPANY, SALES, TEAM = 1, 2, 3
DIRECTOR, HEAD, LEADER, SELLER = 1, 2, 3, 4

Db = scoped_session[Session]


@pytest.fixture
def company(db_session: Db) -> Db:
    """Three units, one below the other, each with a head, and a seller in the lowest."""
    _people(db_session, {DIRECTOR: None, HEAD: None, LEADER: None, SELLER: None})
    _units(db_session, {COMPANY: (None, DIRECTOR), SALES: (COMPANY, HEAD), TEAM: (SALES, LEADER)})
    for person, unit in {DIRECTOR: COMPANY, HEAD: SALES, LEADER: TEAM, SELLER: TEAM}.items():
        db_session.get_one(Person, person).unit_id = unit
    rebuild_organisation(TODAY)
    return db_session


class TestRebuildOrganisation:
    def test_writes_managers_and_units_above(self, company: Db) -> None:
        assert _bosses(company) == {DIRECTOR: None, HEAD: DIRECTOR, LEADER: HEAD, SELLER: LEADER}
        assert _chains(company) == {
            (HEAD, DIRECTOR, 1),
            (LEADER, HEAD, 1),
            (LEADER, DIRECTOR, 2),
            (SELLER, LEADER, 1),
            (SELLER, HEAD, 2),
            (SELLER, DIRECTOR, 3),
        }
        assert _above(company) == {
            (COMPANY, COMPANY, 0),
            (SALES, SALES, 0),
            (SALES, COMPANY, 1),
            (TEAM, TEAM, 0),
            (TEAM, SALES, 1),
            (TEAM, COMPANY, 2),
        }

    def test_follows_a_change_of_manager(self, company: Db) -> None:
        company.get_one(Person, SELLER).manager_id = DIRECTOR
        rebuild_organisation(TODAY)
        assert {chain for chain in _chains(company) if chain[0] == SELLER} == {(SELLER, DIRECTOR, 1)}
        assert company.get_one(Person, SELLER).boss_id == DIRECTOR

    def test_follows_a_unit_that_moves(self, company: Db) -> None:
        company.get_one(Unit, TEAM).parent_id = COMPANY
        rebuild_organisation(TODAY)
        assert {row for row in _above(company) if row[0] == TEAM} == {(TEAM, TEAM, 0), (TEAM, COMPANY, 1)}
        assert {chain for chain in _chains(company) if chain[0] == SELLER} == {
            (SELLER, LEADER, 1),
            (SELLER, DIRECTOR, 2),
        }

    def test_last_day_is_still_worked(self, company: Db) -> None:
        company.get_one(Person, LEADER).left_on = TODAY
        rebuild_organisation(TODAY)
        assert _bosses(company)[SELLER] == LEADER
        rebuild_organisation(date(2026, 2, 17))
        assert _bosses(company)[SELLER] == HEAD
        assert _bosses(company)[LEADER] == HEAD

    def test_mends_what_does_not_fit(self, company: Db) -> None:
        before = _chains(company)
        company.execute(delete(Management).where(Management.person_id == SELLER))
        company.execute(insert(Management).values(person_id=DIRECTOR, manager_id=SELLER, depth=9))
        rebuild_organisation(TODAY)
        assert _chains(company) == before

    def test_loop_is_refused_and_nothing_written(self, company: Db) -> None:
        before = _chains(company)
        company.get_one(Person, HEAD).manager_id = SELLER
        with pytest.raises(RuleError, match="manager_loop") as refused:
            rebuild_organisation(TODAY)
        assert str(refused.value.terms["chain"]).count("→") == 3
        assert _chains(company) == before

    def test_leaves_versions_alone(self, company: Db) -> None:
        assert {person.version for person in company.scalars(select(Person))} == {1}

    def test_agrees_with_the_rule_on_twenty_thousand_people(self, db_session: Db) -> None:
        chance = random.Random(1)
        units = {n: (n // 8 or None, n) for n in range(1, 2_001)}
        _people(db_session, dict.fromkeys(range(1, 20_001)))
        _units(db_session, units)
        homes = {n: n if n <= 2_000 else chance.randint(1, 2_000) for n in range(1, 20_001)}
        moves = [{"id": person, "unit_id": unit} for person, unit in homes.items()]
        db_session.execute(update(Person), moves)
        rebuild_organisation(TODAY)
        bosses = organisation.bosses(
            (organisation.Person(person, unit) for person, unit in homes.items()),
            (organisation.Unit(unit, parent, head) for unit, (parent, head) in units.items()),
        )
        assert _chains(db_session) == set(organisation.chains(bosses))


class TestSetSortKey:
    def test_people_by_given_name_units_as_written(self) -> None:
        people = [Person(name=name) for name in ("Nguyễn Văn Ân", "Vũ Thị Anh", "Trần Đạt", "Lê Dũng")]
        units = [Unit(name=name) for name in ("Phòng Nhân sự", "Phòng Đào tạo", "Ban giám đốc")]
        for person in people:
            set_sort_key(person)
        for unit in units:
            set_sort_key(unit)
        assert [person.name for person in sorted(people, key=lambda one: one.sort_key)] == [
            "Vũ Thị Anh",
            "Nguyễn Văn Ân",
            "Lê Dũng",
            "Trần Đạt",
        ]
        assert sorted(units, key=lambda one: one.sort_key) == [units[2], units[1], units[0]]


def _people(session: Db, managers: dict[int, int | None]) -> None:
    rows = [
        {"id": n, "email": f"{n}@x.vn", "email_key": f"{n}@x.vn", "name": str(n), "manager_id": manager}
        for n, manager in managers.items()
    ]
    session.execute(insert(Person), rows)


def _units(session: Db, units: dict[int, tuple[int | None, int]]) -> None:
    rows = [
        {"id": n, "code": str(n), "name": str(n), "parent_id": parent, "head_id": head}
        for n, (parent, head) in units.items()
    ]
    session.execute(insert(Unit), rows)


def _bosses(session: Db) -> dict[int, int | None]:
    return {person.id: person.boss_id for person in session.scalars(select(Person))}


def _chains(session: Db) -> set[tuple[int, ...]]:
    return _rows(session.execute(select(Management.person_id, Management.manager_id, Management.depth)))


def _above(session: Db) -> set[tuple[int, ...]]:
    return _rows(session.execute(select(UnitAncestor.unit_id, UnitAncestor.ancestor_id, UnitAncestor.depth)))


def _rows(rows: Iterable[tuple[int, ...]]) -> set[tuple[int, ...]]:
    return {tuple(row) for row in rows}
