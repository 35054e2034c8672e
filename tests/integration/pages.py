"""Every page there is, with arguments worth asking for: what `test_query_counts` counts. A new route has a line here."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import CompoundSelect, func, select, union
from sqlalchemy.orm import aliased

from goalsite.extensions import db
from goalsite.models import Cycle, Goal, KpiSetItem, Measure, Metric, Person, Unit
from goalsite.models_accounts import Upload
from goalsite.models_follow import Action, CheckIn
from goalsite.queries.company import today

# endpoint → addresses; {name} stands for each of the ids that `sights` finds under that name.
PAGES: dict[str, tuple[str, ...]] = {
    "account.show": ("/account",),
    "search.show": (
        "/search?q=muc tieu",
        "/search?q=a",
        "/search?q=ng",
        "/search?q=nang cao&kind=goal&page=3",
        "/search?q=an&kind=person",
    ),
    "search.suggestions": ("/search/suggestions?q=khach hang",),
    "auth.first_visit": ("/first-visit",),
    "auth.sign_in": ("/sign-in",),
    "auth.welcome": ("/welcome/nobody-was-sent-this",),
    "assignments.sheets": (
        "/members/assignments?position={position}",
        "/members/assignments?unit={unit}&below=0&page=2",
        "/members/assignments?unit={unit}",
    ),
    "assignments.show": ("/members/{person}/assignment",),
    "checkins.new": ("/measures/{own_measure}/check-in",),
    "checkins.preview": ("/measures/{own_measure}/preview?value=50", "/measures/{own_measure}/preview?value=x"),
    "weekly.show": ("/checkins", "/checkins?person={report}"),
    "acknowledgements.show": ("/checkins/unseen", "/checkins/unseen?page=2"),
    "corrections.new": ("/checkins/{own_checkin}/correct",),
    "meetings.show": ("/units/{own_unit}/meeting", "/units/{own_unit}/meeting?since=2020-01-01"),
    "workbook.show": ("/setup/workbook",),
    "workbook.look": ("/setup/workbook/{upload}",),
    "workbook.download_report": ("/setup/workbook/{upload}/report",),
    "workbook.download_template": ("/setup/workbook/template",),
    "checkins.row": ("/measures/{measure}",),
    "company.edit": ("/setup/company",),
    "cycle_copies.new": ("/setup/cycles/{cycle}/copy", "/setup/cycles/{cycle}/copy?text=a&page=2"),
    "cycle_plans.new": ("/setup/cycles/plan",),
    "cycle_plans.preview": ("/setup/cycles/plan/preview?pattern=months&year=2031&first_month=4",),
    "cycles.confirm": ("/setup/cycles/{cycle}/review",),
    "cycles.edit": ("/setup/cycles/{cycle}/edit",),
    "cycles.list_cycles": ("/setup/cycles",),
    "cycles.new": ("/setup/cycles/new",),
    "kpi_gifts.show": ("/setup/kpi-sets/give?position={position}",),
    "kpi_sets.edit": ("/setup/kpi-sets/edit?position={position}",),
    "kpi_sets.list_positions": ("/setup/kpi-sets", "/setup/kpi-sets?text=a&page=2"),
    "metrics.edit": ("/setup/metrics/{metric}/edit",),
    "metrics.list_metrics": ("/setup/metrics", "/setup/metrics?text=a&page=2"),
    "metrics.new": ("/setup/metrics/new",),
    "metrics.trial": ("/setup/metrics/trial?formula=value*2&try_value=3",),
    "coach.show": ("/goals/{goal}/coach",),
    "convert.begin": ("/convert", "/convert?example=1"),
    "convert_objective.edit": ("/convert/{own_okr_draft}/objective",),
    "convert.key_results": ("/convert/{own_okr_draft}/key-results",),
    "convert.rhythm": ("/convert/{own_okr_draft}/rhythm",),
    "convert.smart": ("/convert/{own_okr_draft}/smart",),
    "duplicates.new": ("/goals/{goal}/duplicate",),
    "drafts.edit": ("/goals/{own_draft}/edit",),
    "drafts.new": ("/goals/new", "/goals/new?kind=kpi", "/goals/new?from={goal}"),
    "moves.ask": ("/goals/{own_draft}/cancel",),
    "decisions.show": (
        "/decisions",
        "/decisions?tab=approved&sort=person&page=2",
        "/decisions?tab=sent",
        "/decisions?kind=change&page=2",
        "/decisions?kind=evaluator",
        "/decisions?person={person}",
    ),
    "evaluations.row": ("/evaluations/{own_goal}/row", "/evaluations/{decidable}/row"),
    "evaluations.show": ("/evaluations/{own_goal}", "/evaluations/{decidable}"),
    "evaluations.submit": ("/evaluations/{own_over}/submit",),
    "evaluators.edit": ("/goals/{report_goal}/evaluator",),
    "plans.new": ("/goals/{own_active}/actions/new",),
    "plans.edit": ("/actions/{own_action}/edit",),
    "changes.edit": ("/goals/{own_active}/change",),
    "measures.ask": ("/measures/{own_measure}/end",),
    "measures.new": ("/goals/{own_active}/measures/new",),
    "comments.mentions": ("/goals/{goal}/mentions?typed=n", "/goals/{goal}/mentions?typed=ph%E1%BA%A1m+h"),
    "goals.conversation": ("/goals/{goal}/conversation", "/goals/{goal}/conversation?page=2"),
    "goals.explanation": ("/goals/{goal}/explanation",),
    "goals.head": ("/goals/{goal}/head",),
    "goals.history": ("/goals/{goal}/history", "/goals/{goal}/history?page=2"),
    "goals.periods": ("/goals/{goal}/periods",),
    "goals.progress": ("/goals/{goal}/progress",),
    "goals.show": ("/goals/{goal}",),
    "health.healthz": ("/healthz",),
    "health.readyz": ("/readyz",),
    "members.list_members": (
        "/members",
        "/members?unit={unit}&below=0",
        "/members?status=behind&text=a&page=2",
        "/members?sort=name&dir=desc",
        "/members?owner={person}&kind=okr&stale=1&unaligned=1&text=a",
    ),
    "members.show": ("/members/{person}",),
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
    "tree_map.show": (
        "/tree/map",
        "/tree/map?unit={unit}&levels=3",
        "/tree/map?goal={goal}",
        "/tree/map?owner={person}",
    ),
    "reviews.sheets": ("/reviews/sheets", "/reviews/sheets?unit={unit}"),
    "handover.show": ("/setup/people/{other_person}/hand-over",),
    "people.list_people": (
        "/setup/people",
        "/setup/people?text=an&unit={unit}&role=heads&state=all&page=2",
    ),
    "people_invites.show": ("/setup/people/invite", "/setup/people/invite?unit={unit}&role=heads&again=1"),
    "people_import.download_template": ("/setup/people/import/template",),
    "people_import.show": ("/setup/people/import",),
    "people.new": ("/setup/people/new",),
    "pickers.options": (
        "/pickers/people?field=owner&owner=n",
        "/pickers/units?field=unit&unit=n",
        "/pickers/metrics?field=metric&metric=a",
        "/pickers/goals?field=parent&parent=a&beside={goal}",
        "/pickers/kpis?field=fed&fed=a",
        "/pickers/positions?field=position&position=a",
    ),
    "report_checkins.show": (
        "/reports/discipline?weeks=4&page=2",
        "/reports/discipline?unit={unit}&cycle={reviewed}",
        "/reports/discipline.xlsx?of=people",
        "/reports/discipline.csv?of=units&unit={unit}&weeks=8",
    ),
    "report_metrics.show": (
        "/reports/metric",
        "/reports/metric?metric={metric_code}&unit={unit}",
        "/reports/metric.csv",
        "/reports/metric.xlsx?metric={metric_code}&unit={unit}",
    ),
    "report_results.compare": (
        "/reports/compare?sort=difference&page=2",
        "/reports/compare?of=units&unit={unit}",
        "/reports/compare.csv",
        "/reports/compare.xlsx?of=units&unit={unit}",
    ),
    "report_results.distribution": (
        "/reports/distribution",
        "/reports/distribution?unit={unit}&cycle={reviewed}",
        "/reports/distribution.csv?of=steps",
    ),
    "report_results.year": (
        "/reports/year?cycle={longer}",
        "/reports/year?of=units&sort=total&page=2",
        "/reports/year.xlsx?cycle={longer}",
    ),
    "report_forecasts.show": (
        "/reports/forecast",
        "/reports/forecast?unit={unit}&sort=progress&page=2",
        "/reports/forecast.csv?unit={unit}",
    ),
    "reports.goals": (
        "/reports/goals?sort=status&page=2",
        "/reports/goals?unit={unit}&as_of={past_day}",
        "/reports/goals.csv?unit={unit}",
    ),
    "reports.measures": (
        "/reports/measures?sort=checkin&page=2",
        "/reports/measures?unit={unit}&sort=status",
        "/reports/measures?unit={unit}&as_of={past_day}",
        "/reports/measures.xlsx?unit={unit}",
    ),
    "reports.people": (
        "/reports/people.xlsx",
        "/reports/people?period={month}",
        "/reports/people?sort=total&dir=asc&page=2",
        "/reports/people?unit={unit}&as_of={past_day}&sort=kpi",
        "/reports/people?period={month}&cycle={reviewed}&as_of={past_day}",
    ),
    "reports.show": ("/reports",),
    "reports.units": (
        "/reports/units.xlsx",
        "/reports/units?sort=mean&page=2",
        "/reports/units?unit={unit}&as_of={past_day}",
        "/reports/units?cycle={reviewed}&as_of={past_day}",
    ),
    "reviews.list_reviews": ("/reviews", "/reviews?state=preparation&unit={unit}&text=a&page=2"),
    "reviews.show": ("/reviews/{reviewed}/{person_seen}",),
    "setup.show": ("/setup",),
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
    "unit_people.show": ("/setup/units/{unit_id}/people", "/setup/units/{unit_id}/people?page=2"),
    "units.edit": ("/setup/units/{unit_id}/edit",),
    "units.list_units": ("/setup/units", "/setup/units?text=a&archived=1", "/setup/units?page=2"),
    "units.new": ("/setup/units/new", "/setup/units/new?below={unit_id}"),
}
# What these answer to somebody signed in; every other page answers 200.
# The company's settings are for administrators, whom none of these viewers is; test_company counts their queries.
ANSWERS = {"auth.first_visit": 404, "auth.welcome": 404, "company.edit": 403}
# What these screens are for nobody else may see.
FOR_HR = ("assignments.sheets", "cycle", "handover.", "kpi_", "metrics.", "workbook.", "people", "unit", "setup.")


def routes(app: Flask) -> set[str]:
    """The endpoints that can be got."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def sights(viewer: Person) -> dict[str, list[Any]]:
    """What the viewer may well look at, by the names in PAGES: their own things, and those that have the most to show."""
    running = (Goal.state == "active", Goal.visibility == "public", Cycle.state == "open")
    goals = select(Goal.id).join(Goal.cycle).where(*running).group_by(Goal.id)
    below = aliased(Goal)
    over = (
        select(Goal.id)
        .join(Goal.cycle)
        .where(Goal.owner_id == viewer.id, Goal.state == "active", Goal.evaluation == "")
    )
    over = over.where(Cycle.state == "reviewing").order_by(Goal.id)
    own = goals.where(Goal.owner_id == viewer.id)
    most = (
        goals.join(below, below.parent_id == Goal.id),
        goals.join(Measure, Measure.goal_id == Goal.id).where(Measure.fed_by_id.is_not(None)),
    )
    found = [db.session.scalar(query.order_by(func.count().desc(), Goal.id).limit(1)) for query in (own, *most)]
    measures = select(Measure.id).where(Measure.goal_id.in_(found)).order_by(Measure.id).limit(4)
    mine = measures.where(Measure.goal_id == found[0], Measure.fed_by_id.is_(None))
    later = aliased(CheckIn)
    own_checkins = select(CheckIn.id).outerjoin(later, later.replaces_id == CheckIn.id).where(later.id.is_(None))
    own_checkins = own_checkins.where(CheckIn.measure_id.in_(mine)).order_by(CheckIn.id.desc()).limit(1)
    open_now = select(Cycle.id).where(Cycle.state == "open")
    running_own = select(Goal.id).where(Goal.owner_id == viewer.id, Goal.state == "active", Goal.cycle_id.in_(open_now))
    decidable = select(Goal.id).where(Goal.evaluation == "submitted", Goal.evaluator_id == viewer.id)
    deepest = db.session.scalars(select(Unit.code).order_by(Unit.id.desc()).limit(1))
    root = db.session.execute(select(Unit.id, Unit.code, Unit.head_id).where(Unit.parent_id.is_(None))).one()
    return {
        "goal": sorted({goal for goal in found if goal}),
        "measure": list(db.session.scalars(measures)),
        "own_measure": list(db.session.scalars(mine)),
        "upload": list(db.session.scalars(select(Upload.token).where(Upload.person_id == viewer.id))),
        "own_unit": list(db.session.scalars(select(Unit.id).where(Unit.id == viewer.unit_id))),
        "report": list(db.session.scalars(select(Person.id).where(Person.boss_id == viewer.id).limit(1))),
        "own_checkin": list(db.session.scalars(own_checkins)),
        "own_goal": list(db.session.scalars(own.limit(2))),
        "decidable": list(db.session.scalars(decidable.order_by(Goal.id).limit(1))),
        "report_goal": list(db.session.scalars(decidable.order_by(Goal.id).limit(1))) if viewer.is_hr else [],
        "own_over": list(db.session.scalars(over.limit(2))),
        "own_active": [found[0]] if found[0] else [],
        "own_action": list(
            db.session.scalars(select(Action.id).join(Action.goal).where(Goal.id.in_(running_own)).limit(1))
        ),
        "own_draft": list(db.session.scalars(select(Goal.id).where(Goal.owner_id == viewer.id, Goal.state == "draft"))),
        "own_okr_draft": list(
            db.session.scalars(
                select(Goal.id).where(Goal.owner_id == viewer.id, Goal.state == "draft", Goal.kind == "okr")
            )
        ),
        "unit": [root.code, *deepest],
        "unit_id": [root.id],
        "metric": list(db.session.scalars(select(Metric.id).order_by(Metric.id).limit(3))),
        "cycle": list(db.session.scalars(select(Cycle.id).where(Cycle.state == "open"))),
        "reviewed": list(db.session.scalars(select(Cycle.code).where(Cycle.state.in_(("reviewing", "closed"))))),
        "longer": list(db.session.scalars(select(Cycle.code).where(Cycle.id.in_(select(Cycle.parent_id))).limit(1))),
        "person_seen": [viewer.id],
        "metric_code": list(db.session.scalars(select(Metric.code).order_by(Metric.id).limit(2))),
        "past_day": [str(today() - timedelta(days=20))],
        "month": [f"{today():%Y-%m}"],
        "position": list(db.session.scalars(_most_held())),
        "person": sorted({viewer.id, root.head_id}),
        "other_person": sorted({root.head_id} - {viewer.id}),
    }


def _most_held() -> CompoundSelect[str]:
    """The positions with a KPI set, and the one most people hold."""
    held = select(Person.position).where(Person.position != "").group_by(Person.position)
    most = held.order_by(func.count().desc(), Person.position).limit(1).subquery()
    return union(select(KpiSetItem.position), select(most.c.position))


def pages_for(role: str, app: Flask, viewer: Person) -> dict[str, list[str]]:
    """Endpoint → the addresses the viewer may well ask for."""
    seen = sights(viewer)
    mine = sorted(name for name in routes(app) & set(PAGES) if role == "hr" or not name.startswith(FOR_HR))
    found = {endpoint: list(addresses(endpoint, seen)) for endpoint in mine}
    return {endpoint: paths for endpoint, paths in found.items() if paths}


def addresses(endpoint: str, seen: dict[str, list[Any]]) -> Iterator[str]:
    """The endpoint's addresses, each with each of the viewer's ids; none where the viewer has nothing of the kind."""
    for template in PAGES[endpoint]:
        names = re.findall(r"{(\w+)}", template)
        for chosen in product(*(seen[name] for name in names)):
            yield template.format(**dict(zip(names, chosen, strict=True)))
