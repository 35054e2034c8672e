"""What the search pickers offer while somebody types."""

import re

from flask import Blueprint, Response, abort, request

from goalsite.forms.pickers import BETWEEN
from goalsite.queries import pickers as read
from goalsite.queries.filters import as_id
from goalsite.queries.kpi_sets import positions_offered
from goalsite.respond import respond
from goalsite.views.loaders import viewer

blueprint = Blueprint("pickers", __name__, url_prefix="/pickers")
# Not picked but typed: what others have already is offered.
POSITIONS = "positions"
FIELD = re.compile("[A-Za-z0-9_-]{1,64}")


@blueprint.get("/<kind>")
def options(kind: str) -> Response:
    field = request.args.get("field", "")
    if kind not in (*read.KINDS, POSITIONS) or not FIELD.fullmatch(field):
        abort(404)
    typed = request.args.get(request.args.get("name", field), "")
    # Of several, the last is being typed; those before it stay as they are.
    before, between, last = typed.rpartition(";") if request.args.get("several") else ("", "", typed)
    kept = before.strip() + BETWEEN if between else ""
    if kind == POSITIONS:
        names = positions_offered(last, read.OFFERED)
        return respond("pickers/_options.html", field=field, offered=[(name, "") for name in names])
    beside, metric = (as_id(request.args.get(name, "")) or 0 for name in ("beside", "metric"))
    offered = read.offered(kind, viewer(), last, beside, metric)
    return respond("pickers/_options.html", field=field, offered=[(kept + one.label, one.name) for one in offered])
