"""The company's settings, for administrators."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.company import change_company, stored_settings, version_of
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time, is_stale
from goalsite.forms.company import CompanyForm, shown
from goalsite.frame import me
from goalsite.queries import company as here
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("company", __name__, url_prefix="/setup/company")


@dataclass
class Held:
    """The settings as a form's record."""

    version: int


@blueprint.get("")
def edit() -> Response:
    allow(policy.may_administer(viewer()))
    form = CompanyForm().show(here.company())
    form.version.data = version_of(stored_settings())
    return _page(form)


@blueprint.post("")
def change() -> AnyResponse:
    allow(policy.may_administer(viewer()))
    form = CompanyForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    if first_time(form):
        if is_stale(form, Held(version_of(stored_settings()))):
            return _page(form, newer=True, status=409)
        try:
            changed = change_company(me(), form.settings())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(form, status=422)
        db.session.commit()
        refresh()
        flash(
            _("Saved. Everything that is worked out from it is up to date.") if changed else _("Nothing was changed."),
            "success",
        )
    return go_to(url_for("company.edit"))


def _page(form: CompanyForm, *, newer: bool = False, status: int = 200) -> Response:
    held = shown(here.company()) if newer else {}
    return respond("company/form.html", status=status, form=form, newer=held)
