"""What is said and done beside the numbers: changes and their reasons, what is in the way, action plans, comments, meetings."""

from collections.abc import Iterator
from datetime import timedelta

from goalsite.domain.periods import DAY
from goalsite.example.checkins import Report, noise
from goalsite.example.goals import Company, MadeGoal, MadeMeasure
from goalsite.example.notes import BLOCKERS, MEETINGS
from goalsite.example.outline import Line
from goalsite.example.people import email
from goalsite.example.spans import resolve, within

Row = dict[str, str]


def changes(goal: MadeGoal, company: Company) -> Iterator[Row]:
    for place, line in enumerate(goal.outline.changes if goal.is_first else ()):
        day, name, old, new, why = line.words
        at = resolve(day, goal.span, company.today)
        if at < company.today:
            yield {
                "goal": goal.code,
                "measure": line.options["on"],
                "at": f"{at}T10:{place:02}",
                "field": name,
                "from": old,
                "to": new,
                "why": why,
                "by": email(line.options["by"]),
                "approved_by": email(line.options.get("ok", "")),
            }


def blockers(goal: MadeGoal, made: MadeMeasure, found: list[Report]) -> Iterator[Row]:
    """What is in the way since the last check-in that was off track; out of the way once a later one is not."""
    off = [report.on for report in found if report.confidence == "off_track"]
    if goal.cycle.role != "c" or goal.state != "active" or not off:
        return
    kind, next_step = BLOCKERS[int((noise(goal.code, made.outline.code) + 1) * 1000) % len(BLOCKERS)]
    owner = goal.evaluator or goal.owner.key
    for line in made.outline.blockers:
        kind, owner, next_step = line.words
    after = [report.on for report in found if report.on > off[-1]]
    yield {
        "goal": goal.code,
        "measure": made.outline.code,
        "opened_on": str(off[-1]),
        "kind": kind,
        "owner": email(owner),
        "next_step": next_step,
        "closed_on": str(after[0]) if after else "",
    }


def actions(goal: MadeGoal, company: Company) -> Iterator[Row]:
    for line in goal.outline.actions if goal.is_first else ():
        assignee, due, title = line.words
        done = resolve(line.options["done"], goal.span, company.today) if "done" in line.options else None
        yield {
            "goal": goal.code,
            "title": title,
            "measure": line.options.get("of", ""),
            "assignee": email(assignee),
            "due_on": str(within(resolve(due, goal.span, company.today), goal.span)),
            "done_on": str(done) if done and goal.span.first <= done < company.today else "",
        }


def comments(goal: MadeGoal, company: Company) -> Iterator[Row]:
    lines: list[Line] = goal.outline.comments if goal.is_first else []
    for place, line in enumerate(lines):
        author, day, body = line.words
        on = resolve(day, goal.span, company.today)
        if goal.span.first <= on < company.today:
            yield {
                "goal": goal.code,
                "entered_at": f"{on}T{9 + place:02}:{(place * 17 + 5) % 60:02}",
                "author": email(author),
                "body": body,
            }


def meetings(company: Company) -> Iterator[Row]:
    """The weekly meetings of the last four weeks, on Mondays."""
    monday = company.today - timedelta(days=company.today.weekday())
    for unit, bodies in MEETINGS.items():
        for back, body in enumerate(bodies):
            held_on = monday - DAY * 7 * (len(bodies) - 1 - back)
            if held_on < company.today:
                yield {"unit": unit, "held_on": str(held_on), "body": body}
