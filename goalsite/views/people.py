"""Setting up people: the list, and one person's form."""

from flask import Blueprint, Response, abort, current_app, flash, request, url_for
from flask_babel import gettext as _

from goalsite import policy
from goalsite.actions.people import add_person, change_person, facts_of
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import add_error, answer_of, first_time, is_stale, keep_answer
from goalsite.forms.people import PersonForm, newer, person_form
from goalsite.frame import initials, me
from goalsite.letters import may_mail_links
from goalsite.models import Person
from goalsite.queries import company as here
from goalsite.queries import people as read
from goalsite.queries.filters import as_id
from goalsite.queries.handover import count_in_hand
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("people", __name__, url_prefix="/setup/people")
blueprint.app_template_filter("initials")(initials)


@blueprint.get("")
def list_people() -> Response:
    allow(policy.may_write_people(viewer()))
    filters = read.read_people_filters(request.args)
    unit = read.unit_by_code(filters.unit) if filters.unit else None
    page = as_id(request.args.get("page", "")) or 1
    found = read.people_like(filters, unit, page, here.today(), here.now())
    return respond(
        "people/list.html",
        filters=filters,
        unit=unit,
        import_href=_import_href(),
        found=found,
        may_hand_over={one.person.id for one in found.rows if policy.may_hand_over(viewer(), one.person)},
    )


@blueprint.get("/new")
def new() -> Response:
    allow(policy.may_write_people(viewer()))
    return _form_page(person_form(viewer()))


@blueprint.post("/new")
def add() -> Response:
    allow(policy.may_write_people(viewer()))
    form = person_form(viewer())
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    if first_time(form):
        try:
            person = add_person(me(), form.facts(), here.today())
        except RuleError as error:
            return _refused(form, error)
        keep_answer(form, url_for("people.edit", person_id=person.id))
        db.session.commit()
        flash(
            _("%(name)s has an account now. Make the link with which they set their password.", name=person.name),
            "success",
        )
    return go_to(answer_of(form, url_for("people.list_people")))


@blueprint.get("/<int:person_id>/edit")
def edit(person_id: int) -> Response:
    person = load_person(person_id)
    return _form_page(person_form(viewer(), person), person)


@blueprint.post("/<int:person_id>/edit")
def change(person_id: int) -> Response:
    person = load_person(person_id, to_change=True)
    form = person_form(viewer(), person)
    if not form.validate_on_submit():
        return _form_page(form, person, status=422)
    if first_time(form):
        if is_stale(form, person):
            return _form_page(form, person, stale=True, status=409)
        try:
            change_person(me(), person, form.facts(facts_of(person)), here.today())
        except RuleError as error:
            return _refused(form, error, person_id)
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(url_for("people.edit", person_id=person_id))


def load_person(person_id: int, *, to_change: bool = False) -> Person:
    """The person, for those who set people up."""
    allow(policy.may_write_people(viewer()))
    person = read.person_by_id(person_id, to_change=to_change)
    if person is None:
        abort(404)
    return person


def _import_href() -> str:
    return url_for("people_import.show") if "people_import.show" in current_app.view_functions else ""


def _refused(form: PersonForm, error: RuleError, person_id: int | None = None) -> Response:
    db.session.rollback()
    add_error(form, error)
    return _form_page(form, load_person(person_id) if person_id else None, status=422)


def _form_page(form: PersonForm, person: Person | None = None, *, stale: bool = False, status: int = 200) -> Response:
    fresh = {"formdata": None} if request.method == "POST" else {}
    return respond(
        "people/form.html",
        status=status,
        form=form,
        person=person,
        newer=newer(form, person if stale else None),
        stale=stale,
        sure=Sure(**fresh),
        account=read.account_of(person, here.today()) if person else None,
        invited=read.has_link(person.id, here.now()) if person else False,
        may_write_account=person is not None and policy.may_write_account(viewer(), person),
        mailed=may_mail_links(),
        own=person is not None and person.id == me().id,
        in_hand=count_in_hand(person.id) if person and policy.may_hand_over(viewer(), person) else None,
    )
