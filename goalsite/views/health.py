"""What a load balancer asks."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from goalsite.schema import schema_state

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    try:
        state = schema_state()
    except SQLAlchemyError:
        state = "unreachable"
    return Response(f"database {state}\n", 200 if state == "current" else 503, mimetype="text/plain")
