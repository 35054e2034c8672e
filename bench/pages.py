"""How long the server takes for each page, in companies of growing size, beside a bare view that makes as many bytes.

    .venv/bin/python -m bench.pages [200 2000 20000] [--year] [--times 15] [--keep FOLDER]

Requests go through the application in this process, without a network. Counted is the processor's time, the median of
some requests: what else the machine does disturbs it little. A company that was made today is used again.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice, repeat
from pathlib import Path
from statistics import median
from time import process_time, time_ns
from typing import Any

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.bare import add_bare_view
from bench.company import Cast, cast_of, make_company
from goalsite import create_app
from goalsite.actions.accounts import begin_session
from goalsite.config import INSTANCE
from goalsite.extensions import db
from goalsite.models import Goal, Measure, Person, Unit
from goalsite.models_follow import CheckIn
from goalsite.queries.company import today

Ask = Callable[[], Any]
WARM_UP = 3
FRAGMENT = {"HX-Request": "true"}
# Rules of the house: what a small company's page takes, a large one's takes too; a page of lists may take a little more.
FLAT, GROWING = 1.3, 3.0


@dataclass(frozen=True)
class Page:
    """One thing to ask for: as whom, where, and how much more it may take in the largest company than in the smallest."""

    name: str
    who: str
    path: str
    most: float
    fragment: bool = False
    saves: bool = False


PAGES = (
    Page("my goals", "employee", "/", FLAT),
    Page("my goals, a head's", "manager", "/", FLAT),
    Page("goal", "employee", "/goals/{goal}", FLAT),
    Page("goal with supporters", "manager", "/goals/{team_goal}", FLAT),
    Page("check-in: the form", "employee", "/measures/{measure}/check-in", FLAT, fragment=True),
    Page("check-in: the preview", "employee", "/measures/{measure}/preview?value=50", FLAT, fragment=True),
    Page("check-in: saved", "employee", "/measures/{measure}/check-in", FLAT, fragment=True, saves=True),
    Page("overview", "director", "/overview", GROWING),
    Page("overview, somebody's", "employee", "/overview", GROWING),
    Page("overview of a team", "employee", "/overview?unit={team}", GROWING),
    Page("overview, what is behind", "director", "/overview?status=behind", GROWING),
    Page("tree", "director", "/tree", GROWING),
    Page("tree, somebody's", "employee", "/tree", GROWING),
    Page("tree, one goal opened", "employee", "/tree/{top}/children", GROWING, fragment=True),
    Page("tree, words looked for", "employee", "/tree?text=nâng", GROWING),
    Page("map", "director", "/tree/map", GROWING),
    Page("map, somebody's", "employee", "/tree/map", GROWING),
    Page("members", "director", "/members", GROWING),
    Page("member", "manager", "/members/{employee}", GROWING),
    Page("units' results", "employee", "/reports/units", GROWING),
    Page("check-in discipline", "director", "/reports/discipline", GROWING),
    Page("check-in discipline of a team", "employee", "/reports/discipline?unit={team}", GROWING),
    Page("decisions", "manager", "/decisions", GROWING),
    Page("report of people", "hr", "/reports/people", GROWING),
    Page("report of people, a manager's", "manager", "/reports/people", GROWING),
    Page("report of units", "hr", "/reports/units", GROWING),
    Page("report of goals", "hr", "/reports/goals", GROWING),
    Page("report of goals, somebody's", "employee", "/reports/goals", GROWING),
    Page("notifications", "employee", "/notifications", GROWING),
)


@dataclass(frozen=True)
class Time:
    """Milliseconds of the page and of the bare view of the same length, and that length in bytes."""

    page: float
    bare: float
    length: int


def main() -> None:
    given = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given.add_argument("sizes", nargs="*", type=int, default=[200, 2000, 20000])
    given.add_argument("--year", action="store_true", help="goals of a year, with 47 weeks of check-ins")
    given.add_argument("--times", type=int, default=15, help="requests a page, of which the median counts")
    given.add_argument("--keep", type=Path, default=INSTANCE / "bench", help="where the companies' databases are kept")
    wanted = given.parse_args()
    wanted.keep.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Time]] = {}
    for size in wanted.sizes:
        with company(size, wanted.keep, year=wanted.year) as app:
            for name, time in measured(app, wanted.times):
                found.setdefault(name, []).append(time)
    for line in table(wanted.sizes, found):
        print(line)


@contextmanager
def company(size: int, folder: Path, *, year: bool) -> Iterator[Flask]:
    """The application on that company's database, made unless it was made today."""
    path = folder / f"{size}{'-year' if year else ''}-{datetime.now(UTC):%Y-%m-%d}.db"
    fresh = not path.with_suffix(".made").exists()
    app = create_app({"DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": "bench", "WTF_CSRF_ENABLED": False})
    add_bare_view(app)
    with app.app_context():
        if fresh:
            print(f"making a company of {size} …", file=sys.stderr)
            for file in folder.glob(f"{path.name}*"):
                file.unlink()
            flask_migrate.upgrade()
            begun = process_time()
            make_company(size, today(), year=year)
            print(f"made in {process_time() - begun:.0f} s of the processor", file=sys.stderr)
            path.with_suffix(".made").touch()
    # Outside of it: each request has a context of its own, as on a server, and forgets who looked before.
    yield app
    with app.app_context():
        db.engine.dispose()


def measured(app: Flask, times: int) -> Iterator[tuple[str, Time]]:
    """Each page's name and time; pages that are not there are left out."""
    with app.app_context():
        cast = cast_of()
        named = _named(cast)
        browsers = {who: signed_in(app, getattr(cast, who)) for who in ("director", "manager", "employee", "hr")}
    browsers["employee"].get("/")  # the day's first request also brings the standings up to date
    for page in PAGES:
        browser, path = browsers[page.who], page.path.format(**named)
        headers = FRAGMENT if page.fragment else {}
        asks: Iterator[Ask] = (
            _saving(app, browser, path, named["measure"])
            if page.saves
            else repeat(partial(browser.get, path, headers=headers))
        )
        answer = next(asks)()
        if answer.status_code != 200:
            print(f"{page.name}: {path} answers {answer.status_code}", file=sys.stderr)
            continue
        length = len(answer.data)
        yield page.name, Time(taken(asks, times), taken(repeat(partial(browser.get, f"/bare/{length}")), times), length)


def taken(asks: Iterator[Ask], times: int) -> float:
    """The median of what the requests take of the processor, in milliseconds; making them ready does not count."""
    found = []
    for ask in islice(asks, WARM_UP + times):
        begun = process_time()
        ask()
        found.append(process_time() - begun)
    return median(found[WARM_UP:]) * 1000


def table(sizes: list[int], found: dict[str, list[Time]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    many = len(sizes) > 1
    yield "| page | KB | " + " | ".join(f"{size} people, ms" for size in sizes) + " | grows × | bare, ms | × bare |"
    yield "|---|" + "--:|" * (len(sizes) + 4)
    for page in PAGES:
        if page.name not in found:
            continue
        times = found[page.name]
        last, growth = times[-1], times[-1].page / times[0].page
        steep = " **>**" if many and growth > page.most else ""
        heavy = " **>**" if last.page > 3 * last.bare else ""
        yield (
            f"| {page.name} | {last.length / 1024:.0f} | {' | '.join(f'{time.page:.1f}' for time in times)} | "
            f"{growth:.2f}{steep} | {last.bare:.1f} | {last.page / last.bare:.1f}{heavy} |"
        )


def _named(cast: Cast) -> dict[str, Any]:
    own = db.session.scalars(select(Goal.id).where(Goal.owner_id == cast.employee).order_by(Goal.id)).all()
    plain = select(Measure.id).where(Measure.direction == "increase", Measure.aggregate == "last")
    return {
        "goal": own[0],
        "team_goal": db.session.scalar(select(Goal.id).where(Goal.owner_id == cast.manager).order_by(Goal.id)),
        "top": 1,
        "measure": db.session.scalar(plain.where(Measure.goal_id.in_(own)).order_by(Measure.id)),
        "team": db.session.scalar(select(Unit.code).where(Unit.head_id == cast.manager)),
        "employee": cast.employee,
    }


def _saving(app: Flask, browser: FlaskClient, path: str, measure: int) -> Iterator[Ask]:
    """Check-ins of today, each made after the one before."""
    held = select(func.max(CheckIn.id)).where(CheckIn.measure_id == measure)
    for number in count():
        with app.app_context():
            last, day = db.session.scalar(held) or 0, today()
        said = {"value": str(number % 90), "on": day.isoformat(), "confidence": "on_track", "version": str(last)}
        key = {"form_key": f"bench-{time_ns()}"}
        yield partial(browser.post, path, headers=FRAGMENT, data=said | key)


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    person = db.session.get_one(Person, person_id)
    token = begin_session(
        person, address="127.0.0.1", agent="bench", lifetime=timedelta(hours=12), now=datetime.now(UTC)
    )
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


if __name__ == "__main__":
    main()
