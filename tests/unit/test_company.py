"""The company's settings, read and checked."""

from datetime import UTC, datetime, time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.company import DEFAULTS, Company, read_company
from goalsite.domain.errors import RuleError
from goalsite.domain.results import rate
from tests.unit.measures import on


def refusal(**given: str) -> tuple[str, str]:
    with pytest.raises(RuleError) as refused:
        read_company(given)
    return refused.value.code, refused.value.field


class TestDefaults:
    def test_nothing_said_gives_the_defaults(self) -> None:
        assert read_company({}) == Company()
        assert read_company(DEFAULTS) == Company()
        assert read_company(dict.fromkeys(DEFAULTS, "")) == Company()

    def test_they_are_those_of_the_rules(self) -> None:
        usual = read_company({})
        assert (usual.thresholds.on_track, usual.thresholds.at_risk) == (Fraction(9, 10), Fraction(7, 10))
        assert usual.calendar.workdays == {0, 1, 2, 3, 4}
        assert usual.max_adjust == Fraction(1, 10)
        assert [(name, float(least)) for name, least in usual.bands] == [
            ("excellent", 1.0),
            ("good", 0.85),
            ("fair", 0.7),
            ("average", 0.5),
            ("poor", 0.0),
        ]


class TestReading:
    def test_work_days_and_holidays(self) -> None:
        company = read_company({"workdays": "Monday; saturday", "holidays": "2026-01-03;2026-04-30"})
        assert company.calendar.works(on("2026-01-10"))
        assert not company.calendar.works(on("2026-01-03"))
        assert not company.calendar.works(on("2026-01-06"))

    @pytest.mark.parametrize("text", ("0.8", "0,8", " 0.8 "))
    def test_a_fraction_is_read_with_either_mark(self, text: str) -> None:
        assert read_company({"on_track": text}).thresholds.on_track == Fraction(8, 10)

    @pytest.mark.parametrize("last", ("", ";poor:0"))
    def test_bands(self, last: str) -> None:
        company = read_company({"rating_bands": f"excellent:0.95;good:0.8;fair:0.6;average:0.4{last}"})
        assert rate(Fraction(95, 100), company.bands) == "excellent"
        assert rate(Fraction(39, 100), company.bands) == "poor"

    @pytest.mark.parametrize(
        ("key", "value"),
        (
            ("time_zone", "Mars/Base"),
            ("time_zone", "../etc/passwd"),
            ("locale", "xx"),
            ("workdays", "someday"),
            ("workdays", ";"),
            ("holidays", "2026-02-30"),
            ("on_track", "much"),
            ("on_track", "nan"),
            ("on_track", "inf"),
            ("max_adjust", "-0.1"),
            ("fiscal_start_month", "0"),
            ("fiscal_start_month", "13"),
            ("fiscal_start_month", "one"),
            ("rating_bands", "excellent:1"),
            ("rating_bands", "excellent:0.5;good:0.85;fair:0.7;average:0.9"),
            ("rating_bands", "great:1;good:0.85;fair:0.7;average:0.5"),
        ),
    )
    def test_a_wrong_one_is_told_at_its_key(self, key: str, value: str) -> None:
        assert refusal(**{key: value}) == ("setting_wrong", key)

    @pytest.mark.parametrize(("on_track", "at_risk"), (("0.7", "0.9"), ("0.8", "0.8"), ("0.6", "")))
    def test_the_thresholds_must_descend(self, on_track: str, at_risk: str) -> None:
        assert refusal(on_track=on_track, at_risk=at_risk) == ("thresholds_not_descending", "at_risk")

    def test_an_unknown_key_is_told(self) -> None:
        assert refusal(colour="red") == ("setting_unknown", "colour")

    @given(
        st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.text() | st.from_regex(r"[a-z0-9:;,.-]*", fullmatch=True))
    )
    def test_no_text_makes_it_fail_in_any_other_way(self, given: dict[str, str]) -> None:
        try:
            read_company(given)
        except RuleError as refused:
            assert refused.field in DEFAULTS


class TestToday:
    def test_it_is_the_day_in_the_companys_zone(self) -> None:
        company = Company(time_zone="Asia/Ho_Chi_Minh")
        assert company.today(datetime(2026, 1, 1, 16, 59, tzinfo=UTC)) == on("2026-01-01")
        assert company.today(datetime(2026, 1, 1, 17, 0, tzinfo=UTC)) == on("2026-01-02")

    def test_a_day_ends_where_the_next_begins(self) -> None:
        company = Company(time_zone="Asia/Ho_Chi_Minh")
        assert company.end_of(on("2026-01-01")) == datetime(2026, 1, 1, 17, 0, tzinfo=UTC)
        assert company.moment(on("2026-01-01"), time(17)) == datetime(2026, 1, 1, 10, 0, tzinfo=UTC)
