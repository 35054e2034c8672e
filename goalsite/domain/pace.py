"""Pace and status: how far we are against how far time is (rules §5)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

BETTER = {"off_track": 0, "behind": 0, "at_risk": 1, "on_track": 2}


@dataclass(frozen=True)
class Thresholds:
    """The paces from which a status is on track, and at risk; company settings, descending."""

    on_track: Fraction = Fraction(9, 10)
    at_risk: Fraction = Fraction(7, 10)


def pace(progress: Fraction | None, expected: Fraction | None) -> Fraction | None:
    """progress ÷ expected; none where nothing is expected yet or nothing can be calculated."""
    return None if progress is None or not expected else progress / expected


def status(
    progress: Fraction | None,
    expected: Fraction | None,
    *,
    started: bool,
    first_due: date | None,
    may_be_done: bool,
    day: date,
    thresholds: Thresholds,
) -> str:
    """The first that fits: not_started (no check-in, and the first due day not past), done (progress ≥ 1, once it may be), on_track, at_risk, behind
    (also what cannot be calculated). Where nothing is expected yet it is on track."""
    if not started and (first_due is None or day <= first_due):
        return "not_started"
    if progress is None:
        return "behind"
    if progress >= 1 and may_be_done:
        return "done"
    if not expected:
        return "on_track"
    ratio = progress / expected
    return "on_track" if ratio >= thresholds.on_track else "at_risk" if ratio >= thresholds.at_risk else "behind"


def says_better(confidence: str, status: str) -> bool:
    """The owner's call is better than the status the numbers give."""
    return status in BETTER and BETTER[confidence] > BETTER[status]
