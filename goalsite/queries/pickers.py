"""What a search picker offers, and what the text in it means: people, units, metrics and goals, by name, e-mail address or code."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, exists, or_, select, union_all

from goalsite.domain import names
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, Person, Unit
from goalsite.queries.company import today
from goalsite.queries.search_words import says
from goalsite.queries.visible import visible_goals

OFFERED = 10
SUGGESTED = 3
APART = " · "
LONGEST_TEXT = 400


@dataclass(frozen=True)
class Choice:
    """One thing to pick. `key` tells it from all others: an e-mail address, a code."""

    id: int
    name: str
    key: str

    @property
    def label(self) -> str:
        """As it stands in the picker."""
        return f"{self.name}{APART}{self.key}"


# What a kind offers for a text, at most so many; and those whose key, or else whose name, is exactly that.
Offer = Callable[[Viewer, str, int], list[Choice]]
Find = Callable[[Viewer, str], list[Choice]]


def offered(kind: str, viewer: Viewer, text: str, beside: int = 0, metric: int = 0) -> list[Choice]:
    """The first that fit what has been typed so far. Of goals only those that the goal `beside` may support without a circle;
    of KPIs those that may feed it without one, and have that metric."""
    if kind == "goals" and beside:
        typed = _clean(text)
        return _choices(_goals_that_fit(viewer, typed).where(Goal.id.not_in(_linked(beside))).limit(OFFERED))
    if kind == "kpis" and (beside or metric):
        query = _goals_that_fit(viewer, _clean(text)).where(Goal.kind == "kpi")
        query = query.where(Goal.id.not_in(_linked(beside, up=True))) if beside else query
        same = exists().where(Measure.goal_id == Goal.id, Measure.metric_id == metric, Measure.fed_by_id.is_(None))
        return _choices((query.where(same) if metric else query).limit(OFFERED))
    return KINDS[kind][0](viewer, _clean(text), OFFERED)


def picked(kind: str, viewer: Viewer, text: str) -> Choice:
    """What the text means: its key, alone or after a dot, or a name that only one has.

    Raises RuleError pick_several, pick_unknown_close (with those most like it), pick_unknown.
    """
    offer, find = KINDS[kind]
    typed = _clean(text)
    _, _, key = typed.rpartition(APART)
    for said in dict.fromkeys((typed, key)):
        found = find(viewer, said)
        if len(found) == 1:
            return found[0]
        if found:
            raise RuleError("pick_several", text=typed, labels="; ".join(one.label for one in found[:SUGGESTED]))
    like = offer(viewer, typed, SUGGESTED) or offer(viewer, typed.rpartition(" ")[2], SUGGESTED)
    if like:
        raise RuleError("pick_unknown_close", text=typed, labels="; ".join(one.label for one in like))
    raise RuleError("pick_unknown", text=typed)


def choice_of(thing: Person | Unit | Goal | Metric) -> Choice:
    """A person, unit, goal or metric as a choice."""
    name = thing.title if isinstance(thing, Goal) else thing.name
    return Choice(thing.id, name, thing.email if isinstance(thing, Person) else thing.code)


def _people(_viewer: Viewer, text: str, most: int) -> list[Choice]:
    return _choices(_here().where(says(text, "person", Person.id)).order_by(Person.sort_key, Person.id).limit(most))


def _people_called(_viewer: Viewer, text: str) -> list[Choice]:
    query = select(Person.id, Person.name, Person.email)
    return _choices(query.where(Person.email_key == unicodedata.normalize("NFC", text).lower())) or _choices(
        _here().where(Person.name == text).limit(OFFERED)
    )


def _here() -> Select[int, str, str]:
    """Those who have not left."""
    return select(Person.id, Person.name, Person.email).where(or_(Person.left_on.is_(None), Person.left_on >= today()))


def _units(_viewer: Viewer, text: str, most: int) -> list[Choice]:
    return _choices(_in_use().where(says(text, "unit", Unit.id)).order_by(Unit.sort_key, Unit.id).limit(most))


def _units_called(_viewer: Viewer, text: str) -> list[Choice]:
    query = select(Unit.id, Unit.name, Unit.code)
    return _choices(query.where(Unit.code == text)) or _choices(_in_use().where(Unit.name == text).limit(OFFERED))


def _in_use() -> Select[int, str, str]:
    return select(Unit.id, Unit.name, Unit.code).where(Unit.archived.is_(False))


def _metrics(_viewer: Viewer, text: str, most: int) -> list[Choice]:
    query = select(Metric.id, Metric.name, Metric.code).order_by(Metric.name, Metric.id)
    return [one for one in _choices(query) if names.says(text, one.name, one.key)][:most]


def _metrics_called(_viewer: Viewer, text: str) -> list[Choice]:
    query = select(Metric.id, Metric.name, Metric.code)
    return _choices(query.where(Metric.code == text)) or _choices(query.where(Metric.name == text).limit(OFFERED))


def _goals(viewer: Viewer, text: str, most: int) -> list[Choice]:
    return _choices(_goals_that_fit(viewer, text).limit(most))


def _kpis(viewer: Viewer, text: str, most: int) -> list[Choice]:
    return _choices(_goals_that_fit(viewer, text).where(Goal.kind == "kpi").limit(most))


def _goals_that_fit(viewer: Viewer, text: str) -> Select[int, str, str]:
    latest_first = (Cycle.starts_on.desc(), Goal.title, Goal.id)
    return _goals_to_pick(viewer).where(says(text, "goal", Goal.id)).order_by(*latest_first)


def _goals_called(viewer: Viewer, text: str) -> list[Choice]:
    query = _goals_to_pick(viewer)
    return _choices(query.where(Goal.code == text)) or _choices(query.where(Goal.title == text).limit(OFFERED))


def _kpis_called(viewer: Viewer, text: str) -> list[Choice]:
    query = _goals_to_pick(viewer).where(Goal.kind == "kpi")
    return _choices(query.where(Goal.code == text)) or _choices(query.where(Goal.title == text).limit(OFFERED))


def _goals_to_pick(viewer: Viewer) -> Select[int, str, str]:
    """Goals the viewer may see that are written or under way, in cycles that are not closed."""
    query = select(Goal.id, Goal.title, Goal.code).join(Goal.cycle)
    return query.where(visible_goals(viewer), Cycle.state != "closed", Goal.state.in_(("draft", "proposed", "active")))


def _linked(goal_id: int, *, up: bool = False) -> Select[int]:
    """The goal, and all that support it or feed it, all the way down; `up`: all that it supports or feeds, all the way up."""
    edges = union_all(
        select(Goal.id.label("lower"), Goal.parent_id.label("upper")).where(Goal.parent_id.is_not(None)),
        select(Measure.fed_by_id, Measure.goal_id).where(Measure.fed_by_id.is_not(None)),
    ).subquery("edges")
    near, far = (edges.c.lower, edges.c.upper) if up else (edges.c.upper, edges.c.lower)
    tree = select(Goal.id).where(Goal.id == goal_id).cte("linked", recursive=True)
    tree = tree.union(select(far).join(tree, near == tree.c.id))
    return select(tree.c.id)


def _choices(query: Select[int, str, str]) -> list[Choice]:
    return [Choice(*row) for row in db.session.execute(query)]


def _clean(text: str) -> str:
    return " ".join(text[:LONGEST_TEXT].split())


KINDS: Mapping[str, tuple[Offer, Find]] = {
    "people": (_people, _people_called),
    "units": (_units, _units_called),
    "metrics": (_metrics, _metrics_called),
    "goals": (_goals, _goals_called),
    "kpis": (_kpis, _kpis_called),
}
