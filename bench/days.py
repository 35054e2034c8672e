"""What a look back on a past day costs, and the closing of a cycle: `python -m bench.days [people] [--database URL]`, on an empty database."""

import argparse
from datetime import timedelta
from time import perf_counter, process_time

import flask_migrate
from sqlalchemy import select

from bench.company import make_company
from goalsite import create_app
from goalsite.actions.as_of import go_back
from goalsite.actions.cycles import move_cycle
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Person
from goalsite.queries.company import today

BACK = timedelta(days=20)


def main() -> None:
    """Makes the company, looks back twenty days, then begins the review and closes the cycle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=2000)
    parser.add_argument("--database", required=True)
    wanted = parser.parse_args()
    app = create_app({"DATABASE_URL": wanted.database, "SECRET_KEY": "bench"})
    with app.app_context():
        flask_migrate.upgrade()
        make_company(wanted.people, today())
        db.session.commit()
        cycle = db.session.scalars(select(Cycle).where(Cycle.state == "open").order_by(Cycle.ends_on)).first()
        by = db.session.scalars(select(Person).where(Person.is_hr)).first()
        assert cycle is not None
        assert by is not None
        goals = db.session.query(Goal).filter_by(cycle_id=cycle.id).count()
        print(f"{wanted.people} people, {goals} goals")
        for what in ("look back", "review", "close"):
            wall, cpu = perf_counter(), process_time()
            if what == "look back":
                go_back([cycle], today() - BACK)
                db.session.rollback()
            else:
                move_cycle(by, cycle, what, "", today())
                db.session.commit()
            print(f"{what}: {perf_counter() - wall:.1f} s, {process_time() - cpu:.1f} s of the processor")


if __name__ == "__main__":
    main()
