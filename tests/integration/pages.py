"""Every page there is, with arguments worth asking for: what `test_query_counts` counts. A new route has a line here."""

import re
from collections.abc import Iterator
from itertools import product

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, Measure, Person, Unit
from goalsite.models_follow import CheckIn

# endpoint → addresses; {name} stands for each of the ids that `sights` finds under that name.
PAGES: dict[str, tuple[str, ...]] = {
    "account.show": ("/account",),
    "auth.first_visit": ("/first-visit",),
    "auth.sign_in": ("/sign-in",),
    "auth.welcome": ("/welcome/nobody-was-sent-this",),
    "checkins.new": ("/measures/{own_measure}/check-in",),
    "checkins.preview": ("/measures/{own_measure}/preview?value=50", "/measures/{own_measure}/preview?value=x"),
    "checkins.row": ("/measures/{measure}",),
    "coach.show": ("/goals/{goal}/coach",),
    "drafts.edit": ("/goals/{own_draft}/edit",),
    "drafts.new": ("/goals/new", "/goals/new?kind=kpi"),
    "moves.ask": ("/goals/{own_draft}/cancel",),
    "goals.conversation": ("/goals/{goal}/conversation", "/goals/{goal}/conversation?page=2"),
    "goals.explanation": ("/goals/{goal}/explanation",),
    "goals.head": ("/goals/{goal}/head",),
    "goals.history": ("/goals/{goal}/history", "/goals/{goal}/history?page=2"),
    "goals.periods": ("/goals/{goal}/periods",),
    "goals.progress": ("/goals/{goal}/progress",),
    "goals.show": ("/goals/{goal}",),
    "health.healthz": ("/healthz",),
    "health.readyz": ("/readyz",),
    "my.goal_head": ("/my/goals/{goal}/head",),
    "my.show": ("/",),
    "my.standing": ("/standing",),
    "notifications.show": ("/notifications",),
    "overview.show": (
        "/overview",
        "/overview?unit={unit}",
        "/overview?unit={unit}&below=0&page=2",
        "/overview?status=behind&kind=okr&text=a",
        "/overview?owner={person}",
        "/overview?stale=1&unaligned=1",
    ),
    "people.edit": ("/setup/people/{person}/edit",),
    "people.list_people": (
        "/setup/people",
        "/setup/people?text=an&unit={unit}&role=heads&state=all&page=2",
    ),
    "people.new": ("/setup/people/new",),
    "pickers.options": (
        "/pickers/people?field=x&x=a",
        "/pickers/units?field=x&x=a",
        "/pickers/metrics?field=x&x=a",
        "/pickers/goals?field=x&x=a",
    ),
    "static": ("/static/favicon.svg",),
    "tree.children": ("/tree/{goal}/children",),
    "tree.node": ("/tree/{goal}",),
    "tree.show": (
        "/tree",
        "/tree?goal={goal}",
        "/tree?unit={unit}",
        "/tree?status=behind&kind=okr&text=a",
        "/tree?owner={person}",
        "/tree?open={goal}&page=2",
    ),
}
# What these answer to somebody signed in; every other page answers 200.
ANSWERS = {"auth.first_visit": 404, "auth.welcome": 404}


def routes(app: Flask) -> set[str]:
    """The endpoints that can be got."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def sights(viewer: Person) -> dict[str, list[object]]:
    """What the viewer may well look at, by the names in PAGES: their own things, and those that have the most to show."""
    running = (Goal.state == "active", Goal.visibility == "public", Cycle.state == "open")
    goals = select(Goal.id).join(Goal.cycle).where(*running).group_by(Goal.id)
    below = aliased(Goal)
    own = goals.where(Goal.owner_id == viewer.id)
    most = (
        goals.join(below, below.parent_id == Goal.id),
        goals.join(Measure, Measure.goal_id == Goal.id).join(CheckIn, CheckIn.measure_id == Measure.id),
        goals.join(Measure, Measure.goal_id == Goal.id).where(Measure.fed_by_id.is_not(None)),
    )
    found = [db.session.scalar(query.order_by(func.count().desc(), Goal.id).limit(1)) for query in (own, *most)]
    measures = select(Measure.id).where(Measure.goal_id.in_(found)).order_by(Measure.id).limit(4)
    mine = measures.where(Measure.goal_id == found[0], Measure.fed_by_id.is_(None))
    deepest = db.session.scalars(select(Unit.code).order_by(Unit.id.desc()).limit(1))
    root = db.session.execute(select(Unit.code, Unit.head_id).where(Unit.parent_id.is_(None))).one()
    return {
        "goal": sorted({goal for goal in found if goal}),
        "measure": list(db.session.scalars(measures)),
        "own_measure": list(db.session.scalars(mine)),
        "own_draft": list(db.session.scalars(select(Goal.id).where(Goal.owner_id == viewer.id, Goal.state == "draft"))),
        "unit": [root.code, *deepest],
        "person": sorted({viewer.id, root.head_id}),
    }


def addresses(endpoint: str, seen: dict[str, list[object]]) -> Iterator[str]:
    """The endpoint's addresses, each with each of the viewer's ids; none where the viewer has nothing of the kind."""
    for template in PAGES[endpoint]:
        names = re.findall(r"{(\w+)}", template)
        for chosen in product(*(seen[name] for name in names)):
            yield template.format(**dict(zip(names, chosen, strict=True)))
