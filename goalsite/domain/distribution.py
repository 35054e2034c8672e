"""How results are spread: by rating band, in steps of ten percent, and a longer cycle beside the mean of those within it (rules §6)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from goalsite.domain.goals import weighted_mean
from goalsite.domain.results import rate
from goalsite.domain.rounding import half_up

TENTHS = 10


def by_band(totals: Iterable[Fraction], bands: Sequence[tuple[str, Fraction]]) -> list[tuple[str, int]]:
    """How many totals lie in each band, the highest first; each as shown, as for a rating."""
    counts = Counter(rate(total, bands) for total in totals)
    return [(name, counts[name]) for name, _ in bands]


def by_step(totals: Iterable[Fraction]) -> list[tuple[Fraction, int]]:
    """How many totals, as shown, begin at each tenth: (0, n), (0.1, n)… up to the highest, and to 100 % at least; what lies below 0 counts at 0."""
    counts = Counter(max(int(half_up(total, 3) * TENTHS // 1), 0) for total in totals)
    last = max([TENTHS, *counts])
    return [(Fraction(step, TENTHS), counts[step]) for step in range(last + 1)]


def mean_by_length(parts: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    """The mean of the totals of cycles, each by its days; those without a total are left out, and None is the mean of nothing."""
    return weighted_mean((Fraction(days), total) for days, total in parts if total is not None)
