"""The company workbook on screen: looked at row by row, then loaded as a whole; taken out whole or in part; templates to begin with."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, abort, flash, make_response, request, url_for
from flask_babel import gettext as _

from goalsite import policy
from goalsite.actions.uploads import keep_upload, mark_loaded, record_export
from goalsite.domain.errors import RuleError
from goalsite.example import write_workbook
from goalsite.exchange import screen
from goalsite.exchange.load import MOST_SHOWN
from goalsite.exchange.people import report as as_csv
from goalsite.exchange.templates import write_copy, write_empty
from goalsite.extensions import db
from goalsite.forms.auth import Sure
from goalsite.forms.base import add_error, choices, first_time
from goalsite.forms.workbook import SHEETS_OF, ExportForm, WorkbookForm
from goalsite.frame import frame, me
from goalsite.messages import say
from goalsite.models_accounts import Upload
from goalsite.queries import company as here
from goalsite.queries import uploads as read
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("workbook", __name__, url_prefix="/setup/workbook")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = 100
# The example company is larger than what is looked at otherwise.
MOST_OF_EXAMPLE = 20_000


@blueprint.get("")
def show() -> Response:
    allow(policy.may_load_workbook(viewer()))
    return _start_page(WorkbookForm(formdata=None), _export_form(fresh=True))


@blueprint.post("")
def upload() -> Response:
    allow(policy.may_load_workbook(viewer()))
    form = WorkbookForm()
    if not form.validate_on_submit():
        return _start_page(form, _export_form(fresh=True), 422)
    given = form.given()
    try:
        content = screen.packed(given)
    except RuleError as error:
        add_error(form, error)
        return _start_page(form, _export_form(fresh=True), 422)
    return _kept(", ".join(name for name, _content in given), content)


@blueprint.post("/example")
def try_example() -> Response:
    allow(policy.may_load_workbook(viewer()) and viewer().is_admin and read.is_empty())
    form = Sure()
    if not form.validate_on_submit():
        abort(422)
    with TemporaryDirectory() as folder:
        write_workbook(Path(folder), here.today())
        files = [(file.name, file.read_bytes()) for file in sorted(Path(folder).iterdir())]
    return _kept(_("The example company"), screen.packed(files), MOST_OF_EXAMPLE)


@blueprint.get("/<token>")
def look(token: str) -> Response:
    kept = _load(token)
    return _look_page(kept, screen.seen_of(kept.report))


@blueprint.post("/<token>/load")
def load(token: str) -> Response:
    kept, form = _load(token, to_load=True), Sure()
    if not form.validate_on_submit():
        return _look_page(kept, screen.seen_of(kept.report), 422)
    if kept.content is None or not first_time(form):
        return go_to(url_for("workbook.look", token=token))
    before, content, name = screen.seen_of(kept.report), kept.content, kept.name
    # What was looked at may be loaded, and no more.
    most = max(MOST_SHOWN, len(before.lines))
    try:
        seen = screen.take(content, name, me(), here.today(), most)
        refused = bool(seen.counts["refused"]) or seen.print != before.print
    except RuleError as error:
        flash(say(error), "error")
        seen, refused = before, True
    if refused:
        db.session.rollback()
        fresh = keep_upload(
            me(), name, content, screen.look(content, name, me(), here.today(), most).kept(), here.now()
        )
        db.session.commit()
        return _look_page(fresh, screen.seen_of(fresh.report), 409, stale=True)
    mark_loaded(kept, seen.kept(), here.now())
    db.session.commit()
    flash(_("Loaded: %(new)s rows new, %(changed)s changed, %(unchanged)s unchanged.", **seen.counts), "success")
    return go_to(url_for("workbook.look", token=token))


@blueprint.get("/<token>/report")
def download_report(token: str) -> Response:
    words = {"new": _("new"), "changed": _("changed"), "unchanged": _("unchanged"), "refused": _("refused")}
    rows = [[_("Sheet"), _("Row"), _("Key"), _("What happens"), _("What, and why")]]
    for line in screen.seen_of(_load(token).report).lines:
        what = [f"{name}: {was} → {becomes}" for name, was, becomes in line.changes]
        why = [f"{column}: {text}" if column else text for column, text in line.errors]
        rows.append([line.sheet, str(line.row or ""), line.key, words[line.outcome], "; ".join([*why, *what])])
    return file_of(as_csv(rows).encode(), "workbook-report.csv", "text/csv; charset=utf-8")


@blueprint.post("/export")
def export() -> Response:
    allow(policy.may_load_workbook(viewer()))
    form = _export_form()
    if not form.validate_on_submit():
        return _start_page(WorkbookForm(formdata=None), form, 422)
    sheets, stem = SHEETS_OF[form.what.data], f"goalsite-{here.today().isoformat()}"
    with TemporaryDirectory() as folder:
        path = Path(folder) / (f"{stem}.xlsx" if form.kind.data == "xlsx" else stem)
        try:
            screen.write_parts(path, sheets, form.cycle.data or "")
        except RuleError as error:
            add_error(form, error)
            return _start_page(WorkbookForm(formdata=None), form, 422)
        content = path.read_bytes() if path.is_file() else screen.zipped(path)
    record_export(me(), sheets, form.cycle.data or "")
    db.session.commit()
    if form.kind.data == "xlsx":
        return file_of(content, f"{stem}.xlsx", XLSX)
    return file_of(content, f"{stem}.zip", "application/zip")


@blueprint.get("/template")
def download_template() -> Response:
    allow(policy.may_load_workbook(viewer()))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "goalsite.xlsx"
        if request.args.get("example") == "1":
            write_workbook(Path(folder) / "example", here.today())
            write_copy(Path(folder) / "example", path)
        else:
            write_empty(path)
        return file_of(path.read_bytes(), path.name, XLSX)


def _kept(name: str, content: bytes, most: int = MOST_SHOWN) -> Response:
    """Looked at once, then shown from what was kept."""
    seen = screen.look(content, name, me(), here.today(), most)
    kept = keep_upload(me(), name, content, seen.kept(), here.now())
    db.session.commit()
    return go_to(url_for("workbook.look", token=kept.token))


def _load(token: str, *, to_load: bool = False) -> Upload:
    allow(policy.may_load_workbook(viewer()))
    kept = read.upload_of(me().id, token, here.now(), to_load=to_load)
    if kept is None:
        abort(404)
    return kept


def _export_form(*, fresh: bool = False) -> ExportForm:
    form = ExportForm(formdata=None) if fresh else ExportForm()
    form.cycle.choices = choices([("", _("Every cycle")), *((one.code, one.name) for one in frame().all_cycles)])
    return form


def _start_page(form: WorkbookForm, export_form: ExportForm, status: int = 200) -> Response:
    return respond(
        "workbook/show.html",
        status=status,
        form=form,
        export_form=export_form,
        sure=Sure(formdata=None),
        most=MOST_SHOWN,
        may_everything=viewer().is_admin,
        may_try=viewer().is_admin and read.is_empty(),
    )


def _look_page(kept: Upload, seen: screen.Seen, status: int = 200, *, stale: bool = False) -> Response:
    asked, sheet = request.args.get("outcome", ""), request.args.get("sheet", "")
    lines = [line for line in seen.lines if asked in ("", line.outcome) and sheet in ("", line.sheet)]
    # What has to be mended comes first.
    lines.sort(key=lambda line: line.outcome != "refused")
    pages = max(-(-len(lines) // LINES), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    loaded: datetime | None = kept.loaded_at
    return respond(
        "workbook/look.html",
        status=status,
        kept=kept,
        seen=seen,
        lines=lines[(page - 1) * LINES : page * LINES],
        in_all=len(lines),
        page=page,
        pages=pages,
        outcome=asked if asked in screen.OUTCOMES else "",
        sheet=sheet if sheet in seen.sheets else "",
        stale=stale,
        loaded=loaded,
        form=Sure(formdata=None),
    )


def file_of(content: bytes, name: str, kind: str) -> Response:
    """The content as a file of that name, to be kept."""
    return make_response(content, {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": kind})
