"""The state machines are tables: every walk stays in them, and ends where the rules say it ends."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain import states, terms
from goalsite.domain.errors import RuleError
from goalsite.domain.states import CHECK_IN, CYCLE, CYCLE_ALLOWS, EVALUATION, GOAL, PROPOSAL, REVIEW, move, possible

MACHINES = {
    "cycle": (CYCLE, "planning", set(terms.CYCLE_STATES), set()),
    "goal": (GOAL, "draft", set(terms.GOAL_STATES), {"closed", "cancelled"}),
    "suggested": (GOAL, "suggested", set(terms.GOAL_STATES), {"closed", "cancelled"}),
    "evaluation": (EVALUATION, "", {"", *terms.EVALUATION_STEPS}, set()),
    "review": (REVIEW, "preparation", set(terms.REVIEW_STATES), set()),
    "check-in": (CHECK_IN, "entered", {"entered", "acknowledged", "replaced"}, {"replaced"}),
    "proposal": (PROPOSAL, "open", {"open", "applied", "returned"}, {"applied", "returned"}),
}
FACTS = st.sets(st.sampled_from(("approval_needed", "approval_not_needed", "assigned", "evaluated")))


class TestEveryMachine:
    @pytest.mark.parametrize("name", MACHINES)
    def test_speaks_of_the_models_states_only(self, name: str) -> None:
        machine, start, known, ends = MACHINES[name]
        spoken = {start} | {source for source, _ in machine} | {found.to for found in machine.values()}
        assert spoken == known
        assert {state for state in known if not possible(machine, state, _all(machine))} == ends

    @pytest.mark.parametrize("name", MACHINES)
    @given(data=st.data())
    def test_walk_never_leaves_the_table(self, name: str, data: st.DataObject) -> None:
        machine, state, known, ends = MACHINES[name]
        acts = sorted({act for _, act in machine})
        for _ in range(data.draw(st.integers(0, 20))):
            act, facts = data.draw(st.sampled_from(acts)), data.draw(FACTS)
            reason = data.draw(st.sampled_from(("", " ", "so")))
            found = possible(machine, state, facts).get(act)
            if found is None:
                with pytest.raises(RuleError, match="move_not_possible"):
                    move(machine, state, act, reason, facts)
            elif found.reason and not reason.strip():
                with pytest.raises(RuleError, match="reason_missing"):
                    move(machine, state, act, reason, facts)
            else:
                assert state not in ends
                state = move(machine, state, act, reason, facts)
                assert state == found.to
                assert state in known


class TestCycle:
    def test_goes_one_step_at_a_time(self) -> None:
        order = terms.CYCLE_STATES
        assert {(source, found.to) for (source, _), found in CYCLE.items()} == {
            *itertools.pairwise(order),
            ("closed", "reviewing"),
        }

    def test_back_from_closed_needs_a_reason(self) -> None:
        with pytest.raises(RuleError, match="reason_missing"):
            move(CYCLE, "closed", "reopen")
        assert move(CYCLE, "closed", "reopen", "a score was typed wrong") == "reviewing"


class TestGoal:
    def test_without_approval_a_draft_becomes_active_directly(self) -> None:
        facts = states.goal_facts(needs_approval=False)
        assert move(GOAL, "draft", "activate", facts=facts) == "active"
        with pytest.raises(RuleError, match="move_not_possible"):
            move(GOAL, "draft", "propose", facts=facts)

    def test_with_approval_a_draft_is_proposed_first(self) -> None:
        facts = states.goal_facts(needs_approval=True)
        with pytest.raises(RuleError, match="move_not_possible"):
            move(GOAL, "draft", "activate", facts=facts)
        assert move(GOAL, "draft", "propose", facts=facts) == "proposed"
        assert move(GOAL, "proposed", "approve", facts=facts) == "active"
        assert move(GOAL, "proposed", "return", "the target is too low", facts) == "draft"

    def test_suggested_is_accepted_received_or_returned(self) -> None:
        assert move(GOAL, "suggested", "accept") == "draft"
        assigned = states.goal_facts(needs_approval=True, assigned=True)
        assert move(GOAL, "suggested", "receive", facts=assigned) == "active"
        assert move(GOAL, "suggested", "return", "not mine") == "returned"

    def test_only_an_assigned_goal_can_be_received(self) -> None:
        with pytest.raises(RuleError, match="move_not_possible"):
            move(GOAL, "suggested", "receive", facts=states.goal_facts(needs_approval=False))

    def test_closes_early_once_evaluated(self) -> None:
        assert "close" not in possible(GOAL, "active", states.goal_facts(needs_approval=False))
        assert "close" in possible(GOAL, "active", states.goal_facts(needs_approval=False, evaluated=True))

    @pytest.mark.parametrize("state", ("draft", "suggested", "proposed", "active"))
    def test_cancelling_needs_a_reason(self, state: str) -> None:
        with pytest.raises(RuleError, match="reason_missing"):
            move(GOAL, state, "cancel", "  ")
        assert move(GOAL, state, "cancel", "dropped") == "cancelled"


class TestReview:
    def test_an_appeal_keeps_the_cycle_open(self) -> None:
        assert set(possible(REVIEW, "appealed")) == {"uphold", "reopen", "void"}
        closable = {state for state in terms.REVIEW_STATES if "close" in possible(REVIEW, state)}
        assert closable == {"preparation", "discussed", "manager_signed", "person_signed"}

    @pytest.mark.parametrize("state", ("manager_signed", "person_signed", "appealed", "closed"))
    def test_reopening_an_evaluation_voids_what_was_signed(self, state: str) -> None:
        assert move(REVIEW, state, "void") == "discussed"


class TestCycleAllows:
    def test_speaks_of_every_state(self) -> None:
        assert tuple(CYCLE_ALLOWS) == terms.CYCLE_STATES

    def test_planning_writes_and_does_not_check_in(self) -> None:
        assert CYCLE_ALLOWS["planning"].writing
        assert not CYCLE_ALLOWS["planning"].check_in

    def test_reviewing_takes_late_check_ins_from_managers_and_numbers_from_hr(self) -> None:
        reviewing = CYCLE_ALLOWS["reviewing"]
        assert not reviewing.writing
        assert (reviewing.check_in, reviewing.change, reviewing.evaluation) == ({"manager"}, {"hr"}, "always")

    def test_closed_allows_nothing(self) -> None:
        assert CYCLE_ALLOWS["closed"] == states.Allowed()


def _all(machine: states.Machine) -> set[str]:
    return {found.when for found in machine.values()}
