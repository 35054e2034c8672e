"""A year cut into cycles, and what the days of a cycle must satisfy."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.cycles import PATTERNS, faults, plan
from goalsite.domain.periods import Span

YEAR = ("Năm 2026", Span(date(2026, 1, 1), date(2026, 12, 31)))


class TestPlan:
    def test_a_year_with_its_quarters(self) -> None:
        made = plan("quarters", 2026, 1)
        assert [(one.code, one.span.first, one.span.last, one.parent) for one in made] == [
            ("2026", date(2026, 1, 1), date(2026, 12, 31), ""),
            ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2026"),
            ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), "2026"),
            ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "2026"),
            ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026"),
        ]

    def test_a_fiscal_year_begins_in_its_month(self) -> None:
        year, first, *_rest, last = plan("quarters", 2026, 4)
        assert (year.span.first, year.span.last) == (date(2026, 4, 1), date(2027, 3, 31))
        assert (first.span.last, last.span.first) == (date(2026, 6, 30), date(2027, 1, 1))

    def test_months_lie_in_their_quarters(self) -> None:
        parents = {one.code: one.parent for one in plan("quarters_months", 2026, 1)}
        assert len(parents) == 17
        assert (parents["2026-M03"], parents["2026-M04"], parents["2026-Q4"]) == ("2026-Q1", "2026-Q2", "2026")

    @given(st.sampled_from(sorted(PATTERNS)), st.integers(1990, 2200), st.integers(1, 12))
    def test_each_kind_covers_the_year_without_gap(self, pattern: str, year: int, month: int) -> None:
        whole, *rest = plan(pattern, year, month)
        for kind in {one.kind for one in rest}:
            spans = [one.span for one in rest if one.kind == kind]
            assert (spans[0].first, spans[-1].last) == (whole.span.first, whole.span.last)
            assert all(a.last + timedelta(days=1) == b.first for a, b in zip(spans, spans[1:], strict=False))
        assert len({one.code for one in (whole, *rest)}) == len(rest) + 1


class TestFaults:
    @pytest.mark.parametrize(
        ("first", "last", "deadlines", "code"),
        [
            (date(2026, 4, 1), date(2026, 3, 31), {}, "dates_reversed"),
            (date(2025, 12, 31), date(2026, 3, 31), {}, "span_outside"),
            (date(2026, 10, 1), date(2027, 1, 1), {}, "span_outside"),
            (date(2026, 1, 1), date(2026, 3, 31), {"mid_review_on": date(2026, 4, 1)}, "mid_review_outside"),
            (date(2026, 1, 1), date(2026, 3, 31), {"evaluate_by": date(2025, 4, 1)}, "deadline_before_cycle"),
            (
                date(2026, 1, 1),
                date(2026, 3, 31),
                {"evaluate_by": date(2026, 4, 10), "review_by": date(2026, 4, 1)},
                "review_before_evaluation",
            ),
        ],
    )
    def test_refused(self, first: date, last: date, deadlines: dict[str, date | None], code: str) -> None:
        assert [fault.code for fault in faults(Span(first, last), YEAR, deadlines)] == [code]

    def test_fits(self) -> None:
        days: dict[str, date | None] = {
            "mid_review_on": date(2026, 2, 15),
            "evaluate_by": date(2026, 4, 10),
            "review_by": date(2026, 4, 20),
        }
        assert faults(Span(date(2026, 1, 1), date(2026, 3, 31)), YEAR, days) == []
