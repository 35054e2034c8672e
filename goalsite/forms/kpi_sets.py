"""The form of a position's KPI set: its KPIs in order, added, taken out and moved in place."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import FieldList, FormField, SelectField
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange

from goalsite.actions.kpi_sets import PLAIN, ItemDraft
from goalsite.domain import definition
from goalsite.domain.periods import Span
from goalsite.domain.relations import Viewer
from goalsite.forms.base import ExactField, Form, LineField, add_error
from goalsite.forms.measures import FREQUENCIES, TARGET_PERS, pick_stored
from goalsite.forms.pickers import PickField, look_up
from goalsite.forms.rows import rearrange
from goalsite.models import Metric
from goalsite.queries.kpi_sets import KpiSet, metrics_by_id

MOST_KPIS = 20
# A year, in which every rule on a definition shows.
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


class KpiRowForm(PlainForm):
    """One KPI of the set."""

    metric = PickField(_l("Metric"), "metrics", required=True)
    title = LineField(_l("Title"), required=False)
    weight = ExactField(
        _lp("goal", "Weight"),
        default=Decimal(1),
        required=True,
        validators=[NumberRange(min=Decimal("0.0001"), message=_l("The weight must be above 0."))],
    )
    target = ExactField(_l("Target"))
    target_per = SelectField(_l("Target is"), choices=TARGET_PERS, default="span")
    frequency = SelectField(_l("Every"), choices=FREQUENCIES, default="month")
    low = ExactField(_l("Low bound"))
    high = ExactField(_l("High bound"))

    known: Metric | None = None

    def says(self) -> bool:
        """Whether anything was filled in."""
        return any(
            field.data not in (None, "") for field in (self.metric, self.title, self.target, self.low, self.high)
        )

    def share(self, whole: Fraction) -> Fraction | None:
        """The part its weight is of the whole set's."""
        return Fraction(self.weight.data) / whole if self.weight.data and whole and not self.weight.errors else None

    def draft(self) -> ItemDraft | None:
        """The KPI it makes; none while its metric is not known. What the metric has no use for is left out."""
        metric = self.known
        if metric is None:
            return None
        moves, keeps = metric.direction in ("increase", "decrease"), metric.direction == "keep"
        sums = moves and metric.aggregate == "sum" and bool(self.frequency.data)
        return ItemDraft(
            metric=metric,
            title=self.title.data or "",
            weight=self.weight.data or Decimal(0),
            target=self.target.data if moves else None,
            target_per=self.target_per.data if sums else "span",
            frequency=self.frequency.data if moves or keeps else "",
            low=self.low.data if keeps else None,
            high=self.high.data if keeps else None,
        )


class KpiSetForm(Form):
    """The whole set. `prepare` before `validate`: it looks up what the pickers name."""

    items = FieldList(FormField(KpiRowForm), max_entries=MOST_KPIS)

    def prepare(self, viewer: Viewer) -> None:
        """Looks up the metrics that were typed."""
        for row in self.items:
            look_up(row.form.metric, viewer)
        metrics = metrics_by_id({row.form.metric.chosen_id for row in self.items if row.form.metric.chosen_id})
        for row in self.items:
            row.form.known = metrics.get(row.form.metric.chosen_id or 0)

    def rearrange(self, do: str) -> None:
        """What a button of the list asks for: add, remove-1, up-1, down-1."""
        rearrange(self.items, do, MOST_KPIS)

    def drop_empty(self) -> None:
        """Rows in which nothing was filled in are none."""
        self.items.entries = [row for row in self.items.entries if row.form.says()]
        self.rearrange("")

    def weight(self) -> Fraction:
        """What the weights come to that can be read."""
        return sum((Fraction(row.form.weight.data) for row in self.items if row.form.weight.data), Fraction(0))

    def drafts(self) -> list[ItemDraft]:
        """What the form says, after a `validate` that found nothing wrong."""
        return [draft for draft in (row.form.draft() for row in self.items) if draft]

    def check(self) -> bool:
        """What the rules say of each KPI (rules §2); each fault at the field to mend."""
        seen: set[int] = set()
        for row in self.items:
            draft = row.form.draft()
            if draft is None:
                continue
            if draft.metric.id in seen:
                _tell(row.form.metric, gettext("This metric is in the set already. A person has one KPI of a metric."))
            seen.add(draft.metric.id)
            if draft.metric.direction == "steps":
                _tell(
                    row.form.metric,
                    gettext(
                        "Steps are written in each goal, so this metric cannot stand in a set. Choose another, or give the goal by itself."
                    ),
                )
                continue
            for error in definition.faults(draft.facts(YEAR)):
                add_error(row.form, error)
        return not self.told()

    def told(self) -> list[tuple[str, str, str]]:
        """What is wrong, as (the field's id, its label, the words), in the order of the form."""
        found: list[tuple[str, str, str]] = [("", "", text) for text in self.form_errors]
        for number, row in enumerate(self.items, start=1):
            name = gettext("KPI %(number)s", number=number)
            found += [(f"{row.id}-metric", name, text) for text in row.form.form_errors]
            found += [(one.id, f"{name}, {one.label.text}", text) for one in row.form for text in one.errors]
        return found


def filled(form: KpiSetForm, stored: KpiSet) -> KpiSetForm:
    """The form with what the set says."""
    form.version.data = stored.version
    for item in stored.items:
        row = form.items.append_entry({name: getattr(item, name) for name in PLAIN}).form
        pick_stored(row.metric, item.metric)
        row.known = item.metric
    return form


def _tell(field: Any, text: str) -> None:
    field.errors = [*field.errors, text]
