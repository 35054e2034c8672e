"""The queue of what waits for my decision, and of what I have handed in; decided one by one, or many at once."""

from dataclasses import dataclass

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.evaluate import approve_many
from goalsite.extensions import db
from goalsite.forms.base import first_time
from goalsite.forms.evaluations import BulkForm
from goalsite.frame import me
from goalsite.messages import say
from goalsite.models import Goal
from goalsite.queries import company as here
from goalsite.queries import decisions as read
from goalsite.queries.filters import as_id
from goalsite.queries.goals_waiting import goals_waiting
from goalsite.queries.viewer import relations_to
from goalsite.respond import go_to, respond
from goalsite.views.loaders import viewer

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")
FAR_APART = 5


@dataclass(frozen=True)
class Asked:
    """What of the queue the address asks for."""

    tab: str
    sort: str
    person: int
    page: int

    def address(self, **changes: object) -> str:
        """The address that asks for the same but for the changes; a page is always of what is asked."""
        said = {"tab": self.tab, "sort": self.sort, "person": self.person, "page": 1} | changes
        plain = {"tab": "waiting", "sort": "deadline", "person": 0, "page": 1}
        return url_for("decisions.show", **{name: str(one) for name, one in said.items() if one != plain[name]})  # type: ignore[arg-type]


@blueprint.get("")
def show() -> AnyResponse:
    asked, today = _asked(), here.today()
    queue = read.queue_of(viewer(), asked.tab, today, owner=asked.person, sort=asked.sort, page=asked.page)
    return respond(
        "decisions/show.html",
        asked=asked,
        queue=queue,
        goals=goals_waiting(me().id) if asked.tab == "waiting" else [],
        counts=read.counts_of(me().id, today),
        owners=read.owners_in(asked.tab, me().id, today) if asked.tab != "sent" else [],
        far=sum(line.difference is not None and abs(line.difference) >= FAR_APART for line in queue.lines),
        agreeing=sum(line.agrees for line in queue.lines),
        pages=max(1, -(-queue.in_all // read.AT_ONCE)),
        form=BulkForm(),
        today=today,
    )


@blueprint.post("/approve")
def approve() -> AnyResponse:
    form = BulkForm()
    if form.validate_on_submit() and first_time(form):
        chosen, hidden = _decidable(form)
        refused = approve_many(chosen, me(), here.now(), here.today()) if chosen else []
        approved = len(chosen) - len(refused)
        said = [
            _("Not approved: “%(title)s”. %(why)s", title=one.goal.title, why=say(one.error)) for one in refused
        ] + [_("Not approved: “%(title)s”. It is not yours to decide now.", title=goal.title) for goal in hidden]
        db.session.commit()
        if approved:
            flash(ngettext("%(num)s goal approved.", "%(num)s goals approved.", approved), "success")
        for text in said:
            flash(text, "warning")
        if not (approved or said):
            flash(_("No goal was ticked."), "warning")
    return go_to(_asked().address())


def _decidable(form: BulkForm) -> tuple[list[tuple[Goal, int]], list[Goal]]:
    """The ticked goals that are mine to decide, each with the version looked at; and those I may see but not decide. Others are as if not there."""
    ticked = form.ticked()
    goals = read.goals_to_decide(list(ticked)[: read.AT_ONCE * 4])
    relations = relations_to(viewer(), [goal.id for goal in goals])
    mine, others = [], []
    for goal in goals:
        to = relations[goal.id]
        if policy.may_decide_evaluation(to, goal, here.today()):
            mine.append((goal, ticked[goal.id]))
        elif policy.may_see_goal(to, goal):
            others.append(goal)
    return mine, others


def _asked() -> Asked:
    given = request.args
    tab, sort = given.get("tab", ""), given.get("sort", "")
    return Asked(
        tab if tab in read.TABS else "waiting",
        sort if sort in read.SORTS else "deadline",
        as_id(given.get("person", "")) or 0,
        min(as_id(given.get("page", "")) or 1, 10_000),
    )
