"""How values read in each language, and how what people type is read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from goalsite import formats
from goalsite.domain.errors import RuleError
from goalsite.formats import parse_number

SPACE = "\u00a0"


@pytest.fixture(autouse=True, scope="module")
def context() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh")
    with app.test_request_context():
        yield


class TestPercent:
    @pytest.mark.parametrize(
        ("fraction", "digits", "vi", "en"),
        (
            (Fraction(644, 1000), 1, "64,4 %", "64.4 %"),
            (Fraction(644, 1000), 0, "64 %", "64 %"),
            (Decimal("0.645"), 0, "65 %", "65 %"),
            (Decimal("0.0005"), 1, "0,1 %", "0.1 %"),
            (Fraction(-1, 200), 0, "-1 %", "-1 %"),
            (Fraction(12), 0, "1.200 %", "1,200 %"),
            (Fraction(1, 3), 2, "33,33 %", "33.33 %"),
            (0, 1, "0,0 %", "0.0 %"),
            (None, 0, "–", "–"),
        ),
    )
    def test_reads_in_both_languages(self, fraction: Fraction | None, digits: int, vi: str, en: str) -> None:
        assert formats.percent(fraction, digits) == vi.replace(" ", SPACE)
        with force_locale("en"):
            assert formats.percent(fraction, digits) == en.replace(" ", SPACE)


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "decimals", "symbol", "vi", "en"),
        (
            (1_000_000, None, "₫", "1.000.000 ₫", "1,000,000 ₫"),
            (Decimal("6.40"), None, "%", "6,4 %", "6.4 %"),
            (Decimal("6.4"), 2, "", "6,40", "6.40"),
            (Decimal("2.5"), 0, "", "3", "3"),
            (Decimal("-2.5"), 0, "", "-3", "-3"),
            (Decimal("-0.4"), 0, "", "0", "0"),
            (Decimal("900000000000000.9999"), None, "", "900.000.000.000.000,9999", "900,000,000,000,000.9999"),
            (None, 2, "₫", "–", "–"),
        ),
    )
    def test_reads_in_both_languages(
        self, value: Decimal | None, decimals: int | None, symbol: str, vi: str, en: str
    ) -> None:
        assert formats.number(value, decimals, symbol) == vi.replace(" ", SPACE)
        with force_locale("en"):
            assert formats.number(value, decimals, symbol) == en.replace(" ", SPACE)


def test_a_template_writes_a_fixed_number_as_each_reader_does() -> None:
    app = Flask(__name__)
    Babel(app, default_locale="vi")
    formats.init_app(app)
    with app.test_request_context():
        template = app.jinja_env.from_string("{{ 0.7|number(1) }}")
        assert template.render() == "0,7"
        with force_locale("en"):
            assert template.render() == "0.7"


class TestCompact:
    @pytest.mark.parametrize(
        ("value", "vi", "en"),
        (
            (10**10, "10 tỷ", "10 billion"),
            (Decimal("1540000000"), "1,5 tỷ", "1.5 billion"),
            (999_999, "1 triệu", "1 million"),
            (Decimal("12.55"), "12,6", "12.6"),
            (-1500, "-1,5 nghìn", "-1.5 thousand"),
            (0, "0", "0"),
            (None, "–", "–"),
        ),
    )
    def test_reads_in_both_languages(self, value: Decimal | None, vi: str, en: str) -> None:
        assert formats.compact(value).replace(SPACE, " ") == vi
        with force_locale("en"):
            assert formats.compact(value).replace(SPACE, " ") == en


class TestDays:
    def test_a_day_is_a_day(self) -> None:
        assert (formats.day(date(2026, 3, 5)), formats.daymonth(date(2026, 3, 5)), formats.day(None)) == (
            "05/03/2026",
            "05/03",
            "–",
        )

    def test_a_moment_is_the_readers(self) -> None:
        late = datetime(2026, 3, 5, 20, 30, tzinfo=UTC)
        assert (formats.day(late), formats.clock(late), formats.moment(late)) == (
            "06/03/2026",
            "03:30",
            "06/03/2026 03:30",
        )

    @pytest.mark.parametrize(
        ("passed", "words"),
        ((timedelta(days=3), "3 ngày trước"), (timedelta(0), "1 giây trước"), (timedelta(days=60), "01/01/2026")),
    )
    def test_ago(self, passed: timedelta, words: str) -> None:
        now = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
        assert formats.ago(now - passed, now) == words


class TestPlain:
    def test_terms_of_messages(self) -> None:
        terms = (Decimal("1000.5"), Fraction(1, 2), date(2026, 3, 5), "x", ["a", 1000], 7, True)
        assert [formats.plain(term) for term in terms] == ["1.000,5", "0,5", "05/03/2026", "x", "a, 1.000", "7", "True"]


class TestParseNumber:
    @pytest.mark.parametrize(
        ("text", "locale", "value"),
        (
            ("1.000.000", "vi", "1000000"),
            ("6,4", "vi", "6.4"),
            (" 1.000,25 ", "vi", "1000.25"),
            ("1.125", "vi", "1125"),
            ("0,125", "vi", "0.125"),
            ("-5", "vi", "-5"),
            ("−5,5", "vi", "-5.5"),
            ("+7", "vi", "7"),
            ("007", "vi", "7"),
            ("1,000,000", "en", "1000000"),
            ("6.4", "en", "6.4"),
            ("1,125", "en", "1125"),
            ("0.1250", "en", "0.125"),
            ("900000000000000", "en", "900000000000000"),
        ),
    )
    def test_what_that_reader_writes(self, text: str, locale: str, value: str) -> None:
        assert parse_number(text, locale) == Decimal(value)

    @pytest.mark.parametrize(
        ("text", "locale", "right"),
        (
            ("6.4", "vi", "6,4"),
            ("0.125", "vi", "0,125"),
            ("1,000,000", "vi", "1.000.000"),
            ("1,500", "vi", "1.500"),
            ("6,4", "en", "6.4"),
            ("1.500", "en", "1,500"),
            ("1.000.000", "en", "1,000,000"),
        ),
    )
    def test_the_other_languages_way_is_refused_with_the_right_one(self, text: str, locale: str, right: str) -> None:
        with pytest.raises(RuleError) as refused:
            parse_number(text, locale)
        assert (refused.value.code, refused.value.terms["right"]) == ("number_other_style", right)

    @pytest.mark.parametrize("locale", ("vi", "en"))
    @pytest.mark.parametrize(
        "text",
        (
            "", " ", "abc", "NaN", "nan", "sNaN", "Infinity", "-inf", "∞", "1e400", "1E5", "1e-5", "1_000", "0x10", "1.2.3.4", "1,2,3", "1.0.00",
            "12 34", "5\x00", "\x005", "٣", "१२", "５", "½", "²", "5%", "--5", "+-5", "5-", ".", ",", "-", ".5", "5.", "1..5", "1,,5", "1.00.000", "1.0000.000",
            "1" * 41, "1" * 100_000, "\ud800", "=1+1", "5;6", "𝟝",
        ),
    )  # fmt: skip
    def test_what_is_no_number_is_refused(self, text: str, locale: str) -> None:
        with pytest.raises(RuleError) as refused:
            parse_number(text, locale)
        assert refused.value.code == "number_unreadable"
        assert len(str(refused.value.terms["text"])) <= 40

    @pytest.mark.parametrize(
        ("text", "code"),
        (
            (str(2**63), "number_too_large"),
            ("-900000000000001", "number_too_large"),
            ("1,00001", "number_decimals"),
            ("0,12345", "number_decimals"),
        ),
    )
    def test_what_does_not_fit_is_refused(self, text: str, code: str) -> None:
        with pytest.raises(RuleError) as refused:
            parse_number(text, "vi")
        assert refused.value.code == code

    def test_fewer_decimals_where_the_field_says_so(self) -> None:
        with pytest.raises(RuleError, match="number_decimals"):
            parse_number("1,25", "vi", decimals=1)

    @given(st.decimals(-9 * 10**14, 9 * 10**14, places=4), st.sampled_from(("vi", "en")))
    def test_what_is_shown_can_be_typed(self, value: Decimal, locale: str) -> None:
        with force_locale(locale):
            assert parse_number(formats.number(value), locale) == value
