"""The example company sheet by sheet, in the workbook's own columns."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from goalsite.domain.goals import World
from goalsite.domain.periods import DAY
from goalsite.example.checkins import noise, reports
from goalsite.example.evaluations import Told, progress, reviews, steps, world
from goalsite.example.goals import KPI_CAP, WITHOUT_PAST, Company, MadeGoal, MadeMeasure, make, supported
from goalsite.example.people import email, emails, people, table
from goalsite.example.spans import Cycle, cycles, holidays
from goalsite.example.talk import actions, blockers, changes, comments, meetings

Row = dict[str, str]


def sheets(today: date) -> dict[str, list[Row]]:
    """Every sheet's rows. Cells that are not named stay empty."""
    found = cycles(today)
    company = make(today, found, people(today, found))
    told = {
        (goal.code, made.outline.code): reports(goal, made, today)
        for goal in company.goals.values()
        for made in goal.measures
    }
    goals = list(company.goals.values())
    known = world(company, told)
    return {
        "settings": list(_settings(today)),
        "units": [
            dict(row) | {"head": email(row["head"]), "supervisors": emails(row["supervisors"])}
            for row in table("units")
        ],
        "people": list(_people(company)),
        "cycles": [_cycle(cycle, today) for cycle in found],
        "metrics": [dict(row) for row in table("metrics")],
        "kpi_sets": [dict(row) for row in table("kpi_sets")],
        "goals": [_goal(goal, company) for goal in goals],
        "measures": [_measure(goal, made) for goal in goals for made in goal.measures],
        "steps": [
            {
                "goal": goal.code,
                "measure": made.outline.code,
                "step": step.code,
                "title": step.title,
                "weight": plain(step.weight),
            }
            for goal in goals
            for made in goal.measures
            for step in made.rule.steps
        ],
        "period_targets": [
            {"goal": goal.code, "measure": made.outline.code, "starts_on": str(first), "target": plain(target)}
            for goal in goals
            for made in goal.measures
            for first, target in made.rule.period_targets.items()
        ],
        "checkins": [row for goal in goals for made in goal.measures for row in _checkins(goal, made, told, company)],
        "changes": [row for goal in goals for row in changes(goal, company)],
        "blockers": [
            row
            for goal in goals
            for made in goal.measures
            for row in blockers(goal, made, told[goal.code, made.outline.code])
        ],
        "actions": [row for goal in goals for row in actions(goal, company)],
        "comments": [row for goal in goals for row in comments(goal, company)],
        "evaluations": [row for goal in goals for row in _evaluation(goal, known, company)],
        "reviews": list(reviews(company)),
        "notes": list(meetings(company)),
        "results": [],
    }


def plain(number: Fraction | None) -> str:
    """The number in digits, with a point where it has decimals."""
    if number is None:
        return ""
    text = f"{float(number):.4f}" if number.denominator != 1 else str(number.numerator)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _settings(today: date) -> Iterator[Row]:
    days = holidays(range(today.year - 1, today.year + 2))
    values = {
        "company_name": "Phần mềm An Nhiên",
        "time_zone": "Asia/Ho_Chi_Minh",
        "locale": "vi",
        "workdays": "monday;tuesday;wednesday;thursday;friday",
        "holidays": ";".join(map(str, days)),
    }
    for key, value in values.items():
        yield {"key": key, "value": value}


def _people(company: Company) -> Iterator[Row]:
    for person in company.people.values():
        yield {
            **{name: person.row[name] for name in ("name", "title", "position", "unit", "teams", "roles", "locale")},
            "email": email(person.key),
            "manager": email(person.row["manager"]),
            "joined_on": str(person.joined_on),
            "left_on": str(person.left_on or ""),
        }


def _cycle(cycle: Cycle, today: date) -> Row:
    span = cycle.span
    is_year = not cycle.parent
    row = {
        "code": cycle.code,
        "name": cycle.name,
        "starts_on": str(span.first),
        "ends_on": str(span.last),
        "parent": cycle.parent,
        "state": cycle.state,
        "checkin_every": "month" if is_year else "week",
        "checkin_weekday": "friday",
        "kpi_share": "0.6",
        "kpi_cap": KPI_CAP,
        "aspirational_full": "0.7",
        "goals_need_approval": "yes" if cycle.role in ("c", "n") else "no",
        "mid_review_on": str(span.first + DAY * (span.days // 2)),
    }
    evaluate_by = span.last + DAY * 20
    if cycle.state == "reviewing":
        evaluate_by = max(evaluate_by, today + DAY * 5)
    if cycle.state == "closed":
        row["closed_at"] = f"{min(evaluate_by + DAY * 11, today - DAY)} 17:00"
    return row | {"evaluate_by": str(evaluate_by), "review_by": str(evaluate_by + DAY * 10)}


def _goal(goal: MadeGoal, company: Company) -> Row:
    options = goal.options
    links = [supported(goal, name, company) for name in options.get("also", "").split(";") if name]
    return {
        "code": goal.code,
        "kind": goal.outline.kind,
        "scope": options.get("scope", "person"),
        "title": goal.filled(goal.outline.title),
        "cycle": goal.cycle.code,
        "unit": goal.outline.unit,
        "owner": email(goal.owner.key),
        "created_by": email(options.get("by", goal.owner.key)),
        "starts_on": str(goal.span.first),
        "due_on": str(goal.span.last),
        "supports": supported(goal, options["supports"], company) if "supports" in options else "",
        "also_supports": ";".join(link for link in links if link),
        "weight": options.get("weight", "1"),
        "ambition": options.get("ambition", "committed"),
        "state": goal.state,
        "cancel_reason": options.get("why", ""),
        "visibility": options.get("visibility", "public"),
        "visible_to": options.get("visible_to", ""),
        "progress_from": options.get("from", "measures"),
        "evaluated_by": options.get("eval_by", "progress"),
        "evaluator": email(goal.evaluator),
        "description": goal.filled(options.get("desc", "")),
        "followers": emails(options.get("follow", "")),
    }


def _measure(goal: MadeGoal, made: MadeMeasure) -> Row:
    rule, options = made.rule, made.options
    fed = options.get("fed")
    row = {
        "goal": goal.code,
        "code": made.outline.code,
        "title": goal.filled(made.outline.title),
        "metric": made.outline.metric,
        "frequency": rule.frequency,
        "start": plain(rule.start),
        "target": plain(rule.target),
        "target_per": rule.target_per,
        "low": plain(rule.low),
        "high": plain(rule.high),
        "weight": options.get("weight", "1"),
        "starts_on": str(rule.span.first) if rule.span != goal.span else "",
        "due_on": str(rule.span.last) if rule.span != goal.span else "",
        "assignee": email(options.get("assignee", "")),
        "fed_by": f"{goal.cycle.prefix}-{fed}" if fed else "",
    }
    if not made.outline.metric:
        row |= {name: options[name] for name in ("symbol", "decimals", "direction", "aggregate") if name in options}
    return row


def _checkins(goal: MadeGoal, made: MadeMeasure, told: Told, company: Company) -> Iterator[Row]:
    for place, report in enumerate(told[goal.code, made.outline.code], start=1):
        name = f"{goal.code}/{made.outline.code}/{report.step}/{report.on}"
        row = {
            "goal": goal.code,
            "measure": made.outline.code,
            "step": report.step,
            "on": str(report.on),
            "value": plain(report.value),
            "numerator": plain(report.numerator),
            "denominator": plain(report.denominator),
            "confidence": report.confidence,
            "note": report.note,
            "author": email(made.by.key),
        }
        minute = int((noise(name) + 1) * 29)
        entered, hour, late = report.on, 15 + minute % 3, report.on + DAY * 3
        if noise(name, "late") > Fraction(85, 100) and late < company.today and late <= made.rule.span.last:
            # In the morning, when nothing else is entered.
            entered, hour = late, 8
        row["entered_at"] = f"{entered}T{hour:02}:{minute:02}"
        if goal.evaluator and made.options.get("behalf") == str(place):
            row |= {"author": email(goal.evaluator), "note": "Nhập thay trong buổi gặp riêng."}
        if made.options.get("fix") == str(place) and report.value:
            wrong = row | {"value": plain(report.value * 10), "note": "", "entered_at": f"{entered}T09:05"}
            yield wrong
            row |= {"replaces": wrong["entered_at"], "note": "Sửa: lần trước gõ thừa một số 0."}
        yield row | _seen(goal, row["author"], name, entered, company)


def _seen(goal: MadeGoal, author: str, name: str, entered: date, company: Company) -> Row:
    """Most managers see a check-in on one of the next days; those who are silent themselves do not."""
    manager = company.people.get(goal.evaluator)
    seen = entered + DAY * (3 if entered.weekday() == 4 else 1)
    unseen = manager is None or manager.silent > 1 or email(manager.key) == author
    if unseen or seen >= company.today or noise(name, "seen") < Fraction(-4, 10):
        return {}
    return {"seen_by": email(goal.evaluator), "seen_at": f"{seen}T08:30"}


def _evaluation(goal: MadeGoal, known: World, company: Company) -> Iterator[Row]:
    over = goal.cycle.state in ("reviewing", "closed") and goal.state not in (*WITHOUT_PAST, "cancelled")
    if over:
        yield from steps(goal, progress(goal, known), company)
