"""The measures of the bench's company: one of each kind that the rules know, and what a week's check-in reports on it."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

BLANK = {"low": None, "high": None, "start": None, "target": None, "symbol": "", "decimals": 0, "frequency": ""}


@dataclass(frozen=True)
class Kind:
    """A measure's columns. metric: it counts the one metric there is; by_period: some of its periods have a target of their own."""

    title: str
    facts: dict[str, Any]
    metric: bool = False
    by_period: bool = False


def _kind(title: str, direction: str = "increase", aggregate: str = "last", **said: Any) -> Kind:
    flags = {name: said.pop(name) for name in ("metric", "by_period") if name in said}
    numbers = {
        name: Decimal(value) if isinstance(value, int) and name != "decimals" else value for name, value in said.items()
    }
    return Kind(title, BLANK | {"direction": direction, "aggregate": aggregate} | numbers, **flags)


KEY_RESULTS = (
    _kind("Khách hàng quay lại", start=0, target=100),
    _kind("Hợp đồng ký trong tuần", aggregate="sum", start=0, target=130, frequency="week", by_period=True),
    _kind("Thời gian phản hồi (phút)", "decrease", start=100, target=20, frequency="week"),
    _kind("Điểm hài lòng trung bình", aggregate="average", start=0, target=90, frequency="month"),
    _kind("Tỉ lệ chuyển đổi", aggregate="ratio", start=0, target=90, frequency="month", symbol="%", decimals=1),
    _kind("Tồn kho trong khoảng", "keep", low=10, high=90, frequency="week"),
    _kind("Các bước triển khai", "steps"),
    _kind("Quy trình mới được ban hành", "done"),
    _kind("Doanh thu luỹ kế", start=0, target=100, frequency="month"),
)
INDICATORS = (
    _kind("Số hợp đồng", aggregate="sum", start=0, target=120, frequency="month", metric=True),
    _kind("Tỉ lệ giao đúng hẹn", aggregate="ratio", start=0, target=90, frequency="month", symbol="%", decimals=1),
    _kind("Tỉ lệ lỗi", "decrease", "average", target=60, frequency="week"),
    _kind("Cuộc gọi mỗi ngày", aggregate="sum", start=0, target=600, frequency="day"),
    _kind("Nhiệt độ kho", "keep", low=10, high=90, frequency="week"),
)
STEPS = tuple(
    (place, {"code": f"S{place}", "title": title, "weight": Decimal(weight)})
    for place, (title, weight) in enumerate((("Chuẩn bị", 20), ("Thử nghiệm", 30), ("Triển khai", 50)))
)


def reported(direction: str, aggregate: str, measure: int, gone: float, chance: Random) -> dict[str, Any]:
    """What a week's check-in says, as columns of a check-in; `gone` is how much of the time is over, a part of 1."""
    nothing: dict[str, Any] = {"value": None, "numerator": None, "denominator": None, "step_id": None}
    if direction == "steps":
        done = int(gone * len(STEPS) * 1.2)
        return nothing | {"value": Decimal(1), "step_id": measure * 10 + min(done, len(STEPS) - 1)}
    if direction == "done":
        return nothing | {"value": Decimal(gone > 0.5 and measure % 2)}
    if aggregate == "ratio":
        return nothing | {"numerator": Decimal(chance.randint(10, 40)), "denominator": Decimal(50)}
    if aggregate == "sum":
        return nothing | {"value": Decimal(chance.randint(2, 18))}
    way = int(80 * gone) + chance.randint(0, 12)
    return nothing | {"value": Decimal(100 - way if direction == "decrease" else way)}
