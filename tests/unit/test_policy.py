"""The table of rights, viewpoint by viewpoint, and what cycle states and unit options take away from it (rules §7, §8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from goalsite import policy
from goalsite.domain import terms
from goalsite.domain.relations import ToGoal, ToPerson, ToUnit, Viewer
from goalsite.models import Goal, Measure

ME, OWNER, EVALUATOR = 1, 2, 3
DUE = date(2026, 3, 31)
BEFORE, AFTER = date(2026, 2, 16), date(2026, 4, 1)
WHO, HR_VIEWER, ADMIN = Viewer(ME), Viewer(ME, is_hr=True), Viewer(ME, is_admin=True)

TO_GOAL = {
    "self": ToGoal(viewer=WHO, own=True, inside=True),
    "manager": ToGoal(viewer=WHO, manager=True),
    "lead": ToGoal(viewer=WHO, lead=True, head=True, inside=True),
    "supervisor": ToGoal(viewer=WHO, lead=True),
    "insider": ToGoal(viewer=WHO, inside=True),
    "follower": ToGoal(viewer=WHO, follower=True),
    "outsider": ToGoal(viewer=WHO),
    "hr": ToGoal(viewer=HR_VIEWER),
    "hr, own": ToGoal(viewer=HR_VIEWER, own=True, inside=True),
    "lead, own": ToGoal(viewer=WHO, own=True, lead=True, head=True, inside=True),
    "admin": ToGoal(viewer=ADMIN),
    "assignee": ToGoal(viewer=WHO, assignee=True),
    "evaluator": ToGoal(viewer=WHO, evaluator=True),
    "manager, evaluator": ToGoal(viewer=WHO, manager=True, evaluator=True),
}
SELVES = {"self", "hr, own", "lead, own"}
MANAGERS = {"manager", "manager, evaluator"}
LEADS = {"lead", "supervisor"}
PARTS = SELVES | MANAGERS | LEADS | {"hr", "follower", "assignee", "evaluator"}
EVERYBODY = set(TO_GOAL)


def goal(state: str = "active", **values: object) -> Goal:
    facts = {"owner_id": OWNER, "created_by_id": OWNER, "visibility": "public", "evaluation": "", "due_on": DUE}
    return Goal(state=state, **(facts | values))


def may(predicate: Callable[[ToGoal], bool], **option: Any) -> set[str]:
    """The viewpoints from which the predicate holds."""
    return {name for name, to in TO_GOAL.items() if predicate(replace(to, **option))}


class TestSeeing:
    def test_public_goal(self) -> None:
        assert may(lambda to: policy.may_see_goal(to, goal())) == EVERYBODY

    def test_internal_goal(self) -> None:
        internal = goal(visibility="internal")
        assert may(lambda to: policy.may_see_goal(to, internal)) == PARTS | {"insider"}

    def test_restricted_goal(self) -> None:
        restricted = goal(visibility="restricted")
        assert may(lambda to: policy.may_see_goal(to, restricted)) == PARTS

    def test_evaluation(self) -> None:
        seen = SELVES | MANAGERS | {"hr", "evaluator"}
        assert may(lambda to: policy.may_see_evaluation(to, goal())) == seen

    def test_evaluation_where_the_unit_widens_it(self) -> None:
        def seen(option: str, visibility: str) -> set[str]:
            looked = goal(visibility=visibility)
            return may(lambda to: policy.may_see_evaluation(to, looked), evaluation_visibility=option)

        assert seen("internal", "public") == SELVES | MANAGERS | LEADS | {"hr", "evaluator", "insider"}
        assert seen("public", "public") == EVERYBODY
        assert seen("public", "restricted") == PARTS


class TestDraft:
    @pytest.mark.parametrize("act", ("activate", "cancel"))
    def test_moves(self, act: str) -> None:
        assert may(lambda to: policy.may_move(to, goal("draft"), act)) == SELVES | MANAGERS | LEADS | {"hr"}

    def test_proposing_where_the_cycle_wants_approval(self) -> None:
        writers = SELVES | MANAGERS | LEADS | {"hr"}
        assert may(lambda to: policy.may_move(to, goal("draft"), "propose"), goals_need_approval=True) == writers
        assert may(lambda to: policy.may_move(to, goal("draft"), "activate"), goals_need_approval=True) == set()
        assert may(lambda to: policy.may_move(to, goal("draft"), "propose")) == set()

    def test_editing(self) -> None:
        assert may(lambda to: policy.may_edit_draft(to, goal("draft"))) == SELVES | MANAGERS | LEADS | {"hr"}
        assert may(lambda to: policy.may_edit_draft(to, goal("active"))) == set()

    def test_supervisors_where_the_unit_says_no(self) -> None:
        closed = {"supervisors_edit_goals": False}
        writers = SELVES | MANAGERS | {"lead", "hr"}
        assert may(lambda to: policy.may_edit_draft(to, goal("draft")), **closed) == writers
        assert may(lambda to: policy.may_move(to, goal("draft"), "cancel"), **closed) == writers
        assert may(lambda to: policy.may_change_measures(to, goal()), **closed) == writers

    @pytest.mark.parametrize("act", ("approve", "return"))
    def test_proposed_is_decided_by_others(self, act: str) -> None:
        assert may(lambda to: policy.may_move(to, goal("proposed"), act)) == MANAGERS | LEADS | {"hr"}

    def test_suggested_is_answered_by_its_owner(self) -> None:
        assert may(lambda to: policy.may_move(to, goal("suggested"), "accept")) == SELVES
        assert may(lambda to: policy.may_move(to, goal("suggested"), "return")) == SELVES
        assert may(lambda to: policy.may_move(to, goal("suggested"), "receive")) == set()
        assert may(lambda to: policy.may_move(to, goal("suggested"), "receive"), assigned=True) == SELVES

    def test_suggested_is_taken_back_by_who_made_it(self) -> None:
        mine = goal("suggested", created_by_id=ME)
        assert policy.may_move(TO_GOAL["outsider"], mine, "cancel")
        assert not policy.may_move(TO_GOAL["outsider"], goal("suggested"), "cancel")


class TestActive:
    CHANGES = (policy.may_change_goal, policy.may_change_measures, lambda to, one: policy.may_move(to, one, "cancel"))

    @pytest.mark.parametrize("predicate", CHANGES)
    def test_numbers_and_cancelling(self, predicate: Callable[[ToGoal, Goal], bool]) -> None:
        assert may(lambda to: predicate(to, goal())) == SELVES | MANAGERS | LEADS | {"hr"}

    def test_owner_by_the_units_options(self) -> None:
        others = MANAGERS | LEADS | {"hr"}
        assert may(lambda to: policy.may_change_goal(to, goal()), owners_edit_goals=False) == others
        assert may(lambda to: policy.may_move(to, goal(), "cancel"), owners_edit_goals=False) == others
        assert may(lambda to: policy.may_change_measures(to, goal()), owners_edit_measures=False) == others
        assert may(lambda to: policy.may_change_measures(to, goal()), owners_edit_goals=False) == others | SELVES

    def test_change_is_proposed_and_decided(self) -> None:
        asking = SELVES | MANAGERS | LEADS | {"assignee"}
        assert may(lambda to: policy.may_propose_change(to, goal())) == asking
        assert may(lambda to: policy.may_decide_change(to, goal())) == MANAGERS | LEADS | {"hr"}
        # Or a supervisor would apply what they proposed, and could change it after all.
        heads = MANAGERS | {"lead", "hr"}
        assert may(lambda to: policy.may_decide_change(to, goal()), supervisors_edit_goals=False) == heads

    def test_closing_early_is_the_evaluators_once_evaluated(self) -> None:
        evaluated = goal(evaluation="approved")
        assert may(lambda to: policy.may_move(to, evaluated, "close")) == {"evaluator", "manager, evaluator"}
        assert may(lambda to: policy.may_move(to, goal(), "close")) == set()

    def test_handing_over_is_hrs_but_not_their_own(self) -> None:
        assert may(lambda to: policy.may_move(to, goal(), "hand_over")) == {"hr"}


class TestFollowing:
    def test_check_in(self) -> None:
        assert may(lambda to: policy.may_check_in(to, goal(), Measure())) == SELVES | MANAGERS | LEADS | {"hr"}

    def test_check_in_of_ones_own_measure(self) -> None:
        checkers = may(lambda to: policy.may_check_in(to, goal(), Measure(assignee_id=ME)))
        assert checkers == EVERYBODY
        assert may(lambda to: policy.on_behalf(to, Measure(assignee_id=ME))) == set()
        assert may(lambda to: policy.on_behalf(to, Measure())) == EVERYBODY - SELVES

    @pytest.mark.parametrize("state", ("draft", "suggested", "proposed", "closed", "cancelled", "returned"))
    def test_only_active_goals_take_check_ins(self, state: str) -> None:
        assert may(lambda to: policy.may_check_in(to, goal(state), Measure(assignee_id=ME))) == set()

    def test_acknowledging(self) -> None:
        assert may(lambda to: policy.may_acknowledge(to, author_id=OWNER)) == MANAGERS | LEADS
        assert may(lambda to: policy.may_acknowledge(to, author_id=ME)) == set()

    def test_talk_is_for_who_sees(self) -> None:
        restricted = goal(visibility="restricted")
        assert may(lambda to: policy.may_comment(to, restricted)) == PARTS
        assert may(lambda to: policy.may_follow(to, restricted)) == PARTS
        assert may(lambda to: policy.may_comment(to, goal())) == EVERYBODY

    def test_plan(self) -> None:
        assert may(lambda to: policy.may_plan(to, goal())) == SELVES | MANAGERS | LEADS | {"hr", "assignee"}


class TestEvaluation:
    def test_owner_submits_once_the_dates_are_over(self) -> None:
        assert may(lambda to: policy.may_submit(to, goal(), AFTER)) == SELVES
        assert may(lambda to: policy.may_submit(to, goal(), DUE)) == set()
        assert may(lambda to: policy.may_submit(to, goal(), BEFORE), cycle_state="reviewing") == SELVES

    @pytest.mark.parametrize(
        ("last", "can"), (("", True), ("returned", True), ("reopened", True), ("submitted", False))
    )
    def test_owner_submits_when_it_is_their_turn(self, last: str, can: bool) -> None:
        assert policy.may_submit(TO_GOAL["self"], goal(evaluation=last), AFTER) is can

    def test_only_the_evaluator_decides(self) -> None:
        submitted = goal(evaluation="submitted")
        deciders = may(lambda to: policy.may_decide_evaluation(to, submitted, AFTER))
        assert deciders == {"evaluator", "manager, evaluator"}
        assert may(lambda to: policy.may_decide_evaluation(to, goal(), AFTER)) == set()

    def test_nobody_decides_their_own_even_when_named(self) -> None:
        own = replace(TO_GOAL["self"], evaluator=True)
        assert not policy.may_decide_evaluation(own, goal(evaluation="submitted"), AFTER)

    def test_drafts_are_not_evaluated(self) -> None:
        assert not policy.may_submit(TO_GOAL["self"], goal("draft"), AFTER)
        assert policy.may_submit(TO_GOAL["self"], goal("closed"), AFTER)

    def test_hr_reopens_and_passes_on_but_not_on_their_own(self) -> None:
        approved = goal(evaluation="approved")
        assert may(lambda to: policy.may_reopen_evaluation(to, approved)) == {"hr"}
        assert may(lambda to: policy.may_reopen_evaluation(to, goal())) == set()
        assert may(lambda to: policy.may_name_evaluator(to, goal())) == {"hr"}


class TestCycleStates:
    def test_planning_has_no_check_ins_and_no_evaluation(self) -> None:
        planning = {"cycle_state": "planning"}
        assert may(lambda to: policy.may_check_in(to, goal(), Measure(assignee_id=ME)), **planning) == set()
        assert may(lambda to: policy.may_submit(to, goal(), AFTER), **planning) == set()
        assert may(lambda to: policy.may_move(to, goal("draft"), "activate"), **planning)

    def test_reviewing_has_late_check_ins_by_managers_and_numbers_by_hr(self) -> None:
        reviewing = {"cycle_state": "reviewing"}
        measure = Measure(assignee_id=ME)
        for state in ("active", "closed"):
            assert may(lambda to: policy.may_check_in(to, goal(state), measure), **reviewing) == MANAGERS  # noqa: B023
            assert may(lambda to: policy.may_change_measures(to, goal(state)), **reviewing) == {"hr"}  # noqa: B023
            assert may(lambda to: policy.may_decide_change(to, goal(state)), **reviewing) == {"hr"}  # noqa: B023

    def test_reviewing_makes_no_new_goals(self) -> None:
        reviewing = {"cycle_state": "reviewing", "assigned": True}
        for state, act in (
            ("draft", "activate"),
            ("suggested", "accept"),
            ("suggested", "receive"),
            ("proposed", "approve"),
        ):
            assert may(lambda to: policy.may_move(to, goal(state), act), **reviewing) == set()  # noqa: B023
        assert may(lambda to: policy.may_edit_draft(to, goal("draft")), **reviewing) == set()
        assert may(lambda to: policy.may_move(to, goal("draft"), "cancel"), **reviewing)

    @pytest.mark.parametrize("state", terms.GOAL_STATES)
    @pytest.mark.parametrize("evaluation", ("", *terms.EVALUATION_STEPS))
    def test_closed_changes_nothing(self, state: str, evaluation: str) -> None:
        one, measure = goal(state, evaluation=evaluation, created_by_id=ME), Measure(assignee_id=ME)
        acts = ("accept", "receive", "return", "cancel", "activate", "propose", "approve", "close", "hand_over")
        predicates: tuple[Callable[[ToGoal], bool], ...] = (
            *((lambda to, act=act: policy.may_move(to, one, act)) for act in acts),
            lambda to: policy.may_edit_draft(to, one),
            lambda to: policy.may_change_goal(to, one),
            lambda to: policy.may_change_measures(to, one),
            lambda to: policy.may_propose_change(to, one),
            lambda to: policy.may_decide_change(to, one),
            lambda to: policy.may_check_in(to, one, measure),
            lambda to: policy.may_acknowledge(to, OWNER),
            lambda to: policy.may_comment(to, one),
            lambda to: policy.may_plan(to, one),
            lambda to: policy.may_submit(to, one, AFTER),
            lambda to: policy.may_decide_evaluation(to, one, AFTER),
            lambda to: policy.may_reopen_evaluation(to, one),
            lambda to: policy.may_name_evaluator(to, one),
        )
        for predicate in predicates:
            assert may(predicate, cycle_state="closed", assigned=True) == set()


TO_PERSON = {
    "self": ToPerson(viewer=WHO, own=True),
    "direct": ToPerson(viewer=WHO, manager=True, direct=True),
    "skip-level": ToPerson(viewer=WHO, manager=True),
    "head": ToPerson(viewer=WHO, lead=True, head=True),
    "supervisor": ToPerson(viewer=WHO, lead=True),
    "colleague": ToPerson(viewer=WHO),
    "hr": ToPerson(viewer=HR_VIEWER),
    "hr, own": ToPerson(viewer=HR_VIEWER, own=True),
    "head, own": ToPerson(viewer=WHO, own=True, lead=True, head=True),
    "admin": ToPerson(viewer=ADMIN),
}
OWN = {"self", "hr, own", "head, own"}
ABOVE = {"direct", "skip-level"}


def may_to(predicate: Callable[[ToPerson], bool]) -> set[str]:
    return {name for name, to in TO_PERSON.items() if predicate(to)}


class TestPeople:
    def test_results_are_for_self_managers_and_hr(self) -> None:
        assert may_to(policy.may_see_results) == OWN | ABOVE | {"hr"}

    def test_goals_are_written_assigned_or_suggested(self) -> None:
        assert may_to(lambda to: policy.may_write_own_goal(to, "open")) == OWN
        assert may_to(lambda to: policy.may_assign_goal(to, "open")) == ABOVE | {"head", "supervisor", "hr"}
        assert may_to(lambda to: policy.may_suggest_goal(to, "open")) == set(TO_PERSON) - OWN

    @pytest.mark.parametrize("state", ("reviewing", "closed"))
    def test_no_new_goals_later(self, state: str) -> None:
        for predicate in (policy.may_write_own_goal, policy.may_assign_goal, policy.may_suggest_goal):
            assert may_to(lambda to: predicate(to, state)) == set()  # noqa: B023

    def test_places_in_teams_are_the_heads_and_hrs(self) -> None:
        assert may_to(policy.may_edit_member) == {"head", "hr", "hr, own"}


class TestReviews:
    @pytest.mark.parametrize(
        ("act", "state", "by"),
        (
            ("discuss", "preparation", {"direct"}),
            ("adjust", "discussed", {"hr"}),
            ("sign_as_manager", "discussed", {"direct"}),
            ("sign_as_person", "manager_signed", OWN),
            ("appeal", "manager_signed", OWN),
            ("note_refusal", "manager_signed", {"hr"}),
            ("uphold", "appealed", {"hr"}),
            ("reopen", "appealed", {"hr"}),
        ),
    )
    def test_acts(self, act: str, state: str, by: set[str]) -> None:
        assert may_to(lambda to: policy.may_review(to, act, state, "reviewing")) == by
        assert may_to(lambda to: policy.may_review(to, act, "closed", "reviewing")) == set()
        assert may_to(lambda to: policy.may_review(to, act, state, "open")) == set()
        assert may_to(lambda to: policy.may_review(to, act, state, "closed")) == set()

    def test_words_before_signing(self) -> None:
        assert may_to(lambda to: policy.may_prepare_review(to, "preparation", "open")) == OWN | {"direct"}
        assert may_to(lambda to: policy.may_prepare_review(to, "manager_signed", "reviewing")) == set()


TO_UNIT = {
    "head": ToUnit(viewer=WHO, lead=True, head=True),
    "head above": ToUnit(viewer=WHO, lead=True, head=True, head_above=True),
    "supervisor": ToUnit(viewer=WHO, lead=True),
    "colleague": ToUnit(viewer=WHO),
    "hr": ToUnit(viewer=HR_VIEWER),
    "admin": ToUnit(viewer=ADMIN),
}


class TestUnits:
    def may(self, predicate: Callable[[ToUnit], bool], **option: Any) -> set[str]:
        return {name for name, to in TO_UNIT.items() if predicate(replace(to, **option))}

    def test_its_goals(self) -> None:
        heads = {"head", "head above", "hr"}
        assert self.may(lambda to: policy.may_create_unit_goal(to, "planning")) == heads | {"supervisor"}
        assert self.may(lambda to: policy.may_create_unit_goal(to, "open"), supervisors_edit_goals=False) == heads
        assert self.may(lambda to: policy.may_create_unit_goal(to, "open"), archived=True) == set()
        assert self.may(lambda to: policy.may_create_unit_goal(to, "reviewing")) == set()

    def test_teams_below(self) -> None:
        assert self.may(policy.may_add_team) == {"head", "head above", "hr"}
        assert self.may(policy.may_edit_team) == {"head above", "hr"}

    def test_meetings(self) -> None:
        assert self.may(policy.may_note_meeting) == {"head", "head above", "supervisor", "hr"}


class TestSite:
    def test_hr_and_administrators_are_two(self) -> None:
        assert [policy.may_run_cycles(viewer) for viewer in (WHO, HR_VIEWER, ADMIN)] == [False, True, False]
        assert [policy.may_administer(viewer) for viewer in (WHO, HR_VIEWER, ADMIN)] == [False, False, True]
