"""The article's software company as the browser sets it up, and the same as a workbook."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

COMPANY = "Phần mềm Sao Mai"
PEOPLE = {
    "director": ("Lê Quang Vinh", "vinh@saomai.vn", "company", ""),
    "head": ("Trần Thu Hà", "ha@saomai.vn", "RD", "Trưởng phòng"),
    "maker": ("Phạm Đức Huy", "huy@saomai.vn", "APPA", "Lập trình viên"),
    "seller": ("Nguyễn Minh Anh", "anh@saomai.vn", "ONLINE", "Chuyên viên bán hàng"),
    "hr": ("Trịnh Hồng Nhung", "nhung@saomai.vn", "company", "Nhân sự"),
}
UNITS = (
    ("RD", "Phòng Phát triển phần mềm", "department", "company", "head"),
    ("ONLINE", "Phòng Bán hàng trực tuyến", "department", "company", "seller"),
    ("APPA", "Nhóm Phần mềm A", "team", "RD", ""),
)
METRICS = (
    {"code": "DOANHTHU", "name": "Tăng trưởng doanh thu", "symbol": "%", "decimals": "1"},
    {"code": "DOANHSOY", "name": "Tăng doanh số trực tuyến sản phẩm Y", "symbol": "%", "decimals": "1"},
    {"code": "DUNGTHU", "name": "Khách hàng dùng thử", "symbol": "khách", "decimals": "0"},
    {"code": "HAILONG", "name": "Tỷ lệ khách dùng thử hài lòng", "symbol": "%", "decimals": "1", "aggregate": "ratio"},
)
KPI = "Tăng doanh số bán hàng trực tuyến của sản phẩm Y lên 30% so với cùng kỳ năm trước"
OBJECTIVES = {
    "company": "Trở thành 1 công ty công nghệ hàng đầu trong lĩnh vực thiết kế phần mềm",
    "department": "Nghiên cứu và phát triển phần mềm mới",
    "person": "Hoàn thiện 3 chức năng mới cho phần mềm A",
    "converted": "Tăng mức độ nhận diện và doanh số bán hàng trực tuyến sản phẩm Y trong quý",
}
# Goal → its measures: what is said of each, and what is reported of it.
MEASURES: dict[str, list[tuple[dict[str, Any], list[dict[str, str]]]]] = {
    "OKR-1": [
        ({"title": "Tăng trưởng doanh thu 30%", "metric": "DOANHTHU", "target": "30"}, [{"value": "21"}]),
        ({"title": "Tăng số lượng khách hàng mới 20%", "symbol": "%", "target": "20"}, [{"value": "-3"}]),
        ({"title": "Phát hành 5 sản phẩm phần mềm mới", "symbol": "sản phẩm", "aggregate": "sum", "target": "5"}, []),
    ],
    "OKR-2": [
        ({"title": "Phát hành phần mềm A", "direction": "done"}, [{"value": "1"}]),
        ({"title": "Thu hút 5.000 khách hàng dùng thử", "metric": "DUNGTHU", "target": "5000"}, [{"value": "1350"}]),
    ],
    "OKR-3": [
        ({"title": "Hoàn thiện chức năng F trong vòng 1 tháng", "direction": "done"}, []),
        (
            {"title": "80% khách hàng dùng thử hài lòng với chức năng F", "metric": "HAILONG", "target": "80"},
            [{"numerator": "12", "denominator": "16"}],
        ),
    ],
    "KPI-4": [({"title": "", "metric": "DOANHSOY", "target": "30"}, [{"value": "12"}])],
    # What the KPI becomes in the four steps: fed by itself, and beside it the article's three key results.
    "OKR-5": [
        ({"title": KPI, "metric": "DOANHSOY", "start": "12", "target": "30", "fed_by": "KPI-4"}, []),
        (
            {
                "title": "Tăng lượt truy cập trang sản phẩm",
                "symbol": "lượt/tháng",
                "start": "5000",
                "target": "10000",
                "frequency": "month",
            },
            [{"value": "8350"}],
        ),
        ({"title": "Tăng tỷ lệ chuyển đổi", "symbol": "%", "start": "5", "target": "8"}, [{"value": "6,4"}]),
        (
            {"title": "Ký hợp đồng với kênh đối tác mới", "symbol": "hợp đồng", "aggregate": "sum", "target": "5"},
            [{"value": "3"}, {"value": "1"}],
        ),
    ],
}
GOALS = {
    "OKR-1": {"kind": "okr", "scope": "unit", "unit": "company", "owner": "director", "title": OBJECTIVES["company"]},
    "OKR-2": {
        "kind": "okr",
        "scope": "unit",
        "unit": "RD",
        "owner": "head",
        "title": OBJECTIVES["department"],
        "supports": "OKR-1/KR3",
    },
    "OKR-3": {
        "kind": "okr",
        "scope": "person",
        "unit": "APPA",
        "owner": "maker",
        "title": OBJECTIVES["person"],
        "supports": "OKR-2/KR1",
        "also_supports": "OKR-1",
    },
    "KPI-4": {"kind": "kpi", "scope": "person", "unit": "ONLINE", "owner": "seller", "title": KPI},
    "OKR-5": {
        "kind": "okr",
        "scope": "person",
        "unit": "ONLINE",
        "owner": "seller",
        "title": OBJECTIVES["converted"],
    },
}


def quarter(today: date) -> tuple[str, date, date]:
    """The code and the days of the quarter that holds the day."""
    number = (today.month + 2) // 3
    first = date(today.year, 3 * number - 2, 1)
    after = date(today.year + number // 4, 3 * number % 12 + 1, 1)
    return f"{today.year}-Q{number}", first, date.fromordinal(after.toordinal() - 1)


def write_workbook(folder: Path, today: date) -> None:
    """The same company, as somebody with spreadsheets would bring it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in _sheets(today).items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _sheets(today: date) -> dict[str, list[dict[str, Any]]]:
    code, first, last = quarter(today)
    year = {"starts_on": date(today.year, 1, 1), "ends_on": date(today.year, 12, 31)}
    units = [{"code": "company", "name": COMPANY, "kind": "company", "parent": "", "head": PEOPLE["director"][1]}]
    return {
        "settings": [{"key": "company_name", "value": COMPANY}],
        "units": units
        + [
            {"code": unit, "name": name, "kind": kind, "parent": parent, "head": PEOPLE[head][1] if head else ""}
            for unit, name, kind, parent, head in UNITS
        ],
        "people": [
            {"email": email, "name": name, "unit": unit, "position": position, "roles": "hr" if who == "hr" else ""}
            for who, (name, email, unit, position) in PEOPLE.items()
        ],
        "cycles": [
            {"code": str(today.year), "name": "Năm", "state": "open", "parent": "", **year},
            {"code": code, "name": "Quý", "state": "open", "parent": today.year, "starts_on": first, "ends_on": last},
        ],
        "metrics": [{"aggregate": "last", **metric} for metric in METRICS],
        "goals": [
            {**goal, "code": key, "owner": PEOPLE[goal["owner"]][1], "state": "active", "cycle": _cycle(key, today)}
            for key, goal in GOALS.items()
        ],
        "measures": list(_measures()),
        "checkins": list(_checkins(today)),
    }


def _cycle(goal: str, today: date) -> str:
    return str(today.year) if goal == "OKR-1" else quarter(today)[0]


def _measures() -> Iterator[dict[str, Any]]:
    for goal, measures in MEASURES.items():
        for place, (said, _) in enumerate(measures, start=1):
            # A KPI's indicator without a title of its own bears its metric's name.
            title = said["title"] or next(one["name"] for one in METRICS if one["code"] == said["metric"])
            code = "I1" if goal.startswith("KPI") else f"KR{place}"
            yield {"direction": "", "aggregate": "", **said, "title": title, "goal": goal, "code": code}


def _checkins(today: date) -> Iterator[dict[str, Any]]:
    for measure, (goal, said) in zip(
        _measures(), ((goal, said) for goal, measures in MEASURES.items() for _, said in measures), strict=True
    ):
        for hour, values in enumerate(said):
            yield {
                "goal": goal,
                "measure": measure["code"],
                "on": today.isoformat(),
                "entered_at": f"{today.isoformat()}T00:0{hour}",
                "author": PEOPLE[GOALS[goal]["owner"]][1],
                **values,
            }
