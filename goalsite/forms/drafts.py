"""The form of a goal that is being written: one for OKR and KPI, with its measures in order."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import DateField, FieldList, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import NumberRange, Optional

from goalsite.actions.write_goal import GoalDraft, MeasureDraft
from goalsite.domain.measure import Measure as MeasureFacts
from goalsite.domain.periods import Span
from goalsite.domain.relations import Viewer
from goalsite.forms.base import ExactField, Form, LineField, TextField, choices
from goalsite.forms.measures import MeasureForm, measure_data, pick_stored
from goalsite.forms.period_targets import settle, strip_of
from goalsite.forms.pickers import PickField, PicksField, look_up
from goalsite.forms.rows import rearrange
from goalsite.models import Cycle, Goal, Person, Unit
from goalsite.queries import drafts as read

# Two questions help to choose.
KINDS = choices(
    (
        ("okr", _l("Is something to change by a date? Then it is an OKR: an objective with key results.")),
        ("kpi", _l("Is today's work to hold a standard, week after week? Then it is a KPI: one indicator.")),
    )
)
SCOPES = choices((("person", _l("A person's goal")), ("unit", _l("The unit's goal"))))
AMBITIONS = choices((("committed", _l("Committed")), ("aspirational", _l("Aspirational"))))
VISIBILITIES = choices(
    (
        ("", _l("As the unit says")),
        ("public", _l("Everyone in the company")),
        ("internal", _l("Its unit, those above and below, and units named")),
        ("restricted", _l("Owner, managers, leads and followers")),
    )
)
PROGRESS_FROM = choices(
    (
        ("measures", _l("Its own key results")),
        ("supporting", _l("The goals that support it")),
        ("both", _l("Its key results and the goals that support it")),
    )
)
EVALUATED_BY = choices((("progress", _l("Progress")), ("manager", _l("The evaluator's judgement"))))
MOST_MEASURES = 20


class GoalForm(Form):
    """What a goal says. `prepare` before `validate`: it looks up what the pickers name."""

    kind = RadioField(_l("What is it about?"), choices=KINDS, default="okr")
    scope = RadioField(_l("Whose goal"), choices=SCOPES, default="person")
    title = LineField(_l("Title"))
    cycle = SelectField(_l("Cycle"), coerce=int, validate_choice=True)
    owner = PickField(_l("Owner"), "people", required=True)
    unit = PickField(_l("Unit"), "units")
    parent = PickField(_l("Supports"), "goals")
    parent_measure = SelectField(_l("Key result it supports"), default="", validate_choice=False)
    also = PicksField(_l("Also supports"), "goals")
    weight = ExactField(
        _lp("goal", "Weight"),
        default=Decimal(1),
        required=True,
        validators=[NumberRange(min=0, message=_l("A weight is 0 or more."))],
    )
    ambition = RadioField(_l("Ambition"), choices=AMBITIONS, default="committed")
    visibility = SelectField(_l("Who may see it"), choices=VISIBILITIES, default="")
    visible_to = PicksField(_l("Units that may see it besides"), "units")
    followers = PicksField(_l("Followers"), "people")
    starts_on = DateField(_l("First day"), validators=[Optional()])
    due_on = DateField(_l("Last day"), validators=[Optional()])
    description = TextField(_l("Description"))
    progress_from = SelectField(_l("Progress from"), choices=PROGRESS_FROM, default="measures")
    evaluated_by = SelectField(_l("Evaluated by"), choices=EVALUATED_BY, default="progress")
    measures = FieldList(FormField(MeasureForm), max_entries=MOST_MEASURES)
    goal_id = HiddenField()

    rows: read.Rows
    focus: str = ""

    def pickers(self) -> list[PickField]:
        return [self.owner, self.unit, self.parent, self.also, self.visible_to, self.followers]

    def prepare(self, viewer: Viewer, cycles: Iterable[Cycle], rows: read.Rows | None = None) -> None:
        """Looks up what was typed (unless its `rows` are known), fills in what follows from it, and offers the choices that depend on it."""
        self.cycles = {one.id: one for one in cycles}
        self.cycle.choices = choices((one.id, one.name) for one in self.cycles.values())
        every = [*self.pickers(), *(field for one in self.measures for field in one.form.pickers())]
        self.rows = rows = named_by(every, viewer) if rows is None else rows
        offered = [(str(one.id), one.title) for one in self.rows.indicators.get(self.parent.chosen_id or 0, [])]
        self.parent_measure.choices = choices([("", gettext("The goal as a whole")), *offered])
        if self.parent_measure.data not in {value for value, _ in offered}:
            self.parent_measure.data = ""
        for one in self.measures:
            one.form.prepare(self.rows)

    def open_row(self) -> None:
        """A place to type the first measure."""
        if not self.measures:
            self.measures.append_entry()
            self.measures[0].form.prepare(self.rows)

    def rearrange(self, do: str) -> None:
        """What a button of the list of measures asks for: add, remove-1, up-1, down-1; or one of a strip of periods: total-1,
        spread-1, clear-1. `focus` is then the field or button to go on from."""
        act, _, place = do.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if act in ("total", "spread", "clear") and 0 <= at < len(self.measures.entries):
            one = self.measures[at].form
            settle(act, self._facts(one), one)
            self.focus = f"measures-{at}-periods"
            return
        moved = rearrange(self.measures, do, MOST_MEASURES)
        if moved.added is not None:
            moved.added.prepare(self.rows)
        self.focus = (
            f"measures-{moved.focus.removeprefix('row-')}-title" if moved.focus.startswith("row-") else moved.focus
        )

    def lay_out(self) -> None:
        """The strip of each measure's periods, as far as they can be told yet."""
        for one in self.measures:
            one.form.strip = strip_of(self._facts(one.form), one.form.period_targets)

    def _facts(self, one: MeasureForm) -> MeasureFacts | None:
        """The measure as the rules want it; None while its days cannot be told, or it does not go by amounts."""
        if self.cycle.data not in self.cycles or one.direction.data not in ("increase", "decrease"):
            return None
        first, last = self.span()
        draft = one.draft(self.kind.data == "kpi", self.title.data or "")
        whole = Span(draft.starts_on or first, draft.due_on or last)
        return draft.facts(self.kind.data, Span(first, last), self.cycles[self.cycle.data]) if whole.days > 0 else None

    def span(self) -> tuple[date, date]:
        """Its days, by default the cycle's."""
        cycle = self.cycles[self.cycle.data]
        return self.starts_on.data or cycle.starts_on, self.due_on.data or cycle.ends_on

    def draft(self) -> GoalDraft:
        """What the form says; after a `validate` that found nothing wrong."""
        owner, unit, cycle = self.owner_row(), self.unit_row(), self.cycles[self.cycle.data]
        assert owner is not None, "validated"
        assert unit is not None, "see views.drafts"
        rows = self.rows
        is_kpi = self.kind.data == "kpi"
        first, last = self.span()
        return GoalDraft(
            kind=self.kind.data,
            scope=self.scope.data,
            title=self.title.data or "",
            cycle=cycle,
            unit=unit,
            owner=owner,
            starts_on=first,
            due_on=last,
            visibility=self.visibility.data or (unit.kpi_visibility if is_kpi else unit.okr_visibility),
            parent=rows.goals.get(self.parent.chosen_id or 0),
            parent_measure_id=int(self.parent_measure.data) if self.parent_measure.data else None,
            also=tuple(rows.goals[one.id] for one in self.also.picks),
            weight=self.weight.data or Decimal(0),
            ambition="committed" if is_kpi else self.ambition.data,
            progress_from="measures" if is_kpi else self.progress_from.data,
            evaluated_by=self.evaluated_by.data,
            description=self.description.data or "",
            followers=tuple(rows.people[one.id] for one in self.followers.picks),
            visible_to=tuple(rows.units[one.id] for one in self.visible_to.picks),
            measures=tuple(draft for _, draft in self.measure_drafts()),
        )

    def owner_row(self) -> Person | None:
        return self.rows.people.get(self.owner.chosen_id or 0)

    def unit_row(self) -> Unit | None:
        """The unit named, or else the owner's."""
        owner = self.owner_row()
        return self.rows.units.get(self.unit.chosen_id or 0) or (owner.unit if owner else None)

    def said_by_unit(self) -> str:
        """Who sees a goal of that kind by the unit's options, in words; empty while there is no unit."""
        unit = self.unit_row()
        held = (unit.kpi_visibility if self.kind.data == "kpi" else unit.okr_visibility) if unit else ""
        return next((str(choice.label) for choice in VISIBILITIES if held and choice.value == held), "")

    def measure_weights(self) -> Decimal | None:
        """What the weights of several key results come to; None where there is nothing to share."""
        weights = [one.form.weight.data for one in self.measures if one.form.weight.data]
        return sum(weights, Decimal(0)) if len(weights) > 1 and min(weights) > 0 else None

    def measure_drafts(self) -> list[tuple[MeasureForm, MeasureDraft]]:
        """The measures that say anything, each with its row of the form."""
        is_kpi, title = self.kind.data == "kpi", self.title.data or ""
        return [(one.form, one.form.draft(is_kpi, title)) for one in self.measures if one.form.says()]

    def told(self) -> list[tuple[str, str, str]]:
        """What is wrong, as (the field's id, its label, the words), in the order of the form."""
        found: list[tuple[str, str, str]] = [("", "", text) for text in self.form_errors]
        for field in self:
            if field.type == "FieldList":
                for row in field:
                    found += [(f"{row.id}-title", row.form.name(), text) for text in row.form.form_errors]
                    found += [
                        (one.id, f"{row.form.name()}, {one.label.text}", text)
                        for one in row.form
                        for text in one.errors
                    ]
            else:
                found += [(field.id, str(field.label.text), text) for text in field.errors]
        return found


def filled(form: GoalForm, goal: Goal, parts: read.Parts) -> GoalForm:
    """The form with what the goal says."""
    same = ("kind", "scope", "title", "weight", "ambition", "visibility", "starts_on", "due_on", "description")
    for name in (*same, "progress_from", "evaluated_by"):
        form[name].data = getattr(goal, name)
    form.cycle.data = goal.cycle_id
    form.version.data = goal.version
    form.goal_id.data = str(goal.id)
    form.parent_measure.data = str(goal.parent_measure_id or "")
    for field, things in (
        (form.owner, [goal.owner]),
        (form.unit, [goal.unit]),
        (form.parent, [parts.rows.goals.get(goal.parent_id or 0)]),
        (form.also, [one for one in parts.also if one.id not in parts.hidden]),
        (form.followers, goal.followers),
        (form.visible_to, goal.visible_to),
    ):
        pick_stored(field, *things)
    for row in parts.measures[:MOST_MEASURES]:
        one = form.measures.append_entry(measure_data(row)).form
        for field, thing in ((one.metric, row.metric), (one.assignee, row.assignee)):
            pick_stored(field, thing)
        pick_stored(one.fed_by, None if row.fed_by_id in parts.hidden else row.fed_by)
    return form


def named_by(fields: Iterable[PickField], viewer: Viewer) -> read.Rows:
    """What the pickers name; what they hold is refused only when the form is validated."""
    named = []
    for field in fields:
        look_up(field, viewer)
        named += [("goals" if field.pick == "kpis" else field.pick, choice.id) for choice in field.picks]
    return read.rows_of(named)
