"""The queue of what waits for my decision, and of what I have sent; decided one by one, or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite.actions.decide import Decision, Outcome, decide_many
from goalsite.extensions import db
from goalsite.forms.base import first_time
from goalsite.forms.decisions import QueueForm
from goalsite.forms.evaluators import EvaluatorForm
from goalsite.frame import frame, me
from goalsite.messages import say
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import decisions as evaluations
from goalsite.queries import queue as read
from goalsite.queries import sent, waiting
from goalsite.queries.filters import as_id
from goalsite.respond import go_to, respond, wants_fragment
from goalsite.views.loaders import viewer

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")
TABS = ("waiting", "sent", *evaluations.DECIDED)
SORTS = ("deadline", "person")
STALE = ("decide_changed", "move_not_possible")


@dataclass(frozen=True)
class Asked:
    """What of the queue the address asks for."""

    tab: str
    kind: str
    sort: str
    person: int
    page: int

    @property
    def place(self) -> dict[str, str]:
        """What of it is not as usual, for an address."""
        usual = Asked("waiting", "", "deadline", 0, 1)
        return {name: str(said) for name, said in vars(self).items() if said != getattr(usual, name)}

    def address(self, **changes: Any) -> str:
        """The address that asks for the same but for the changes; a page is always of what is asked."""
        return url_for("decisions.show", **Asked(**(vars(self) | {"page": 1} | changes)).place)  # type: ignore[arg-type]


@blueprint.get("")
def show() -> AnyResponse:
    asked = _asked()
    return _waiting(asked) if asked.tab == "waiting" else _sent(asked) if asked.tab == "sent" else _decided(asked)


@blueprint.post("/decide")
def decide() -> AnyResponse:
    form, asked = QueueForm(), _asked()
    if not form.validate_on_submit():
        return _waiting(asked, form, status=422)
    outcomes: list[Outcome] = []
    if first_time(form):
        said = Decision(form.act.data or "", viewer(), me(), form.words.data or "", here.now(), here.today())
        outcomes = decide_many(form.ticked(), said)
        db.session.commit()
    refused = [one for one in outcomes if one.error]
    done = len(outcomes) - len(refused)
    if refused or (wants_fragment() and outcomes):
        stale = any(one.error and one.error.code in STALE for one in refused)
        return _waiting(asked, form, outcomes, status=409 if stale else 422 if refused and not done else 200)
    if done:
        flash(ngettext("%(num)s decided.", "%(num)s decided.", done), "success")
    elif not form.ticked():
        flash(_("Nothing was ticked."), "warning")
    return go_to(asked.address(page=asked.page))


def _waiting(
    asked: Asked, form: QueueForm | None = None, outcomes: Sequence[Outcome] = (), status: int = 200
) -> AnyResponse:
    """What waits; after a decision with what became of it. What was typed is kept where something was refused."""
    today = here.today()
    queue = _page_of(asked)
    if not queue.things and asked.page > 1:
        # The last of a page is decided: on with the first.
        asked = replace(asked, page=1)
        queue = _page_of(asked)
    refused = {one.ticked: one for one in outcomes if one.error}
    typed = form if form and (refused or status != 200) else None
    ticked = typed.ticked() if typed else []
    by_kind = frame().waiting.by_kind
    return respond(
        "decisions/show.html",
        fragment="decisions/_queue.html",
        status=status,
        asked=asked,
        queue=queue,
        by_kind=by_kind,
        in_all=sum(by_kind.values()),
        people=waiting.people_of(me().id, me().is_hr, today) if len(queue.things) > 1 or asked.person else [],
        done=len(outcomes) - len(refused),
        refused=[(one.title, say(one.error)) for one in refused.values() if one.error],
        wrong=typed.errors if typed and not outcomes else {},
        # Words typed for one thing belong to its row, and those for several to the bar.
        words=typed.words.data if typed else "",
        again={(one.kind, one.id) for one in ticked},
        forms={thing.name: QueueForm(formdata=None) for thing in queue.things} | {"": QueueForm(formdata=None)},
        evaluator_form=EvaluatorForm(formdata=None),
        me_id=me().id,
        **_around(asked, queue.in_all),
    )


def _page_of(asked: Asked) -> read.Queue:
    narrowed = {"kind": asked.kind, "whose": asked.person, "sort": asked.sort, "page": asked.page}
    return read.queue_of(viewer(), here.today(), **narrowed)  # type: ignore[arg-type]


def _sent(asked: Asked) -> AnyResponse:
    lines, in_all = sent.sent_by(viewer(), asked.page)
    return respond("decisions/sent.html", lines=lines, in_all=in_all, asked=asked, **_around(asked, in_all))


def _decided(asked: Asked) -> AnyResponse:
    queue = evaluations.decided(viewer(), asked.tab, sort=asked.sort, page=asked.page)
    return respond("decisions/decided.html", queue=queue, asked=asked, **_around(asked, queue.in_all))


def _around(asked: Asked, in_all: int) -> dict[str, Any]:
    return {
        "counts": sent.counts_of(viewer()) | {"waiting": frame().waiting.decisions},
        "pages": max(1, -(-in_all // waiting.AT_ONCE)),
        "today": here.today(),
        "reviewed": _under_review(),
    }


def _under_review() -> Cycle | None:
    """The cycle whose reviews are talked about and signed now, else the one last chosen."""
    return next((one for one in frame().all_cycles if one.state == "reviewing"), frame().chosen)


def _asked() -> Asked:
    given = request.args
    tab, kind, sort = (given.get(name, "") for name in ("tab", "kind", "sort"))
    return Asked(
        tab if tab in TABS else "waiting",
        kind if kind in waiting.KINDS else "",
        sort if sort in SORTS else "deadline",
        as_id(given.get("person", "")) or 0,
        min(as_id(given.get("page", "")) or 1, 10_000),
    )
