"""How long `load` takes for a company's people on SQLite, and how often its bar moves.

    .venv/bin/python -m bench.load [20000] [--keep FOLDER]

The workbook has teams of ten, ten teams to a department, and everybody in them; nothing else. Loaded into an empty database,
then once more, when nothing of it is new.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import flask_migrate
from openpyxl import Workbook

from bench.company import FAMILY, GIVEN, MIDDLE, TEAM
from goalsite import create_app
from goalsite.exchange.load import load_path
from goalsite.extensions import db


def main() -> None:
    """Makes the workbook and the database, loads twice, and prints the seconds."""
    parser = argparse.ArgumentParser(prog="bench.load")
    parser.add_argument("people", nargs="?", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="where the workbook and the database stay")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        where = options.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        path = where / f"people-{options.people}.xlsx"
        write(path, options.people)
        app = create_app({"DATABASE_URL": f"sqlite:///{(where / 'load.db').resolve()}"})
        with app.app_context():
            flask_migrate.upgrade()
            for time in ("empty database", "once more"):
                load(path, time)


def load(path: Path, time: str) -> None:
    """Loads it as the command does, and says how long that took and how often the bar was told."""
    told: Counter[str] = Counter()
    last = ""
    begun = monotonic()

    def progress(what: str, done: int, of: int) -> None:
        nonlocal last
        told[what] += 1
        last = f"{what} {done}/{of}"

    report = load_path(path, dry_run=False, progress=progress)
    if report.faults:
        raise SystemExit(f"{len(report.faults)} faults, such as {report.faults[0]}")
    db.session.commit()
    rows = ", ".join(f"{one.sheet} {one.new} new, {one.unchanged} unchanged" for one in report.sheets)
    print(f"{time}: {monotonic() - begun:.1f} s; {rows}; bar {dict(told)}, last {last}")


def write(path: Path, people: int) -> None:
    """The workbook."""
    book = Workbook(write_only=True)
    for name, rows in (("units", _units(people)), ("people", _people(people))):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def _units(people: int) -> Iterator[list[str]]:
    yield ["code", "name", "kind", "parent", "head"]
    yield ["C", "Công ty", "company", "", "n0@x.vn"]
    for team in range(-(-people // TEAM)):
        if team % TEAM == 0:
            yield [f"D{team // TEAM}", f"Phòng {team // TEAM}", "department", "C", f"n{team * TEAM}@x.vn"]
        yield [f"T{team}", f"Nhóm {team}", "team", f"D{team // TEAM}", f"n{team * TEAM + 1}@x.vn"]


def _people(people: int) -> Iterator[list[str]]:
    chance = Random(people)
    yield ["email", "name", "title", "position", "unit", "joined_on"]
    for number in range(people):
        name = " ".join(chance.choice(part) for part in (FAMILY, MIDDLE, GIVEN))
        # Whoever heads a department is at home there, and the first of them in the company itself.
        department, heads = divmod(number, TEAM * TEAM)
        unit = f"T{number // TEAM}" if heads else f"D{department}" if number else "C"
        yield [f"n{number}@x.vn", name, "Chuyên viên", f"Vị trí {number % 40}", unit, "2024-01-02"]


if __name__ == "__main__":
    main()
