"""The first steps of a company: a list that ticks itself off, and the doors to each of them."""

from typing import Any

from flask import Blueprint, Response, current_app, url_for

from goalsite import policy
from goalsite.forms.auth import Sure
from goalsite.letters import home, may_mail, may_mail_links
from goalsite.queries import mails
from goalsite.queries import setup as read
from goalsite.respond import respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("setup", __name__, url_prefix="/setup")
# What each step opens; a door that is not there, or not theirs, is not shown.
DOORS = {
    "company": ("company.edit", "admin"),
    "units": ("units.list_units", "hr"),
    "people": ("people.list_people", ""),
    "add_person": ("people.new", ""),
    "import_people": ("people_import.show", ""),
    "metrics": ("metrics.list_metrics", "hr"),
    "cycles": ("cycles.list_cycles", "hr"),
    "goals": ("drafts.new", ""),
    "workbook": ("workbook.show", "hr"),
}


@blueprint.get("")
def show() -> Response:
    allow(policy.may_write_people(viewer()))
    counts = read.counts()
    done = {
        "company": True,
        "units": counts.below > 0,
        "people": counts.people > 1,
        "metrics": counts.metrics > 0,
        "cycles": counts.cycles > 0,
        "goals": counts.goals > 0,
    }
    following = next((name for name, is_done in done.items() if not is_done), "")
    return respond(
        "setup/show.html", counts=counts, done=done, following=following, doors=_doors(), **_example(counts), **_mail()
    )


def _example(counts: read.Counts) -> dict[str, Any]:
    """The door to the example company, for the first administrator of a site that holds nothing else."""
    may = viewer().is_admin and viewer().is_hr and not (counts.below or counts.goals)
    return {"may_try": may, "sure": Sure(formdata=None) if may else None}


def _mail() -> dict[str, Any]:
    """How e-mail stands, for administrators."""
    if not viewer().is_admin:
        return {"mail": None}
    settings = current_app.config
    server = f"{settings['GOALSITE_SMTP_HOST']}:{settings['GOALSITE_SMTP_PORT']}" if may_mail() else ""
    said = {"mail_server": server, "mail_links": may_mail_links(), "site": home()}
    return {"mail": mails.standing(), "mail_sure": Sure(formdata=None), **said}


def _doors() -> dict[str, str]:
    roles = {"": True, "hr": viewer().is_hr, "admin": viewer().is_admin}
    there = current_app.view_functions
    return {name: url_for(endpoint) for name, (endpoint, role) in DOORS.items() if roles[role] and endpoint in there}
