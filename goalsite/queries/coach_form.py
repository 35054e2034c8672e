"""What the texts in a form of a goal name, for the coach: a fixed number of queries, however many key results there are."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from goalsite.extensions import db
from goalsite.models import Cycle, Measure, Metric, Person, Unit
from goalsite.queries.pickers import APART


def cycle_by_id(cycle_id: int) -> Cycle | None:
    """The cycle of that id."""
    return db.session.get(Cycle, cycle_id)


def person_called(text: str) -> Person | None:
    """Whom the text names, by e-mail address or by a name that only one has; None where that cannot be said."""
    query = (
        select(Person).where(_named(text, Person.email_key, Person.name, lower=True)).options(joinedload(Person.unit))
    )
    found = db.session.scalars(query.limit(2)).all()
    return found[0] if text and len(found) == 1 else None


def feeds_another(goal_id: int) -> bool:
    """Whether the goal feeds a key result, which no form of its own says."""
    return bool(goal_id and db.session.scalar(select(select(Measure.id).where(Measure.fed_by_id == goal_id).exists())))


def unit_called(text: str) -> Unit | None:
    """The unit the text names, by code or by a name that only one has."""
    found = db.session.scalars(select(Unit).where(_named(text, Unit.code, Unit.name)).limit(2)).all()
    return found[0] if text and len(found) == 1 else None


def company_unit() -> Unit:
    """The root of the organisation, for whoever has no unit."""
    return db.session.scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)).one()


def metrics_called(texts: Iterable[str]) -> dict[str, Metric]:
    """The metrics that the texts name, by text."""
    said = {text: _key(text) for text in texts if text}
    keys = {*said, *said.values()}
    rows = db.session.scalars(select(Metric).where(or_(Metric.code.in_(keys), Metric.name.in_(keys)))).all()
    known = {row.name: row for row in rows} | {row.code: row for row in rows}
    return {text: known.get(key) or known[text] for text, key in said.items() if key in known or text in known}


def _key(text: str) -> str:
    """Pickers hold a name and a code with a dot between."""
    return text.rpartition(APART)[2].strip()


def _named(
    text: str, key: InstrumentedAttribute[str], name: InstrumentedAttribute[str], *, lower: bool = False
) -> ColumnElement[bool]:
    said = _key(text)
    return or_(key == (said.lower() if lower else said), name == text)
