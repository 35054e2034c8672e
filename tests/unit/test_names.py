"""Names sort as a Vietnamese reader expects."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalsite.domain.names import KEY_LENGTH, folded_words, name_key, text_key


class TestTextKey:
    @pytest.mark.parametrize(
        "ordered",
        (
            list("aăâbcdđeêghiklmnoôơpqrstuưvxy"),
            list("aàảãáạăằẳẵắặâầẩẫấậb"),
            ["An", "Ân", "Bình", "Dũng", "Đạt", "Em", "Giang"],
            ["an", "án", "anh", "ánh", "ăn"],
            ["ba", "ba ba", "ba vì", "bà", "bà con", "bá"],
            ["Phòng Kế toán", "Phòng Kinh doanh", "Phòng Kinh doanh 1", "Phòng Nhân sự", "Tổ 1"],
        ),
    )
    def test_sorts_by_letters_then_tones_word_by_word(self, ordered: list[str]) -> None:
        assert sorted(random.sample(ordered, len(ordered)), key=text_key) == ordered

    def test_ignores_case_form_and_punctuation(self) -> None:
        assert text_key("Thu\u031b\u0323c  (TẾ)") == text_key("thực tế")
        assert text_key("Điện") == text_key("điện")

    @given(st.text(max_size=300))
    def test_any_text_has_a_key_of_digits_that_fits(self, text: str) -> None:
        for key in (text_key(text), name_key(text)):
            assert re.fullmatch("[0-9]*", key)
            assert len(key) <= KEY_LENGTH


class TestNameKey:
    def test_given_name_comes_first_then_the_rest(self) -> None:
        names = "Trần Văn An, Nguyễn Thị Án, Lê Thuỳ Anh, Vũ Ánh, Đỗ Đạt, Lê Thị Hoa, Lê Văn Hoa, Trần Thị Hoa, Vũ Hoà"
        ordered = names.split(", ")
        assert sorted(random.sample(ordered, len(ordered)), key=name_key) == ordered


class TestFoldedWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Mục tiêu", ["muc", "tieu"]),
            ("Đường ĐI đẹp", ["duong", "di", "dep"]),
            ("Nga\u0303 ba", ["nga", "ba"]),
            ("KPI-12, KPI 12_b", ["kpi", "12", "b"]),
            ("ha.tran@an-nhien.vn", ["ha", "tran"]),
            ("Straße ﬁne İzmir", ["strasse", "fine", "izmir"]),
            ("x" * 300, ["x" * 40]),
            ("\0 @ \ud800 --", []),
            ("", []),
        ],
    )
    def test_have_neither_accents_nor_case(self, text: str, words: list[str]) -> None:
        assert folded_words(text) == words
