"""What people write beside their numbers, and what is in the way of those that are off track."""

import zlib

NOTES = {
    "on_track": (
        "Đúng kế hoạch tuần này.",
        "Khách phản hồi tốt hơn dự kiến.",
        "Đã xong phần khó nhất, tuần sau làm tiếp phần còn lại.",
        "Tuần này có thêm hai bạn cùng làm nên nhanh hơn.",
        "Giữ nhịp như tuần trước.",
        "Cách làm mới bắt đầu cho kết quả.",
        "Đã chốt với các bên liên quan, không còn vướng.",
        "Số liệu lấy từ hệ thống lúc 16 giờ.",
        "Vượt kế hoạch nhờ đợt khách giới thiệu.",
        "Đã thống nhất cách tính với kế toán.",
    ),
    "at_risk": (
        "Chậm hơn kế hoạch vài ngày, tuần sau bù.",
        "Hai việc gấp chen ngang nên chưa đạt.",
        "Đang chờ phản hồi của khách hàng.",
        "Cần thêm một người trong hai tuần tới.",
        "Số liệu tuần này thấp vì có ngày nghỉ.",
        "Thử cách khác, chưa thấy khác biệt rõ.",
        "Phụ thuộc vào lịch của phòng khác.",
        "Sẽ tập trung vào nhóm khách hàng cũ trước.",
    ),
    "off_track": (
        "Chưa có người phụ trách thay, việc đang dừng.",
        "Ngân sách chưa được duyệt nên chưa triển khai được.",
        "Đối tác lùi lịch, cần bàn lại kế hoạch.",
        "Cách làm hiện tại không hiệu quả, xin họp để đổi hướng.",
        "Dồn người cho việc khác nên phần này chậm hẳn.",
        "Yêu cầu thay đổi hai lần trong tháng.",
    ),
}
BLOCKERS = (
    ("resource", "Xin thêm một người trong hai tuần, báo lại vào thứ Hai"),
    ("dependency", "Hẹn phòng liên quan chốt ngày bàn giao"),
    ("clarity", "Thống nhất lại cách đo với trưởng phòng"),
    ("priority", "Đưa vào giao ban để chọn việc làm trước"),
    ("external", "Gửi công văn cho đối tác và theo dõi trả lời"),
)
MEETINGS = {
    "CTY": (
        "- Rà ba mục tiêu cấp công ty, giữ nguyên ưu tiên.\n- Các phòng gửi danh sách vướng mắc trước chiều thứ Tư.",
        "- Phần mềm A đúng lịch, tiếp tục mở rộng khách dùng thử.\n- Chăm sóc khách hàng cần hỗ trợ: Kinh doanh chia ngân sách khuyến mãi.",
        "- Doanh thu bám kế hoạch, cửa hàng cần thêm hàng mẫu.\n- Nhân sự trình phương án tuyển kiến trúc sư.",
        "- Chốt danh sách khách hàng lớn cần gặp trong tháng.\n- Không mở thêm mục tiêu mới đến hết quý.",
    ),
    "SP": (
        "- Chức năng F: kiểm thử nội bộ trước thứ Năm.\n- Minh Anh trình số liệu phễu của sản phẩm Y.",
        "- Thử giao diện với sáu người dùng mới.\n- Quang Hải gom danh sách lỗi phải sửa trước phát hành.",
        "- Bàn lại cách đo khách còn dùng sau 7 ngày.\n- Nhóm A tự động hoá thêm hai bước phát hành.",
        "- Phát hành từng phần, không đợi bên thanh toán.\n- Mỗi người nêu một vướng mắc, người gỡ và ngày xong.",
    ),
    "KD": (
        "- Hợp đồng tuần: Hùng vượt, Quân cần kèm thêm.\n- Gọi lại khách sắp hết hạn trước cuối tháng.",
        "- Chốt bảng giá gia hạn.\n- Bình đề xuất ưu đãi cho khách mua đơn thứ hai.",
        "- Đối chiếu doanh thu với kế toán vào ngày mồng 2.\n- Thử cách chào hàng mới với trường học.",
        "- Hai cửa hàng đối tác mở đúng hẹn.\n- Dự báo doanh thu tháng sau: thận trọng.",
    ),
    "CSKH": (
        "- Trình phương án ưu đãi khách cũ.\n- Chia lại ca trực điện thoại.",
        "- Tỷ lệ quay lại vẫn thấp: gọi 50 khách mua lần đầu.\n- Viết lại mẫu trả lời cho 10 câu hỏi thường gặp.",
        "- Thanh Tâm nêu khó khăn về số liệu cuộc gọi.\n- Nhờ Marketing đăng câu chuyện khách hàng.",
        "- Khiếu nại quá hạn giảm còn ba vụ.\n- Họp với Kinh doanh về ngân sách khuyến mãi.",
    ),
}


def pick(choices: tuple[str, ...], name: str) -> str:
    """One of the choices, always the same for the same name."""
    return choices[zlib.crc32(name.encode()) % len(choices)]


def note(confidence: str, name: str) -> str:
    return pick(NOTES[confidence], name)
