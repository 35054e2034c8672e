"""The example company, Phần mềm An Nhiên: a company workbook whose dates follow today, so that the current quarter is always running."""

import csv
from datetime import date
from pathlib import Path

from goalsite.example.people import email
from goalsite.example.workbook import sheets
from goalsite.exchange.sheets import SHEETS

# Who to sign in as, to see the site from each side: role, e-mail.
DEMO_ACCOUNTS = [
    ("director", email("quang.vinh")),
    ("manager", email("thu.ha")),
    ("employee", email("minh.anh")),
    ("hr", email("hong.nhung")),
    ("administrator", email("xuan.truong")),
]
CAST = dict(DEMO_ACCOUNTS)


def write_workbook(folder: Path, today: date) -> None:
    """Writes the workbook into the folder, one CSV file a sheet. The same day gives the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sheets(today)
    for sheet in SHEETS:
        with (folder / f"{sheet.name}.csv").open("w", encoding="utf-8", newline="") as lines:
            names = [column.name for column in sheet.columns]
            writer = csv.DictWriter(lines, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[sheet.name])
