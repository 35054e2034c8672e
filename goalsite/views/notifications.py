"""The bell: what concerns me."""

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from goalsite.actions.notifications import read_all
from goalsite.extensions import db
from goalsite.forms.base import Form
from goalsite.frame import me
from goalsite.queries import company as here
from goalsite.queries.notifications import changes_of, latest_for
from goalsite.respond import go_to, respond
from goalsite.views.loaders import viewer

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
def show() -> AnyResponse:
    found = latest_for(viewer())
    return respond("notifications/show.html", notifications=found, changes=changes_of(found), form=Form())


@blueprint.post("/notifications/read")
def read() -> AnyResponse:
    read_all(me(), here.now())
    db.session.commit()
    return go_to("/notifications")
