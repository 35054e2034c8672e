"""A unit's meeting on one page: what to speak about, and what was decided."""

from datetime import date

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.note_meeting import note_meeting
from goalsite.domain.asked import OLDEST
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToUnit
from goalsite.extensions import db
from goalsite.forms.base import Form, add_error, first_time
from goalsite.forms.meetings import NoteForm, print_of
from goalsite.frame import cycle, me
from goalsite.markdown import rendered
from goalsite.models import Unit
from goalsite.models_follow import Note
from goalsite.queries import company as here
from goalsite.queries import meeting as read
from goalsite.queries.changes import made
from goalsite.queries.reminders import Reminders, reminders_of
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("meetings", __name__)


@blueprint.get("/units/<int:unit_id>/meeting")
def show(unit_id: int) -> AnyResponse:
    unit, to, notes = _load(unit_id)
    form = NoteForm(formdata=None)
    today = here.today()
    mine = next((note for note in notes if note.held_on == _day("note", today)), None)
    form.held_on.data = _day("note", today)
    form.body.data = mine.body if mine else ""
    form.was.data = print_of(form.body.data)
    return _page(unit, to, notes, form)


@blueprint.post("/units/<int:unit_id>/meeting")
def note(unit_id: int) -> AnyResponse:
    unit, to, notes = _load(unit_id)
    allow(policy.may_note_meeting(to))
    form = NoteForm()
    if not form.validate_on_submit() or form.held_on.data is None:
        return _page(unit, to, notes, form, status=422)
    if first_time(form):
        held = read.note_on(unit.id, form.held_on.data)
        now_there = held.body if held else ""
        if form.was.data != print_of(now_there) and now_there:
            form.was.raw_data, form.was.data = None, print_of(now_there)
            return _page(unit, to, notes, form, status=409, newer=held)
        try:
            note_meeting(unit.id, form.held_on.data, form.body.data or "", me(), here.today())
        except RuleError as error:
            add_error(form, error)
            return _page(unit, to, notes, form, status=422)
        db.session.commit()
        flash(_("Noted."), "success")
    return go_to(url_for("meetings.show", unit_id=unit.id, note=form.held_on.data.isoformat(), _anchor="notes"))


def _load(unit_id: int) -> tuple[Unit, ToUnit, list[Note]]:
    found = read.find(viewer(), unit_id)
    if found is None or not policy.may_see_meeting(found[1], unit_id):
        abort(404)
    return found


def _page(
    unit: Unit, to: ToUnit, notes: list[Note], form: NoteForm, status: int = 200, newer: Note | None = None
) -> AnyResponse:
    chosen, today = cycle(), here.today()
    last = max((note.held_on for note in notes if note.held_on < today), default=today - read.WEEK)
    since = max(OLDEST, min(_day("since", last), today))
    agenda = read.agenda_of(viewer(), unit, chosen, since, today) if chosen else None
    silent = [line.goal.owner_id for line in agenda.stale] if agenda else []
    changes = [(one.goal, made(one)) for one in read.changes_of(viewer(), unit, chosen, since)] if chosen else []
    blockers = read.blockers_of(viewer(), unit, chosen) if chosen else []
    actions = read.actions_of(viewer(), unit, chosen, today) if chosen else []
    whole = bool(request.args.get("all"))
    fits = whole or (agenda.lines if agenda else 0) + len(changes) + len(blockers) + len(actions) <= read.ON_PAPER
    return respond(
        "meetings/show.html",
        status=status,
        unit=unit,
        cycle=chosen,
        today=today,
        since=since,
        until=today + read.WEEK,
        agenda=agenda,
        first=None if whole else read.FIRST_LINES,
        kept=None if fits else read.FIRST_LINES,
        changes=changes,
        reminders=reminders_of(viewer(), chosen, unit, silent, today) if chosen and silent else Reminders(),
        token=Form(formdata=None),
        blockers=blockers,
        actions=actions,
        notes=[(one.held_on, rendered(one.body)) for one in notes if one.body],
        form=form if policy.may_note_meeting(to) else None,
        newer=newer,
    )


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
