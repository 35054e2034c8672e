"""A company of any size, for benchmarks and for tests that ask what growth does: always the same one for the same size and day.

Teams of ten, ten teams to a department, ten departments to a division where there are many; a head for each, whose goals are
the unit's. Two OKRs of four key results and a KPI each: three goals, three measures a goal. Rows are written in bulk, and what
is stored about them is computed by the application itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select, text, update

from bench.bulk import WEEK, Place, put
from bench.goals import make_check_ins, make_goals, make_talk
from goalsite.actions.organisation import rebuild_organisation
from goalsite.actions.search_words import refresh_all_words
from goalsite.actions.standing import refresh_everything
from goalsite.domain.names import name_key, text_key
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Metric, Person, Setting, Step, Unit

TEAM = 10
HR = 4  # so many places after the head of the last team
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE = ("Minh", "Thu", "Quốc", "Thị", "Văn", "Khánh", "Hồng", "Gia", "Thanh", "Ngọc", "Đức")
GIVEN = ("Anh", "Hà", "Linh", "Vinh", "Tâm", "Nhung", "Khôi", "Đạt", "Mai", "Phúc", "Sơn", "Trang", "Yến")


@dataclass(frozen=True)
class Cast:
    """Ids of those whose pages are looked at."""

    director: int
    manager: int
    employee: int
    hr: int


def make_company(people: int, day: date, *, weeks: int = 8, year: bool = False) -> Cast:
    """Fills an empty database with a company of that many people, as of `day`, and commits.

    The running quarter began eight weeks ago. weeks: how many of its weeks have check-ins, the latest ones. year: the goals are
    the whole year's instead, and there are check-ins for each of its 47 weeks so far.
    """
    chance = Random(people)
    cycle, places = make_organisation(people, day, chance, year=year)
    make_goals(places, cycle, day, year, chance)
    make_check_ins(cycle, day, cycle.starts_on if year else day - WEEK * weeks, chance)
    make_talk(places, day)
    _count_on()
    rebuild_organisation(day)
    refresh_everything(day)
    refresh_all_words()
    db.session.commit()
    return cast_of()


def make_organisation(people: int, day: date, chance: Random, *, year: bool = False) -> tuple[Cycle, list[Place]]:
    """The cycle the goals belong to, and everybody's place."""
    put(Setting, [{"key": "company_name", "value": f"Công ty {people}"}, {"key": "locale", "value": "vi"}])
    cycle = _make_cycles(day, year)
    places = _make_people(people, chance)
    return cycle, places


def cast_of() -> Cast:
    """The head of all, and three of the last team: its head, one of its people, and HR."""
    head = db.session.scalar(select(Unit.head_id).order_by(Unit.id.desc()).limit(1))
    assert head is not None, "every unit of this company has a head"
    return Cast(director=1, manager=head, employee=head + 3, hr=head + HR)


def _make_cycles(day: date, year: bool) -> Cycle:
    """The year and its quarters; only what the goals belong to is open."""
    quarter = day - WEEK * 8
    spans = [
        (quarter + WEEK * 13 * number, quarter + WEEK * 13 * (number + 1) - timedelta(1)) for number in range(-3, 1)
    ]
    names = [("Y", "Cả năm"), *((f"Q{number}", f"Quý {number}") for number in range(1, 5))]
    states = ["open", *["planning"] * 4] if year else ["planning", *["reviewing"] * 3, "open"]
    rows = [
        {"id": at, "code": code, "name": name, "starts_on": first, "ends_on": last, "state": state}
        | {"parent_id": None if at == 1 else 1}
        for at, ((code, name), (first, last), state) in enumerate(
            zip(names, [(spans[0][0], spans[-1][1]), *spans], states, strict=True), start=1
        )
    ]
    put(Cycle, rows)
    return db.session.get_one(Cycle, 1 if year else 5)


def _make_people(count: int, chance: Random) -> list[Place]:
    units: list[dict[str, Any]] = []
    places = list(_placed(count, units))
    names = [f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}" for _ in places]
    hr = units[-1]["head_id"] + HR
    put(Unit, [{key: value for key, value in unit.items() if key != "head_id"} for unit in units])
    put(
        Person,
        [
            {
                "id": place.person,
                "email": f"p{place.person}@x.vn",
                "email_key": f"p{place.person}@x.vn",
                "name": name,
                "sort_key": name_key(name),
                "title": "Trưởng đơn vị" if place.heads else "Chuyên viên",
                "position": f"Vị trí {place.person % 12}",
                "unit_id": place.unit,
                "is_hr": place.person == hr,
                "is_admin": False,
            }
            for place, name in zip(places, names, strict=True)
        ],
    )
    db.session.execute(update(Unit), [{"id": unit["id"], "head_id": unit["head_id"]} for unit in units])
    return places


def _placed(count: int, units: list[dict[str, Any]]) -> Iterator[Place]:
    """Everybody's place, heads before their people; the units are noted on the way."""
    teams = max(count // TEAM, 1)
    departments = max(teams // 10, 2)
    divisions = departments // 10 if departments > 30 else 0
    rest = count - 1 - divisions - departments
    person, heads = 1, dict[int, int]()

    def unit(kind: str, name: str, parent: int | None) -> int:
        number = len(units) + 1
        given = {"kind": kind, "code": f"U{number}", "name": name, "sort_key": text_key(name), "parent_id": parent}
        units.append({"id": number, **given, "head_id": person})
        heads[number] = person
        return number

    top = unit("company", f"Công ty {count}", None)
    yield Place(person, top, 0, True, person)
    parents = [(top, 0)]
    for kind, total in (("department", divisions), ("department", departments), ("team", teams)):
        if not total:
            continue
        below = []
        for number in range(total):
            above, depth = parents[number * len(parents) // total]
            person += 1
            made = unit(kind, f"{'Phòng' if kind == 'department' else 'Nhóm'} {len(units)}", above)
            yield Place(person, made, depth + 1, True, heads[above])
            below.append((made, depth + 1))
            size = rest * (number + 1) // teams - rest * number // teams if kind == "team" else 1
            for _ in range(size - 1):
                person += 1
                yield Place(person, made, depth + 1, False, heads[made])
        parents = below


def _count_on() -> None:
    """PostgreSQL's counters go on after the ids that were given."""
    if db.engine.dialect.name != "postgresql":
        return
    for model in (Cycle, Metric, Unit, Person, Goal, Measure, Step):
        last = db.session.scalar(select(func.max(model.id))) or 1
        db.session.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": model.__tablename__, "last": last},
        )
