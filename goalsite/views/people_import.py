"""A list of people: pasted or uploaded, looked at row by row, then saved as a whole."""

from flask import Blueprint, Response, abort, flash, make_response, request, url_for
from flask_babel import gettext as _

from goalsite import policy
from goalsite.domain.errors import RuleError
from goalsite.exchange.people import MOST_ROWS, PeopleList, read_people, report, template, write_people
from goalsite.exchange.sheets import BY_NAME
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time
from goalsite.forms.people_import import MOST_BYTES, ListForm, LookedAtForm, encoded, suffix_of
from goalsite.frame import me
from goalsite.messages import say
from goalsite.queries import company as here
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("people_import", __name__, url_prefix="/setup/people/import")


@blueprint.get("")
def show() -> Response:
    allow(policy.may_write_people(viewer()))
    return _start_page(ListForm())


@blueprint.post("")
def preview() -> Response:
    allow(policy.may_write_people(viewer()))
    form = ListForm()
    valid = form.validate_on_submit()
    content = form.content()
    if not content:
        form.form_errors.append(_("Choose a file, or paste some rows with their header."))
    elif len(content) > MOST_BYTES:
        add_error(form, RuleError("list_too_large"))
    if not valid or form.form_errors:
        return _start_page(form, status=422)
    people = read_people(content, suffix_of(content), me(), here.today())
    if people.problem:
        add_error(form, people.problem)
        return _start_page(form, status=422)
    return _preview_page(people, content)


@blueprint.post("/save")
def save() -> Response:
    people, form, content = _looked_at()
    counts = people.counts
    if first_time(form):
        if counts["refused"] or form.seen.data != people.seen:
            return _preview_page(people, content, stale=form.seen.data != people.seen, status=409)
        try:
            write_people(people, me(), here.today())
        except RuleError as error:
            words = say(error)
            db.session.rollback()
            flash(words, "error")
            return go_to(url_for("people_import.show"))
        db.session.commit()
        flash(_("Saved: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.", **counts), "success")
    return go_to(url_for("people.list_people"))


@blueprint.post("/report")
def download_report() -> Response:
    people, _form, _content = _looked_at()
    words = {"new": _("new"), "changed": _("changed"), "unchanged": _("unchanged"), "refused": _("refused")}
    rows = [[_("Row"), _("E-mail"), _("Name"), _("What happens"), _("What, and why")]]
    for line in people.lines:
        why = [f"{column}: {say(error)}" if column else say(error) for column, error in line.errors]
        rows.append([str(line.number), line.email, line.name, words[line.outcome], "; ".join([*line.columns, *why])])
    return _csv(report(rows), "people-report.csv")


@blueprint.get("/template")
def download_template() -> Response:
    allow(policy.may_write_people(viewer()))
    return _csv(template(), "people.csv")


def _looked_at() -> tuple[PeopleList, LookedAtForm, bytes]:
    """The list that was looked at, read once more: somebody may have changed people in between."""
    allow(policy.may_write_people(viewer()))
    form = LookedAtForm()
    content = form.decoded() if form.validate_on_submit() else None
    if not content or len(content) > MOST_BYTES:
        abort(422)
    people = read_people(content, suffix_of(content), me(), here.today())
    if people.problem:
        raise people.problem
    return people, form, content


def _start_page(form: ListForm, status: int = 200) -> Response:
    columns = [column.name for column in BY_NAME["people"].columns]
    return respond("people_import/show.html", form=form, columns=columns, most=MOST_ROWS, status=status)


def _preview_page(people: PeopleList, content: bytes, *, stale: bool = False, status: int = 200) -> Response:
    fresh = {"formdata": None} if request.method == "POST" else {}
    form = LookedAtForm(data={"content": encoded(content), "seen": people.seen}, **fresh)
    # What has to be mended comes first, however long the list.
    lines = sorted(people.lines, key=lambda line: line.outcome != "refused")
    return respond(
        "people_import/preview.html", people=people, lines=lines, form=form, say=say, stale=stale, status=status
    )


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": "text/csv; charset=utf-8"}
    return make_response(text, headers)
