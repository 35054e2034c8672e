"""How the sheet for a talk is set so that it stays one page."""

from dataclasses import replace

import pytest

from goalsite.domain.paper import ZOOMS, Sheet, size_of

TITLE = "Tăng số khách hàng doanh nghiệp gia hạn hợp đồng"
LONG = f"{TITLE} đúng hạn của sản phẩm Y ở khu vực phía Nam, kể cả đại lý"
USUAL = Sheet(
    kpis=[TITLE] * 3, objectives=[TITLE] * 2, key_results=[TITLE] * 4, said=["Quý này tốt.", "Đồng ý."], remarks=[]
)
FULL = Sheet(kpis=[LONG] * 4, objectives=[LONG] * 3, key_results=[LONG] * 9, said=["Từ " * 200] * 2, remarks=[])


def test_what_is_usual_is_set_at_full_size() -> None:
    assert size_of(USUAL) == 0
    assert size_of(Sheet([], [], [], [], [])) == 0


@pytest.mark.parametrize("more", ["kpis", "objectives", "key_results", "remarks"])
def test_the_more_stands_on_it_the_smaller_it_is_set(more: str) -> None:
    sizes = [size_of(replace(USUAL, **{more: [TITLE] * count})) for count in range(0, 60, 2)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(ZOOMS) - 1


def test_words_count_by_the_longer_side_and_by_their_lines() -> None:
    long = "Từ " * 250
    assert size_of(replace(FULL, said=[long, ""])) == size_of(replace(FULL, said=[long, long]))
    assert size_of(replace(USUAL, said=["a\n" * 60])) > size_of(replace(USUAL, said=["a " * 60]))


def test_a_full_sheet_stays_legible() -> None:
    assert 0 < size_of(FULL) < len(ZOOMS) - 1
