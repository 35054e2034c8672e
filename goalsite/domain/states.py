"""State machines as tables that are read, and what each state of a cycle allows (rules §7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ASSIGNEE, HR, LEAD, MANAGER, SELF


@dataclass(frozen=True, slots=True)
class Move:
    """Where an act leads. `reason`: it must be given in words. `when`: a fact that must hold, see `goal_facts`."""

    to: str
    reason: bool = False
    when: str = ""


Machine = Mapping[tuple[str, str], Move]

CYCLE: Machine = {
    ("planning", "open"): Move("open"),
    ("open", "review"): Move("reviewing"),
    ("reviewing", "close"): Move("closed"),
    ("closed", "reopen"): Move("reviewing", reason=True),
}

GOAL: Machine = {
    ("suggested", "accept"): Move("draft"),
    ("suggested", "receive"): Move("active", when="assigned"),
    ("suggested", "return"): Move("returned", reason=True),
    ("suggested", "cancel"): Move("cancelled", reason=True),
    ("returned", "suggest_again"): Move("suggested"),
    ("returned", "cancel"): Move("cancelled", reason=True),
    ("draft", "activate"): Move("active", when="approval_not_needed"),
    ("draft", "propose"): Move("proposed", when="approval_needed"),
    ("draft", "cancel"): Move("cancelled", reason=True),
    ("proposed", "approve"): Move("active"),
    ("proposed", "return"): Move("draft", reason=True),
    ("proposed", "cancel"): Move("cancelled", reason=True),
    ("active", "cancel"): Move("cancelled", reason=True),
    ("active", "close"): Move("closed", when="evaluated"),
    ("active", "close_with_cycle"): Move("closed"),
    ("active", "hand_over"): Move("closed"),
}

# A goal's `evaluation` is the last step of its log; empty before the first.
EVALUATION: Machine = {
    ("", "submit"): Move("submitted"),
    ("returned", "submit"): Move("submitted"),
    ("reopened", "submit"): Move("submitted"),
    ("submitted", "approve"): Move("approved"),
    ("submitted", "return"): Move("returned", reason=True),
    ("approved", "reopen"): Move("reopened", reason=True),
}

# `void`: an evaluation was reopened, the signatures no longer stand. An appeal has no `close`: the cycle waits for it.
REVIEW: Machine = {
    ("preparation", "discuss"): Move("discussed"),
    ("preparation", "close"): Move("closed"),
    ("discussed", "adjust"): Move("discussed", reason=True),
    ("discussed", "sign_as_manager"): Move("manager_signed"),
    ("discussed", "close"): Move("closed"),
    ("manager_signed", "sign_as_person"): Move("person_signed"),
    ("manager_signed", "appeal"): Move("appealed", reason=True),
    ("manager_signed", "note_refusal"): Move("closed", reason=True),
    ("manager_signed", "close"): Move("closed"),
    ("manager_signed", "void"): Move("discussed"),
    ("person_signed", "close"): Move("closed"),
    ("person_signed", "void"): Move("discussed"),
    ("appealed", "uphold"): Move("person_signed", reason=True),
    ("appealed", "reopen"): Move("discussed", reason=True),
    ("appealed", "void"): Move("discussed"),
    ("closed", "void"): Move("discussed"),
}

CHECK_IN: Machine = {
    ("entered", "acknowledge"): Move("acknowledged"),
    ("entered", "replace"): Move("replaced"),
    ("acknowledged", "replace"): Move("replaced"),
}

PROPOSAL: Machine = {
    ("open", "apply"): Move("applied"),
    ("open", "return"): Move("returned", reason=True),
}


def move(machine: Machine, state: str, act: str, reason: str = "", facts: Collection[str] = ()) -> str:
    """The state `act` leads to from `state`. Raises RuleError move_not_possible or reason_missing."""
    found = machine.get((state, act))
    if found is None or (found.when and found.when not in facts):
        raise RuleError("move_not_possible", act=act, state=state)
    if found.reason and not reason.strip():
        raise RuleError("reason_missing", "reason", act=act)
    return found.to


def possible(machine: Machine, state: str, facts: Collection[str] = ()) -> dict[str, Move]:
    """The acts that lead on from `state`, where `facts` hold, in the order of the table."""
    return {
        act: found
        for (source, act), found in machine.items()
        if source == state and (not found.when or found.when in facts)
    }


def goal_facts(*, needs_approval: bool, assigned: bool = False, evaluated: bool = False) -> frozenset[str]:
    """What GOAL asks about: the cycle wants goals approved, the creator could assign it, its evaluation is approved."""
    facts = {"approval_needed" if needs_approval else "approval_not_needed"}
    if assigned:
        facts.add("assigned")
    if evaluated:
        facts.add("evaluated")
    return frozenset(facts)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a cycle's state lets happen to its goals. It narrows the table of rights (§8), and widens nothing.

    `writing`: goals are written, accepted, made active, handed over. `moving`: the states of the goals whose numbers
    may still move; `check_in`, `change`: by whom. `evaluation`: "never", "after" a goal's own dates, or "always".
    `words`: reviews are prepared; `signing`: signed. `talking`: comments, acknowledgements, plans, what HR mends.
    """

    writing: bool = False
    moving: tuple[str, ...] = ()
    check_in: frozenset[str] = field(default_factory=frozenset)
    change: frozenset[str] = field(default_factory=frozenset)
    evaluation: str = "never"
    words: bool = False
    signing: bool = False
    talking: bool = False


_ANYBODY = frozenset({SELF, ASSIGNEE, MANAGER, LEAD, HR})

CYCLE_ALLOWS: Mapping[str, Allowed] = {
    "planning": Allowed(writing=True, moving=("active",), change=_ANYBODY, talking=True),
    "open": Allowed(
        writing=True,
        moving=("active",),
        check_in=_ANYBODY,
        change=_ANYBODY,
        evaluation="after",
        words=True,
        talking=True,
    ),
    # Late check-ins and corrections also reach goals closed early: by their evaluator, or handed over.
    "reviewing": Allowed(
        moving=("active", "closed"),
        check_in=frozenset({MANAGER}),
        change=frozenset({HR}),
        evaluation="always",
        words=True,
        signing=True,
        talking=True,
    ),
    "closed": Allowed(),
}
