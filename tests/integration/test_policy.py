"""What the database says of a viewer's relations is what the organisation says; filters and predicates agree, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session, aliased, scoped_session

from goalsite import policy
from goalsite.actions.organisation import rebuild_organisation
from goalsite.domain import organisation, terms
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToGoal, ToPerson, ToUnit, Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalFollower, GoalUnit, Measure, Person, Unit, UnitMember, UnitSupervisor
from goalsite.models_follow import Result
from goalsite.queries.audience import sees
from goalsite.queries.viewer import relation_to, relations_to, relations_to_people, relations_to_units, viewer_for
from goalsite.queries.visible import (
    people_with_visible_results,
    visible_evaluations,
    visible_goals,
    visible_results,
)

TODAY = date(2026, 2, 16)
STARTS, ENDS = date(2026, 1, 1), date(2026, 3, 31)

Db = scoped_session[Session]


@dataclass(frozen=True)
class OneUnit:
    parent: int | None
    head: int | None
    supervisors: frozenset[int] = frozenset()
    evaluations: str = "restricted"


@dataclass(frozen=True)
class OnePerson:
    home: int | None
    teams: frozenset[int] = frozenset()
    manager: int | None = None
    is_hr: bool = False
    is_admin: bool = False


@dataclass(frozen=True)
class OneGoal:
    owner: int
    creator: int
    unit: int
    visibility: str = "public"
    evaluator: int | None = None
    followers: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    assignees: tuple[int, ...] = ()


@dataclass(frozen=True)
class Company:
    """A small company as plain facts, and what the rules make of them, told without a database."""

    units: dict[int, OneUnit]
    people: dict[int, OnePerson]
    goals: dict[int, OneGoal]

    def bosses(self) -> dict[int, int | None]:
        return organisation.bosses(
            [organisation.Person(key, one.home, one.manager) for key, one in self.people.items()],
            [organisation.Unit(key, one.parent, one.head) for key, one in self.units.items()],
        )

    def managers(self, person: int) -> set[int]:
        return {above for below, above, _ in organisation.chains(self.bosses()) if below == person}

    def up(self, unit: int | None) -> list[int]:
        """The unit and all above it."""
        return [] if unit is None else [unit, *self.up(self.units[unit].parent)]

    def units_of(self, person: int) -> set[int]:
        one = self.people[person]
        return set(one.teams) | ({one.home} if one.home is not None else set())

    def heads(self, person: int, unit: int | None) -> bool:
        return any(self.units[above].head == person for above in self.up(unit))

    def leads(self, person: int, unit: int | None) -> bool:
        supervises = any(person in self.units[above].supervisors for above in self.up(unit))
        return supervises or self.heads(person, unit)

    def inside(self, person: int, goal: OneGoal) -> bool:
        def meets(mine: int) -> bool:
            return goal.unit in self.up(mine) or mine in self.up(goal.unit) or bool(goal.named & set(self.up(mine)))

        return any(meets(mine) for mine in self.units_of(person))

    def to_goal(self, viewer: Viewer, key: int) -> ToGoal:
        me, goal = viewer.id, self.goals[key]
        maker = goal.creator
        assigns = maker in self.managers(goal.owner) or self.leads(maker, goal.unit) or self.people[maker].is_hr
        return ToGoal(
            viewer=viewer,
            own=goal.owner == me,
            manager=me in self.managers(goal.owner),
            lead=self.leads(me, goal.unit),
            head=self.heads(me, goal.unit),
            inside=self.inside(me, goal),
            follower=me in goal.followers,
            assignee=me in goal.assignees,
            evaluator=goal.evaluator == me,
            assigned=assigns and maker != goal.owner,
            evaluation_visibility=self.units[goal.unit].evaluations,
        )

    def to_person(self, viewer: Viewer, key: int) -> ToPerson:
        me = viewer.id
        return ToPerson(
            viewer=viewer,
            own=key == me,
            manager=me in self.managers(key),
            direct=self.bosses()[key] == me,
            lead=any(self.leads(me, unit) for unit in self.units_of(key)),
            head=any(self.heads(me, unit) for unit in self.units_of(key)),
        )

    def to_unit(self, viewer: Viewer, key: int) -> ToUnit:
        me = viewer.id
        return ToUnit(
            viewer=viewer,
            lead=self.leads(me, key),
            head=self.heads(me, key),
            head_above=self.heads(me, self.units[key].parent),
        )


@st.composite
def companies(draw: st.DrawFn) -> Company:
    people, units = range(1, draw(st.integers(2, 6)) + 1), range(1, draw(st.integers(1, 5)) + 1)
    somebody, someone_or_none = st.sampled_from(people), st.none() | st.sampled_from(people)
    some_people = st.frozensets(somebody, max_size=2)
    some_units = st.frozensets(st.sampled_from(units), max_size=2)
    visibility = st.sampled_from(terms.VISIBILITIES)
    company = Company(
        {
            n: OneUnit(
                draw(st.integers(1, n - 1)) if n > 1 else None,
                draw(someone_or_none),
                draw(some_people),
                draw(visibility),
            )
            for n in units
        },
        {
            n: OnePerson(
                draw(st.none() | st.sampled_from(units)),
                draw(some_units),
                draw(st.none() | (st.integers(1, n - 1) if n > 1 else st.none())),
                draw(st.integers(0, 5)) == 0,
                draw(st.booleans()),
            )
            for n in people
        },
        {
            n: OneGoal(
                draw(somebody),
                draw(somebody),
                draw(st.sampled_from(units)),
                draw(st.sampled_from(("public", "internal", "internal", "restricted", "restricted"))),
                draw(someone_or_none),
                draw(some_people),
                draw(some_units),
                tuple(draw(some_people)),
            )
            for n in range(1, draw(st.integers(1, 4)) + 1)
        },
    )
    try:
        company.bosses()
    except RuleError:
        assume(False)
    return company


class TestAgreement:
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(company=companies())
    def test_database_rules_and_filters_say_the_same(self, db_session: Db, company: Company) -> None:
        """For every viewer: their relations to all goals, people and units; what they may see, asked both ways."""
        try:
            store(db_session, company)
            for me in company.people:
                viewer = viewer_for(db_session.get_one(Person, me))
                to_goals = relations_to(viewer, company.goals)
                assert to_goals == {key: company.to_goal(viewer, key) for key in company.goals}
                to_people = relations_to_people(viewer, company.people)
                assert to_people == {key: company.to_person(viewer, key) for key in company.people}
                to_units = relations_to_units(viewer, company.units)
                assert to_units == {key: company.to_unit(viewer, key) for key in company.units}

                goals = {goal.id: goal for goal in db_session.scalars(select(Goal))}
                seen = {key for key, to in to_goals.items() if policy.may_see_goal(to, goals[key])}
                assert _ids(Goal.id, visible_goals(viewer)) == seen
                assert {key for key, goal in goals.items() if me in _ids(Person.id, sees(goal))} == seen
                scores = {key for key, to in to_goals.items() if policy.may_see_evaluation(to, goals[key])}
                assert _ids(Goal.id, visible_evaluations(viewer)) == scores <= seen
                results = {key for key, to in to_people.items() if policy.may_see_results(to)}
                assert _ids(Person.id, people_with_visible_results(viewer)) == results
                assert _ids(Result.person_id, visible_results(viewer)) == results | {None}
        finally:
            db_session.rollback()


class TestFilters:
    def test_may_be_put_on_an_alias(self, company: Db) -> None:
        company.get_one(Goal, OPEN).parent_id = SECRET
        parent = aliased(Goal)
        query = select(Goal.id).join(parent, Goal.parent_id == parent.id)
        assert company.scalars(query.where(visible_goals(_viewer(CLERK), parent))).all() == []
        assert company.scalars(query.where(visible_goals(_viewer(FOLLOWER), parent))).all() == [OPEN]

    @pytest.mark.parametrize("filtered", (visible_goals, visible_evaluations))
    def test_hold_in_queries_over_the_same_tables(self, company: Db, filtered: Any) -> None:
        """A filter's own tables are not mixed up with those of the query around it."""
        query = (
            select(Goal.id)
            .join(Goal.measures)
            .join(Goal.owner)
            .join(Goal.unit)
            .join(Goal.followers.of_type(aliased(Person)))
        )
        for person in CAST.people:
            seen = filtered(_viewer(person))
            assert set(company.scalars(query.where(seen))) == _ids(Goal.id, seen)


DIRECTOR, HEAD, LEADER, SELLER, OTHER_HEAD, CLERK, HR, ADMIN, SUPERVISOR, FOLLOWER, EVALUATOR, ASSIGNEE = range(1, 13)
COMPANY, SALES, TEAM, OFFICE = 1, 2, 3, 4
OPEN, INTERNAL, SECRET = 1, 2, 3
CAST = Company(
    {
        COMPANY: OneUnit(None, DIRECTOR),
        SALES: OneUnit(COMPANY, HEAD, frozenset({SUPERVISOR})),
        TEAM: OneUnit(SALES, LEADER),
        OFFICE: OneUnit(COMPANY, OTHER_HEAD),
    },
    {
        DIRECTOR: OnePerson(COMPANY),
        HEAD: OnePerson(SALES),
        LEADER: OnePerson(TEAM),
        SELLER: OnePerson(TEAM),
        HR: OnePerson(OFFICE, is_hr=True),
        ADMIN: OnePerson(OFFICE, is_admin=True),
        **{person: OnePerson(OFFICE) for person in (OTHER_HEAD, CLERK, SUPERVISOR, FOLLOWER, EVALUATOR, ASSIGNEE)},
    },
    {
        key: OneGoal(SELLER, SELLER, TEAM, visibility, EVALUATOR, frozenset({FOLLOWER}), assignees=(ASSIGNEE,))
        for key, visibility in ((OPEN, "public"), (INTERNAL, "internal"), (SECRET, "restricted"))
    },
)


@pytest.fixture
def company(db_session: Db) -> Db:
    store(db_session, CAST)
    return db_session


class TestCast:
    def test_who_sees_a_restricted_goal(self, company: Db) -> None:
        seen = {person for person in CAST.people if SECRET in _ids(Goal.id, visible_goals(_viewer(person)))}
        assert seen == {SELLER, LEADER, HEAD, DIRECTOR, SUPERVISOR, FOLLOWER, EVALUATOR, ASSIGNEE, HR}

    def test_naming_a_unit_lets_its_people_in(self, company: Db) -> None:
        assert INTERNAL not in _ids(Goal.id, visible_goals(_viewer(CLERK)))
        company.add(GoalUnit(goal_id=INTERNAL, unit_id=OFFICE))
        company.flush()
        assert INTERNAL in _ids(Goal.id, visible_goals(_viewer(CLERK)))

    def test_who_sees_results(self, company: Db) -> None:
        seen = {
            person for person in CAST.people if SELLER in _ids(Person.id, people_with_visible_results(_viewer(person)))
        }
        assert seen == {SELLER, LEADER, HEAD, DIRECTOR, HR}

    def test_former_manager_sees_no_more(self, company: Db) -> None:
        company.get_one(Person, SELLER).manager_id = OTHER_HEAD
        company.get_one(Unit, TEAM).head_id = None
        rebuild_organisation(TODAY)
        assert SECRET not in _ids(Goal.id, visible_goals(_viewer(LEADER)))
        assert SELLER not in _ids(Person.id, people_with_visible_results(_viewer(LEADER)))
        assert SECRET in _ids(Goal.id, visible_goals(_viewer(OTHER_HEAD)))

    def test_evaluator_need_not_be_the_manager(self, company: Db) -> None:
        goal = company.get_one(Goal, SECRET)
        goal.evaluation = "submitted"
        late = date(2026, 4, 1)
        deciders = {
            person
            for person in CAST.people
            if policy.may_decide_evaluation(relation_to(_viewer(person), goal), goal, late)
        }
        assert deciders == {EVALUATOR}


class TestCost:
    def test_one_query_each_however_many_goals(self, company: Db) -> None:
        person = company.get_one(Person, HEAD)
        with _counted() as statements:
            viewer = viewer_for(person)
        assert len(statements) == 1
        with _counted() as statements:
            relations_to(viewer, CAST.goals)
        assert len(statements) == 1


def store(session: Db, company: Company) -> None:
    """The company in the database, with a result for everybody and one for a unit."""
    cycle = Cycle(id=1, code="Q", name="Q", starts_on=STARTS, ends_on=ENDS, state="open")
    session.add(cycle)
    session.add_all(Person(id=n, email=f"{n}", email_key=f"{n}", name=f"{n}") for n in company.people)
    session.flush()
    for n, unit in company.units.items():
        row = Unit(id=n, code=f"{n}", name=f"{n}", parent_id=unit.parent, head_id=unit.head)
        row.evaluation_visibility = unit.evaluations
        session.add(row)
        session.flush()
    for n, one in company.people.items():
        person = session.get_one(Person, n)
        person.unit_id, person.manager_id = one.home, one.manager
        person.is_hr, person.is_admin = one.is_hr, one.is_admin
    session.add_all(
        Goal(
            id=n,
            code=f"{n}",
            title=f"{n}",
            cycle=cycle,
            unit_id=goal.unit,
            owner_id=goal.owner,
            created_by_id=goal.creator,
            evaluator_id=goal.evaluator,
            visibility=goal.visibility,
            starts_on=STARTS,
            due_on=ENDS,
            state="active",
        )
        for n, goal in company.goals.items()
    )
    session.add_all(Result(cycle=cycle, person_id=n) for n in company.people)
    session.add(Result(cycle=cycle, unit_id=1))
    session.flush()
    goals, units, people = company.goals.items(), company.units.items(), company.people.items()
    _fill(session, UnitMember, [{"unit_id": unit, "person_id": n} for n, one in people for unit in one.teams])
    _fill(session, UnitSupervisor, [{"unit_id": n, "person_id": who} for n, one in units for who in one.supervisors])
    _fill(session, GoalFollower, [{"goal_id": n, "person_id": who} for n, one in goals for who in one.followers])
    _fill(session, GoalUnit, [{"goal_id": n, "unit_id": unit} for n, one in goals for unit in one.named])
    measures = [(n, who) for n, one in goals for who in one.assignees]
    session.add_all(Measure(goal_id=n, code=f"{who}", title="M", assignee_id=who) for n, who in measures)
    rebuild_organisation(TODAY)


def _fill(session: Db, model: type[Any], rows: list[dict[str, int]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _viewer(person: int) -> Viewer:
    return viewer_for(db.session.get_one(Person, person))


def _ids(column: Any, seen: Any) -> set[int | None]:
    return set(db.session.scalars(select(column).where(seen)))


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
