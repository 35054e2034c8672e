"""What the forms of goals and of the setup refuse, in Vietnamese, word for word: what is wrong, and what would be right."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from goalsite.domain.errors import RuleError
from goalsite.messages import say
from tests import databases

# What the rules put into the words, by name.
TERMS: dict[str, Any] = {
    "above": "Tốt",
    "chain": "Mục tiêu A → Mục tiêu B → Mục tiêu A",
    "count": 12,
    "cycle": "Quý I",
    "day": date(2026, 4, 2),
    "decimals": 4,
    "direction": "increase",
    "evaluate_by": date(2026, 4, 10),
    "example": "1.000,5",
    "first": date(2026, 1, 1),
    "high": Fraction(10),
    "labels": "Trần Thu Hà · ha@saomai.vn",
    "largest": "900.000.000.000.000",
    "last": date(2026, 3, 31),
    "least": 10,
    "longest": 500,
    "low": Fraction(20),
    "most": 10,
    "name": "Doanh thu",
    "names": "Nhóm A, Nhóm B",
    "one": "DOANHTHU",
    "other": "LUOTXEM",
    "start": Fraction(35),
    "sum": Fraction(90),
    "taken": "2026-Q1",
    "target": Fraction(15),
    "text": "abc",
    "title": "Tăng doanh thu",
    "today": date(2026, 4, 1),
    "total": Fraction(100),
    "what": "Quý I",
}
WORDS = {
    "target_missing": "Cần có giá trị mục tiêu.",
    "target_not_above_start": "Chỉ số tăng cần mục tiêu cao hơn giá trị ban đầu. Ban đầu là 35, mục tiêu là 15: sửa một trong hai, hoặc đổi chiều.",
    "target_not_below_start": "Chỉ số giảm cần mục tiêu thấp hơn giá trị ban đầu. Ban đầu là 35, mục tiêu là 15: sửa một trong hai, hoặc đổi chiều.",
    "number_unreadable": "“abc” không phải là số. Viết như 1.000,5.",
    "number_too_large": "Số lớn nhất là 900.000.000.000.000.",
    "number_decimals": "“abc” có quá nhiều chữ số thập phân: tối đa 4.",
    "dates_reversed": "Ngày kết thúc 31/03/2026 trước ngày bắt đầu 01/01/2026. Sửa một trong hai.",
    "span_outside": "Ngày 02/04/2026 nằm ngoài Quý I, vốn từ 01/01/2026 đến 31/03/2026. Chọn một ngày trong khoảng đó.",
    "start_missing": "Kết quả then chốt giảm cần có giá trị ban đầu.",
    "decreasing_sum_with_start": "Chỉ số cộng dồn giảm không có giá trị ban đầu. Để trống, hoặc chọn cách tổng hợp khác.",
    "ceiling_not_positive": "Chỉ số giảm không có giá trị ban đầu thì mục tiêu phải lớn hơn 0. Sửa mục tiêu, hoặc thêm giá trị ban đầu.",
    "bounds_missing": "Chỉ số giữ trong ngưỡng cần ngưỡng dưới, ngưỡng trên, hoặc cả hai.",
    "bounds_reversed": "Ngưỡng dưới 20 lớn hơn ngưỡng trên 10. Sửa một trong hai.",
    "steps_missing": "Chỉ số theo bước cần có các bước. Thêm các bước.",
    "weight_not_positive": "Trọng số phải lớn hơn 0.",
    "period_targets_not_here": "Chỉ số này không có mục tiêu theo kỳ. Xoá các mục tiêu theo kỳ.",
    "period_unknown": "Chỉ số này không có kỳ nào bắt đầu ngày 02/04/2026. Ghi ngày đầu của một kỳ.",
    "period_targets_sum": "Tổng mục tiêu các kỳ là 90, còn mục tiêu chung là 100. Sửa mục tiêu một kỳ, hoặc mục tiêu chung.",
    "period_targets_end": "Mục tiêu kỳ cuối là 31/03/2026, còn mục tiêu chung là 100. Sửa cho bằng nhau.",
    "kpi_needs_one_measure": "KPI đang thực hiện có đúng một chỉ tiêu, còn KPI này có 12. Để đúng một chỉ tiêu, hoặc để là bản nháp.",
    "okr_needs_measures": "OKR đang thực hiện cần ít nhất một kết quả then chốt. Thêm một kết quả, hoặc để là bản nháp.",
    "okr_too_many_measures": "OKR đang thực hiện có tối đa 10 kết quả then chốt, còn OKR này có 12. Bớt đi, hoặc để là bản nháp.",
    "fed_by_no_kpi": "“Doanh thu” là OKR. Ghi một KPI.",
    "fed_by_other_metric": "Kết quả then chốt phải cùng chỉ số đo lường với KPI nguồn; ở đây là DOANHTHU và LUOTXEM.",
    "fed_by_fed": "“Doanh thu” cũng lấy số liệu từ KPI khác. Ghi KPI nguồn đó.",
    "feeds_others": "Có kết quả then chốt lấy số liệu từ KPI này: giữ nguyên là KPI, cùng chỉ số đo lường.",
    "alignment_loop": "Các mục tiêu này đóng góp cho nhau thành vòng: Mục tiêu A → Mục tiêu B → Mục tiêu A. Bỏ một liên kết.",
    "pick_unknown": "Không có “abc”. Gõ một phần tên rồi chọn trong danh sách hiện ra.",
    "pick_unknown_close": "Không có “abc”. Có phải một trong số này không: Trần Thu Hà · ha@saomai.vn?",
    "pick_several": "Có nhiều mục tên “abc”. Ghi rõ: Trần Thu Hà · ha@saomai.vn.",
    "action_twice": "Kế hoạch đã có việc này. Đặt tên khác.",
    "move_not_possible": "Không làm được nữa: đã có người làm trước, hoặc việc này đã xong. Xem lại trang.",
    "reason_missing": "Cần ghi lý do.",
    "measure_has_checkins": "Đã có check-in thì không đổi được nữa. Giữ như cũ, hoặc kết thúc chỉ số này và thêm chỉ số mới.",
    "checkins_would_lie_outside": "Đã có check-in từ 01/01/2026 đến 31/03/2026 sẽ nằm ngoài. Chọn khoảng ngày chứa được các check-in này.",
    "checkin_not_yet": "Ngày 02/04/2026 chưa đến; hôm nay là 01/04/2026.",
    "email_unreadable": "“abc” không phải là địa chỉ email. Viết như an.nguyen@company.vn.",
    "email_taken": "Doanh thu đã dùng email này (không phân biệt chữ hoa, chữ thường). Chọn email khác, hoặc mở hồ sơ của người đó.",
    "own_manager": "Không ai là quản lý của chính mình. Ghi người khác, hoặc để trống để lấy trưởng đơn vị.",
    "manager_loop": "Những người này quản lý nhau thành vòng: Mục tiêu A → Mục tiêu B → Mục tiêu A. Ghi quản lý khác cho một người.",
    "last_admin": "Đây là quản trị viên duy nhất đăng nhập được. Thêm quản trị viên khác trước.",
    "admin_only": "Chỉ quản trị viên mới sửa được mục này của quản trị viên và phân vai trò.",
    "disable_self": "Không tự khoá tài khoản của mình được. Nhờ quản trị viên khác.",
    "account_closed": "Tài khoản này đã khoá hoặc đã qua ngày nghỉ việc. Mở lại trước.",
    "code_taken": "Mã “2026-Q1” đã có. Chọn mã khác.",
    "code_unreadable": "Mã chỉ gồm chữ cái, chữ số, dấu chấm, gạch nối và gạch dưới, không có dấu cách, ví dụ 2026-Q1.",
    "unit_loop": "Các đơn vị này nằm trong nhau thành vòng: Mục tiêu A → Mục tiêu B → Mục tiêu A. Chuyển một đơn vị sang thuộc đơn vị khác.",
    "unit_archive_root": "Không lưu trữ được chính công ty.",
    "unit_archive_below": "Các đơn vị trực thuộc còn đang dùng: Nhóm A, Nhóm B. Lưu trữ hoặc chuyển chúng trước.",
    "unit_archive_people": "Đơn vị này còn 12 người đang làm việc. Chuyển họ sang đơn vị khác trước.",
    "unit_parent_archived": "Doanh thu đã lưu trữ. Chọn đơn vị đang dùng.",
    "unit_not_yours": "Bạn chỉ xếp được nhóm vào dưới đơn vị mình phụ trách.",
    "list_too_large": "Danh sách quá lớn để xem trên màn hình. Chia nhỏ, hoặc nạp bằng lệnh `flask --app wsgi load`.",
    "cycle_loop": "Các chu kỳ này lồng nhau thành vòng: Mục tiêu A → Mục tiêu B → Mục tiêu A. Bỏ trống chu kỳ cha của một chu kỳ.",
    "cycle_closed": "Chu kỳ Quý I đã đóng, không sửa được nữa. Giữ dòng này như cũ, hoặc nhờ Nhân sự mở lại chu kỳ.",
    "mid_review_outside": "Ngày rà soát giữa chu kỳ 02/04/2026 nằm ngoài chu kỳ (01/01/2026 đến 31/03/2026). Chọn một ngày trong chu kỳ.",
    "deadline_before_cycle": "Ngày 02/04/2026 trước khi chu kỳ bắt đầu (01/01/2026). Chọn ngày muộn hơn.",
    "review_before_evaluation": "Phiếu đánh giá được ký sau khi đánh giá xong, hạn 10/04/2026. Chọn ngày sau đó.",
    "cycle_holds_goals": "Có 12 mục tiêu đang thực hiện sẽ nằm ngoài khoảng ngày này, như “Tăng doanh thu” (01/01/2026 đến 31/03/2026). "
    "Chọn khoảng ngày chứa được chúng.",
    "cycle_holds_cycles": "Doanh thu nằm trong chu kỳ này, từ 01/01/2026 đến 31/03/2026, và sẽ bị ra ngoài. Chọn khoảng ngày chứa được chu kỳ đó.",
    "cycle_appeals": "Còn 12 khiếu nại chưa giải quyết. Giải quyết xong mới đóng được chu kỳ.",
    "cycle_pattern_taken": "Đã có “2026-Q1” với ngày khác (01/01/2026 đến 31/03/2026). Đổi tên chu kỳ đó, hoặc chọn năm hay mẫu khác.",
    "metric_code_unreadable": "Mã không có dấu cách, “;” và “/”, ví dụ KHACH-QUAY-LAI.",
    "metric_fixed": "Đã có check-in theo chỉ số này, nên không đổi được chiều, cách tổng hợp, ký hiệu và số chữ số thập phân. Tạo chỉ số đo lường mới.",
    "metric_formula_closed": "Công thức này cho tiến độ của các mục tiêu trong chu kỳ đã đóng, không đổi được. Tạo chỉ số đo lường mới.",
    "metric_breaks_goals": "Đổi như vậy thì “Tăng doanh thu” không còn hợp lý: xem lại giá trị ban đầu và mục tiêu trước, hoặc tạo chỉ số đo lường mới.",
    "formula_missing": "Tiến độ được đặt tính theo công thức. Ghi công thức, hoặc chọn chỉ hiển thị số bên cạnh.",
    "formula_unreadable": "Không đọc được công thức này. Viết như (value-start)*100/(target-start).",
    "formula_too_long": "Công thức dài tối đa 500 ký tự.",
    "formula_name": "Công thức chỉ dùng được value, target và start, không có “Doanh thu”.",
    "formula_not_allowed": "Công thức chỉ dùng được + - * /, phép so sánh, min, max, abs và “a if b else c”.",
    "copy_not_possible": "Doanh thu không nhận thêm mục tiêu. Chọn chu kỳ đang lập kế hoạch hoặc đang mở.",
    "copy_nothing": "Chưa chọn mục tiêu nào. Chọn những mục tiêu làm tiếp.",
    "copy_too_many": "Đã chọn 12 mục tiêu; mỗi lần sao chép tối đa 10. Lọc bớt và sao chép nhiều lần.",
    "copy_code_taken": "Không sao chép được “Tăng doanh thu”: mã “2026-Q1” là của mục tiêu khác. Đổi mã đó trước.",
    "give_nothing": "Không ai nhận gì cả. Hãy chọn ít nhất một người còn thiếu.",
    "give_too_many": "Như vậy là 12 mục tiêu; mỗi lần giao tối đa 10. Hãy chọn ít người hơn, chẳng hạn một đơn vị.",
    "receive_nothing": "Không còn mục tiêu nào chờ xác nhận. Hãy xem lại trang.",
    "too_many_holidays": "Nhiều quá: tối đa 10 ngày.",
    "workdays_missing": "Chọn ít nhất một ngày làm việc.",
    "thresholds_descend": "“Có rủi ro” phải bắt đầu thấp hơn “Đúng tiến độ”. Sửa một trong hai.",
    "bands_descend": "Mỗi mức xếp loại bắt đầu thấp hơn mức liền trên, ở đây là dưới Tốt.",
    "password_short": "Mật khẩu cần ít nhất 10 ký tự. Ghép vài từ với nhau sẽ dễ nhớ.",
    "password_common": "Mật khẩu này quá dễ đoán. Chọn mật khẩu khác, ví dụ ghép vài từ với nhau.",
    "password_is_name": "Mật khẩu không được là tên hay email của bạn.",
    "site_taken": "Trang này đã được thiết lập. Đăng nhập để dùng.",
    "link_gone": "Đường dẫn này đã được dùng hoặc đã quá hạn. Nhờ người gửi cấp đường dẫn mới.",
}


@pytest.fixture(scope="module")
def words_app() -> Iterator[Flask]:
    with databases.empty("sqlite") as url, databases.closing_app(databases.make_app(url)) as app:
        yield app


@pytest.mark.parametrize("code", WORDS)
def test_a_refusal_says_what_is_wrong_and_what_would_be_right(words_app: Flask, code: str) -> None:
    with words_app.test_request_context(headers={"Accept-Language": "vi"}):
        assert say(RuleError(code, **TERMS)).replace("\u00a0", " ") == WORDS[code]
    with words_app.test_request_context(headers={"Accept-Language": "en"}):
        assert say(RuleError(code, **TERMS)) != WORDS[code]
