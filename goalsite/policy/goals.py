"""Who may see and do what (rules §7, §8): pure predicates. `queries.visible` holds what may be seen as query filters.

A viewer's relation to a goal, a person or a unit is read by `queries.viewer`; the predicates ask nothing else.
What may not be seen answers "not found": ask `may_see_…` first, the other predicates take it for granted.
"""

from collections.abc import Mapping
from datetime import date

from goalsite.domain import states
from goalsite.domain.relations import (
    ASSIGNEE,
    CREATOR,
    EVALUATOR,
    HR,
    LEAD,
    MANAGER,
    SELF,
    ToGoal,
    ToPerson,
    ToUnit,
)
from goalsite.domain.states import CYCLE_ALLOWS, EVALUATION, GOAL, Allowed
from goalsite.domain.terms import COUNTED_STATES, WITH_CREATOR, WRITTEN_STATES
from goalsite.models import Goal, Measure

# The rows of §8 that are sets of columns.
WRITERS = frozenset({SELF, MANAGER, LEAD, HR})
APPROVERS = frozenset({MANAGER, LEAD, HR})
CHECKERS = frozenset({SELF, ASSIGNEE, MANAGER, LEAD, HR})
ACKNOWLEDGERS = frozenset({MANAGER, LEAD})
RESULT_READERS = frozenset({SELF, MANAGER, HR})

GOAL_MOVERS: Mapping[tuple[str, str], frozenset[str]] = {
    ("suggested", "accept"): frozenset({SELF}),
    ("suggested", "receive"): frozenset({SELF}),
    ("suggested", "return"): frozenset({SELF}),
    ("suggested", "cancel"): APPROVERS | {CREATOR},
    ("returned", "suggest_again"): frozenset({CREATOR}),
    ("returned", "cancel"): APPROVERS | {CREATOR},
    ("draft", "activate"): WRITERS,
    ("draft", "propose"): WRITERS,
    ("draft", "cancel"): WRITERS,
    ("proposed", "approve"): APPROVERS,
    ("proposed", "return"): APPROVERS,
    ("proposed", "cancel"): WRITERS,
    ("active", "close"): frozenset({EVALUATOR}),
    ("active", "hand_over"): frozenset({HR}),
}
# These make or end no goal, and stay possible while the cycle is reviewing.
TIDYING = ("return", "cancel", "close")


# --- Seeing -----------------------------------------------------------------------------------------------------------


def may_see_goal(to: ToGoal, goal: Goal) -> bool:
    """§8, rows 1–3: whoever has a part in a goal, as owner, manager, lead, follower, assignee, evaluator, HR, or by suggesting it."""
    suggests = goal.created_by_id == to.viewer.id and goal.state in WITH_CREATOR
    if to.columns or to.follower or suggests or goal.visibility == "public":
        return True
    return goal.visibility == "internal" and to.inside


def may_see_evaluation(to: ToGoal, goal: Goal) -> bool:
    """A goal's evaluation: self, managers, HR and its evaluator; the unit may widen it to insiders or to everyone."""
    if to.columns & (RESULT_READERS | {EVALUATOR}):
        return True
    widened = {"restricted": False, "internal": to.inside or to.lead, "public": True}[to.evaluation_visibility]
    return widened and may_see_goal(to, goal)


# --- Writing goals ----------------------------------------------------------------------------------------------------


def may_write_own_goal(to: ToPerson, cycle_state: str) -> bool:
    """Begin a draft of one's own."""
    return to.own and CYCLE_ALLOWS[cycle_state].writing


def may_suggest_goal(to: ToPerson, cycle_state: str) -> bool:
    """Make a goal for somebody else: everybody may, and it is then suggested."""
    return not to.own and CYCLE_ALLOWS[cycle_state].writing


def may_assign_goal(to: ToPerson, cycle_state: str) -> bool:
    """Make a goal that the person only marks received: managers, leads of a unit the person is in, HR."""
    return bool(to.deciding & APPROVERS) and CYCLE_ALLOWS[cycle_state].writing


def may_create_unit_goal(to: ToUnit, cycle_state: str) -> bool:
    """A unit's goal: its leads (supervisors where the unit lets them edit goals) and HR, in a unit still in use."""
    leads = to.head or (to.lead and to.supervisors_edit_goals)
    return (leads or to.viewer.is_hr) and not to.archived and CYCLE_ALLOWS[cycle_state].writing


def may_edit_draft(to: ToGoal, goal: Goal) -> bool:
    """Change anything of a draft; of a suggestion that came back, whoever made it."""
    may = goal.created_by_id == to.viewer.id if goal.state == "returned" else bool(to.writing & WRITERS)
    return may and goal.state in WRITTEN_STATES and _cycle(to).writing


def goal_facts(to: ToGoal, goal: Goal) -> frozenset[str]:
    """What the goal's state machine asks about, for `states.move`."""
    return states.goal_facts(
        needs_approval=to.goals_need_approval, assigned=to.assigned, evaluated=goal.evaluation == "approved"
    )


def may_move(to: ToGoal, goal: Goal, act: str) -> bool:
    """Whether the viewer may do `act` of states.GOAL on the goal now: accept, receive, return, suggest_again,
    activate, propose, approve, cancel, close, hand_over."""
    if act not in states.possible(GOAL, goal.state, goal_facts(to, goal)):
        return False
    if (goal.state, act) == ("active", "cancel"):
        return may_change_goal(to, goal)
    held = to.writing if act in ("activate", "propose", "cancel") else to.deciding
    if goal.created_by_id == to.viewer.id:
        held |= {CREATOR}
    in_time = _cycle(to).talking if act in TIDYING else _cycle(to).writing
    return in_time and bool(held & GOAL_MOVERS.get((goal.state, act), frozenset()))


def may_change_goal(to: ToGoal, goal: Goal) -> bool:
    """Change an active goal's own weight and dates, or cancel it: the owner where the unit lets owners edit goals."""
    return _may_change(to, goal, owners=to.owners_edit_goals)


def may_change_measures(to: ToGoal, goal: Goal) -> bool:
    """Change target, start, weight, direction or dates of an active goal's measures: the owner by the unit's option."""
    return _may_change(to, goal, owners=to.owners_edit_measures)


def may_propose_change(to: ToGoal, goal: Goal) -> bool:
    """Ask for a change one may not make: the owner, an assignee, a lead, a manager, while anybody could make it."""
    return goal.state in _cycle(to).moving and bool(to.columns & (CHECKERS - {HR}))


def may_decide_change(to: ToGoal, goal: Goal) -> bool:
    """Apply or return a proposed change: never the owner, and supervisors where they could make it themselves; in a cycle
    under review only HR."""
    return goal.state in _cycle(to).moving and bool(to.writing & APPROVERS & _cycle(to).change)


def _may_change(to: ToGoal, goal: Goal, *, owners: bool) -> bool:
    held = to.writing if owners else to.writing - {SELF}
    return goal.state in _cycle(to).moving and bool(held & WRITERS & _cycle(to).change)


# --- Following --------------------------------------------------------------------------------------------------------


def may_check_in(to: ToGoal, goal: Goal, measure: Measure) -> bool:
    """Report a value: §8's row while the cycle is open; while it is reviewing only managers, late."""
    held = to.columns - {ASSIGNEE}
    if measure.assignee_id == to.viewer.id:
        held |= {ASSIGNEE}
    return goal.state in _cycle(to).moving and bool(held & CHECKERS & _cycle(to).check_in)


def may_report_for(to: ToPerson) -> bool:
    """Have the weekly page of somebody else: their managers, leads of a unit they are in, HR; each row by `may_check_in`."""
    return to.own or bool(to.columns & {MANAGER, LEAD, HR})


def on_behalf(to: ToGoal, measure: Measure) -> bool:
    """Whether the viewer's check-in is marked "on behalf"."""
    return not to.own and measure.assignee_id != to.viewer.id


def may_acknowledge(to: ToGoal, author_id: int) -> bool:
    """Mark a check-in seen: managers and leads, never the owner nor the check-in's author."""
    return _cycle(to).talking and author_id != to.viewer.id and bool(to.deciding & ACKNOWLEDGERS)


def may_comment(to: ToGoal, goal: Goal) -> bool:
    """Everyone who sees the goal, until its cycle is closed."""
    return _cycle(to).talking and may_see_goal(to, goal)


def may_follow(to: ToGoal, goal: Goal) -> bool:
    """Everyone who sees the goal; it changes nothing of the goal, so a closed cycle allows it."""
    return may_see_goal(to, goal)


def may_plan(to: ToGoal, goal: Goal) -> bool:
    """Write the action plan and what is in the way: whoever may check in on a goal that is under way or being written."""
    return _cycle(to).talking and goal.state in ("draft", "proposed", "active") and bool(to.columns & CHECKERS)


# --- Evaluation -------------------------------------------------------------------------------------------------------


def may_submit(to: ToGoal, goal: Goal, today: date) -> bool:
    """Hand in one's own score: the owner, in reviewing or once the goal's dates are over."""
    return to.own and _can_evaluate(to, goal, "submit", today)


def may_decide_evaluation(to: ToGoal, goal: Goal, today: date) -> bool:
    """Approve or return what was submitted: its evaluator only, whoever else manages; never the owner."""
    return EVALUATOR in to.deciding and _can_evaluate(to, goal, "approve", today)


def may_reopen_evaluation(to: ToGoal, goal: Goal) -> bool:
    """HR, never on their own goal, until the cycle is closed."""
    return _cycle(to).talking and HR in to.deciding and "reopen" in states.possible(EVALUATION, goal.evaluation)


def may_name_evaluator(to: ToGoal, goal: Goal) -> bool:
    """Name or pass on the evaluator: HR, never on their own goal, until the evaluation is approved."""
    waits = goal.state not in ("cancelled", "returned") and goal.evaluation != "approved"
    return _cycle(to).talking and HR in to.deciding and waits


def _can_evaluate(to: ToGoal, goal: Goal, act: str, today: date) -> bool:
    in_time = {"never": False, "after": today > goal.due_on, "always": True}[_cycle(to).evaluation]
    return in_time and goal.state in COUNTED_STATES and act in states.possible(EVALUATION, goal.evaluation)


def _cycle(to: ToGoal) -> Allowed:
    return CYCLE_ALLOWS[to.cycle_state]
