"""The KPI sets of positions: which positions there are, and what the people of each are to be measured by (rules §1, §8)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from zlib import crc32

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.names import says, text_key
from goalsite.extensions import db
from goalsite.models import KpiSetItem, Metric, Person
from goalsite.queries.company import today

AT_ONCE = 50
LONGEST_TEXT = 100
OFFERED = 100
# What a form may carry as a version.
VERSIONS = 10**9


@dataclass(frozen=True)
class PositionRow:
    """A position, how many people here hold it, and the KPIs of its set with what their weights come to."""

    position: str
    holders: int
    kpis: int
    weight: Fraction


@dataclass(frozen=True)
class Positions:
    """One page of the positions that hold the text; `known`: there is one of exactly that name."""

    rows: list[PositionRow]
    text: str
    known: bool
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class KpiSet:
    """The KPIs of a position, in their order, with their metrics."""

    position: str
    items: list[KpiSetItem]

    @property
    def version(self) -> int:
        """Changes with what it says."""
        names = ("id", "metric_id", "title", "weight", "target", "target_per", "frequency", "low", "high")
        return crc32(repr([[str(getattr(one, name)) for name in names] for one in self.items]).encode()) % VERSIONS

    @property
    def weight(self) -> Fraction:
        return sum((Fraction(one.weight) for one in self.items), Fraction(0))


def cleaned(text: str) -> str:
    """A search text, or a position's name, without what no database takes."""
    return " ".join(text.replace("\0", " ").encode("utf-8", "ignore").decode().split())


def positions(text: str, page: int) -> Positions:
    """Every position somebody holds or a set is for, in alphabetical order; two queries."""
    text = cleaned(text)[:LONGEST_TEXT]
    sets = select(KpiSetItem.position, func.count(KpiSetItem.id), func.sum(KpiSetItem.weight)).group_by(
        KpiSetItem.position
    )
    held = _holders()
    kpis = {name: (count, weight) for name, count, weight in db.session.execute(sets).tuples()}
    found = [
        PositionRow(name, held.get(name, 0), *_numbers(kpis.get(name)))
        for name in sorted({*held, *kpis}, key=lambda name: (text_key(name), name))
        if says(text, name)
    ]
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(page, 1), pages)
    known = any(row.position == text for row in found)
    return Positions(found[(page - 1) * AT_ONCE : page * AT_ONCE], text, known, page, pages, len(found))


def positions_offered(text: str = "", most: int = OFFERED) -> list[str]:
    """The names of the positions most people hold, for a field to offer; of those that have every word of the text."""
    held = _holders()
    fit = [name for name in held if says(cleaned(text)[:LONGEST_TEXT], name)]
    return sorted(sorted(fit, key=lambda name: (-held[name], name))[:most], key=text_key)


def set_of(position: str) -> KpiSet:
    """The position's set, empty where it has none. One query."""
    query = select(KpiSetItem).where(KpiSetItem.position == position).options(joinedload(KpiSetItem.metric))
    return KpiSet(position, list(db.session.scalars(query.order_by(KpiSetItem.id))))


def holders_of(position: str) -> int:
    """How many people here hold the position."""
    return _holders(position).get(position, 0)


def metrics_by_id(ids: set[int]) -> dict[int, Metric]:
    """These metrics."""
    return {one.id: one for one in db.session.scalars(select(Metric).where(Metric.id.in_(ids)))} if ids else {}


def _holders(position: str = "") -> dict[str, int]:
    here = (Person.position != "", or_(Person.left_on.is_(None), Person.left_on >= today()))
    query = select(Person.position, func.count(Person.id)).where(*here).group_by(Person.position)
    if position:
        query = query.where(Person.position == position)
    return dict(db.session.execute(query).tuples().all())


def _numbers(found: tuple[int, Decimal] | None) -> tuple[int, Fraction]:
    return (found[0], Fraction(found[1])) if found else (0, Fraction(0))
