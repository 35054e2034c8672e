"""A small company whose workbook is hard to read: numbers, quotes, line ends, formulas that are none."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from goalsite.exchange.load import load_path
from goalsite.exchange.rows import LoadReport
from goalsite.extensions import db

TODAY = date(2026, 2, 20)
# ruff: noqa: E501 (a CSV row is one line)
SHEETS = {
    "settings": '''key,value
company_name,"Công ty ""Ba Sao"""
time_zone,Asia/Ho_Chi_Minh
holidays,2026-01-01;2026-02-17
''',
    "units": '''code,name,kind,parent,head,supervisors
CTY,Công ty Ba Sao,company,,An@ba.sao,
KD,Phòng Kinh doanh,department,CTY,binh@ba.sao,an@ba.sao
KD-1,"=Nhóm ""một""",team,KD,chi@ba.sao,
''',
    "people": '''email,name,title,position,unit,teams,manager,roles,locale,joined_on,left_on
An@ba.sao,Lê An,Giám đốc,Giám đốc,CTY,,,hr;admin,,01/02/2020,
binh@ba.sao,Trần Bình,,Trưởng phòng,KD,,,,vi,,
chi@ba.sao,Đỗ Chi,,Nhân viên,KD-1,KD,,,en,2025-01-05,
dung@ba.sao,-Phạm Dũng,,Nhân viên,KD-1,,binh@ba.sao,,,,2027-01-01
''',
    "cycles": '''code,name,starts_on,ends_on,parent,state,kpi_share,kpi_cap
2025-Q4,,2025-10-01,2025-12-31,,reviewing,,
2026,Năm 2026,2026-01-01,2026-12-31,,open,0.6,1.5
2026-Q1,,2026-01-01,31/03/2026,2026,open,"0,6",
''',
    "metrics": '''code,name,symbol,direction,aggregate,decimals,how_measured,formula,formula_is
DT,Doanh thu,₫,increase,sum,0,,($value-$target)*100/$target,
LOI,Tỷ lệ lỗi,%,decrease,ratio,2,"Đếm,
từng dòng",,
''',
    "kpi_sets": '''position,metric,title,weight,target,target_per,frequency
Nhân viên,DT,,2,1.000.000,period,month
''',
    "goals": '''code,kind,scope,title,cycle,unit,owner,starts_on,due_on,supports,also_supports,weight,ambition,state,visibility,visible_to,progress_from,evaluator,description,followers
O1,okr,unit,"Tăng ""sức"" bán",2026-Q1,KD,binh@ba.sao,,,,,1.1250,aspirational,active,internal,CTY,both,,"=SUM(A1)
dòng hai",chi@ba.sao;AN@ba.sao
O2,okr,person,Chi bán,2026-Q1,,chi@ba.sao,2026-01-05,,O1/KR1,O3,,,active,,,,,,
O3,okr,person,-Nháp,2026,,dung@ba.sao,,,,,,,draft,,,,,,
K1,kpi,person,Doanh thu,2026-Q1,,chi@ba.sao,,,O1,,40,,active,,,,an@ba.sao,,
K2,kpi,unit,Lỗi,2026-Q1,KD,binh@ba.sao,,,,,60,,active,,,,,,
P1,okr,person,Quý trước,2025-Q4,,chi@ba.sao,,,,,,,closed,,,,,,
''',
    "measures": '''goal,code,title,metric,symbol,decimals,direction,aggregate,frequency,start,target,target_per,low,high,weight,starts_on,due_on,assignee,fed_by
O1,KR1,Doanh thu bán,DT,,,,,,0,3.000.000,,,,,,,,K1
O1,KR2,Điểm,,điểm,1,,,,"1,5","4,5",,,,2,,,chi@ba.sao,
O2,KR1,Thời gian,,ngày,0,decrease,,,10,5,,,,,,,,
O2,KR2,Các bước,,,,steps,,,,,,,,,,,,
O2,KR3,Giữ,,%,1,keep,,week,,,,90,,,,,,
K1,I,,DT,,,,,month,,3000000,,,,,,,,
K2,I,,LOI,,,,,month,,5,,,,,,,,
P1,KR1,Xong,,,,done,,,,,,,,,,,,
''',
    "steps": '''goal,measure,step,title,weight
O2,KR2,B2,Hai,70
O2,KR2,B1,,30
''',
    "period_targets": '''goal,measure,starts_on,target
K1,I,2026-01-01,"500,000.5"
K1,I,2026-02-01,1.234.567
''',
    "checkins": '''goal,measure,entered_at,step,on,value,numerator,denominator,confidence,note,author,replaces,seen_by,seen_at
K1,I,,,09/01/2026,"900,000.1250",,,,,,,,
K1,I,2026-01-12 08:00,,2026-01-09,1.250.000,,,at_risk,"=cmd|' /C calc'!A0",an@ba.sao,2026-01-09 17:00,binh@ba.sao,2026-01-12T02:00:00Z
K1,I,2026-01-12 09:00,,2026-01-09,1250001,,,,'dấu nháy,,2026-01-12 08:00,,
K2,I,,,2026-01-30,,3,120,,,,,,
O1,KR2,,,2026-02-06,"2,1250",,,off_track,"Hai
dòng ""nháy""",,,an@ba.sao,
O2,KR1,,,2026-01-16,8,,,,,,,,
O2,KR2,,B1,2026-01-16,1,,,,,,,,
O2,KR2,,B2,2026-01-16,0,,,,,,,,
O2,KR3,,,2026-01-16,"92,5",,,,,,,,
P1,KR1,,,2025-12-30,1,,,,,,,,
''',
    "changes": '''goal,measure,at,field,from,to,why,by,approved_by
K1,I,2026-01-20 10:00,target,2500000,3000000,"Thị trường, tăng",an@ba.sao,
O2,,2026-01-21 10:00,weight,,1,,binh@ba.sao,an@ba.sao
''',
    "blockers": '''goal,measure,opened_on,kind,owner,next_step,closed_on
O1,KR2,2026-02-06,clarity,binh@ba.sao,+84 gọi,
O1,KR2,2026-02-06,external,,,2026-02-10
''',
    "actions": '''goal,title,measure,assignee,due_on,done_on
O2,Gọi 20 khách,KR1,dung@ba.sao,2026-02-01,
''',
    "comments": '''goal,entered_at,author,body
O1,2026-02-06 17:30:15.123456,an@ba.sao,"@binh
**=1+1** "
''',
    "evaluations": '''goal,at,step,by,score,note
P1,2026-01-05 09:00,submitted,chi@ba.sao,1,
P1,2026-01-06 09:00,approved,binh@ba.sao,"0,9",Tốt
''',
    "reviews": '''cycle,person,state,manager_words,person_words,adjustment,adjustment_why,manager_signed_at,person_signed_at,agrees
2025-Q4,chi@ba.sao,person_signed,Khá,Cảm ơn,"-0,05",Muộn,2026-01-10 08:00,2026-01-11 08:00,no
''',
    "notes": '''unit,held_on,body
KD,2026-01-12,"- một
- hai"
''',
}  # fmt: skip


def added(sheet: str, *lines: str) -> dict[str, str]:
    """The sheet with these rows below its own."""
    return {sheet: SHEETS[sheet] + "".join(f"{line}\n" for line in lines)}


def edited(sheet: str, old: str, new: str) -> dict[str, str]:
    """The sheet with a piece of its text replaced, which must be there once."""
    assert SHEETS[sheet].count(old) == 1, f"{old} is in {sheet} {SHEETS[sheet].count(old)} times"
    return {sheet: SHEETS[sheet].replace(old, new)}


def written(folder: Path, sheets: dict[str, str] | None = None, *, whole: bool = True) -> Path:
    """The company's folder of CSV files, with these sheets in place of its own; or these alone."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in ({**SHEETS, **(sheets or {})} if whole else sheets or {}).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def load(path: Path, **options: Any) -> LoadReport:
    """Loads, and commits as the command does."""
    report = load_path(path, today=TODAY, **options)
    db.session.commit()
    return report


def faults(report: LoadReport) -> list[tuple[str, int, str, str]]:
    """Where each fault is, and its code."""
    return [(fault.sheet, fault.row, fault.column, fault.error.code) for fault in report.faults]


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in db.metadata.tables.items()
    }
