"""The people of a unit, for HR; of the teams below a unit, for its head too: who comes in, who goes out again."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from goalsite import policy
from goalsite.actions.teams import place_people, take_out
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import add_error, first_time
from goalsite.forms.pickers import for_viewer
from goalsite.forms.units import PlaceForm
from goalsite.frame import me
from goalsite.models import Person, Unit
from goalsite.queries import company as here
from goalsite.queries import units as read
from goalsite.queries.filters import as_id
from goalsite.queries.viewer import relations_to_people
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer
from goalsite.views.units import load_unit

blueprint = Blueprint("unit_people", __name__, url_prefix="/setup/units/<int:unit_id>/people")


@blueprint.get("")
def show(unit_id: int) -> Response:
    return _page(load_unit(unit_id), PlaceForm(formdata=None))


@blueprint.post("")
def add(unit_id: int) -> Response:
    unit, form = load_unit(unit_id, to_change=True), PlaceForm()
    for_viewer(form, viewer())
    if not form.validate_on_submit():
        return _page(unit, form, 422)
    if first_time(form):
        people = read.people_to_place(one.id for one in form.people.picks)
        try:
            _refuse_others(people)
            count = place_people(me(), people, unit, home=form.place.data == "home", today=here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(load_unit(unit_id), form, 422)
        words = ngettext(
            "%(num)s person is in %(unit)s now.", "%(num)s people are in %(unit)s now.", count, unit=unit.name
        )
        db.session.commit()
        flash(words if count else _("They were there already."), "success")
    return go_to(url_for("unit_people.show", unit_id=unit_id))


@blueprint.post("/<int:person_id>/take-out")
def remove(unit_id: int, person_id: int) -> Response:
    unit, form = load_unit(unit_id, to_change=True), Sure()
    people = read.people_to_place([person_id])
    if not people:
        abort(404)
    allow(_mine(people)[person_id])
    if form.validate_on_submit() and first_time(form) and take_out(me(), people[0], unit):
        words = _("%(name)s does not belong to %(unit)s any more.", name=people[0].name, unit=unit.name)
        db.session.commit()
        flash(words, "success")
    return go_to(url_for("unit_people.show", unit_id=unit_id))


def _mine(people: list[Person]) -> dict[int, bool]:
    """By person, whether the reader may change their place."""
    to = relations_to_people(viewer(), [one.id for one in people])
    return {one.id: policy.may_edit_member(to[one.id]) for one in people}


def _refuse_others(people: list[Person]) -> None:
    mine = _mine(people)
    if others := [one.name for one in people if not mine[one.id]]:
        raise RuleError("member_not_yours", "people", names=others)


def _page(unit: Unit, form: PlaceForm, status: int = 200) -> Response:
    found = read.people_of(unit, as_id(request.args.get("page", "")) or 1, here.today())
    return respond(
        "units/people.html",
        status=status,
        unit=unit,
        form=form,
        found=found,
        mine=_mine([one for one, _home in found.rows]),
        sure=Sure(**({"formdata": None} if request.method == "POST" else {})),
    )
