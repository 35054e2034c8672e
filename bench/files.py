"""How long a report takes as a file, and how much memory: `python -m bench.files [2000 20000] [--keep FOLDER]`.

Each file is asked for by HR in a process of its own, whose processor time and greatest size are told beside those of a process that asks for a small page.
"""

import argparse
import os
import resource
from pathlib import Path
from time import perf_counter

from flask.testing import FlaskClient

from bench.company import cast_of
from bench.pages import company, signed_in
from goalsite.config import INSTANCE

FILES = (
    "people.xlsx",
    "people.csv",
    "units.xlsx",
    "goals.xlsx",
    "goals.csv",
    "measures.xlsx",
    "measures.csv",
    "forecast.xlsx",
    "compare.xlsx",
    "distribution.csv",
)


def main() -> None:
    """A line a file: its size, seconds on the clock and of the processor, and by how much the process grew."""
    given = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given.add_argument("sizes", nargs="*", type=int, default=[2000, 20000])
    given.add_argument("--keep", type=Path, default=INSTANCE / "bench", help="where the companies' databases are kept")
    given.add_argument("--only", nargs="*", help="files, instead of all: goals.csv")
    wanted = given.parse_args()
    wanted.keep.mkdir(parents=True, exist_ok=True)
    for size in wanted.sizes:
        print(f"{size} people", flush=True)
        with company(size, wanted.keep, year=False) as app:
            with app.app_context():
                browser = signed_in(app, cast_of().hr)
            browser.get("/")
            for file in wanted.only or FILES:
                _ask(browser, f"/reports/{file}")


def _ask(browser: FlaskClient, path: str) -> None:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    browser.get("/reports")
    before, begun = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
    answer = browser.get(path)
    after, length = resource.getrusage(resource.RUSAGE_SELF), len(answer.data)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    grown = (after.ru_maxrss - before.ru_maxrss) / 1024
    wall = perf_counter() - begun
    print(
        f"{path} {answer.status_code}: {length // 1000} kB, {wall:.1f} s, {cpu:.1f} s cpu, +{grown:.0f} MB", flush=True
    )
    os._exit(0)


if __name__ == "__main__":
    main()
