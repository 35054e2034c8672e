"""People placed in a unit, at home or besides their home unit, and taken out of it again (rules §8, last row)."""

from collections.abc import Sequence
from datetime import date

from goalsite.actions.audit import record
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.people import facts_of
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Person, Unit


def place_people(by: Person, people: Sequence[Person], unit: Unit, *, home: bool, today: date) -> int:
    """The unit becomes their home unit, or else one they belong to besides; how many that changes anything for.

    Raises RuleError unit_parent_archived, manager_loop.
    """
    if unit.archived:
        raise RuleError("unit_parent_archived", "people", name=unit.name)
    moved = [one for one in people if one.unit_id != unit.id and (home or unit not in one.teams)]
    before = {one.id: facts_of(one) for one in moved}
    for one in moved:
        if home:
            one.unit_id = unit.id
            one.teams = [team for team in one.teams if team.id != unit.id]
        else:
            one.teams.append(unit)
        one.version += 1
    db.session.flush()
    if moved and home:
        rebuild_organisation(today)
    for one in moved:
        was, becomes = before[one.id], facts_of(one)
        name = "unit_id" if home else "teams"
        record(by, "change_person", "person", one.id, {name: getattr(was, name)}, {name: getattr(becomes, name)})
    return len(moved)


def take_out(by: Person, person: Person, unit: Unit) -> bool:
    """They belong to it no longer besides their home unit; whether they did."""
    if unit not in person.teams:
        return False
    was = facts_of(person).teams
    person.teams.remove(unit)
    person.version += 1
    db.session.flush()
    record(by, "change_person", "person", person.id, {"teams": was}, {"teams": facts_of(person).teams})
    return True
