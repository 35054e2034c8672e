"""What the words of a title say, in Vietnamese and English: is it only a verb, a task, or does it name what changes?"""

import re
import unicodedata
from collections.abc import Collection, Iterable

# What is done, as against what becomes different by it. "Ký" (sign) is not among them: a contract signed is a result.
OUTPUT_VERBS = (
    "hoàn thành", "hoàn thiện", "hoàn tất", "triển khai", "tổ chức", "xây dựng", "phát hành", "ra mắt", "thiết kế", "phát triển",
    "thực hiện", "ban hành", "soạn thảo", "soạn", "viết", "lập", "thành lập", "đào tạo", "khởi động", "nghiên cứu", "xuất bản",
    "chuẩn bị", "tham gia", "tham dự", "áp dụng", "cài đặt", "nâng cấp", "tạo", "làm", "họp", "mở", "đưa vào", "bàn giao", "tiến hành",
    "launch", "build", "hold", "organise", "organize", "complete", "finish", "deliver", "implement", "roll out", "release", "ship",
    "publish", "write", "create", "develop", "design", "run", "conduct", "host", "set up", "prepare", "draft", "train", "introduce",
    "install", "migrate", "research", "attend", "plan", "establish", "produce", "make", "do", "start", "carry out",
)  # fmt: skip
CHANGE_VERBS = (
    "tăng trưởng", "tăng", "giảm", "nâng cao", "nâng", "hạ", "rút ngắn", "cải thiện", "đạt", "duy trì", "giữ", "tiết kiệm", "gấp đôi", "mở rộng",
    "thu hút",
    "increase", "reduce", "decrease", "raise", "grow", "cut", "lower", "improve", "double", "halve", "reach", "keep", "maintain", "save",
    "shorten", "attract",
)  # fmt: skip
# What a result is measured in: where one of these is named, something changes.
OUTCOMES = (
    "tỷ lệ", "tỉ lệ", "doanh thu", "doanh số", "lợi nhuận", "chi phí", "mức độ", "số lượng", "số lượt", "hài lòng", "năng suất", "thị phần",
    "phần trăm",
    "growth", "rate", "ratio", "share", "revenue", "profit", "cost", "costs", "margin", "satisfaction", "score", "churn", "conversion",
    "retention", "number of", "percent", "below", "above", "at most", "at least", "sign-ups", "from",
)  # fmt: skip
COUNTED = (
    "phần trăm", "khách hàng", "khách", "hợp đồng", "đơn hàng", "đơn", "lượt", "người dùng", "sản phẩm", "cửa hàng", "chi nhánh", "điểm", "ngày",
    "giờ", "phút", "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "đồng", "vnd", "usd", "vnđ",
    "percent", "customers", "clients", "contracts", "orders", "users", "visits", "visitors", "products", "stores", "branches", "points", "days",
    "hours", "minutes", "thousand", "million", "billion", "dollars",
)  # fmt: skip
NUMBER = r"\d+(?:[.,]\d+)*"
# Money and percentages stand right beside their number.
AMOUNT = re.compile(rf"(?:[$€£₫]\s?{NUMBER})|(?:{NUMBER}\s?(?:[%$€£₫đ]|k\b|m\b|tr\b))")


def only_verbs(title: str) -> bool:
    """Nothing is left of the title without the verb it begins with: "Tăng", "Hoàn thành", "Improve"."""
    text = _plain(title)
    begun = _first_of(text, (*OUTPUT_VERBS, *CHANGE_VERBS))
    return bool(begun) and not text[len(begun) :].strip()


def begins_with_output(title: str) -> str:
    """The output verb the title begins with, where it names nothing that changes by it; empty otherwise."""
    text = _plain(title)
    begun = _first_of(text, OUTPUT_VERBS)
    rest = text[len(begun) :]
    changes = any(_holds(rest, word) for word in (*CHANGE_VERBS, *OUTCOMES)) or "%" in rest
    return "" if changes else begun


def number_with_unit(title: str, symbols: Iterable[str] = ()) -> str:
    """The first percentage, sum of money or count of something in the title, "30 %"; empty without one.

    symbols: units the goal itself measures in. Years, quarters, months and weeks are dates, not amounts.
    """
    text = _plain(title)
    amount = AMOUNT.search(text)
    if amount:
        return amount.group()
    units = sorted({*COUNTED, *(_plain(symbol) for symbol in symbols)} - {""}, key=len, reverse=True)
    found = re.search(rf"(?<![\w.,]){NUMBER}\s(?:{'|'.join(map(re.escape, units))})(?!\w)", text)
    return found.group() if found else ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _first_of(text: str, verbs: Collection[str]) -> str:
    """The longest of the verbs that the text begins with."""
    begun = [verb for verb in verbs if re.match(rf"{re.escape(verb)}(?!\w)", text)]
    return max(begun, key=len, default="")


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
