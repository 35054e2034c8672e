"""What the coach reads, a goal as far as it is written, and what it says: hints with a code, whose words are in one template."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from goalsite.domain.periods import Span

HINT, REFUSED = "hint", "refused"


@dataclass(frozen=True)
class Past:
    """What a metric did in an earlier cycle: what it began at (None where it was a level or an amount), what it reached, in how many days."""

    start: Fraction | None
    reached: Fraction
    days: int
    cycle: str = ""


@dataclass(frozen=True)
class Sketch:
    """A key result or indicator as far as it is written. Numbers are in its unit; `metric` says one is named, `explained` that it says how it is measured."""

    key: Hashable
    title: str
    span: Span
    direction: str = "increase"
    aggregate: str = "last"
    symbol: str = ""
    decimals: int = 0
    metric: bool = False
    explained: bool = False
    start: Fraction | None = None
    target: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    steps: int = 0
    past: tuple[Past, ...] = ()
    twins: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """It goes up or down to a target."""
        return self.direction in ("increase", "decrease")

    @property
    def is_level(self) -> bool:
        """Its target is a height, not an amount or a way to go."""
        return self.start is None and self.aggregate != "sum"

    @property
    def sign(self) -> int:
        """Which way is better."""
        return -1 if self.direction == "decrease" else 1


@dataclass(frozen=True)
class Around:
    """What is known besides the goal itself; None and empty: not known, or not to be told to this reader.

    owner_goals: how many the owner has in the cycle. results: those of the owner's goals in the two cycles before, the latest first.
    unit_goals, by_head: how many goals the unit has in the cycle, and how many of them its head wrote; unit_people: how many belong to it.
    silent_days: since the last check-in, or the first day; rhythm_days: how often one is due. behind: the attainments of the last two periods
    of a KPI that is behind.
    """

    owner_goals: int | None = None
    results: tuple[tuple[Fraction, ...], ...] = ()
    unit_goals: int = 0
    by_head: int = 0
    unit_people: int = 0
    silent_days: int | None = None
    rhythm_days: int = 7
    behind: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A goal as far as it is written. company: the company's own; supports: it is linked to another goal, or feeds one."""

    kind: str
    title: str
    cycle: Span
    measures: tuple[Sketch, ...] = ()
    ambition: str = "committed"
    company: bool = False
    supports: bool = False
    needs_measures: bool = True
    around: Around = field(default_factory=Around)


@dataclass(frozen=True)
class Hint:
    """One remark. `letter`: of SMART, or empty; `about`: the key result it is about; severity: hint or refused."""

    code: str
    letter: str = ""
    about: Sketch | None = None
    severity: str = HINT
    terms: Mapping[str, object] = field(default_factory=dict)


def about(sketch: Sketch, code: str, letter: str = "", **terms: object) -> Hint:
    """A hint about this key result."""
    return Hint(code, letter, sketch, terms=terms)
