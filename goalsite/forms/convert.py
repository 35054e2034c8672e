"""Forms of the four steps from a KPI to an OKR; what each asks for follows from the goal so far."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField
from wtforms.validators import Optional

from goalsite.actions.write_goal import MeasureDraft
from goalsite.forms.base import ExactField, Form, LineField, TextField, choices
from goalsite.forms.pickers import PickField
from goalsite.models import Measure
from goalsite.queries.convert import Indicator

NEW_ROWS = 3
PERCENT_DECIMALS = 2
NOT, FED, ALONE = "", "fed", "alone"
COUNTS = choices((("last", _l("The latest value counts")), ("sum", _l("Amounts add up"))))
FREQUENCIES = (
    ("", _l("As often as the cycle says")),
    ("week", _l("Every week")),
    ("month", _l("Every month")),
    ("quarter", _l("Every quarter")),
)


class ObjectiveForm(Form):
    """Step 1: the objective."""

    title = LineField(
        _l("Objective"), description=_l("Where to, in words that carry people along. No number: numbers come next.")
    )
    description = TextField(_l("Why, and why now?"), most=4000)


class BeginForm(ObjectiveForm):
    """Step 1 of a new one, which also says where it belongs."""

    cycle = SelectField(_l("Cycle"), coerce=int)
    kpi = HiddenField()


def choose_form(indicators: Sequence[Indicator], measures: Sequence[Measure]) -> type[Form]:
    """Step 2: KPIs as key results, those that stand alone, and those to drop again."""
    fields: dict[str, Any] = {
        f"drop_{row.id}": BooleanField(gettext("Take “%(title)s” away", title=row.title)) for row in measures
    }
    for one in indicators:
        fields[f"kpi_{one.goal.id}"] = SelectField(one.goal.title, choices=_ways(one), default=NOT)
    fields["other"] = PickField(_l("Another KPI"), "kpis")
    fields["other_way"] = SelectField(
        _l("How"),
        choices=choices(((FED, _l("Fed by the KPI")), (ALONE, _l("Stands alone, with its own check-ins")))),
        default=FED,
    )
    for row in range(NEW_ROWS):
        fields[f"title_{row}"] = LineField(_l("What is to change"), required=False)
        fields[f"symbol_{row}"] = LineField(_l("Counted in"), most=64, required=False)
        fields[f"counts_{row}"] = SelectField(_l("How check-ins count"), choices=COUNTS, default="last")
    return type("ChooseForm", (Form,), fields)


def new_measures(form: Form) -> Iterator[MeasureDraft]:
    """The key results of one's own that were written."""
    for row in range(NEW_ROWS):
        title, symbol = form[f"title_{row}"].data, form[f"symbol_{row}"].data or ""
        if title:
            decimals = PERCENT_DECIMALS if symbol == "%" else 0
            yield MeasureDraft(title=title, symbol=symbol, decimals=decimals, aggregate=form[f"counts_{row}"].data)


def refine_form(measures: Sequence[Measure]) -> type[Form]:
    """Step 3: each key result made SMART. The names are those of the form of a goal, so that the coach can read them."""
    fields: dict[str, Any] = {}
    for place, row in enumerate(measures):
        at = f"measures-{place}-"
        fields[f"{at}title"] = LineField(_l("What is to change"), default=row.title)
        if row.direction in ("increase", "decrease"):
            fields[f"{at}start"] = ExactField(_l("Where it stands today"), default=row.start)
            fields[f"{at}target"] = ExactField(_l("Where it is to be"), default=row.target)
        elif row.direction == "keep":
            fields[f"{at}low"] = ExactField(_l("Low bound"), default=row.low)
            fields[f"{at}high"] = ExactField(_l("High bound"), default=row.high)
        if row.metric is None and row.direction in ("increase", "decrease"):
            ways = choices((("increase", _l("It is to go up")), ("decrease", _l("It is to go down"))))
            fields[f"{at}direction"] = SelectField(_l("Which way"), choices=ways, default=row.direction)
        fields[f"{at}due_on"] = DateField(_l("By when"), validators=[Optional()], default=row.due_on)
    return type("RefineForm", (Form,), fields)


def refined(form: Form, drafts: Sequence[MeasureDraft]) -> list[MeasureDraft]:
    """The key results with what step 3 says of them."""
    return [_refined(form, f"measures-{place}-", draft) for place, draft in enumerate(drafts)]


def _refined(form: Form, at: str, draft: MeasureDraft) -> MeasureDraft:
    names = ("title", "start", "target", "low", "high", "direction", "due_on")
    said: dict[str, Any] = {name: form[f"{at}{name}"].data for name in names if f"{at}{name}" in form}
    numbers = [number for number in (said.get("start"), said.get("target")) if number is not None]
    if draft.metric is None and numbers:
        said["decimals"] = max(draft.decimals, *(_decimals(number) for number in numbers))
    # Targets by period belong to the numbers they were made for.
    moved = any(
        name in said and said[name] != getattr(draft, name) for name in ("start", "target", "direction", "due_on")
    )
    if moved:
        said["period_targets"] = {}
    return replace(draft, **said)


def rhythm_form(measures: Iterable[Measure]) -> type[Form]:
    """Step 4: how often each is looked at."""
    return type(
        "RhythmForm",
        (Form,),
        {
            f"frequency_{row.id}": SelectField(row.title, choices=_offered(row), default=row.frequency)
            for row in measures
        },
    )


def heard(measures: Iterable[Measure]) -> list[Measure]:
    """Those with a rhythm of their own: what is fed, done or in steps has none to choose."""
    return [row for row in measures if row.fed_by_id is None and row.direction not in ("done", "steps")]


def paced(form: Form, drafts: Sequence[MeasureDraft]) -> list[MeasureDraft]:
    """The key results with the rhythm that was chosen; targets by period belong to the one they were made for."""
    return [_paced(draft, form[name].data) if (name := f"frequency_{draft.id}") in form else draft for draft in drafts]


def _paced(draft: MeasureDraft, frequency: str) -> MeasureDraft:
    return draft if draft.frequency == frequency else replace(draft, frequency=frequency, period_targets={})


def _ways(one: Indicator) -> list[Any]:
    fed = [(FED, gettext("Fed by the KPI"))] if one.feeds else []
    return choices([(NOT, gettext("Leave it out")), *fed, (ALONE, gettext("Stands alone, with its own check-ins"))])


def _offered(row: Measure) -> list[Any]:
    known = {value for value, _ in FREQUENCIES}
    return choices([*FREQUENCIES, *([] if row.frequency in known else [(row.frequency, gettext("Every working day"))])])


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
