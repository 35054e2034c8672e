"""What somebody who looks is to a goal, a person or a unit: the columns of the table of rights (rules §8)."""

from dataclasses import dataclass, field

# The table's columns, and narrower ones that it names in its rows.
SELF, MANAGER, LEAD, HR = "self", "manager", "lead", "hr"
ASSIGNEE, EVALUATOR, DIRECT_MANAGER, CREATOR = "assignee", "evaluator", "direct_manager", "creator"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `heads`, `supervises`: the units they head or supervise, without those below. `units`: home unit and
    teams; `above`: those and all above them. `only_reads`: they look at a past day, and nothing can be done there."""

    id: int
    is_hr: bool = False
    is_admin: bool = False
    heads: frozenset[int] = field(default_factory=frozenset)
    supervises: frozenset[int] = field(default_factory=frozenset)
    units: frozenset[int] = field(default_factory=frozenset)
    above: frozenset[int] = field(default_factory=frozenset)
    only_reads: bool = False

    @property
    def leads(self) -> frozenset[int]:
        return self.heads | self.supervises


@dataclass(frozen=True, slots=True, kw_only=True)
class ToGoal:
    """What the viewer is to a goal, and what its unit and cycle say.

    `manager`: anywhere up the owner's chain. `lead`: head or supervisor of the goal's unit or one above; `head`: as its
    head. `inside`: in the goal's unit, one above or below, or in a unit named on it. `assignee`: of any of its measures.
    `assigned`: whoever made it could assign it to the owner, and did not merely suggest it.
    """

    viewer: Viewer
    own: bool = False
    manager: bool = False
    lead: bool = False
    head: bool = False
    inside: bool = False
    follower: bool = False
    assignee: bool = False
    evaluator: bool = False
    assigned: bool = False
    cycle_state: str = "open"
    goals_need_approval: bool = False
    owners_edit_goals: bool = True
    owners_edit_measures: bool = True
    supervisors_edit_goals: bool = True
    evaluation_visibility: str = "restricted"

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the table the viewer stands in. For seeing they add up."""
        held = {
            SELF: self.own,
            MANAGER: self.manager,
            LEAD: self.lead,
            EVALUATOR: self.evaluator,
            ASSIGNEE: self.assignee,
            HR: self.viewer.is_hr,
        }
        return frozenset(column for column, holds in held.items() if holds)

    @property
    def deciding(self) -> frozenset[str]:
        """For deciding the owner is only that."""
        return frozenset({SELF}) if self.own else self.columns

    @property
    def writing(self) -> frozenset[str]:
        """As deciding, but a supervisor counts only where the unit lets supervisors edit goals."""
        kept = self.head or self.supervisors_edit_goals
        return self.deciding if kept else self.deciding - {LEAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPerson:
    """What the viewer is to a person. `direct`: their manager in force. `lead`, `head`: of a unit they are in or one
    above."""

    viewer: Viewer
    own: bool = False
    manager: bool = False
    direct: bool = False
    lead: bool = False
    head: bool = False

    @property
    def columns(self) -> frozenset[str]:
        held = {
            SELF: self.own,
            MANAGER: self.manager,
            DIRECT_MANAGER: self.direct,
            LEAD: self.lead,
            HR: self.viewer.is_hr,
        }
        return frozenset(column for column, holds in held.items() if holds)

    @property
    def deciding(self) -> frozenset[str]:
        return frozenset({SELF}) if self.own else self.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ToUnit:
    """What the viewer is to a unit. `lead`, `head`: of it or one above; `head_above`: of one above."""

    viewer: Viewer
    lead: bool = False
    head: bool = False
    head_above: bool = False
    archived: bool = False
    supervisors_edit_goals: bool = True
