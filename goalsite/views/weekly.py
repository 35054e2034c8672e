"""The weekly check-in: every measure that waits, one after the other, by keyboard alone; one's own, or on behalf of somebody else."""

from dataclasses import dataclass

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.forms.checkins import CheckInForm, begun
from goalsite.frame import me
from goalsite.models import Person
from goalsite.queries import company as here
from goalsite.queries import people
from goalsite.queries import weekly as read
from goalsite.queries.viewer import relations_to_people
from goalsite.queries.weekly import Line
from goalsite.respond import respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("weekly", __name__)


@dataclass(frozen=True)
class Row:
    """One line of the page, and the form of the next check-in while one is owed."""

    line: Line
    form: CheckInForm | None
    on_behalf: bool


@blueprint.get("/checkins")
def show() -> AnyResponse:
    person, today = _whose(), here.today()
    lines = read.lines_for(viewer(), person.id, today)
    # Whoever may report something of theirs may be here; who may not is told so, and not that nothing waits.
    allow(bool(lines) or policy.may_report_for(relations_to_people(viewer(), [person.id])[person.id]))
    rows = [_row(line) for line in lines]
    due = [row for row in rows if row.form]
    return respond(
        "weekly/show.html",
        fragment="weekly/_meter.html",
        rows=rows,
        first=due[0].line.measure.row.id if due else None,
        due_by=min((row.line.measure.row.due_by for row in due if row.line.measure.row.due_by), default=None),
        next_by=min((line.measure.row.due_by for line in lines if line.measure.row.due_by), default=None),
        total=len(rows),
        done=len(rows) - len(due),
        whose=None if person.id == me().id else person,
        reports=read.reports_of(me().id, today) if person.id == me().id else [],
        today=today,
    )


def _whose() -> Person:
    """Oneself, or `?person=`."""
    asked = request.args.get("person", type=int)
    if asked is None or asked == me().id:
        return me()
    person = people.person_by_id(asked)
    if person is None:
        abort(404)
    return person


def _row(line: Line) -> Row:
    form = begun(line.measure, line.last_id) if line.measure.owes else None
    return Row(line, form, policy.on_behalf(line.to, line.measure.row))
