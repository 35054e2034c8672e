"""What giving goals to many people at once would do, person by person: looked at before, and done as it was looked at (rules §7, §8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from zlib import crc32

from goalsite import policy
from goalsite.actions.kpi_sets import PLAIN as SET_PLAIN
from goalsite.actions.kpi_sets import ItemDraft
from goalsite.actions.write_goal import FROM_METRIC, PLAIN, GoalDraft, MeasureDraft
from goalsite.domain.giving import days_there, narrower, why_not
from goalsite.domain.names import says
from goalsite.domain.periods import Span
from goalsite.models import Cycle, Goal, KpiSetItem, Measure, Person, Unit
from goalsite.queries.drafts import Parts
from goalsite.queries.giving import HELD_STATES, Held, Reach

HUNDRED = Fraction(100)
VERSIONS = 10**9
AT_ONCE = 50
NOBODYS = Unit()
# gets: something new; has: nothing lacks; refused; weights: gets, and the weights would not come to 100.
GROUPS = ("gets", "has", "refused", "weights")


@dataclass(frozen=True)
class Recipient:
    """What somebody gets. kept: titles of what they have of it already. why_not: as `domain.giving.why_not`, or unknown: whom the
    giver may only suggest goals to, one by one. weights: what their goals of that kind come to afterwards.
    assigned: they only mark it received. returned: they sent one of these back before."""

    person: Person
    new: tuple[GoalDraft, ...] = ()
    kept: tuple[str, ...] = ()
    why_not: str = ""
    weights: Fraction = Fraction(0)
    assigned: bool = False
    returned: bool = False

    @property
    def group(self) -> str:
        """gets, has or refused."""
        return "refused" if self.why_not else "gets" if self.new else "has"

    @property
    def uneven(self) -> bool:
        """They get something, and their weights then do not come to 100."""
        return self.group == "gets" and self.weights != HUNDRED


@dataclass(frozen=True)
class Plan:
    """Everybody who was chosen, by name."""

    recipients: list[Recipient]

    @property
    def version(self) -> int:
        """Changes with what anybody would get."""
        said = [
            (
                one.person.id,
                one.why_not,
                [(draft.title, draft.weight, draft.starts_on, draft.due_on, _aims(draft)) for draft in one.new],
            )
            for one in self.recipients
        ]
        return crc32(repr(said).encode()) % VERSIONS

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each of GROUPS."""
        groups = [one.group for one in self.recipients]
        uneven = sum(one.uneven for one in self.recipients)
        return {name: groups.count(name) for name in GROUPS[:3]} | {"weights": uneven}

    def given(self, skipped: Collection[int]) -> list[Recipient]:
        """Those who get something and were not left out."""
        return [one for one in self.recipients if one.group == "gets" and one.person.id not in skipped]


@dataclass(frozen=True)
class Shown:
    """One page of those of a group whose name or address holds the text."""

    rows: list[Recipient]
    page: int
    pages: int
    total: int


def kpi_drafts(items: Iterable[KpiSetItem], cycle: Cycle, by: Person) -> list[GoalDraft]:
    """A KPI for each item of a set, not yet anybody's: `plan` says whose, and in which unit."""
    return [
        GoalDraft(
            kind="kpi",
            scope="person",
            title=item.title or item.metric.name,
            cycle=cycle,
            unit=NOBODYS,
            owner=by,
            starts_on=cycle.starts_on,
            due_on=cycle.ends_on,
            visibility="public",
            weight=item.weight,
            measures=(
                MeasureDraft(
                    title=item.title or item.metric.name,
                    metric=item.metric,
                    frequency=item.frequency,
                    target=item.target,
                    target_per=item.target_per,
                    low=item.low,
                    high=item.high,
                ),
            ),
        )
        for item in items
    ]


def copy_of(goal: Goal, parts: Parts, cycle: Cycle, by: Person) -> GoalDraft:
    """The goal as others get it: its measures, weights, targets by period and what it supports, as far as `parts` are seen.

    In another cycle it has that cycle's days. A key result is fed on only by a KPI of a unit: somebody's own is theirs.
    """
    same = goal.cycle_id == cycle.id
    seen = parts.rows.goals
    names = ("kind", "title", "weight", "ambition", "progress_from", "evaluated_by", "description", "visibility")
    return GoalDraft(
        **{name: getattr(goal, name) for name in names},
        scope="person",
        cycle=cycle,
        unit=goal.unit,
        owner=by,
        starts_on=goal.starts_on if same else cycle.starts_on,
        due_on=goal.due_on if same else cycle.ends_on,
        parent=seen.get(goal.parent_id or 0),
        parent_measure_id=goal.parent_measure_id if goal.parent_id in seen else None,
        also=tuple(one for one in parts.also if one.id in seen),
        measures=tuple(_measure(one, seen, same) for one in parts.measures),
    )


def _measure(row: Measure, seen: Mapping[int, Goal], same: bool) -> MeasureDraft:
    source = seen.get(row.fed_by_id or 0)
    facts = {name: getattr(row, name) for name in (*PLAIN, *FROM_METRIC)}
    return MeasureDraft(
        **facts | ({} if same else {"starts_on": None, "due_on": None}),
        metric=row.metric,
        fed_by=source if source and source.scope == "unit" else None,
        steps=tuple((step.title, step.weight) for step in row.steps),
        period_targets={one.starts_on: one.target for one in row.period_targets} if same else {},
    )


def item_of(item: KpiSetItem) -> ItemDraft:
    """A stored item as it was written."""
    return ItemDraft(metric=item.metric, **{name: getattr(item, name) for name in SET_PLAIN})


def plan(
    drafts: Sequence[GoalDraft],
    people: Iterable[Person],
    held: dict[int, list[Held]],
    reach: Reach,
    today: date,
    *,
    alone: bool = True,
    members: Collection[int] = (),
) -> Plan:
    """Who of the people gets which of the drafts.

    alone: they were named one by one, so that somebody the giver may not assign goals to gets a suggestion. members: those who
    belong to the drafts' own unit besides their home unit, in which they get them.
    """
    return Plan(
        [_recipient(drafts, person, held.get(person.id, []), reach, today, alone, members) for person in people]
    )


def shown(plan: Plan, group: str, text: str, page: int) -> Shown:
    """One page of the plan."""
    found = [
        one
        for one in plan.recipients
        if (one.uneven if group == "weights" else one.group == group)
        and says(text, one.person.name, one.person.email, one.person.title)
    ]
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(page, 1), pages)
    return Shown(found[(page - 1) * AT_ONCE : page * AT_ONCE], page, pages, len(found))


def _recipient(
    drafts: Sequence[GoalDraft],
    person: Person,
    held: list[Held],
    reach: Reach,
    today: date,
    alone: bool,
    members: Collection[int],
) -> Recipient:
    cycle = drafts[0].cycle
    unit = drafts[0].unit if person.id in members else person.unit
    why = why_not(
        Span(cycle.starts_on, cycle.ends_on),
        today,
        joined_on=person.joined_on,
        left_on=person.left_on,
        closed=person.disabled_at is not None,
        unit=None if unit is None else "archived" if unit.archived else "in_use",
    )
    if why or unit is None:
        return Recipient(person, why_not=why)
    to = reach.to(person.id, unit.id)
    assigned = policy.may_assign_goal(to, cycle.state) and not to.own
    if not (assigned or to.own or (alone and policy.may_suggest_goal(to, cycle.state))):
        return Recipient(person, why_not="unknown")
    kept = [draft for draft in drafts if any(_is_like(draft, one) for one in held if one.state in HELD_STATES)]
    new = tuple(_for(person, replace(draft, unit=unit, owner=person)) for draft in drafts if draft not in kept)
    weights = sum(
        (Fraction(one.weight) for one in held if one.kind == drafts[0].kind and one.state in HELD_STATES), Fraction(0)
    )
    return Recipient(
        person,
        new,
        tuple(draft.title for draft in kept),
        weights=weights + sum((Fraction(draft.weight) for draft in new), Fraction(0)),
        assigned=assigned,
        returned=any(_is_like(draft, one) for draft in new for one in held if one.state == "returned"),
    )


def _for(person: Person, draft: GoalDraft) -> GoalDraft:
    """The goal while that person is there; targets by period are those of the whole span."""
    span = Span(draft.starts_on, draft.due_on)
    there = days_there(span, person.joined_on, person.left_on)
    option = draft.unit.kpi_visibility if draft.kind == "kpi" else draft.unit.okr_visibility
    measures = draft.measures
    if there != span:
        measures = tuple(replace(one, starts_on=None, due_on=None, period_targets={}) for one in measures)
    visibility = narrower(draft.visibility, option)
    return replace(draft, starts_on=there.first, due_on=there.last, visibility=visibility, measures=measures)


def _is_like(draft: GoalDraft, held: Held) -> bool:
    """The same title, or of KPIs the same metric."""
    if held.kind != draft.kind:
        return False
    metrics = {one.metric.id for one in draft.measures if one.metric}
    same = held.title.strip().casefold() == draft.title.strip().casefold()
    return bool(same or (draft.kind == "kpi" and metrics & held.metrics))


def _aims(draft: GoalDraft) -> list[tuple[object, ...]]:
    return [
        (one.title, one.start, one.target, one.target_per, one.frequency, one.low, one.high) for one in draft.measures
    ]
