"""Units made, changed, moved, archived and taken out again. None is ever deleted."""

from dataclasses import asdict, dataclass
from datetime import date

from goalsite.actions.audit import record
from goalsite.actions.organisation import rebuild_organisation, set_sort_key
from goalsite.actions.people import refresh_results_of_people
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.models import Person, Unit
from goalsite.queries import units as read

MOVES_ORGANISATION = frozenset({"parent_id", "head_id"})


@dataclass(frozen=True)
class Facts:
    """What is known of a unit; `supervisors` by id."""

    code: str
    name: str
    kind: str = "team"
    parent_id: int | None = None
    head_id: int | None = None
    supervisors_edit_goals: bool = True
    owners_edit_goals: bool = True
    owners_edit_measures: bool = True
    okr_visibility: str = "public"
    kpi_visibility: str = "public"
    evaluation_visibility: str = "restricted"
    supervisors: tuple[int, ...] = ()


def facts_of(unit: Unit) -> Facts:
    """What is known of it now."""
    known = {name: getattr(unit, name) for name in Facts.__dataclass_fields__ if name != "supervisors"}
    return Facts(**known, supervisors=tuple(sorted(one.id for one in unit.supervisors)))


def add_unit(by: Person, facts: Facts, today: date) -> Unit:
    """A new unit below another. Raises RuleError code_taken, unit_parent_archived, manager_loop."""
    _check(None, facts)
    unit = Unit(code=facts.code, name=facts.name)
    _write(unit, facts)
    db.session.add(unit)
    db.session.flush()
    rebuild_organisation(today)
    if facts.head_id is not None:
        refresh_results_of_people([facts.head_id])
    record(by, "add_unit", "unit", unit.id, None, asdict(facts))
    return unit


def change_unit(by: Person, unit: Unit, facts: Facts, today: date) -> None:
    """Changes what differs. The results of a head who comes or goes follow, since the unit's goals count for its head.

    Raises RuleError code_taken, unit_parent_archived, unit_loop and manager_loop with the chain spelled out.
    """
    before, after = asdict(facts_of(unit)), asdict(facts)
    changed = {name for name, value in after.items() if before[name] != value}
    if not changed:
        return
    _check(unit, facts)
    _write(unit, facts)
    unit.version += 1
    db.session.flush()
    if changed & MOVES_ORGANISATION:
        rebuild_organisation(today)
    if "head_id" in changed:
        refresh_results_of_people([head for head in (before["head_id"], after["head_id"]) if head is not None])
    record(by, "change_unit", "unit", unit.id, _part(before, changed), _part(after, changed))


def archive_unit(by: Person, unit: Unit, today: date) -> None:
    """Out of use: no new goals, offered nowhere; what was done in it stays.

    Raises RuleError unit_archive_root, unit_archive_below, unit_archive_people.
    """
    if unit.archived:
        return
    if unit.parent_id is None:
        raise RuleError("unit_archive_root")
    if below := read.in_use_below(unit):
        raise RuleError("unit_archive_below", names=below[:5])
    if people := read.people_here(unit, today):
        raise RuleError("unit_archive_people", count=people)
    unit.archived = True
    unit.version += 1
    record(by, "archive_unit", "unit", unit.id)


def restore_unit(by: Person, unit: Unit) -> None:
    """In use again. Raises RuleError unit_parent_archived."""
    if not unit.archived:
        return
    if unit.parent is not None and unit.parent.archived:
        raise RuleError("unit_parent_archived", name=unit.parent.name)
    unit.archived = False
    unit.version += 1
    record(by, "restore_unit", "unit", unit.id)


def _check(unit: Unit | None, facts: Facts) -> None:
    if read.code_is_taken(facts.code, but=unit.id if unit else 0):
        raise RuleError("code_taken", "code", taken=facts.code)
    parent = db.session.get(Unit, facts.parent_id) if facts.parent_id else None
    if parent is not None and parent.archived and (unit is None or not unit.archived):
        raise RuleError("unit_parent_archived", "parent", name=parent.name)


def _write(unit: Unit, facts: Facts) -> None:
    for name, value in asdict(facts).items():
        if name != "supervisors":
            setattr(unit, name, value)
    set_sort_key(unit)
    unit.supervisors = read.people_by_id(facts.supervisors)


def _part(facts: dict[str, object], names: set[str]) -> dict[str, object]:
    return {name: facts[name] for name in sorted(names)}
