"""Where the goals of a page of the goals' report would end at today's pace (rules §5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from goalsite.domain.forecast import Forecast, forecast
from goalsite.domain.periods import Span
from goalsite.domain.relations import Viewer
from goalsite.queries import report_goals
from goalsite.queries.report_people import Question
from goalsite.queries.reports import GoalLine
from goalsite.queries.supporters import points_of

ONE = Fraction(1)
MOST_DRAWN = 500


@dataclass(frozen=True)
class Line:
    """A goal, how it stands, and where it would end."""

    line: GoalLine
    forecast: Forecast


@dataclass(frozen=True)
class Forecasts:
    """One page, and how many goals there are in all."""

    lines: list[Line]
    in_all: int
    every: Sequence[Forecast] | None = None


def page_of(
    viewer: Viewer, asked: Question, sort: str, *, down: bool, page: int, at_once: int = report_goals.AT_ONCE
) -> Forecasts:
    """The page of the goals' report with each goal's forecast, and `every` goal's where they are no more than are drawn. Six queries."""
    in_all = report_goals.count_of(viewer, asked)
    if in_all > MOST_DRAWN:
        found = report_goals.page_of(viewer, asked, sort, down=down, page=page, at_once=at_once)
        return Forecasts(_told(asked, found.lines), in_all)
    whole = report_goals.page_of(viewer, asked, sort, down=down, page=1, at_once=MOST_DRAWN)
    lines = _told(asked, whole.lines)
    return Forecasts(lines[(page - 1) * at_once : page * at_once], in_all, [one.forecast for one in lines])


def all_of(viewer: Viewer, asked: Question) -> Iterator[Line]:
    """The whole by the goals' codes, worked out slice by slice. RuleError as `allow_file`."""
    for lines in report_goals.slices_of(viewer, asked):
        yield from _told(asked, lines)


def _told(asked: Question, found: Sequence[report_goals.Line]) -> list[Line]:
    points = points_of([one.line.goal.id for one in found])
    lines = []
    for one in found:
        goal, standing = one.line.goal, one.line.standing
        cap = Fraction(asked.cycle.kpi_cap) if goal.kind == "kpi" else ONE
        span = Span(goal.starts_on, goal.due_on)
        told = forecast(points.get(goal.id, []), standing.progress, standing.expected, span, asked.day, cap=cap)
        lines.append(Line(one.line, told))
    return lines
