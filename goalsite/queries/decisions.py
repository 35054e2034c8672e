"""What waits for somebody's decision, and what they have handed in: evaluations, with the numbers each is judged by (rules §6, §7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from goalsite.domain import evaluation
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import COUNTED_STATES
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person
from goalsite.models_follow import EvaluationStep
from goalsite.queries.records import fraction, goal_facts
from goalsite.queries.results import stored_result
from goalsite.queries.visible import visible_evaluations

AT_ONCE = 25
MOST_PEOPLE = 60
TABS = ("waiting", "returned", "approved", "sent")
SORTS = ("deadline", "person")


@dataclass(frozen=True)
class Line:
    """One evaluation as the queue shows it. Fractions: what the numbers say, what the owner handed in last, what was decided, and what a goal like
    it came to before; each None where there is none."""

    goal: Goal
    computed: Fraction | None
    own: Fraction | None
    decided: Fraction | None
    before: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        """In percentage points."""
        return evaluation.difference(self.own, self.computed)

    @property
    def agrees(self) -> bool:
        """The owner says what the numbers say."""
        return evaluation.same(self.own, self.computed)


@dataclass(frozen=True)
class Queue:
    """One page of a tab, and how many there are in all, of how many people, the nearest deadline first."""

    lines: list[Line]
    in_all: int
    people: int
    deadline: date | None


def computed_of(goal: Goal) -> Fraction | None:
    """What both scores start at, from what is stored of the goal, whose cycle must be loaded."""
    facts = goal_facts(goal, {}, ())
    return evaluation.beginning(
        facts, goal.evaluated_by, fraction(goal.progress), Fraction(goal.cycle.aspirational_full)
    )


def counts_of(person_id: int, today: date) -> dict[str, int]:
    """How many evaluations each tab holds, in one query."""
    found = [
        select(func.count(Goal.id)).join(Goal.cycle).where(*in_tab(tab, person_id, today)).scalar_subquery()
        for tab in TABS
    ]
    return dict(zip(TABS, db.session.execute(select(*found)).one(), strict=True))


def in_tab(tab: str, person_id: int, today: date) -> list[ColumnElement[bool]]:
    """The evaluations of a tab, as conditions on Goal joined to its cycle: `waiting` for that person's decision now; `returned` and `approved` by the
    evaluator they are; `sent` in by them."""
    if tab == "waiting":
        return [Goal.evaluator_id == person_id, Goal.evaluation == "submitted", *decidable(person_id, today)]
    if tab == "sent":
        return [Goal.owner_id == person_id, Goal.evaluation != ""]
    return [Goal.evaluator_id == person_id, Goal.owner_id != person_id, Goal.evaluation == tab]


def decidable(person_id: int, today: date) -> list[ColumnElement[bool]]:
    """Not one's own, and in time: in a cycle under review, or once the goal's dates are over in an open one (rules §7)."""
    over = and_(Cycle.state == "open", Goal.due_on < today)
    return [
        Goal.owner_id != person_id,
        Goal.state.in_(COUNTED_STATES),
        or_(Cycle.state == "reviewing", over),
    ]


def queue_of(viewer: Viewer, tab: str, today: date, *, owner: int = 0, sort: str = "deadline", page: int = 1) -> Queue:
    """A page of a tab: the nearest deadline first, or by person; of one owner where one is asked for. Two queries."""
    chosen = in_tab(tab, viewer.id, today)
    if owner:
        chosen.append(Goal.owner_id == owner)
    over_all = (
        select(
            func.count(Goal.id).label("goals"),
            func.count(Goal.owner_id.distinct()).label("people"),
            func.min(Cycle.evaluate_by).label("deadline"),
        )
        .join(Goal.cycle)
        .where(*chosen)
        .subquery()
    )
    by_deadline: list[Any] = [Cycle.evaluate_by.is_(None), Cycle.evaluate_by]
    if tab != "waiting":
        by_deadline = [Cycle.ends_on.desc()]
    order = [Person.sort_key, *by_deadline] if sort == "person" else [*by_deadline, Person.sort_key]
    query = (
        _with_own_score(over_all.c.goals, over_all.c.people, over_all.c.deadline)
        .join(over_all, over_all.c.goals > 0)
        .where(*chosen)
        .order_by(*order, Goal.code)
        .limit(AT_ONCE)
        .offset((page - 1) * AT_ONCE)
    )
    rows = db.session.execute(query).all()
    before = results_before(viewer, [row[0].id for row in rows])
    lines = [_line(row[0], row[1], before) for row in rows]
    return Queue(lines, *rows[0][2:]) if rows else Queue([], 0, 0, None)


def owners_in(tab: str, person_id: int, today: date) -> list[Person]:
    """Whose evaluations a tab holds, by name; the first of them where they are many."""
    theirs = select(Goal.owner_id).join(Goal.cycle).where(*in_tab(tab, person_id, today))
    return list(
        db.session.scalars(select(Person).where(Person.id.in_(theirs)).order_by(Person.sort_key).limit(MOST_PEOPLE))
    )


def line_of(viewer: Viewer, goal: Goal, steps: Sequence[EvaluationStep]) -> Line:
    """One goal's line, from its steps, the oldest first. One query."""
    own = next((step.score for step in reversed(steps) if step.step == "submitted"), None)
    return _line(goal, own, results_before(viewer, [goal.id]))


def steps_of(goal_id: int) -> list[EvaluationStep]:
    """The evaluation's log, the oldest step first, with who took each."""
    query = select(EvaluationStep).where(EvaluationStep.goal_id == goal_id).options(joinedload(EvaluationStep.by))
    return list(db.session.scalars(query.order_by(EvaluationStep.at, EvaluationStep.id)))


def goals_to_decide(goal_ids: Collection[int]) -> list[Goal]:
    """Those goals with their cycles, in the order of their codes."""
    query = select(Goal).where(Goal.id.in_(sorted(set(goal_ids)))).join(Goal.cycle).options(contains_eager(Goal.cycle))
    return list(db.session.scalars(query.order_by(Goal.code)))


def results_before(viewer: Viewer, goal_ids: Collection[int]) -> dict[int, Fraction | None]:
    """What the same owner's goal of the same name came to in the last cycle that had one, or the KPI of the same metric; where the viewer may see that
    score. One query."""
    if not goal_ids:
        return {}
    former, then = aliased(Goal), aliased(Cycle)
    mine, theirs = aliased(Measure), aliased(Measure)
    same_metric = exists().where(
        mine.goal_id == Goal.id,
        theirs.goal_id == former.id,
        mine.metric_id.is_not(None),
        mine.metric_id == theirs.metric_id,
    )
    query = (
        select(Goal.id, former, then)
        .join(Goal.cycle)
        .join(former, and_(former.owner_id == Goal.owner_id, former.kind == Goal.kind, former.scope == Goal.scope))
        .join(then, then.id == former.cycle_id)
        .where(
            Goal.id.in_(goal_ids),
            former.state.in_(COUNTED_STATES),
            then.ends_on < Cycle.starts_on,
            or_(former.title == Goal.title, and_(Goal.kind == "kpi", same_metric)),
            visible_evaluations(viewer, former),
        )
        .order_by(then.ends_on, former.code)
    )
    return {goal_id: stored_result(goal, cycle) for goal_id, goal, cycle in db.session.execute(query).tuples()}


def _with_own_score(*columns: ColumnElement[Any]) -> Select[Any]:
    """Goals with cycle and owner, and the score last handed in."""
    step = aliased(EvaluationStep)
    last = (
        select(func.max(step.at))
        .where(step.goal_id == Goal.id, step.step == "submitted")
        .correlate(Goal)
        .scalar_subquery()
    )
    return (
        select(Goal, EvaluationStep.score, *columns)
        .join(Goal.cycle)
        .join(Goal.owner)
        .outerjoin(EvaluationStep, and_(EvaluationStep.goal_id == Goal.id, EvaluationStep.at == last))
        .options(contains_eager(Goal.cycle), contains_eager(Goal.owner))
    )


def _line(goal: Goal, own: Decimal | None, before: dict[int, Fraction | None]) -> Line:
    decided = fraction(goal.score) if goal.evaluation == "approved" else None
    return Line(goal, computed_of(goal), fraction(own), decided, before.get(goal.id))
