"""Who may see and do what with people, their results and reviews, units, cycles and the site itself (rules §7, §8)."""

from collections import Counter
from collections.abc import Iterable, Mapping

from goalsite.domain import states
from goalsite.domain.relations import DIRECT_MANAGER, HR, LEAD, MANAGER, SELF, ToPerson, ToUnit, Viewer
from goalsite.domain.states import CYCLE_ALLOWS, REVIEW
from goalsite.models import Person
from goalsite.policy.goals import RESULT_READERS

FEWEST_UNSEEN = 3

# A past day of so many goals takes seconds; that of a large company takes minutes.
MOST_WORKED_OUT = 3000

REVIEWERS: Mapping[str, frozenset[str]] = {
    "discuss": frozenset({DIRECT_MANAGER}),
    "adjust": frozenset({HR}),
    "sign_as_manager": frozenset({DIRECT_MANAGER}),
    "sign_as_person": frozenset({SELF}),
    "appeal": frozenset({SELF}),
    "note_refusal": frozenset({HR}),
    "uphold": frozenset({HR}),
    "reopen": frozenset({HR}),
}


# --- The site ---------------------------------------------------------------------------------------------------------


def may_work_out_everything(viewer: Viewer) -> bool:
    """Have more than MOST_WORKED_OUT goals worked out anew, for a page of a past day or for a file: HR."""
    return viewer.is_hr


def may_run_cycles(viewer: Viewer) -> bool:
    """Move a cycle, write metrics and position sets, people and units (§8)."""
    return viewer.is_hr


def may_administer(viewer: Viewer) -> bool:
    """Settings, accounts, roles (§8)."""
    return viewer.is_admin


def may_load_workbook(viewer: Viewer) -> bool:
    """Load and take out the company workbook on screen: HR. What of it only an administrator may, `exchange.screen` says row by row."""
    return viewer.is_hr


def may_write_people(viewer: Viewer) -> bool:
    """Make accounts and keep what is known of people: HR and administrators; roles are an administrator's to give (§8)."""
    return viewer.is_hr or viewer.is_admin


def may_write_account(viewer: Viewer, person: Person) -> bool:
    """Send a link for a new password, close or open the account: that of an administrator only another one."""
    return viewer.is_admin or (viewer.is_hr and not person.is_admin)


def may_hand_over(viewer: Viewer, person: Person) -> bool:
    """Hand the goals of somebody over to others: HR, never their own."""
    return viewer.is_hr and viewer.id != person.id


# --- Results ---------------------------------------------------------------------------------------------------------


def may_see_results(to: ToPerson) -> bool:
    """A person's results, reviews, and their history: self, managers, HR (§8)."""
    return bool(to.columns & RESULT_READERS)


def hidden_means(units: Iterable[tuple[int, int | None, int]]) -> frozenset[int]:
    """The units of whose people's results the viewer may not have the mean.

    units: each with the one above it, and how many of the people at home in it itself have results the viewer may not see; those below before
    those above. A mean, less the means shown below it and the results that may be seen, tells the sum of the unseen people who remain. Where these
    are one or two it is hidden, and they are among those who remain of the unit above. So nobody remains in two means that are shown, and whatever
    is added up and taken away from these, it holds all who remain of one of them or nobody: never one or two people.
    """
    remain: Counter[int | None] = Counter()
    hidden = set()
    for unit, above, unseen in units:
        remain[unit] += unseen
        if 0 < remain[unit] < FEWEST_UNSEEN:
            hidden.add(unit)
            remain[above] += remain[unit]
    return frozenset(hidden)


def may_remind(to: ToPerson) -> bool:
    """Remind somebody of the check-ins they owe: their managers, leads of their unit, HR; nobody themselves."""
    return bool(to.deciding & {MANAGER, LEAD, HR})


# --- Reviews ----------------------------------------------------------------------------------------------------------


def may_prepare_review(to: ToPerson, review_state: str, cycle_state: str) -> bool:
    """Write one's words in a review before it is signed: the person theirs, the direct manager theirs."""
    unsigned = review_state in ("preparation", "discussed")
    return CYCLE_ALLOWS[cycle_state].words and unsigned and bool(to.deciding & {SELF, DIRECT_MANAGER})


def may_have_part_in_review(to: ToPerson, act: str) -> bool:
    """Whether `act` of states.REVIEW is theirs to do at all; `may_review` says whether it can be done now."""
    return bool(to.deciding & REVIEWERS.get(act, frozenset()))


def may_review(to: ToPerson, act: str, review_state: str, cycle_state: str) -> bool:
    """Whether the viewer may do `act` of states.REVIEW now: discuss, adjust, sign_as_manager, sign_as_person, appeal,
    note_refusal, uphold, reopen. HR never on their own."""
    can = CYCLE_ALLOWS[cycle_state].signing and act in states.possible(REVIEW, review_state)
    return can and bool(to.deciding & REVIEWERS.get(act, frozenset()))


# --- Organisation -----------------------------------------------------------------------------------------------------


def may_add_team(to: ToUnit) -> bool:
    """Make a team below the unit: HR, and the head of it or of one above."""
    return to.viewer.is_hr or to.head


def may_edit_team(to: ToUnit, kind: str = "team") -> bool:
    """Change or archive a unit: HR; of teams, also the head of a unit above."""
    return to.viewer.is_hr or (kind == "team" and to.head_above)


def may_edit_member(to: ToPerson) -> bool:
    """Change a person's place in the teams: HR, and the head of a unit they are in or one above, for others only."""
    return to.viewer.is_hr or (to.head and not to.own)


def may_see_meeting(to: ToUnit, unit_id: int) -> bool:
    """A unit's meeting page with its notes: those who belong to it or to a unit below, its leads, HR."""
    return to.lead or to.viewer.is_hr or unit_id in to.viewer.above


def may_note_meeting(to: ToUnit) -> bool:
    """Write what a unit's meeting noted: its leads and HR."""
    return to.viewer.is_hr or to.lead
