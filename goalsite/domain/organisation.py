"""Who manages whom, from named managers and unit heads (rules §1)."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from goalsite.domain.errors import RuleError
from goalsite.domain.goals import find_loop


@dataclass(frozen=True, slots=True)
class Person:
    """`unit` is the home unit, `manager` the named one. `here`: has not left. `name` is for messages."""

    id: int
    unit: int | None = None
    manager: int | None = None
    here: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    id: int
    parent: int | None = None
    head: int | None = None
    name: str = ""


def bosses(people: Iterable[Person], units: Iterable[Unit]) -> dict[int, int | None]:
    """Everybody's direct manager: the named one, or else the nearest head, from the home unit up, who is somebody else.

    Who has left manages nobody any more: a named manager who left counts as not named, a head who left as no head.
    They keep a manager themselves, since their goals are still evaluated.
    Raises RuleError unit_loop or manager_loop, with the chain spelled out.
    """
    everybody = {person.id: person for person in people}
    tree = {unit.id: unit for unit in units}
    above = {unit.id: unit.parent for unit in tree.values()}
    _refuse_loop("unit_loop", "parent", above, {unit.id: unit.name for unit in tree.values()})
    found = {person.id: _boss(person, everybody, tree) for person in everybody.values()}
    _refuse_loop("manager_loop", "manager", found, {person.id: person.name for person in everybody.values()})
    return found


def chains(bosses: Mapping[int, int | None]) -> Iterable[tuple[int, int, int]]:
    """(person, manager, depth) for all managers of everybody; the direct one has depth 1."""
    for person in bosses:
        depth, above = 1, bosses[person]
        while above is not None:
            yield person, above, depth
            depth, above = depth + 1, bosses[above]


def _boss(person: Person, people: Mapping[int, Person], units: Mapping[int, Unit]) -> int | None:
    if person.manager is not None and people[person.manager].here:
        return person.manager
    above = person.unit
    while above is not None:
        head = units[above].head
        if head is not None and head != person.id and people[head].here:
            return head
        above = units[above].parent
    return None


def _refuse_loop(code: str, field: str, above: Mapping[int, int | None], names: dict[Hashable, str]) -> None:
    edges: dict[Hashable, tuple[int, ...]] = {key: () if up is None else (up,) for key, up in above.items()}
    if loop := find_loop(edges):
        raise RuleError(code, field, chain=" → ".join(names[key] for key in loop))
