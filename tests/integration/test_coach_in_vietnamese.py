"""Every hint of the coach in Vietnamese, word for word: what it saw and why that matters, and what to do."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask, get_template_attribute

import goalsite
from goalsite.domain.coach_facts import Hint, Sketch
from goalsite.domain.periods import Span
from tests import databases

CYCLE = Span(date(2026, 1, 1), date(2026, 3, 31))
VISITS = Sketch(
    1, "Tăng lượt truy cập", CYCLE, symbol="lượt", metric=True, start=Fraction(5000), target=Fraction(10000)
)
LEVEL = Sketch(2, "Khách hài lòng", CYCLE, symbol="%", decimals=1, target=Fraction(80))
TYPICAL = {"cycles": 3, "wanted": Fraction(5000), "typical": Fraction(2000), "spread": Fraction(500)}
HINTS = (
    Hint("title_missing", "s", Sketch(3, "", CYCLE)),
    Hint("only_a_verb", "s", Sketch(3, "Hoàn thành", CYCLE)),
    Hint("output_verb", "s", Sketch(3, "Triển khai CRM", CYCLE), terms={"verb": "Triển khai"}),
    Hint("metric_missing", "m", VISITS),
    Hint("target_missing", "m", VISITS),
    Hint("start_missing", "m", VISITS),
    Hint("start_is_target", "m", VISITS, terms={"target": Fraction(5000)}),
    Hint("bounds_missing", "m", VISITS),
    Hint("steps_missing", "m", VISITS),
    Hint("target_far", "a", VISITS, terms=TYPICAL),
    Hint(
        "target_easy",
        "a",
        LEVEL,
        terms=TYPICAL | {"wanted": Fraction(60), "typical": Fraction(75), "spread": Fraction(2)},
    ),
    Hint("supports_nothing", "r"),
    Hint("kpi_supports_nothing", "r"),
    Hint("ends_after_cycle", "t", VISITS, terms={"due_on": date(2026, 6, 30), "ends_on": CYCLE.last}),
    Hint("begins_before_cycle", "t", VISITS, terms={"starts_on": date(2025, 12, 1), "first": CYCLE.first}),
    Hint("no_key_results"),
    Hint("no_indicator"),
    Hint("too_many_key_results", terms={"count": 7, "few": 5, "most": 10}),
    Hint("too_many_key_results", severity="refused", terms={"count": 11, "few": 5, "most": 10}),
    Hint("number_in_objective", terms={"number": "30%"}),
    Hint("same_metric", about=VISITS, terms={"other": "Mục tiêu kia", "more": 0}),
    Hint("metric_unexplained", about=VISITS),
    Hint(
        "target_below_reached",
        about=VISITS,
        terms={"target": Fraction(4000), "reached": Fraction(4500), "cycle": "Quý I"},
    ),
    Hint("kpi_behind", terms={"last": Fraction(6, 10), "before": Fraction(1, 2)}),
    Hint("no_check_in", terms={"days": 15}),
    Hint("too_many_goals", terms={"count": 9, "most": 7}),
    Hint("raise_the_bar"),
    Hint("only_the_head_writes", terms={"count": 4}),
)

# What each of them reads in Vietnamese, in the order above.
WORDS = (
    (
        "Có kết quả then chốt chưa có tên, nên chưa biết điều gì thay đổi.",
        "Ghi điều cần thay đổi, ví dụ “Tăng đơn hàng tái mua”.",
    ),
    (
        "“Hoàn thành” chỉ là động từ: chưa nói điều gì thay đổi.",
        "Thêm điều thay đổi, ví dụ “Tăng đơn hàng tái mua”.",
    ),
    (
        "“Triển khai CRM” mở đầu bằng “Triển khai” mà không nêu điều gì thay đổi: đó là việc cần làm, chưa phải kết quả.",
        "Tự hỏi xong việc này thì điều gì tốt lên, rồi đo điều đó. Đưa việc này vào kế hoạch hành động.",
    ),
    (
        "“Tăng lượt truy cập” không có chỉ số đo lường và ký hiệu đơn vị tính, nên mỗi người có thể đếm một kiểu.",
        "Chọn chỉ số đo lường, hoặc ít nhất ghi rõ đếm cái gì.",
    ),
    (
        "“Tăng lượt truy cập” chưa có giá trị mục tiêu, nên không biết khi nào là đạt.",
        "Ghi con số muốn đạt.",
    ),
    (
        "“Tăng lượt truy cập” chưa có giá trị ban đầu, nên tiến độ sẽ tính từ 0.",
        "Ghi mức hiện nay.",
    ),
    (
        "“Tăng lượt truy cập” có giá trị ban đầu bằng mục tiêu, 5.000 lượt: không có gì thay đổi.",
        "Đổi mục tiêu. Nếu chỉ cần duy trì, chuyển thành KPI giữ trong ngưỡng.",
    ),
    (
        "“Tăng lượt truy cập” cần giữ trong ngưỡng nhưng chưa có ngưỡng.",
        "Ghi ngưỡng dưới, ngưỡng trên, hoặc cả hai.",
    ),
    (
        "“Tăng lượt truy cập” làm theo bước nhưng chưa có bước nào.",
        "Ghi các bước, mỗi bước một dòng.",
    ),
    (
        "“Tăng lượt truy cập” cần thay đổi 5.000 lượt; 3 chu kỳ trước, cùng số ngày, đã thay đổi 2.000 ± 500 lượt.",
        "Ghi vào mô tả lần này có gì khác, chuyển thành mục tiêu tham vọng, hoặc đặt gần hơn.",
    ),
    (
        "“Khách hài lòng” đặt 60,0 %, trong khi 3 chu kỳ trước ở mức 75,0 ± 2,0 %.",
        "Đặt cao hơn, hoặc ghi vào mô tả vì sao lần này khó hơn.",
    ),
    (
        "Mục tiêu chưa đóng góp cho mục tiêu nào, nên cấp trên chưa trông vào nó.",
        "Chọn mục tiêu mà nó đóng góp, hoặc hỏi quản lý.",
    ),
    (
        "KPI này không đóng góp và không cấp số liệu cho mục tiêu nào, nên dễ phí công.",
        "Chọn mục tiêu mà nó đóng góp, hoặc cho nó cấp số liệu cho một kết quả then chốt.",
    ),
    (
        "“Tăng lượt truy cập” kết thúc 30/06/2026, sau khi chu kỳ kết thúc 31/03/2026.",
        "Cho kết thúc cùng chu kỳ, rồi làm tiếp ở chu kỳ sau.",
    ),
    (
        "“Tăng lượt truy cập” bắt đầu 01/12/2025, trước khi chu kỳ bắt đầu 01/01/2026.",
        "Cho bắt đầu cùng chu kỳ; mức đã đạt trước đó là giá trị ban đầu.",
    ),
    (
        "Chưa có kết quả then chốt: làm sao biết đã đạt mục tiêu?",
        "Thêm hai đến năm kết quả cho thấy đã đạt mục tiêu.",
    ),
    (
        "Chưa có chỉ tiêu: mỗi KPI là một con số.",
        "Chọn chỉ số đo lường và ghi mục tiêu.",
    ),
    (
        "7 kết quả then chốt là nhiều: quá 5 thì khó biết nên tập trung vào đâu.",
        "Chỉ giữ những kết quả mà thiếu thì không đạt mục tiêu.",
    ),
    (
        "11 kết quả then chốt, vượt mức tối đa 10. Nhiều như vậy thì khó biết nên tập trung vào đâu.",
        "Giữ những kết quả quan trọng nhất. Số còn lại có thể là KPI hoặc việc trong kế hoạch hành động.",
    ),
    (
        "Tên mục tiêu có “30%”: đó là kết quả then chốt. Mục tiêu nói rõ hướng đến đâu và vì sao.",
        "Chuyển con số này thành một kết quả then chốt.",
    ),
    (
        "“Tăng lượt truy cập” dùng chung chỉ số đo lường với “Mục tiêu kia”: một việc bị tính hai lần.",
        "Cho mục này lấy số liệu từ mục kia, hoặc bỏ một mục.",
    ),
    (
        "Chỉ số đo lường của “Tăng lượt truy cập” chưa ghi cách đo, nên con số dễ gây tranh cãi.",
        "Nhờ Nhân sự ghi vào chỉ số đo lường cách đo và nguồn số liệu.",
    ),
    (
        "“Tăng lượt truy cập” đặt 4.000 lượt, trong khi Quý I đã đạt 4.500 lượt.",
        "Giữ ít nhất mức đã đạt, hoặc ghi vào mô tả vì sao chưa thể.",
    ),
    (
        "Chậm hai kỳ liền: kỳ vừa rồi đạt 60 %, kỳ trước đó đạt 50 %. Cố gắng thêm đã hai lần chưa đủ.",
        "Cần đổi cách làm: chuyển thành OKR, lấy KPI này làm kết quả then chốt đầu tiên.",
    ),
    (
        "15 ngày chưa check-in: mục tiêu không ai theo dõi dễ lệch mà không biết.",
        "Check-in hôm nay, kể cả khi chưa có gì thay đổi.",
    ),
    (
        "Người phụ trách có 9 mục tiêu trong chu kỳ này. Quá 7 thì không mục tiêu nào đủ thời gian.",
        "Giữ những mục tiêu quan trọng; bàn giao, gộp hoặc huỷ số còn lại.",
    ),
    (
        "Mọi mục tiêu của người phụ trách đều đạt 1,0 trong hai chu kỳ gần nhất: có thể mục tiêu quá dễ.",
        "Nâng mức: đặt một mục tiêu mà đạt 0,7 đã là thành công.",
    ),
    (
        "Cả 4 mục tiêu của đơn vị này đều do trưởng đơn vị viết. Ai cũng gắn bó hơn với mục tiêu mình góp phần đặt ra.",
        "Để thành viên tự viết hoặc đề xuất một số mục tiêu.",
    ),
)


def words_of(app: Flask, hint: Hint, language: str) -> tuple[str, str]:
    """What it says, and what to do."""
    with app.test_request_context(headers={"Accept-Language": language}):
        parts = [get_template_attribute("components/coach.html", name)(hint) for name in ("what", "todo")]
    what, todo = (" ".join(str(part).replace("\u00a0", " ").split()) for part in parts)
    return what, todo


@pytest.fixture(scope="module")
def words_app() -> Iterator[Flask]:
    with databases.empty("sqlite") as url, databases.closing_app(databases.make_app(url)) as app:
        yield app


@pytest.mark.parametrize(
    ("hint", "words"), list(zip(HINTS, WORDS, strict=True)), ids=lambda one: getattr(one, "code", "")
)
def test_says_why_and_what_to_do(words_app: Flask, hint: Hint, words: tuple[str, str]) -> None:
    assert words_of(words_app, hint, "vi") == words
    english = words_of(words_app, hint, "en")
    assert all(english)
    assert not set(english) & set(words)


def test_no_hint_is_forgotten() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(goalsite.__file__).parent.glob("domain/coach*.py"))
    raised = set(re.findall(r'(?:Hint\(|about\(sketch, |" else )"([a-z_]+)"', source)) - {"look", "good", "unknown"}
    known = {hint.code for hint in HINTS}
    assert raised | {"kpi_supports_nothing", "no_indicator"} == known
