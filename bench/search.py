"""How long search takes in a company of 20 000 people with 60 000 goals, of which a third are internal and a tenth restricted.

    .venv/bin/python -m bench.search [--people 20000] [--times 15] [--database URL of an empty database]

Counted is the time that passes, the database's included: the median and the longest of some requests.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import flask_migrate
from flask import Flask
from sqlalchemy import func, select, text, update

from bench.company import cast_of, make_organisation
from bench.goals import make_goals
from goalsite import create_app
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.search_words import refresh_all_words
from goalsite.extensions import db
from goalsite.models import Goal, Person, SearchWord
from goalsite.queries.company import today
from goalsite.queries.search import FEW, search
from goalsite.queries.viewer import viewer_for

ASKED = (
    ("a word of two thirds of the goals", "nang"),
    ("the same, half typed", "nan"),
    ("two letters", "ng"),
    ("four frequent words", "ket qua don vi"),
    ("frequent words that never meet", "nang giu"),
    ("a frequent and a rare one", "ket qua 1234"),
    ("a rare one", "1234"),
    ("a frequent family name", "nguyen"),
    ("nothing", "khongcogica"),
)


def main() -> None:
    given = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given.add_argument("--people", type=int, default=20000)
    given.add_argument("--times", type=int, default=15)
    given.add_argument("--database", help="an empty one; without it SQLite in a temporary folder")
    wanted = given.parse_args()
    with TemporaryDirectory() as folder, company(wanted.people, wanted.database or f"sqlite:///{Path(folder)}/b.db"):
        goals, words = (db.session.scalar(select(func.count()).select_from(one)) for one in (Goal, SearchWord))
        print(f"{goals} goals, {words} words, {db.engine.dialect.name}\n")
        print("| looked for | | employee, ms | longest | all the goals, ms | HR, ms |\n|---|---|--:|--:|--:|--:|")
        for line in lines(wanted.times):
            print(line)


@contextmanager
def company(people: int, url: str) -> Iterator[Flask]:
    """The application on a fresh database with that company."""
    app = create_app({"DATABASE_URL": url, "SECRET_KEY": "bench"})
    with app.app_context():
        flask_migrate.upgrade()
        chance = Random(people)
        cycle, places = make_organisation(people, today(), chance)
        make_goals(places, cycle, today(), False, chance)
        rebuild_organisation(today())
        for every, visibility in ((3, "internal"), (10, "restricted")):
            db.session.execute(update(Goal).where(Goal.id % every == 1).values(visibility=visibility))
        begun = perf_counter()
        refresh_all_words()
        db.session.commit()
        print(f"words made in {perf_counter() - begun:.0f} s", file=sys.stderr)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        yield app
        db.session.remove()
        db.engine.dispose()


def lines(times: int) -> Iterator[str]:
    """A line of a Markdown table for each search."""
    cast = cast_of()
    people = [db.session.get_one(Person, one) for one in (cast.employee, cast.hr)]
    employee, hr = (viewer_for(one) for one in people)
    for what, said in ASKED:
        own = taken(partial(search, employee, said), times)
        paged = taken(partial(search, employee, said, "goal", 3), times)
        whole = taken(partial(search, hr, said), times)
        found = {hits.kind: hits for hits in search(employee, said, few=FEW).hits}
        assert found or said == ASKED[-1][1] or said == "nang giu", f"nothing found for {said}"
        yield f"| {what} | {said} | {median(own):.1f} | {max(own):.1f} | {median(paged):.1f} | {median(whole):.1f} |"


def taken(ask: Callable[[], object], times: int) -> list[float]:
    """Milliseconds that pass, each time."""
    found = []
    for _ in range(times):
        begun = perf_counter()
        ask()
        found.append((perf_counter() - begun) * 1000)
    return found


if __name__ == "__main__":
    main()
