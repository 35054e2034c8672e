"""The KPI set of a position given to everybody who has it, for HR: looked at person by person, then all at once."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from goalsite.actions.give_goals import give_goals, hold_cycle
from goalsite.actions.giving import GROUPS, Plan, item_of, kpi_drafts, plan, shown
from goalsite.domain import definition
from goalsite.domain.errors import RuleError
from goalsite.domain.periods import Span
from goalsite.domain.states import CYCLE_ALLOWS
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, is_stale, keep_answer
from goalsite.forms.giving import GivingForm
from goalsite.frame import cycle, frame, me
from goalsite.messages import say
from goalsite.models import Cycle
from goalsite.queries import company as here
from goalsite.queries import giving as read
from goalsite.queries.kpi_sets import KpiSet, set_of
from goalsite.respond import go_to, respond
from goalsite.views.kpi_sets import load_position
from goalsite.views.loaders import viewer

blueprint = Blueprint("kpi_gifts", __name__, url_prefix="/setup/kpi-sets/give")


@blueprint.get("")
def show() -> Response:
    return _page(GivingForm(formdata=None), set_of(load_position()))


@blueprint.post("")
def give() -> AnyResponse:
    stored, form, chosen = set_of(load_position()), GivingForm(), chosen_cycle()
    do = request.form.get("do", "show")
    form.turn(do)
    if do != "give" or chosen is None or not stored.items or _faults(stored, chosen):
        return _page(form, stored, do=do)
    if not form.validate_on_submit():
        return _page(form, stored, status=422)
    there = url_for("kpi_gifts.show", position=stored.position, cycle=chosen.code)
    if first_time(form):
        hold_cycle(chosen)
        looked_at = _plan(stored, chosen)
        if is_stale(form, looked_at):
            db.session.rollback()
            return _page(form, stored, stale=True, status=409)
        recipients = looked_at.given(form.skipped())
        try:
            count = give_goals(me(), chosen, recipients, stored.position, here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(form, stored, status=422)
        keep_answer(form, there)
        flash(given_words(count, len(recipients)), "success")
        db.session.commit()
    return go_to(answer_of(form, there))


def chosen_cycle() -> Cycle | None:
    """The cycle on the page's mind where goals are written in it, else the first such one."""
    open_ones = writable_cycles()
    chosen = cycle()
    return chosen if chosen in open_ones else open_ones[0] if open_ones else None


def writable_cycles() -> list[Cycle]:
    """Those in which goals are written, the latest first."""
    return [one for one in frame().all_cycles if CYCLE_ALLOWS[one.state].writing]


def given_words(goals: int, people: int) -> str:
    """What was done, for the next page."""
    said = ngettext("%(num)s goal given", "%(num)s goals given", goals)
    to = ngettext("to %(num)s person.", "to %(num)s people.", people)
    return f"{said} {to} " + _("They hear of it and mark it received.")


def look(form: GivingForm, looked_at: Plan, do: str, *, stale: bool = False) -> dict[str, object]:
    """What `giving/_plan.html` shows of the plan: the page, counts, who is left out; the form is made to carry it on."""
    everybody = {one.person.id for one in looked_at.recipients if one.group == "gets"}
    if do in ("none", "all"):
        form.leave_out(everybody if do == "none" else set())
    rows = shown(looked_at, form.shown_group(), form.text.data or "", form.shown_page())
    form.page.data = str(rows.page)
    form.ids.data = " ".join(str(one.person.id) for one in rows.rows if one.group == "gets")
    form.version.raw_data, form.version.data = None, looked_at.version
    given = looked_at.given(form.skipped())
    return {
        "plan": looked_at,
        "found": rows,
        "group": form.shown_group(),
        "groups": GROUPS,
        "skipped": form.skipped(),
        "people": len(given),
        "goals": sum(len(one.new) for one in given),
        "stale": stale,
    }


def _plan(stored: KpiSet, chosen: Cycle) -> Plan:
    everybody = read.of_position(stored.position)
    drafts = kpi_drafts(stored.items, chosen, me())
    return plan(
        drafts,
        read.people_of(everybody),
        read.held_by(everybody, chosen),
        read.reach_of(viewer()),
        here.today(),
    )


def _faults(stored: KpiSet, chosen: Cycle) -> list[tuple[str, str]]:
    """What keeps KPIs of the set from ever becoming active, since their metrics were changed after it was written."""
    span = Span(chosen.starts_on, chosen.ends_on)
    found = [(item, error) for item in stored.items for error in definition.faults(item_of(item).facts(span))]
    return [(item.title or item.metric.name, say(error)) for item, error in found]


def _page(form: GivingForm, stored: KpiSet, do: str = "", *, stale: bool = False, status: int = 200) -> Response:
    chosen = chosen_cycle()
    faults = _faults(stored, chosen) if chosen else []
    looked_at = _plan(stored, chosen) if chosen and stored.items and not faults else Plan([])
    return respond(
        "kpi_gifts/show.html",
        fragment="giving/_plan.html",
        status=status,
        form=form,
        stored=stored,
        cycle=chosen,
        cycles=writable_cycles(),
        faults=faults,
        here=url_for("kpi_gifts.give", position=stored.position, cycle=chosen.code) if chosen else "",
        hundred=True,
        must=bool(chosen and chosen.weights_to_100),
        **look(form, looked_at, do, stale=stale),
    )
