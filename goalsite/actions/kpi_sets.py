"""The KPI set of a position, written as a whole by HR (rules §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from goalsite.actions.audit import record
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.periods import Span
from goalsite.extensions import db
from goalsite.models import KpiSetItem, Metric, Person
from goalsite.queries.kpi_sets import KpiSet, set_of
from goalsite.queries.records import fraction

PLAIN = ("title", "weight", "target", "target_per", "frequency", "low", "high")


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """One KPI of a set as it is written; without a title it bears its metric's name."""

    metric: Metric
    title: str = ""
    weight: Decimal = Decimal(1)
    target: Decimal | None = None
    target_per: str = "span"
    frequency: str = ""
    low: Decimal | None = None
    high: Decimal | None = None

    def facts(self, span: Span) -> MeasureFacts:
        """The indicator it makes, as the rules want it."""
        return MeasureFacts(
            span=span,
            kind="kpi",
            title=self.title or self.metric.name,
            direction=self.metric.direction,
            aggregate=self.metric.aggregate,
            decimals=self.metric.decimals,
            frequency=self.frequency,
            target=fraction(self.target),
            target_per=self.target_per,
            low=fraction(self.low),
            high=fraction(self.high),
        )


def hold_set(position: str, metric_ids: Sequence[int]) -> KpiSet:
    """The set as it stands now; until the transaction ends nobody else writes one with these metrics."""
    held = select(Metric.id).where(Metric.id.in_(metric_ids)).order_by(Metric.id)
    db.session.execute(held.with_for_update()).all()
    return set_of(position)


def save_kpi_set(by: Person, position: str, items: Sequence[ItemDraft]) -> None:
    """The set says this now, in this order; without items there is none any more."""
    before = [_plain(one) for one in set_of(position).items]
    after = [_plain(one) for one in items]
    if before == after:
        return
    db.session.execute(delete(KpiSetItem).where(KpiSetItem.position == position))
    db.session.expire_all()
    for one in items:
        facts = {name: getattr(one, name) for name in PLAIN}
        db.session.add(KpiSetItem(position=position, metric_id=one.metric.id, **facts))
        db.session.flush()
    record(by, "save_kpi_set", "position", position[:64], {"items": before}, {"items": after})


def _plain(one: KpiSetItem | ItemDraft) -> dict[str, Any]:
    return {"metric": one.metric.code, **{name: getattr(one, name) for name in PLAIN}}
