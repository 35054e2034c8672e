"""Cells: every number, date and word is read in one way or refused, and reads back as it was written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goalsite.domain.errors import RuleError
from goalsite.exchange import cells, numbers
from goalsite.exchange.columns import Column
from goalsite.exchange.files import bare, inert
from goalsite.exchange.sheets import SHEETS
from goalsite.messages import MESSAGES

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
kept = st.decimals(min_value=-900000000000000, max_value=900000000000000, places=4, allow_nan=False)


def code_of(column: Column, raw: object) -> str:
    with pytest.raises(RuleError) as caught:
        cells.read(column, raw, HANOI)
    assert caught.value.code in MESSAGES
    return caught.value.code


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "number"),
        (
            ("1.000.000", "1000000"),
            ("1,000,000", "1000000"),
            ("1000000", "1000000"),
            ("1 000 000", "1000000"),
            ("1 000,5", "1000.5"),
            ("6,4", "6.4"),
            ("6.4", "6.4"),
            ("-6,4", "-6.4"),
            ("−6.4", "-6.4"),
            ("+7", "7"),
            ("1.234.567,8", "1234567.8"),
            ("1,234,567.8", "1234567.8"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1.234,567", "1234.567"),
            ("1.1250", "1.125"),
            ("1234.567", "1234.567"),
            ("0.125", "0.125"),
            ("0,125", "0.125"),
            (" 12 ", "12"),
            ("900000000000000", "900000000000000"),
            ("899999999999999.9999", "899999999999999.9999"),
        ),
    )
    def test_one_way_to_read(self, text: str, number: str) -> None:
        assert numbers.read(text) == Decimal(number)

    @pytest.mark.parametrize("text", ("1.234", "1,234", "-1.234", "12.345", "123,456", "1.000"))
    def test_two_ways_to_read(self, text: str) -> None:
        assert code_of(Column("target", "number"), text) == "number_two_ways"

    @pytest.mark.parametrize(
        ("text", "code"),
        (
            ("NaN", "number_not_finite"),
            ("-Infinity", "number_not_finite"),
            ("inf", "number_not_finite"),
            (str(2**63), "number_too_large"),
            ("900000000000000.0001", "number_too_large"),
            ("1" + "0" * 400, "number_too_large"),
            ("0.00001", "number_decimals"),
            ("1,23456", "number_decimals"),
            ("1e3", "number_unreadable"),
            ("1e400", "number_unreadable"),
            ("1_000", "number_unreadable"),
            ("١٢٣", "number_unreadable"),
            ("1.23.4", "number_unreadable"),
            ("1,2,3", "number_unreadable"),
            ("0x10", "number_unreadable"),
            ("5.", "number_unreadable"),
            ("6.4%", "number_unreadable"),
            ("mười", "number_unreadable"),
            ("--1", "number_unreadable"),
        ),
    )
    def test_refused(self, text: str, code: str) -> None:
        assert code_of(Column("target", "number"), text) == code

    @given(kept)
    @example(Decimal("1.125"))
    @example(Decimal("-999.001"))
    @example(Decimal("-0.0"))
    def test_what_is_written_reads_back(self, number: Decimal) -> None:
        assert numbers.read(numbers.write(number)) == number

    @given(kept)
    def test_one_number_is_written_in_one_way(self, number: Decimal) -> None:
        assert numbers.write(number) == numbers.write(number.normalize())

    @given(st.text(alphabet="0123456789.,+-−  eEnN_%", max_size=24))
    def test_any_text_is_a_number_or_a_fault(self, text: str) -> None:
        try:
            number = numbers.read(text)
        except RuleError as error:
            assert error.code in MESSAGES
        else:
            assert numbers.checked(number) == number

    @given(kept)
    def test_a_cell_holds_what_fits(self, number: Decimal) -> None:
        if numbers.fits_a_cell(number):
            assert numbers.of_float(float(number)) == number

    def test_a_computed_cell_has_fifteen_digits(self) -> None:
        assert cells.read(Column("value", "number"), 0.1 + 0.2, HANOI) == Decimal("0.3")

    def test_a_percentage_is_no_plain_number(self) -> None:
        percent = cells.Odd("percent", 0.064)
        assert code_of(Column("target", "number"), percent) == "cell_percent"
        assert cells.read(Column("kpi_share", "share"), cells.Odd("percent", 0.5), HANOI) == Decimal("0.5")

    def test_a_spreadsheets_error(self) -> None:
        assert code_of(Column("target", "number"), cells.Odd("error", "#DIV/0!")) == "cell_error"


class TestDates:
    @pytest.mark.parametrize("raw", ("2026-03-31", "31/03/2026", datetime(2026, 3, 31), " 2026-03-31 "))  # noqa: DTZ001
    def test_read(self, raw: object) -> None:
        assert cells.read(Column("on", "date"), raw, HANOI) == date(2026, 3, 31)

    @pytest.mark.parametrize(
        ("raw", "code"),
        (
            ("31/02/2026", "date_impossible"),
            ("2026-02-31", "date_impossible"),
            ("2026-13-01", "date_impossible"),
            ("03/31/2026", "date_impossible"),
            ("9999-12-31", "date_year"),
            ("0001-01-01", "date_year"),
            ("31.03.2026", "date_unreadable"),
            ("31/03/26", "date_unreadable"),
            (46112, "date_unreadable"),
            (datetime(2026, 3, 31, 8), "date_with_time"),  # noqa: DTZ001
        ),
    )
    def test_refused(self, raw: object, code: str) -> None:
        assert code_of(Column("on", "date"), raw) == code

    @pytest.mark.parametrize(
        ("raw", "moment"),
        (
            ("2026-03-31T17:00:00+07:00", datetime(2026, 3, 31, 10, tzinfo=UTC)),
            ("2026-03-31T10:00:00Z", datetime(2026, 3, 31, 10, tzinfo=UTC)),
            ("2026-03-31 17:00", datetime(2026, 3, 31, 10, tzinfo=UTC)),
            ("31/03/2026 7:05", datetime(2026, 3, 31, 0, 5, tzinfo=UTC)),
            ("2026-03-31 17:00:00.000001", datetime(2026, 3, 31, 10, 0, 0, 1, tzinfo=UTC)),
            ("2026-03-31", datetime(2026, 3, 30, 17, tzinfo=UTC)),
            (datetime(2026, 3, 31, 17), datetime(2026, 3, 31, 10, tzinfo=UTC)),  # noqa: DTZ001
        ),
    )
    def test_a_moment_without_a_zone_is_the_companys(self, raw: object, moment: datetime) -> None:
        assert cells.read(Column("at", "instant"), raw, HANOI) == moment

    @pytest.mark.parametrize("raw", ("2026-03-31T25:00", "2026-02-30T10:00"))
    def test_impossible_moments(self, raw: str) -> None:
        assert code_of(Column("at", "instant"), raw) == "date_impossible"

    @given(st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    def test_a_written_moment_reads_back(self, moment: datetime) -> None:
        assert cells.read(Column("at", "instant"), cells.written_instant(moment, HANOI), HANOI) == moment

    def test_seventeen_is_the_companys(self) -> None:
        assert cells.seventeen(date(2026, 1, 9), HANOI) == datetime(2026, 1, 9, 10, tzinfo=UTC)


class TestText:
    def test_nul(self) -> None:
        assert code_of(Column("note"), "a\x00b") == "text_nul"

    def test_lone_surrogates(self) -> None:
        for surrogate in (0xD800, 0xDCFF):
            assert code_of(Column("note"), "a" + chr(surrogate)) == "text_not_unicode"

    def test_too_long(self) -> None:
        assert code_of(Column("title", "name"), "a" * 301) == "text_too_long"

    @pytest.mark.parametrize(("kind", "code"), (("code", "A;B"), ("part", "A/B"), ("code", "A\nB")))
    def test_signs_a_code_cannot_hold(self, kind: str, code: str) -> None:
        assert code_of(Column("code", kind), code) == "code_sign"

    def test_a_cycles_code_may_hold_a_slash(self) -> None:
        assert cells.read(Column("code", "code"), "Q1/2026", HANOI) == "Q1/2026"

    def test_an_unknown_word_lists_the_known(self) -> None:
        column = next(sheet for sheet in SHEETS if sheet.name == "goals").column("state")
        assert code_of(column, "aktive") == "word_unknown"
        assert cells.read(column, " Active ", HANOI) == "active"

    def test_addresses_count_without_letter_case(self) -> None:
        assert cells.read(Column("followers", "refs", to="people"), "B@x.vn; a@X.vn;;b@x.vn", HANOI) == (
            "a@x.vn",
            "b@x.vn",
        )

    @given(st.text(max_size=12))
    @example("=1+1")
    @example("'=1+1")
    @example("''")
    @example("-5")
    def test_csv_text_is_inert_and_reads_back(self, text: str) -> None:
        assert inert(text)[:1] not in tuple("=+-@\t\r")
        assert bare(inert(text)) == text


class TestFormat:
    def test_key_columns_come_first_to_find(self) -> None:
        assert all(sheet.key_columns for sheet in SHEETS)

    def test_names_of_columns_are_said_once(self) -> None:
        assert all(len(sheet.places) == len(sheet.columns) for sheet in SHEETS)

    def test_every_kind_can_be_read(self) -> None:
        assert {column.kind for sheet in SHEETS for column in sheet.columns} <= set(cells.READERS)
