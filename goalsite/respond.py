"""Page or fragment: one place that reads what the browser asked for."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of the page it is on; a boosted link or one restored from history wants the whole page."""
    asked = request.headers
    return (
        asked.get("HX-Request") == "true"
        and asked.get("HX-Request-Type") != "full"
        and asked.get("HX-Boosted") != "true"
        and asked.get("HX-History-Restore-Request") != "true"
    )


def respond(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page `template`, or `fragment` where only that was asked for and there is one."""
    chosen = fragment if fragment and wants_fragment() else template
    response = make_response(render_template(chosen, **context), status)
    response.vary.add("HX-Request")
    return response


def go_to(url: str) -> Response:
    """After a write: on to that page, whether a browser or htmx asked."""
    if wants_fragment():
        response = Response(status=200, headers={"HX-Redirect": url})
        response.vary.add("HX-Request")
        return response
    return make_response(redirect(url, 303))
