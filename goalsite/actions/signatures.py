"""A review is signed on a result: where the result moves, the signatures no longer stand (rules §7)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from goalsite.domain.states import REVIEW, possible
from goalsite.extensions import db
from goalsite.models import Cycle, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Review


def result_moved(cycle: Cycle, person_ids: Collection[int], now: datetime) -> None:
    """While the cycle is under review: who had signed on another result of these people hears that it is to be signed again, and whoever looks at
    the former one can no longer sign it. An appeal stays, for HR to answer."""
    if cycle.state != "reviewing" or not person_ids:
        return
    theirs = (
        select(Review, Person.boss_id)
        .join(Review.person)
        .where(Review.cycle_id == cycle.id, Review.person_id.in_(person_ids))
    )
    for review, boss_id in db.session.execute(
        theirs.with_for_update(of=Review).execution_options(populate_existing=True)
    ).tuples():
        if review.state == "discussed":
            review.version += 1
        if review.state == "appealed" or not void_signatures(review):
            continue
        about = {"kind": "review_void", "at": now, "detail": {"cycle": cycle.code, "person": review.person_id}}
        told = {one for one in (review.person_id, boss_id) if one is not None}
        db.session.add_all(Notification(person_id=one, **about) for one in sorted(told))
    db.session.flush()


def void_signatures(review: Review) -> bool:
    """The review is to be talked about again; whether anybody had signed it."""
    void = possible(REVIEW, review.state).get("void")
    if void is None:
        return False
    review.state = void.to
    review.manager_signed_at = review.person_signed_at = review.agrees = None
    review.version += 1
    return True
