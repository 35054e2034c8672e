"""Reviews of people's cycles: the list of them, and one as the sheet that is talked about and signed."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.review import take_step, write_words
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import ToPerson
from goalsite.domain.terms import REVIEW_STATES
from goalsite.extensions import db
from goalsite.forms.base import add_error, first_time
from goalsite.forms.reviews import AdjustForm, WordsForm
from goalsite.frame import cycle, frame, me
from goalsite.models import Cycle
from goalsite.models_follow import Review
from goalsite.queries import company as here
from goalsite.queries import member as people
from goalsite.queries import reviews as read
from goalsite.queries.filters import as_id, read_filters
from goalsite.queries.organisation import bands_of, who_of
from goalsite.queries.overview import place_of
from goalsite.queries.people import unit_by_code
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("reviews", __name__, url_prefix="/reviews")
ACTS = ("discuss", "adjust", "sign_as_manager", "sign_as_person", "appeal", "note_refusal", "uphold", "reopen")


@dataclass(frozen=True)
class Look:
    """One review: of whom, in which cycle, what the reader is to them; none is kept before somebody has begun it."""

    found: people.Found
    cycle: Cycle
    to: ToPerson
    review: Review | None

    @property
    def state(self) -> str:
        return self.review.state if self.review else REVIEW_STATES[0]

    @property
    def version(self) -> int:
        return self.review.version if self.review else 0

    @property
    def url(self) -> str:
        return url_for("reviews.show", code=self.cycle.code, person_id=self.found.person.id)


@blueprint.get("")
def list_reviews() -> AnyResponse:
    chosen, filters = cycle(), read_filters(request.args)
    # Of a closed cycle all reviews are closed: what tells them apart is what the signatures say.
    states = read.SIGNED if chosen and chosen.state == "closed" else REVIEW_STATES
    state = request.args.get("state", "")
    state = state if state in states else ""
    page = min(as_id(request.args.get("page", "")) or 1, 10_000)
    place = place_of(filters.unit, chosen) if chosen else None
    if chosen is None or place is None:
        if chosen and filters.unit:
            abort(404)
        return respond("reviews/list_reviews.html", cycle=chosen, place=None)
    unit_id = place.unit.id if filters.unit else None
    found = read.reviews_of(viewer(), chosen, state=state, unit_id=unit_id, text=filters.text, page=page)
    pages = max(1, -(-found.in_all // read.AT_ONCE))
    asked = {"unit": filters.unit, "state": state, "text": filters.text}
    return respond(
        "reviews/list_reviews.html",
        cycle=chosen,
        place=place,
        found=found,
        states=states,
        asked=asked,
        page=page,
        pages=pages,
    )


@blueprint.get("/sheets")
def sheets() -> AnyResponse:
    chosen, filters, today = cycle(), read_filters(request.args), here.today()
    page = min(as_id(request.args.get("page", "")) or 1, 10_000)
    if chosen is None:
        abort(404)
    found = read.sheets_of(viewer(), chosen, unit=filters.unit, page=page)
    if not found.people and filters.unit and unit_by_code(filters.unit) is None:
        abort(404)
    members = people.members_of(viewer(), [people.Found(person, True) for person in found.people], chosen, today)
    return respond(
        "reviews/sheets.html",
        cycle=chosen,
        name=found.unit or filters.unit or frame().company,
        asked={"unit": filters.unit or None, "cycle": chosen.code},
        members=[(person, member) for person, member in zip(found.people, members, strict=True) if member.whole],
        in_all=found.in_all,
        page=page,
        pages=max(1, -(-found.in_all // read.SHEETS)),
        first=(page - 1) * read.SHEETS + 1,
        bands=bands_of(chosen),
        company=frame().company,
        today=today,
    )


@blueprint.get("/<code>/<int:person_id>")
def show(code: str, person_id: int) -> AnyResponse:
    return _page(_look(code, person_id))


@blueprint.post("/<code>/<int:person_id>/words")
def write(code: str, person_id: int) -> AnyResponse:
    look, form = _look(code, person_id), WordsForm()
    late = form.version.data != look.version
    allow(policy.may_prepare_review(look.to, look.state if not late else REVIEW_STATES[0], look.cycle.state))
    if not form.validate_on_submit():
        return _page(look, "words", form, 422)
    if first_time(form):
        try:
            write_words(look.cycle, look.found.person, me(), form.said())
        except RuleError:
            return _overtaken(code, person_id, "words", form)
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(look.url)


@blueprint.post(f"/<code>/<int:person_id>/<any({', '.join(ACTS)}):act>")
def take(code: str, person_id: int, act: str) -> AnyResponse:
    look, form = _look(code, person_id), AdjustForm() if act == "adjust" else WordsForm()
    late = form.version.data != look.version
    may = policy.may_review(look.to, act, look.state, look.cycle.state)
    allow(may or (late and policy.may_have_part_in_review(look.to, act)))
    if not form.validate_on_submit():
        return _page(look, act, form, 422)
    if first_time(form):
        try:
            take_step(look.cycle, look.found.person, me(), act, form.said(), here.now())
        except RuleError as error:
            if error.code == "move_not_possible":
                return _overtaken(code, person_id, act, form)
            db.session.rollback()
            add_error(form, error)
            return _page(_look(code, person_id), act, form, 422)
        db.session.commit()
        flash(_("Done: it stands in the review, and whom it concerns is told."), "success")
    return go_to(look.url)


def _look(code: str, person_id: int) -> Look:
    """The review, for the person, their managers and HR; nobody else finds it."""
    chosen = next((one for one in frame().all_cycles if one.code == code), None)
    found = read.find(viewer(), chosen, person_id) if chosen else None
    if chosen is None or found is None or not policy.may_see_results(found[1]):
        abort(404)
    person, to, review = found
    frame().chosen = chosen
    return Look(people.Found(person, True), chosen, to, review)


def _overtaken(code: str, person_id: int, act: str, form: WordsForm) -> AnyResponse:
    """Somebody was quicker: what they did stands, what was typed is kept."""
    db.session.rollback()
    look = _look(code, person_id)
    form.version.raw_data, form.version.data = None, look.version
    return _page(look, act, form, 409)


def _page(look: Look, act: str = "", typed: WordsForm | None = None, status: int = 200) -> AnyResponse:
    """The sheet with what the reader may do; `typed` is the form of `act` as it was sent."""
    member = people.member_of(viewer(), look.found, look.cycle, here.today())
    acts = [one for one in ACTS if policy.may_review(look.to, one, look.state, look.cycle.state)]
    may_write = policy.may_prepare_review(look.to, look.state, look.cycle.state)
    forms = {one: typed if one == act and typed else _fresh(look, one) for one in [*acts, *["words"] * may_write]}
    return respond(
        "reviews/show.html",
        status=status,
        look=look,
        person=look.found.person,
        cycle=look.cycle,
        cards=member.cards,
        whole=member.whole,
        who=member.whole.who if member.whole else who_of(look.found.person, None),
        bands=bands_of(look.cycle),
        company=frame().company,
        today=here.today(),
        acts=acts,
        may_write=may_write,
        forms=forms,
        overtaken=status == 409,
        typed=typed if act not in forms else None,
        most=here.company().max_adjust,
    )


def _fresh(look: Look, act: str) -> WordsForm:
    form = AdjustForm(formdata=None) if act == "adjust" else WordsForm(formdata=None)
    form.version.data = look.version
    if isinstance(form, AdjustForm) and look.review is not None:
        form.begin(look.review.adjustment, look.review.adjustment_why)
    if act == "words" and look.review is not None:
        form.words.data = look.review.person_words if look.to.own else look.review.manager_words
    return form
